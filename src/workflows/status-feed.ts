/** Our own feed for customers: what was approved while the feed was set up, as corrected since. Nothing else. */
import { promisedUs, type StatusUpdate } from '#model/incident/status-page.ts';
import type { FedIncident } from '#present/documents/status-feed.ts';
import { textWithPromise } from '#present/words/status-draft.ts';
import { updatesSentTo } from '#record/status-updates.ts';
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
  return [...pages].flatMap(([id, updates]) => fedIncident(id, updates) ?? []).toReversed();
}

/** Undefined for one whose first updates are too old to be shown. */
function fedIncident(id: string, updates: readonly StatusUpdate[]): FedIncident | undefined {
  const own = updates.filter(({ corrects }) => corrects === undefined);
  const [first, newest] = [own[0], own.at(-1)];
  if (first === undefined || newest === undefined) return undefined;
  const { title, status, components } = newest;
  return {
    id,
    title,
    status,
    components,
    beganUs: first.approvedUs ?? 0,
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
