/**
 * `GET /metrics` for Prometheus: how long work waits, how fast Slack and the backends answer, and whether anything was
 * lost. The numbers of the queues are read from the store when somebody asks; the others are counted as they happen.
 */
import type { RequestHandler } from 'express';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { listenToMeasures, type Measure } from '#core/measures.ts';
import type { OwnHealth } from '#workflows/upkeep/own-health.ts';

export type MetricsOptions = Readonly<{
  /** The value of the `Authorization` header. Undefined if no token is configured: then nobody may read. */
  mayRead: ((authorization: string | undefined) => boolean) | undefined;
  health(): Promise<OwnHealth>;
}>;

/** From Slack's three seconds down to a quick commit, and up to a slow backend. */
const SECONDS = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 20, 60];

const NOT_SET = 'metrics are not set up here: set METRICS_TOKEN, and give it to Prometheus as `credentials`\n';

export function metricsPage({ mayRead, health }: MetricsOptions): Readonly<{ page: RequestHandler; stop(): void }> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'spanhound_' });
  const stop = countMeasures(registry);
  const refresh = queueGauges(registry);
  return {
    stop,
    page: async (request, response) => {
      if (mayRead === undefined) {
        response.status(503).type('text/plain').send(NOT_SET);
        return;
      }
      if (!mayRead(request.get('authorization'))) {
        response.status(401).type('text/plain').send('invalid bearer token\n');
        return;
      }
      // A store that cannot be read is a reason to show the other numbers, not to hide them.
      await health().then(refresh.with, refresh.without);
      response.type(registry.contentType).send(await registry.metrics());
    },
  };
}

function countMeasures(registry: Registry): () => void {
  const registers = [registry];
  const histogram = (name: string, help: string, label: string) =>
    new Histogram({ name, help, labelNames: [label, 'outcome'], buckets: SECONDS, registers });
  const timings = {
    received: histogram(
      'spanhound_received_seconds',
      'From the arrival of a request to its acknowledgement, by sender. Slack waits 3 s.',
      'source',
    ),
    slack: histogram('spanhound_slack_seconds', 'Calls of the Slack API, by method.', 'method'),
    backend: histogram('spanhound_backend_seconds', 'Requests to backends, by backend, without the body.', 'backend'),
    job: histogram('spanhound_job_seconds', 'Attempts of jobs, by their kind, without the time in the queue.', 'kind'),
    analysis: histogram(
      'spanhound_analysis_seconds',
      'Steps of analyses in worker threads, with the time in their queue.',
      'step',
    ),
  };
  const labels = { received: 'source', slack: 'method', backend: 'backend', job: 'kind', analysis: 'step' } as const;
  const events = new Counter({
    name: 'spanhound_events_total',
    help: 'Requests of Slack and webhooks that arrived, by sender and outcome.',
    labelNames: ['source', 'outcome'],
    registers,
  });
  const open = new Gauge({
    name: 'spanhound_analysis_steps_open',
    help: 'Steps of analyses that run or wait for their worker thread.',
    registers,
  });
  return listenToMeasures((measure: Measure) => {
    if (measure.kind === 'analyses-open') return open.set(measure.count);
    const { kind, name, isOk, seconds } = measure;
    const outcome = isOk ? 'ok' : 'failed';
    timings[kind].observe({ [labels[kind]]: name, outcome }, seconds);
    if (kind === 'received') events.inc({ source: name, outcome });
  });
}

function queueGauges(registry: Registry): Readonly<{ with(health: OwnHealth): void; without(): void }> {
  const registers = [registry];
  const gauge = (name: string, help: string, labelNames: readonly string[] = []) =>
    new Gauge({ name, help, labelNames: [...labelNames], registers });
  const waiting = gauge('spanhound_queue_waiting', 'What is due and not done, by queue.', ['queue']);
  const oldest = gauge('spanhound_queue_oldest_seconds', 'The age of the oldest of it, 0 if nothing waits.', ['queue']);
  const givenUp = gauge('spanhound_given_up', 'What was tried for its time and given up. `doctor` lists it.', ['kind']);
  const details = gauge(
    'spanhound_details_dropped',
    'Details that a newer message made useless before they were sent.',
  );
  const lost = gauge('spanhound_lost', 'Accepted questions that nobody works on. Anything but 0 is a bug.');
  const heard = gauge('spanhound_source_heard_timestamp_seconds', 'The last delivery of each source.', ['source']);
  const quiet = gauge('spanhound_alerts_unanswered', 'Stored alerts without an answer by choice: rule or mute.', [
    'by',
  ]);
  const writable = gauge('spanhound_store_up', '1 if the store could be read and written.');
  return {
    with({ queues, givenUp: kinds, dropped, lost: count, heard: sources, quiet: unanswered, trouble, nowUs }) {
      writable.set(trouble === undefined ? 1 : 0);
      for (const { name, waiting: rows, oldestUs } of queues) {
        waiting.set({ queue: name }, rows);
        oldest.set({ queue: name }, oldestUs === undefined ? 0 : Math.max(0, (nowUs - oldestUs) / 1_000_000));
      }
      for (const [kind, rows] of Object.entries(kinds)) givenUp.set({ kind }, rows);
      details.set(dropped);
      lost.set(count);
      for (const [by, rows] of Object.entries(unanswered)) quiet.set({ by }, rows);
      heard.reset();
      for (const { source, atUs } of sources) heard.set({ source }, atUs / 1_000_000);
    },
    without: () => writable.set(0),
  };
}
