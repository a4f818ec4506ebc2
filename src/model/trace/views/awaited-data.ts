/** Reads of MongoDB that wait for the next change: change streams, tailable cursors, the oplog. */
import type { SpanIndex, SpanTest } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

const GETS_MORE = /\bget_?more\b/i;
/** `awaitData` in the command or as an attribute, the stage of a change stream, the collection of the oplog. */
const AWAITS = /await_?data|tailable|\$changeStream|\boplog\.rs\b/i;
/** In MongoDB only a cursor that waits for new documents limits the time of its getMore. */
const LIMIT = /max_?(?:await_?)?time_?ms$/i;
const MARK = /(?:^|[._])(?:await_?data|tailable)$/i;
const YES = /^(?:true|1|yes)$/i;
/** The drivers' `watch` and what is built on it. */
const WATCHES = /^watch\b|[./:]watch\b|\bchange[ _-]?stream|\boplog\b|\btail(?:able|ing)?\b/i;
/** The server checks the limit between steps of its work. */
const OVER_LIMIT = 1.5;
const OVER_LIMIT_US = 500_000;

/** A read that takes longer than it was to wait is slow for another reason. */
export function awaitsData(trace: Trace): SpanTest {
  const isMongo = trace.databaseTest((system) => /mongodb|documentdb|cosmos/i.test(system));
  const isNamed = trace.operationTest((name) => GETS_MORE.test(name));
  const watches = trace.operationTest((name) => WATCHES.test(name));
  return (span) => {
    if (!isMongo(span)) return false;
    const text = trace.text(span, 'db.query.text');
    if (AWAITS.test(text)) return true;
    if (!isNamed(span) && !GETS_MORE.test(text) && !GETS_MORE.test(trace.text(span, 'db.operation.name'))) return false;
    const limitUs = awaitedUs(trace, span);
    if (limitUs !== undefined) return trace.durationOfUs(span) <= OVER_LIMIT * limitUs + OVER_LIMIT_US;
    const above = trace.parent(span);
    return /maxTimeMS/i.test(text) || isMarked(trace, span) || (above !== undefined && watches(above));
  };
}

/** The recorded limit of the wait in microseconds. */
function awaitedUs(trace: Trace, span: SpanIndex): number | undefined {
  for (const [name, value] of Object.entries(trace.attributesFor(span, LIMIT)))
    if (LIMIT.test(name) && Number(value) > 0) return Number(value) * 1000;
  return undefined;
}

function isMarked(trace: Trace, span: SpanIndex): boolean {
  return Object.entries(trace.attributesFor(span, MARK)).some(
    ([name, value]) => MARK.test(name) && YES.test(String(value)),
  );
}
