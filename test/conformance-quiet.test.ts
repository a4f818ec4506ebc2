// @module-tag deep
/** Healthy windows of real systems: whoever gets loud answers about those soon reads none. They are pinned: `test/support/shared-files.ts`. */
import { expect, test } from 'vitest';
import { readFileBytes } from '#adapters/files/bytes.ts';
import { openSession } from '#analyse/open-session.ts';
import { MAX_CLOCK_SKEW_US } from '#model/trace/build/clock-skew.ts';
import { shared } from '#test/shared-files.ts';

/** Every third: the traces of one system are much alike. */
const files = shared.files('cases/*/baseline.json.gz').filter((_, i) => i % 3 === 0);

/** Of the traces in which nothing is wrong. */
const MOST_LOUD = 0.03;

test('at most 3 % of healthy traces get a finding above medium', async () => {
  const loud: string[] = [];
  let healthy = 0;
  for (const file of files.map((path) => shared.place(path))) {
    for (const report of await reportsOf(file)) {
      if (report.trace?.errorCount !== 0) continue;
      healthy += 1;
      const findings = report.findings.filter(({ severity }) => severity === 'high' || severity === 'critical');
      if (findings.length > 0) loud.push(`${file}: ${findings.map(({ title }) => title).join('; ')}`);
    }
  }
  expect(healthy).toBeGreaterThan(1_000);
  expect(loud.slice(0, Math.max(0, loud.length - Math.floor(MOST_LOUD * healthy)))).toEqual([]);
});

async function reportsOf(file: string) {
  const session = openSession({
    thresholds: {},
    links: { trace: '', span: '', logs: '', runbooks: '' },
    maxClockSkewUs: MAX_CLOCK_SKEW_US,
  });
  session.body('traces', { kind: 'trace', format: 'auto', source: 'file', file, query: { text: '', url: '' } });
  for await (const chunk of readFileBytes(file)) await session.bytes('traces', chunk);
  await session.end('traces');
  const reports = (await session.reports({})).map(({ report }) => report);
  await session.close();
  return reports;
}
