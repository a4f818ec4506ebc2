/** The versions of a postmortem and what changed between two of them, to one person. */
import type { KnownBlock } from '@slack/types';
import { type Incident, incidentName } from '#model/incident/incident.ts';
import { restoredText, type Version, versionDifference } from '#present/documents/version-difference.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { button } from '#present/slack/button.ts';
import { bold, bullets, paragraph, richText, words } from '#present/slack/rich-text.ts';
import { truncate } from '#present/slack/text.ts';
import { readableSecond } from '#present/words/instant.ts';
import { shown } from '#present/words/plain-text.ts';

const NEWEST = 20;
/** Of each side; the files in the thread have everything. */
const LINES = 15;
const LINE_CHARS = 300;

export function versionsMessage(incident: Incident, versions: readonly Version[]): SlackMessage {
  const name = incidentName(incident);
  const head =
    versions.length === 0
      ? `Nobody has asked for the postmortem of ${name} yet.`
      : `Versions of the postmortem of ${name}, one for each time that somebody asked for it`;
  const [last, before] = [versions.at(-1), versions.at(-2)];
  const howTo =
    last === undefined || before === undefined
      ? ''
      : `To compare two: /postmortem ${name} diff ${before.number} ${last.number}`;
  return {
    text: head,
    blocks: [
      richText(paragraph(bold(head))),
      ...versions.slice(-NEWEST).map((version) => versionRow(incident, version)),
      ...(howTo === '' ? [] : [richText(paragraph(words(howTo)))]),
    ],
  };
}

function versionRow(incident: Incident, version: Version): KnownBlock {
  const { number, atUs } = version;
  const text = `${number}: ${readableSecond(atUs)}${restoredText(version)}`;
  const spoken = `Restore version ${number} of the postmortem`;
  return {
    type: 'section',
    text: { type: 'plain_text', text, emoji: false },
    accessory: {
      ...button(`postmortem_restore_${number}`, 'Restore', spoken, `${incident.id}:${number}`),
      confirm: {
        title: { type: 'plain_text', text: `Restore version ${number}?` },
        text: { type: 'plain_text', text: CONSEQUENCE },
        confirm: { type: 'plain_text', text: 'Restore' },
        deny: { type: 'plain_text', text: 'Cancel' },
      },
    },
  };
}

const CONSEQUENCE =
  'Notes, updates and answers say again what they said then. Later ones are withdrawn. The words of now stay as a version.';

export type Difference = Readonly<{
  incident: Incident;
  from: Version;
  to: Version;
  /** The sentences of both. */
  before: readonly string[];
  after: readonly string[];
}>;

export function differenceMessage({ incident, from, to, before, after }: Difference): SlackMessage {
  const { gone, added } = versionDifference(before, after);
  const head = `The postmortem of ${incidentName(incident)}, from version ${from.number} to version ${to.number}`;
  const none = gone.length + added.length === 0;
  return {
    text: head,
    blocks: [
      richText(
        paragraph(bold(head), words(none ? '\nNo sentence changed.' : '')),
        ...listed('Gone', gone),
        ...listed('New', added),
      ),
    ],
  };
}

function listed(title: string, lines: readonly string[]) {
  if (lines.length === 0) return [];
  const more = lines.length > LINES ? ` (${LINES} of ${lines.length})` : '';
  return [
    paragraph(bold(`${title}${more}`)),
    bullets(lines.slice(0, LINES).map((line) => paragraph(words(truncate(shown(line), LINE_CHARS))))),
  ];
}
