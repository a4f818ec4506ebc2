/**
 * A conflict that a service passes on after its transactions lost against others again and again. Its client asked for
 * nothing wrong: gRPC's ABORTED becomes 409 by Google's mapping.
 *
 *   [ POST /seats 409                     ]
 *     [ Commit ✗ ] [ Commit ✗ ] [ Commit ✗ ]      ABORTED: too much contention on these documents
 *
 * One attempt may be the answer to a client who came second. A service that repeats it did not take it as an answer.
 * https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto
 */
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

const CONFLICT = 409;
/**
 * Transactions that lost: gRPC (Firestore, Spanner, Datastore), PostgreSQL and CockroachDB, MySQL, SQL Server, MongoDB.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const LOST: ReadonlySet<string> = new Set(['ABORTED', '40001', '40P01', '1213', '1205', '112']);
const LEAST_ATTEMPTS = 2;
/** The caller's span, the callee's, and a gateway between them. */
const MOST_LEVELS = 6;
const MOST_READ = 100;

export function passesContentionOn(trace: Trace, span: SpanIndex): boolean {
  let at: SpanIndex | undefined = span;
  for (let level = 0; level < MOST_LEVELS && at !== undefined; level += 1) {
    if (trace.httpStatus(at) !== CONFLICT) return false;
    if (trace.kind(at) === 'server' && lostEachTime(trace, at)) return true;
    at = trace.children(at).find((below) => trace.httpStatus(below) === CONFLICT);
  }
  return false;
}

/** Its last call and those of the same name before it lost. */
function lostEachTime(trace: Trace, server: SpanIndex): boolean {
  const calls = trace.children(server).slice(0, MOST_READ);
  const last = calls.at(-1);
  if (last === undefined || !isLost(trace, last)) return false;
  const same = calls.filter((call) => trace.operation(call) === trace.operation(last));
  return same.length >= LEAST_ATTEMPTS && same.every((call) => isLost(trace, call));
}

function isLost(trace: Trace, call: SpanIndex): boolean {
  if (!trace.failed(call)) return false;
  return LOST.has(trace.text(call, 'rpc.status_code')) || LOST.has(trace.text(call, 'db.response.status_code'));
}
