import type { KnownBlock, RichTextElement } from '@slack/types';
import { type Incident, incidentName, isOver } from '#model/incident/incident.ts';
import { ROLE_NAMES } from '#model/incident/roles.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { button } from '#present/slack/button.ts';
import { noteLines, onCallWords } from '#present/slack/page-messages.ts';
import { bold, date, link, minute, paragraph, richText, words } from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import { openable } from '#present/words/links.ts';
import { shown } from '#present/words/plain-text.ts';

const SENTENCE_CHARS = 500;
const TITLE_CHARS = 150;

/** `what`: `P1 → P0`. `by`: the name; empty if `what` has it. `atUs`: when it happened. `url`: where to read more. */
export type Change = Readonly<{
  what: string;
  by: string;
  atUs: number;
  url?: string;
  /** Its severity, a role or its status: the channel where it was declared reads it, too. */
  isState?: true;
  /** Everybody in the channel has to read it, also who does not open the thread. */
  isForChannel?: true;
  /** When the next update is due: whoever posts one reads it. */
  nextUpdateUs?: number | undefined;
  /** The incident is over: a button drafts its postmortem. */
  isEnd?: boolean;
}>;

/**
 * One line for the thread: `P1 → P0 · Kim · 09:04`. Names are plain text, so that nobody is pinged. `isNamed`: outside of
 * the thread, `INC-2: P1 → P0 · Kim · 09:04`.
 */
export function incidentSays(
  incident: Incident,
  { what, by, atUs, url = '', nextUpdateUs, isEnd = false }: Change,
  { isNamed = false } = {},
): SlackMessage {
  const said = truncate(
    [what, by]
      .map(shown)
      .filter((part) => part !== '')
      .join(' · '),
    SENTENCE_CHARS,
  );
  return {
    text: escapeMrkdwn(`${incidentName(incident)}: ${said}`),
    blocks: [
      richText(
        paragraph(
          words(`${isNamed ? `${incidentName(incident)}: ` : ''}${said} · `),
          minute(atUs),
          ...(nextUpdateUs === undefined ? [] : [words(' · next update '), minute(nextUpdateUs)]),
          ...opens(url),
        ),
      ),
      ...(isEnd && !isNamed ? [draftsPostmortem(incident)] : []),
    ],
  };
}

function draftsPostmortem({ id }: Incident): KnownBlock {
  const spoken = 'Draft the postmortem from the record of this incident';
  return { type: 'actions', elements: [button('postmortem_again', 'Draft the postmortem', spoken, id)] };
}

function opens(url: string): RichTextElement[] {
  return openable(url) === '' ? [] : [words(' · '), link(url, 'open')];
}

/** One line in the thread of an answer: `INC-2 declared as P1 · Kim · 09:04`, and where its overview is. */
export function declaredSays(incident: Incident, { by, atUs }: Pick<Change, 'by' | 'atUs'>): SlackMessage {
  const said = truncate(`${incidentName(incident)} declared as ${incident.severity} · ${shown(by)}`, SENTENCE_CHARS);
  const where = 'Its overview is in the channel.';
  return {
    text: escapeMrkdwn(`${said}. ${where}`),
    blocks: [richText(paragraph(words(`${said} · `), minute(atUs), words(`\n${where}`)))],
  };
}

/** One line in the thread of an answer: `Joined INC-2 · Kim · 09:04`. */
export function joinedSays(name: string, { by, atUs }: Pick<Change, 'by' | 'atUs'>): SlackMessage {
  const said = truncate(`Joined ${name} · ${shown(by)}`, SENTENCE_CHARS);
  return { text: escapeMrkdwn(said), blocks: [richText(paragraph(words(`${said} · `), minute(atUs)))] };
}

/** `everyMinutes`: between two updates of this severity. */
export type UpdateAsked = Readonly<{ incident: Incident; lastUpdateUs: number; everyMinutes: number }>;

/** Pings only the incident commander. */
export function updateDue({ incident, lastUpdateUs, everyMinutes }: UpdateAsked): SlackMessage {
  const { commander } = incident.roles;
  const name = incidentName(incident);
  const title = truncate(shown(incident.title), TITLE_CHARS);
  return {
    text: escapeMrkdwn(`${name}: an update is due. ${title}`),
    blocks: [
      richText(
        paragraph(
          ...(commander === undefined ? [] : [{ type: 'user', user_id: commander } as const, words(' ')]),
          words('An update is due on '),
          bold(`${name} ${title}`),
          words('. The last one was at '),
          date(lastUpdateUs),
          words(commander === undefined ? '. There is no incident commander yet: anybody can post it.' : '.'),
        ),
      ),
      updateButtons(incident, everyMinutes),
    ],
  };
}

/** To one person, because nobody answered the question in the channel. */
export function updateDueDirect({ incident, lastUpdateUs, everyMinutes }: UpdateAsked): SlackMessage {
  const name = incidentName(incident);
  const head = `${name} ${incident.severity} ${truncate(shown(incident.title), TITLE_CHARS)}`;
  return {
    text: escapeMrkdwn(`${name}: nobody posted the update that is due`),
    blocks: [
      richText(
        paragraph(
          bold(head),
          words(
            ` — ${incident.status}. I asked for an update in its channel, and nobody answered. The last one was at `,
          ),
          date(lastUpdateUs),
          words('. Please post one, or say that nothing is new.'),
        ),
      ),
      updateButtons(incident, everyMinutes),
    ],
  };
}

