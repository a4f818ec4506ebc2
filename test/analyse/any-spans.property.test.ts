/** What holds of the whole analysis, whatever the spans: from Jaeger's bytes to every form of the answer. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import type { Forms, SessionSettings } from '#analyse/session.ts';
import { MAX_CLOCK_SKEW_US } from '#model/trace/build/clock-skew.ts';
import type { SpanRow } from '#model/trace/build/span-rows.ts';
import { spanSoup } from '#test/span-soup.ts';

const SETTINGS: SessionSettings = {
  thresholds: {},
  links: { trace: 'http://jaeger.test/trace/{traceId}', span: '', logs: '', runbooks: '' },
  maxClockSkewUs: MAX_CLOCK_SKEW_US,
};
const FORMS = { text: { width: 80, colour: false }, markdown: true, html: true, svg: true, slack: true };

function jaegerBytes(rows: readonly SpanRow[]): Uint8Array {
  const spans = rows.map((row, i) => ({
    traceID: 't',
    spanID: row.id,
    operationName: row.operation,
    references: row.parentId === undefined ? [] : [{ refType: 'CHILD_OF', traceID: 't', spanID: row.parentId }],
    startTime: row.startUs === 0 ? 0 : EPOCH_US + row.startUs * STRETCH,
    duration: row.durationUs * STRETCH,
    tags: [
      ...Object.entries(row.attributes).map(([key, value]) => ({ key, value })),
      { key: 'span.kind', value: row.kind },
      ...(row.failed === undefined ? [] : [{ key: 'otel.status_code', value: row.failed ? 'ERROR' : 'OK' }]),
    ],
    processID: `p${i}`,
  }));
  const processes = rows.map(({ service, resource = {} }, i) => [
    `p${i}`,
    { serviceName: service, tags: Object.entries(resource).map(([key, value]) => ({ key, value })) },
  ]);
  return new TextEncoder().encode(
    JSON.stringify({ data: [{ traceID: 't', spans, processes: Object.fromEntries(processes) }] }),
  );
}

const EPOCH_US = 1_767_709_800_000_000;
/** A microsecond of soup is a hundredth of a second, so that it is worth talking about. */
const STRETCH = 10_000;

async function analysed(rows: readonly SpanRow[], forms: Forms) {
  const session = openSession(SETTINGS);
  session.body('b', { kind: 'trace', format: 'auto', source: 'jaeger', file: '', query: { text: '', url: '' } });
  await session.bytes('b', jaegerBytes(rows));
  await session.end('b');
  const [first] = await session.reports(forms);
  await session.close();
  if (first === undefined) throw new Error('no report');
  return first;
}

test("any spans give a report, no detector fails, and the path is in order and sums to the root's duration", async () => {
  await fc.assert(
    fc.asyncProperty(spanSoup, async (rows) => {
      const { report } = await analysed(rows, {});
      expect(report.checked.broken).toEqual([]);
      const [first] = report.criticalPath;
      let atUs = first?.startUs ?? 0;
      for (const step of report.criticalPath) {
        expect(step.startUs).toBe(atUs);
        expect(step.endUs).toBeGreaterThan(step.startUs);
        atUs = step.endUs;
      }
      const pathUs = atUs - (first?.startUs ?? 0);
      expect(report.attribution.reduce((sum, { selfUs }) => sum + selfUs, 0)).toBe(pathUs);
      // A lost root is known by the id that its children name.
      const ids = new Set(rows.flatMap(({ id, parentId }) => [id, parentId]));
      for (const finding of report.findings) {
        expect(finding.wastedUs).toBeLessThanOrEqual(pathUs);
        for (const id of finding.spanIds) expect(ids).toContain(id);
      }
    }),
    { numRuns: Math.ceil((fc.readConfigureGlobal().numRuns ?? 250) / 2) }, // each analyses a trace: 50 ms
  );
});

test('no form of the answer contains characters that move the cursor or reverse text', async () => {
  await fc.assert(
    fc.asyncProperty(spanSoup, async (rows) => {
      const { report, text, markdown, html, svg, slack } = await analysed(rows, FORMS);
      for (const form of [text, markdown, html, svg]) expect(form).not.toMatch(HIDDEN);
      for (const each of textsIn([report, slack])) expect(each).not.toMatch(HIDDEN);
    }),
    {
      numRuns: Math.ceil((fc.readConfigureGlobal().numRuns ?? 250) / 10), // each draws and writes six forms: 200 ms
      examples: [[GAP_IN_HOSTILE_NAME], [WAIT_AT_BOTH_ENDS]],
    },
  );
});

/** What a gap could be is asked with the operation's name. */
const GAP_IN_HOSTILE_NAME: SpanRow[] = [
  { parentId: undefined, startUs: 1, durationUs: 58, attributes: {} },
  { parentId: 'a', startUs: 57, durationUs: 1, attributes: { 'db.query.text': 'SELECT 1' } },
].map((row, at) => ({
  ...row,
  id: 'ab'.charAt(at),
  service: 'web',
  operation: 'GET\u0000 /\u202e',
  kind: 'unspecified',
  failed: undefined,
  resource: {},
  events: [],
  links: [],
}));

/** Both ends of a call share its id, as Zipkin's clients write them, and each is named like a wait for a pool. */
const WAIT_AT_BOTH_ENDS: SpanRow[] = [
  { kind: 'server' as const, durationUs: 10, operation: 'pool.acquire' },
  { kind: 'client' as const, durationUs: 31, operation: 'pool.acquire' },
].map((row) => ({
  ...row,
  id: 'a',
  parentId: undefined,
  service: 'web',
  startUs: 0,
  failed: undefined,
  attributes: {},
  resource: {},
  events: [],
  links: [],
}));

const HIDDEN = /(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069\u200b]/u;

function textsIn(values: unknown[]): string[] {
  const open = [...values];
  for (const value of open) if (typeof value === 'object' && value !== null) open.push(...Object.values(value));
  return open.filter((value) => typeof value === 'string');
}
