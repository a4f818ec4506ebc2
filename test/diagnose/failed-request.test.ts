/** A request that failed is never told as well, whatever the detectors found or were allowed to look for. */
import { expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import { CASE_SETTINGS, send } from '#test/cases.ts';
import { otlpBody, requestAt } from '#test/requests.ts';
import { call, server } from '#test/trace.ts';

const FORMS = { text: { width: 100, colour: false }, slack: true };

async function analysed(status: number, off: readonly string[] = [], isBroken = false) {
  const answer = { failed: true, attributes: { 'http.response.status_code': status } };
  const root = server('web', 'GET /orders', { ms: 40, ...answer }, [
    call('web', 'stock', 'GET /stock', { at: 3, ms: 20, ...answer }, [
      server('stock', 'GET /stock', { at: 4, ms: 18, ...answer }),
    ]),
    ...(isBroken ? [call('web', 'stock', 'GET /price', { at: 25, ms: 12 })] : []),
  ]);
  const session = openSession({ ...CASE_SETTINGS, off });
  await send(session, 'trace', Buffer.from(otlpBody([requestAt(0, root)])));
  const [only] = await session.reports(FORMS);
  await session.close();
  if (only === undefined) throw new Error('no report was made of the trace');
  return only;
}

test('without the detector that finds where failures begin it failed all the same', async () => {
  const { report, text, slack } = await analysed(503, ['error-origin']);
  expect(report.findings).toEqual([]);
  expect(report.diagnosis).toMatchObject({
    verdict: 'web: GET /orders failed with 503 Service Unavailable, and nothing recorded says why',
    status: 'inconclusive',
    confidence: 0.49,
  });
  expect(`${text} ${JSON.stringify(slack?.blocks)}`).not.toMatch(/nothing wrong/i);
});

test('a flaw of its trace stands beside the failure, with the reason', async () => {
  const { report } = await analysed(503, ['error-origin'], true);
  expect(report.diagnosis?.kind).toBe('error-origin');
  expect(report.findings).toMatchObject([
    { detector: 'broken-trace', whyNotFirst: 'it describes the trace data, not the request' },
  ]);
});

test('with it, it is told where', async () => {
  expect((await analysed(503)).report.diagnosis).toMatchObject({ kind: 'error-origin', service: 'stock' });
});

test('a request that was refused for what it asked did not fail', async () => {
  expect((await analysed(401, ['error-origin'])).report.diagnosis).toBeNull();
});
