/**
 * New versions that a controller of canaries measured, found bad, and took back.
 *
 *   Argo Rollouts   RolloutAborted      Rollout aborted update to revision 14: … Metric "success-rate" assessed Failed due to …
 *                   AnalysisRunFailed   Step Analysis Run 'cabins-bzv5qt9llh-14-1' Status New: 'Failed' Previous: 'Running'
 *   Flagger         Synced              Halt podinfo.test advancement success rate 69.17% < 99%
 *                                       Rolling back podinfo.test failed checks threshold reached 10
 *
 * An update that a person aborted shows no fault. Nor does an analysis that ends with `Error` or `Inconclusive`, or a
 * canary without values: nothing was measured.
 * https://argo-rollouts.readthedocs.io/en/stable/features/analysis/
 * https://docs.flagger.app/tutorials/istio-progressive-delivery#automated-rollback
 */
import { familyKey, isRelease } from '#detect/signs/versions/releases-seen.ts';
import { type Change, shortChangeId } from '#model/changes/change.ts';
import { shownChange } from '#model/changes/change-words.ts';
import type { Evidence } from '#model/finding/evidence.ts';
import type { EvidenceItem, Facts, Sighting, Words } from '#model/finding/finding.ts';
import { minuteText } from '#model/metrics/limited.ts';
import type { Platform, PlatformEvent } from '#model/platform/platform.ts';
import { inWords } from '#model/text/in-words.ts';

export type FailedAnalysis = Readonly<{
  service: string;
  /** What was measured, as the controller says it; empty where it does not. */
  measured: string;
  /** When it was taken back, in microseconds since the epoch. */
  atUs: number;
  change: Change | undefined;
  events: readonly PlatformEvent[];
}>;

/** One for each service. */
export function failedAnalyses(
  platform: Pick<Platform, 'events'> | undefined,
  changes: readonly Change[],
  { fromUs, toUs }: Pick<Evidence['window'], 'fromUs' | 'toUs'>,
): readonly FailedAnalysis[] {
  const judged = (platform?.events ?? []).filter(
    ({ about, lastUs }) => (about.kind === 'Rollout' || about.kind === 'Canary') && !(lastUs < fromUs || lastUs > toUs),
  );
  const objects = Map.groupBy(judged, ({ about }) => `${about.kind}/${about.namespace}/${about.name}`);
  return [...objects.values()].flatMap((own): FailedAnalysis[] => {
    const [first] = own;
    const events = first?.about.kind === 'Canary' ? ofFlagger(own) : ofArgo(own);
    const last = events.at(-1);
    if (first === undefined || last === undefined) return [];
    const { name } = first.about;
    const measured = events.map(measuredIn).findLast((one) => one !== '') ?? '';
    const releases = changes.filter(
      (one) => isRelease(one) && familyKey(one.service) === familyKey(name) && one.atUs <= last.lastUs,
    );
    const change = releases.toSorted((a, b) => b.atUs - a.atUs)[0];
    return [{ service: change?.service ?? name, measured, atUs: last.lastUs, change, events }];
  });
}

const ASSESSED = /\bMetric "([^"]{1,100})" assessed Failed\b/;

function ofArgo(own: readonly PlatformEvent[]): readonly PlatformEvent[] {
  return own.filter(
    ({ reason, message }) => reason === 'AnalysisRunFailed' || (reason === 'RolloutAborted' && ASSESSED.test(message)),
  );
}

/** The events recorder joins similar events under this prefix. */
const HALTED = /^(?:\(combined from similar events\): )?Halt \S{1,200} advancement ([^<>]{1,100}[<>] ?\S{1,30})/;
const TAKEN_BACK = /^Rolling back \S{1,200} failed checks threshold reached/;

function ofFlagger(own: readonly PlatformEvent[]): readonly PlatformEvent[] {
  const halted = own.filter(({ message }) => HALTED.test(message));
  const back = own.filter(({ message }) => TAKEN_BACK.test(message));
  return halted.length === 0 || back.length === 0 ? [] : [...halted, ...back];
}

function measuredIn({ message }: PlatformEvent): string {
  return (ASSESSED.exec(message) ?? HALTED.exec(message))?.[1] ?? '';
}

export function takenBackOf({ service, measured, atUs, change, events }: FailedAnalysis): Sighting {
  return {
    service,
    facts: {
      form: 'taken back',
      id: change?.id ?? '',
      kind: change?.kind ?? 'deploy',
      changedService: change?.service ?? service,
      atUs: change?.atUs ?? atUs,
      gap: '',
      measured,
      since: minuteText(atUs),
      sinceUs: atUs,
      reasons: 'its canary analysis failed',
      confidence: CONFIDENCE,
    },
    evidence: [
      ...events.slice(-2).map(({ about, reason, message }): EvidenceItem => {
        return { kind: 'event', ref: `${about.kind}/${about.name}`, text: `${reason}: ${message}` };
      }),
      ...(change === undefined ? [] : [shownChange(change)]),
    ],
  };
}

/** A controller compared it, but nobody sees with what. */
const CONFIDENCE = 0.7;

export function wordsOfTakenBack({ service, kind, id, measured, since }: Facts): Words {
  const what = id === '' ? 'its new version' : `${kind} ${shortChangeId(String(id))}`;
  return {
    title: `${service}: ${what} failed its canary analysis${measured === '' ? '' : ` (${measured})`} and was taken back at ${since}`,
    headline: { what: `The new version of ${inWords(service)} failed its canary analysis` },
    explanation: `The rollout controller measured the new version, found it bad and aborted the update. The old version serves again.`,
    remedy: `Compare the lines and metrics of the new pods of ${service} with those of the old ones before you try the release again.`,
    check: `What both versions call failed at that time, or the analysis measures something else.`,
  };
}
