/**
 * A real Alertmanager between a real Prometheus and the bot: an alert fires, ends and fires again, while Alertmanager
 * and the bot are killed and started again. Each outage has one answer, whatever is sent twice.
 *
 *   program ──► Prometheus ──► Alertmanager ──► relay ──► bot ──► Slack
 *                                               keeps what passes, and kills the bot between two instants
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '#test/eventually.ts';
import { openSlackSide, type SlackMessage, type SlackSide } from '#test/slack-side.ts';
import { type Bot, startBot, TOKEN } from './bot.ts';
import type { Alone } from './context.ts';
import { until } from './feed.ts';
import { freePort, startAlertmanager, startPrometheus } from './servers.ts';

const CHECKS = {
  once: 'alertmanager: an alert that fires has one answer, however often Alertmanager repeats it',
  end: 'alertmanager: the thread hears the end, once',
  again: 'alertmanager: an alert that fires again has a new answer, which links the last one',
  restarted: 'alertmanager: a restarted one sends a firing alert again, and nothing is doubled',
  forgotten:
    'alertmanager: one that lost its memory in an outage never reports the end, and the next outage is a new one',
  killed: 'alertmanager: a bot that is killed after it accepted an alert answers it once',
  unheard: 'alertmanager: a bot that is killed before Alertmanager heard its answer answers once',
  away: 'alertmanager: a bot that is away for a minute answers once when it is back',
} as const;

/** The rule waits ten seconds, and the bot reads what is there. */
const ANSWERS_WITHIN_MS = 60_000;
/** Prometheus sends it again, and Alertmanager's group waits five seconds. */
const ENDS_WITHIN_MS = 60_000;
/** More than one time of Alertmanager's `repeat_interval`, which is a multiple of its `group_interval`. */
const REPEATED_MS = 32_000;
const AWAY_MS = 60_000;
/** A start that moves by less than a minute is no new outage: two Prometheus may differ by so much. */
const OTHER_START_MS = 75_000;
const USUAL = 20;
const TROUBLE = 400;
const SERVICE = 'checkout';
const DIAGNOSED = /queue/;
const RULE = {
  alert: 'OrdersWait',
  expr: `checkout_queue_depth > ${TROUBLE / 4}`,
  for: '10s',
  labels: { severity: 'critical' },
  annotations: { summary: 'Orders wait in the queue of {{ $labels.service }}' },
};

