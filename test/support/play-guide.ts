/**
 * The guide's incident as people and PagerDuty play it, over whatever backends hold the outage: the alert, the on-call
 * engineer 15 seconds later, the investigation after 1 minute, the cause after 3, the workaround after 5, the fix after
 * 10, all clear after 30, and then the postmortem. Between any two steps the process may be stopped and started again.
 */
import assert from 'node:assert/strict';
import type { KnownBlock } from '@slack/types';
import { type IncidentMetrics, incidentMetrics } from '#model/incident/incident.ts';
import type { Report } from '#present/json/report.ts';
import { findIncident } from '#record/find-incidents.ts';
import { findInvestigation } from '#record/investigations.ts';
import { timelineOf } from '#record/timeline.ts';
import { openBot, type TestBot } from '#test/bot.ts';
import { followBot } from '#test/bot-at-work.ts';
import { pagerdutyMessage } from '#test/pagerduty.ts';
import { openSlackSide, type SlackMessage, sendToBot } from '#test/slack-side.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { waitSoon } from '#test/wait-soon.ts';

export type Backends = Readonly<{ jaegerUrl: string; lokiUrl: string; close(): Promise<void> }>;

export type Played = Readonly<{
  /** The bot's answer under the alert, as it stands in Slack. */
  reply: SlackMessage;
  report: Report;
  /** `+3 min status …`, in order. */
  timeline: readonly string[];
  metrics: IncidentMetrics;
  postmortem: string;
}>;

const MINUTE_US = 60_000_000;
/** The bot's time passes by this at each look that finds it idle: enough for the outbox's pace, too little to be late. */
const TURN_MS = 50;

export const STEPS = [
  'alert',
  'declare',
  'investigate',
  'cause',
  'workaround',
  'fix',
  'confirm',
  'postmortem',
] as const;
export type Step = (typeof STEPS)[number];

/**
 * `open` makes the backends hold the outage around that time, up to the moment of the story. `restartAfter` says after
 * which steps the process is started anew.
 */
