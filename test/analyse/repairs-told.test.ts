/** What was repaired in a trace is said in its report, once. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import { MAX_CLOCK_SKEW_US } from '#model/trace/build/clock-skew.ts';

async function reportOf(file: string, maxClockSkewUs = MAX_CLOCK_SKEW_US) {
  const session = openSession({
    thresholds: {},
    links: { trace: '', span: '', logs: '', runbooks: '' },
    maxClockSkewUs,
  });
  session.body('t', { kind: 'trace', format: 'auto', source: 'jaeger', file, query: { text: '', url: '' } });
  await session.bytes('t', readFileSync(file));
  await session.end('t');
  const [analysed] = await session.reports({ text: { width: 200, colour: false } });
  await session.close();
  if (analysed === undefined) throw new Error(`${file} holds no trace`);
  return analysed;
}

test("a flawed trace's report names each kind of repair in its gaps, and each document does so once", async () => {
  const { report, text = '' } = await reportOf('test/fixtures/wire/jaeger/edge-odd.json');
  const told = report.gaps.filter(({ source }) => source === 'trace').map(({ problem }) => problem);
  expect(told).toContain('the parent of one span never arrived');
  expect(told).toContain('1 span named as its own parent');
  for (const problem of told) expect(text.split(problem)).toHaveLength(2);
});

test('a healthy trace’s report names none', async () => {
  const { report } = await reportOf('test/fixtures/wire/jaeger/hotrod/serial-01.json');
  expect(report.gaps.filter(({ source }) => source === 'trace')).toEqual([]);
});
