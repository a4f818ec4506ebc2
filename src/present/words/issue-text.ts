/** What an issue in a tracker outside says about an action item, and the comments when its state changes here. */
import { type ActionItem, type Incident, incidentName, itemName } from '#model/incident/incident.ts';
import type { IssueLine, IssueText } from '#model/incident/issue-tracker.ts';
import { escapeMarkdown } from '#present/documents/markdown.ts';
import { truncate } from '#present/slack/text.ts';
import { openable } from '#present/words/links.ts';
import { type Names, withNames } from '#present/words/people-names.ts';
import { shown } from '#present/words/plain-text.ts';

/** Trackers take 255. */
const TITLE_CHARS = 200;
const TEXT_CHARS = 2_000;
const NAME_CHARS = 100;

export type ItemOfIncident = Readonly<{
  incident: Pick<Incident, 'number' | 'title'>;
  item: ActionItem;
  names: Names;
  /** Where the incident's overview is; '' if nobody knows. */
  url: string;
}>;

export function issueText({ incident, item, names, url }: ItemOfIncident): IssueText {
  const said = (text: string, chars: number) => truncate(shown(withNames(text, names)), chars);
  const lines = [
    line('Action item', said(item.text, TEXT_CHARS)),
    line('Owner', said(item.owner, NAME_CHARS)),
    line('Due', shown(item.due)),
    ...(item.type === undefined ? [] : [line('Purpose', item.type)]),
    line('Incident', `${incidentName(incident)}: ${said(incident.title, TITLE_CHARS)}`, url),
    line('From', `${itemName(item)} in Spanhound. Its state there and the state of this issue follow each other.`),
  ];
  return { title: said(item.text, TITLE_CHARS), lines, markdown: markdownOf(lines) };
}

/** `isPrivate`: nothing that people wrote is said. */
export function issueComment(
  { incident, item, names }: Omit<ItemOfIncident, 'url'>,
  { isPrivate }: Readonly<{ isPrivate: boolean }>,
): Pick<IssueText, 'lines' | 'markdown'> {
  const reason = isPrivate ? '' : truncate(shown(withNames(item.reason, names)), TEXT_CHARS);
  const state = item.state === 'open' ? 'open again' : item.state;
  const name = `${itemName(item)} of ${incidentName(incident)} is ${state} in Spanhound`;
  const lines = [line('State', name), ...(reason === '' ? [] : [line('Reason', reason)])];
  return { lines, markdown: markdownOf(lines) };
}

function line(label: string, text: string, url = ''): IssueLine {
  return { label, text, url: openable(url) };
}

/** A text never begins a line, where GitLab would take `/close` for a command. */
function markdownOf(lines: readonly IssueLine[]): string {
  const written = lines.map(({ label, text, url }) => {
    const words = escapeMarkdown(text);
    return `- **${label}:** ${url === '' ? words : `[${words}](${url})`}`;
  });
  return written.join('\n');
}
