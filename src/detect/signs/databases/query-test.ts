/** Database calls that run a statement, not connecting or waiting for work. */

import { isConnectionWait } from '#model/sql/connection-wait.ts';
import type { SpanIndex, SpanTest } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { awaitsData } from '#model/trace/views/awaited-data.ts';
import { runsOnDevice } from '#model/trace/views/device.ts';
import { aboveInService } from '#model/trace/views/entry.ts';

/** Whether a span sends a statement to a database server that somebody on call can change. */
export function queryTest(trace: Trace): SpanTest {
  const isNoQuery = trace.operationTest((name) => isConnectionWait(name) || CONNECTING.test(name));
  const isWaiting = trace.queryShapeTest((shape) => BLOCKING.test(shape));
  const isNamedWaiting = trace.operationTest((name) => BLOCKING.test(name.toLowerCase()));
  const awaits = awaitsData(trace);
  return (span) =>
    trace.isDatabaseCall(span) &&
    !(isNoQuery(span) || isWaiting(span) || isNamedWaiting(span) || awaits(span)) &&
    (!runsOnDevice(trace.resource(span)) || answersCalls(trace, span));
}

/** A device does not answer requests; some frameworks for both sides give a server the marks of a browser. */
function answersCalls(trace: Trace, span: SpanIndex): boolean {
  return aboveInService(trace, span)
    .take(MOST_ABOVE)
    .some((above) => trace.kind(above) === 'server');
}

const MOST_ABOVE = 20;

/** Opening a connection is slow for other reasons than a query is. */
const CONNECTING = /^(?:[\w-]+[ ._:])?(?:connect|ping)$/i;

/** Reads that block until there is work: lists and streams of Redis, channels, `WAITFOR` of SQL Server, `pg_sleep`. */
const BLOCKING =
  /^(?:b[lr]pop|brpoplpush|bl?mpop|blmove|bzm?pop(?:min|max)?|p?subscribe|ssubscribe|monitor|listen|waitfor|wait)\b|^xread(?:group)?\b.*\bblock\b|\bpg_sleep\b/;
