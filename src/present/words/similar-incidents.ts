/** Similar earlier incidents: one line in the answer, the details in its thread and in the report. */
import type { KnownBlock, RichTextBlock, RichTextSection } from '@slack/types';
import { isOpen, type SimilarIncident } from '#model/incident/similar-incident.ts';
import { escapeMarkdown } from '#present/documents/markdown.ts';
import type { SlackAnswer, SlackMessage } from '#present/slack/answer.ts';
import { button } from '#present/slack/button.ts';
import { ago, bold, bullets, italic, minute, paragraph, richText, words } from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import { isoInstant, readableSecond } from '#present/words/instant.ts';
import { shown } from '#present/words/plain-text.ts';

const TITLE_CHARS = 150;
const SENTENCE_CHARS = 300;
const ITEMS = 3;

/** `same kind (slow-query), same service (orders), 3 of 4 log templates the same; but another operation` */
function whyAlike({ same, different }: Pick<SimilarIncident, 'same' | 'different'>): string {
  return shown(`${same.join(', ')}${different.length === 0 ? '' : `; but ${different.join(', ')}`}`);
}

/** What ended the incident, one sentence each. Says so where nobody noted it. */
function whatEnded({ ended, status, actionItems, hasPostmortem, name }: SimilarIncident): readonly string[] {
  const items = actionItems
    .slice(0, ITEMS)
    .map(
      ({ text, owner, due, state }) => `Action item: ${text} (${owner}, ${state === 'open' ? `due ${due}` : state})`,
    );
  const more = actionItems.length > ITEMS ? [`and ${actionItems.length - ITEMS} more action items`] : [];
  return [
    ...(ended.length === 0
      ? [isOpen({ status }) ? 'It is still open.' : 'Nobody noted what ended it.']
      : ended.map(({ status: reached, text }) => `${reached}: ${text}`)),
    ...items,
    ...more,
    ...(hasPostmortem ? [`It has a postmortem draft: /postmortem ${name}`] : []),
  ].map(shown);
}

/**
 * Adds what helped before and what is open now before the buttons, a button to join the open one, and the details to
 * the thread. Returns the answer unchanged where there is none.
 */
export function withSimilar(answer: SlackAnswer, similar: readonly SimilarIncident[]): SlackAnswer {
  if (similar.length === 0) return answer;
  const open = similar.find(isOpen);
  const blocks = open === undefined ? answer.blocks : withJoin(answer.blocks, open);
  const at = blocks.findIndex(({ type }) => type === 'actions');
  const before = at === -1 ? blocks.length : at;
  return {
    ...answer,
    blocks: [...blocks.slice(0, before), linesOf(similar, open), ...blocks.slice(before)],
    thread: [...answer.thread, similarMessage(similar)],
  };
}

/** Whoever wants to declare an incident sees first that one is open. */
function withJoin(blocks: readonly KnownBlock[], { incidentId, name }: SimilarIncident): readonly KnownBlock[] {
  const join = button(
    'incident_join',
    `Join ${name}`,
    `Add this diagnosis to the timeline of ${name}`,
    `${incidentId}:{investigation}`,
  );
  return blocks.map((block) => {
    if (block.type !== 'actions') return block;
    const at = block.elements.findIndex((element) => element.action_id === 'incident_declare');
    return at === -1 ? block : { ...block, elements: block.elements.toSpliced(at, 0, join) };
  });
}

/** The first is the one whose end is known, if there is one. */
function linesOf(similar: readonly SimilarIncident[], open: SimilarIncident | undefined): RichTextBlock {
  const [first] = similar;
  const seen = first === open && first?.ended.length === 0 ? undefined : first;
  const named = new Set([seen, open].filter((one) => one !== undefined));
  const others = similar.length - named.size;
  const more = others === 0 ? '' : ` (and ${others} more, in the thread)`;
  const lines = [
    ...(seen === undefined ? [] : [seenLine(seen, more)]),
    ...(open === undefined ? [] : [openLine(open, { isNamed: open === seen, more: seen === undefined ? more : '' })]),
  ];
  return richText(...lines);
}

