/** Shows the timeline to the person who asks: folded by phase, or one page of all entries. */
import type { Incident } from '#model/incident/incident.ts';
import { timelinePage } from '#present/slack/timeline.ts';
import { timelineByPhase } from '#present/slack/timeline-phases.ts';
import { wholeTimeline } from '#record/merges.ts';
import type { Message } from '#record/outbox.ts';
import type { Store } from '#record/store.ts';
import { type MayShowIn, mergesShown } from '#workflows/incidents/merges-shown.ts';
import { type AskedBy, incidentMeant, type MayRead, type Meant, showTo } from '#workflows/incidents/on-incident.ts';
import { type Directory, namesFor } from '#workflows/incidents/show-overview.ts';
import { withKnownNotes } from '#workflows/rights/may-show.ts';
import { type PageDoor, personalUrl } from '#workflows/rights/personal-links.ts';

/** Without a `page`, a long timeline is folded by phase. */
export type TimelineRequest = Readonly<{ asked: AskedBy; meant: Meant; page?: number | undefined }>;

export type ShowTimeline = (request: TimelineRequest) => Promise<void>;

export type ShowTimelineOptions = Readonly<{
  store: Store;
  directory: Directory;
  mayRead: MayRead;
  mayShowIn: MayShowIn;
  /** Undefined if nobody set up pages. */
  door: PageDoor | undefined;
  kick(): void;
}>;

export function timelineShower({
  store,
  directory,
  mayRead,
  mayShowIn,
  door,
  kick,
}: ShowTimelineOptions): ShowTimeline {
  return async ({ asked, meant, page }) => {
    const incident = await incidentMeant({ store, mayRead }, asked, meant);
    if ('problem' in incident) return await showTo({ store, kick }, asked, { text: incident.problem });
    const { message, needToKnow } = await pageOf(incident, asked, page);
    // `edit` asks for the last page, whichever that is.
    const shown = page === Number.MAX_SAFE_INTEGER ? ('last' as const) : page;
    const seen = { incident, what: 'timeline', ...(shown && { page: shown }), ...(needToKnow > 0 && { needToKnow }) };
    await showTo({ store, kick }, asked, message, seen);
  };

  async function pageOf(
    incident: Incident,
    { userId, said }: AskedBy,
    page: number | undefined,
  ): Promise<Readonly<{ message: Message; needToKnow: number }>> {
    const whole = await wholeTimeline(store, incident, await mergesShown(store, mayShowIn, incident));
    // Everybody in the channel reads the answer to a sentence.
    const isAlone = said === undefined || said.isDirect;
    const { entries, opened } = await withKnownNotes(store, incident, whole, isAlone ? userId : '');
    const [names, reader] = await Promise.all([namesFor(directory, incident, entries), directory.person(userId)]);
    // Whoever has the link of a person reads what that person reads.
    const timeline = {
      incident,
      entries,
      names,
      zone: reader?.zone,
      pageUrl: isAlone ? await pageUrl(incident, userId) : '',
    };
    const message = page === undefined ? timelineByPhase(timeline) : timelinePage(timeline, page);
    return { message, needToKnow: opened };
  }

  async function pageUrl({ id, workspaceId }: Incident, userId: string): Promise<string> {
    if (door === undefined) return '';
    return personalUrl(door, 'timeline', { incidentId: id, workspaceId, userId, madeUs: await store.nowUs() });
  }
}
