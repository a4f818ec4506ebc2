/**
 * What the order of a request's lines says of its failure, where no detector of logs has said more: who failed first. It
 * is never confirmed, since nothing but the lines shows who called whom.
 */
import type { LogFacts } from '#diagnose/judge-logs.ts';
import { logPrecisionOf } from '#diagnose/log-calibration.ts';
import { LIKELY } from '#diagnose/status.ts';
import type { Diagnosis, Judgement } from '#model/finding/diagnosis.ts';
import { failureSentence } from '#model/logs/request-failure.ts';
import type { FailedService, RequestTimeline } from '#model/logs/request-timeline.ts';

/** `isAsked`: the request itself was asked about, and not a time in which it was one of many. */
export function judgeRequest(
  judgement: Judgement,
  timeline: RequestTimeline,
  { isAsked, ...facts }: LogFacts & Readonly<{ isAsked: boolean }>,
): Judgement {
  const [origin] = timeline.failed;
  const { diagnosis, findings } = judgement;
  if (origin === undefined || (diagnosis !== undefined && !isAsked)) return judgement;
  if (diagnosis !== undefined && findings[0]?.service === origin.service) {
    return { ...judgement, diagnosis: atTheOrigin(diagnosis) };
  }
  return { ...judgement, diagnosis: byOrder(timeline, origin, facts) };
}

/** What was found there explains the others, too: they failed after it, or called it. */
function atTheOrigin(diagnosis: Diagnosis): Diagnosis {
  const confidence = logPrecisionOf(diagnosis.kind);
  return {
    ...diagnosis,
    status: confidence < LIKELY ? 'inconclusive' : 'likely',
    statusReason: 'a log line says so where the failure began, but no trace shows how it affected the request',
    confidence,
    share: 1,
  };
}

function byOrder(timeline: RequestTimeline, origin: FailedService, { cleared, named }: LogFacts): Diagnosis {
  const { id: kind, runbook } = named('failure-origin');
  const { service, entry } = origin;
  const saysItself = entry !== undefined;
  const confidence = logPrecisionOf(kind);
  return {
    verdict: failureSentence(timeline),
    status: saysItself ? 'likely' : 'inconclusive',
    statusReason: saysItself
      ? 'it logged the failure before the others or below them, but no trace shows which service called which'
      : 'only its callers report the failure; its own log does not',
    confidence,
    signals: { lead: 1, said: saysItself ? 1 : 0, seen: 0, answered: 0, intact: 0, shown: 0 },
    share: 1,
    kind,
    service,
    operation: '',
    ranking: timeline.failed.map(({ service }, at) => ({
      service,
      operation: '',
      kind,
      score: confidence * 0.9 ** at,
    })),
    chain: [],
    ruledOut: cleared,
    check: `${service} handled this request without a fault, or a service that it calls failed first and logged nothing with the request’s id.`,
    remedy: `Look at what ${service} did at that time: its log lines without the id, its dependencies, its last change.`,
    runbook,
  };
}
