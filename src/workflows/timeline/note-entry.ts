/** Adds people's entries to an incident: a note, an update for everybody, the start of the impact, the detection. */
import { DETECTED, HELPED, IMPACT_START, type Incident, incidentName, TRIED } from '#model/incident/incident.ts';
import type { EnteredMilestone } from '#model/incident/milestones.ts';
import { needToKnowValue } from '#model/incident/need-to-know.ts';
import { truncate } from '#present/slack/text.ts';
import { minuteClock } from '#present/words/instant.ts';
import { shownLines } from '#present/words/plain-text.ts';
import { changeIncident } from '#record/incidents.ts';
import type { Tx } from '#record/store.ts';
import { addEntry, timelineOf } from '#record/timeline.ts';
import {
  type AskedBy,
  type IncidentParts,
  type Meant,
  type Outcome,
  onIncident,
  type Told,
} from '#workflows/incidents/on-incident.ts';
import { nextUpdateUs, type ReminderMinutes } from '#workflows/incidents/remind.ts';
import { draftAnew } from '#workflows/postmortem/draft-postmortem.ts';
import { barredFrom, draftedTooEarly, whoReads } from '#workflows/rights/circle.ts';
import type { SpokenTime } from '#workflows/times/spoken-time.ts';
import { type Happened, type TimeParts, whenOf } from '#workflows/times/when.ts';

export type NoteKind = 'note' | 'update' | 'tried' | 'helped';

export type NoteRequest = Readonly<{
  asked: AskedBy;
  meant: Meant;
  /** `tried`: somebody tried it, without effect. `helped`: with effect. */
  kind: NoteKind;
  text: string;
  when?: SpokenTime | undefined;
  /** The permalink of the message that says it; '' if Slack gives none. Undefined for words of the person's own. */
  link?: string | undefined;
  /** Only for a note: the ids of the people who read it, besides the author and the commander. Undefined for everybody. */
  needToKnow?: readonly string[] | undefined;
}>;

type MilestoneRequest = Readonly<{
  milestone: EnteredMilestone;
  asked: AskedBy;
  meant: Meant;
  when: SpokenTime;
  /** What the person says about it. */
  text?: string | undefined;
  /** An answer to a question: it replaces no time that somebody has entered. */
  isAnswer?: true;
}>;

export type NoteWorkflows = Readonly<{
  note(request: NoteRequest): Promise<Told>;
  enterMilestone(request: MilestoneRequest): Promise<Told>;
}>;

/** Keeps the timeline short; longer text belongs in a linked document. */
const TEXT_CHARS = 2_000;

export const NOTHING_NEW = 'Nothing new';

export function entryNoter(parts: IncidentParts & TimeParts & Readonly<{ minutes: ReminderMinutes }>): NoteWorkflows {
  return {
    async note({ asked, meant, kind, text, when, link = '', needToKnow }) {
      const happened = await whenOf(parts, asked, when);
      if ('problem' in happened)
        return await onIncident(parts, asked, meant, async () => ({ answer: happened.problem, about: 'time' }));
      const barred = await barredFrom(parts, asked, meant, needToKnow ?? []);
      if (barred !== undefined) return await onIncident(parts, asked, meant, async () => ({ answer: barred }));
      return await onIncident(parts, asked, meant, (tx, incident) =>
        needToKnow === undefined
          ? addNote(tx, incident, { asked, kind, text, link, happened, minutes: parts.minutes })
          : addNeedToKnow(tx, incident, { asked, text, happened, people: needToKnow }),
      );
    },
    async enterMilestone({ milestone, asked, meant, when, text, isAnswer }) {
      const happened = await whenOf(parts, asked, when);
      if ('problem' in happened)
        return await onIncident(parts, asked, meant, async () => ({ answer: happened.problem, about: 'time' }));
      return await onIncident(parts, asked, meant, async (tx, incident) => {
        if (isAnswer && incident.impactStartUs !== undefined) return { answer: answeredAlready(incident) };
        const outcome = await milestoneEntered(tx, incident, { asked, milestone, happened, text });
        if ('said' in outcome) await draftAnew(tx, parts.jobs, { incident, key: asked.inboxId });
        return outcome;
      });
    },
  };
}

const SAID: Readonly<Record<NoteKind, string>> = {
  note: 'Note',
  update: 'Update',
  tried: 'Tried, no effect',
  helped: 'It helped',
};

const VALUES: Readonly<Partial<Record<NoteKind, string>>> = { tried: TRIED, helped: HELPED };

