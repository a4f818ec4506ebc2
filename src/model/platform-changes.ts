/** What was rolled out and scaled, as a platform remembers it: the changes of a time that nobody had to note. */
import { isSameService } from '#model/alert-service.ts';
import { type Change, changesInOrder } from '#model/change.ts';
import type { Platform, PlatformEvent, Rollout } from '#model/platform.ts';

/**
 * What sources of changes told, and beside it what only the platform knows, of the services that the evidence names.
 * Undefined where neither could tell of any.
 */
export function changesWith(
  told: readonly Change[] | undefined,
  platform: Platform | undefined,
  known: readonly string[],
): readonly Change[] | undefined {
  if (platform === undefined || platform.rollouts.length === 0) return told && changesInOrder(told);
  const own = platformChanges(platform, known).filter(({ service }) => known.length === 0 || known.includes(service));
  return changesInOrder([...(told ?? []), ...own.filter((change) => !isTold(change, told ?? []))]);
}

/** A pipeline tells of a deploy when it begins, or when it is done. */
const SAME_US = 10 * 60e6;

function isTold({ service, atUs }: Change, told: readonly Change[]): boolean {
  return told.some(
    (other) =>
      other.kind !== 'commit' && isSameService(other.service, service) && Math.abs(other.atUs - atUs) <= SAME_US,
  );
}

/** `known`: the services that the evidence names, for a cluster may call them otherwise. */
function platformChanges({ rollouts, events }: Platform, known: readonly string[]): readonly Change[] {
  const byDeployment = Map.groupBy(rollouts, ({ namespace, deployment }) => `${namespace}/${deployment}`);
  return [...byDeployment.values()].flatMap((revisions) => {
    const [first] = revisions;
    if (first === undefined) return [];
    const service = first.services.flatMap((name) => known.find((one) => isSameService(one, name)) ?? [])[0];
    const of = { service: service ?? first.services[0] ?? first.deployment, namespace: first.namespace };
    return [...revisions.flatMap((_, at) => rolledOut(revisions, at, events, of)), ...scaled(revisions, events, of)];
  });
}

type Whose = Readonly<{ service: string; namespace: string }>;

/** The oldest that is remembered shows no difference, and may be years old. */
function rolledOut(
  revisions: readonly Rollout[],
  at: number,
  events: readonly PlatformEvent[],
  { service, namespace }: Whose,
): Change[] {
  const [before, now] = [revisions[at - 1], revisions[at]];
  if (before === undefined || now === undefined) return [];
  const atUs = beganUs(before, now, events);
  if (!Number.isFinite(atUs)) return [];
  const { deployment, revision, differences, cause } = now;
  const changed = differences.length === 0 ? 'nothing that can be seen' : differences.join('; ');
  const noted = cause === '' ? '' : ` (${cause})`;
  return [
    {
      atUs,
      kind: differences.length === 0 || differences.some((one) => IS_CODE.test(one)) ? 'deploy' : 'config',
      service,
      id: `${namespace}/${deployment} revision ${revision}`,
      text: `revision ${revision} of Deployment ${deployment}${noted}: ${changed}`,
      url: '',
      files: [],
      diff: '',
    },
  ];
}

const IS_CODE = /^(?:image of|container|a restart)/;

/** A revision that is gone back to keeps its ReplicaSet: then it is as old as that, and only its scaling says when. */
function beganUs(before: Rollout, now: Rollout, events: readonly PlatformEvent[]): number {
  if (now.createdUs >= before.createdUs) return now.createdUs;
  const ups = scalings(now, events).filter(({ replicaSet, isUp }) => isUp && replicaSet === now.replicaSet);
  return ups.find(({ event }) => event.firstUs > before.createdUs)?.event.firstUs ?? Number.NaN;
}

type Scaling = Readonly<{ event: PlatformEvent; replicaSet: string; isUp: boolean; to: number }>;

function scalings({ namespace, deployment }: Rollout, events: readonly PlatformEvent[]): readonly Scaling[] {
  return events.flatMap((event): Scaling[] => {
    const { about, reason, message } = event;
    const isOwn = about.kind === 'Deployment' && about.name === deployment && about.namespace === namespace;
    const [, way, replicaSet = '', to = ''] =
      isOwn && reason === 'ScalingReplicaSet' ? (SCALED.exec(message) ?? []) : [];
    return way === undefined ? [] : [{ event, replicaSet, isUp: way === 'up', to: Number(to) }];
  });
}

/** `Scaled up replica set payment-7d4b9f6c8d to 5 from 3`; older controllers leave the last part out. */
const SCALED = /^Scaled (up|down) replica set (\S+) to (\d+)/;

/** What belongs to a rollout comes soon after it began. */
const ROLLING_US = 30 * 60e6;

function scaled(
  revisions: readonly Rollout[],
  events: readonly PlatformEvent[],
  { service, namespace }: Whose,
): Change[] {
  const [first] = revisions;
  if (first === undefined) return [];
  const began = revisions.map((now, at) => {
    const before = revisions[at - 1];
    return before === undefined ? now.createdUs : beganUs(before, now, events);
  });
  const isRolling = (us: number) => began.some((beganAtUs) => us >= beganAtUs && us - beganAtUs < ROLLING_US);
  return scalings(first, events).flatMap(({ event, replicaSet, isUp, to }): Change[] => {
    const revision = revisions.find((one) => one.replicaSet === replicaSet);
    if (revision === undefined || isRolling(event.lastUs)) return [];
    const text = `Deployment ${revision.deployment} scaled ${isUp ? 'up' : 'down'} to ${to}`;
    const id = `${namespace}/${revision.deployment} to ${to} at ${event.lastUs}`;
    return [{ atUs: event.lastUs, kind: 'scale', service, id, text, url: '', files: [], diff: '' }];
  });
}
