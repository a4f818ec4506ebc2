/**
 * Corrects what people entered into a timeline: its text, its time, or that it is there at all. Also sets right the
 * milestones: when a status was reached, when the impact began, when it was detected. The first version stays.
 */
import {
  correctedValue,
  DETECTED,
  type Incident,
  incidentName,
  type Status,
  wordsOfStatus,
} from '#model/incident/incident.ts';
import { relatedTo, relatedValue } from '#model/incident/incident-link.ts';
import { type EnteredMilestone, enteredMilestone, milestoneNow, stepStatus } from '#model/incident/milestones.ts';
import { circleIn, isNeedToKnow } from '#model/incident/need-to-know.ts';
import { placeOfStatus } from '#model/incident/status-steps.ts';
import { dropAlertNote } from '#record/alert-notes.ts';
import { auditIncident } from '#record/audit.ts';
import { changeIncident, type Step, statusSteps } from '#record/incidents.ts';
import type { Jobs } from '#record/jobs.ts';
import type { Reader, Tx } from '#record/store.ts';
import { addEntry, editEntry, removeEntry, type StoredEntry, timelineOf } from '#record/timeline.ts';
import type { Zone } from '#utilities/time-zone.ts';
import { timeCorrected } from '#workflows/incidents/change-incident.ts';
import {
  type AskedBy,
  answered,
  type IncidentParts,
  incidentMeant,
  type Outcome,
  onIncident,
  type Told,
} from '#workflows/incidents/on-incident.ts';
import { refreshOverview } from '#workflows/incidents/show-overview.ts';
import { draftAnew } from '#workflows/postmortem/draft-postmortem.ts';
import { barredFrom, changeable, circleWith, mayBeNarrowed, takeBack, whoReads } from '#workflows/rights/circle.ts';
import { keptText, milestoneEntered } from '#workflows/timeline/note-entry.ts';
import type { SpokenTime } from '#workflows/times/spoken-time.ts';
import { type Happened, type TimeParts, whenOf } from '#workflows/times/when.ts';

/** `entryId`: the id of an entry, or the name of a milestone that people enter. */
export type EntryRequest = Readonly<{ asked: AskedBy; incidentId: string; entryId: string }>;

/** What the form shows, as it is now. */
export type Correctable = Readonly<{
  entryId: string;
  /** `message`: its text may be empty, beside its files. */
  what: 'entry' | 'message' | 'status' | EnteredMilestone;
  status?: Status | undefined;
  /** '' for a milestone, which has no words. */
  text: string;
  /** Undefined where nobody knows it. */
  atUs: number | undefined;
  /** Who reads it beside its author and the commander; none if everybody does. Undefined where it has no such readers. */
  readers?: readonly string[] | undefined;
  /** Only some people read it. */
  isNeedToKnow?: true;
}>;

/** With the zone of the person, in which they read and write times; undefined if Slack does not tell it. */
export type CorrectableFor = Correctable & Readonly<{ zone: Zone | undefined }>;

export type Correction = EntryRequest &
  Readonly<{
    text: string;
    /** Undefined: its time stays. */
    when?: SpokenTime | undefined;
    /** The people who read it, beside its author and the commander. Undefined, or none for an open entry: as it is. */
    readers?: readonly string[] | undefined;
    isWithdrawn: boolean;
    /** Why: everybody who reads the timeline reads it. '' or undefined without a reason. */
    why?: string | undefined;
  }>;

export type CorrectWorkflows = Readonly<{
  /** As it is now. Undefined where it cannot be corrected: then the person has been told why. */
  entryToCorrect(request: EntryRequest): Promise<CorrectableFor | undefined>;
  correctEntry(correction: Correction): Promise<Told>;
}>;

