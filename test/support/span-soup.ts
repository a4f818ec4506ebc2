import fc from 'fast-check';
import { SPAN_FLAW } from '#model/trace/build/span-flaws.ts';
import type { SpanRow } from '#model/trace/build/span-rows.ts';
import { SPAN_KINDS } from '#model/trace/span-kinds.ts';

const IDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const;

/** Any soup: colliding ids, loops, orphans, any times, clocks that disagree. */
export const spanSoup: fc.Arbitrary<SpanRow[]> = fc.array(
  fc.record({
    id: fc.constantFrom(...IDS, ''),
    parentId: fc.constantFrom(undefined, '', 'gone', ...IDS),
    service: fc.constantFrom('', 'web', 'stock', 'price', '\u001b[31mweb', ' \u200b'),
    operation: fc.constantFrom('', 'GET /', 'queue.wait', 'pool.acquire', 'json.parse', 'GET\u0000 /\u202e'),
    kind: fc.constantFrom(...SPAN_KINDS),
    startUs: fc.integer({ min: 0, max: 60 }),
    durationUs: fc.integer({ min: -5, max: 60 }),
    failed: fc.constantFrom(undefined, true, false),
    attributes: fc.constantFrom(
      {},
      { 'db.query.text': 'SELECT 1' },
      { 'db.system.name': 'redis' },
      { 'http.response.status_code': 500 },
      { 'server.address': 'h' },
    ),
    resource: fc.constantFrom({}, { 'host.name': 'h1' }, { 'host.name': 'h2' }),
    flaws: fc.constantFrom(0, 0, 0, ...Object.values(SPAN_FLAW)),
  }),
  { minLength: 1, maxLength: 14 },
);

/** The same of which many share id, kind and times. */
export const tiedSoup: fc.Arbitrary<SpanRow[]> = spanSoup.map((spans) =>
  spans.map((each) => ({
    ...each,
    id: each.id < 'd' ? 'a' : 'b',
    kind: each.kind === 'server' ? 'server' : 'client',
    startUs: 1 + Math.floor(each.startUs / 30),
    durationUs: Math.floor(each.durationUs / 30),
  })),
);

/** The same with an id of its own for each span; who shared an id has the first of them as parent. */
export const distinctSoup: fc.Arbitrary<SpanRow[]> = spanSoup.map((spans) => {
  const idAt = (at: number) => `${spans[at]?.id}${at}`;
  return spans.map((each, i) => {
    const above = spans.findIndex(({ id }) => id === each.parentId);
    return { ...each, id: idAt(i), parentId: above < 0 ? each.parentId : idAt(above) };
  });
});

/** And an operation of its own, by which it can be told apart whatever its number and its id. */
export const namedSoup: fc.Arbitrary<SpanRow[]> = distinctSoup.map((spans) =>
  spans.map((each, i) => ({ ...each, operation: `${i}` })),
);

/** Trees in which every call lies within its caller, so that no clock is corrected and nobody ran outside. */
export const callTree: fc.Arbitrary<SpanRow[]> = fc
  .array(fc.record({ under: fc.nat(), from: fc.nat(100), length: fc.nat(100), failed: fc.boolean() }), {
    maxLength: 14,
  })
  .map((calls) => {
    const rows: SpanRow[] = [rowAt('0', undefined, 0, 10_000, false)];
    for (const { under, from, length, failed } of calls) {
      const parent = rows[under % rows.length] as SpanRow;
      const startUs = parent.startUs + Math.floor((parent.durationUs * from) / 100);
      const roomUs = parent.startUs + parent.durationUs - startUs;
      rows.push(rowAt(`${rows.length}`, parent.id, startUs, Math.floor((roomUs * length) / 100), failed));
    }
    return rows;
  });

function rowAt(
  id: string,
  parentId: string | undefined,
  startUs: number,
  durationUs: number,
  failed: boolean,
): SpanRow {
  return {
    id,
    parentId,
    service: 'web',
    operation: id,
    kind: 'internal',
    startUs,
    durationUs,
    failed,
    attributes: {},
  };
}
