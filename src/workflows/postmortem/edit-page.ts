/**
 * The postmortem as a page: the draft, and a field for each text of people in it. A link names the person, and Slack says
 * at each request whether that person still may see the incident. What they save becomes the same entries as an answer or
 * a correction in Slack.
 *
 *   field ──► unchanged: nothing · changed by nobody else: saved · changed since the page was opened: shown, nothing saved
 */
import type { PageClaims } from '#core/page-link.ts';
import { sha256 } from '#core/sha256.ts';
import { type Incident, isCorrectable, type TimelineEntry } from '#model/incident/incident.ts';
import type { Rewrite } from '#model/incident/postmortem.ts';
import {
  type CommentedSection,
  commentedSection,
  commentsOf,
  sectionByKey,
} from '#model/incident/postmortem-comments.ts';
import type { PostmortemDesk } from '#model/incident/postmortem-desk.ts';
import {
  answersIn,
  answerText,
  answerValue,
  KNOWN_QUESTIONS,
  ownQuestion,
  type QuestionId,
  questionOf,
  saidOfAnswer,
} from '#model/incident/postmortem-questions.ts';
import { rolesFor } from '#model/incident/postmortem-roles.ts';
import { type PostmortemTemplate, SECTION_IDS } from '#model/incident/postmortem-template.ts';
import { redact } from '#model/redaction/redaction.ts';
import type { ShownPostmortem } from '#present/documents/postmortem-text.ts';
import { shownLines } from '#present/words/plain-text.ts';
import { auditIncident } from '#record/audit.ts';
import type { Reader, Tx } from '#record/store.ts';
import { addEntry, editEntry, keyOfEntry, removeEntry, timelineOf, withdrawnFrom } from '#record/timeline.ts';
import type { MayShowIn } from '#workflows/incidents/merges-shown.ts';
import { type AskedBy, type IncidentParts, onIncident } from '#workflows/incidents/on-incident.ts';
import type { Directory } from '#workflows/incidents/show-overview.ts';
import { addComment, resolveComment } from '#workflows/postmortem/comments.ts';
import { draftAnew } from '#workflows/postmortem/draft-postmortem.ts';
import { shownPostmortem } from '#workflows/postmortem/shown.ts';
import { askedByLink, incidentOfLink, type LinkParts, NOT_YOU } from '#workflows/rights/personal-links.ts';
import { keptText } from '#workflows/timeline/note-entry.ts';

export type EditField = Readonly<{
  /** `answer:luck`, `entry:<id>` */
  name: string;
  /** The section of the draft; '' for an entry of the timeline. */
  section: string;
  label: string;
  text: string;
  /** The digest of the text in the record when the page was opened. */
  base: string;
  /** What the record says by now, where somebody else has changed it; '' where they withdrew it. */
  theirs?: string | undefined;
}>;

export type EditPage = Readonly<{
  shown: ShownPostmortem;
  fields: readonly (EditField & Readonly<{ rewrites: readonly Rewrite[] }>)[];
}>;

/** By the name of the field. */
export type SentFields = ReadonlyMap<string, Readonly<{ text: string; base: string }>>;

export type Saved =
  | Readonly<{ kind: 'saved'; count: number }>
  | Readonly<{ kind: 'conflict'; page: EditPage }>
  | Readonly<{ kind: 'refused'; text: string }>;

export type EditPages = Readonly<{
  /** `sent`: what the person wrote and has not saved. `problem`: why this person sees nothing. */
  open(claims: PageClaims, sent?: SentFields): Promise<EditPage | Readonly<{ problem: string }>>;
  save(claims: PageClaims, sent: SentFields, key: string): Promise<Saved>;
}>;

export type EditPageParts = IncidentParts &
  LinkParts &
  Readonly<{
    directory: Directory;
    mayShowIn: MayShowIn;
    postmortemDesk: PostmortemDesk;
    templates: readonly PostmortemTemplate[];
  }>;

export function editPages(parts: EditPageParts): EditPages {
  return {
    async open(claims, sent = new Map()) {
      const incident = await incidentOfLink(parts, claims);
      if ('problem' in incident) return incident;
      const seen = { what: 'page of the postmortem' };
      await parts.store.transaction((tx) => auditIncident(tx, incident, claims.userId, 'incident.shown', seen));
      return await pageOf(parts, incident, sent);
    },
    async save(claims, sent, key) {
      if ((await parts.mayAct(claims.userId)) !== true) return { kind: 'refused', text: NOT_YOU };
      const userName = (await parts.directory.person(claims.userId))?.name ?? claims.userId;
      const asked = { ...askedByLink(claims, key), userName };
      let conflicts = false;
      let count = 0;
      const told = await onIncident(parts, asked, { incidentId: claims.incidentId }, async (tx, incident) => {
        const changes = changesIn(await formOf(tx, incident, parts.templates), sent);
        conflicts = changes.some(({ isConflict }) => isConflict);
        if (conflicts) return { answer: 'Somebody else has changed the same words. Nothing was saved.' };
        const written = await writeAll(tx, incident, asked, changes);
        count = written.length;
        if (count === 0) return { answer: 'Nothing was changed.' };
        await draftAnew(tx, parts.jobs, { incident, key });
        const what = `Edited in the postmortem: ${written.map(({ field }) => field.label).join(', ')}`;
        return { answer: 'Saved.', said: { what, by: userName, atUs: tx.nowUs } };
      });
      if (told.kind === 'done') return { kind: 'saved', count };
      if (!conflicts) return { kind: 'refused', text: told.text };
      const incident = await incidentOfLink(parts, claims);
      if ('problem' in incident) return { kind: 'refused', text: incident.problem };
      return { kind: 'conflict', page: await pageOf(parts, incident, sent) };
    },
  };
}

