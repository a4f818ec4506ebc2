/** What to do after an error of ClickHouse. */
import { BackendError, NotABackendError } from '#core/errors.ts';
import type { Health } from '#gather/sources.ts';

/** An error with a remedy of its own is a result; any other one goes on. */
export async function withRemedy(check: () => Promise<Health>): Promise<Health> {
  try {
    return await check();
  } catch (error) {
    const remedy = remedyFor(error);
    if (remedy === '' || !(error instanceof Error)) throw error;
    return { ok: false, detail: error.message, remedy };
  }
}

/**
 * By the numbers of ClickHouse's errors, because its versions answer with different statuses, and a long reason loses the
 * name at its end.
 *
 * https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp
 */
const REMEDIES: readonly (readonly [codes: readonly number[], remedy: string])[] = [
  [[192, 193, 194, 516], 'Check the user and the password in CLICKHOUSE_URL, or CLICKHOUSE_TOKEN.'],
  [[164], 'Give the user a profile with readonly = 2 or without readonly: with readonly = 1 it may set no time limit.'],
  [[497], 'GRANT SELECT on the tables of spans and lines to the user.'],
  [[60, 81], 'Check CLICKHOUSE_DATABASE, CLICKHOUSE_TRACES_TABLE and CLICKHOUSE_LOGS_TABLE; none reads no such table.'],
  [
    [16, 43, 47],
    'The table needs the columns of OpenTelemetry’s exporter for ClickHouse, with attributes as maps or of the type JSON.',
  ],
];

/** '' if the error says it already. */
function remedyFor(error: unknown): string {
  const code = Number(/: Code: (\d{1,5})\. DB::Exception: /.exec(error instanceof Error ? error.message : '')?.[1]);
  const known = REMEDIES.find(([codes]) => codes.includes(code));
  if (known !== undefined) return known[1];
  const status = error instanceof BackendError ? error.status : 0;
  if (status === 401) return 'Check the user and the password in CLICKHOUSE_URL, or CLICKHOUSE_TOKEN.';
  const isElsewhere =
    status === 404 || (error instanceof BackendError && /Port 9000 is for clickhouse-client/.test(error.message));
  if (isElsewhere || error instanceof NotABackendError) {
    return 'Check CLICKHOUSE_URL: it must lead to the HTTP interface (port 8123, or 8443 with TLS), with its base path, and not to the native one (port 9000 or 9440).';
  }
  return '';
}
