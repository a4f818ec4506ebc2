/**
 * The answer to `/trace`: the first message (`words/first-message.ts`) with its picture and buttons. Everything else goes
 * into the thread.
 *
 * Every message has a rich text block, because one message is updated in place from the first line to the answer. Slack
 * refuses to replace a message with rich text by one without.
 */
import type { ActionsBlock, Button, KnownBlock, RichTextElement, RichTextSection } from '@slack/types';
import type { Analysis } from '#model/finding/analysis.ts';
import { hasDate } from '#model/trace/build/impossible-times.ts';
import { storySections } from '#present/documents/sections.ts';
import { requestLanesAlt } from '#present/pictures/request-lanes-svg.ts';
import { windowAlt } from '#present/pictures/window-svg.ts';
import type { Head, SlackAnswer, SlackMessage } from '#present/slack/answer.ts';
import { button } from '#present/slack/button.ts';
import { methodsMenu } from '#present/slack/methods-message.ts';
import {
  bold,
  bullets,
  code,
  date,
  italic,
  link,
  minute,
  onOwnClock,
  type Part,
  paragraph,
  quoted,
  richText,
  words,
} from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate, truncateNames } from '#present/slack/text.ts';
import { waterfallAlt } from '#present/waterfall/svg.ts';
import type { FirstMessage, StatusWord } from '#present/words/first-message.ts';
import type { Claim } from '#present/words/first-reasons.ts';
import { shown } from '#present/words/plain-text.ts';
import { type Summary, summaryOf } from '#present/words/summary.ts';

/** Slack cuts a longer top-level text of an update. */
const TEXT_LIMIT = 4000;
/** Limit of a sentence, so that all of them fit into the 12,000 characters of a message. */
const SENTENCE = 500;
const SHORT_SENTENCE = 240;
const ALT_LIMIT = 2000;
const PICTURE_TITLE = 150;
const GAPS = 8;
const FINDINGS = 5;
const RULED_OUT = 8;
const CHAIN = 6;
const QUERIES = 4;
const LOG_SENTENCES = 5;
const REQUEST_LINES = 7;

/** Placeholder for the investigation's id in the buttons' values. It is filled in when the investigation is stored. */
const INVESTIGATION = '{investigation}';

export function slackAnswer(analysis: Analysis): SlackAnswer {
  const summary = summaryOf(analysis);
  const { first } = summary;
  const { headline, headlineTime, status, scope, scopeUrl, since, lookedAt, otherId } = first;
  const head = { headline, headlineTime, status, scope, scopeUrl, since, lookedAt, otherId };
  const nearUs = timeOf(analysis);
  const blocks = [headBlock(head), ...reasonBlocks(summary), buttonBlock(summary, analysis), ...gapBlock(first)];
  const thread = [
    detailMessage(summary),
    findingsMessage(summary),
    storyMessage(analysis),
    evidenceMessage(summary),
    feedbackMessage(summary),
  ];
  return {
    head,
    text: headText(head),
    blocks: onOwnClock(blocks, nearUs),
    ...pictureOf(analysis, first),
    thread: thread
      .filter((message) => message !== undefined)
      .map((message) => ({ ...message, blocks: onOwnClock(message.blocks, nearUs) })),
  };
}

/** About when it was, so that a clock in a sentence has a day; undefined where no time is known. */
function timeOf(analysis: Analysis): number | undefined {
  const { trace } = analysis;
  if (trace !== undefined) return hasDate(trace.startEpochUs) ? trace.startEpochUs : undefined;
  return [analysis.window.toUs, analysis.window.fromUs].find(Number.isFinite);
}

/** The same answer with other first lines: those of an alert count its requests. */
export function withHead(answer: SlackAnswer, head: Head): SlackAnswer {
  return { ...answer, head, text: headText(head), blocks: [headBlock(head), ...answer.blocks.slice(1)] };
}

/** The first two lines alone. */
export function headMessage(head: Head): SlackMessage {
  return { text: headText(head), blocks: [headBlock(head)] };
}

