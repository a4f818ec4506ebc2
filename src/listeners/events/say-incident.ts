/**
 * A sentence to the bot that does what `/incident …` does, with the same rights. The answer comes in its thread, where
 * everybody in the channel reads it.
 */
import { carryOut, type IncidentWorkflows, isAboutAll, showAll } from '#listeners/commands/carry-out.ts';
import { asksForTitle, INCIDENT_USAGE } from '#listeners/commands/incident.ts';
import { asksForLook, readIncidentSentence, type SentenceRequest } from '#listeners/events/incident-sentence.ts';
import { DECLARE_FORM_BUTTON, sentenceForm } from '#present/slack/sentence-messages.ts';
import type { AskedBy } from '#workflows/incidents/on-incident.ts';
import type { SentenceWorkflows } from '#workflows/sentences/incident-sentence.ts';

export type SayingWorkflows = IncidentWorkflows & SentenceWorkflows;

export type Spoken = Readonly<{
  inboxId: string;
  workspaceId: string;
  channelId: string;
  ts: string;
  /** Undefined for a sentence outside of threads. */
  threadTs: string | undefined;
  userId: string;
  text: string;
  /** The bot's id; undefined if Slack does not say. */
  bot: string | undefined;
  /** With the bot alone. */
  isDirect: boolean;
}>;

/** False if the sentence is a question, and nothing was done. */
export async function sayIncident(workflows: SayingWorkflows, spoken: Spoken): Promise<boolean> {
  const { text, bot, isDirect } = spoken;
  const own = workflows.team.map(({ role }) => role);
  const sentence = readIncidentSentence(text, { bot, isDirect, own });
  if (sentence.kind === 'question') return false;
  if (sentence.kind === 'problem') {
    await workflows.sayInThread(await askedBy(workflows, spoken), {
      text: `${sentence.problem}\n\nNothing was changed.`,
    });
    return true;
  }
  const { request } = sentence;
  const place = await placeOf(workflows, request, spoken);
  if (place === undefined && asksForLook(text)) return false;
  await answer(workflows, request, { spoken, asked: await askedBy(workflows, spoken), number: place?.number });
  return true;
}

async function askedBy({ nameOf }: SentenceWorkflows, spoken: Spoken): Promise<AskedBy> {
  const { inboxId, workspaceId, channelId, ts, threadTs = ts, userId, isDirect } = spoken;
  return {
    inboxId,
    workspaceId,
    userId,
    userName: await nameOf(userId),
    channelId,
    responseUrl: '',
    said: { channelId, threadTs, isDirect },
  };
}

/** Undefined if neither the sentence nor its place has an incident. */
async function placeOf(
  { incidentOfPlace }: SentenceWorkflows,
  request: SentenceRequest,
  { workspaceId, channelId, threadTs }: Spoken,
): Promise<Readonly<{ number?: number }> | undefined> {
  if (NEEDS_NONE.has(request.verb) || ('number' in request && request.number !== undefined)) return {};
  return await incidentOfPlace({ workspaceId, channelId, threadTs, over: request.verb === 'reopen' });
}

const NEEDS_NONE: ReadonlySet<SentenceRequest['verb']> = new Set([
  'help',
  'list',
  'stats',
  'review',
  'on-call',
  'declare',
]);

async function answer(
  workflows: SayingWorkflows,
  request: SentenceRequest,
  { spoken, asked, number }: Readonly<{ spoken: Spoken; asked: AskedBy; number: number | undefined }>,
): Promise<void> {
  const { channelId, threadTs } = spoken;
  if (request.verb === 'help') return await workflows.sayInThread(asked, { text: INCIDENT_USAGE });
  if (request.verb === 'list') return await workflows.listOpen({ asked });
  if (isAboutAll(request)) return await showAll(workflows, request, asked, { channelId, number });
  if (request.verb === 'status-page') {
    return await workflows.offerStatusForm({ asked, meant: { channelId, number: request.number ?? number } });
  }
  if (request.verb === 'declare' && asksForTitle(request)) {
    return await workflows.sayInThread(asked, sentenceForm(DECLARE_FORM_BUTTON));
  }
  await carryOut(workflows, request, asked, { channelId, threadTs, number });
}
