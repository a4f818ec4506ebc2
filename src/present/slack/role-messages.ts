/** Roles that somebody gives to somebody else, as a direct message to them. */
import { type Incident, incidentName } from '#model/incident/incident.ts';
import { type Role, roleInSentence } from '#model/incident/roles.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { button } from '#present/slack/button.ts';
import { bold, link, paragraph, richText, words } from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import { openable } from '#present/words/links.ts';
import { shown } from '#present/words/plain-text.ts';

const TITLE_CHARS = 150;
const SENTENCE_CHARS = 300;

export type GivenRole = Readonly<{
  incident: Incident;
  role: Role;
  /** What the role does; '' where nothing says it. */
  does: string;
  /** The name of the person who gave it. */
  by: string;
  /** The overview; '' before it was posted. */
  url: string;
}>;

/** Only for people who may see the incident: it has the title. */
export function roleGiven({ incident, role, does, by, url }: GivenRole): SlackMessage {
  const title = truncate(shown(incident.title), TITLE_CHARS);
  const head = `${incidentName(incident)} ${incident.severity} ${title}`;
  const said = `${truncate(shown(by), TITLE_CHARS)} made you ${shown(roleInSentence(role))}.`;
  const name = incidentName(incident);
  const value = `${incident.id}:${role}`;
  const duty = truncate(shown(does), SENTENCE_CHARS);
  return {
    text: escapeMrkdwn(`${head}: ${said}`),
    blocks: [
      richText(
        paragraph(bold(head), words(` — ${incident.status}. ${said}`)),
        ...(duty === '' ? [] : [paragraph(words(duty))]),
        ...(openable(url) === '' ? [] : [paragraph(link(url, 'Open the overview'))]),
      ),
      {
        type: 'actions',
        elements: [
          { ...button('incident_role_confirm', 'I do it', `Confirm the role of ${name}`, value), style: 'primary' },
          button('incident_role_decline', 'Not me', `Give the role of ${name} back: nobody has it then`, value),
        ],
      },
    ],
  };
}
