/** A worker thread: runs sessions for `pool.ts`, the other end of the protocol. */
import { parentPort } from 'node:worker_threads';
import type { Compared, CompareRequest, LocalSession } from '#analyse/compare-sessions.ts';
import { openSession } from '#analyse/open-session.ts';
import { type Call, READY, type Reply } from '#analyse/protocol.ts';
import { errorRecord } from '#core/errors.ts';
import type { KeptEvidence } from '#model/incident/case.ts';

const sessions = new Map<number, LocalSession>();

parentPort?.postMessage({ id: READY, ok: true, value: undefined } satisfies Reply);
parentPort?.on('message', async (call: Call) => {
  const reply = await answer(call);
  parentPort?.postMessage(
    reply,
    call.verb === 'evidence' && reply.ok ? buffersOf(reply.value as KeptEvidence | undefined) : [],
  );
  // Half of the heap was of the sessions that are closed. Nobody waits for this thread now.
  if (call.verb === 'close' && sessions.size === 0) globalThis.gc?.();
});

/** Moved, not copied: a case may be as large as all its bodies. Undefined for a session that was closed meanwhile. */
function buffersOf(kept: KeptEvidence | undefined): ArrayBuffer[] {
  return (kept?.files ?? []).map(({ bytes }) => bytes.buffer as ArrayBuffer);
}

async function answer(call: Call): Promise<Reply> {
  try {
    return { id: call.id, ok: true, value: await run(call) };
  } catch (error) {
    return { id: call.id, ok: false, error: errorRecord(error) };
  }
}

function run(call: Call): unknown {
  if (call.verb === 'open') {
    sessions.set(call.session, openSession(call.settings));
    return undefined;
  }
  const session = sessions.get(call.session);
  if (session === undefined) return undefined; // closed in the meantime
  switch (call.verb) {
    case 'body':
      return session.body(call.body, call.head);
    case 'bytes':
      return session.bytes(call.body, call.chunk);
    case 'end':
      return session.end(call.body);
    case 'abandon':
      return session.abandon(call.body, call.gap);
    case 'gap':
      return session.gap(call.gap);
    case 'wanted':
      return session.wanted(call.traceId);
    case 'requests':
      return session.requests(call.service);
    case 'spans':
      return session.spans(call.asked);
    case 'newErrors':
      return session.newErrors(call.of);
    case 'release':
      return session.release(call.asked);
    case 'reports':
      return session.reports(call.forms);
    case 'evidence':
      return session.evidence();
    case 'draw':
      return session.draw(call.svg);
    case 'redact':
      return session.redact(call.text);
    case 'draft':
      return session.draft(call.record);
    case 'taskProblem':
      return session.taskProblem(call.text);
    case 'rewrites':
      return session.rewrites(call.texts);
    case 'next':
      return session.next();
    case 'compare': {
      const healthy = sessions.get(call.healthy);
      return healthy && compare(healthy, session, call.request);
    }
    case 'close':
      sessions.delete(call.session);
      return session.close();
  }
}

async function compare(healthy: LocalSession, failing: LocalSession, request: CompareRequest): Promise<Compared> {
  const { compareSessions } = await import('#analyse/compare-sessions.ts');
  return await compareSessions(healthy, failing, request);
}
