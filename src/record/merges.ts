/**
 * Incidents that were merged into others. The entry that ends the merged one names the other in its key; nothing is
 * copied. So the timeline of the one that stays shows corrections, removals and later entries of the merged one as they
 * are, and a split leaves nothing behind.
 *
 *   INC-2  status:merged:<id of INC-1>:<request>   the newest status of INC-2 says where it is
 *   INC-1  merge:<id of INC-2>:<request>           which incidents may be in INC-1
 */
import {
  type ActionItem,
  type EntryKind,
  type Incident,
  incidentName,
  inTimelineOrder,
  isOver,
  type TimelineEntry,
  type WithdrawnEntry,
} from '#model/incident/incident.ts';
import { MERGE_VALUE, relatedTo } from '#model/incident/incident-link.ts';
import { isNeedToKnow } from '#model/incident/need-to-know.ts';
import { actionItemsOf } from '#record/action-items.ts';
import { auditIncident } from '#record/audit.ts';
import { casesOf, type KeptCase } from '#record/evidence.ts';
import { findIncident, incidentById, isIn } from '#record/find-incidents.ts';
import { statusSteps } from '#record/incidents.ts';
import type { Reader, Tx } from '#record/store.ts';
import { addEntry, entryRows, narrowedWords, timelineOf, withdrawnFrom } from '#record/timeline.ts';

const MERGED = 'status:merged:';
const TOOK_IN = 'merge:';

export type Merge = Readonly<{
  /** The one that stays, and the one that ends. */
  incident: Incident;
  other: Incident;
  /** The key of the request. */
  key: string;
  by: string;
  /** What people should know, such as the roles of the other. */
  text: string;
  /** Where the overviews are; '' where they are not known. */
  url: string;
  otherUrl: string;
}>;

/** The caller holds the locks of both. False if it was done with this key. */
export async function mergeIncident(
  tx: Tx,
  { incident, other, key, by, text, url, otherUrl }: Merge,
): Promise<boolean> {
  const merged = await addEntry(tx, {
    incidentId: other.id,
    key: `${MERGED}${incident.id}:${key}`,
    atUs: tx.nowUs,
    kind: 'status',
    text: `${other.status} → merged: into ${incidentName(incident)}`,
    source: by,
    link: url,
    value: 'merged',
  });
  if (!merged) return false;
  await tx.db
    .updateTable('incidents')
    .set({ status: 'merged', resolved_us: null })
    .where('id', '=', other.id)
    .execute();
  await addEntry(tx, {
    incidentId: incident.id,
    key: `${TOOK_IN}${other.id}:${key}`,
    atUs: tx.nowUs,
    kind: 'note',
    text,
    source: by,
    link: otherUrl,
    value: `${MERGE_VALUE}${other.id}`,
  });
  await auditIncident(tx, other, by, 'incident.merged', { from: other.status, into: incidentName(incident) });
  return true;
}

/** In the timeline that showed it: a merged incident is one of its own again. */
export async function noteSplit(
  tx: Tx,
  { incidentId, other, key, by }: Readonly<{ incidentId: string; other: Incident; key: string; by: string }>,
): Promise<void> {
  await addEntry(tx, {
    incidentId,
    key: `split:${other.id}:${key}`,
    atUs: tx.nowUs,
    kind: 'note',
    text: `${incidentName(other)} is an incident of its own again`,
    source: by,
    link: '',
    value: `split=${other.id}`,
  });
}

/** The incident that has taken this one in; undefined if it is not merged. */
export async function mergedInto(reader: Reader, { id, workspaceId, status }: Incident): Promise<Incident | undefined> {
  if (status !== 'merged') return undefined;
  const key = (await statusSteps(reader, id)).at(-1)?.key ?? '';
  const into = intoIn(key);
  return into === undefined ? undefined : await findIncident(reader, { workspaceId, id: into });
}

function intoIn(key: string): string | undefined {
  return key.startsWith(MERGED) ? key.slice(MERGED.length, key.indexOf(':', MERGED.length)) : undefined;
}

