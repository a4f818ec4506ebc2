/** Messages for the people who run Spanhound, in their channel. */

import { sizeText } from '#model/text/size-text.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { bold, bullets, code, minute, paragraph, preformatted, richText, words } from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import { readableMinute } from '#present/words/instant.ts';
import { shown } from '#present/words/plain-text.ts';

const LISTED = 5;
const WHY = 300;

/** Newest first. */
export function givenUpWork(work: readonly Readonly<{ what: string; why: string; atUs: number }>[]): SlackMessage {
  const what = `Spanhound gave up ${work.length === 1 ? 'one piece' : `${work.length} pieces`} of work.`;
  const listed = work
    .slice(0, LISTED)
    .map(({ what, why, atUs }) => ({ atUs, said: `: ${shown(what)}: ${truncate(shown(why), WHY)}` }));
  const more = work.length > LISTED ? [`and ${work.length - LISTED} more`] : [];
  const then = ' `spanhound doctor` lists all of it. A redelivery of an alert starts its work again.';
  return {
    text: escapeMrkdwn(
      `${what} ${[...listed.map(({ atUs, said }) => `${readableMinute(atUs)}${said}`), ...more].join('; ')}`,
    ),
    blocks: [
      richText(
        paragraph(bold(what), words(then)),
        bullets([
          ...listed.map(({ atUs, said }) => paragraph(minute(atUs), words(said))),
          ...more.map((line) => paragraph(words(line))),
        ]),
      ),
    ],
  };
}

export function silentSource(source: string, sinceUs: number): SlackMessage {
  const what = `Nothing was heard of ${shown(source)} since `;
  const then = '. Send a test alert. If it does not arrive, check the address and the token there.';
  return toldSince(what, sinceUs, then);
}

export function sourceIsBack(source: string, atUs: number): SlackMessage {
  return toldSince(`${shown(source)} is heard again, since `, atUs, '.');
}

type OversizedMessages = Readonly<{
  title: string;
  bytes: number | undefined;
  maxBytes: number;
  smaller: string | undefined;
}>;

/** `bytes` of one of them; undefined if only the limit is known to be exceeded. */
export function oversizedMessages({ title, bytes, maxBytes, smaller }: OversizedMessages): SlackMessage {
  const what = `Spanhound refuses messages of ${shown(title)}: they are too large.`;
  const limit = sizeText(maxBytes);
  const size = sizeText(bytes ?? maxBytes);
  const then = ` One has ${size === limit ? `more than ${limit}` : size}, the limit is ${limit}. What it reports is lost. ${smaller ?? SMALLER}`;
  return {
    text: escapeMrkdwn(`${what}${then}`),
    blocks: [richText(paragraph(bold(what), ...inCode(then)))],
  };
}

const SMALLER = 'Let the sender put fewer alerts into a message, or less text into each of them.';

/** Names of settings between backticks. */
function inCode(text: string): ReturnType<typeof words>[] {
  return text.split('`').map((part, index) => (index % 2 === 1 ? code(part) : words(part)));
}

/** The line in code font can be copied into a file for `audit verify --anchors`. */
export function anchoredHead(line: string): SlackMessage {
  const what = 'The head of the audit log today:';
  const then =
    'Keep this message: it proves what the log contained. `spanhound audit verify --anchors FILE` checks it.';
  return {
    text: escapeMrkdwn(`${what} ${shown(line)}`),
    blocks: [richText(paragraph(bold(what)), preformatted(shown(line)), paragraph(words(then)))],
  };
}

function toldSince(what: string, atUs: number, then: string): SlackMessage {
  return {
    text: escapeMrkdwn(`${what}${readableMinute(atUs)}${then}`),
    blocks: [richText(paragraph(bold(what), minute(atUs), words(then)))],
  };
}
