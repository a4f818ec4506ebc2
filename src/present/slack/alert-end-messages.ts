/** The alert of an open incident has ended: the question whether it did so by itself, and the answer. */
import type { Button } from '@slack/types';
import { type Incident, incidentName } from '#model/incident/incident.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { button } from '#present/slack/button.ts';
import { link, minute, paragraph, richText, words } from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import { openable } from '#present/words/links.ts';
import { shown } from '#present/words/plain-text.ts';

const TITLE_CHARS = 300;

export type EndedAlert = Readonly<{ id: string; title: string; url: string }>;

/** `investigationId`: of the diagnosis whose fix can be verified; '' where there is none. */
export function alertEnded(
  incident: Incident,
  { id, title, url, atUs, investigationId }: EndedAlert & Readonly<{ atUs: number; investigationId: string }>,
): SlackMessage {
  const said = `The alert has ended: ${truncate(shown(title), TITLE_CHARS)}`;
  const value = `${incident.id}:${id}`;
  return {
    text: escapeMrkdwn(`${incidentName(incident)}: ${said}. By itself or by you?`),
    blocks: [
      richText(
        paragraph(
          words(`${said} · `),
          minute(atUs),
          ...(openable(url) === '' ? [] : [words(' · '), link(url, 'open')]),
          words('\nDid it end by itself, or by what you did?'),
        ),
      ),
      {
        type: 'actions',
        block_id: `incident:${incident.id}:ended:${id}`,
        elements: [
          button('incident_ended_alone', 'By itself', 'Note that the alert ended by itself', value),
          button('incident_ended_by_us', 'By us', 'Note that the alert ended by what people did', value),
          ...verifies(investigationId),
        ],
      },
    ],
  };
}

/** Replaces the question. */
export function alertEndAnswered(
  incident: Incident,
  {
    title,
    by,
    atUs,
    how,
    investigationId,
  }: Pick<EndedAlert, 'title'> & Readonly<{ by: string; atUs: number; how: HowEnded; investigationId: string }>,
): SlackMessage {
  const said = truncate(`${HOW_ENDED[how]}: ${truncate(shown(title), TITLE_CHARS)} · ${shown(by)}`, 500);
  return {
    text: escapeMrkdwn(`${incidentName(incident)}: ${said}`),
    blocks: [
      richText(paragraph(words(`${said} · `), minute(atUs), words(`\n${NEXT[how]}`))),
      {
        type: 'actions',
        elements: [
          ...verifies(investigationId),
          button('incident_resolve', 'Resolve', 'Resolve this incident: opens a form', incident.id),
        ],
      },
    ],
  };
}

export type HowEnded = 'alone' | 'by-us';

export const HOW_ENDED: Readonly<Record<HowEnded, string>> = {
  alone: 'The alert ended by itself',
  'by-us': 'The alert ended by what we did',
};

const NEXT: Readonly<Record<HowEnded, string>> = {
  alone: 'It may come back: what made it end is not known.',
  'by-us': 'Add a note that says what helped, if there is none.',
};

function verifies(investigationId: string): Button[] {
  const spoken = 'Compare requests since the fix with those before it';
  return investigationId === '' ? [] : [button('trace_verify', 'Verify fix', spoken, investigationId)];
}
