/**
 * A real InfluxDB and a real Graphite with the numbers of one service: which queries are found and what they answer, for
 * services with any name, and what is said of a database that is not there. Debian has both: `apt-get install influxdb
 * graphite-web graphite-carbon`.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { graphite } from '#adapters/graphite/client.ts';
import { influxDb } from '#adapters/influxdb/client.ts';
import type { MetricSource } from '#gather/sources.ts';
import { HOSTILE_TEXTS } from '#test/hostile-texts.ts';
import type { Alone } from './context.ts';
import { binary, freePort, startProcess } from './servers.ts';

const STEP_S = 10;
const STEPS = 30;
const WINDOW_S = 600;
const WAIT_MS = 20_000;

const later = () => AbortSignal.timeout(WAIT_MS);

/** The times of the points, in seconds since the epoch. */
function timesUntil(nowS: number): readonly number[] {
  return Array.from({ length: STEPS }, (_, at) => nowS - STEP_S * (STEPS - at));
}

const Matrix = z.object({
  data: z.object({
    result: z.array(
      z.object({ metric: z.looseObject({ __name__: z.string() }), values: z.array(z.tuple([z.number(), z.string()])) }),
    ),
  }),
});

/** The last value of each series of a service, by the name of the series. */
async function lastOf(source: MetricSource, service: string, nowS: number): Promise<Readonly<Record<string, number>>> {
  const search = { services: [service], fromUs: (nowS - WINDOW_S) * 1e6, toUs: nowS * 1e6 };
  const { queries } = await source.findMetrics(search, later());
  const last: Record<string, number> = {};
  for (const query of queries) {
    const { chunks } = await source.openMetrics(query, later());
    for (const { metric, values } of Matrix.parse(await json(chunks)).data.result)
      last[metric.__name__] = Number(values.at(-1)?.[1]);
  }
  return last;
}

const nowInSteps = () => Math.floor(Date.now() / 1_000 / STEP_S) * STEP_S;

export async function checkInfluxDb({ folder, check }: Alone): Promise<void> {
  const program = await binary('influxd');
  if (program === undefined) return console.log('  skip  InfluxDB: influxd is not there');
  const own = join(folder, 'influxdb');
  await mkdir(own, { recursive: true });
  const [address, backup] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  const kept = (name: string) => JSON.stringify(join(own, name));
  const config = [
    ...['reporting-disabled = true', `bind-address = "${backup}"`, '[meta]', `dir = ${kept('meta')}`],
    ...['[data]', `dir = ${kept('data')}`, `wal-dir = ${kept('wal')}`, '[http]', `bind-address = "${address}"`],
  ];
  await writeFile(join(own, 'influxdb.conf'), config.join('\n'));
  const url = new URL(`http://${address}`);
  const readyUrl = new URL('query?q=SHOW+DATABASES', url).href;
  const options = { name: 'influxdb', folder: own, ready: readyUrl, environment: {} };
  const server = await startProcess(program, ['-config', join(own, 'influxdb.conf')], options);
  const at = (database: string) => influxDb({ url, database });
  /** A line of the protocol cannot have these in a tag. */
  const names = HOSTILE_TEXTS.filter((name) => !/[\n\\\0]/.test(name));
  const nowS = nowInSteps();
  try {
    await fetch(new URL('query?q=CREATE+DATABASE+telegraf', url), { method: 'POST' });
    const tagged = (name: string) => name.replace(/[ ,=]/g, '\\$&');
    const rows = ['checkout', ...names].flatMap((name, nth) =>
      timesUntil(nowS).map(
        (s) => `http_server_requests,service=${tagged(name)},host=n1 mean=${100 + nth} ${s}000000000`,
      ),
    );
    const machine = timesUntil(nowS).map((s) => `cpu,host=n1,cpu=cpu-total usage_idle=5 ${s}000000000`);
    const written = await fetch(new URL('write?db=telegraf', url), {
      method: 'POST',
      body: [...rows, ...machine].join('\n'),
    });
    assert.equal(written.status, 204);

    await check('influxdb: a service with any name has its own numbers, and those of its machine', async () => {
      for (const [nth, name] of ['checkout', ...names].entries()) {
        const last = await lastOf(at('telegraf'), name, nowS);
        assert.deepEqual(last, { 'node:cpu_share': 0.95, 'service:latency': (100 + nth) / 1_000 }, name);
      }
      assert.deepEqual(await lastOf(at('telegraf'), 'nowhere', nowS), {});
    });

    await check('influxdb: the check names the version, and the setting of a database that is not there', async () => {
      assert.match((await at('telegraf').check(later())).detail, /^answers; version \d/);
      assert.match((await at('nowhere').check(later())).remedy, /INFLUXDB_DATABASE/);
    });
  } finally {
    await server.stop();
  }
}

const PATHS = {
  'prod.checkout.web01.http.requests.p95': 129,
  'prod.checkout.web01.http.requests.m1_rate': 12,
  'prod.checkout.web01.errors.m1_rate': 2,
  'prod.checkout.web01.heap.used': 1e9,
  'prod.pay_svc.http.requests.p95': 50,
  'http_requests_total;service=checkout;status=500': 290,
};

