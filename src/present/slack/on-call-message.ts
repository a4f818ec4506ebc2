/** Who is on call now. Nobody is mentioned, because the question calls nobody. */
import type { RichTextSection } from '@slack/types';
import type { SlackMessage } from '#present/slack/answer.ts';
import { bold, bullets, minute, type Part, paragraph, quoted, richText, words } from '#present/slack/rich-text.ts';
import { escapeMrkdwn, quotable, truncate } from '#present/slack/text.ts';
import { shown } from '#present/words/plain-text.ts';

type OnCallNow = Readonly<{
  /** As Slack shows the person; the id of a user group. */
  name: string;
  /** `PagerDuty’s schedule Payments`; '' for a target in Slack. */
  place: string;
  /** The end of the shift. */
  untilUs: number | undefined;
}>;

export type OnCallGroup = Readonly<{
  /** Of a team or a service. */
  name: string;
  /** In the order of the calls. */
  people: readonly OnCallNow[];
  /** What could not be read, as sentences. */
  notes: readonly string[];
}>;

const NAME_CHARS = 100;
const NOTE_CHARS = 300;
const MOST_PEOPLE = 10;
const MOST_NOTES = 3;

/** `asked`: the name that somebody asked about; '' for all. `left`: how many groups are not shown. */
export function onCallMessage({
  groups,
  asked,
  left,
}: Readonly<{ groups: readonly OnCallGroup[]; asked: string; left: number }>): SlackMessage {
  if (groups.every(({ people, notes }) => people.length === 0 && notes.length === 0)) return unknown(asked);
  const parts = groups.flatMap(partsOf);
  const more = left > 0 ? [paragraph(words(`${left} more are not shown. Ask for one: /incident on-call NAME`))] : [];
  return { text: escapeMrkdwn(groups.map(lineOf).join('\n')), blocks: [richText(...parts, ...more)] };
}

function unknown(asked: string): SlackMessage {
  const what =
    asked === '' ? 'Nobody is on call here yet.' : `I do not know who is on call for ${quotable(shown(asked))}.`;
  const said = `${what} The setting \`incidents.page.onCall\` names who is on call for a team or a service.`;
  return { text: said, blocks: [richText(paragraph(...quoted(said)))] };
}

function partsOf({ name, people, notes }: OnCallGroup): Part[] {
  const head = paragraph(bold(`On call for ${shortName(name)}`), words(people.length === 0 ? '\nNobody' : ''));
  const items = people.slice(0, MOST_PEOPLE).map(itemOf);
  const said = notes.slice(0, MOST_NOTES).map((note) => paragraph(words(truncate(shown(note), NOTE_CHARS))));
  return [head, ...(items.length === 0 ? [] : [bullets(items, 'ordered')]), ...said];
}

function itemOf({ name, place, untilUs }: OnCallNow): RichTextSection {
  const until = untilUs === undefined ? [] : [words(' until '), minute(untilUs)];
  const whose = place === '' ? [] : [words(`, by ${shortName(place)}`)];
  return paragraph(words(shortName(name)), ...until, ...whose);
}

/** For notifications. */
function lineOf({ name, people }: OnCallGroup): string {
  const names = people.slice(0, MOST_PEOPLE).map((one) => shortName(one.name));
  return `On call for ${shortName(name)}: ${names.join(', ') || 'nobody'}`;
}

function shortName(name: string): string {
  return truncate(shown(name), NAME_CHARS);
}
