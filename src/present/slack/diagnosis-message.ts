/**
 * The answer to `/trace`: verdict and status · picture · why · wrong if · do now · buttons · gaps. The details go into
 * the thread.
 *
 * Every message has a rich text block, because one message is updated in place from the first line to the answer. Slack
 * refuses to replace a message with rich text by one without.
 */
import type { ActionsBlock, Button, KnownBlock, RichTextElement } from '@slack/types';
import type { Analysis } from '#model/finding/analysis.ts';
import { storySections } from '#present/documents/sections.ts';
import { exemplarLines } from '#present/documents/window-sections.ts';
import { requestLanesAlt } from '#present/pictures/request-lanes-svg.ts';
import { windowAlt } from '#present/pictures/window-svg.ts';
import type { SlackAnswer, SlackMessage } from '#present/slack/answer.ts';
import { button } from '#present/slack/button.ts';
import { methodsMenu } from '#present/slack/methods-message.ts';
import {
  bold,
  bullets,
  code,
  date,
  italic,
  link,
  type Part,
  paragraph,
  richText,
  words,
} from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import { waterfallAlt } from '#present/waterfall/svg.ts';
import { shown } from '#present/words/plain-text.ts';
import { type Claim, type Summary, summaryOf } from '#present/words/summary.ts';

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
const EXEMPLARS = 3;

/** Placeholder for the investigation's id in the buttons' values. It is filled in when the investigation is stored. */
const INVESTIGATION = '{investigation}';

export function slackAnswer(analysis: Analysis): SlackAnswer {
  const summary = summaryOf(analysis);
  const said = [summary.verdict, summary.standing].filter((part) => part !== '').join('. ');
  const text = `${summary.otherId} ${said}`.trim();
  return {
    text: truncate(escapeMrkdwn(truncate(text, TEXT_LIMIT / 2)), TEXT_LIMIT),
    blocks: [
      richText(...verdictParts(summary)),
      ...reasonBlocks(summary),
      ...openBlocks(analysis),
      ...buttonBlocks(summary, analysis),
      ...gapBlocks(summary),
    ],
    ...pictureOf(analysis, summary),
    thread: [findingsMessage(summary), storyMessage(analysis), evidenceMessage(summary)].filter(
      (message) => message !== undefined,
    ),
  };
}

function pictureOf(analysis: Analysis, { subject }: Summary): Pick<SlackAnswer, 'picture'> {
  const picture = (alt: string, title: string) => {
    return { picture: { at: 1, alt: truncate(alt, ALT_LIMIT), title: truncate(title, PICTURE_TITLE) } };
  };
  if (analysis.trace !== undefined) return picture(waterfallAlt(analysis), `Waterfall of ${subject}`);
  const { request, seen } = analysis;
  if (seen !== undefined) return picture(windowAlt(analysis), `Requests over time: ${subject}`);
  return request === undefined ? {} : picture(requestLanesAlt(request.timeline), `Timeline of ${subject}`);
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
    blocks: [richText(paragraph(...quoted(what), words(then === '' ? '' : `\n${then}`)))],
  };
}

/** Text between backticks becomes code. */
function quoted(text: string): RichTextElement[] {
  return text.split('`').map((part, at) => (at % 2 === 0 ? bold(part) : code(part)));
}

function verdictParts(summary: Summary): Part[] {
  const { verdict, standing, subject, began, beganSeconds, traceUrl, traceId, otherId, idFrom } = summary;
  return [
    ...(otherId === '' ? [] : [paragraph(words(truncate(otherId, SENTENCE)))]),
    paragraph(
      bold(truncate(verdict, SENTENCE)),
      words(standing === '' ? '\n' : `\n${truncate(standing, SENTENCE)}\n`),
      words(`${truncate(subject, SHORT_SENTENCE)} · `),
      beganSeconds === undefined ? words(began) : date(beganSeconds, began),
      ...(traceId === ''
        ? []
        : [words(' · '), traceUrl === '' ? code(truncate(traceId, SHORT_SENTENCE)) : link(traceUrl, 'open the trace')]),
      words(idFrom === '' ? '' : ` ${idFrom}`),
    ),
  ];
}

function reasonBlocks({
  healthy,
  why,
  couldBe,
  wrongIf,
  doNow,
  runbook,
  lookedFor,
  couldNotLook,
}: Summary): KnownBlock[] {
  if (healthy) {
    return [
      richText(
        paragraph(bold('Looked for: '), words(truncate(lookedFor || 'nothing', SENTENCE))),
        ...listed(
          'Not checked',
          couldNotLook.map((text) => sentence(text, SHORT_SENTENCE)),
        ),
      ),
    ];
  }
  const parts: Part[] = [
    ...listed('Why', why.map(claimLine)),
    ...listed(
      'Could be',
      couldBe.map((text) => sentence(text, SHORT_SENTENCE)),
    ),
  ];
  if (wrongIf !== '') parts.push(paragraph(bold('Wrong if: '), words(truncate(wrongIf, SENTENCE))));
  if (doNow !== '' || runbook.name !== '') {
    parts.push(
      paragraph(
        bold('Do now: '),
        words(`${truncate(doNow, SENTENCE)} `),
        ...(runbook.name === '' ? [] : [link(runbook.url, runbook.url === '' ? `(${runbook.name})` : 'Runbook')]),
      ),
    );
  }
  return parts.length === 0 ? [] : [richText(...parts)];
}

