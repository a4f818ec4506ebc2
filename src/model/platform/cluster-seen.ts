/** What a cluster's answers cover of the examined services: how many pods, their state, and as of when. */
import type { ClusterSeen } from '#model/finding/analysis.ts';
import type { Gap } from '#model/finding/gap.ts';
import type { Platform } from '#model/platform/platform.ts';
import { type Asked, instantText, isReady, podsInQuestion, servicesInQuestion } from '#model/platform/platform-pods.ts';
import { counted } from '#model/text/count-text.ts';

export function clusterSeen(asked: Asked): ClusterSeen {
  const { workloads, takenUs } = asked.platform;
  const pods = podsInQuestion(asked).map(({ pod }) => pod);
  // A pod that succeeded is done; a failed one was replaced by its owner, where it has one.
  const serving = pods.filter(
    ({ phase, owner }) => phase !== 'Succeeded' && (phase !== 'Failed' || owner.kind === 'Pod'),
  );
  const serviceOf = servicesInQuestion(asked);
  const lacking = workloads.filter((one) => one.made < one.wanted && serviceOf({ ...one, name: '' }) !== undefined);
  return {
    pods: pods.length,
    notReady: [
      ...serving.filter((pod) => !isReady(pod)).map(({ name }) => `pod ${name}`),
      ...lacking.map(({ kind, name, made, wanted }) => `${kind} ${name} with ${made} of ${counted(wanted, 'pod')}`),
    ],
    takenUs,
  };
}

const SOURCE = 'kubernetes';

/** The gaps that keep silence from being taken for health. `isExplained`: a problem was found. */
export function clusterGaps(
  { pods, notReady, takenUs }: ClusterSeen,
  { pods: all, isTimeTold }: Pick<Platform, 'pods' | 'isTimeTold'>,
  isExplained: boolean,
): readonly Gap[] {
  const gaps: Gap[] = [];
  if (Number.isNaN(takenUs))
    gaps.push({
      source: SOURCE,
      problem: 'its answers contain no time',
      consequence: 'the age of states and events is unknown',
    });
  else if (!isTimeTold)
    gaps.push({
      source: SOURCE,
      problem: `nobody recorded when it was asked: ${instantText(takenUs)}, the latest time in its answers, is used instead`,
      consequence: 'something may have lasted longer than the report says',
    });
  if (pods === 0)
    gaps.push({
      source: SOURCE,
      problem:
        all.length === 0
          ? 'no pod in its answers'
          : `${counted(all.length, 'pod')} in its answers, but none of the service in question`,
      consequence: 'no pod was examined',
    });
  if (notReady.length > 0 && !isExplained)
    gaps.push({
      source: SOURCE,
      problem: `not ready: ${someOf(notReady)}`,
      consequence: 'the examined evidence does not show why',
    });
  return gaps;
}

/** More names say nothing more. */
const NAMED = 3;

/** `pod cart-1, pod cart-2, pod cart-3 and 4 more` */
export function someOf(names: readonly string[]): string {
  const named = names.slice(0, NAMED).join(', ');
  return names.length > NAMED ? `${named} and ${names.length - NAMED} more` : named;
}
