/** The first part of the Home tab: the open incidents, the roles of its reader, and what waits for them. */
import type { KnownBlock, RichTextElement, RichTextSection } from '@slack/types';
import {
  type Incident,
  type IncidentStart,
  type IncidentStatus,
  incidentName,
  type Severity,
} from '#model/incident/incident.ts';
import { ago, bold, bullets, italic, link, minute, paragraph, richText, words } from '#present/slack/rich-text.ts';
import { truncate } from '#present/slack/text.ts';
import { START_WORDS } from '#present/words/incident-start.ts';
import { shown } from '#present/words/plain-text.ts';

const TITLE_CHARS = 150;
const ITEM_CHARS = 200;

/** `url`: the overview in Slack; '' where there is none. */
export type ShownIncident = Readonly<{ url: string; incident: Incident }>;
export type ShownOpen = ShownIncident & Readonly<{ start: IncidentStart }>;

type Waits =
  | Readonly<{ what: 'update'; name: string; title: string; dueUs: number; url: string }>
  | Readonly<{ what: 'commander'; name: string; title: string; url: string }>
  | Readonly<{ what: 'action-item'; name: string; item: string; text: string; due: string }>;

type Holds = Readonly<{
  name: string;
  title: string;
  url: string;
  roles: readonly Readonly<{ role: string; isConfirmed: boolean }>[];
}>;

/** Empty where there is none of them. */
export function incidentBlocks({
  open,
  more,
  roles,
  waiting,
}: Readonly<{
  open: readonly ShownOpen[];
  more: number;
  roles: readonly Holds[];
  waiting: readonly Waits[];
}>): readonly KnownBlock[] {
  const rest = more === 0 ? [] : [paragraph(italic(`and ${more} more`))];
  const blocks: KnownBlock[] = [];
  if (open.length > 0) {
    blocks.push(header(`Open incidents: ${open.length + more}`), richText(bullets(open.map(openLine)), ...rest));
  }
  if (roles.length > 0) blocks.push(header('Your roles'), richText(bullets(roles.map(roleLine))));
  if (waiting.length > 0) blocks.push(header('Waiting for you'), richText(bullets(waiting.map(waitingLine))));
  return blocks.length === 0 ? [] : [...blocks, { type: 'divider' }];
}

function header(text: string): KnownBlock {
  return { type: 'header', text: { type: 'plain_text', text } };
}

/** `INC-7 · P1 · Logins fail · identified · began 34 minutes ago · incident commander @Mira` */
export function openLine({ url, incident, start }: ShownOpen): RichTextSection {
  const { severity, status, roles } = incident;
  return paragraph(
    named(incidentName(incident), url),
    ...standing(severity, shown(incident.title), status),
    words(` · ${START_WORDS[start.basis].toLowerCase()} `),
    ago(start.atUs),
    words(' · incident commander '),
    // Neither the Home tab nor an answer to one person pings anybody.
    roles.commander === undefined ? italic('open') : { type: 'user', user_id: roles.commander },
  );
}

function standing(severity: Severity, title: string, status: IncidentStatus): RichTextElement[] {
  return [words(' · '), bold(severity), words(` · ${truncate(title, TITLE_CHARS)} · ${status}`)];
}

/** `INC-7 Logins fail: incident commander, scribe (not confirmed)` */
function roleLine({ name, title, url, roles }: Holds): RichTextSection {
  const said = roles.map(({ role, isConfirmed }) => `${shown(role)}${isConfirmed ? '' : ' (not confirmed)'}`);
  return paragraph(
    named(name, url),
    words(` ${truncate(shown(title), TITLE_CHARS)}: `),
    bold(truncate(said.join(', '), ITEM_CHARS)),
  );
}

function waitingLine(waits: Waits): RichTextSection {
  if (waits.what === 'action-item') {
    return paragraph(
      words(`Action item ${waits.item} of ${waits.name}, due ${waits.due}: ${truncate(shown(waits.text), ITEM_CHARS)}`),
    );
  }
  const name = named(waits.name, waits.url);
  const title = words(` ${truncate(shown(waits.title), TITLE_CHARS)}`);
  if (waits.what === 'commander') return paragraph(words('You declared '), name, title, words(': nobody is commander'));
  return paragraph(words('An update has been due since '), minute(waits.dueUs), words(': '), name, title);
}

function named(name: string, url: string): RichTextElement {
  return url === '' ? bold(name) : link(url, name);
}