async function addNote(
  tx: Tx,
  incident: Incident,
  {
    asked,
    kind,
    text,
    link,
    happened,
    minutes,
  }: Pick<NoteRequest, 'asked' | 'kind' | 'text'> &
    Readonly<{ link: string; happened: Happened; minutes: ReminderMinutes }>,
) {
  const name = incidentName(incident);
  const { text: kept, wasCut } = keptText(text);
  const early = kind === 'update' ? await draftedTooEarly(tx, incident, kept) : undefined;
  if (early !== undefined) return { answer: early };
  const added = await addEntry(tx, {
    incidentId: incident.id,
    key: `${kind}:${asked.inboxId}`,
    atUs: happened.atUs ?? tx.nowUs,
    kind: kind === 'update' ? 'update' : 'note',
    text: kept,
    source: asked.userId,
    link,
    value: VALUES[kind] ?? '',
  });
  if (!added) return { answer: `${name} has this note already.` };
  const nextUs = kind === 'update' ? nextUpdateUs(incident, await timelineOf(tx, incident.id), minutes) : undefined;
  const next = nextUs === undefined ? '' : ` The next update is due ${slackTime(nextUs)}.`;
  return {
    answer: `Noted in ${name}${happened.said || ' as of now'}.${next}${wasCut}`,
    said: {
      what: `${SAID[kind]}: ${kept}`,
      by: asked.userName,
      atUs: happened.atUs ?? tx.nowUs,
      nextUpdateUs: nextUs,
    },
  };
}

/** Nobody else reads its words: not the thread, and no message of Spanhound. */
async function addNeedToKnow(
  tx: Tx,
  incident: Incident,
  {
    asked,
    text,
    happened,
    people,
  }: Pick<NoteRequest, 'asked' | 'text'> & Readonly<{ happened: Happened; people: readonly string[] }>,
): Promise<Outcome> {
  const name = incidentName(incident);
  const { text: kept, wasCut } = keptText(text);
  const atUs = happened.atUs ?? tx.nowUs;
  const added = await addEntry(tx, {
    incidentId: incident.id,
    key: `note:${asked.inboxId}`,
    atUs,
    kind: 'note',
    text: kept,
    source: asked.userId,
    link: '',
    value: needToKnowValue({ people }),
  });
  if (!added) return { answer: `${name} has this note already.` };
  return {
    answer: `Noted in ${name}${happened.said || ' as of now'}. ${whoReads(incident, { people })}${wasCut}`,
    said: { what: 'Need-to-know note added', by: asked.userName, atUs },
    isForAsker: true,
  };
}

/** `at 15:33`, in the zone of the reader. */
function slackTime(us: number): string {
  return `at <!date^${Math.floor(us / 1e6)}^{time}|${minuteClock(us)} UTC>`;
}

/** The stored part of a text, and a sentence for the author if it was cut. */
export function keptText(written: string): Readonly<{ text: string; wasCut: string }> {
  const whole = shownLines(written).trim();
  const text = truncate(whole, TEXT_CHARS);
  const wasCut =
    text === whole ? '' : ` It was too long: only its first ${TEXT_CHARS.toLocaleString('en')} characters were kept.`;
  return { text, wasCut };
}

function answeredAlready(incident: Incident): string {
  return `Somebody has entered already when the impact began. To change it: \`/incident ${incidentName(incident)} impact at 14:23\`.`;
}

export async function milestoneEntered(
  tx: Tx,
  before: Incident,
  {
    asked,
    milestone,
    happened,
    text,
  }: Readonly<{ asked: AskedBy; milestone: EnteredMilestone; happened: Happened; text?: string | undefined }>,
): Promise<Outcome> {
  const name = incidentName(before);
  const atUs = happened.atUs ?? tx.nowUs;
  if (milestone === DETECTED && atUs > (before.resolvedUs ?? atUs))
    return { answer: `${name} was resolved before that time. Nothing was changed.`, about: 'time' };
  const kept = text === undefined ? undefined : keptText(text);
  const { changed } = await changeIncident(tx, {
    incidentId: before.id,
    key: asked.inboxId,
    by: asked.userId,
    text: kept?.text,
    ...(milestone === DETECTED ? { detectedUs: atUs } : { impactStartUs: atUs }),
  });
  if (!changed) return { answer: `${name} already says this.`, about: 'time' };
  const { sentence, line } = ENTERED[milestone];
  return {
    answer: `${name}: ${sentence}${happened.said}.${kept?.wasCut ?? ''}`,
    said: { what: kept === undefined ? line : `${line}: ${kept.text}`, by: asked.userName, atUs },
  };
}

const ENTERED: Readonly<Record<EnteredMilestone, Readonly<{ sentence: string; line: string }>>> = {
  [IMPACT_START]: { sentence: 'the impact began', line: 'The impact began' },
  [DETECTED]: { sentence: 'it was detected', line: 'It was detected' },
};
