/** Traces that we did not draw: Jaeger's demo runs, takes rides, and every trace that it leaves is analysed. */
import assert from 'node:assert/strict';
import { reportOf, spanhound } from './command-line.ts';
import type { Context } from './context.ts';
import { until } from './feed.ts';
import { startHotrod } from './servers.ts';

const RIDES = 3;

export async function checkHotrod({ folder, jaeger, loki, check }: Context): Promise<void> {
  const hotrod = await startHotrod(folder, jaeger.otlpUrl);
  if (hotrod === undefined)
    return console.log('  skip  HotROD: its binary is not there (test/backends/build.sh builds it)');

  for (let ride = 1; ride <= RIDES; ride += 1) {
    await check(`HotROD: a ride of its own (${ride})`, async () => {
      const answer = await fetch(`${hotrod.url}/dispatch?customer=123`);
      await answer.arrayBuffer();
      const traceId = answer.headers.get('traceresponse')?.split('-')[1] ?? '';
      assert.match(traceId, /^[0-9a-f]{32}$/);

      // The frontend's root comes last; once it is there with the database's span, the trace is whole.
      await until(`the ride ${traceId} in Jaeger`, async () => {
        const seen = await (await fetch(`${jaeger.url}/api/traces/${traceId}`)).text();
        return seen.includes('"SQL SELECT"') && seen.includes('"references":[]');
      });
      const report = reportOf(
        await spanhound(folder, ['trace', traceId, '--json'], { JAEGER_URL: jaeger.url, LOKI_URL: loki.url }),
      );
      assert.ok(report.trace?.services.includes('mysql'));
      assert.equal(report.trace?.rootService, 'frontend');
      assert.ok(report.diagnosis?.verdict);
      assert.deepEqual(report.checked.broken, []);
    });
  }
}
