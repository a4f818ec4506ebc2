/**
 * The page on which a person edits what people wrote in a postmortem. A plain form without a script: each text has its
 * label, its place in the draft, and what the lint says about it. Readable on a phone, light and dark.
 */
import type { PostmortemSection, Rewrite } from '#model/incident/postmortem.ts';
import { type Comment, commentedSection } from '#model/incident/postmortem-comments.ts';
import { redact } from '#model/redaction/redaction.ts';
import { htmlPage } from '#present/documents/html-page.ts';
import {
  RULE_WORDS,
  type ShownPostmortem,
  spoken,
  stateLines,
  titleOf,
  wordsText,
} from '#present/documents/postmortem-text.ts';
import { escapeXml } from '#present/svg/xml-text.ts';
import { readableSecond } from '#present/words/instant.ts';
import { shown, shownLines } from '#present/words/plain-text.ts';

export type ShownField = Readonly<{
  name: string;
  section: string;
  label: string;
  text: string;
  base: string;
  theirs?: string | undefined;
  /** What the lint says about the text. */
  rewrites: readonly Rewrite[];
}>;

export type ShownEdit = Readonly<{
  shown: ShownPostmortem;
  fields: readonly ShownField[];
  /** Undefined: the page is only read. */
  formToken: string | undefined;
  /** What became of the last save; '' before the first. */
  notice: string;
}>;

/** Slack's forms take as much. */
const MOST_CHARS = 2_000;

const STYLE = `
h2 { font-size: 1.2rem; margin: 1.8em 0 0.3em; padding-top: 0.6em; border-top: 1px solid var(--line); }
h3 { font-size: 1.02rem; margin: 1.4em 0 0.2em; }
ul { margin: 0.3em 0; padding-left: 1.3em; }
.state, .conflict { margin: 0.8em 0; padding: 0.6em 0.9em; background: var(--notice); border-left: 4px solid var(--notice-edge); }
.state p, .conflict p { margin: 0.2em 0; }
.field { margin: 1em 0; }
label { display: block; font-weight: 600; margin-bottom: 0.3em; }
textarea { box-sizing: border-box; width: 100%; min-height: 5.5em; padding: 8px; font: inherit; color: var(--ink); background: var(--ground); border: 1px solid var(--quiet); border-radius: 4px; resize: vertical; field-sizing: content; }
textarea:focus-visible, button:focus-visible, a:focus-visible, summary:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
blockquote { margin: 0.4em 0; padding-left: 0.8em; border-left: 3px solid var(--line); white-space: pre-line; }
.written { white-space: pre-line; margin: 0.2em 0 0.8em; }
.comment { margin: 0.8em 0; padding: 0.4em 0.9em; border-left: 3px solid var(--line); }
.comment p { margin: 0.2em 0; }
.by { color: var(--quiet); font-size: 0.9rem; }
label.resolve { display: flex; align-items: center; gap: 0.5em; min-height: 44px; margin: 0; font-weight: 400; }
.resolve input { width: 22px; height: 22px; }
summary { min-height: 44px; line-height: 44px; color: var(--link); cursor: pointer; }
.lint { margin: 0.3em 0 0; color: var(--ask); font-size: 0.9rem; }
.save { position: sticky; bottom: 0; margin-top: 1.5em; padding: 10px 0; background: var(--ground); border-top: 1px solid var(--line); }
button { min-height: 44px; padding: 0 22px; font: inherit; font-weight: 600; color: var(--ground); background: var(--link); border: 0; border-radius: 4px; }
@media print { .save { display: none; } }
`;

export function postmortemEditHtml(page: ShownEdit): string {
  const { shown: shownPostmortem, fields, formToken, notice } = page;
  const { sections } = shownPostmortem.postmortem;
  const state = [...(notice === '' ? [] : [notice]), ...stateLines(shownPostmortem).slice(0, 2)];
  const titles = new Set(sections.map(({ title }) => title));
  const rest = fields.filter(({ name, section }) => !titles.has(section) && !name.startsWith(RESOLVE));
  const keys = new Set(sections.filter((one) => isShown(page, one)).map((one) => commentedSection(one).key));
  const others = shownPostmortem.postmortem.comments.filter(({ section }) => !keys.has(section));
  const body = [
    ...sections.map((section) => sectionHtml(page, section)),
    rest.length === 0
      ? ''
      : `<section><h2>What people noted</h2>${rest.map((field) => fieldHtml(page, field)).join('')}</section>`,
    others.length === 0
      ? ''
      : `<section><h2>Comments on other sections</h2>${others.map((one) => commentHtml(page, one)).join('')}</section>`,
  ].join('\n');
  return htmlPage({
    title: redact(titleOf(shownPostmortem)),
    style: STYLE,
    main: `<div class="state" role="status">${state.map((line) => `<p>${text(line)}</p>`).join('')}</div>
${formToken === undefined ? body : formHtml(formToken, body)}`,
  });
}

