/**
 * Queries over ClickHouse's HTTP interface. Each is a GET, which ClickHouse itself lets only read. `wait_end_of_query`
 * lets ClickHouse finish before it answers, so an error has its own status. The answer ends with the number of its rows,
 * so a part of it is known as one.
 *
 * https://clickhouse.com/docs/interfaces/http
 */
import { z } from 'zod';
import { addressUnder, type BackendOptions, openBackend, parsed, type Search } from '#adapters/http.ts';
import { BackendError } from '#core/errors.ts';
import type { JsonObject } from '#model/text/json-object.ts';
import { type Parameters, textParameter } from './parameters.ts';

export type ClickHouseOptions = BackendOptions & Readonly<{ database: string }>;

/** `text`: SQL of our own, without a value of somebody else. */
export type Sql = Readonly<{ text: string; parameters: Parameters }>;

export type ClickHouseApi = Readonly<{
  /** Where queries go, for people. */
  address: string;
  /** `table` stands for `{database:Identifier}.{table:Identifier}`. */
  rows(table: string, sql: Sql, signal: AbortSignal): Promise<readonly JsonObject[]>;
  notWhole(reason: string): BackendError;
}>;

export const NAME = 'clickhouse';
export const TABLE = '{database:Identifier}.{table:Identifier}';

const DEFAULT_TIMEOUT_MS = 15_000;
const MAX_ANSWER_BYTES = 64_000_000;
/** More than any query asks for. */
const MOST_ROWS = 100_000;

const PATH = '';
/** The path is empty, and an error has to name the request. */
const SHOWN_PATH = 'GET /';

const Answer = z.object({
  data: z.array(z.record(z.string(), z.unknown())),
  rows: z.number(),
  exception: z.string().optional(),
});

export function openClickHouse(options: ClickHouseOptions): ClickHouseApi {
  const { database, timeoutMs = DEFAULT_TIMEOUT_MS, maxBytes = MAX_ANSWER_BYTES } = options;
  const mostBytes = Math.min(maxBytes, MAX_ANSWER_BYTES);
  const backend = openBackend(NAME, '', { ...options, timeoutMs, maxBytes: mostBytes });
  const bounds: Search = [
    ['default_format', 'JSON'],
    ['wait_end_of_query', '1'],
    ['max_execution_time', `${Math.ceil(timeoutMs / 1_000)}`],
    ['max_result_rows', `${MOST_ROWS}`],
    ['max_result_bytes', `${mostBytes}`],
    ['cancel_http_readonly_queries_on_client_close', '1'],
    // A double keeps only 53 bits of a time.
    ['output_format_json_quote_64bit_integers', '1'],
  ];

  async function rows(table: string, { text, parameters }: Sql, signal: AbortSignal): Promise<readonly JsonObject[]> {
    const bound = { database: textParameter(database), table: textParameter(table), ...parameters };
    const search: Search = [
      ['query', text],
      ...Object.entries(bound).map(([name, value]) => [`param_${name}`, value] as const),
      ...bounds,
    ];
    const response = await backend.get(PATH, { signal, search });
    if (response.kind !== 'body') throw backend.error(SHOWN_PATH, response);
    const parts: Uint8Array[] = [];
    for await (const chunk of response.chunks) parts.push(chunk);
    return rowsIn(Buffer.concat(parts).toString('utf8'));
  }

  function rowsIn(text: string): readonly JsonObject[] {
    const answer = Answer.safeParse(parsed(text));
    if (!answer.success) {
      const isPart = /^\s*\{\s*"meta":/.test(text);
      if (isPart) throw notWhole(EXCEPTION.exec(text)?.[0] ?? 'it ended early');
      throw backend.misplaced(SHOWN_PATH);
    }
    const { data, rows: count, exception } = answer.data;
    if (exception !== undefined) throw notWhole(exception);
    if (data.length !== count) throw notWhole('it ended early');
    return data;
  }

  function notWhole(reason: string): BackendError {
    return new BackendError(NAME, 200, SHOWN_PATH, { reason: backend.quoted(reason) });
  }

  return { address: addressUnder(options.url, PATH), rows, notWhole };
}

/** ClickHouse writes it behind an answer that it had begun. */
const EXCEPTION = /Code: \d{1,5}\. DB::Exception: [^\n]{1,2000}/;
