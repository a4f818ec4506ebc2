/** What a paging system outside gets to read of an incident. Of a private one it is the title, the status and the link. */
import { type Incident, incidentName, type TimelineEntry } from '#model/incident/incident.ts';
import { truncate } from '#present/slack/text.ts';
import { openable } from '#present/words/links.ts';
import { type Names, withNames } from '#present/words/people-names.ts';
import { shown } from '#present/words/plain-text.ts';

const TITLE_CHARS = 150;
/** PagerDuty takes 25,000 characters; a phone shows the first lines. */
const TEXT_CHARS = 1_000;
const NAME_CHARS = 80;

export type PagerWords = Readonly<{
  incident: Incident;
  names: Names;
  /** Nothing that people or Spanhound wrote about it is said. */
  isPrivate: boolean;
  /** Where its overview is; '' if nobody knows. */
  url: string;
}>;

/** `INC-7 status: investigating → identified: the index is missing (Kim)` and the link. */
export function pagerNote({ incident, names, isPrivate, url }: PagerWords, entry: TimelineEntry): string {
  const said = (text: string, chars = TEXT_CHARS) => truncate(shown(withNames(text, names)), chars);
  const state = entry.kind === 'status' ? `status: ${entry.value}` : `new ${entry.kind} in Slack`;
  const title = `${incidentName(incident)} ${said(incident.title, TITLE_CHARS)}`;
  if (isPrivate) return lines(`${title}, ${state}`, url);
  const author = names.get(entry.source);
  const by = author === undefined ? '' : ` (${truncate(shown(author), NAME_CHARS)})`;
  return lines(`${incidentName(incident)} ${entry.kind}: ${said(entry.text)}${by}`, url);
}

const WHY = {
  page: 'Somebody pages you from Slack.',
  commander: 'Nobody leads this incident yet. Take command in Slack.',
} as const;

export function pagerPage(
  { incident, isPrivate, url, why }: Omit<PagerWords, 'names'> & Readonly<{ why: keyof typeof WHY }>,
  text: string,
): Readonly<{ title: string; text: string }> {
  const { severity, status } = incident;
  const said = isPrivate || text === '' ? '' : ` ${truncate(shown(text), TEXT_CHARS)}`;
  return {
    title: `${incidentName(incident)} ${truncate(shown(incident.title), TITLE_CHARS)}`,
    text: lines(`${severity}, ${status}. ${WHY[why]}${said}`, url),
  };
}

function lines(first: string, url: string): string {
  return [first, openable(url)].filter((line) => line !== '').join('\n');
}
