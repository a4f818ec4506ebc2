/** Pods that the API server refuses to create: only events of their owner show them. */
import { quotaIn, type Refusal } from '#detect/signs/unschedulable.ts';
import {
  eventsAbout,
  type Platform,
  type PlatformEvent,
  type Rollout,
  replicaSetName,
} from '#model/platform/platform.ts';
import { type Asked, mayBeWithin, type SeenTime, servicesInQuestion } from '#model/platform/platform-pods.ts';

export type RefusedPods = Readonly<{
  service: string;
  rollout: Rollout;
  refusal: Pick<Refusal, 'cause' | 'words' | 'named'>;
  sinceUs: number;
  /** When a later attempt succeeded, if that was after the time window; otherwise NaN. */
  overUs: number;
  events: readonly PlatformEvent[];
}>;

export function refusedPods(asked: Asked, minSeconds: number, time: SeenTime): RefusedPods[] {
  const serviceOf = servicesInQuestion(asked);
  return asked.platform.rollouts.flatMap((rollout): RefusedPods[] => {
    const service = serviceOf({ ...rollout, name: '' });
    const events = failedCreates(asked.platform, rollout, time);
    const last = events.at(-1);
    if (service === undefined || last === undefined || hasMadeSince(asked.platform, rollout, last, time)) return [];
    const overUs = rollout.made >= rollout.wanted ? rollout.lastMadeUs : Number.NaN;
    if (overUs <= time.endUs) return [];
    const sinceUs = Math.min(...events.map(({ firstUs }) => firstUs));
    const isOver = time.endUs - last.lastUs > STILL_FAILING_US;
    if (isOver || !(time.endUs - sinceUs >= minSeconds * 1e6)) return [];
    const refusal = refusalOf(last.message);
    return [{ service, rollout, refusal, sinceUs, overUs, events }];
  });
}

function refusalOf(message: string): RefusedPods['refusal'] {
  const policy = POLICIES.find(([, words]) => words.test(message));
  if (policy !== undefined) return { cause: policy[0], words: message, named: policy[1].exec(message)?.[1] ?? '' };
  const [, account] = /service ?account "?([\w./-]+?)"?(?::| (?:was )?not found)/i.exec(message) ?? [];
  return (
    quotaIn(message) ??
    (account === undefined
      ? { cause: 'refused', words: message, named: '' }
      : { cause: 'account-missing', words: message, named: account })
  );
}

/** Messages of the admission plugins LimitRanger and ResourceQuota. */
const POLICIES = [
  ['limit-range', /((?:minimum|maximum) \S{1,40} usage per (?:Container|Pod) is [^,\s]{1,20})/i],
  ['limits-required', /failed quota: \S{1,80}: must specify ([\w.,/-]{1,200})/i],
] as const;

/** The longest pause before the controller tries again. */
const STILL_FAILING_US = 20 * 60e6;

function failedCreates(platform: Platform, rollout: Rollout, time: SeenTime): readonly PlatformEvent[] {
  return eventsAbout(platform, replicaSetName(rollout)).filter(
    ({ reason, firstUs, lastUs }) => reason === 'FailedCreate' && mayBeWithin(firstUs, lastUs, time),
  );
}

/** A pod was created after that failure, so the others will follow. */
function hasMadeSince(platform: Platform, rollout: Rollout, { lastUs }: PlatformEvent, { endUs }: SeenTime): boolean {
  return eventsAbout(platform, replicaSetName(rollout)).some(
    (event) => event.reason === 'SuccessfulCreate' && event.lastUs > lastUs && event.lastUs <= endUs,
  );
}
