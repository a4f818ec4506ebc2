/**
 * The log lines of a session: of the time window in question, of a healthy one, and the stores' answers about earlier
 * days.
 */
import { earlierAnswers } from '#analyse/earlier-answers.ts';
import type { LogLines } from '#analyse/kept-evidence.ts';
import { inOrder, linesAround } from '#analyse/lines-around.ts';
import { type BodyEnd, type BodyReader, decoded, type OpenBody, problemsOf } from '#analyse/session/body-reader.ts';
import { bySource } from '#analyse/session/by-source.ts';
import type { SessionGaps } from '#analyse/session/gaps.ts';
import type { BodyHead } from '#analyse/session.ts';
import { type LogBody, logBody } from '#decode/log-body.ts';
import type { WindowSubject } from '#model/finding/analysis.ts';
import type { EvidenceFile, EvidenceRole } from '#model/incident/case.ts';
import type { EarlierLog } from '#model/logs/earlier-logs.ts';
import { linesOfRequest } from '#model/logs/log-correlation.ts';
import type { LogLine } from '#model/logs/log-line.ts';

export type SessionLogs = Readonly<{
  open: OpenBody;
  /** Whether a log was read, even one without lines. */
  wereRead(): boolean;
  lines(): readonly LogLine[];
  /** Undefined if there are none, because a log without lines proves no health. */
  healthyLines(): readonly LogLine[] | undefined;
  /** Lines of a time window or of one request, and the healthy ones. */
  ofWindow(window: WindowSubject): Readonly<{ logs: readonly LogLine[]; baselineLogs: readonly LogLine[] | undefined }>;
  earlier(): readonly EarlierLog[];
  kept(): Readonly<{ logs: LogLines[]; healthyLogs: LogLines[]; earlierLogs: readonly EarlierLog[] }>;
  /** The files of the case from which credentials were removed. */
  restOn(changed: (role: EvidenceRole) => EvidenceFile | undefined): void;
  close(): void;
}>;

/** `nearSeconds`: since the epoch; a timestamp without a date takes the nearest one. */
export function sessionLogs(nearSeconds: () => number, gaps: SessionGaps): SessionLogs {
  const bodies: LogLines[] = [];
  const healthyBodies: LogLines[] = [];
  const earlier = earlierAnswers();
  /** The lines without credentials, after their evidence was taken. */
  let redacted: readonly LogLine[] | undefined;

  const lines = () => redacted ?? linesOf(bodies);
  const healthyLines = () => {
    const found = linesOf(healthyBodies);
    return found.length === 0 ? undefined : inOrder(found);
  };
  const finish = ({ kind, source, query }: BodyHead, body: LogBody, isAbandoned: boolean): BodyEnd => {
    const found = body.end();
    for (const { problem, isCut } of problemsOf(body.damage(), isAbandoned))
      gaps.add({ source, problem, consequence: 'not all of its lines were read', ...(isCut && brokeOff(kind)) });
    for (const remark of body.remarks()) gaps.add({ source, ...remark });
    (kind === 'logs' ? bodies : healthyBodies).push({ source, query: query.text, lines: found });
    redacted = undefined;
    return { items: found.length, ...(isAbandoned && brokeOff(kind)) };
  };
  /** In the format of a case. */
  const openEarlier = ({ source }: BodyHead): BodyReader => {
    const chunks: Uint8Array[] = [];
    return {
      push: (chunk) => void chunks.push(chunk),
      end: () => ({ items: earlier.read(source, Buffer.concat(chunks)) }),
    };
  };

  return {
    open(head) {
      const { kind, format, source, asks } = head;
      if (kind === 'earlier-logs' && asks === undefined) return openEarlier(head);
      const body = logBody(format, source, nearSeconds);
      return {
        push: body.push,
        end: (isAbandoned) =>
          asks ? { items: earlier.add(source, asks, body.end()) } : finish(head, body, isAbandoned),
      };
    },
    wereRead: () => bodies.length > 0,
    lines,
    healthyLines,
    ofWindow(window) {
      const { before, within } =
        window.requestId === undefined
          ? linesAround(window, inOrder(lines()))
          : { before: [], within: linesOfRequest(window.requestId, lines()) };
      return { logs: within, baselineLogs: healthyLines() ?? (before.length > 0 ? before : undefined) };
    },
    earlier: earlier.all,
    kept: () => ({
      logs: bodies.toSorted(bySource),
      healthyLogs: healthyBodies.toSorted(bySource),
      earlierLogs: earlier.all(),
    }),
    restOn(changed) {
      earlier.restOn(changed('earlier-logs'));
      const [logs, usual] = [changed('logs'), changed('baseline-logs')];
      if (logs) redacted = linesIn(logs);
      if (usual) healthyBodies.splice(0, healthyBodies.length, { ...namesOf(usual), lines: linesIn(usual) });
    },
    close() {
      bodies.length = 0;
      healthyBodies.length = 0;
      earlier.clear();
    },
  };
}

/** Healthy lines are compared as far as they came. */
function brokeOff(kind: BodyHead['kind']): Pick<BodyEnd, 'cutOff'> {
  return kind === 'logs' ? { cutOff: 'log' } : {};
}

function linesOf(bodies: readonly LogLines[]): readonly LogLine[] {
  return bodies.toSorted(bySource).flatMap(({ lines }) => lines);
}

function linesIn({ source, bytes }: EvidenceFile): readonly LogLine[] {
  return decoded(logBody('log-jsonl', source), bytes);
}

function namesOf({ source, query }: EvidenceFile): Pick<LogLines, 'source' | 'query'> {
  return { source, query };
}
