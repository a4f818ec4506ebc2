/** The versions of a postmortem and what changed between two of them, to one person. */
import { type Incident, incidentName } from '#model/incident/incident.ts';
import { type Version, versionDifference } from '#present/documents/version-difference.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
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
  return {
    text: head,
    blocks: [
      richText(
        paragraph(bold(head)),
        ...(versions.length === 0
          ? []
          : [
              bullets(
                versions
                  .slice(-NEWEST)
                  .map(({ number, atUs }) => paragraph(words(`${number}: ${readableSecond(atUs)}`))),
              ),
            ]),
        ...(last === undefined || before === undefined
          ? []
          : [paragraph(words(`To compare two: /postmortem ${name} diff ${before.number} ${last.number}`))]),
      ),
    ],
  };
}

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
