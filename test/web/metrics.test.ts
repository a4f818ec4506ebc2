import { expect, onTestFinished, test } from 'vitest';
import { metricsReader } from '#compose/metrics-reader.ts';
import { publish } from '#core/measures.ts';
import { openInvestigation } from '#record/investigations.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { metricsPage } from '#web/metrics.ts';
import { listen, serveMetrics, serveWebhooks, webApp } from '#web/server.ts';
import { type OwnHealth, ownHealth } from '#workflows/upkeep/own-health.ts';

async function served({ token = 'secret', health }: { token?: string; health?: () => Promise<OwnHealth> }) {
  const clock = steppedClock();
  const store = await opened(sqlitePlace(), clock);
  const web = webApp(async () => []);
  const metrics = metricsPage({ mayRead: metricsReader(token || undefined), health: health ?? ownHealth(store) });
  onTestFinished(metrics.stop);
  serveMetrics(web, metrics.page);
  serveWebhooks(web, {
    '/webhooks/acme': {
      maxBytes: 100,
      refuse: ({ header }) => (header('authorization') === 'good' ? undefined : { status: 401, text: 'no\n' }),
      answer: async () => ({ status: 202, text: 'stored\n' }),
    },
  });
  const server = await listen(web, 0, '127.0.0.1');
  onTestFinished(() => server.stop());
  const url = `http://127.0.0.1:${server.port}`;
  const read = async (authorization?: string) => {
    const answer = await fetch(`${url}/metrics`, { headers: authorization === undefined ? {} : { authorization } });
    return { status: answer.status, text: await answer.text() };
  };
  return { url, store, clock, read };
}

test('only a reader with the token gets the metrics, and nobody where none is set', async () => {
  const { read } = await served({});
  for (const wrong of [undefined, 'Bearer guess', 'secret', 'Bearer secret2', 'Basic secret']) {
    expect(await read(wrong)).toEqual({ status: 401, text: 'invalid bearer token\n' });
  }
  expect((await read('Bearer secret')).status).toBe(200);
  const closed = await served({ token: '' });
  for (const any of [undefined, 'Bearer ', 'Bearer undefined']) {
    expect(await closed.read(any)).toEqual({ status: 503, text: expect.stringContaining('METRICS_TOKEN') });
  }
});

test('say how long work waits, what was given up, and that a question without a job is lost', async () => {
  const { read, store, clock } = await served({});
  expect((await read('Bearer secret')).text).toContain('spanhound_lost 0');
  await store.transaction(async (tx) => {
    for (const id of ['kept', 'lost'])
      await openInvestigation(tx, { id, workspaceId: 'T1', traceId: 'f', askedBy: 'U1', channelId: 'C1' });
    await tableJobs.addJob(tx, { kind: 'answer-trace', workspaceId: 'T1', key: 'kept', payload: {} });
    const later = { kind: 'remind', workspaceId: 'T1', key: 'later', payload: {}, dueUs: tx.nowUs + 3_600_000_000 };
    await tableJobs.addJob(tx, later);
  });
  await clock.tick(90_000);
  const { text } = await read('Bearer secret');
  expect(text).toContain('spanhound_queue_waiting{queue="jobs"} 1\n');
  expect(text).toContain('spanhound_queue_oldest_seconds{queue="jobs"} 90\n');
  expect(text).toContain('spanhound_queue_oldest_seconds{queue="outbox"} 0\n');
  expect(text).toContain('spanhound_lost 1\n');
  expect(text).toContain('spanhound_given_up{kind="jobs"} 0\n');
  expect(text).toContain('spanhound_store_up 1\n');
  expect(text).toContain('spanhound_process_resident_memory_bytes');
});

test('count the requests of each sender, and the times of Slack, backends and analyses', async () => {
  const { read, url } = await served({});
  const send = (authorization: string) =>
    fetch(`${url}/webhooks/acme`, { method: 'POST', body: '{}', headers: { authorization } }).then((a) => a.text());
  await send('good');
  await send('bad');
  publish({ kind: 'slack', name: 'chat.postMessage', isOk: true, seconds: 0.3 });
  publish({ kind: 'backend', name: 'jaeger', isOk: false, seconds: 4 });
  publish({ kind: 'analyses-open', count: 3 });
  await expect
    .poll(async () => (await read('Bearer secret')).text)
    .toContain('spanhound_events_total{source="acme",outcome="failed"} 1');
  const { text } = await read('Bearer secret');
  expect(text).toContain('spanhound_events_total{source="acme",outcome="ok"} 1');
  expect(text).toContain('spanhound_received_seconds_count{source="acme",outcome="ok"} 1');
  expect(text).toContain('spanhound_slack_seconds_bucket{le="0.5",method="chat.postMessage",outcome="ok"} 1');
  expect(text).toContain('spanhound_backend_seconds_sum{backend="jaeger",outcome="failed"} 4');
  expect(text).toContain('spanhound_analysis_steps_open 3');
});

test('are readable while the store is not, and say so', async () => {
  const { read } = await served({ health: async () => Promise.reject(new Error('disk I/O error')) });
  const { status, text } = await read('Bearer secret');
  expect(status).toBe(200);
  expect(text).toContain('spanhound_store_up 0');
  expect(text).not.toContain('disk I/O');
});
