/**
 * What people wrote in an exported postmortem comes into the record, when a person asks for it: new lines become the words
 * of their section, an answer in other words corrects the answer, and a sentence that somebody struck becomes a comment.
 * Nothing is replaced that somebody changed here since: both stand there, and each save is a version. What has become
 * need-to-know since the export still stands there, and does not come back.
 */

import { sha256 } from '#core/sha256.ts';
import type { Incident, TimelineEntry } from '#model/incident/incident.ts';
import type { Tried } from '#model/incident/issue-tracker.ts';
import { commentedSection } from '#model/incident/postmortem-comments.ts';
import {
  answersIn,
  answerText,
  answerValue,
  ownQuestion,
  type QuestionId,
  saidOfAnswer,
} from '#model/incident/postmortem-questions.ts';
import { type TakenLines, takenLines } from '#model/incident/postmortem-taken.ts';
import type { PostmortemTarget, WrittenThere } from '#model/incident/postmortem-target.ts';
import { SECTION_TITLES } from '#model/incident/postmortem-template.ts';
import { repeats } from '#model/incident/repeated-words.ts';
import { postmortemMarkdown } from '#present/documents/postmortem-markdown.ts';
import type { ShownPostmortem } from '#present/documents/postmortem-text.ts';
import type { TakenIn } from '#present/slack/postmortem-targets.ts';
import { auditIncident } from '#record/audit.ts';
import { wholeNarrowedWords } from '#record/merges.ts';
import type { StoredSend } from '#record/postmortem-sends.ts';
import type { Tx } from '#record/store.ts';
import { addEntry, editEntry, keyOfEntry, timelineOf } from '#record/timeline.ts';
import { addComment } from '#workflows/postmortem/comments.ts';
import { type ShownParts, shownPostmortem } from '#workflows/postmortem/shown.ts';
import { keptText } from '#workflows/timeline/note-entry.ts';

/** More is no edit of a postmortem. */
const MOST_LINES = 200;
const MOST_STRUCK = 20;

export type ReadBack = Readonly<{ written: WrittenThere; shown: ShownPostmortem; here: string }>;

type There = Readonly<{ incident: Incident; send: StoredSend; target: PostmortemTarget; mark: string; name: string }>;

/** Asks the place and Slack, so never call it inside a transaction. */
export async function readBack(
  parts: ShownParts,
  { incident, send, target, mark, name }: There,
  signal: AbortSignal,
): Promise<Tried<ReadBack>> {
  const read = await target.read?.({ name, mark, remote: send.remote }, signal);
  if (read === undefined) return { kind: 'refused', reason: `${target.title} cannot be read back. ${COPY}` };
  if (read.kind !== 'done') return read;
  if (read.value.marks === '') return { kind: 'refused', reason: `${UNKNOWN} ${COPY}` };
  const shown = await shownPostmortem(parts, incident);
  return { kind: 'done', value: { written: read.value, shown, here: postmortemMarkdown(shown, new Map()) } };
}

const COPY = 'Copy what has to stay into the postmortem.';
const UNKNOWN = 'Nobody knows any more what Spanhound wrote there.';

/** The caller holds the lock of the incident. `problem`: nothing was changed, and a sentence says why. */
export async function takeIn(
  tx: Tx,
  incident: Incident,
  { read, target, by, url }: Readonly<{ read: ReadBack; target: PostmortemTarget; by: string; url: string }>,
): Promise<TakenIn | Readonly<{ problem: string }>> {
  const { written, shown, here } = read;
  const { sections } = shown.postmortem;
  const entries = await timelineOf(tx, incident.id);
  const titles = sections.map(({ title }) => title);
  const found = takenLines({ there: written.markdown, here, marks: written.marks, titles, entries });
  const { taken, withheld } = withoutFew(found, await wholeNarrowedWords(tx, incident));
  const lines = [...taken.added.values()].reduce((all, { length }) => all + length, 0);
  if (lines > MOST_LINES) return { problem: `More than ${MOST_LINES} lines are new there. ${COPY}` };
  const adding: Adding = { tx, incident, source: target.title, url, answers: answersIn(entries) };
  await changeAnswers(adding, taken);
  for (const [title, words] of taken.added) {
    const section = sections.find((one) => one.title === title);
    const own = section === undefined || section.id === 'own' ? title : SECTION_TITLES[section.id];
    await addWords(adding, ownQuestion(own), words);
  }
  for (const { title, words } of taken.struck.slice(0, MOST_STRUCK)) {
    const section = commentedSection(sections.find((one) => one.title === title) ?? { id: 'own', title });
    const { text } = keptText(`Struck in ${target.title}: “${words}”`);
    await addComment(tx, incident, { section, text, by: target.title, key: digestOf(text) });
  }
  const told = {
    lines: [...taken.added].map(([title, words]) => ({ title, count: words.length })),
    changed: taken.changed.length,
    struck: taken.struck.length,
    conflicts: taken.conflicts,
    withheld,
  };
  const counts = { lines, changed: told.changed, struck: told.struck };
  await auditIncident(tx, incident, by, 'postmortem.taken-in', { target: target.id, ...counts });
  return told;
}

/** `withheld`: how many lines say what only some people read. */
function withoutFew(taken: TakenLines, few: readonly string[]): Readonly<{ taken: TakenLines; withheld: number }> {
  const isOpen = (text: string) => !repeats(text, few);
  const changed = taken.changed.filter(({ text }) => isOpen(text));
  const added = [...taken.added]
    .map(([title, lines]) => [title, lines.filter(isOpen)] as const)
    .filter(([, lines]) => lines.length > 0);
  const before = taken.changed.length + [...taken.added.values()].flat().length;
  const withheld = before - changed.length - added.flatMap(([, lines]) => lines).length;
  return { taken: { ...taken, changed, added: new Map(added) }, withheld };
}

type Adding = Readonly<{
  tx: Tx;
  incident: Incident;
  source: string;
  url: string;
  answers: ReadonlyMap<QuestionId, TimelineEntry>;
}>;

async function changeAnswers({ tx, incident, source }: Adding, { changed }: TakenLines): Promise<void> {
  for (const { id, entryId, text } of changed) {
    const key = await keyOfEntry(tx, { incidentId: incident.id, entryId });
    const said = answerText(id, keptText(text).text);
    if (key !== undefined) await editEntry(tx, { incidentId: incident.id, key, text: said, by: source });
  }
}

/** After the words that the section has. Where they would be too long for one entry, each line is a note. */
async function addWords(adding: Adding, question: QuestionId, words: readonly string[]): Promise<void> {
  const { tx, incident, answers } = adding;
  const before = answers.get(question);
  const key = before && (await keyOfEntry(tx, { incidentId: incident.id, entryId: before.id }));
  const all = [...(before === undefined ? [] : [saidOfAnswer(question, before.text)]), ...words].join('\n');
  const whole = keptText(answerText(question, all));
  if (whole.wasCut !== '') {
    for (const line of words) await addNote(adding, answerText(question, line), '');
    return;
  }
  if (key === undefined) return await addNote(adding, whole.text, answerValue(question));
  await editEntry(tx, { incidentId: incident.id, key, text: whole.text, by: adding.source });
}

async function addNote({ tx, incident, source, url }: Adding, written: string, value: string): Promise<void> {
  const { text } = keptText(written);
  const note = { kind: 'note', text, source, link: url, value, atUs: tx.nowUs } as const;
  await addEntry(tx, { ...note, incidentId: incident.id, key: `taken:${digestOf(`${value} ${text}`)}` });
}

function digestOf(text: string): string {
  return sha256(text).slice(0, 32);
}
