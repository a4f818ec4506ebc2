/** What a paging system outside was asked, in the thread of the incident: what did not work, and what people decide. */
import { type Incident, incidentName } from '#model/incident/incident.ts';
import type { PagerStepKind } from '#model/incident/pager.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { button } from '#present/slack/button.ts';
import { minute, type Part, paragraph, richText, words } from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import { shown } from '#present/words/plain-text.ts';

const REASON_CHARS = 500;
const LISTED = 5;
const NAME_CHARS = 80;
/** A label of a button has 75 characters. */
const TITLE_CHARS = 30;

function titled(title: string): string {
  return truncate(shown(title), TITLE_CHARS);
}

/** As they stand in a sentence: `PagerDuty did not take the note.` */
const WHAT: Readonly<Record<PagerStepKind, string>> = {
  acknowledge: 'the acknowledgement',
  notes: 'the note',
  resolve: 'the resolution',
  page: 'the page',
};

/** `PagerDuty did not take the note. …` */
export function pagerProblemText(title: string, kind: PagerStepKind, reason: string): string {
  return `${titled(title)} did not take ${WHAT[kind]}. ${truncate(shown(reason), REASON_CHARS)}`;
}

/** Said once for each reason, with a button that tries again. */
export function pagerProblem({
  incident,
  title,
  kind,
  reason,
}: Readonly<{ incident: Incident; title: string; kind: PagerStepKind; reason: string }>): SlackMessage {
  const then = kind === 'page' ? ' Call the people yourself. The page in Slack goes on.' : '';
  const said = `${pagerProblemText(title, kind, reason)}${then}`;
  const label = `${incidentName(incident)}: send it to ${titled(title)} again`;
  return message(incident, said, [button('pager_again', 'Try again', label, incident.id)]);
}

/** People wait for a page: they read at once that it did not arrive yet. */
export function pagerWaits(
  incident: Incident,
  { title, reason, untilUs }: Readonly<{ title: string; reason: string; untilUs: number }>,
): SlackMessage {
  const said = `Nobody is paged in ${titled(title)} yet. ${truncate(shown(reason), REASON_CHARS)} I try until `;
  const rest = '. The page in Slack goes on.';
  return {
    text: escapeMrkdwn(`${incidentName(incident)}: nobody is paged in ${titled(title)} yet.`),
    blocks: [richText(paragraph(words(said), minute(untilUs, { withDay: false }), words(rest)))],
  };
}

export type OpenThere = Readonly<{ pager: string; title: string; names: readonly string[] }>;

/** The incident is over here, and open there. Nothing is closed before somebody says so. */
export function askToResolve(incident: Incident, { pager, title, names }: OpenThere): SlackMessage {
  const said = `${incidentName(incident)} is resolved. In ${titled(title)} ${openNames(names)} still open. Resolve there, too?`;
  const value = `${incident.id}:${pager}`;
  return message(incident, said, [
    button('pager_resolve', `Resolve in ${titled(title)}`, `Resolve it in ${titled(title)}, too`, value),
    button('pager_leave', 'Leave it open', `Leave it open in ${titled(title)}`, value),
  ]);
}

function openNames(names: readonly string[]): string {
  const listed = names.slice(0, LISTED).map((name) => truncate(shown(name), NAME_CHARS));
  const more = names.length - listed.length;
  const all = more > 0 ? [...listed, `${more} more`] : listed;
  return `${all.join(', ')} ${names.length === 1 ? 'is' : 'are'}`;
}

/** In place of the question. */
export function resolveAnswered(incident: Incident, said: string): SlackMessage {
  return message(incident, truncate(shown(said), REASON_CHARS), []);
}

function message(incident: Incident, said: string, buttons: readonly ReturnType<typeof button>[]): SlackMessage {
  const part: Part = paragraph(words(said));
  return {
    text: escapeMrkdwn(`${incidentName(incident)}: ${said}`),
    blocks: [richText(part), ...(buttons.length === 0 ? [] : [{ type: 'actions' as const, elements: [...buttons] }])],
  };
}
