/**
 * Which alerts have one cause, and so share one answer. A label alone is never enough: the time has to fit, and either
 * the same rule fires for the same service, or the evidence shows the same cause.
 *
 *   before a look   rule   the same rule and service as the first alert, around a time that was looked at
 *                   edge   only in a storm: its service is on the failing path of the cause
 *   after a look    verdict, or the same failing call from one service to another
 */
import type { Fingerprint } from '#model/finding/fingerprint.ts';
import type { Alert } from '#model/incident/alert.ts';
import { isSameService, serviceKey } from '#model/incident/alert-service.ts';

/** `no time`: a storm brought more alerts than could be looked at. */
export type FoldReason = 'rule' | 'edge' | 'verdict' | 'no time';

export type Cause = Readonly<{
  /** The detector id of the verdict. */
  kind: string;
  service: string;
  operation: string;
  /** The services of the failing calls, from the entry to the blamed one. */
  path: readonly string[];
  /** The services of all failing paths that were seen to lead to it. */
  affected: readonly string[];
}>;

export type Story = Readonly<{
  /** The investigation of its first alert. */
  investigationId: string;
  service: string;
  /** See `ruleOf`. */
  rule: string;
  /** The time of the newest alert that was looked at itself. */
  lookedUs: number;
  /** Undefined while the first alert is looked at. */
  cause: Cause | undefined;
}>;

export type Folded = Readonly<{ story: Story; reason: Exclude<FoldReason, 'no time'> }>;

/** A look reads this much before and after its alert (see `diagnose-alert.ts`): about other times it says nothing. */
const LOOKED_BEFORE_US = 15 * 60_000_000;
const LOOKED_AFTER_US = 5 * 60_000_000;
/** The quiet hour after which an alert that fires is a new one: see `record/alerts.ts`. */
const SAME_TIME_US = 3_600_000_000;

/** Stories from before this time, seen from an alert's, have nothing to do with it. */
export const STORY_LIVES_US = SAME_TIME_US;

/** The rule that fires, and its service; empty where either is not known. */
export function ruleOf({
  source,
  service,
  title,
  labels,
}: Pick<Alert, 'source' | 'service' | 'title' | 'labels'>): string {
  const rule = labels.alertname ?? title;
  return serviceKey(service) === '' || rule === '' ? '' : JSON.stringify([source, serviceKey(service), rule]);
}

export function causeOf({ kind, service, operation, path = [] }: Fingerprint): Cause {
  const known = path.length === 0 ? [service] : path;
  return { kind, service, operation, path: known, affected: [...new Set([...known, service])] };
}

/** A further alert was examined and has this cause: the services of its path are affected too. */
export function causeWith(cause: Cause, { affected }: Cause): Cause {
  return { ...cause, affected: [...new Set([...cause.affected, ...affected])] };
}

/** What is known before the alert is looked at. Newer stories first, because their look is nearer. */
export function storyBefore(
  stories: readonly Story[],
  { service, rule, atUs, inStorm }: Readonly<{ service: string; rule: string; atUs: number; inStorm: boolean }>,
): Folded | undefined {
  const near = newestFirst(stories).filter(
    ({ lookedUs }) => atUs >= lookedUs - LOOKED_BEFORE_US && atUs <= lookedUs + LOOKED_AFTER_US,
  );
  const sameRule = near.find((story) => rule !== '' && story.rule === rule);
  if (sameRule !== undefined) return { story: sameRule, reason: 'rule' };
  const onPath = near.find(({ cause }) => inStorm && cause?.affected.some((passed) => isSameService(passed, service)));
  return onPath && { story: onPath, reason: 'edge' };
}

/** What its own verdict shows. */
export function storyAfter(
  stories: readonly Story[],
  { cause, atUs }: Readonly<{ cause: Cause; atUs: number }>,
): Folded | undefined {
  const near = newestFirst(stories).filter(({ lookedUs }) => Math.abs(atUs - lookedUs) <= SAME_TIME_US);
  const same = near.find((story) => story.cause !== undefined && isSameVerdict(story.cause, cause));
  if (same !== undefined) return { story: same, reason: 'verdict' };
  const edge = failingEdge(cause);
  const through = near.find((story) => edge !== '' && story.cause !== undefined && failingEdge(story.cause) === edge);
  return through && { story: through, reason: 'edge' };
}

function newestFirst(stories: readonly Story[]): readonly Story[] {
  return stories.toSorted((a, b) => b.lookedUs - a.lookedUs);
}

function isSameVerdict(one: Cause, other: Cause): boolean {
  return one.kind === other.kind && one.service === other.service && one.operation === other.operation;
}

/** The last call of the failing path, into the blamed service; empty where the evidence shows no caller. */
function failingEdge({ path }: Cause): string {
  const [caller, callee] = path.slice(-2);
  return caller === undefined || callee === undefined ? '' : JSON.stringify([caller, callee]);
}
