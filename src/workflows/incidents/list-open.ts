/** `/incident` alone: what is open, to the person who asks. This channel's incidents come first, with their buttons. */
import type { Incident } from '#model/incident/incident.ts';
import { openIncidentsMessage } from '#present/slack/open-incidents.ts';
import { openIncidents } from '#record/find-incidents.ts';
import type { Store } from '#record/store.ts';
import { type AskedBy, heardBy, type MayRead, showTo } from '#workflows/incidents/on-incident.ts';
import { openFor, sightOf, withOverview } from '#workflows/incidents/seen-incidents.ts';
import type { Directory } from '#workflows/incidents/show-overview.ts';

export type ListOpen = (request: Readonly<{ asked: AskedBy }>) => Promise<void>;

export type ListOpenOptions = Readonly<{
  store: Store;
  directory: Pick<Directory, 'permalink'>;
  mayRead: MayRead;
  kick(): void;
}>;

/** In all: each costs a question to Slack. */
const MOST_SHOWN = 10;

export function openLister({ store, directory: { permalink }, mayRead, kick }: ListOpenOptions): ListOpen {
  return async ({ asked }) => {
    const maySee = sightOf({ mayRead }, asked);
    const own = await itsOwn(asked);
    const isOwn = ({ id }: Incident) => own.some((one) => one.id === id);
    const visible = [...own, ...(await openFor(store, asked, maySee)).filter((one) => !isOwn(one))];
    const isHere = (one: Incident) => one.channelId === asked.channelId || isOwn(one);
    const ordered = [...visible.filter(isHere), ...visible.filter((one) => !isHere(one))];
    const shown = await Promise.all(
      ordered.slice(0, MOST_SHOWN).map((incident) => withOverview(store, permalink, incident, maySee)),
    );
    const message = openIncidentsMessage({
      here: shown.filter(({ incident }) => isHere(incident)),
      elsewhere: shown.filter(({ incident }) => !isHere(incident)),
      more: ordered.length - shown.length,
    });
    await showTo({ store, kick }, asked, message);
  };

  /** For a sentence in an incident's own channel: everybody there sees that incident, and perhaps no other one. */
  async function itsOwn(asked: AskedBy): Promise<readonly Incident[]> {
    if (asked.said === undefined) return [];
    const found: Incident[] = [];
    for (const incident of await openIncidents(store, asked)) {
      const who = await heardBy(store, asked, incident);
      if (who.said === undefined && (await mayRead(who, incident.channelId))) found.push(incident);
    }
    return found;
  }
}