const PLACES: Record<Claim['place'], string> = {
  span: 'see the span',
  logs: 'see the log lines',
  '': '',
};

function claimLine({ text, url, place }: Claim): readonly RichTextElement[] {
  return url === ''
    ? sentence(text, SENTENCE)
    : [...sentence(`${text} `, SENTENCE), link(url, PLACES[place] || 'see it')];
}

function sentence(text: string, length: number): readonly RichTextElement[] {
  return [words(truncate(text, length))];
}

function listed(
  title: string,
  items: readonly (readonly RichTextElement[])[],
  style: 'bullet' | 'ordered' = 'bullet',
): Part[] {
  if (items.length === 0) return [];
  return [
    paragraph(bold(title)),
    bullets(
      items.map((item) => paragraph(...item)),
      style,
    ),
  ];
}

function buttonBlocks({ healthy }: Summary, analysis: Analysis): KnownBlock[] {
  // A window is already compared with healthy requests.
  const isCompared = analysis.trace === undefined && analysis.seen !== undefined;
  return [
    actions('trace_detail', [
      button('trace_logs', 'Logs', 'Show the log lines of this trace in the thread', INVESTIGATION),
      button('trace_markdown', 'As Markdown', 'Put this report into the thread as a Markdown file', INVESTIGATION),
      ...(healthy || isCompared ? [] : [compareButton()]),
      button(
        'incident_declare',
        'Declare incident',
        'Declare incident from this diagnosis: opens a form',
        INVESTIGATION,
      ),
      ...(healthy ? [] : [methodsMenu('trace_methods', INVESTIGATION)]),
    ]),
    { type: 'section', text: { type: 'plain_text', text: 'Was this right?', emoji: false } },
    actions('trace_feedback', [
      button(
        'trace_right_yes',
        healthy ? 'Yes, nothing was wrong' : 'Yes, that was it',
        'Yes, this diagnosis was right',
        INVESTIGATION,
      ),
      button('trace_right_no', 'No', 'No, this diagnosis was not right', INVESTIGATION),
    ]),
  ];
}

function compareButton(): Button {
  const spoken = 'Compare with healthy traces of the same request, in the thread';
  return button('trace_compare', 'Compare with healthy', spoken, INVESTIGATION);
}

function actions(blockId: string, elements: ActionsBlock['elements']): ActionsBlock {
  return { type: 'actions', block_id: blockId, elements };
}

/** Last, and never left out: missing evidence may change the verdict. */
function gapBlocks({ gaps, repairs, takenOut }: Summary): KnownBlock[] {
  const blocks: KnownBlock[] = [];
  if (takenOut !== '') blocks.push(context(`Redacted: ${truncate(takenOut, SENTENCE)}`));
  if (repairs.length > 0) blocks.push(context(`Problems in the trace data: ${atMost(repairs, GAPS).join('; ')}`));
  if (gaps.length > 0)
    blocks.push(
      context(
        `Not seen:\n${atMost(gaps, GAPS)
          .map((gap) => `• ${gap}`)
          .join('\n')}`,
      ),
    );
  return blocks;
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
      'ordered',
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

/** The first requests to open. The thread has all. */
function openBlocks(analysis: Analysis): KnownBlock[] {
  if (analysis.trace !== undefined) return [];
  const lines = exemplarLines(analysis).slice(0, EXEMPLARS);
  const parts = listed(
    'Requests to open',
    lines.map(({ text, url }) =>
      url === '' ? sentence(text, SHORT_SENTENCE) : [link(url, truncate(text, SHORT_SENTENCE))],
    ),
  );
  return parts.length === 0 ? [] : [richText(...parts)];
}

/** The course of events, where the answer is not about one trace. */
function storyMessage(analysis: Analysis): SlackMessage | undefined {
  const parts = storySections(analysis).flatMap(({ title, lines, ordered }) =>
    listed(
      title,
      atMost(
        lines.map(({ text }) => text),
        REQUEST_LINES,
      ).map((text) => sentence(text, SHORT_SENTENCE)),
      ordered ? 'ordered' : 'bullet',
    ),
  );
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
    if (lookedFor !== '') parts.push(paragraph(bold('Looked for: '), words(truncate(lookedFor, SENTENCE))));
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
