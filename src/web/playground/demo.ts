/**
 * Replays the recorded outage from alert to postmortem in a few seconds: PagerDuty's message, the bot's answer, and the
 * actions of the people at their original times. Everything goes through the listeners that serve Slack.
 *
 *   14:30:00 alert · 14:30:15 on-call · 14:31 investigation · 14:33 cause · 14:35 workaround · 14:40 fix · 15:00 all clear
 */
import { readFile } from 'node:fs/promises';
import type { KnownBlock } from '@slack/types';
import type { PlayedClock } from '#core/clock.ts';
import type { NewId } from '#core/ids.ts';
import { MINUTE_US } from '#core/time-units.ts';
import { postAlert } from '#web/playground/alert-app.ts';
import { openInteractions } from '#web/playground/interactions.ts';
import { readManifest } from '#web/playground/manifest.ts';
import { inProcessReceiver } from '#web/playground/receiver.ts';
import type { PlaygroundSlack } from '#web/playground/start.ts';
import { PLAYGROUND_API_URL, PLAYGROUND_TOKEN, slackFetch } from '#web/playground/web-api.ts';
import { type Message, openWorkspace } from '#web/playground/workspace.ts';

export type DemoOptions = Readonly<{
  /** The folder with `manifest.json` and `samples/`. */
  root: URL;
  /** The bot reads cases from it. */
  evidenceFolder: string;
  clock: PlayedClock;
  /** When PagerDuty's message comes. */
  alertUs: number;
  newId: NewId;
  connect(slack: PlaygroundSlack): Promise<Readonly<{ idle(): Promise<void>; stop(): Promise<void> }>>;
  /** Prints a line for the viewer. */
  tell(line: string): void;
}>;

const CHANNEL = 'C0INCIDENTS';
/** Of the story, whose waits take a part of their time: a slow machine must not break it. */
const WAIT_MS = 3_600_000;

/** The typed commands, in minutes after the alert. */
const TOLD: readonly (readonly [minutes: number, command: string])[] = [
  [0.25, '/incident role commander'],
  [1, '/incident note Investigation started: the logs show refused connections, queries time out'],
  [3, '/incident status identified The connection pool of user-service is exhausted; users.email has no index'],
  [5, '/incident status mitigated Web instances scaled up, each with fewer connections; error rate down to 0.5 %'],
  [10, '/incident status fixed Index on users.email added, the query that uses it is deployed'],
  [30, '/incident resolve Error rate 0 %, the latency of the database is as before'],
  [31, '/postmortem'],
];

/** Plays the demo to the end, into the record. Rejects where a step gets no answer. */
export async function playDemo({
  root,
  evidenceFolder,
  clock,
  alertUs,
  newId,
  connect,
  tell,
}: DemoOptions): Promise<void> {
  const manifest = readManifest(await readFile(new URL('manifest.json', root), 'utf8'));
  const workspace = openWorkspace({ clock, newId, triggerLifeMs: WAIT_MS });
  const receiver = inProcessReceiver({ clock, waitMs: WAIT_MS });
  const bot = await connect({
    botToken: PLAYGROUND_TOKEN,
    apiUrl: PLAYGROUND_API_URL,
    fetch: slackFetch(workspace),
    receiver,
  });
  try {
    const { deliver, press, say, submit } = openInteractions({
      workspace,
      receiver,
      manifest,
      clock,
      newId,
      pressApp: async () => undefined, // the demo presses none of PagerDuty's buttons
    });
    clock.jumpTo(alertUs);
    const at = (minutes: number) => clock.jumpTo(alertUs + minutes * MINUTE_US);

    tell('14:30:00 PagerDuty posts the alert');
    const recorded = new URL('samples/login-outage/', root);
    const app = { workspace, deliver, recorded, evidenceFolder, clock, newId, keepsTraceIds: true };
    const alert = await postAlert(app, CHANNEL);
    await bot.idle();
    const answer = withButton(workspace.replies(CHANNEL, alert.ts), DECLARE);
    tell(`         Spanhound answers: ${answer.message.text}`);

    at(0.25);
    tell('14:30:15 the on-call engineer declares the incident');
    await press({
      place: { kind: 'message', channelId: CHANNEL, ts: answer.message.ts },
      blockId: answer.blockId,
      actionId: DECLARE,
    });
    await receiver.idle();
    const problems = await submit({ values: DECLARATION });
    if (Object.keys(problems).length > 0)
      throw new Error(`Spanhound refused the declaration: ${Object.values(problems).join(' ')}`);
    await bot.idle();

    for (const [minutes, command] of TOLD) {
      at(minutes);
      tell(`${timeAfter(minutes)} ${command}`);
      await say({ channelId: CHANNEL, text: command });
      await bot.idle();
    }
  } finally {
    await bot.stop();
  }
}

const DECLARE = 'incident_declare';

/** The form of `listeners/views/declare-incident.ts`, filled in. */
const DECLARATION = {
  title: { title: { type: 'plain_text_input', value: 'Logins fail' } },
  severity: { severity: { type: 'static_select', selected_option: { value: 'P1' } } },
  detected_by: { detected_by: { type: 'static_select', selected_option: { value: 'alert' } } },
  detection: { detection: { type: 'plain_text_input', value: null } },
  // The guide counts from the alert; the evidence shows a failed request from a minute before.
  impact_start: { impact_start: { type: 'plain_text_input', value: '2025-01-06T14:30:00Z' } },
};

function withButton(messages: readonly Message[], actionId: string): { message: Message; blockId: string } {
  for (const message of messages) {
    for (const block of message.blocks as readonly KnownBlock[]) {
      if (block.type !== 'actions') continue;
      const has = block.elements.some((element) => 'action_id' in element && element.action_id === actionId);
      if (has) return { message, blockId: block.block_id ?? '' };
    }
  }
  throw new Error('the alert got no diagnosis');
}

/** `14:33:00` for 3: the alert came at half past two. */
function timeAfter(minutes: number): string {
  const seconds = (14 * 60 + 30 + minutes) * 60;
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}
