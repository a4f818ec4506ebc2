/** What the Home tab shows a person of incidents: the open ones that they may see, and what waits for them. */
import { type ActionItem, type Incident, incidentName, SEVERITIES } from '#model/incident/incident.ts';
import { actionItemsOwnedBy } from '#record/action-items.ts';
import { findIncident, openIncidents } from '#record/find-incidents.ts';
import { deliveryOf } from '#record/outbox.ts';
import type { Store } from '#record/store.ts';
import { timelineOf } from '#record/timeline.ts';
import type { WhoLooks, WhoMay } from '#workflows/check-store.ts';
import { OVERVIEW_OF } from '#workflows/incident-thread.ts';
import { nextUpdateUs, type ReminderMinutes } from '#workflows/remind.ts';
import type { Directory } from '#workflows/show-overview.ts';

/** `url`: the overview in Slack; '' where it is not posted, or Slack does not say. */
export type OpenIncident = Readonly<{ incident: Incident; url: string }>;

export type Waiting =
  | Readonly<{ what: 'update'; name: string; title: string; dueUs: number; url: string }>
  | Readonly<{ what: 'commander'; name: string; title: string; url: string }>
  | Readonly<{ what: 'action-item'; name: string; text: string; due: string }>;

export type HomeIncidents = Readonly<{
  /** The most severe first, of one severity the newest. */
  open: readonly OpenIncident[];
  /** Further open ones that this person may see. */
  more: number;
  waiting: readonly Waiting[];
}>;

/** Each costs a question to Slack. */
const MOST_SHOWN = 10;
const MOST_ITEMS = 10;
/** Nobody marks an action item as done: what is long past its day no longer waits. */
const ITEM_WAITS_US = 30 * 24 * 3_600 * 1_000_000;

export type HomeIncidentsOptions = Readonly<{
  store: Store;
  minutes: ReminderMinutes;
  permalink: Directory['permalink'];
  access: WhoMay;
}>;

/** Guests see nothing. Members see, and count, nothing of channels that they cannot read. */
export function incidentsFor({
  store,
  minutes,
  permalink,
  access: { isMember, mayRead },
}: HomeIncidentsOptions): (who: WhoLooks) => Promise<HomeIncidents> {
  return async (who) => {
    if (!(await isMember(who))) return { open: [], more: 0, waiting: [] };
    const may = new Map<string, boolean | undefined>();
    const maySee = async ({ channelId }: Incident) => {
      if (!may.has(channelId)) may.set(channelId, await mayRead(who, channelId));
      return may.get(channelId) === true;
    };
    const visible: Incident[] = [];
    for (const incident of await openIncidents(store, { workspaceId: who.workspaceId }))
      if (await maySee(incident)) visible.push(incident);
    visible.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
    const open = await Promise.all(
      visible.slice(0, MOST_SHOWN).map(async (incident) => ({ incident, url: await overviewUrl(incident) })),
    );
    return {
      open,
      more: visible.length - open.length,
      waiting: [...(await waitingIn(open, who)), ...(await itemsFor(who, maySee))],
    };
  };

  async function overviewUrl({ id, channelId }: Incident): Promise<string> {
    const ts = (await deliveryOf(store, OVERVIEW_OF(id)))?.ts;
    return ts === undefined ? '' : await permalink({ channelId, ts });
  }

  /** Updates that are due from this person as commander; a commander for what this person declared. */
  async function waitingIn(open: readonly OpenIncident[], { userId }: WhoLooks): Promise<readonly Waiting[]> {
    const nowUs = await store.nowUs();
    const waiting: Waiting[] = [];
    for (const { incident, url } of open) {
      const about = { name: incidentName(incident), title: incident.title, url };
      const { commander } = incident.roles;
      if (commander === undefined && incident.declaredBy === userId) waiting.push({ what: 'commander', ...about });
      if (commander !== userId) continue;
      const dueUs = nextUpdateUs(incident, await timelineOf(store, incident.id), minutes);
      if (dueUs !== undefined && dueUs <= nowUs) waiting.push({ what: 'update', ...about, dueUs });
    }
    return waiting;
  }

  async function itemsFor(
    { userId, workspaceId }: WhoLooks,
    maySee: (incident: Incident) => Promise<boolean>,
  ): Promise<readonly Waiting[]> {
    const sinceDay = dayOf((await store.nowUs()) - ITEM_WAITS_US);
    const items: Waiting[] = [];
    for (const item of await actionItemsOwnedBy(store, { workspaceId, owner: userId, sinceDay })) {
      if (items.length === MOST_ITEMS) break;
      const incident = await findIncident(store, { workspaceId, id: item.incidentId });
      if (incident !== undefined && (await maySee(incident))) items.push(waitingItem(incident, item));
    }
    return items;
  }
}

function waitingItem(incident: Incident, { text, due }: ActionItem): Waiting {
  return { what: 'action-item', name: incidentName(incident), text, due };
}

/** `2026-01-06` */
function dayOf(us: number): string {
  return new Date(us / 1_000).toISOString().slice(0, 10);
}
