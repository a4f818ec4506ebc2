/** The question about a service in a time window, in the form of an alert, and its answer as one about the window. */
import type { AnalysedTrace } from '#analyse/session.ts';
import { UsageError } from '#core/errors.ts';
import { DAY_US } from '#core/time-units.ts';
import { readableMinute } from '#present/words/instant.ts';
import type { DiagnoseAlertRequest } from '#workflows/alerts/diagnose-alert.ts';
import { typedInstant } from '#workflows/times/typed-instant.ts';

export type AskedWindow = Pick<DiagnoseAlertRequest, 'alert' | 'window'>;

/** In a longer window a step of the metrics is hours long, and the minute of a fault is lost in it. */
const LONGEST_DAYS = 31;

/**
 * The window that somebody typed; without an end, up to now. `names`: of the two arguments, for the errors. Throws
 * UsageError; `usage` is its advice.
 */
export function windowAsked(
  { service, from = '', to = '' }: Readonly<{ service: string; from?: string | undefined; to?: string | undefined }>,
  { names, usage, nowUs }: Readonly<{ names: readonly [from: string, to: string]; usage: string; nowUs: number }>,
): AskedWindow {
  if (from === '') throw new UsageError(`${names[0]} is missing`, usage);
  const fromUs = typedInstant(names[0], from, nowUs);
  const toUs = to === '' ? nowUs : typedInstant(names[1], to, nowUs);
  if (fromUs > nowUs) {
    throw new UsageError(`${names[0]} is in the future: ${readableMinute(fromUs)}`, 'Check the date and the year.');
  }
  if (fromUs >= toUs) throw new UsageError(`${names[0]} is not before ${names[1]}`, usage);
  if (toUs - fromUs > LONGEST_DAYS * DAY_US) {
    const days = Math.ceil((toUs - fromUs) / DAY_US);
    throw new UsageError(
      `${names[0]} and ${names[1]} are ${days} days apart`,
      `Look into at most ${LONGEST_DAYS} days at once: name the hours around the trouble.`,
    );
  }
  return {
    alert: { title: service, service, labels: {}, traceId: '', atUs: toUs },
    window: { fromUs, toUs },
  };
}

/** The subject is the time window, not one trace; the examined traces are the exemplars. */
export function asWindow(analysed: AnalysedTrace): AnalysedTrace {
  const { criticalPathTotal, criticalPathShownUs, ...report } = analysed.report;
  const subject = { ...report.subject, kind: 'window' } as const;
  return { ...analysed, report: { ...report, subject, trace: null, criticalPath: [], attribution: [], work: [] } };
}
