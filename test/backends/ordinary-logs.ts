/** What the servers themselves log while they work: a hundred thousand lines in which nothing is wrong. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { windowReport } from '#test/window.ts';
import type { Context } from './context.ts';
import { startHotrod } from './servers.ts';

const LINES = 100_000;
const WITHIN_MS = 300_000;
const AT_ONCE = 8;
/** Without the delays that it has for show: more lines a second, of the same kinds. */
const QUICK = ['--fix-db-query-delay', '1ms', '--fix-disable-db-conn-mutex', '--fix-route-worker-pool-size', '50'];
const CUSTOMERS = ['123', '567', '392', '731'];
/** Errors they are: HotROD's Redis fails for show, three times and the request with it; Jaeger's own traces have nowhere to go. */
const ON_PURPOSE =
  /“(?:redis timeout|Retrying GetDriver|Failed to get driver|request failed|Failed to find nearest drivers|traces export: )/;
const SERVERS = ['hotrod', 'jaeger', 'loki', 'prometheus'];

export async function checkOrdinaryLogs({ folder, jaeger, loki, check }: Context): Promise<void> {
  const hotrod = await startHotrod(folder, jaeger.otlpUrl, QUICK);
  if (hotrod === undefined) return console.log('  skip  ordinary logs: HotROD is not there (test/backends/build.sh)');
  await check(`no false alarm on ${LINES} ordinary lines`, async () => {
    const until = Date.now() + WITHIN_MS;
    const enough = async () => Date.now() > until || (await linesOf(folder, 'hotrod')).length >= LINES;
    const client = async (number: number) => {
      for (let ride = 0; ride % 20 !== 0 || !(await enough()); ride += 1) {
        const customer = CUSTOMERS[(number + ride) % CUSTOMERS.length];
        await (await fetch(`${hotrod.url}/dispatch?customer=${customer}`)).arrayBuffer();
        if (ride % 20 !== 0) continue;
        await (await fetch(`${jaeger.url}/api/traces?service=frontend&limit=2`)).arrayBuffer();
        const query = encodeURIComponent('{app="x"} |= "y"');
        await (await fetch(`${loki.url}/loki/api/v1/query_range?query=${query}&limit=5`)).arrayBuffer();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, (_, number) => client(number)));

    const all = await Promise.all(SERVERS.map((server) => linesOf(folder, server)));
    const count = all.reduce((sum, lines) => sum + lines.length, 0);
    assert.ok(count >= LINES, `only ${count} lines in time`);
    for (const [i, server] of SERVERS.entries()) {
      // HotROD's Redis times out on purpose: what is usual of it stands in its first half.
      const lines = all[i] ?? [];
      if (lines.length === 0) continue; // it is not there
      const half = Math.ceil(lines.length / 2);
      const { findings, checked } = await windowReport(lines.slice(half).join('\n'), {
        healthy: lines.slice(0, half).join('\n'),
        service: server,
      });
      assert.deepEqual(checked.broken, []);
      assert.deepEqual(
        findings.filter(({ title }) => !ON_PURPOSE.test(title)).map(({ detector, title }) => `${detector}: ${title}`),
        [],
      );
    }
  });
  await hotrod.stop();
}

async function linesOf(folder: string, server: string): Promise<string[]> {
  const text = await readFile(join(folder, `${server}.log`), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}
