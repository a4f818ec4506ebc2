/** Our own feed for customers: what was approved while the feed was set up, as corrected since, and when it began. */
import { incidentStart, lastReopening } from '#model/incident/incident.ts';
import { promisedUs, type StatusUpdate } from '#model/incident/status-page.ts';
import type { FedIncident } from '#present/documents/status-feed.ts';
import { textWithPromise } from '#present/words/status-draft.ts';
import { findIncident } from '#record/find-incidents.ts';
import { wholeTimeline } from '#record/merges.ts';
import { statusUpdatesOf, updatesSentTo } from '#record/status-updates.ts';
import type { Store } from '#record/store.ts';

/** The id of the feed among the pages. */
export const FEED = 'feed';

/** Customers look for what was yesterday, not last year. */
const SHOWN_US = 90 * 24 * 3_600_000_000;
/** A reader of feeds loads all of it each time. */
const MOST_UPDATES = 300;

/** The newest first. */
export async function fedIncidents(store: Store): Promise<readonly FedIncident[]> {
  const sinceUs = (await store.nowUs()) - SHOWN_US;
  const all = await updatesSentTo(store, { target: FEED, sinceUs, limit: MOST_UPDATES });
  const pages = Map.groupBy(all, ({ pageId }) => pageId);
  const began = await beginnings(store, pages);
  return [...pages].flatMap(([id, updates]) => fedIncident(id, updates, began.get(id)) ?? []).toReversed();
}

/** By the id of the page: when customers were affected, which is often before anybody wrote an update. */
async function beginnings(
  store: Store,
  pages: ReadonlyMap<string, readonly StatusUpdate[]>,
): Promise<ReadonlyMap<string, number>> {
  const began = new Map<string, number>();
  for (const [pageId, [first]] of pages) {
    if (first === undefined) continue;
    const { incidentId: id, workspaceId, approvedUs = 0 } = first;
    const incident = await findIncident(store, { workspaceId, id });
    const entries = incident === undefined ? [] : await wholeTimeline(store, incident);
    // After a reopening, customers read of a new incident.
    const isFirst = pageId === (await statusUpdatesOf(store, id)).find(isApproved)?.pageId;
    const fromUs =
      isFirst && incident ? incidentStart(incident, entries).atUs : lastReopening(entries, approvedUs)?.atUs;
    began.set(pageId, Math.min(fromUs ?? approvedUs, approvedUs));
  }
  return began;
}

function isApproved({ state }: StatusUpdate): boolean {
  return state === 'approved';
}

/** Undefined for one whose first updates are too old to be shown. */
function fedIncident(id: string, updates: readonly StatusUpdate[], beganUs = 0): FedIncident | undefined {
  const own = updates.filter(({ corrects }) => corrects === undefined);
  const [first, newest] = [own[0], own.at(-1)];
  if (first === undefined || newest === undefined) return undefined;
  const { title, status, components } = newest;
  return {
    id,
    title,
    status,
    components,
    beganUs,
    resolvedUs: status === 'resolved' ? newest.approvedUs : undefined,
    nextUs: promisedUs(newest),
    updates: own.toReversed().map((update) => fedUpdate(update, updates)),
  };
}

function fedUpdate(update: StatusUpdate, updates: readonly StatusUpdate[]): FedIncident['updates'][number] {
  const { id, status, approvedUs = 0 } = update;
  const correction = updates.findLast(({ corrects }) => corrects === id);
  const text = textWithPromise((correction ?? update).text, promisedUs(update), approvedUs);
  return { id, status, text, postedUs: approvedUs, correctedUs: correction?.approvedUs };
}