export async function checkAlertmanager({ folder, check, isWanted }: Alone): Promise<void> {
  // Each goes on where the one before it ended.
  if (!Object.values(CHECKS).some(isWanted)) return;
  const own = join(folder, 'alerts');
  await mkdir(own, { recursive: true });
  const program = await startProgram();
  const botPort = await freePort();
  const relay = await openRelay(`http://127.0.0.1:${botPort}`);
  const receiver = { url: `${relay.url}/webhooks/alertmanager`, token: TOKEN };
  let alertmanager = await startAlertmanager(own, receiver);
  if (alertmanager === undefined) {
    await program.stop();
    await relay.stop();
    return console.log('  skip  Alertmanager: its binary is not there (test/backends/build.sh builds it)');
  }
  const { at } = alertmanager;
  const scraped = [{ job: 'shop/checkout', target: `127.0.0.1:${program.port}`, labels: { service: SERVICE } }];
  const alerting = { alertmanager: at, rules: [RULE] };
  const prometheus = await startPrometheus(own, { scraped, alerting, backfill: program.hourBefore() });
  const slack = await openSlackSide();
  const launchBot = () => startBot(own, slack, { PROMETHEUS_URL: prometheus.url }, botPort);
  const launchAlertmanager = async () => {
    const launched = await startAlertmanager(own, { ...receiver, at });
    assert.ok(launched);
    return launched;
  };
  let bot: Bot = await launchBot();
  const outage = outages(slack);
  /** Returns the number of the outage, also after a check that failed. */
  const begin = async (): Promise<number> => {
    program.set(USUAL);
    await until('no alert in Prometheus', async () => (await firing(prometheus.url)) === 0);
    const number = (await slack.messages()).length + 1;
    program.set(TROUBLE);
    return number;
  };
  const end = async (number: number): Promise<void> => {
    program.set(USUAL);
    await outage.ended(number);
  };

  try {
    let number = 0;
    await check(CHECKS.once, async () => {
      number = await begin();
      await outage.answered(number);
      const sent = relay.accepted.length;
      await until('a repetition', async () => relay.accepted.length > sent, REPEATED_MS);
      await outage.settled(number);
    });

    await check(CHECKS.end, async () => await end(number));

    await check(CHECKS.again, async () => {
      const last = number;
      number = await begin();
      await outage.answered(number);
      const said = await outage.said(number, /It fires (?:again|for the second time)/);
      assert.match(JSON.stringify(said.blocks), /The answer of that time/);
      assert.match(said.text, /It ended after/);
      await outage.said(last, /This alert fires again/);
    });

    await check(CHECKS.restarted, async () => {
      for (const ending of ['stop', 'kill'] as const) {
        const sent = relay.accepted.length;
        await alertmanager?.[ending]();
        alertmanager = await launchAlertmanager();
        await until('a repetition after a restart', async () => relay.accepted.length > sent, REPEATED_MS);
        await outage.settled(number);
      }
      await end(number);
    });

    await check(CHECKS.forgotten, async () => {
      const beganMs = Date.now();
      await outage.answered(await begin());
      await alertmanager?.kill();
      // As in a container without a volume.
      await rm(join(own, 'alertmanager'), { recursive: true });
      program.set(USUAL);
      await until('no alert in Prometheus', async () => (await firing(prometheus.url)) === 0);
      alertmanager = await launchAlertmanager();
      const sent = relay.accepted.length;
      await sleep(Math.max(REPEATED_MS, beganMs + OTHER_START_MS - Date.now()));
      assert.equal(relay.accepted.length, sent, 'it did report the end');
      const next = await begin();
      await outage.answered(next);
      await end(next);
    });

    await check(CHECKS.killed, async () => {
      relay.next({ isHeard: true, act: () => bot.kill() });
      number = await begin();
      await until('the bot is killed', async () => relay.isDone(), ANSWERS_WITHIN_MS);
      bot = await launchBot();
      await outage.answered(number);
      await outage.settled(number);
      await end(number);
    });

    await check(CHECKS.unheard, async () => {
      relay.next({ isHeard: false, act: () => bot.kill() });
      number = await begin();
      await until('the bot is killed', async () => relay.isDone(), ANSWERS_WITHIN_MS);
      const sent = relay.accepted.length;
      bot = await launchBot();
      await until('it is sent again', async () => relay.accepted.length > sent, REPEATED_MS);
      await outage.answered(number);
      await outage.settled(number);
      await end(number);
    });

    await check(CHECKS.away, async () => {
      await bot.stop();
      const { lost } = relay.counts;
      number = await begin();
      await until('an alert that reaches nobody', async () => relay.counts.lost > lost, ANSWERS_WITHIN_MS);
      await sleep(AWAY_MS);
      bot = await launchBot();
      await outage.answered(number);
      await outage.settled(number);
      await end(number);
    });
  } finally {
    // What a person looks at when a check fails.
    await writeFile(join(own, 'webhooks.json'), JSON.stringify(relay.accepted, undefined, 2));
    await writeFile(join(own, 'slack.json'), JSON.stringify(await outage.all(), undefined, 2));
    await bot.stop();
    await slack.close();
    await relay.stop();
    await prometheus.stop();
    await alertmanager?.stop();
    await program.stop();
  }
}

