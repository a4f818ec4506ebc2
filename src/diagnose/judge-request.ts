/**
 * Judges a failed request by the order of its lines, where no log detector has said more: which service failed first.
 * Never confirmed, because only the lines show which service called which.
 */
import type { LogFacts } from '#diagnose/judge-logs.ts';
import { logPrecisionOf } from '#diagnose/log-calibration.ts';
import { LIKELY } from '#diagnose/status.ts';
import type { Diagnosis, Judgement } from '#model/finding/diagnosis.ts';
import { failureSentence } from '#model/logs/request-failure.ts';
import type { FailedService, RequestTimeline } from '#model/logs/request-timeline.ts';

/** `isAsked`: the question was about this request, not about a window with many requests. */
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

/** A finding at the origin explains the other findings too: those services failed later, or called it. */
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
