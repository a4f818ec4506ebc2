/** A sure cause, and a change that only its time makes suspect: each exit keeps the two apart. */
import { describe, expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import { MAX_CLOCK_SKEW_US } from '#model/trace/build/clock-skew.ts';
import { send } from '#test/cases.ts';
import { otlpBody, requestAt, timeOf } from '#test/requests.ts';
import { call, DRAWN_AT_US, server, times } from '#test/trace.ts';

const FROM = 1_000;

const request = (at: number, ms: number) =>
  requestAt(
    at,
    server('web', 'GET /orders', { ms: ms + 12 }, [
      call('web', 'orders', 'GET /orders', { at: 3, ms: ms + 6 }, [
        server('orders', 'GET /orders', { at: 5, ms: ms + ((at * 7) % 5) }),
      ]),
    ]),
  );
const HEALTHY = times(60, (i) => request(i * 3, 20));
const SLOW = times(60, (i) => request(FROM + i * 12, i < 4 ? 20 : 900));

async function told(diff: string) {
  const links = { trace: '', span: '', logs: '', runbooks: '' };
  const session = openSession({ thresholds: {}, links, maxClockSkewUs: MAX_CLOCK_SKEW_US });
  const bytes = (text: string) => new TextEncoder().encode(text);
  const at = new Date(DRAWN_AT_US / 1000 + (FROM + 40) * 1000).toISOString();
  const deploy = { at, kind: 'deploy', service: 'orders', id: 'v9', text: 'orders 9', url: '', files: [], diff };
  await send(session, 'baseline', bytes(otlpBody(HEALTHY, 'healthy')));
  await send(session, 'trace', bytes(otlpBody(SLOW, 'now')));
  await send(session, 'changes', bytes(JSON.stringify([deploy])));
  const [only] = await session.reports({
    window: { kind: 'window', ...timeOf(SLOW, 'web') },
    text: { width: 240, colour: false },
  });
  await session.close();
  if (only?.report.diagnosis == null) throw new Error('no verdict');
  const { diagnosis, findings, methods } = only.report;
  const index = findings.findIndex(({ detector }) => detector === 'suspect-change');
  return { diagnosis, text: only.text ?? '', index, finding: findings[index], methods };
}

describe('only its time leads to it', async () => {
  const { diagnosis, text, index, finding, methods } = await told('');

  test('the cause is sure, and the change is not', () => {
    expect(diagnosis).toMatchObject({ service: 'orders', status: 'likely' });
    expect(diagnosis.change).toMatchObject({ id: 'v9', knownBy: 'nearness', status: 'inconclusive' });
  });

  test('it is a claim beside the cause, and no part of the chain', () => {
    expect(diagnosis.chain.flatMap((link) => [link.finding, link.because])).not.toContain(index);
    expect(finding?.whyNotFirst).toBe('only its time leads to this change');
    const change = methods?.hypotheses.find(({ kind }) => kind === 'suspect-change');
    expect(methods?.hypotheses[0]?.state).toBe('supported');
    expect(change).toMatchObject({ state: 'open', contradicts: [{ text: 'only its time leads to this change' }] });
    expect(change?.supports.map((one) => one.text).join('\n')).not.toContain('It explains');
    expect(JSON.stringify(methods?.fiveWhys)).not.toContain('v9');
  });

  test('the first line names the cause alone, and no text calls the change the cause', () => {
    const [headline = ''] = text.split('\n');
    expect(headline).not.toMatch(/deploy|since/);
    expect(text).toContain('only its time makes it suspect');
    expect(text).toContain('Perhaps caused by: orders: deploy v9');
    expect(text).toContain('orders 9 (only its time is suspect)');
    expect(text).not.toMatch(/\(the cause\)|^.*[^s] caused by:/m);
  });

  test('its rollback comes after the repair', () => {
    expect(text).toContain('If that does not help: roll deploy v9 of orders back.');
    expect(text).not.toContain('suspect-change.md');
  });
});

test('what the change does fits: it is likely, and behind the cause', async () => {
  const { diagnosis, text, index } = await told('@@ orders.ts @@\n+  Thread.sleep(900);');
  expect(diagnosis.change).toMatchObject({ id: 'v9', knownBy: 'evidence', status: 'likely' });
  expect(diagnosis.chain).toContainEqual({ finding: 0, because: index });
  expect(text).toContain('orders 9 (the cause)');
  expect(text).toContain('Caused by: orders: deploy v9');
});
