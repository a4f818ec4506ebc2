/** The cases that ship with the product, each from its bytes to its verdict. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import type { AnalysedTrace } from '#analyse/session.ts';
import { EXAMPLE_TRACE_ID } from '#model/trace/trace-id.ts';
import { replayed } from '#test/cases.ts';
import { scenarios } from '#test/scenarios.ts';

const SAMPLES = fileURLToPath(new URL('../samples/', import.meta.url));

type Sample = Readonly<{ id: string; title: string; what: string; folder: string }>;

const index = JSON.parse(readFileSync(join(SAMPLES, 'index.json'), 'utf8')) as Sample[];

/** What is known of HotROD's recordings by how they were made. */
const RECORDED: Readonly<Record<string, { kind: string; service: string }>> = {
  'hotrod-slow-query': { kind: 'slow-query', service: 'mysql' },
  'hotrod-lock': { kind: 'lock-contention', service: 'mysql' },
  'hotrod-one-worker': { kind: 'n-plus-one-calls', service: 'frontend' },
  'hotrod-redis-timeouts': { kind: 'error-origin', service: 'redis-manual' },
};

describe('samples', () => {
  it('say in one line each what they are, without a second sample of the same trace', () => {
    expect(new Set(index.map(({ id }) => id)).size).toBe(index.length);
    for (const { title, what } of index) expect(`${title}${what}`).not.toMatch(/\n|^$/);
  });

  it('have the trace that the help texts name', () => {
    expect(index.map(({ id }) => id)).toContain(EXAMPLE_TRACE_ID);
  });

  it.each(index)('$folder gets the verdict that its situation calls for', async ({ id, folder }) => {
    const { report, traceId } = await analysed(folder);
    const expected = RECORDED[folder] ?? scenarios.find(({ name }) => name === folder)?.expected;

    expect(traceId).toBe(id);
    expect(report.checked.broken).toEqual([]);
    if (expected === undefined) expect(report.diagnosis).toBeNull();
    else expect(report.diagnosis).toMatchObject(expected);
  });

  it.each(index)('$folder has its cause marked in a thread as on a page', async ({ folder }) => {
    const folderOf = join(SAMPLES, folder);
    const [page, thread] = [
      await replayed(folderOf, { svg: true }),
      await replayed(folderOf, { svg: true, slack: true }),
    ];
    const marks = ({ svg = '' }: AnalysedTrace) => />(?:cause|suspect)<\/tspan>/.test(svg);
    expect(marks(thread)).toBe(marks(page));
  });

  it.each([...index.map(({ folder }) => folder), 'login-outage'])(
    '%s: the picture has each time that the first lines say, to two digits',
    async (folder) => {
      const { html = '' } = await replayed(join(SAMPLES, folder), { html: true });
      const [said, picture] = partsOf(html);
      const drawn = timesIn(picture);
      expect(drawn.length).toBeGreaterThan(0);
      for (const time of timesIn(said)) expect(drawn).toContain(time);
    },
  );
});

/** The headline with the reasons, without times that nobody measured, and the picture, without its alternative text. */
function partsOf(html: string): readonly [string, string] {
  const found = (pattern: RegExp) => (pattern.exec(html)?.[0] ?? '').replace(/<[^>]*>/g, ' ');
  const picture = html.replace(/<desc[\s\S]*?<\/desc>/g, '');
  const drawn = (/<svg[\s\S]*?<\/svg>/.exec(picture)?.[0] ?? '').replace(/<[^>]*>/g, ' ');
  const said = `${found(/<h1>[\s\S]*?<\/h1>/)} ${found(/<em>Why<\/em>[\s\S]*?<\/ul>/)}`;
  return [said.replace(/would take about [\d.]+ \w+/g, ''), drawn];
}

const UNITS_US: Readonly<Record<string, number>> = { µs: 1, ms: 1_000, s: 1_000_000 };

/** In microseconds, to two digits. */
function timesIn(text: string): readonly number[] {
  return [...text.matchAll(/(?<![\d.])(\d[\d.]*) (µs|ms|s)\b/g)].map(([, count, unit = '']) =>
    Number((Number(count) * (UNITS_US[unit] ?? 0)).toPrecision(2)),
  );
}

async function analysed(folder: string): Promise<AnalysedTrace> {
  const session = openSession({
    thresholds: {},
    links: { trace: '', span: '', logs: '', runbooks: '' },
    maxClockSkewUs: 3_600_000_000,
  });
  for (const [kind, name] of [
    ['trace', 'traces.json'],
    ['logs', 'logs.jsonl'],
  ] as const) {
    session.body(name, { kind, format: 'auto', source: folder, file: '', query: { text: '', url: '' } });
    await session.bytes(name, readFileSync(join(SAMPLES, folder, name)));
    await session.end(name);
  }
  const [only, ...more] = await session.reports({});
  await session.close();
  if (only === undefined || more.length > 0) throw new Error(`${folder} should hold exactly one trace`);
  return only;
}