function updateButtons({ id }: Incident, everyMinutes: number): KnownBlock {
  const nothing = `Nothing new, next in ${everyMinutes} min`;
  return {
    type: 'actions',
    block_id: `incident:${id}:reminder`,
    elements: [
      button('incident_update', 'Post update', 'Write an update of this incident', id),
      button('incident_nothing_new', nothing, 'Say that nothing has changed since the last update', id),
    ],
  };
}

export type CommanderCalled = Readonly<{
  incident: Incident;
  /** The id of a person or of a user group, or `here`. */
  who: string;
  /** Nobody is configured as on call. */
  isDeclarer: boolean;
  afterMinutes: number;
  /** Where they are on call, until when, and what stood in the way of this call, as in a page. */
  place: string;
  untilUs: number | undefined;
  notes: readonly string[];
}>;

/** Pings who is on call, else who declared the incident. */
export function commanderCalled(called: CommanderCalled): SlackMessage {
  const { incident, who, isDeclarer, afterMinutes } = called;
  const name = incidentName(incident);
  const title = truncate(shown(incident.title), TITLE_CHARS);
  const why = isDeclarer ? ' You declared it: take the role, or name somebody.' : '';
  return {
    text: escapeMrkdwn(`${name}: nobody leads ${incident.severity} ${title}`),
    blocks: [
      richText(
        paragraph(
          mention(who),
          words(' Nobody leads '),
          bold(`${name} ${incident.severity} ${title}`),
          words(` for ${afterMinutes} min.${why}`),
          ...onCallWords(called),
          words(' Who takes the role decides, assigns and keeps the updates.'),
        ),
        ...noteLines(called.notes),
      ),
      takeCommand(incident, isDeclarer ? [] : [stopCalls(incident)]),
    ],
  };
}

/** Nobody can be called, and people read why. */
export function nobodyCalled({
  incident,
  notes,
  afterMinutes,
}: Readonly<{ incident: Incident; notes: readonly string[]; afterMinutes: number }>): SlackMessage {
  const head = `${incidentName(incident)} ${incident.severity} ${truncate(shown(incident.title), TITLE_CHARS)}`;
  return {
    text: escapeMrkdwn(`${incidentName(incident)}: nobody leads, and I found nobody to call`),
    blocks: [
      richText(
        paragraph(
          words('Nobody leads '),
          bold(head),
          words(` for ${afterMinutes} min, and I found nobody to call. Please take the role, or name somebody.`),
        ),
        ...noteLines(notes),
      ),
      takeCommand(incident),
    ],
  };
}

function stopCalls({ id }: Incident): ReturnType<typeof button> {
  return button('incident_calls_stop', 'Stop calling', 'Call nobody else to lead this incident', id);
}

/** Replaces the call: a person stopped the calls. The role is still open. */
export function callsStopped({
  incident,
  by,
  atUs,
}: Readonly<{ incident: Incident; by: string; atUs: number }>): SlackMessage {
  const said = truncate(`${incidentName(incident)}: ${shown(by)} stopped the calls for a commander`, SENTENCE_CHARS);
  return {
    text: escapeMrkdwn(said),
    blocks: [richText(paragraph(words(`${said} · `), date(atUs))), takeCommand(incident)],
  };
}

function takeCommand({ id }: Incident, more: readonly ReturnType<typeof button>[] = []): KnownBlock {
  const take = button('incident_take', 'Take command', `Take the role: ${ROLE_NAMES.commander}`, `${id}:commander`);
  return { type: 'actions', elements: [take, ...more] };
}

/** Replaces the call: somebody leads, it is over, or it is less severe. */
export function callEnded({ incident, atUs }: Readonly<{ incident: Incident; atUs: number }>): SlackMessage {
  const { severity, status, roles } = incident;
  const now =
    roles.commander === undefined
      ? `is ${isOver(incident) ? status : severity}`
      : `has an ${ROLE_NAMES.commander.toLowerCase()}`;
  const said = `${incidentName(incident)} ${now}`;
  return { text: said, blocks: [richText(paragraph(words(`${said} since `), date(atUs)))] };
}

/** Replaces the call when the next one is called. */
export function callPassedOn({ incident, atUs }: Readonly<{ incident: Incident; atUs: number }>): SlackMessage {
  const said = `${incidentName(incident)}: nobody took command, so I called the next one`;
  return { text: said, blocks: [richText(paragraph(words(`${said} · `), date(atUs)))] };
}

/** `S…` is a user group. */
function mention(who: string): RichTextElement {
  if (who === 'here') return { type: 'broadcast', range: 'here' };
  return who.startsWith('S') ? { type: 'usergroup', usergroup_id: who } : { type: 'user', user_id: who };
}

/** Replaces the question when it no longer needs an answer. */
export function updateAnswered({
  incident,
  answeredUs,
}: Readonly<{ incident: Incident; answeredUs: number }>): SlackMessage {
  return closedQuestion(incident, 'answered', answeredUs);
}

export function updateMissed({
  incident,
  askedAgainUs,
}: Readonly<{ incident: Incident; askedAgainUs: number }>): SlackMessage {
  return closedQuestion(incident, 'not answered, asked again', askedAgainUs);
}

function closedQuestion(incident: Incident, what: string, us: number): SlackMessage {
  const name = incidentName(incident);
  return {
    text: `${name}: an update was due: ${what}`,
    blocks: [richText(paragraph(words(`An update was due on ${name}: ${what} at `), date(us)))],
  };
}