export async function checkGraphite({ folder, check }: Alone): Promise<void> {
  const [carbon, manage] = [await binary('carbon-cache'), await binary('graphite-manage')];
  if (carbon === undefined || manage === undefined)
    return console.log('  skip  Graphite: carbon-cache and graphite-manage are not there');
  const own = join(folder, 'graphite');
  await mkdir(join(own, 'whisper'), { recursive: true });
  const [web, lines, pickles, cache] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const url = new URL(`http://127.0.0.1:${web}`);
  await writeFile(join(own, 'storage-schemas.conf'), `[all]\npattern = .*\nretentions = ${STEP_S}s:1d\n`);
  const carbonConf = [
    ...['[cache]', `STORAGE_DIR = ${own}`, `CONF_DIR = ${own}`, `LOG_DIR = ${own}`, `PID_DIR = ${own}`],
    ...[`LOCAL_DATA_DIR = ${join(own, 'whisper')}`, 'MAX_CREATES_PER_MINUTE = inf', `GRAPHITE_URL = ${url.origin}`],
    ...['LINE_RECEIVER_INTERFACE = 127.0.0.1', `LINE_RECEIVER_PORT = ${lines}`],
    ...['PICKLE_RECEIVER_INTERFACE = 127.0.0.1', `PICKLE_RECEIVER_PORT = ${pickles}`],
    ...['CACHE_QUERY_INTERFACE = 127.0.0.1', `CACHE_QUERY_PORT = ${cache}`],
  ];
  await writeFile(join(own, 'carbon.conf'), carbonConf.join('\n'));
  const database = { ENGINE: 'django.db.backends.sqlite3', NAME: join(own, 'graphite.db') };
  const settings = {
    STORAGE_DIR: own,
    WHISPER_DIR: join(own, 'whisper'),
    LOG_DIR: own,
    INDEX_FILE: join(own, 'index'),
  };
  const webSettings = {
    ...settings,
    ...{ SECRET_KEY: 'x', ALLOWED_HOSTS: ['*'], CARBONLINK_HOSTS: [`127.0.0.1:${cache}`] },
    DATABASES: { default: database },
  };
  const assigned = Object.entries(webSettings).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  await writeFile(join(own, 'spanhound_settings.py'), assigned.join('\n'));
  const environment = { PYTHONPATH: own, GRAPHITE_SETTINGS_MODULE: 'spanhound_settings' };
  const readyUrl = new URL('metrics/find?query=*', url).href;
  const served = { name: 'graphite', folder: own, ready: readyUrl, environment };
  // The tables of tags come before the server.
  const command = ['-c', '"$0" migrate --run-syncdb && exec "$0" runserver "$1" --noreload', manage, url.host];
  const server = await startProcess('/bin/sh', command, served);
  const stored = { name: 'carbon', folder: own, ready: readyUrl, environment };
  const store = await startProcess(carbon, ['--config', join(own, 'carbon.conf'), '--nodaemon', 'start'], stored);
  const source = graphite({ url });
  const nowS = nowInSteps();
  try {
    await sendLines(lines, nowS);

    await check('graphite: a service has the numbers of its paths and of its tags', async () => {
      const requests = { 'service:errors': 2, 'service:requests': 12, 'service:latency': 0.129 };
      const wanted = { ...requests, 'instance:heap_used': 1e9, http_requests_total: 290 };
      const last = await untilEqual(() => lastOf(source, 'checkout', nowS), wanted);
      assert.deepEqual(last, wanted);
      assert.deepEqual(await lastOf(source, 'pay.svc', nowS), { 'service:latency': 0.05 });
    });

    await check('graphite: a name with any characters finds nothing, and breaks nothing', async () => {
      for (const name of HOSTILE_TEXTS) assert.deepEqual(await lastOf(source, name, nowS), {}, name);
      assert.equal((await source.check(later())).detail, 'answers');
    });
  } finally {
    await store.stop();
    await server.stop();
  }
}

/** Carbon listens a little later than it starts. */
async function sendLines(port: number, nowS: number): Promise<void> {
  const rows = Object.entries(PATHS).flatMap(([path, value]) =>
    timesUntil(nowS).map((seconds) => `${path} ${value} ${seconds}\n`),
  );
  await untilEqual(async () => {
    const socket = createConnection(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      socket.end(rows.join(''));
      await once(socket, 'close');
      return true;
    } catch {
      return false;
    }
  }, true);
}

/** What the work gives at last: it is done again until that is `wanted`, or the time is over. */
async function untilEqual<T>(work: () => Promise<T>, wanted: T): Promise<T> {
  const endMs = Date.now() + WAIT_MS;
  for (;;) {
    const found = await work();
    if (JSON.stringify(found) === JSON.stringify(wanted) || Date.now() > endMs) return found;
    await new Promise((done) => setTimeout(done, 200));
  }
}