/** What stands in the channel. Outages count from 1, and each has one message. */
function outages(slack: SlackSide) {
  const messageOf = async (outage: number) => (await slack.messages())[outage - 1];
  const repliesOf = async (outage: number) => await slack.thread((await messageOf(outage))?.ts ?? '');
  const ends = async (outage: number) => (await repliesOf(outage)).filter(({ text }) => text.startsWith('Resolved: '));

  /** Nothing more comes in the time of an answer. */
  async function settled(outage: number): Promise<void> {
    await sleep(SETTLED_MS);
    assert.equal((await slack.messages()).length, outage, 'an outage has more than the one message');
    const firstLines = (await slack.messages()).filter(isWaiting);
    assert.deepEqual(firstLines, [], 'a message still waits for its answer');
  }

  return {
    settled,
    /** With a diagnosis of its own. */
    async answered(outage: number): Promise<SlackMessage> {
      const answer = await eventually(async () => {
        const message = await messageOf(outage);
        return message === undefined || isWaiting(message) ? undefined : message;
      }, ANSWERS_WITHIN_MS);
      console.log(`        ${outage}: ${answer.text}`);
      assert.match(answer.text, DIAGNOSED);
      return answer;
    },
    said: (outage: number, what: RegExp): Promise<SlackMessage> =>
      eventually(async () => (await repliesOf(outage)).find(({ text }) => what.test(text)), ANSWERS_WITHIN_MS),
    async ended(outage: number): Promise<void> {
      await until(`the end of outage ${outage}`, async () => (await ends(outage)).length > 0, ENDS_WITHIN_MS);
      await settled(outage);
      assert.equal((await ends(outage)).length, 1, 'the thread hears the end more than once');
    },
    all: async () =>
      await Promise.all(
        (await slack.messages()).map(async (message) => ({ message, thread: await slack.thread(message.ts) })),
      ),
  };
}

/** Longer than an answer takes here. */
const SETTLED_MS = 6_000;

function isWaiting({ text }: SlackMessage): boolean {
  return text.startsWith('Looking into ');
}

async function firing(url: string): Promise<number> {
  const answer = await fetch(`${url}/api/v1/alerts`);
  const { data } = (await answer.json()) as { data: { alerts: unknown[] } };
  return data.alerts.length;
}

type Trap = Readonly<{ isHeard: boolean; act: () => Promise<void> }>;

/** Passes Alertmanager's requests on. What cannot be passed on ends its connection, as a bot that is away does. */
async function openRelay(botUrl: string) {
  const accepted: unknown[] = [];
  const counts = { lost: 0 };
  let trap: Trap | undefined;
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const { authorization = '', 'content-type': type = '' } = request.headers;
    const headers = { authorization, 'content-type': type };
    try {
      const answer = await fetch(`${botUrl}${request.url}`, { method: 'POST', headers, body });
      const text = await answer.text();
      assert.equal(answer.status, 202, text);
      accepted.push(JSON.parse(body.toString()));
      const now = trap;
      if (now !== undefined) await now.act();
      trap = undefined;
      if (now?.isHeard === false) response.destroy();
      else response.writeHead(answer.status).end(text);
    } catch {
      counts.lost += 1;
      response.destroy();
    }
  });
  const port = await freePort();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${port}`,
    /** Bodies that the bot took, in their order. */
    accepted,
    counts,
    /** What happens as soon as the bot has taken the next one, before Alertmanager hears of it. */
    next: (set: Trap) => {
      trap = set;
    },
    isDone: () => trap === undefined,
    stop: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A queue of orders, whose length the check sets. */
async function startProgram() {
  const port = await freePort();
  let waiting = USUAL;
  const server = createServer((_, response) => response.end(`checkout_queue_depth ${waiting}\n`)).listen(
    port,
    '127.0.0.1',
  );
  await once(server, 'listening');
  return {
    port,
    set: (orders: number) => {
      waiting = orders;
    },
    /** As if it had been scraped all the time. */
    hourBefore: () => {
      const labels = `service="${SERVICE}",job="shop/checkout",instance="127.0.0.1:${port}"`;
      const nowS = Math.floor(Date.now() / 1_000);
      const times = Array.from({ length: 720 }, (_, at) => nowS - 3_610 + at * 5);
      const lines = times.map((s) => `checkout_queue_depth{${labels}} ${USUAL + (s % 3)} ${s}`);
      return ['# TYPE checkout_queue_depth gauge', ...lines, '# EOF', ''].join('\n');
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
