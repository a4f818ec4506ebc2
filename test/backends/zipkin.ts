/**
 * A real Zipkin: traces by id, by service and time, its answers about ids that it does not have, and what the command line
 * says while it is away.
 */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Happening, happening } from '#test/otlp.ts';
import { scenarios } from '#test/scenarios.ts';
import { openTcpProxy } from '#test/tcp-proxy.ts';
import { TRACE_FORMS } from '#test/trace-forms.ts';
import { assertVerdict, reportOf, spanhound } from './command-line.ts';
import type { Alone } from './context.ts';
import { drawnHex } from './drawn-ids.ts';
import { until } from './feed.ts';
import { freePort, startZipkin } from './servers.ts';

const WINDOW_MS = 120_000;
const REQUESTS = 12;
/** One request a second, the last one ten seconds ago. */
const EVERY_US = 1_000_000;
const LAST_AGO_US = 10_000_000;

export async function checkZipkin({ folder, check }: Alone): Promise<void> {
  const own = join(folder, 'zipkin');
  await mkdir(own, { recursive: true });
  const zipkin = await startZipkin(own);
  if (zipkin === undefined)
    return console.log('  skip  Zipkin: its archive or Java is not there (test/backends/build.sh fetches it)');
  const cli = (args: readonly string[], url = zipkin.url) => spanhound(own, args, { ZIPKIN_URL: url });
  const sent = async (happened: Happening) => {
    await post(zipkin.url, happened);
    return happened;
  };
  try {
    const happened = await Promise.all(
      scenarios.map((scenario) =>
        sent(happening(scenario, { seed: drawnHex(16), startUs: Date.now() * 1_000 - LAST_AGO_US })),
      ),
    );
    for (const { traceId, rows } of happened) {
      await until('all spans in Zipkin', async () => (await spansIn(zipkin.url, traceId)) === rows.length);
    }
    for (const { scenario, traceId, rows } of happened) {
      await check(`zipkin: trace ${scenario.name}`, async () => {
        const report = reportOf(await cli(['trace', traceId, '--json']));
        assertVerdict(report, scenario);
        assert.equal(report.trace?.spanCount, rows.length);
        assert.equal(report.trace?.orphanCount, 0);
      });
    }

    const [first] = happened;
    assert.ok(first);
    for (const [form, traceId, ids] of oddIds()) {
      await check(`zipkin: an id ${form}`, async () => {
        await sent({ ...happening(first.scenario, { seed: traceId, startUs: first.startUs }), traceId });
        await until('the trace in Zipkin', async () => (await spansIn(zipkin.url, traceId)) === first.rows.length);
        for (const id of ids) {
          const report = reportOf(await cli(['trace', id, '--json']));
          assertVerdict(report, first.scenario);
          assert.equal(report.trace?.spanCount, first.rows.length);
        }
      });
    }

    await check('zipkin: a link into it opens the same trace, and leads to a page', async () => {
      const link = `${zipkin.url}/zipkin/traces/${first.traceId}`;
      assertVerdict(reportOf(await cli(['trace', link, '--json'])), first.scenario);
      assert.equal((await fetch(link)).status, 200);
    });

    await check('zipkin: an unknown id exits 3 and says where it was looked for', async () => {
      const answered = await cli(['trace', drawnHex(16)]);
      assert.equal(answered.code, 3, answered.stderr);
      assert.match(answered.stderr, /zipkin/i);
    });

    await check('zipkin: many requests of a service, found by its time', async () => {
      const slow = scenarios.find(({ name }) => name === 'slow-order-query');
      assert.ok(slow);
      const nowUs = Date.now() * 1_000;
      const requests = await Promise.all(
        Array.from({ length: REQUESTS }, (_, at) =>
          sent(happening(slow, { seed: drawnHex(16), startUs: nowUs - LAST_AGO_US - at * EVERY_US })),
        ),
      );
      const root = requests[0]?.rows.find(({ parentId }) => parentId === undefined)?.service ?? '';
      await until('all requests in Zipkin', async () => {
        const counts = await Promise.all(requests.map(({ traceId, rows }) => hasAll(zipkin.url, traceId, rows.length)));
        return counts.every(Boolean);
      });
      const window = ['--from', iso(nowUs / 1_000 - WINDOW_MS), '--to', iso(nowUs / 1_000)];
      const report = reportOf(await cli(['investigate', '--service', root, ...window, '--json']));
      assert.deepEqual(
        { kind: report.diagnosis?.kind, service: report.diagnosis?.service },
        slow.expected,
        report.diagnosis?.verdict,
      );
      assert.ok(report.exemplars.length > 0);
      const failed = report.gaps.filter(({ source, problem }) => source === 'zipkin' && !/more traces/.test(problem));
      assert.deepEqual(failed, []);
    });

    await check('zipkin: a service that it does not know', async () => {
      const window = ['--from', iso(Date.now() - WINDOW_MS), '--to', iso(Date.now())];
      const answered = await cli(['investigate', '--service', 'nobody-here', ...window]);
      assert.match(answered.stderr, /no service that sends traces is called nobody-here/);
      assert.match(answered.stderr, /api-gateway/);
    });

    await check('zipkin: doctor names its services', async () => {
      const answered = await cli(['doctor']);
      assert.equal(answered.code, 0, answered.stdout + answered.stderr);
      assert.match(answered.stdout, /\d+ services: .*api-gateway/);
    });

    await check('zipkin: the address of its pages serves as well, and links lead to them', async () => {
      const pages = `${zipkin.url}/zipkin`;
      const answered = await cli(['trace', first.traceId, '--json'], pages);
      assertVerdict(reportOf(answered), first.scenario);
      assert.match(answered.stdout, new RegExp(`"${pages}/traces/${first.traceId}"`));
    });

    await check('zipkin: an address that leads elsewhere is named', async () => {
      const answered = await cli(['trace', first.traceId], `${zipkin.url}/elsewhere`);
      assert.equal(answered.code, 4, answered.stdout + answered.stderr);
      assert.match(answered.stderr, /ZIPKIN_URL/);
    });

    await check('zipkin: one that is away or silent exits 4 within the deadline, and is named', async () => {
      const proxy = await openTcpProxy(Number(new URL(zipkin.url).port));
      try {
        for (const state of ['away', 'silent'] as const) {
          proxy.set(state);
          const answered = await cli(['trace', first.traceId], `http://127.0.0.1:${proxy.port}`);
          assert.equal(answered.code, 4, answered.stderr);
          assert.match(answered.stderr, /zipkin/i);
        }
      } finally {
        await proxy.close();
      }
      const nowhere = `http://127.0.0.1:${await freePort()}`;
      const answered = await cli(['doctor'], nowhere);
      assert.equal(answered.code, 5);
      assert.match(answered.stdout + answered.stderr, /zipkin/i);
    });

    await check('zipkin: one that was restarted has no traces, which is no failure of it', async () => {
      await zipkin.kill();
      const again = await startZipkin(own, Number(new URL(zipkin.url).port));
      assert.ok(again);
      try {
        const answered = await cli(['trace', first.traceId]);
        assert.equal(answered.code, 3, answered.stderr);
        const doctor = await cli(['doctor']);
        assert.match(doctor.stdout, /no service/i);
      } finally {
        await again.stop();
      }
    });
  } finally {
    await zipkin.stop();
  }
}

/** Zipkin keeps 64 bits as 16 digits, and people copy ids without their leading zeros. */
function oddIds(): readonly (readonly [form: string, traceId: string, asked: readonly string[]])[] {
  const half = `a${drawnHex(8).slice(1)}`;
  const short = `000b${drawnHex(16).slice(4)}`;
  return [
    ['of 64 bits', half, [half, half.padStart(32, '0'), half.toUpperCase()]],
    ['with leading zeros', short, [short, short.replace(/^0+/, '')]],
  ];
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

async function post(url: string, happened: Happening): Promise<void> {
  const answer = await fetch(`${url}/api/v2/spans`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: TRACE_FORMS.zipkin(happened),
  });
  assert.equal(answer.status, 202, await answer.text());
}

async function hasAll(url: string, traceId: string, count: number): Promise<boolean> {
  return (await spansIn(url, traceId)) === count;
}

async function spansIn(url: string, traceId: string): Promise<number> {
  const answer = await fetch(`${url}/api/v2/trace/${traceId}`);
  if (!answer.ok) {
    await answer.text();
    return 0;
  }
  return ((await answer.json()) as unknown[]).length;
}
