/** The personal link to the page of a postmortem. */
import { type Incident, incidentName } from '#model/incident/incident.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { link, paragraph, richText, words } from '#present/slack/rich-text.ts';

export function pageLinkMessage(incident: Incident, url: string): SlackMessage {
  const name = incidentName(incident);
  const text = `Your link to edit the postmortem of ${name}.`;
  const advice = ' It is for you alone, because what you save there has your name. You can edit for 8 hours.';
  return { text, blocks: [richText(paragraph(link(url, `Edit the postmortem of ${name}`), words(`.${advice}`)))] };
}