/** The id of the incident and of each one that took it in, also through another one, and also if it was split off since. */
export async function everShownIn(reader: Reader, incidentId: string): Promise<ReadonlySet<string>> {
  const found = new Set([incidentId]);
  for (const id of found) {
    for (const { key } of await entryRows(reader, id)) {
      const into = intoIn(key);
      if (into !== undefined) found.add(into);
    }
  }
  return found;
}

/** Where people work on it: the incident itself, or the one that has taken it in, or that one's. */
export async function rootOf(reader: Reader, incident: Incident): Promise<Incident> {
  const seen = new Set<string>();
  let root = incident;
  for (let next: Incident | undefined = incident; next !== undefined && !seen.has(next.id); ) {
    root = next;
    seen.add(next.id);
    next = await mergedInto(reader, next);
  }
  return root;
}

/** By id: each merged incident of the workspace, and where people work on it. */
export async function rootsOfMerged(reader: Reader, workspaceId: string): Promise<ReadonlyMap<string, string>> {
  const rows = await reader.db
    .selectFrom('incidents')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('status', '=', 'merged')
    .execute();
  const roots = new Map<string, string>();
  for (const { id } of rows) roots.set(id, (await rootOf(reader, await incidentById(reader, id))).id);
  return roots;
}

/** The newest incident of this channel that is merged into an open one. */
export async function mergedInChannel(
  reader: Reader,
  { workspaceId, channelId }: Readonly<{ workspaceId: string; channelId: string }>,
): Promise<Readonly<{ incident: Incident; root: Incident }> | undefined> {
  const rows = await reader.db
    .selectFrom('incidents')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where(isIn(channelId))
    .where('status', '=', 'merged')
    .orderBy('number', 'desc')
    .limit(MOST_LOOKED_AT)
    .execute();
  for (const { id } of rows) {
    const incident = await incidentById(reader, id);
    const root = await rootOf(reader, incident);
    if (!isOver(root)) return { incident, root };
  }
  return undefined;
}

/** A channel has few open incidents; older ones are merged into resolved ones. */
const MOST_LOOKED_AT = 20;

/** Whether the words of a merged incident may be shown beside those of the one that has taken it in. */
export type ShowsMerged = (merged: Incident) => boolean;

/** For the operator, who can read the store itself. */
const SHOWS_ALL: ShowsMerged = () => true;

/** All incidents that are merged into this one now, also through another one; by number. */
export async function mergedIn(
  reader: Reader,
  incident: Incident,
  shows: ShowsMerged = SHOWS_ALL,
): Promise<readonly Incident[]> {
  const found = new Map<string, Incident>();
  const left = [incident];
  for (let one = left.pop(); one !== undefined; one = left.pop()) {
    const { id, workspaceId } = one;
    const keys = (await entryRows(reader, id)).map(({ key }) => key).filter((key) => key.startsWith(TOOK_IN));
    const ids = new Set(keys.map((key) => key.slice(TOOK_IN.length, key.indexOf(':', TOOK_IN.length))));
    for (const otherId of ids) {
      if (found.has(otherId) || otherId === incident.id) continue;
      const other = await findIncident(reader, { workspaceId, id: otherId });
      if (other === undefined || (await mergedInto(reader, other))?.id !== id) continue;
      found.set(otherId, other);
      left.push(other);
    }
  }
  return [...found.values()].filter(shows).sort((a, b) => a.number - b.number);
}

/** The timeline with the entries of merged incidents, each with the name of its own. `untilUs`: as it was at that time. */
export async function wholeTimeline(
  reader: Reader,
  incident: Incident,
  shows?: ShowsMerged,
  untilUs?: number,
): Promise<readonly TimelineEntry[]> {
  const own = await ownEntries(reader, incident, shows, untilUs);
  const merged = await mergedIn(reader, incident, shows);
  if (merged.length === 0) return own;
  const all = [...own];
  for (const other of merged) {
    const from = incidentName(other);
    all.push(...(await timelineOf(reader, other.id, untilUs)).map((entry) => cameFrom(entry, from)));
  }
  return inTimelineOrder(all);
}

