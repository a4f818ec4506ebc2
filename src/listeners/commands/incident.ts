/** `/incident …`: stored and acknowledged at once. The person who asked gets the answer, everybody sees the change. */
import type { AllMiddlewareArgs, Middleware, SlackCommandMiddlewareArgs } from '@slack/bolt';
import { carryOut, type IncidentWorkflows, isAboutAll, showAll } from '#listeners/commands/carry-out.ts';
import { INCIDENT_VERBS, type IncidentRequest, readIncidentRequest } from '#listeners/commands/incident-request.ts';
import { quoteTyped } from '#listeners/commands/typed.ts';
import { whoTyped } from '#listeners/delivery.ts';
import { declareForm } from '#listeners/views/declare-incident.ts';
import { openModal } from '#listeners/views/open-modal.ts';
import { statusForm } from '#listeners/views/status-page.ts';
import { TITLE_CHARS } from '#model/incident/incident.ts';
import { plainFromMrkdwn } from '#present/slack/text.ts';

export const INCIDENT_USAGE = [
  '*`/incident`* keeps the record of an incident.',
  '',
  '• `/incident declare P1 checkout is slow` declares an incident in this channel; without a title, a form opens',
  '• `/incident` or `list` shows what is open',
  '• `/incident note restarted the pool`, or `note at 14:35 …`, `note 20 min ago …` for what happened earlier; `note need-to-know @kim: …` for few readers',
  '• `/incident tried restarted the pool` notes what was tried and had no effect, `helped retries off` what helped',
  '• `/incident update logins work again in EU` tells everybody how it stands, `nothing new` that nothing changed',
  '• `/incident role commander`, `technical`, `communications`, `scribe` or one of your own; for somebody else add `@them`',
  '• `/incident severity P0 because nobody can pay`; the reason is optional',
  '• `/incident status identified`: investigating, identified, mitigated, fixed, resolved; you can add `at 14:40` and a text',
  '• `/incident impact at 14:20` says when the impact began, `detected at 14:25` when somebody noticed',
  '• `/incident action add an index @them due 2026-12-01`, or `due next Friday`; `actions` shows them',
  '• `/incident action done A2 the query takes 4 ms`, or `drop A2 because the service is gone`',
  '• `/incident action check A2 p99 POST /pay of checkout below 500 ms`, `rule CheckoutErrors` or `attribute …`: how it is checked',
  '• `/incident link https://grafana.example/d/checkout the board` adds a page, `link INC-4 same database` relates two incidents',
  '• `/incident page @kim the queue is full` calls a person or a user group, `page payments-team` who is on call for a team or a service, and the next one if nobody answers',
  '• `/incident on-call`, or `who is on call for checkout`: who is on call now; nobody is called',
  '• `/incident channel` opens a channel for the incident alone, and invites who works on it',
  '• `/incident statuspage` drafts an update for customers; the communications lead approves it',
  '• `/incident mitigate` shows what your automation can do: a rollback, a restart, a flag; a second person approves it at P0 and P1',
  '• `/incident stats 90d checkout`: how many there were and how long they took; `30d`, `90d` or `month`, and a service',
  '• `/incident review 90d checkout`: which causes come back, what was noticed late, how often verdicts were right',
  '• `/incident merge INC-7` merges INC-7 into this incident, after a question; `split INC-7` splits it off again',
  '• `/incident timeline`, and `edit` to correct what people entered, and the time of a status',
  '• `/incident changes` lists what changed before it and in it: in the service of the cause, and in what that depends on',
  '• `/incident hypothesis the cache was flushed` puts a suspicion on the board, `hypothesis S1 tested …`, `refuted …` or `confirmed …` says what became of it',
  '• `/incident whys`, `hypotheses`, `checklist`, `fishbone` or `failures`: the diagnosis by that method, with open parts for you to fill in',
  '• `/incident rename logins fail in EU` changes the title',
  '• `/incident resolve all checks are green`, and `reopen it is back`; `postmortem` drafts the postmortem',
  '',
  'The command changes the open incident of this channel. For another incident, put its name first: `/incident INC-4 note …`.',
  'A message that you pin or mark with :pushpin: goes into the timeline.',
  'Slack has no commands in threads: mention me there instead, `@Spanhound note restarted the pool`, or use the overview’s buttons.',
].join('\n');

/** After a mistyped word one line is enough. */
const KNOWN_WORDS = `I know ${INCIDENT_VERBS.slice(0, -1).join(', ')} and ${INCIDENT_VERBS.at(-1)}. \`/incident help\` says what each does.`;

export function incidentCommand(workflows: IncidentWorkflows): Middleware<SlackCommandMiddlewareArgs> {
  return async (args) => {
    const { ack, command, context } = args;
    const request = readIncidentRequest(
      command.text,
      workflows.team.map(({ role }) => role),
    );
    if (request.verb === 'help') {
      await ack({ response_type: 'ephemeral', text: INCIDENT_USAGE });
      return;
    }
    if (request.verb === 'unknown') {
      await ack({ response_type: 'ephemeral', text: `${request.problem} ${KNOWN_WORDS}` });
      return;
    }
    if (request.verb === 'unclear') {
      await ack({ response_type: 'ephemeral', text: `${request.problem}\n\n${nothingChanged(command)}` });
      return;
    }
    if (request.verb === 'status-page' || (request.verb === 'declare' && asksForTitle(request))) {
      await openForm(workflows, request, args);
      return;
    }
    const asked = whoTyped(command, context);
    if (request.verb === 'list') {
      // Slack is asked about many channels, for longer than it waits itself. Nothing changes.
      await ack();
      await workflows.listOpen({ asked });
      return;
    }
    if (isAboutAll(request)) {
      // For the same reason.
      await ack();
      await showAll(workflows, request, asked, { channelId: command.channel_id });
      return;
    }
    await carryOut(workflows, request, asked, { channelId: command.channel_id });
    await ack();
  };
}

type Asking =
  | Extract<IncidentRequest, { verb: 'declare' }>
  | Readonly<{ verb: 'status-page'; number?: number | undefined }>;

export function asksForTitle({ title }: Readonly<{ title: string }>): boolean {
  return title === '' || title.length > TITLE_CHARS;
}

async function openForm(
  { statusForm: formFor, proposeIncident }: Pick<IncidentWorkflows, 'statusForm' | 'proposeIncident'>,
  request: Asking,
  { ack, command, context, client }: SlackCommandMiddlewareArgs & AllMiddlewareArgs,
): Promise<void> {
  const channelId = command.channel_id;
  if (request.verb === 'declare') {
    const { title, severity: said } = request;
    const origin = { channelId };
    const proposal = await proposeIncident({ asked: whoTyped(command, context), origin });
    return await openModal({ ack, client, body: command }, declareForm(origin, { ...proposal, title, said }));
  }
  const form = await formFor({ asked: whoTyped(command, context), meant: { channelId, number: request.number } });
  if (form === undefined) await ack();
  else await openModal({ ack, client, body: command }, statusForm(form, channelId));
}

/** Slack does not keep a typed command, so the answer repeats it for correction. */
function nothingChanged({ command, text }: Readonly<{ command: string; text: string }>): string {
  return `Nothing was changed. You typed: ${quoteTyped(`${command} ${plainFromMrkdwn(text)}`, SAID_BACK_CHARS)}`;
}

const SAID_BACK_CHARS = 1_000;
