/** A request that failed is never told as well, whatever the detectors found or were allowed to look for. */
import { expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import { CASE_SETTINGS, send } from '#test/cases.ts';
import { otlpBody, requestAt } from '#test/requests.ts';
import { call, server } from '#test/trace.ts';

const FORMS = { text: { width: 100, colour: false }, slack: true };

async function analysed(status: number, off: readonly string[] = []) {
  const answer = { failed: true, attributes: { 'http.response.status_code': status } };
  const root = server('web', 'GET /orders', { ms: 40, ...answer }, [
    call('web', 'stock', 'GET /stock', { at: 3, ms: 20, ...answer }, [
      server('stock', 'GET /stock', { at: 4, ms: 18, ...answer }),
    ]),
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

test('with it, it is told where', async () => {
  expect((await analysed(503)).report.diagnosis).toMatchObject({ kind: 'error-origin', service: 'stock' });
});

test('a request that was refused for what it asked did not fail', async () => {
  expect((await analysed(401, ['error-origin'])).report.diagnosis).toBeNull();
});
