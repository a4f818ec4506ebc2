/** What changed before an incident and in it, newest first. */
import type { RichTextElement, RichTextSection } from '@slack/types';
import { type Change, shortChangeId } from '#model/changes/change.ts';
import { KINDS } from '#model/changes/change-words.ts';
import { type Incident, incidentName } from '#model/incident/incident.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { bold, bullets, date, italic, link, type Part, paragraph, richText, words } from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import { shown } from '#present/words/plain-text.ts';

/** `isNamed`: a diagnosis names it as the cause. */
export type ListedChange = Change & Readonly<{ isNamed: boolean }>;

export type IncidentChanges = Readonly<{
  incident: Incident;
  /** The service at fault; '' if no diagnosis names one. */
  service: string;
  dependencies: readonly string[];
  beganUs: number;
  /** Newest first. */
  changes: readonly ListedChange[];
}>;

const MOST = 25;
const MOST_SERVICES = 5;
const NAME_CHARS = 60;
const TEXT_CHARS = 120;

/** Whose changes it lists, and from when. */
export function changesAbout({
  service,
  dependencies,
  changes,
}: Pick<IncidentChanges, 'service' | 'dependencies' | 'changes'>): string {
  const whose = servicesSaid(service, dependencies);
  const what = changes.length === 0 ? `I know of no change ${whose}.` : `Changes ${whose}, newest first.`;
  return service === '' ? `${what} No diagnosis names a service yet.` : what;
}

export function changesMessage(found: IncidentChanges): SlackMessage {
  const { incident, beganUs, changes } = found;
  const name = incidentName(incident);
  const listed = changes.slice(0, MOST);
  const left = changes.length - listed.length;
  const during = listed.filter(({ atUs }) => atUs >= beganUs);
  const before = listed.filter(({ atUs }) => atUs < beganUs);
  const about = changesAbout(found);
  const parts: Part[] = [
    paragraph(bold(`What changed: ${name}`), words(`\n${about}`)),
    ...listOf(during),
    paragraph(words(`${during.length === 0 ? '\n' : ''}It began `), date(beganUs)),
    ...listOf(before),
    ...(left === 0 ? [] : [paragraph(words(`${left} earlier ones are not shown.`))]),
  ];
  return { text: escapeMrkdwn(`${name}: ${about}`), blocks: [richText(...parts)] };
}

function servicesSaid(service: string, dependencies: readonly string[]): string {
  const time = 'from a day before it began';
  if (service === '') return `without a service, ${time}`;
  const names = dependencies.slice(0, MOST_SERVICES).map((one) => truncate(shown(one), NAME_CHARS));
  const rest = dependencies.length - names.length;
  const more = rest === 0 ? '' : ` and ${rest} more`;
  const called = names.length === 0 ? '' : ` and what it depends on (${names.join(', ')}${more})`;
  return `of ${truncate(shown(service), NAME_CHARS)}${called}, ${time}`;
}

function listOf(changes: readonly ListedChange[]): Part[] {
  return changes.length === 0 ? [] : [bullets(changes.map(lineOf))];
}

function lineOf({ atUs, kind, service, id, text, url, isNamed }: ListedChange): RichTextSection {
  const whose = service === '' ? '' : ` of ${truncate(shown(service), NAME_CHARS)}`;
  const said = truncate(shown(text === '' ? shortChangeId(id) : text), TEXT_CHARS);
  const page: readonly RichTextElement[] = url === '' ? [] : [words(' '), link(url, 'see it')];
  return paragraph(
    date(atUs),
    words(' '),
    bold(`${KINDS[kind]}${whose}`),
    words(said === '' ? '' : ` ${said}`),
    ...page,
    ...(isNamed ? [italic(' · a diagnosis names it')] : []),
  );
}
