/** Changes that nobody had to record: a platform remembers rollouts and scalings, and spans show new versions. */

import { type Change, changesInOrder } from '#model/changes/change.ts';
import { serviceKey } from '#model/incident/alert-service.ts';
import { eventsAbout, type Platform, type PlatformEvent, type Rollout } from '#model/platform/platform.ts';
import { latestUntil } from '#model/stats/sorted-times.ts';

/**
 * The changes from sources, then those that only the platform knows, for the services in the evidence, then those that
 * only the versions of spans show (`seen`): the platform knows what a rollout changed. Undefined where none could report
 * any.
 */
export function changesWith(
  told: readonly Change[] | undefined,
  platform: Platform | undefined,
  known: readonly string[],
  seen: readonly Change[] = [],
): readonly Change[] | undefined {
  const isRolling = platform !== undefined && platform.rollouts.length > 0;
  if (told === undefined && !isRolling && seen.length === 0) return undefined;
  const named = new Set(known);
  const own = isRolling ? platformChanges(platform, known) : [];
  const ofPlatform = own.filter(({ service }) => named.size === 0 || named.has(service));
  return changesInOrder(withUntold(withUntold(told ?? [], ofPlatform), seen));
}

function withUntold(told: readonly Change[], more: readonly Change[]): readonly Change[] {
  const isTold = toldAmong(told);
  return [...told, ...more.filter((change) => !isTold(change))];
}

/** A pipeline reports a deploy when it begins, or when it is done. */
const SAME_US = 10 * 60e6;

/** Whether a change is among the reported ones. */
function toldAmong(told: readonly Change[]): (change: Change) => boolean {
  const applied = told.filter(
    ({ kind, service, atUs }) => kind !== 'commit' && service !== '' && Number.isFinite(atUs),
  );
  const timesByService = new Map(
    [...Map.groupBy(applied, ({ service }) => serviceKey(service))].map(([key, changes]) => [
      key,
      changes.map(({ atUs }) => atUs).sort((a, b) => a - b),
    ]),
  );
  return ({ service, atUs }) => {
    const last = latestUntil(timesByService.get(serviceKey(service)) ?? [], atUs + SAME_US);
    return last !== undefined && last >= atUs - SAME_US;
  };
}

/** `known`: the services in the evidence, because a cluster may use other names. */
function platformChanges({ rollouts, events }: Platform, known: readonly string[]): readonly Change[] {
  const byDeployment = Map.groupBy(rollouts, ({ namespace, deployment }) => `${namespace}/${deployment}`);
  const named = new Map(known.map((service) => [serviceKey(service), service] as const).toReversed());
  return [...byDeployment.values()].flatMap((revisions) => {
    const [first] = revisions;
    if (first === undefined) return [];
    const service = first.services.flatMap((name) => named.get(serviceKey(name)) ?? [])[0];
    const of = { service: service ?? first.services[0] ?? first.deployment, namespace: first.namespace };
    const scalings = scalingsOf(first, events);
    const ups = Map.groupBy(
      scalings.filter(({ isUp }) => isUp),
      ({ replicaSet }) => replicaSet,
    );
    return [
      ...revisions.flatMap((_, at) => rolledOut(revisions, at, ups, of)),
      ...scaled(revisions, scalings, ups, of),
    ];
  });
}

type Whose = Readonly<{ service: string; namespace: string }>;

/** The oldest known revision shows no difference, and may be years old. */
function rolledOut(revisions: readonly Rollout[], at: number, ups: Scalings, { service, namespace }: Whose): Change[] {
  const [before, now] = [revisions[at - 1], revisions[at]];
  if (before === undefined || now === undefined) return [];
  const atUs = beganUs(before, now, ups);
  if (!Number.isFinite(atUs)) return [];
  const { deployment, revision, differences, cause } = now;
  const changed = differences.length === 0 ? 'nothing visible' : differences.join('; ');
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

/**
 * A rollback reuses the ReplicaSet of the earlier revision. Its creation time is old, so only its scaling shows the
 * time of the rollback.
 */
function beganUs(before: Rollout, now: Rollout, ups: Scalings): number {
  if (now.createdUs >= before.createdUs) return now.createdUs;
  const own = ups.get(now.replicaSet) ?? [];
  return own.find(({ event }) => event.firstUs > before.createdUs)?.event.firstUs ?? Number.NaN;
}

type Scaling = Readonly<{ event: PlatformEvent; replicaSet: string; isUp: boolean; to: number }>;

/** By ReplicaSet. */
type Scalings = ReadonlyMap<string, readonly Scaling[]>;

function scalingsOf({ namespace, deployment }: Rollout, events: readonly PlatformEvent[]): readonly Scaling[] {
  const about = { kind: 'Deployment', namespace, name: deployment, uid: '', createdUs: Number.NaN };
  return eventsAbout({ events }, about).flatMap((event): Scaling[] => {
    const { reason, message } = event;
    const [, way, replicaSet = '', to = ''] = reason === 'ScalingReplicaSet' ? (SCALED.exec(message) ?? []) : [];
    return way === undefined ? [] : [{ event, replicaSet, isUp: way === 'up', to: Number(to) }];
  });
}

/** `Scaled up replica set payment-7d4b9f6c8d to 5 from 3`; older controllers leave the last part out. */
const SCALED = /^Scaled (up|down) replica set (\S+) to (\d+)/;

/** Scalings of a rollout come soon after it began. */
const ROLLING_US = 30 * 60e6;

function scaled(
  revisions: readonly Rollout[],
  scalings: readonly Scaling[],
  ups: Scalings,
  { service, namespace }: Whose,
): Change[] {
  const began = revisions
    .map((now, at) => {
      const before = revisions[at - 1];
      return before === undefined ? now.createdUs : beganUs(before, now, ups);
    })
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const isRolling = (us: number) => us - (latestUntil(began, us) ?? Number.NaN) < ROLLING_US;
  const byReplicaSet = new Map(revisions.map((one) => [one.replicaSet, one] as const).toReversed());
  return scalings.flatMap(({ event, replicaSet, isUp, to }): Change[] => {
    const revision = byReplicaSet.get(replicaSet);
    if (revision === undefined || isRolling(event.lastUs)) return [];
    const text = `Deployment ${revision.deployment} scaled ${isUp ? 'up' : 'down'} to ${to}`;
    const id = `${namespace}/${revision.deployment} to ${to} at ${event.lastUs}`;
    return [{ atUs: event.lastUs, kind: 'scale', service, id, text, url: '', files: [], diff: '' }];
  });
}