/** For notifications and screen readers. */
function headText({ headline, status, scope }: Head): string {
  const second = [status ?? '', scope].filter((part) => part !== '').join(' · ');
  const text = status === undefined ? headline : `${headline}. ${second}`;
  return truncate(escapeMrkdwn(truncate(text, TEXT_LIMIT / 2)), TEXT_LIMIT);
}

function pictureOf(analysis: Analysis, { pictureTitle }: FirstMessage): Pick<SlackAnswer, 'picture'> {
  const picture = (alt: string) => {
    return { picture: { at: 1, alt: truncate(alt, ALT_LIMIT), title: truncate(pictureTitle, PICTURE_TITLE) } };
  };
  if (analysis.trace !== undefined) return picture(waterfallAlt(analysis));
  const { request, seen } = analysis;
  if (seen !== undefined) return picture(windowAlt(analysis));
  return request === undefined ? {} : picture(requestLanesAlt(request.timeline));
}

/** Posted at once, before anything is read. */
export function firstLine(traceId: string, from: readonly string[] = []): SlackMessage {
  const id = truncate(shown(traceId), SHORT_SENTENCE);
  const source = from.length === 0 ? '…' : ` from ${from.map(shown).join(' and ')}…`;
  return {
    text: `Reading trace ${escapeMrkdwn(id)}${escapeMrkdwn(source)}`,
    blocks: [richText(paragraph(words('Reading trace '), code(id), words(source)))],
  };
}

/** Posted instead of a diagnosis: the error, and what the person can do. */
export function failureMessage(title: string, advice: string): SlackMessage {
  const what = truncate(shown(title), SENTENCE);
  const then = truncate(shown(advice), 2 * SENTENCE);
  return {
    text: escapeMrkdwn([what, then].filter((part) => part !== '').join('. ')),
    blocks: [richText(paragraph(...quoted(what, { bold: true }), words(then === '' ? '' : `\n${then}`)))],
  };
}

/** `mayArrive`: the advice says to try again. `isMoreToSearch`: earlier days of the logs can be searched. */
type UnknownId = Readonly<{ id: string; mayArrive: boolean; isMoreToSearch: boolean }>;

/** Posted where no source knows the id, with a button for each way on that the text names. */
export function unknownIdMessage(title: string, advice: string, unknown: UnknownId): SlackMessage {
  const { text, blocks } = failureMessage(title, advice);
  const { id, mayArrive, isMoreToSearch } = unknown;
  const ways = [
    ...(mayArrive ? [button('trace_again', 'Try again', 'Look for this trace again', id)] : []),
    ...(isMoreToSearch
      ? [button('trace_further', 'Look further back', 'Search the logs of the last week for it', id)]
      : []),
    button('trace_ids', 'What can I paste here?', 'Show me which ids and links I can paste', 'ids'),
  ];
  return { text, blocks: [...blocks, actions('trace_unknown', ways)] };
}

/** Two lines: what is wrong and why; how sure, how many, since when. */
function headBlock(head: Head): KnownBlock {
  const { headline, headlineTime, status, otherId } = head;
  const nearUs = headlineTime?.atUs ?? head.since?.atUs;
  const [before = '', after] = headlineTime === undefined ? [headline] : headline.split(headlineTime.text);
  const time = after === undefined || headlineTime === undefined ? [] : [minute(headlineTime.atUs, { withDay: false })];
  return richText(
    paragraph(
      words(`${signOf(head)} `),
      ...quoted(before, { bold: true }, nearUs),
      ...time,
      ...quoted(after ?? '', { bold: true }, nearUs),
    ),
    status === undefined ? lookedAtLine(head) : statusLine(status, head),
    ...(otherId === '' ? [] : [paragraph(words(otherId))]),
  );
}

/** Green only where the evidence shows that nothing is wrong. */
function signOf({ status, headline }: Head): string {
  if (status === undefined) return headline.startsWith('Nothing wrong found in') ? '✅' : '⚪';
  return status === 'Unsure' ? '⚪' : '🔴';
}