export async function playGuide(
  open: (alertUs: number, nowUs: () => number) => Promise<Backends>,
  { restartAfter = [] }: Readonly<{ restartAfter?: readonly Step[] }> = {},
): Promise<Played> {
  const slack = await openSlackSide();
  const { ts } = await slack.post(':red_circle: PagerDuty');
  const alertUs = Math.round(Number(ts) * 1e6);
  const clock = steppedClock(alertUs);
  const backends = await open(alertUs, clock.nowUs);
  let bot: TestBot = await openBot({ slack, ...backends, clock });
  using work = followBot();

  const soon = <T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> =>
    waitSoon({ clock, work, turnMs: TURN_MS }, look);
  /** Lets time pass up to that moment of the story. */
  const at = async (minutes: number) => {
    const leftMs = (alertUs + minutes * MINUTE_US - clock.nowUs()) / 1000;
    assert.ok(leftMs >= 0, `${minutes} min are over already`);
    await clock.tick(leftMs);
  };
  const type = async (command: string, text: string) => {
    const typed = slack.command(text, { command });
    assert.equal((await sendToBot(bot.url, typed)).status, 200);
    return typed.response_url ?? '';
  };
  /** Types it and waits until the one who typed has the answer. */
  const told = async (command: string, text: string, answer: RegExp) => {
    const id = (await type(command, text)).split('/').at(-1);
    const { body } = await soon(() => slack.proxy.responses.find(({ urlId }) => urlId === id));
    assert.match(`${body.text} ${JSON.stringify(body.blocks ?? '')}`, answer);
  };
  const underAlert = async (says: (message: SlackMessage) => boolean) =>
    await soon(async () => (await slack.thread(ts)).find(says));
  const incident = async () => {
    const found = await findIncident(bot.store, { workspaceId: slack.team, number: 1 });
    if (found === undefined) throw new Error('there is no INC-1');
    return found;
  };

  let reply: SlackMessage | undefined;
  let postmortem = '';
  const steps: Readonly<Record<Step, () => Promise<void>>> = {
    async alert() {
      const message = pagerdutyMessage(
        { id: 'Q0LOGINOUTAGE1', title: 'Error rate above 5 % on user-service' },
        { channel: slack.channel, ts },
      );
      await sendToBot(bot.url, slack.event(message));
      await underAlert((answer) => hasButton(answer, 'incident_declare'));
      // Its detail is the last to come: by then the logs are in the answer.
      await soon(async () => ((await slack.thread(ts)).length > 1 ? true : undefined));
      reply = await underAlert((answer) => hasButton(answer, 'incident_declare'));
    },
    async declare() {
      await at(0.25);
      const answer = await underAlert((message) => hasButton(message, 'incident_declare'));
      const value = buttonValue(answer, 'incident_declare');
      await sendToBot(bot.url, slack.action(answer, 'incident_declare', value, { trigger_id: slack.proxy.trigger() }));
      const form = await slack.proxy.openedForm();
      const filledIn = {
        title: 'Logins fail',
        severity: { chosen: 'P1' },
        detected_by: { chosen: 'alert' },
        detection: '',
        // The guide counts from the alert; the evidence shows a failure from a minute before.
        impact_start: `${new Date(alertUs / 1_000).toISOString().slice(0, 19)}Z`,
      };
      const { body } = await sendToBot(bot.url, slack.submission(form, filledIn));
      assert.equal(body, '');
      await soon(incident);
      await told('/incident', 'role commander', /incident commander/);
    },
    async investigate() {
      await at(1);
      await told(
        '/incident',
        'note Investigation started: error logs show connection refused, queries time out',
        /INC-1|noted/i,
      );
    },
    async cause() {
      await at(3);
      await told(
        '/incident',
        'status identified The pool of user-service is exhausted; users.email has no index',
        /identified/i,
      );
    },
    async workaround() {
      await at(5);
      await told('/incident', 'status mitigated Web instances scaled up, error rate down to 0.5 %', /mitigated/i);
    },
    async fix() {
      await at(10);
      await told('/incident', 'status fixed Index on users.email added, query deployed', /fixed/i);
    },
    async confirm() {
      await at(30);
      await told('/incident', 'resolve Error rate 0 %, database latency normal', /resolved/i);
    },
    async postmortem() {
      await type('/postmortem', '');
      postmortem = await soon(() =>
        [...slack.proxy.uploads.values()].map(fileIn).find((text) => /^# .*INC-1/m.test(text)),
      );
    },
  };

  try {
    for (const step of STEPS) {
      await steps[step]();
      if (!restartAfter.includes(step)) continue;
      await bot.stop();
      bot = await openBot({ slack, ...backends, clock, dataFolder: bot.dataFolder });
    }
    const found = await incident();
    const entries = await timelineOf(bot.store, found.id);
    const investigation = await findInvestigation(bot.store, {
      id: found.investigationId ?? '',
      workspaceId: slack.team,
    });
    if (reply === undefined) throw new Error('the alert was not answered');
    return {
      reply,
      report: investigation?.report as Report,
      timeline: entries.map(
        ({ atUs, kind, text }) => `+${Math.round((atUs - alertUs) / (MINUTE_US / 4)) / 4} min ${kind} ${text}`,
      ),
      metrics: incidentMetrics(found, entries),
      postmortem,
    };
  } finally {
    await bot.stop();
    await bot.forget();
    await backends.close();
    await slack.close();
  }
}

/** An upload is a form with the file in it. */
function fileIn(upload: Buffer): string {
  return /\r\n\r\n([\s\S]*)\r\n------/.exec(upload.toString('utf8'))?.[1] ?? '';
}

function hasButton(message: SlackMessage, actionId: string): boolean {
  return JSON.stringify(message.blocks ?? '').includes(`"${actionId}"`);
}

function buttonValue({ blocks = [] }: SlackMessage, actionId: string): string {
  const buttons = blocks.flatMap((block: KnownBlock) => (block.type === 'actions' ? block.elements : []));
  const button = buttons.find((element) => 'action_id' in element && element.action_id === actionId);
  return button !== undefined && 'value' in button ? (button.value ?? '') : '';
}
