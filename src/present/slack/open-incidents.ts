/** The answer to `/incident` alone: what is open in this channel, with buttons, and what is open elsewhere. */
import type { KnownBlock } from '@slack/types';
import { incidentName } from '#model/incident/incident.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { button } from '#present/slack/button.ts';
import { openLine, type ShownIncident, type ShownOpen } from '#present/slack/home-incidents.ts';
import { bold, bullets, italic, paragraph, richText, words } from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import { shown } from '#present/words/plain-text.ts';

const HOW = 'Declare one: `/incident declare P1 what is wrong`. All commands: `/incident help`.';

export function openIncidentsMessage({
  here,
  elsewhere,
  more,
}: Readonly<{ here: readonly ShownOpen[]; elsewhere: readonly ShownOpen[]; more: number }>): SlackMessage {
  const head = here.length === 0 ? 'No incident is open in this channel.' : 'Open in this channel';
  const others = [
    ...(elsewhere.length === 0 ? [] : [paragraph(bold('Open elsewhere')), bullets(elsewhere.map(openLine))]),
    ...(more === 0 ? [] : [paragraph(italic(`and ${more} more`))]),
  ];
  return {
    text: here.length === 0 ? head : `${head}: ${here.map(inWords).join('; ')}`,
    blocks: [
      richText(paragraph(here.length === 0 ? words(head) : bold(head))),
      ...here.flatMap(withButtons),
      ...(others.length === 0 ? [] : [richText(...others)]),
      { type: 'context', elements: [{ type: 'mrkdwn', text: HOW }] },
    ],
  };
}

function withButtons(one: ShownOpen): KnownBlock[] {
  const { id } = one.incident;
  return [
    richText(openLine(one)),
    {
      type: 'actions',
      elements: [
        button('incident_note', 'Note', 'Add a note to the timeline', id),
        button('incident_update', 'Post update', 'Post an update for everybody', id),
        button('incident_timeline', 'Timeline', 'Show the whole timeline to me', id),
        button('incident_resolve', 'Resolve', 'Resolve the incident: opens a form first', id),
      ],
    },
  ];
}

const TITLE_CHARS = 100;

function inWords({ incident }: ShownIncident): string {
  const title = truncate(shown(incident.title), TITLE_CHARS);
  return escapeMrkdwn(`${incidentName(incident)} ${incident.severity} ${title}, ${incident.status}`);
}