/** `Confirmed · 3 of 12 requests failed · since 11:08` */
function statusLine(status: StatusWord, { scope, scopeUrl, since }: Head): RichTextSection {
  return paragraph(
    words(status),
    ...(scope === '' ? [] : [words(' · '), scopeUrl === '' ? words(scope) : link(scopeUrl, scope)]),
    ...(since === undefined ? [] : [words(` · ${since.word} `), minute(since.atUs)]),
  );
}

/** Where nothing is wrong no reason links to the trace: the number of its spans does. */
function lookedAtLine({ lookedAt, scopeUrl }: Head): RichTextSection {
  const [before = '', spans, after = ''] = scopeUrl === '' ? [lookedAt] : lookedAt.split(/\b(\d[\d.,]{0,12} spans?)\b/);
  return spans === undefined ? paragraph(words(before)) : paragraph(words(before), link(scopeUrl, spans), words(after));
}

function reasonBlocks({ healthy, first, runbook }: Summary): KnownBlock[] {
  if (healthy) return [];
  const { reasons, couldBe, toTellThemApart, wrongIf, doNow } = first;
  const parts: Part[] = [
    ...listed('Why', reasons.map(claimLine), { isLabel: true }),
    ...listed('Could be', plain(couldBe), { isLabel: true }),
    ...listed('To tell them apart', plain(toTellThemApart), { isLabel: true }),
  ];
  if (wrongIf !== '') parts.push(paragraph(italic('Wrong if '), words(wrongIf)));
  if (doNow !== '' || runbook.name !== '') {
    parts.push(
      paragraph(
        italic('Do now '),
        words(`${doNow} `),
        ...(runbook.name === '' ? [] : [link(runbook.url, runbook.url === '' ? `(${runbook.name})` : 'runbook')]),
      ),
    );
  }
  return parts.length === 0 ? [] : [richText(...parts)];
}

function plain(texts: readonly string[]): (readonly RichTextElement[])[] {
  return texts.map((text) => [words(text)]);
}

const PLACES: Record<Claim['place'], string> = {
  span: 'span',
  logs: 'log',
  '': '',
};

function claimLine({ text, url, place }: Claim): readonly RichTextElement[] {
  return url === ''
    ? sentence(text, SENTENCE)
    : [...sentence(`${text} `, SENTENCE), link(url, PLACES[place] || 'open')];
}

function sentence(text: string, length: number): readonly RichTextElement[] {
  return [words(truncate(text, length))];
}

function listed(
  title: string,
  items: readonly (readonly RichTextElement[])[],
  { style = 'bullet', isLabel = false }: { style?: 'bullet' | 'ordered'; isLabel?: boolean } = {},
): Part[] {
  if (items.length === 0) return [];
  return [
    // Only the first line of the answer is bold.
    paragraph(isLabel ? italic(title) : bold(title)),
    bullets(
      items.map((item) => paragraph(...item)),
      style,
    ),
  ];
}

function buttonBlock({ healthy }: Summary, analysis: Analysis): ActionsBlock {
  // A window is already compared with healthy requests.
  const isCompared = analysis.trace === undefined && analysis.seen !== undefined;
  return actions('trace_detail', [
    button('trace_logs', 'Logs', 'Show the log lines of this trace in the thread', INVESTIGATION),
    ...(healthy || isCompared ? [] : [compareButton()]),
    button('incident_declare', 'Declare incident', 'Declare incident from this diagnosis: opens a form', INVESTIGATION),
    ...(healthy ? [] : [methodsMenu('trace_methods', INVESTIGATION)]),
  ]);
}

/** The last message of the thread. */
function feedbackMessage({ healthy }: Summary): SlackMessage {
  const question = 'Was this right?';
  return {
    text: question,
    blocks: [
      richText(paragraph(bold(question))),
      actions('trace_feedback', [
        button(
          'trace_right_yes',
          healthy ? 'Yes, nothing was wrong' : 'Yes, that was it',
          'Yes, this diagnosis was right',
          INVESTIGATION,
        ),
        button('trace_right_no', 'No', 'No, this diagnosis was not right', INVESTIGATION),
        button('trace_markdown', 'As Markdown', 'Put this report into the thread as a Markdown file', INVESTIGATION),
      ]),
    ],
  };
}