async function pageOf(parts: EditPageParts, incident: Incident, sent: SentFields): Promise<EditPage> {
  const shown = await shownPostmortem(parts, incident);
  const unanswered = shown.postmortem.sections.flatMap(({ title, answerable }) =>
    answerable.flatMap((question) =>
      question.kind === 'words' ? [emptyField(question.id, title, question.text)] : [],
    ),
  );
  const recorded = await fieldsOf(parts.store, incident);
  const withdrawn = await withdrawnFields(parts.store, incident);
  const answers = recorded.filter(({ name }) => name.startsWith(ANSWER));
  const others = recorded.filter(({ name }) => name.startsWith(ENTRY));
  const known = new Set(recorded.map(({ name }) => name));
  const commented = shown.postmortem.sections.map((section) => commentField(commentedSection(section)));
  const fields = [
    ...commented,
    ...shown.postmortem.comments.flatMap(({ id, resolved }) => (resolved === undefined ? [resolveField(id)] : [])),
    ...answers,
    ...unanswered.filter(({ name }) => !known.has(name)),
    ...others.slice(0, -MOST_ENTRIES).filter(({ name }) => sent.has(name)),
    ...others.slice(-MOST_ENTRIES),
    ...withdrawn.filter(({ name }) => isWritten(sent.get(name) ?? UNTOUCHED)),
  ];
  return {
    shown,
    fields: await lintedFields(
      parts.postmortemDesk,
      shown,
      fields.map((field) => withSent(field, sent)),
    ),
  };
}

/** As the draft, the lint reads roles in place of names. */
async function lintedFields(
  desk: PostmortemDesk,
  { postmortem, names, otherNames }: ShownPostmortem,
  fields: readonly EditField[],
): Promise<EditPage['fields']> {
  const { incident, timeline: entries } = postmortem;
  const inRoles = rolesFor({ names, otherNames, incident, entries });
  const rewrites = await desk.rewrites(fields.map(({ text }) => inRoles(shownLines(redact(text)))));
  return fields.map((field, at) => ({ ...field, rewrites: rewrites[at] ?? [] }));
}

/** The answers and the entries that people may correct, as the record has them now. */
async function fieldsOf(reader: Reader, incident: Incident): Promise<readonly EditField[]> {
  const entries = await timelineOf(reader, incident.id);
  const answers = answersIn(entries);
  const answered = new Set([...answers.values()].map(({ id }) => id));
  const others = entries.filter(
    (entry) => (entry.kind === 'note' || entry.kind === 'update') && isCorrectable(entry) && !answered.has(entry.id),
  );
  return [...[...answers].map(([id, { text }]) => answerField(id, saidOfAnswer(id, text))), ...others.map(entryField)];
}

/** The newest; `/incident timeline` corrects all. */
const MOST_ENTRIES = 50;

/** Entries that somebody withdrew: the words of a person who edited one stay, and their next save adds them anew. */
async function withdrawnFields(reader: Reader, incident: Incident): Promise<readonly EditField[]> {
  const withdrawn = (await withdrawnFrom(reader, incident.id)).filter(
    (entry) => entry.kind !== 'message' && isCorrectable(entry),
  );
  return withdrawn.map(({ id }) => ({
    name: `${ENTRY}${id}`,
    section: '',
    label: 'Note',
    text: '',
    base: digestOf(''),
  }));
}

/** All fields that a page of this incident may have: no form adds others. */
async function formOf(
  reader: Reader,
  incident: Incident,
  templates: readonly PostmortemTemplate[],
): Promise<readonly EditField[]> {
  const own = templates.flatMap(({ sections }) => sections.flatMap((one) => ('id' in one ? [] : [one.title])));
  const questions = [...KNOWN_QUESTIONS, ...own.map(ownQuestion)].map((id) => answerField(id, ''));
  const recorded = await fieldsOf(reader, incident);
  const keys = [...SECTION_IDS, ...own.map((title) => commentedSection({ id: 'own', title }).key)];
  const comments = commentsOf(await timelineOf(reader, incident.id));
  const commented = [
    ...keys.map((key) => commentField(sectionByKey(key))),
    ...comments.flatMap(({ id, resolved }) => (resolved === undefined ? [resolveField(id)] : [])),
  ];
  const fields = [...questions, ...(await withdrawnFields(reader, incident)), ...recorded, ...commented];
  return [...new Map(fields.map((field) => [field.name, field])).values()];
}