/** Without what names an incident that is not shown: the entry of a merge has its title. */
async function ownEntries(
  reader: Reader,
  incident: Incident,
  shows: ShowsMerged = SHOWS_ALL,
  untilUs?: number,
): Promise<readonly TimelineEntry[]> {
  const own = await timelineOf(reader, incident.id, untilUs);
  if (shows === SHOWS_ALL) return own;
  const named = await namedIn(reader, incident);
  const hidden = new Set(named.filter((other) => !shows(other)).map(({ id }) => id));
  if (hidden.size === 0) return own;
  const into = await mergedInto(reader, incident);
  const isInto = into !== undefined && hidden.has(into.id);
  return own
    .filter((entry) => !hidden.has(namedBy(entry) ?? ''))
    .map((entry) =>
      isInto && entry.value === 'merged' ? { ...entry, text: entry.text.replace(INTO, ''), link: '' } : entry,
    );
}

const INTO = /: into INC-\d+$/;

/** The other incidents that the timeline names: merged ones, also those that are split off, related ones, and where it went. */
export async function namedIn(reader: Reader, incident: Incident): Promise<readonly Incident[]> {
  const { id, workspaceId } = incident;
  const ids = new Set((await timelineOf(reader, id)).flatMap((entry) => namedBy(entry) ?? []));
  const found = await Promise.all([...ids].map((other) => findIncident(reader, { workspaceId, id: other })));
  return [...found, await mergedInto(reader, incident)].filter((other) => other !== undefined);
}

/** The id of the incident that an entry names. */
function namedBy(entry: TimelineEntry): string | undefined {
  return relatedTo(entry) ?? /^(?:merge|split)=(\S+)$/.exec(entry.value)?.[1];
}

/** What people withdrew from the timeline, and from those of merged incidents. */
export async function wholeWithdrawn(
  reader: Reader,
  incident: Incident,
  shows?: ShowsMerged,
  untilUs?: number,
): Promise<readonly WithdrawnEntry[]> {
  const withdrawn = [...(await withdrawnFrom(reader, incident.id, untilUs))];
  for (const other of await mergedIn(reader, incident, shows)) {
    const from = incidentName(other);
    withdrawn.push(...(await withdrawnFrom(reader, other.id, untilUs)).map((entry) => ({ ...entry, from })));
  }
  return withdrawn;
}

/** What everybody read once and only some people read now, here and in merged incidents. For comparisons, not to be shown. */
export async function wholeNarrowedWords(reader: Reader, incident: Incident): Promise<readonly string[]> {
  const all = [incident, ...(await mergedIn(reader, incident))];
  return (await Promise.all(all.map(({ id }) => narrowedWords(reader, id)))).flat();
}

/** Those of the incident come before those of merged ones. */
export async function wholeActionItems(
  reader: Reader,
  incident: Incident,
  shows?: ShowsMerged,
): Promise<readonly ActionItem[]> {
  const items = [...(await actionItemsOf(reader, incident.id))];
  for (const other of await mergedIn(reader, incident, shows)) {
    const from = incidentName(other);
    items.push(...(await actionItemsOf(reader, other.id)).map((item) => ({ ...item, from })));
  }
  return items;
}

/** The kept cases of the incident and of those that are merged into it. */
export async function wholeCases(
  reader: Reader,
  incident: Incident,
  shows?: ShowsMerged,
): Promise<readonly KeptCase[]> {
  const cases = new Map<string, KeptCase>();
  for (const one of [incident, ...(await mergedIn(reader, incident, shows))]) {
    for (const kept of await casesOf(reader, one)) cases.set(kept.investigationId, kept);
  }
  return [...cases.values()];
}

/** The state of the other incident is no state of this one: its steps are notes here. */
const STEPS: readonly EntryKind[] = ['status', 'severity', 'role'];
/** The values that speak of evidence and links hold wherever the entry is shown. */
const OF_EVIDENCE: readonly EntryKind[] = ['alert', 'finding', 'diagnosis', 'message'];

function cameFrom(entry: TimelineEntry, from: string): TimelineEntry {
  if (STEPS.includes(entry.kind)) return { ...entry, kind: 'note', value: '', from };
  const isKept = /^(?:why|hypothesis|check):/.test(entry.value) || isNeedToKnow(entry);
  return { ...entry, value: OF_EVIDENCE.includes(entry.kind) || isKept ? entry.value : '', from };
}