export function entryCorrector(parts: IncidentParts & TimeParts): CorrectWorkflows {
  const { store, directory, kick } = parts;
  return {
    async entryToCorrect({ asked, incidentId, entryId }) {
      const incident = await incidentMeant(parts, asked, { incidentId });
      const found = 'problem' in incident ? incident : await correctable(store, incident, { asked, entryId });
      if ('problem' in found || 'problem' in incident) {
        const text = 'problem' in found ? found.problem : '';
        await store.transaction((tx) => answered(tx, asked, { kind: 'refused', text }));
        kick();
        return undefined;
      }
      if (found.isNeedToKnow) {
        const detail = { what: 'an entry to correct', needToKnow: 1 };
        await store.transaction((tx) => auditIncident(tx, incident, asked.userId, 'incident.shown', detail));
      }
      return { ...found, zone: (await directory.person(asked.userId))?.zone };
    },
    async correctEntry({ asked, incidentId, entryId, text, when, readers, isWithdrawn, why = '' }) {
      const happened = await whenOf(parts, asked, when);
      if ('problem' in happened)
        return await onIncident(parts, asked, { incidentId }, async () => ({
          answer: happened.problem,
          about: 'time',
        }));
      const barred = await barredFrom(parts, asked, { incidentId }, readers ?? []);
      if (barred !== undefined) return await onIncident(parts, asked, { incidentId }, async () => ({ answer: barred }));
      return await onIncident(parts, asked, { incidentId }, async (tx, incident) => {
        const correction = { asked, entryId, text, happened, readers };
        const outcome =
          (await setRight(tx, incident, correction)) ??
          (isWithdrawn
            ? await withdraw(tx, parts.jobs, incident, { asked, entryId })
            : await correct(tx, incident, correction));
        if ('said' in outcome && !('isForAsker' in outcome)) await explain(tx, incident, { asked, entryId, why });
        // The draft names sentences to rewrite: whoever rewrites one sees it go.
        if ('said' in outcome) await draftAnew(tx, parts.jobs, { incident, key: asked.inboxId });
        return outcome;
      });
    },
  };
}

async function correctable(
  reader: Reader,
  incident: Incident,
  { asked, entryId }: Pick<EntryRequest, 'asked' | 'entryId'>,
): Promise<Correctable | Readonly<{ problem: string }>> {
  const entries = await timelineOf(reader, incident.id);
  const milestone = enteredMilestone(entryId);
  if (milestone !== undefined)
    return { entryId, what: milestone, text: '', atUs: milestoneNow(milestone, incident, entries)?.atUs };
  const shown = entries.find(({ id }) => id === entryId);
  const status = shown && stepStatus(shown);
  if (shown && status) return { entryId, what: 'status', status, text: wordsOfStatus(shown), atUs: shown.atUs };
  const entry = await changeable(reader, incident, { entryId: shown?.id ?? '', userId: asked.userId });
  if ('problem' in entry) return entry;
  const { text, atUs } = entry;
  if (isNeedToKnow(entry)) {
    const what = entry.kind === 'note' ? 'entry' : 'message';
    return { entryId, what, text, atUs, readers: circleIn(entry.value).people, isNeedToKnow: true };
  }
  return { entryId, what: 'entry', text, atUs, ...(mayBeNarrowed(entry) && { readers: [] }) };
}

type Corrected = Pick<Correction, 'asked' | 'entryId' | 'text' | 'readers'> & Readonly<{ happened: Happened }>;

/** Undefined where the request is about an entry in people's own words. */
async function setRight(tx: Tx, incident: Incident, correction: Corrected): Promise<Outcome | undefined> {
  const milestone = enteredMilestone(correction.entryId);
  if (milestone !== undefined) return await setMilestone(tx, incident, { ...correction, milestone });
  const steps = await statusSteps(tx, incident.id);
  const step = steps.find(({ id }) => id === correction.entryId);
  const status = step && stepStatus(step);
  return step && status && (await correctStep(tx, incident, { ...correction, steps, step, status }));
}

async function setMilestone(
  tx: Tx,
  incident: Incident,
  { asked, milestone, happened }: Corrected & Readonly<{ milestone: EnteredMilestone }>,
): Promise<Outcome> {
  if (happened.atUs === undefined) {
    const what = milestone === DETECTED ? 'it was detected' : 'the impact began';
    return { answer: `Write when ${what}: 14:35, or 20 min ago.`, about: 'time' };
  }
  return await milestoneEntered(tx, incident, { asked, milestone, happened });
}

