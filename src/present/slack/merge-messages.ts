/** What a merge will do, before somebody confirms it, and the lines in the threads of both incidents. */
import { type Incident, incidentName } from '#model/incident/incident.ts';
import { heldRoles, roleInSentence } from '#model/incident/roles.ts';
import { counted } from '#model/text/count-text.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { button } from '#present/slack/button.ts';
import { bold, bullets, paragraph, richText, words } from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import { type Names, withNames } from '#present/words/people-names.ts';
import { shown } from '#present/words/plain-text.ts';

const TITLE_CHARS = 150;

export type MergePlan = Readonly<{
  /** The one that stays. */
  incident: Incident;
  other: Incident;
  /** How many entries the timeline of the other has, and how many of its action items are open. */
  entries: number;
  openItems: number;
  names: Names;
}>;

/** To the person who asks. Nothing happens until they press the button. */
export function mergeQuestion({ incident, other, entries, openItems, names }: MergePlan): SlackMessage {
  const [name, otherName] = [incidentName(incident), incidentName(other)];
  const head = `Merge ${titled(other)} into ${titled(incident)}?`;
  const steps = [
    `${name} shows the timeline of ${otherName} (${counted(entries, 'entry')}) and what comes into it later: alerts, notes, messages.`,
    `${otherName} ends as merged and counts in no time to resolve. \`/incident split ${otherName}\` splits it off again.`,
    ...severityKept(incident, other),
    rolesSaid(incident, other, names),
    ...(openItems === 0 ? [] : [`${name} shows the action items of ${otherName} too (${openItems} open).`]),
    `Reminders, calls and pages of ${otherName} stop. Both threads say so.`,
  ];
  return {
    text: escapeMrkdwn(head),
    blocks: [
      richText(paragraph(bold(head)), bullets(steps.map((step) => paragraph(...coded(step))))),
      {
        type: 'actions',
        elements: [
          button(
            'incident_merge',
            `Merge ${otherName} into ${name}`,
            `Merge ${otherName} into ${name} now`,
            `${incident.id}:${other.id}`,
          ),
        ],
      },
    ],
  };
}

function titled(incident: Incident): string {
  return `${incidentName(incident)} (${incident.severity} ${truncate(shown(incident.title), TITLE_CHARS)})`;
}

function severityKept(incident: Incident, other: Incident): readonly string[] {
  if (incident.severity === other.severity) return [];
  return [`${incidentName(incident)} stays ${incident.severity}; ${incidentName(other)} is ${other.severity}.`];
}

function rolesSaid(incident: Incident, other: Incident, names: Names): string {
  const roles = rolesOf(other);
  const [name, otherName] = [incidentName(incident), incidentName(other)];
  return roles === ''
    ? `Nobody has a role in ${otherName}.`
    : `Roles stay with ${name}. ${otherName} has: ${shown(withNames(roles, names))}.`;
}

/** `incident commander U012ABC, technical lead U034DEF`; '' where nobody has a role. People are bare ids. */
export function rolesOf({ roles }: Pick<Incident, 'roles'>): string {
  const held = heldRoles(roles).map((role) => `${roleInSentence(role)} ${roles[role]}`);
  return held.join(', ');
}

/** Commands between backticks become code. */
function coded(text: string) {
  return text.split('`').map((part, at) => {
    return at % 2 === 0 ? words(part) : ({ type: 'text', text: part, style: { code: true } } as const);
  });
}