function compareButton(): Button {
  const spoken = 'Compare with healthy traces of the same request, in the thread';
  return button('trace_compare', 'Compare with healthy', spoken, INVESTIGATION);
}

function actions(blockId: string, elements: ActionsBlock['elements']): ActionsBlock {
  return { type: 'actions', block_id: blockId, elements };
}

/** Last, and never left out: missing evidence may change the verdict. */
function gapBlock({ notSeen }: FirstMessage): KnownBlock[] {
  return notSeen === '' ? [] : [context(`Not seen: ${notSeen}`)];
}

/** The verdict in full: how sure, of which request, with all of its evidence, and what is missing. */
function detailMessage(summary: Summary): SlackMessage {
  const { verdict, standing, subject, began, beganUs, traceId, traceUrl, otherId, idFrom } = summary;
  const { why, couldBe, wrongIf, doNow, repairs, gaps, takenOut, healthy, lookedFor, couldNotLook } = summary;
  const sentences = (texts: readonly string[]) => atMost(texts, GAPS).map((text) => sentence(text, SHORT_SENTENCE));
  return {
    text: 'The verdict in full, and its evidence',
    blocks: [
      richText(
        paragraph(
          bold(truncate(verdict, SENTENCE)),
          words(standing === '' ? '\n' : `\n${truncate(standing, SENTENCE)}\n`),
          words(`${truncate(subject, SHORT_SENTENCE)} · `),
          beganUs === undefined ? words(began) : date(beganUs),
          ...(traceId === '' || traceUrl !== '' ? [] : [words(' · '), code(truncate(traceId, SHORT_SENTENCE))]),
          ...(traceUrl === '' ? [] : [words(' · '), link(traceUrl, 'open the trace')]),
          words(idFrom === '' ? '' : ` ${idFrom}`),
          words(otherId === '' ? '' : `\n${truncate(otherId, SENTENCE)}`),
        ),
        ...listed('Evidence', why.map(claimLine)),
        ...listed('Could be', sentences(couldBe)),
        ...listed('Wrong if', wrongIf === '' ? [] : [sentence(wrongIf, SENTENCE)]),
        ...listed('Do now', doNow === '' ? [] : [sentence(doNow, SENTENCE)]),
        ...(healthy && lookedFor !== ''
          ? [paragraph(bold('Looked for: '), words(truncateNames(lookedFor, SENTENCE)))]
          : []),
        ...(healthy ? listed('Not checked', sentences(couldNotLook)) : []),
        ...listed('Problems in the trace data', sentences(repairs)),
        ...listed('Not seen', sentences(gaps)),
        ...(takenOut === '' ? [] : [paragraph(words(`Redacted: ${truncate(takenOut, SENTENCE)}`))]),
      ),
    ],
  };
}

function context(text: string): KnownBlock {
  return { type: 'context', elements: [{ type: 'plain_text', text, emoji: false }] };
}

function atMost(texts: readonly string[], count: number): string[] {
  const kept = texts.slice(0, count).map((text) => truncate(text, SHORT_SENTENCE));
  return texts.length > count ? [...kept, `and ${texts.length - count} more`] : kept;
}

function findingsMessage({ chain, findings, ruledOut }: Summary): SlackMessage | undefined {
  const parts: Part[] = [
    ...listed(
      'From cause to effect',
      chain.slice(0, CHAIN).map((step) => sentence(step, SHORT_SENTENCE)),
      { style: 'ordered' },
    ),
    ...listed(
      findings.length > FINDINGS ? `The first ${FINDINGS} of ${findings.length} findings` : 'Findings',
      findings
        .slice(0, FINDINGS)
        .map(({ title, explanation, weight, url }) => [
          bold(truncate(title, SHORT_SENTENCE)),
          words(`\n${truncate(explanation, SHORT_SENTENCE)} `),
          italic(`(${weight}) `),
          link(url, url === '' ? '' : PLACES.span),
        ]),
    ),
    ...listed(
      'Ruled out',
      atMost(ruledOut, RULED_OUT).map((text) => sentence(text, SHORT_SENTENCE)),
    ),
  ];
  if (parts.length === 0) return undefined;
  return { text: 'From cause to effect, all findings, and what was ruled out', blocks: [richText(...parts)] };
}

