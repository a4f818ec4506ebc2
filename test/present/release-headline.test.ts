/** The first line about a bad release: what its version does, and what the service does. */
import { expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import { CASE_SETTINGS, send } from '#test/cases.ts';
import { type DrawnSeries, METRICS_WINDOW, series, wobble } from '#test/metrics.ts';

const OLD_PODS = ['4kq2m', 'x7fds', 'pl9wz', 'm2c7t'].map((end) => `ads-v1-68c9f7d6b8-${end}`);
const NEW_POD = 'ads-v2-f94b75d7c5-q8n4t';
const RELEASE = {
  at: new Date(METRICS_WINDOW.fromUs / 1000 + 4 * 60_000).toISOString(),
  kind: 'deploy',
  service: 'ads',
  id: 'f94b75d7c5',
  text: 'ads v2',
};

async function shown(metrics: readonly DrawnSeries[], release = RELEASE) {
  const session = openSession(CASE_SETTINGS);
  const bytes = (body: unknown) => new TextEncoder().encode(JSON.stringify(body));
  await send(session, 'metrics', bytes(metrics));
  await send(session, 'changes', bytes([release]));
  const [only] = await session.reports({
    window: { kind: 'window', ...METRICS_WINDOW, service: 'web' },
    text: { width: 200, colour: false },
  });
  await session.close();
  const { status, kind, change } = only?.report.diagnosis ?? {};
  return {
    headline: only?.text?.split('\n')[0],
    status,
    kind,
    change: change?.id,
    findings: only?.report.findings.map(({ title }) => title),
  };
}

const gauge = (name: string, old: (at: number) => number, now: (at: number) => number) => [
  ...OLD_PODS.map((pod) => series(name, { service: 'ads', pod }, old)),
  series(name, { service: 'ads', pod: NEW_POD }, (at) => (at < 4 ? undefined : now(at))),
];

test('three quarters of the requests to the new version are not those of the service', async () => {
  const { headline, findings } = await shown(
    gauge(
      'istio_success_rate_percent',
      () => 100,
      (at) => 27 + 4 * wobble(at),
    ),
  );
  expect(headline).toBe('Three quarters of requests to version v2 of `ads` fail since its 14:34 UTC deploy');
  // A fifth of all pods, and three quarters of their requests.
  expect(findings?.join('\n')).not.toMatch(/ads: 7\d % of requests fail/);
});

test('a new version that is slow is compared with the old one', async () => {
  const { headline } = await shown(
    gauge(
      'request_latency_p95_seconds',
      (at) => 0.12 + 0.004 * wobble(at),
      (at) => 0.6 + 0.01 * wobble(at),
    ),
  );
  expect(headline).toBe('Version v2 of `ads` takes five times as long as the old one since its 14:34 UTC deploy');
});

test('a change that only its time makes suspect is no verdict where nobody suffers', async () => {
  const moved = series('cache_entries', { service: 'web' }, (at) => (at < 5 ? 900 : 400));
  const told = await shown([moved], { ...RELEASE, service: 'web', id: '9.1.0', text: 'web 9.1.0: wider tables' });
  expect(told).toMatchObject({ status: undefined, change: undefined });
  expect(told.headline).toBe('No verdict: no request to `web` and no log line was found');
  expect(told.findings).toEqual([expect.stringContaining('and only its time makes it suspect')]);
});
