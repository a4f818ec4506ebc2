/**
 * The rows of an export: an object a line. A row with `preview` is not final. Messages stand in lines of their own or
 * beside a row; those of type FATAL and ERROR say that the search failed, or found only a part. Splunk answers some broken
 * searches with status 200 and nothing at all: so each search ends with a row of ours, whose absence shows it.
 *
 *  {"preview":false,"offset":0,"result":{"_raw":"…","host":"…"}}
 *  {"messages":[{"type":"FATAL","text":"…"}]}
 *
 * https://help.splunk.com/en/splunk-enterprise/leverage-rest-apis/rest-api-reference/search-endpoints
 */
import { z } from 'zod';
import { parsed } from '#adapters/http.ts';

export type Row = Readonly<Record<string, unknown>>;

/** `lacks`: why it is not all; '' if it is. */
export type Rows = Readonly<{ rows: readonly Row[]; lacks: string }>;

/** The end of each search. `append` adds its row when all others are there. */
export const WITH_END = '| append [| makeresults | eval spanhound_end="1"]';

const Message = z.object({ type: z.string().catch(''), text: z.string().catch('') }).catch({ type: '', text: '' });

const Line = z.object({
  preview: z.boolean().catch(false),
  result: z.record(z.string(), z.unknown()).optional(),
  lastrow: z.boolean().optional(),
  messages: z.array(Message).optional().catch(undefined),
});

/** Undefined for an answer that is none of a search. */
export function rowsIn(text: string): Rows | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const read = lines.map(lineIn);
  // The last line of an answer that broke off is half of one.
  const whole = lines.length > 1 && read.at(-1) === undefined ? read.slice(0, -1) : read;
  const known = whole.filter((line) => line !== undefined);
  if (known.length < whole.length) return undefined;
  const results = known.flatMap(({ preview, result }) => (preview || result === undefined ? [] : [result]));
  const rows = results.filter((row) => !isEnd(row));
  const hasEnded = rows.length < results.length && whole.length === read.length;
  const [failure] = known.flatMap(({ messages = [] }) => messages).filter(isFailure);
  return { rows, lacks: failure === undefined ? (hasEnded ? '' : BROKE_OFF) : failure.text || failure.type };
}

function lineIn(line: string): z.output<typeof Line> | undefined {
  const { data } = Line.safeParse(parsed(line));
  const isOfSearch = data !== undefined && (data.result ?? data.messages ?? data.lastrow) !== undefined;
  return isOfSearch ? data : undefined;
}

function isEnd(row: Row): boolean {
  return row.spanhound_end === '1';
}

function isFailure({ type, text }: Readonly<{ type: string; text: string }>): boolean {
  return FAILURE.test(type) || NOT_RUN.test(text);
}

const FAILURE = /^(?:FATAL|ERROR)$/i;
/** A search that waits for its turn in vain is a warning: https://docs.splunk.com/Documentation/Splunk/latest/Admin/Limitsconf */
const NOT_RUN = /^search not executed/i;
const BROKE_OFF = 'the search ended before its last row';