const COMMENT = 'comment:';
const RESOLVE = 'resolve:';

function commentField({ key, title }: CommentedSection): EditField {
  return { ...UNTOUCHED, name: `${COMMENT}${key}`, section: title, label: `Comment on ${title}` };
}

/** Any text in it resolves the comment: the box of the page sends one. */
function resolveField(commentId: string): EditField {
  return { ...UNTOUCHED, name: `${RESOLVE}${commentId}`, section: '', label: 'Resolved a comment' };
}

const ANSWER = 'answer:';
const ENTRY = 'entry:';

function answerField(id: QuestionId, text: string): EditField {
  const { section = '', label = id } = questionOf(id) ?? {};
  return { name: `${ANSWER}${id}`, section, label, text, base: digestOf(text) };
}

function emptyField(id: QuestionId, section: string, label: string): EditField {
  return { ...answerField(id, ''), section, label };
}

function entryField({ id, kind, text }: TimelineEntry): EditField {
  const label = kind === 'note' ? 'Note' : 'Update';
  return { name: `${ENTRY}${id}`, section: '', label, text, base: digestOf(text) };
}

/** As it would be stored, so that line ends and spaces at the end are no change. */
function digestOf(text: string): string {
  return sha256(keptText(text.replaceAll('\r\n', '\n')).text);
}

const UNTOUCHED = { text: '', base: digestOf('') };

function isEdited({ text, base }: Readonly<{ text: string; base: string }>): boolean {
  return digestOf(text) !== base;
}

function isWritten(own: Readonly<{ text: string; base: string }>): boolean {
  return own.text !== '' && isEdited(own);
}

/** What the person wrote stays in its field, and the next save replaces what they have read. */
function withSent(field: EditField, sent: SentFields): EditField {
  const own = sent.get(field.name);
  if (own === undefined || !isEdited(own) || digestOf(own.text) === field.base) return field;
  return { ...field, text: own.text, theirs: own.base === field.base ? undefined : field.text };
}

type FieldChange = Readonly<{ field: EditField; text: string; isConflict: boolean }>;

function changesIn(form: readonly EditField[], sent: SentFields): readonly FieldChange[] {
  return form.flatMap((field): readonly FieldChange[] => {
    const own = sent.get(field.name) ?? UNTOUCHED;
    if (!sent.has(field.name) || !isEdited(own) || digestOf(own.text) === field.base) return [];
    return [{ field, text: own.text.replaceAll('\r\n', '\n'), isConflict: own.base !== field.base }];
  });
}

/** Returns those that were not written already. */
async function writeAll(
  tx: Tx,
  incident: Incident,
  asked: AskedBy,
  changes: readonly FieldChange[],
): Promise<readonly FieldChange[]> {
  const written: FieldChange[] = [];
  for (const change of changes) if (await write(tx, incident, asked, change)) written.push(change);
  return written;
}

/** False if it is written already. An emptied field withdraws its entry. */
async function write(
  tx: Tx,
  incident: Incident,
  asked: AskedBy,
  { field, text: written }: FieldChange,
): Promise<boolean> {
  const { id: incidentId } = incident;
  const { userId: by } = asked;
  const { text } = keptText(written);
  if (field.name.startsWith(RESOLVE)) {
    return (await resolveComment(tx, incident, { commentId: field.name.slice(RESOLVE.length), by })) !== undefined;
  }
  if (field.name.startsWith(COMMENT)) {
    const section = { key: field.name.slice(COMMENT.length), title: field.section };
    // A form that is sent twice adds it once.
    return await addComment(tx, incident, { section, text, by, key: `${by}:${digestOf(text)}` });
  }
  const question = field.name.startsWith(ANSWER) ? questionOf(field.name.slice(ANSWER.length)) : undefined;
  const said = question === undefined ? text : answerText(question.id, text);
  const entries = await timelineOf(tx, incidentId);
  const answer = question && answersIn(entries).get(question.id);
  const entry = question === undefined ? entries.find(({ id }) => field.name === `${ENTRY}${id}`) : answer;
  const key = entry && (await keyOfEntry(tx, { incidentId, entryId: entry.id }));
  if (key !== undefined && text === '') return await removeEntry(tx, { incidentId, key, by });
  if (key !== undefined) return await editEntry(tx, { incidentId, key, text: said, by });
  const value = question && answerValue(question.id);
  // A withdrawn entry never has a newer text, so its words are its key: a form that is sent twice adds them once.
  const added = value === undefined ? `${field.name}:${digestOf(text)}` : `${value}:${asked.inboxId}`;
  const note = { incidentId, key: added, atUs: tx.nowUs, kind: 'note' as const, source: by, link: '', value };
  return await addEntry(tx, { ...note, text: said });
}