function seenLine(seen: SimilarIncident, more: string): RichTextSection {
  const [ended = ''] = whatEnded(seen);
  return paragraph(
    bold('Seen before: '),
    words(truncate(`${seen.name} ${shown(seen.title)}${more}. `, TITLE_CHARS)),
    words(truncate(ended, SENTENCE_CHARS)),
  );
}

function openLine(
  { name, title, declaredUs }: SimilarIncident,
  { isNamed, more }: Readonly<{ isNamed: boolean; more: string }>,
): RichTextSection {
  return paragraph(
    bold('Open now: '),
    words(truncate(isNamed ? name : `${name} ${shown(title)}`, TITLE_CHARS)),
    words(', declared '),
    ago(declaredUs),
    words(more),
  );
}

function similarMessage(similar: readonly SimilarIncident[]): SlackMessage {
  return {
    text: escapeMrkdwn(`Similar incidents: ${similar.map(({ name }) => name).join(', ')}`),
    blocks: [
      richText(
        paragraph(bold('Similar incidents')),
        ...similar.flatMap((one) => [
          paragraph(
            bold(`\n${one.name} `),
            words(truncate(`${shown(one.title)} · ${one.severity} · ${one.status} · `, SENTENCE_CHARS)),
            minute(one.declaredUs),
            words('\n'),
            italic(truncate(whyAlike(one), SENTENCE_CHARS)),
          ),
          bullets(
            [...(one.verdict === '' ? [] : [shown(one.verdict)]), ...whatEnded(one)].map((text) =>
              paragraph(words(truncate(text, SENTENCE_CHARS))),
            ),
          ),
        ]),
      ),
    ],
  };
}

/** The last section of a Markdown report; '' where there is none. */
export function similarMarkdown(similar: readonly SimilarIncident[]): string {
  if (similar.length === 0) return '';
  const entries = similar.map((one) =>
    [
      `- **${one.name}** ${escapeMarkdown(shown(one.title))} (${one.severity}, ${one.status}): ${escapeMarkdown(whyAlike(one))}`,
      ...[...(one.verdict === '' ? [] : [shown(one.verdict)]), ...whatEnded(one)].map(
        (text) => `  - ${escapeMarkdown(text)}`,
      ),
    ].join('\n'),
  );
  return `\n## Similar incidents\n\n${entries.join('\n')}\n`;
}

/** For the terminal, one block each. */
export function similarText(similar: readonly SimilarIncident[]): string {
  return similar
    .map((one) =>
      [
        `${one.name}  ${one.severity}  ${one.status}  ${readableSecond(one.declaredUs)}  ${shown(one.title)}`,
        `  ${Math.round(one.score * 100)} % similar: ${whyAlike(one)}`,
        ...[...(one.verdict === '' ? [] : [shown(one.verdict)]), ...whatEnded(one)].map((text) => `  - ${text}`),
      ].join('\n'),
    )
    .map((block) => `${block}\n`)
    .join('\n');
}

/** For the JSON of a report and of `incidents --like`. */
export function similarJson(similar: readonly SimilarIncident[]) {
  return similar.map(({ name, title, severity, status, declaredUs, verdict, score, same, different, ...rest }) => ({
    incident: name,
    title: shown(title),
    severity,
    status,
    declaredAt: isoInstant(declaredUs),
    verdict: shown(verdict),
    score: Math.round(score * 1_000) / 1_000,
    same: same.map(shown),
    different: different.map(shown),
    ended: rest.ended.map(({ status: reached, text, atUs }) => ({
      status: reached,
      text: shown(text),
      at: isoInstant(atUs),
    })),
    actionItems: rest.actionItems.map(({ text, owner, due, state }) => ({
      text: shown(text),
      owner: shown(owner),
      due: shown(due),
      state,
    })),
    hasPostmortem: rest.hasPostmortem,
  }));
}
