/** Counts the incidents of a time and measures them, for a person in Slack and for the command line. */
import { DAY_US } from '#core/time-units.ts';
import type { Incident } from '#model/incident/incident.ts';
import { type CountedIncident, type IncidentStats, incidentStats } from '#model/incident/incident-stats.ts';
import type { StatsPeriod } from '#model/incident/stats-period.ts';
import { statsMessage } from '#present/slack/stats-message.ts';
import { allIncidents, incidentTimes } from '#record/find-incidents.ts';
import { wholeTimeline } from '#record/merges.ts';
import type { Reader, Store } from '#record/store.ts';
import { type AskedBy, type MayRead, showTo } from '#workflows/incidents/on-incident.ts';
import { sightOf } from '#workflows/incidents/seen-incidents.ts';

/** `service`: '' for all. */
export type StatsRequest = Readonly<{ period: StatsPeriod; service: string }>;

export type StatsWorkflows = Readonly<{
  showStats(request: StatsRequest & Readonly<{ asked: AskedBy }>): Promise<void>;
}>;

export type StatsOptions = Readonly<{
  store: Store;
  mayRead: MayRead;
  /** Whether everybody who reads the first channel may read the second. */
  mayShowIn(shownIn: string, channelId: string): Promise<boolean>;
  kick(): void;
}>;

/**
 * Whether the person who asks and everybody in their channel may see an incident. Others are not counted: a number that
 * rises tells that there is an incident. Asks Slack once for each channel.
 */
export function countedFor(
  { mayRead, mayShowIn }: Pick<StatsOptions, 'mayRead' | 'mayShowIn'>,
  asked: AskedBy,
): (incident: Incident) => Promise<boolean> {
  const maySee = sightOf({ mayRead }, asked);
  const shows = new Map<string, Promise<boolean>>();
  return async (incident) => {
    const { channelId } = incident;
    const shown = shows.get(channelId) ?? mayShowIn(asked.channelId, channelId);
    shows.set(channelId, shown);
    return (await shown) && (await maySee(incident));
  };
}

export function statsShower({ store, mayRead, mayShowIn, kick }: StatsOptions): StatsWorkflows {
  return {
    async showStats({ asked, period, service }) {
      const counts = countedFor({ mayRead, mayShowIn }, asked);
      const { workspaceId } = asked;
      const stats = await countIncidents(store, { period, service, workspaceId, counts });
      await showTo({ store, kick }, asked, statsMessage({ stats, period, service }));
    },
  };
}

export async function countIncidents(store: Store, asked: CountedRequest): Promise<IncidentStats> {
  const counted: CountedIncident[] = [];
  const incidents = await incidentsOf(store, asked);
  const services = await servicesOf(store, asked, incidents);
  for (const incident of incidents) {
    const service = services.get(incident.id) ?? '';
    counted.push({ incident, entries: await wholeTimeline(store, incident), service });
  }
  return incidentStats(counted);
}

/** By incident: the service of its alert, else that of its diagnosis. */
export async function servicesOf(
  reader: Reader & Pick<Store, 'nowUs'>,
  { period }: Pick<CountedRequest, 'period'>,
  incidents: readonly Incident[],
): Promise<ReadonlyMap<string, string>> {
  const time = periodBounds(period, await reader.nowUs());
  const services = new Map<string, string>();
  for (const workspaceId of new Set(incidents.map((one) => one.workspaceId))) {
    for (const { id, services: named } of await incidentTimes(reader, { workspaceId, ...time })) {
      services.set(id, named[0] ?? '');
    }
  }
  return services;
}

/** `counts`: whether this incident may be counted; without it, all are. Without `workspaceId`, those of each workspace. */
export type CountedRequest = StatsRequest &
  Readonly<{ workspaceId?: string; counts?(incident: Incident): Promise<boolean> }>;

/** The incidents that were declared in a period, newest first. */
export async function incidentsOf(
  store: Store,
  { period, service, workspaceId, counts = async () => true }: CountedRequest,
): Promise<readonly Incident[]> {
  const { fromUs, toUs } = periodBounds(period, await store.nowUs());
  const declared = (await allIncidents(store)).filter(
    (one) =>
      one.declaredUs >= fromUs &&
      one.declaredUs <= toUs &&
      // It is counted with the incident that has taken it in.
      one.status !== 'merged' &&
      (workspaceId === undefined || one.workspaceId === workspaceId),
  );
  const ofService = await withService(store, declared, service, { fromUs, toUs });
  const counted: Incident[] = [];
  for (const incident of ofService) if (await counts(incident)) counted.push(incident);
  return counted;
}

/** Up to now. */
export function periodBounds(period: StatsPeriod, nowUs: number): Readonly<{ fromUs: number; toUs: number }> {
  if ('days' in period) return { fromUs: nowUs - period.days * DAY_US, toUs: nowUs };
  const now = new Date(nowUs / 1_000);
  return { fromUs: Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1) * 1_000, toUs: nowUs };
}

/** Those whose alert or answer names the service. */
async function withService(
  reader: Reader,
  declared: readonly Incident[],
  service: string,
  time: Readonly<{ fromUs: number; toUs: number }>,
): Promise<readonly Incident[]> {
  if (service === '') return declared;
  const wanted = service.toLowerCase();
  const ids = new Set<string>();
  for (const workspaceId of new Set(declared.map((one) => one.workspaceId))) {
    for (const { id, services } of await incidentTimes(reader, { workspaceId, ...time })) {
      if (services.some((name) => name.toLowerCase() === wanted)) ids.add(id);
    }
  }
  return declared.filter(({ id }) => ids.has(id));
}
