/** What the Home tab shows a person of incidents: the open ones that they may see, and what waits for them. */
import { dayFromUs } from '#core/clock.ts';
import { type ActionItem, type Incident, incidentName, itemName } from '#model/incident/incident.ts';
import { heldRoles, roleInSentence, unconfirmedRoles } from '#model/incident/roles.ts';
import { actionItemsOwnedBy } from '#record/action-items.ts';
import { findIncident } from '#record/find-incidents.ts';
import type { Store } from '#record/store.ts';
import { timelineOf } from '#record/timeline.ts';
import { nextUpdateUs, type ReminderMinutes } from '#workflows/incidents/remind.ts';
import { type MaySee, type OpenIncident, openFor, sightOf, withOverview } from '#workflows/incidents/seen-incidents.ts';
import type { Directory } from '#workflows/incidents/show-overview.ts';
import type { WhoLooks, WhoMay } from '#workflows/upkeep/check-store.ts';

export type Waiting =
  | Readonly<{ what: 'update'; name: string; title: string; dueUs: number; url: string }>
  | Readonly<{ what: 'commander'; name: string; title: string; url: string }>
  | Readonly<{ what: 'action-item'; name: string; item: string; text: string; due: string }>;

/** The roles of one person in an open incident, in words. */
export type HeldRoles = Readonly<{
  name: string;
  title: string;
  url: string;
  roles: readonly Readonly<{ role: string; isConfirmed: boolean }>[];
}>;

export type HomeIncidents = Readonly<{
  /** The most severe first, of one severity the newest. */
  open: readonly OpenIncident[];
  /** Further open ones that this person may see. */
  more: number;
  roles: readonly HeldRoles[];
  waiting: readonly Waiting[];
}>;

/** Each costs a question to Slack. */
const MOST_SHOWN = 10;
const MOST_ITEMS = 10;
/** Not everybody says that an action item is done: what is long past its day no longer waits. */
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
    if (!(await isMember(who))) return { open: [], more: 0, roles: [], waiting: [] };
    const maySee = sightOf({ mayRead }, who);
    const visible = await openFor(store, who, maySee);
    const open = await Promise.all(
      visible.slice(0, MOST_SHOWN).map((incident) => withOverview(store, permalink, incident, maySee)),
    );
    return {
      open,
      more: visible.length - open.length,
      roles: await rolesIn(visible, open, who),
      waiting: [...(await waitingIn(open, who)), ...(await itemsFor(who, maySee))],
    };
  };

  /** Of all open incidents: a role may be in one that is not shown. */
  async function rolesIn(
    visible: readonly Incident[],
    open: readonly OpenIncident[],
    { userId }: WhoLooks,
  ): Promise<readonly HeldRoles[]> {
    const urls = new Map(open.map(({ incident, url }) => [incident.id, url]));
    const held: HeldRoles[] = [];
    for (const incident of visible) {
      const own = heldRoles(incident.roles).filter((role) => incident.roles[role] === userId);
      if (own.length === 0) continue;
      if (held.length === MOST_SHOWN) break;
      const unconfirmed = unconfirmedRoles(incident, await timelineOf(store, incident.id));
      held.push({
        name: incidentName(incident),
        title: incident.title,
        url: urls.get(incident.id) ?? '',
        roles: own.map((role) => ({ role: roleInSentence(role), isConfirmed: !unconfirmed.includes(role) })),
      });
    }
    return held;
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

  async function itemsFor({ userId, workspaceId }: WhoLooks, maySee: MaySee): Promise<readonly Waiting[]> {
    const sinceDay = dayFromUs((await store.nowUs()) - ITEM_WAITS_US);
    const items: Waiting[] = [];
    for (const item of await actionItemsOwnedBy(store, { workspaceId, owner: userId, sinceDay })) {
      if (items.length === MOST_ITEMS) break;
      if (item.state !== 'open') continue;
      const incident = await findIncident(store, { workspaceId, id: item.incidentId });
      if (incident !== undefined && (await maySee(incident))) items.push(waitingItem(incident, item));
    }
    return items;
  }
}

function waitingItem(incident: Incident, { number, text, due }: ActionItem): Waiting {
  return { what: 'action-item', name: incidentName(incident), item: itemName({ number }), text, due };
}
