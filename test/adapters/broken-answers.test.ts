/**
 * Systems that answer in bad faith, or are broken: values of a wrong type or size in each place, pages without an end, and
 * errors that repeat what a request showed.
 */
import { text as bodyOf } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { sendOut } from '#adapters/outgoing.ts';
import { SpanhoundError } from '#core/errors.ts';
import { LATE_SYSTEMS, type LateSystem, ON_CALL_SYSTEMS } from '#test/late-systems.ts';
import { later } from '#test/later.ts';
import { refuse, replay, startRecordedServer } from '#test/recorded-server.ts';
import { wrongAnswers } from '#test/wrong-values.ts';

const ALL = Object.entries({ ...LATE_SYSTEMS, ...ON_CALL_SYSTEMS });

const json = (text: string) => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(text),
});

/** The error, if there was one. */
async function errorOf(reading: Promise<unknown>): Promise<unknown> {
  return await reading.then(
    () => undefined,
    (error) => error,
  );
}

test.each(ALL)('%s: an answer in its own form is read', async (_, { answer, wrap = (text) => text, read }) => {
  await using server = await startRecordedServer(() => replay(json(wrap(JSON.stringify(answer)))));
  expect(await errorOf(read(server.url))).toBeUndefined();
});

/** Each place of an answer gets so many wrong values; the deep run tries all of them. */
const EACH = 2;

async function failuresOf({ answer, wrap = (text) => text, read }: LateSystem, each?: number): Promise<string[]> {
  let text = '';
  await using server = await startRecordedServer(() => replay(json(text)));
  const failures: string[] = [];
  for (const wrong of wrongAnswers(answer, each)) {
    text = wrap(wrong);
    const error = await errorOf(read(server.url));
    if (error !== undefined && !(error instanceof SpanhoundError))
      failures.push(`${error} for ${wrong.slice(0, 2_000)}`);
  }
  return failures;
}

test.each(ALL)('%s: a wrong value anywhere is no crash', async (_, system) => {
  expect(await failuresOf(system, EACH)).toEqual([]);
});

test.each(ALL)('%s: every wrong value anywhere is no crash', { tags: ['deep'] }, async (_, system) => {
  expect(await failuresOf(system)).toEqual([]);
});

describe('an error that repeats a request', () => {
  test.each(ALL.filter(([, { secrets }]) => secrets.length > 0))(
    'shows nothing of %s that is secret',
    async (_, system) => {
      await using server = await startRecordedServer(() => async (response, request) => {
        const sent = `${JSON.stringify(request.headers)} ${await bodyOf(request)}`;
        const words = Object.values(request.headers).flatMap((value) => [`${value}`, ...`${value}`.split(/[ =]/)]);
        const said = [...system.secrets, ...words, sent, request.headers.authorization].join(' ');
        await refuse(400, { 'content-type': 'application/json' }, JSON.stringify({ message: said }))(response, request);
      });
      const error = await errorOf(system.read(server.url));
      expect(error).toBeInstanceOf(SpanhoundError);
      const { message, advice } = error as SpanhoundError;
      for (const secret of system.secrets) expect(`${message} ${advice}`).not.toContain(secret);
      expect(message).toContain('…');
    },
  );
});

describe('a cursor that repeats', () => {
  test.each(ALL.filter(([, { again }]) => again !== undefined))('is followed once: %s', async (_, system) => {
    const { answer, again, read } = system;
    const text = JSON.stringify({ ...(answer as object), ...again });
    await using server = await startRecordedServer(() => replay(json(text)));
    expect(`${await errorOf(read(server.url))}`).toMatch(/it named the same next page twice/);
    expect(server.requests.length).toBeLessThanOrEqual(3);
  });

  const TOKEN = { more: true, pagination_meta: { after: 'again' }, next: 'https://x.example/?page=2' };
  test.each(['changes of PagerDuty', 'PagerDuty', 'incident.io', 'Grafana OnCall'])(
    'is soon given up: %s',
    async (name) => {
      const { answer, read } = { ...LATE_SYSTEMS, ...ON_CALL_SYSTEMS }[name] as LateSystem;
      const text = JSON.stringify({ ...(answer as object), ...TOKEN });
      await using server = await startRecordedServer(() => replay(json(text)));
      await errorOf(read(server.url));
      expect(server.requests.length).toBeLessThanOrEqual(6);
    },
  );
});

test('a body without an end is left after some megabytes, when something is sent', async () => {
  const part = Buffer.alloc(100_000, '{');
  await using server = await startRecordedServer(() => (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const more = () => {
      while (!response.destroyed && response.write(part));
      response.once('drain', more);
    };
    more();
  });
  const answer = await sendOut(
    { method: 'GET', url: server.url, headers: {}, secrets: [], timeoutMs: 60_000 },
    later(),
  );
  expect(answer).toMatchObject({ kind: 'answered', status: 200, json: undefined });
});