function formHtml(formToken: string, body: string): string {
  return `<form method="post" accept-charset="utf-8">
<input type="hidden" name="form" value="${escapeXml(formToken)}">
${body}
<div class="save"><button type="submit">Save</button></div>
</form>`;
}

/** Sections without words of people have nothing to edit, and the draft itself has them. */
function sectionHtml(page: ShownEdit, section: PostmortemSection): string {
  if (!isShown(page, section)) return '';
  const { title, level, statements } = section;
  const { key } = commentedSection(section);
  const own = wordsIn(page, section);
  const items = statements.map(({ words }) => `<li>${text(wordsText(words, page.shown.names))}</li>`);
  const list = items.length === 0 ? '' : `<ul>${items.join('')}</ul>`;
  const fields = own.map((field) => fieldHtml(page, field)).join('');
  const comments = page.shown.postmortem.comments.filter((one) => one.section === key);
  const said = comments.map((one) => commentHtml(page, one)).join('');
  return `<section><h${level}>${text(title)}</h${level}>${list}${fields}${said}${newComment(page, key)}</section>`;
}

const COMMENT = 'comment:';
const RESOLVE = 'resolve:';

/** The fields for words of the draft itself. */
function wordsIn({ fields }: ShownEdit, { title }: PostmortemSection): readonly ShownField[] {
  return fields.filter(({ name, section }) => section === title && !name.startsWith(COMMENT));
}

function isShown(page: ShownEdit, section: PostmortemSection): boolean {
  const { key } = commentedSection(section);
  const isCommented = page.shown.postmortem.comments.some((one) => one.section === key);
  return isCommented || wordsIn(page, section).length + section.statements.length > 0;
}

/** Its author, its time and its words; a box resolves it. */
function commentHtml({ shown: { names }, fields, formToken }: ShownEdit, comment: Comment): string {
  const { id, text: said, by, atUs, resolved } = comment;
  const field = fields.find(({ name }) => name === `${RESOLVE}${id}`);
  const box =
    formToken === undefined || field === undefined
      ? ''
      : `<label class="resolve"><input type="checkbox" name="text:${escapeXml(field.name)}" value="resolved"${field.text === '' ? '' : ' checked'}> Resolve this comment</label><input type="hidden" name="base:${escapeXml(field.name)}" value="${field.base}">`;
  const end = resolved && ` · resolved: ${spoken(resolved.by, names)}, ${readableSecond(resolved.atUs)}`;
  return `<div class="comment"><p class="by">${text(`Comment of ${spoken(by, names)}, ${readableSecond(atUs)}${end ?? ''}`)}</p><p class="written">${escapeXml(shownLines(redact(spoken(said, names))))}</p>${box}</div>`;
}

function newComment(page: ShownEdit, key: string): string {
  const field = page.fields.find(({ name }) => name === `${COMMENT}${key}`);
  if (field === undefined || page.formToken === undefined) return '';
  return `<details${field.text === '' ? '' : ' open'}><summary>${text(field.label)}</summary>${fieldHtml(page, field)}</details>`;
}

function fieldHtml({ formToken, fields }: ShownEdit, field: ShownField): string {
  const { name, label, base, theirs, rewrites } = field;
  const written = shownLines(redact(field.text));
  if (formToken === undefined) {
    return written === '' ? '' : `<p class="written"><strong>${text(label)}:</strong> ${escapeXml(written)}</p>`;
  }
  const id = `f${fields.indexOf(field)}`;
  const isDescribed = rewrites.length > 0 || theirs !== undefined;
  const described = isDescribed ? ` aria-describedby="${id}-about"` : '';
  return `<div class="field"><label for="${id}">${text(label)}</label>
<textarea id="${id}" name="text:${escapeXml(name)}" maxlength="${MOST_CHARS}"${described}>
${escapeXml(written)}</textarea>
<input type="hidden" name="base:${escapeXml(name)}" value="${base}">
${isDescribed ? `<div id="${id}-about">${conflictHtml(theirs)}${rewrites.map(rewriteHtml).join('')}</div>` : ''}</div>`;
}

function conflictHtml(theirs: string | undefined): string {
  if (theirs === undefined) return '';
  const now =
    theirs === ''
      ? '<p>It was withdrawn. If you save, your words are a new entry.</p>'
      : `<p>It says now:</p><blockquote>${escapeXml(shownLines(redact(theirs)))}</blockquote>`;
  return `<div class="conflict"><p><strong>Somebody else changed this while you wrote.</strong></p>${now}<p>Your words are in the field above, and not saved. Put both together, then save.</p></div>`;
}

function rewriteHtml({ sentence, rule, advice }: Rewrite): string {
  return `<p class="lint">“${text(sentence)}” ${RULE_WORDS[rule]}. ${text(advice)}</p>`;
}

/** On one line. */
function text(words: string): string {
  return escapeXml(shown(redact(words)));
}

/** For a link that opens nothing. */
export function noPageHtml(what: 'postmortem' | 'timeline', problem: string): string {
  return htmlPage({ title: `No ${what} here`, style: '', main: `<p>${text(problem)}</p>` });
}