/** Of a section whose lines begin with a clock. */
const IN_UTC = / \(UTC\)$/;
const CLOCK_IN_FRONT = /^\d\d:\d\d:\d\d(?= )/;

/** The course of events, where the answer is not about one trace. */
function storyMessage(analysis: Analysis): SlackMessage | undefined {
  const isDated = timeOf(analysis) !== undefined;
  const parts = storySections(analysis).flatMap(({ title, lines, ordered }) => {
    // Slack's dates have no milliseconds.
    const isPlain = isDated && lines.every(({ text }) => CLOCK_IN_FRONT.test(text));
    const said = isPlain ? title.replace(IN_UTC, '') : title;
    const items = lines.slice(0, REQUEST_LINES).map(({ text, url }) => {
      const dated = said === title ? text : text.replace(CLOCK_IN_FRONT, '$& UTC');
      return url === '' ? sentence(dated, SHORT_SENTENCE) : [link(url, truncate(text, SHORT_SENTENCE))];
    });
    const more = lines.length - items.length;
    return listed(said, more > 0 ? [...items, [words(`and ${more} more`)]] : items, {
      style: ordered ? 'ordered' : 'bullet',
    });
  });
  return parts.length === 0 ? undefined : { text: 'What happened', blocks: [richText(...parts)] };
}

function evidenceMessage({
  attribution,
  healthy,
  logs,
  lookedFor,
  couldNotLook,
  queries,
}: Summary): SlackMessage | undefined {
  const parts: Part[] = [];
  if (attribution.length > 0) {
    parts.push(
      paragraph(bold('Where the time went (critical path)')),
      bullets(
        attribution.map(({ share, duration, label }) =>
          paragraph(bold(share), words(` · ${duration} · ${truncate(label, 80)}`)),
        ),
      ),
    );
  }
  parts.push(
    ...listed(
      'Log lines',
      atMost(logs, LOG_SENTENCES).map((text) => sentence(text, SHORT_SENTENCE)),
    ),
  );
  if (!healthy) {
    if (lookedFor !== '') parts.push(paragraph(bold('Looked for: '), words(truncateNames(lookedFor, SENTENCE))));
    parts.push(
      ...listed(
        'Not checked',
        atMost(couldNotLook, RULED_OUT).map((text) => sentence(text, SHORT_SENTENCE)),
      ),
    );
  }
  parts.push(
    ...listed(
      'Queries',
      queries
        .slice(0, QUERIES)
        .map(({ source, text, url }) => [
          words(`${source}: `),
          code(truncate(text, SHORT_SENTENCE)),
          words(' '),
          link(url, url === '' ? '' : 'open'),
        ]),
    ),
  );
  if (parts.length === 0) return undefined;
  return { text: 'Where the time went, what was checked, and the queries', blocks: [richText(...parts)] };
}

/** For the person who asked: a response needs no token. */
export function tokenRefused(reason: string): string {
  return `:warning: I cannot post here: Slack rejected my token (${escapeMrkdwn(shown(reason))}). Tell the person who runs Spanhound. I post the answer when there is a new token.`;
}

/** For a person whose rights Slack does not say, because it rejects the token: nothing is done, now or later. */
export function uncheckedWithoutToken(reason: string): string {
  return `:warning: Slack rejected my token (${escapeMrkdwn(shown(reason))}), so I cannot check what you may do. I changed nothing and show nothing. Tell the person who runs Spanhound, and ask again when there is a new token.`;
}
