/**
 * Real Prometheus: it scrapes a program whose CPU gets busy, and knows of days before. `investigate` is asked about
 * both by the service's name alone, and has to find out by itself what there is.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '#present/json/report.ts';
import { reportOf, spanhound } from './command-line.ts';
import type { Alone } from './context.ts';
import { until } from './feed.ts';
import { freePort, startPrometheus } from './servers.ts';

const MINUTE_S = 60;
const DAY_S = 86_400;
/** An hour and this long is asked for in steps of six seconds: some of them have to lie in each time. */
const QUIET_MS = 40_000;
const BUSY_MS = 50_000;
const LIMIT_CORES = 2;
const POD = 'checkout-5f6585d649-fnmft';

export async function checkPrometheus({ folder, check }: Alone): Promise<void> {
  const program = await startProgram();
  const nowS = Math.floor(Date.now() / 1_000);
  const prometheus = await startPrometheus(`${folder}/metrics`, {
    scraped: [{ job: 'shop/checkout', target: `127.0.0.1:${program.port}` }],
    backfill: daysBefore(nowS),
  });
  const only = { PROMETHEUS_URL: prometheus.url };
  const ask = async (service: string, fromMs: number, toMs: number): Promise<Report> => {
    const window = ['--from', new Date(fromMs).toISOString(), '--to', new Date(toMs).toISOString()];
    return reportOf(await spanhound(folder, ['investigate', '--service', service, ...window, '--json'], only));
  };

  try {
    await until('the program is scraped', async () => (await samples(prometheus.url)) > 0);
    await sleep(QUIET_MS);
    const beganMs = Date.now();
    program.work();
    await sleep(BUSY_MS);

    await check('prometheus: a CPU that gets busy is named, from what is scraped', async () => {
      const report = await ask('checkout', beganMs, Date.now());
      assert.equal(report.diagnosis?.service, 'checkout');
      assert.match(report.diagnosis?.verdict ?? '', /CPU .*9\d %|CPU .*100 %/);
      assert.ok(['cpu', 'resource-saturation'].includes(report.diagnosis?.kind ?? ''), report.diagnosis?.kind);
      assert.deepEqual(
        report.gaps.map(({ source }) => source),
        ['traces', 'requests', 'log lines'],
      );
    });

    await check('prometheus: the time before it is quiet', async () => {
      const report = await ask('checkout', beganMs - QUIET_MS + 5_000, beganMs - 2_000);
      assert.deepEqual(
        report.findings.map(({ title }) => title),
        [],
      );
    });

    await check('prometheus: memory that grows is a leak, with its time to the limit', async () => {
      const { diagnosis } = await ask('report', (nowS - 40 * MINUTE_S) * 1_000, (nowS - 10 * MINUTE_S) * 1_000);
      assert.equal(diagnosis?.kind, 'memory-leak');
      assert.match(diagnosis?.verdict ?? '', /^report: memory grows by 2\d\d MB an hour .*limit is reached in \d/);
    });

    await check(
      'prometheus: a peak that other days have at that time is none, and one that they do not have is',
      async () => {
        const [fromMs, toMs] = [(nowS - 40 * MINUTE_S) * 1_000, (nowS - 10 * MINUTE_S) * 1_000];
        assert.deepEqual(
          (await ask('nightly', fromMs, toMs)).findings.map(({ title }) => title),
          [],
        );
        // A longer queue alone shows nobody who suffers: it is a finding, and no verdict.
        const { findings, diagnosis } = await ask('sudden', fromMs, toMs);
        assert.match(findings[0]?.title ?? '', /^sudden: queue is 400 since \d\d:\d\d UTC, 20 is normal/);
        assert.equal(diagnosis, null);
      },
    );

    await check('prometheus: the same question has the same answer', async () => {
      const [fromMs, toMs] = [(nowS - 40 * MINUTE_S) * 1_000, (nowS - 10 * MINUTE_S) * 1_000];
      assert.deepEqual(await ask('report', fromMs, toMs), await ask('report', fromMs, toMs));
    });
  } finally {
    await prometheus.stop();
    await program.stop();
  }
}

async function samples(url: string): Promise<number> {
  const answer = await fetch(`${url}/api/v1/query?query=process_cpu_seconds_total`);
  const { data } = (await answer.json()) as { data: { result: unknown[] } };
  return data.result.length;
}

/** Tells of itself as the exporters of a container do. Its CPU is idle until it is told to work. */
async function startProgram() {
  const port = await freePort();
  const begunMs = Date.now();
  let busySinceMs: number | undefined;
  const server = createServer((_, response) => {
    const nowMs = Date.now();
    const busyMs = busySinceMs === undefined ? 0 : nowMs - busySinceMs;
    const cpu = (0.3 * (nowMs - begunMs - busyMs) + 0.98 * LIMIT_CORES * busyMs) / 1_000;
    const container = `pod="${POD}",container="server"`;
    response.end(
      [
        `container_cpu_usage_seconds_total{${container}} ${cpu}`,
        `container_cpu_usage_seconds_total{pod="${POD}",container="POD"} ${cpu}`,
        `kube_pod_container_resource_limits{${container},resource="cpu"} ${LIMIT_CORES}`,
        `kube_pod_container_resource_limits{${container},resource="memory"} 1e9`,
        `container_memory_working_set_bytes{${container}} ${4e8 + 1e6 * Math.sin(nowMs / 3_000)}`,
        `process_cpu_seconds_total ${cpu}`,
        'go_info{version="go1.26"} 1',
        '',
      ].join('\n'),
    );
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port,
    work: () => {
      busySinceMs = Date.now();
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A leak of the last two hours, a service that is busy at the same time of every day, and one that is so only today. */
function daysBefore(nowS: number): string {
  const minutes = (from: number) => Array.from({ length: from }, (_, at) => nowS - (from - at) * MINUTE_S);
  const series = (name: string, labels: string, times: readonly number[], value: (s: number) => number) => [
    `# TYPE ${name} gauge`,
    ...times.map((s) => `${name}{${labels}} ${value(s)} ${s}`),
  ];
  const peaksAt = nowS - 35 * MINUTE_S;
  const busy = (s: number) => (((s - peaksAt) % DAY_S) + DAY_S) % DAY_S < 20 * MINUTE_S;
  return [
    ...series('container_memory_working_set_bytes', 'service="report",pod="report-0"', minutes(120), (s) =>
      Math.round(3e8 + (2.4e8 * (s - nowS + 120 * MINUTE_S)) / 3_600 + 6e7 * ((s / MINUTE_S) % 5)),
    ),
    ...series('container_memory_limit_bytes', 'service="report",pod="report-0"', minutes(120), () => 2e9),
    ...series('nightly_queue_depth', 'service="nightly"', minutes((3 * DAY_S) / MINUTE_S), (s) => (busy(s) ? 400 : 20)),
    ...series('sudden_queue_depth', 'service="sudden"', minutes((3 * DAY_S) / MINUTE_S), (s) =>
      busy(s) && s >= peaksAt ? 400 : 20,
    ),
    '# EOF',
    '',
  ].join('\n');
}
