/** Corrects what people entered into a timeline: its text, its time, or that it is there at all. The first version stays. */
import { type Incident, incidentName, isCorrectable, type TimelineEntry } from '#model/incident/incident.ts';
import { relatedTo, relatedValue } from '#model/incident/incident-link.ts';
import type { Jobs } from '#record/jobs.ts';
import type { Tx } from '#record/store.ts';
import { editEntry, keyOfEntry, removeEntry, timelineOf } from '#record/timeline.ts';
import { draftAnew } from '#workflows/draft-postmortem.ts';
import { keptText } from '#workflows/note-entry.ts';
import {
  type AskedBy,
  answered,
  type IncidentParts,
  incidentMeant,
  onIncident,
  type Told,
} from '#workflows/on-incident.ts';
import { refreshOverview } from '#workflows/show-overview.ts';
import type { SpokenTime } from '#workflows/spoken-time.ts';
import { type Happened, type TimeParts, whenOf } from '#workflows/when.ts';

export type EntryRequest = Readonly<{ asked: AskedBy; incidentId: string; entryId: string }>;

export type Correction = EntryRequest &
  Readonly<{
    text: string;
    /** Undefined: its time stays. */
    when?: SpokenTime | undefined;
    isWithdrawn: boolean;
  }>;

export type CorrectWorkflows = Readonly<{
  /** As it is now. Undefined where it cannot be corrected: then the person has been told why. */
  entryToCorrect(request: EntryRequest): Promise<TimelineEntry | undefined>;
  correctEntry(correction: Correction): Promise<Told>;
}>;

const NOT_THERE = 'This entry is no longer in the timeline, or a system recorded it. Nothing was changed.';

export function entryCorrector(parts: IncidentParts & TimeParts): CorrectWorkflows {
  const { store, kick } = parts;
  return {
    async entryToCorrect({ asked, incidentId, entryId }) {
      const incident = await incidentMeant(parts, asked, { incidentId });
      const found = 'problem' in incident ? undefined : await correctable(parts, incident, entryId);
      if (found === undefined) {
        const text = 'problem' in incident ? incident.problem : NOT_THERE;
        await store.transaction((tx) => answered(tx, asked, { kind: 'refused', text }));
        kick();
      }
      return found;
    },
    async correctEntry({ asked, incidentId, entryId, text, when, isWithdrawn }) {
      const happened = await whenOf(parts, asked, when);
      if ('problem' in happened)
        return await onIncident(parts, asked, { incidentId }, async () => ({
          answer: happened.problem,
          about: 'time',
        }));
      return await onIncident(parts, asked, { incidentId }, async (tx, incident) => {
        const outcome = isWithdrawn
          ? await withdraw(tx, parts.jobs, incident, { asked, entryId })
          : await correct(tx, incident, { asked, entryId, text, happened });
        // The draft names sentences to rewrite: whoever rewrites one sees it go.
        if ('said' in outcome) await draftAnew(tx, parts.jobs, { incident, key: asked.inboxId });
        return outcome;
      });
    },
  };
}

async function correctable(
  { store }: Pick<IncidentParts, 'store'>,
  { id }: Incident,
  entryId: string,
): Promise<TimelineEntry | undefined> {
  return (await timelineOf(store, id)).find((entry) => entry.id === entryId && isCorrectable(entry));
}

async function withdraw(
  tx: Tx,
  jobs: Jobs,
  { id, ...incident }: Incident,
  { asked, entryId }: Readonly<{ asked: AskedBy; entryId: string }>,
) {
  const key = await keyOfEntry(tx, { incidentId: id, entryId });
  const removed = key !== undefined && (await removeEntry(tx, { incidentId: id, key, by: asked.userId }));
  if (!removed) return { answer: NOT_THERE };
  await unrelate(tx, jobs, { id, ...incident }, { key, asked });
  return {
    answer: `The entry is withdrawn from the timeline of ${incidentName(incident)}.`,
    said: { what: 'An entry of the timeline is withdrawn', by: asked.userName, atUs: tx.nowUs },
  };
}

/** A relation stands in the timelines of both incidents. */
async function unrelate(
  tx: Tx,
  jobs: Jobs,
  { id, workspaceId }: Incident,
  { key, asked }: Readonly<{ key: string; asked: AskedBy }>,
): Promise<void> {
  const otherId = relatedTo({ kind: 'message', value: key });
  if (otherId === undefined) return;
  await removeEntry(tx, { incidentId: otherId, key: relatedValue(id), by: asked.userId });
  await refreshOverview(tx, jobs, { incident: { id: otherId, workspaceId }, key: asked.inboxId });
}

async function correct(
  tx: Tx,
  { id, ...incident }: Incident,
  {
    asked,
    entryId,
    text: written,
    happened,
  }: Readonly<{ asked: AskedBy; entryId: string; text: string; happened: Happened }>,
) {
  const key = await keyOfEntry(tx, { incidentId: id, entryId });
  if (key === undefined) return { answer: NOT_THERE };
  const { text, wasCut } = keptText(written);
  const before = (await timelineOf(tx, id)).find((entry) => entry.id === entryId)?.text ?? '';
  const edited = await editEntry(tx, { incidentId: id, key, text, atUs: happened.atUs, by: asked.userId });
  if (!edited) return { answer: 'The entry says this already, or it was withdrawn. Nothing was changed.' };
  return {
    answer: `Corrected in ${incidentName(incident)}${happened.said}.${wasCut} The record keeps the first version.`,
    said: {
      what: before === text ? `Corrected the time: ${text}` : `Corrected: ${before} → ${text}`,
      by: asked.userName,
      atUs: happened.atUs ?? tx.nowUs,
    },
  };
}
