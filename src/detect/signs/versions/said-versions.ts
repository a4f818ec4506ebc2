/** What the failures or the finding say about the version that a change brings. */
import type { Change } from '#model/changes/change.ts';
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import { quotedVersion } from '#model/changes/quoted-names.ts';

/** Shorter ids are words, or numbers. */
export const SHORTEST_VERSION = 7;

/** The image names the version of its release, and another image would fail there as well. */
function isOfRegistry({ cause, isOutside }: ChangeSymptoms): boolean {
  return cause === 'image-pull' && isOutside === true;
}

/** The version that it brings, where the image that cannot be pulled has it as its tag; else empty. */
export function missingVersion(trouble: ChangeSymptoms, change: Change): string {
  const { cause, complaint, said = '' } = trouble;
  if (cause !== 'image-pull' || isOfRegistry(trouble)) return '';
  return quotedVersion(change, { text: `${complaint?.text ?? ''}\n${said.toLowerCase()}` });
}

export function quotedVersionText(trouble: ChangeSymptoms, change: Change, sayers: string): string {
  const missing = missingVersion(trouble, change);
  if (missing !== '') return `the image that cannot be pulled has its version ${missing}`;
  const version = isOfRegistry(trouble) ? '' : quotedVersion(change, trouble.complaint);
  return version && `${sayers} name its version ${version}`;
}

/** Only the requests that reach its version, or its canary, are affected. */
export function versionText(trouble: ChangeSymptoms, change: Change): string {
  const { said = '', cause, service } = trouble;
  if (isOfRegistry(trouble)) return '';
  if (change.id.length >= SHORTEST_VERSION && withoutMeasuredPod(trouble, change.id).includes(change.id))
    return /\brequests\b/i.test(said)
      ? `only requests of its version ${change.id} have the problem`
      : `what was found names its version ${change.id}`;
  const isOfCanary = cause === 'partial-outage' && change.service === service && isCanary(said);
  return isOfCanary && isCanary(`${change.id} ${change.text}`) ? 'only requests of the canary have the problem' : '';
}

/**
 * The pod whose processor is busiest stands for its service, and so does a pod through which slow requests pass: after a
 * rollout all pods are new ones. Memory fills up in the version that leaks.
 */
function withoutMeasuredPod({ said = '', cause = '', kinds }: ChangeSymptoms, id: string): string {
  return OF_USE.has(cause) && !kinds.has('memory') ? said.replaceAll(`-${id}-`, '-') : said;
}

/** Detectors that name an instance for how much it uses, or for how many requests pass through it. */
const OF_USE: ReadonlySet<string> = new Set(['resource-saturation', 'metric-anomaly', 'forecast', 'partial-outage']);

/** A rollout to a few instances first: Argo Rollouts, Flagger. */
function isCanary(text = ''): boolean {
  return /\bcanary\b/i.test(text);
}