/** The step stays between its neighbours: what happened in between is another story, which only a person can tell. */
async function correctStep(
  tx: Tx,
  incident: Incident,
  {
    asked,
    text: written,
    happened,
    steps,
    step,
    status,
  }: Corrected & Readonly<{ steps: readonly Step[]; step: Step; status: Status }>,
): Promise<Outcome> {
  const name = incidentName(incident);
  const { text, wasCut } = keptText(written);
  const atUs = happened.atUs ?? step.atUs;
  const place = placeOfStatus(steps, { status, atUs });
  if (place.kind !== 'moved' || place.step.id !== step.id) {
    const between = stepsBetween(steps, step.atUs, atUs).map(({ value }) => value);
    const answer = `${name} was ${between.join(', ') || status} between these two times. Correct the time of that first. Nothing was changed.`;
    return { answer, about: 'time' };
  }
  const { changed, movedAlong = [] } = await changeIncident(tx, {
    incidentId: incident.id,
    key: asked.inboxId,
    by: asked.userId,
    status,
    atUs,
    text: text === wordsOfStatus(step) ? undefined : text,
  });
  if (!changed) return { answer: 'The entry says this already. Nothing was changed.', about: 'time' };
  const who = { by: asked.userName, atUs };
  if (happened.atUs === undefined) {
    const words = text === '' ? status : `${status}: ${text}`;
    const said = { what: `Corrected: ${words}`, ...who };
    return { answer: `Corrected in ${name}.${wasCut} The record keeps the first version.`, said };
  }
  const along = [...new Set(movedAlong.map(({ value }) => value))].join(', ');
  return timeCorrected({ start: `${name}: ${status}${happened.said}.`, end: wasCut, status, along }, who);
}

/** The reason stands as a row of its own, so that readers learn why the words or the time are others than before. */
async function explain(
  tx: Tx,
  { id: incidentId }: Incident,
  { asked, entryId, why }: Readonly<{ asked: AskedBy; entryId: string; why: string }>,
): Promise<void> {
  const { text } = keptText(why);
  if (text === '') return;
  const value = correctedValue(entryId);
  const key = `why:${asked.inboxId}`;
  await addEntry(tx, { incidentId, key, atUs: tx.nowUs, kind: 'note', text, source: asked.userId, link: '', value });
}

function stepsBetween(steps: readonly Step[], oneUs: number, otherUs: number): readonly Step[] {
  const [from, to] = oneUs < otherUs ? [oneUs, otherUs] : [otherUs, oneUs];
  return steps.filter(({ atUs }) => atUs > from && atUs < to);
}

async function withdraw(
  tx: Tx,
  jobs: Jobs,
  incident: Incident,
  { asked, entryId }: Readonly<{ asked: AskedBy; entryId: string }>,
) {
  const entry = await changeable(tx, incident, { entryId, userId: asked.userId });
  if ('problem' in entry) return { answer: entry.problem };
  const { key } = entry;
  const removed = await removeEntry(tx, { incidentId: incident.id, key, by: asked.userId });
  if (!removed) return { answer: GONE };
  await unrelate(tx, jobs, incident, { key, asked });
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

const GONE = 'The entry says this already, or it was withdrawn. Nothing was changed.';

async function correct(
  tx: Tx,
  incident: Incident,
  { asked, entryId, text: written, happened, readers }: Corrected,
): Promise<Outcome> {
  const before = await changeable(tx, incident, { entryId, userId: asked.userId });
  if ('problem' in before) return { answer: before.problem };
  const { text, wasCut } = keptText(written);
  const circle = circleOf(before, readers, asked.userId);
  const { id: incidentId } = incident;
  const atUs = happened.atUs;
  if (circle !== undefined && !isNeedToKnow(before)) await takeBack(tx, incident, before);
  const edited = await editEntry(tx, { incidentId, key: before.key, text, atUs, circle, by: asked.userId });
  // Another incident of the same alert would show it to everybody.
  if (circle !== undefined) await dropAlertNote(tx, { workspaceId: incident.workspaceId, key: before.key });
  if (!edited) return { answer: GONE };
  const start = `Corrected in ${incidentName(incident)}${happened.said}.`;
  const end = `${wasCut} The record keeps the first version.`;
  if (circle !== undefined || isNeedToKnow(before)) {
    const who = whoReads(incident, circleIn(circle ?? before.value), 'Its author');
    const said = { what: 'A need-to-know entry is corrected', by: asked.userName, atUs: tx.nowUs };
    return { answer: `${start} ${who}${end}`, said, isForAsker: true };
  }
  const what = before.text === text ? `Corrected the time: ${text}` : `Corrected: ${before.text} → ${text}`;
  return { answer: `${start}${end}`, said: { what, by: asked.userName, atUs: atUs ?? tx.nowUs } };
}

/** Undefined where who reads it stays as it is. Nobody opens an entry that only some people read. */
function circleOf(entry: StoredEntry, readers: readonly string[] | undefined, by: string): string | undefined {
  if (readers === undefined) return undefined;
  if (!isNeedToKnow(entry) && (readers.length === 0 || !mayBeNarrowed(entry))) return undefined;
  return circleWith(entry, { people: readers, by });
}
