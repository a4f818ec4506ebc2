/** How an alert is judged whose service has only a few requests and no healthy time to compare them with. */
import { describe, expect, test } from 'vitest';
import type { AnalysedTrace } from '#analyse/session.ts';
import { aroundSources } from '#test/around-sources.ts';
import { guideExamples } from '#test/guide-report.ts';
import { answerTo } from '#test/handful.ts';
import { problemTraces } from '#test/problem-traces.ts';
import { type Scenario, scenarios } from '#test/scenarios.ts';
import { DRAWN_AT_US } from '#test/trace.ts';

const drawn = new Map([...scenarios, ...guideExamples, ...problemTraces].map((one) => [one.name, one]));

function named(name: string): Scenario {
  const found = drawn.get(name);
  if (found === undefined) throw new Error(`no scenario ${name}`);
  return found;
}

const scopeOf = (answer: AnalysedTrace | undefined) => answer?.slack?.head?.scope;
const threadOf = (answer: AnalysedTrace | undefined) => JSON.stringify(answer?.slack?.thread);

describe('a handful of requests', () => {
  const lock = named('stock-lock-wait');
  const failed = named('model-server-oom');

  test('is answered with the cause that they share, on the trace that shows it, and counts them', async () => {
    const answer = await answerTo([failed, named('healthy-checkout'), failed]);
    expect(answer?.report.diagnosis).toMatchObject({ kind: 'error-origin', service: 'ml-model', status: 'confirmed' });
    expect(answer?.report.trace).not.toBeNull();
    expect(scopeOf(answer)).toBe('2 of 3 requests failed · 2 of 3 looked at show this');
    expect(threadOf(answer)).toContain('2 of 3 examined requests of api-gateway show the same problem');
    expect(threadOf(answer)).toContain('nothing wrong (1)');
  });

  test.each(['unexplained-gap', 'own-work', 'pool-gap', 'fan-out'])('that show only %s is unsure', async (name) => {
    const one = named(name);
    const answer = await answerTo([one, one, one]);
    expect(answer?.report.diagnosis).toMatchObject({ ...one.expected, status: 'inconclusive' });
    expect(scopeOf(answer)).toBe('all 3 requests looked at show this');
  });

  test('in which nothing is wrong says so', async () => {
    const well = named('healthy-checkout');
    const answer = await answerTo([well, well]);
    expect(answer?.report.diagnosis).toBeNull();
    expect(answer?.slack?.head?.headline).toContain('Nothing wrong found in the 2 requests looked at');
    expect(threadOf(answer)).toContain('None of the 2 examined requests of api-gateway shows a problem');
  });

  test('of one request is judged by that request', async () => {
    const answer = await answerTo([lock]);
    expect(answer?.report.diagnosis).toMatchObject({ kind: 'lock-contention' });
    expect(scopeOf(answer)).toBe('1 request looked at');
  });

  test('may have two faults: the more frequent one leads, and the other is counted', async () => {
    const answer = await answerTo([lock, named('slow-order-query'), lock]);
    expect(answer?.report.diagnosis).toMatchObject({ kind: 'lock-contention', service: 'inventory-service' });
    expect(scopeOf(answer)).toBe('2 of 3 requests looked at show this');
    expect(threadOf(answer)).toContain('The others: Slow query in order-service (1).');
  });
});

test('changes are asked of the service, what it depends on and what they share, and the one that fits is named', async () => {
  const slow = named('slow-order-query');
  const change = {
    atUs: DRAWN_AT_US - 180_000_000,
    kind: 'deploy',
    service: 'order-service',
    id: '4f2a9c1',
    text: 'List the orders of a customer with one statement',
    url: '',
    files: [],
    diff: '@@ orders.sql @@\n+SELECT * FROM orders JOIN items ON items.order_id = orders.id\n',
  } as const;
  const { parts, asked } = aroundSources({ changes: [change], pods: '[]' });
  const answer = await answerTo([slow, slow, slow], { sources: parts });
  expect(asked.changes[0]?.services).toEqual(expect.arrayContaining(['order-service', 'postgresql', 'shop']));
  expect(asked.metrics[0]?.services).toContain('order-service');
  expect(asked.pods).toBe(1);
  expect(answer?.report.diagnosis).toMatchObject({ kind: 'slow-query', change: { id: '4f2a9c1' } });
});

describe('what must hold', { tags: ['deep'] }, () => {
  const [lock, slow, failed] = [named('stock-lock-wait'), named('slow-order-query'), named('model-server-oom')];
  const pause = named('collector-pause');
  const mixes: readonly (readonly [string, readonly Scenario[]])[] = [
    ['one fault', [lock, lock]],
    ['one fault among healthy requests', [failed, named('healthy-checkout'), failed]],
    ['two faults', [lock, lock, slow]],
    ['two faults as often', [lock, slow]],
    ['no name for the time', [named('unexplained-gap'), named('own-work')]],
  ];
  const STATUSES = ['inconclusive', 'likely', 'confirmed'];
  const verdictOf = (answer: AnalysedTrace | undefined) => {
    const { kind, service, status, confidence } = answer?.report.diagnosis ?? {};
    return { kind, service, status, confidence };
  };
  const sureness = ({ status }: Readonly<{ status: string | undefined }>) => STATUSES.indexOf(status ?? '');

  test.each(mixes)('%s: order and ids change nothing', async (_, requests) => {
    const before = verdictOf(await answerTo(requests));
    expect(verdictOf(await answerTo(requests, { order: 'turned' }))).toEqual(before);
    expect(verdictOf(await answerTo(requests, { ids: 'other' }))).toEqual(before);
  });

  test.each(mixes)(
    '%s: twice as many requests give the same verdict, and half of them none surer',
    async (_, requests) => {
      const [half, twice] = [requests, [...requests, ...requests]];
      const [ofHalf, ofTwice] = [verdictOf(await answerTo(half)), verdictOf(await answerTo(twice))];
      expect(ofHalf).toMatchObject({ kind: ofTwice.kind, service: ofTwice.service });
      expect(sureness(ofHalf)).toBeLessThanOrEqual(sureness(ofTwice));
    },
  );

  test.each(mixes)('%s: nothing that one request shows is lost', async (_, requests) => {
    const listed = (answer: AnalysedTrace | undefined) =>
      (answer?.report.findings ?? []).map(({ detector, service }) => `${detector} in ${service}`);
    const all = new Set(listed(await answerTo(requests)));
    for (const one of requests) {
      const own = listed(await answerTo([one]));
      // Healthy requests are no evidence of the problem.
      if (one.expected !== undefined) expect(own.filter((finding) => !all.has(finding))).toEqual([]);
    }
  });

  test('what one request says in words is not lost among those that only take long', async () => {
    const silent = { ...pause, logs: [] };
    const alone = verdictOf(await answerTo([pause], { withLines: true }));
    expect(alone).toMatchObject({ kind: 'gc-pause', service: 'report-service' });
    const wider = verdictOf(await answerTo([silent, silent, pause], { withLines: true }));
    expect(wider).toMatchObject({ kind: 'gc-pause', service: 'report-service' });
    expect(sureness(wider)).toBeLessThan(sureness(alone));
  });

  test('two problems as frequent make the answer unsure, and it says so', async () => {
    const answer = await answerTo([lock, slow]);
    expect(answer?.report.diagnosis).toMatchObject({
      status: 'inconclusive',
      statusReason: 'nearly as many requests show another problem; 1 of 2 affected requests show it',
    });
  });
});
