/** Requests of Slack that come faster than they are worked on: each begins in time, or is told so. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { slackBodies } from '#adapters/slack/request-headers.ts';
import { eventually } from '#test/eventually.ts';
import { type SteppedClock, steppedClock } from '#test/stepped-clock.ts';
import { type Listening, listen, webApp } from '#web/server.ts';

const COMMAND = 'command=%2Ftrace&text=abc';
const BUTTON = `payload=${encodeURIComponent('{"type":"block_actions","command":"no"}')}`;
const EVENT = '{"type":"event_callback","command":"no"}';

let clock: SteppedClock;
let server: Listening;
let begun: (() => unknown)[];
/** How many have stood in line. */
let waited: number;
/** How many have left it, for their turn or because their sender has gone. */
let left: number;

beforeEach(async () => {
  clock = steppedClock();
  begun = [];
  waited = 0;
  left = 0;
  const counted = {
    ...clock,
    sleep: (ms: number, signal?: AbortSignal) => {
      waited += 1;
      signal?.addEventListener('abort', () => {
        left += 1;
      });
      return clock.sleep(ms, signal);
    },
  };
  const { '/slack/events': rules } = slackBodies(counted);
  const admitted = { '/slack/events': { ...rules, turns: { ...rules.turns, atOnce: 2 } } };
  const web = webApp(async () => [], { admitted });
  web.express.post(
    '/slack/events',
    (_request, response) => void begun.push(() => response.headersSent || response.send('taken')),
  );
  server = await listen(web, 0, '127.0.0.1');
});
afterEach(async () => {
  for (const end of begun) end();
  await server.stop();
});

function send(body: string, signal?: AbortSignal) {
  return fetch(`http://127.0.0.1:${server.port}/slack/events`, {
    method: 'POST',
    headers: {
      'content-type': body.startsWith('{') ? 'application/json' : 'application/x-www-form-urlencoded',
      'x-slack-signature': `v0=${'0'.repeat(64)}`,
      'x-slack-request-timestamp': `${clock.nowUs() / 1_000_000}`,
    },
    body,
    signal: signal ?? null,
  }).then(async (answer) => [answer.status, await answer.text()]);
}

const began = (count: number) => eventually(() => begun.length >= count || undefined);
const inLine = (count: number) => eventually(() => waited >= count || undefined);

async function twoUnderWay() {
  const both = [send(COMMAND), send(EVENT)];
  await began(2);
  return both;
}

test('begin in their order as others end', async () => {
  const [first] = await twoUnderWay();
  const third = send(COMMAND);
  await inLine(1);
  expect(begun).toHaveLength(2);
  begun[0]?.();
  expect(await first).toEqual([200, 'taken']);
  await began(3);
  begun[2]?.();
  expect(await third).toEqual([200, 'taken']);
});

test('are told to come again where they cannot begin within two seconds', async () => {
  await twoUnderWay();
  const late = [COMMAND, BUTTON, EVENT].map((body) => send(body));
  await inLine(3);
  const early = Promise.race(late).then(() => clock.elapsedUs());
  await clock.tick(1_999);
  await clock.tick(1);
  expect(await early).toBe(2_000_000);
  const busy = 'I am busy and did not take this. Please try again in 10 s.\n';
  // Slack shows the answer to a command. It repeats an event, and marks a button as failed.
  expect(await Promise.all(late)).toEqual([
    [200, busy],
    [503, busy],
    [503, busy],
  ]);
  expect(begun).toHaveLength(2);
});

test('leave the line when their sender has gone', async () => {
  await twoUnderWay();
  const gone = new AbortController();
  const third = send(COMMAND, gone.signal).catch(() => 'gone');
  await inLine(1);
  gone.abort();
  expect(await third).toBe('gone');
  await eventually(() => left === 1 || undefined);
  const fourth = send(COMMAND);
  await inLine(2);
  begun[0]?.();
  await began(3);
  begun[2]?.();
  expect(await fourth).toEqual([200, 'taken']);
  expect(begun).toHaveLength(3);
});
