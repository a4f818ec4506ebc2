/** Whose service it is: the line in an answer and in an incident, and the question about an unknown name. */
import type { RichTextElement } from '@slack/types';
import type { OwnedService } from '#model/services/owned-service.ts';
import { escapeMarkdown } from '#present/documents/markdown.ts';
import type { SlackAnswer, SlackMessage } from '#present/slack/answer.ts';
import { menu } from '#present/slack/button.ts';
import { code, link, paragraph, richText, words } from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import { openable } from '#present/words/links.ts';
import { shown } from '#present/words/plain-text.ts';

const NAME_CHARS = 100;

type Piece = Readonly<{ text: string; url: string }>;

/** `owner payments-team · tier 1 · runbook · dashboard · #payments` */
function piecesOf({ owners, tier, channels, runbooks, dashboards, contradictions }: OwnedService): readonly Piece[] {
  const plain = (text: string): Piece => ({ text: shown(text), url: '' });
  const either = contradictions.includes('owner') ? ' (sources contradict each other)' : '';
  return [
    ...(owners.length === 0
      ? []
      : [
          plain(
            `owner ${owners.map((owner) => truncate(owner, NAME_CHARS)).join(either === '' ? ', ' : ' or ')}${either}`,
          ),
        ]),
    ...(tier === '' ? [] : [plain(`tier ${truncate(tier, NAME_CHARS)}`)]),
    ...runbooks.slice(0, 1).map((value) => linked('runbook', value)),
    ...dashboards.slice(0, 1).map((value) => linked('dashboard', value)),
    ...channels.slice(0, 1).map((value) => linked('channel', value)),
  ];
}

/** A channel may be a name, a runbook a path. */
function linked(what: string, value: string): Piece {
  const url = openable(value);
  return url === '' ? { text: `${what} ${truncate(shown(value), NAME_CHARS)}`, url } : { text: what, url };
}

/** One line, for an answer and for the overview of an incident. */
export function serviceLine(owned: OwnedService): RichTextElement[] {
  const parts = piecesOf(owned).flatMap(({ text, url }) => [words(' · '), url === '' ? words(text) : link(url, text)]);
  return [code(truncate(shown(owned.service), NAME_CHARS)), ...parts];
}

/** Adds the line to the first message of the thread, the detail. */
export function withService(answer: SlackAnswer, owned: OwnedService | undefined): SlackAnswer {
  const [detail, ...others] = answer.thread;
  if (owned === undefined || detail === undefined) return answer;
  const line = richText(paragraph(...serviceLine(owned)));
  return { ...answer, thread: [{ ...detail, blocks: [...detail.blocks, line] }, ...others] };
}

/** The last line of a Markdown report; '' where there is none. */
export function serviceMarkdown(owned: OwnedService | undefined): string {
  if (owned === undefined) return '';
  const parts = piecesOf(owned).map(({ text, url }) =>
    url === '' ? escapeMarkdown(text) : `[${escapeMarkdown(text)}](${url})`,
  );
  return `\n${[escapeMarkdown(shown(owned.service)), ...parts].join(' · ')}\n`;
}

/** Slack's limits on a menu and its options. */
const MOST_OPTIONS = 100;
const OPTION_CHARS = 75;

const BLOCK = 'alert_service:';

/** Under an alert whose service sends no traces under its name. `services`: those that do, the most similar first. */
export function serviceQuestion(
  { said, services }: Readonly<{ said: string; services: readonly string[] }>,
  investigationId: string,
): SlackMessage | undefined {
  const fitting = services.filter((name) => name.length <= OPTION_CHARS && shown(name) === name && name.trim() !== '');
  if (fitting.length === 0) return undefined;
  const which = said === '' ? 'this alert about' : truncate(shown(said), NAME_CHARS);
  const question = said === '' ? 'Which service is this alert about?' : `Which service is ${which}?`;
  const more = fitting.length > MOST_OPTIONS ? ` These are ${MOST_OPTIONS} of ${fitting.length}.` : '';
  const then = ` I look again and remember it.${more}`;
  return {
    text: escapeMrkdwn(question),
    blocks: [
      richText(
        paragraph(
          ...(said === '' ? [words(question)] : [words('Which service is '), code(which), words('?')]),
          words(then),
        ),
      ),
      {
        type: 'actions',
        block_id: `${BLOCK}${investigationId}`,
        elements: [menu('alert_service', 'Which service is this?', fitting.slice(0, MOST_OPTIONS))],
      },
    ],
  };
}

/** The investigation under which it was asked; '' for another block. */
export function serviceQuestionOf(blockId: string): string {
  return blockId.startsWith(BLOCK) ? blockId.slice(BLOCK.length) : '';
}

/** The first line of the second look. */
export function serviceNamedLine({
  by,
  said,
  service,
  title,
}: Readonly<{ by: string; said: string; service: string; title: string }>): SlackMessage {
  const what = said === '' ? 'this alert' : shown(said);
  const sentence = `${shown(by)} says that ${truncate(what, NAME_CHARS)} is ${shown(service)}. `;
  const looking = `Looking into ${truncate(shown(title), NAME_CHARS)} again…`;
  return {
    text: escapeMrkdwn(sentence + looking),
    blocks: [richText(paragraph(words(sentence), words(looking)))],
  };
}
