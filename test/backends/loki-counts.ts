/** What a real Loki counts over all lines of a time, of which a search brings only a part. */
import assert from 'node:assert/strict';
import { reportOf, spanhound } from './command-line.ts';
import type { Context } from './context.ts';
import { sendLines, until } from './feed.ts';

const SERVICE = 'counted-orders';
const MINUTE_US = 60_000_000;
/** Of a window of 20 minutes at most five times a thousand lines are read. */
const LINES = 9_000;
const ERRORS = 4_000;

export async function checkLokiCounts({ folder, loki, check }: Context): Promise<void> {
  await check('loki: errors are counted over all lines, and since when', async () => {
    const nowUs = Math.floor((Date.now() * 1_000) / MINUTE_US) * MINUTE_US;
    const fromUs = nowUs - 20 * MINUTE_US;
    const beganUs = nowUs - 6 * MINUTE_US;
    // Half an hour of health before it, as often.
    const healthyUs = fromUs - 30 * MINUTE_US;
    const each = (50 * MINUTE_US) / LINES;
    const ordinary = { service: SERVICE, fields: {}, text: (n: number) => `order ${n} taken` };
    await sendLines(loki, { ...ordinary, count: LINES, at: (n) => Math.round(healthyUs + n * each) });
    await sendLines(loki, {
      service: SERVICE,
      level: 'error',
      fields: {},
      count: ERRORS,
      at: (n) => Math.round(beganUs + n * ((6 * MINUTE_US) / ERRORS)),
      text: (n) => `bank did not answer order ${n} within 5000 ms`,
    });
    const iso = (us: number) => new Date(us / 1_000).toISOString();
    const ask = () =>
      spanhound(folder, ['investigate', '--service', SERVICE, '--from', iso(fromUs), '--to', iso(nowUs), '--json'], {
        LOKI_URL: loki.url,
      });
    await until('the lines in Loki', async () => (await ask()).code === 0);
    const { findings, gaps, checked } = reportOf(await ask());
    assert.deepEqual(
      gaps.filter(({ consequence }) => consequence.includes('how many lines')),
      [],
    );
    const texts = findings.map(({ title, explanation }) => `${title} ${explanation}`).join('\n');
    assert.match(texts, /errors logged a second is 1\d(?:\.\d+)? since /);
    const since = new Date(beganUs / 1_000 + 60_000).toISOString().slice(11, 16);
    assert.match(texts, new RegExp(`errors logged a second .+ since ${since} UTC`));
    assert.ok([...checked.found, ...checked.clear].includes('throughput-drop'));
  });
}
