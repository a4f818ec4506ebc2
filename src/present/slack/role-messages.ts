/** Roles that somebody gives to somebody else, as a direct message to them. */
import type { KnownBlock } from '@slack/types';
import { type Incident, incidentName } from '#model/incident/incident.ts';
import { type Role, roleInSentence } from '#model/incident/roles.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { button } from '#present/slack/button.ts';
import { bold, date, link, paragraph, richText, words } from '#present/slack/rich-text.ts';
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
  const duty = truncate(shown(does), SENTENCE_CHARS);
  return {
    text: escapeMrkdwn(`${head}: ${said}`),
    blocks: [
      richText(
        paragraph(bold(head), words(` — ${incident.status}. ${said}`)),
        ...(duty === '' ? [] : [paragraph(words(duty))]),
        ...(openable(url) === '' ? [] : [paragraph(link(url, 'Open the overview'))]),
      ),
      answerButtons(incident, role),
    ],
  };
}

/** Mentions the commander where the incident speaks: it was opened again, and somebody has to lead it. */
export function askedToLead({
  incident,
  who,
  minutes,
}: Readonly<{ incident: Incident; who: string; minutes: number }>): SlackMessage {
  const head = `${incidentName(incident)} ${incident.severity} ${truncate(shown(incident.title), TITLE_CHARS)}`;
  const role = roleInSentence('commander');
  return {
    text: escapeMrkdwn(`${head} is open again: its ${role} is asked`),
    blocks: [
      richText(
        paragraph(
          { type: 'user', user_id: who },
          words(' '),
          bold(head),
          words(
            ` is open again, and you are its ${role}. Without a word from you in ${minutes} min, I call the next one.`,
          ),
        ),
      ),
      answerButtons(incident, 'commander'),
    ],
  };
}

/** Replaces the question. */
export function answeredToLead({ incident, atUs }: Readonly<{ incident: Incident; atUs: number }>): SlackMessage {
  const role = roleInSentence('commander');
  const now = incident.roles.commander === undefined ? `nobody is ${role} any more` : `the ${role} stays`;
  const said = `${incidentName(incident)}: ${now}`;
  return { text: said, blocks: [richText(paragraph(words(`${said} · `), date(atUs)))] };
}

function answerButtons(incident: Incident, role: Role): KnownBlock {
  const name = incidentName(incident);
  const value = `${incident.id}:${role}`;
  return {
    type: 'actions',
    elements: [
      { ...button('incident_role_confirm', 'I do it', `Confirm the role of ${name}`, value), style: 'primary' },
      button('incident_role_decline', 'Not me', `Give the role of ${name} back: nobody has it then`, value),
    ],
  };
}
