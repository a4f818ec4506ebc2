/** After the end of an incident: its alert fires again, or it stayed quiet. */
import type { ActionsBlock } from '@slack/types';
import { type Incident, incidentName } from '#model/incident/incident.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { button } from '#present/slack/button.ts';
import { minute, paragraph, richText, words } from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import { shown } from '#present/words/plain-text.ts';

const TITLE_CHARS = 150;

/** Pings the commander, who knows whether it is the same. */
export function firesAgain(
  incident: Incident,
  { title, atUs }: Readonly<{ title: string; atUs: number }>,
): SlackMessage {
  const name = incidentName(incident);
  const { commander } = incident.roles;
  const fires = `${truncate(shown(title), TITLE_CHARS)} fires again since `;
  const then = `. ${name} is resolved. Does it go on? Reopen it, or leave it if this has another cause.`;
  return {
    text: escapeMrkdwn(`${name} is resolved, but its alert fires again: ${truncate(shown(title), TITLE_CHARS)}`),
    blocks: [
      richText(
        paragraph(
          ...(commander === undefined ? [] : [{ type: 'user', user_id: commander } as const, words(' ')]),
          words(fires),
          minute(atUs),
          words(then),
        ),
      ),
      buttons(incident),
    ],
  };
}

export function checkedAfter(
  incident: Incident,
  { minutes, alerts, isCompared }: Readonly<{ minutes: number; alerts: number; isCompared: boolean }>,
): SlackMessage {
  const said = `${lengthOf(minutes)} after the end of ${incidentName(incident)}: ${foundQuiet(alerts, isCompared)}`;
  return {
    text: escapeMrkdwn(said),
    blocks: [richText(paragraph(words(said))), ...(alerts === 0 && !isCompared ? [buttons(incident)] : [])],
  };
}

function foundQuiet(alerts: number, isCompared: boolean): string {
  const compared =
    'I compare traces since the fix with those before it: the answer appears in the thread of the diagnosis.';
  if (alerts > 0) {
    const quiet = `${alerts === 1 ? 'its alert has' : 'its alerts have'} not fired again.`;
    return isCompared ? `${quiet} ${compared}` : quiet;
  }
  return isCompared ? compared : 'it has no alert and no trace, so I cannot check the fix. Does it still work?';
}

function lengthOf(minutes: number): string {
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}

function buttons({ id }: Incident): ActionsBlock {
  const reopen = button('incident_reopen', 'Reopen', 'Open the incident again: opens a form first', id);
  return { type: 'actions', elements: [reopen] };
}
