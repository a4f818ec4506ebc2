/** The messages between `pool.ts` and `worker.ts`: plain data only. */
import type { CompareRequest } from '#analyse/compare-sessions.ts';
import type { BodyHead, Forms, ReleaseQuestion, SessionSettings } from '#analyse/session.ts';
import type { ErrorRecord } from '#core/errors.ts';
import type { WindowSubject } from '#model/finding/analysis.ts';
import type { Gap } from '#model/finding/gap.ts';
import type { PostmortemRecord } from '#model/incident/postmortem.ts';
import type { SpanQuestion } from '#model/requests/seen-spans.ts';

export type Call = Readonly<{ id: number; session: number }> &
  Readonly<
    | { verb: 'open'; settings: SessionSettings }
    | { verb: 'body'; body: string; head: BodyHead }
    | { verb: 'bytes'; body: string; chunk: Uint8Array }
    | { verb: 'end'; body: string }
    | { verb: 'abandon'; body: string; gap: Gap }
    | { verb: 'gap'; gap: Gap }
    | { verb: 'wanted'; traceId?: string | undefined }
    | { verb: 'requests'; service: string }
    | { verb: 'spans'; asked: SpanQuestion }
    | { verb: 'newErrors'; of: string | WindowSubject }
    | { verb: 'release'; asked: ReleaseQuestion }
    | { verb: 'reports'; forms: Forms }
    | { verb: 'evidence' }
    | { verb: 'draw'; svg: string }
    | { verb: 'redact'; text: string }
    | { verb: 'draft'; record: PostmortemRecord }
    | { verb: 'taskProblem'; text: string }
    | { verb: 'rewrites'; texts: readonly string[] }
    | { verb: 'next' }
    /** With the healthy session of the same thread. */
    | { verb: 'compare'; healthy: number; request: CompareRequest }
    | { verb: 'close' }
  >;

/** The id of a thread's first message, which answers no call: the thread has loaded its modules. */
export const READY = 0;

export type Reply = Readonly<{ id: number }> &
  Readonly<{ ok: true; value: unknown } | { ok: false; error: ErrorRecord }>;
