/** What is odd about a span where it is read is counted, in every format alike. */
import { describe, expect, test } from 'vitest';
import { traceBody } from '#decode/trace-body.ts';
import { repairGaps } from '#model/trace/build/repairs.ts';
import { buildTrace } from '#model/trace/build/trace-builder.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathSelfUs } from '#model/trace/views/critical-path.ts';

function read(body: unknown): Trace {
  const decoder = traceBody('auto', 'body');
  decoder.push(new TextEncoder().encode(JSON.stringify(body)));
  const [first] = decoder.end();
  if (first === undefined) throw new Error('no trace');
  return buildTrace(first.spans, first.traceId);
}

const jaeger = (...spans: readonly object[]) =>
  read({
    data: [
      {
        traceID: 't1',
        spans: spans.map((span, i) => ({ spanID: `s${i}`, processID: 'p', startTime: 10 + i, duration: 5, ...span })),
        processes: { p: { serviceName: 'web' } },
      },
    ],
  });
const otlp = (...spans: readonly object[]) =>
  read({
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'web' } }] },
        scopeSpans: [
          {
            spans: spans.map((span, i) => ({ traceId: 'aa', spanId: `${i + 1}`, startTimeUnixNano: '9000', ...span })),
          },
        ],
      },
    ],
  });
const zipkin = (...spans: readonly object[]) =>
  read(
    spans.map((span, i) => ({
      traceId: 'aa',
      id: `${i + 1}`,
      timestamp: 9,
      localEndpoint: { serviceName: 'web' },
      ...span,
    })),
  );

describe('a kind', () => {
  const kind = (value: unknown) => ({ tags: [{ key: 'span.kind', value }] });

  test('that is none of the five is counted in Jaeger’s JSON, and one that is missing is none', () => {
    const trace = jaeger(kind('proxy'), kind('CLIENT'), kind(''), kind(7), {}, kind('constructor'));
    expect(trace.repairs.unknownKind).toBe(3);
    expect(Array.from({ length: 6 }, (_, span) => trace.kind(span))).toEqual([
      'unspecified',
      'client',
      ...Array.from({ length: 4 }, () => 'unspecified'),
    ]);
  });

  test.each<[unknown, number]>([
    [undefined, 0],
    [null, 0],
    [0, 0],
    ['0', 0],
    [5, 0],
    ['SPAN_KIND_UNSPECIFIED', 0],
    ['SPAN_KIND_SERVER', 0],
    ['CLIENT', 0],
    [6, 1],
    [-1, 1],
    ['SPAN_KIND_PROXY', 1],
    ['constructor', 1],
    [[], 1],
    [true, 1],
  ])('%j of OTLP is unknown %i times', (value, times) => {
    expect(otlp({ kind: value }).repairs.unknownKind).toBe(times);
  });

  test('that Zipkin does not have is counted, but for the server’s side of a shared span', () => {
    const spans = [{ kind: 'CLIENT' }, {}, { kind: 'PROXY' }, { tags: { 'span.kind': 'gateway' } }];
    expect(zipkin(...spans, { kind: 'PROXY', shared: true }).repairs.unknownKind).toBe(2);
  });

  test('nested as deep as can be is no kind, and no status', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const body = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"spanId":"1","kind":DEEP,"status":{"code":DEEP}}]}]}]}`;
    const decoder = traceBody('auto', 'body');
    decoder.push(new TextEncoder().encode(body.replaceAll('DEEP', deep)));
    const [first] = decoder.end();
    expect(first && buildTrace(first.spans).repairs.unknownKind).toBe(1);
  });
});

describe('a span that was still open when it was sent', () => {
  const start = '1795155921141000000';

  test('is counted in OTLP, whether its end is missing or 0, and one that took no time is not', () => {
    const ends = [undefined, null, 0, '0', start, '1795155921141000001'];
    const spans = ends.map((end) => ({ startTimeUnixNano: start, endTimeUnixNano: end }));
    const { repairs } = otlp(...spans, { startTimeUnixNano: undefined });
    expect(repairs).toMatchObject({ unfinishedSpan: 4, negativeDuration: 0 });
    expect(repairGaps(otlp(...spans)).map(({ problem }) => problem)).toContain('4 spans without an end');
  });

  test('is counted in Zipkin’s JSON, where whoever sends or takes a message may say when and no more', () => {
    const kinds = [{}, { kind: 'CLIENT' }, { kind: 'PRODUCER' }, { kind: 'CONSUMER' }, { duration: 1 }];
    expect(zipkin(...kinds).repairs.unfinishedSpan).toBe(2);
  });
});

describe('a reference of Jaeger’s JSON', () => {
  const to = (refType: string, traceID: string, spanID: string) => ({ refType, traceID, spanID });

  test('to a parent in another trace makes a root that is told as such, and as no other root', () => {
    const trace = jaeger({}, { references: [to('CHILD_OF', 'other', 'x')] });
    expect(trace.repairs).toMatchObject({ foreignParent: 1, foreignLink: 0, followsFrom: 0, orphan: 0, extraRoot: 1 });
  });

  test('to a span of another trace beside the parent is a link', () => {
    const own = to('CHILD_OF', '0T1', 's0');
    const trace = jaeger(
      {},
      { references: [own, to('FOLLOWS_FROM', 'other', 'x')] },
      { references: [to('CHILD_OF', 'other', 'x'), own] },
      { references: [own, to('FOLLOWS_FROM', 't1', 's1')] },
    );
    expect(trace.repairs).toMatchObject({ foreignParent: 0, foreignLink: 2, followsFrom: 0, extraRoot: 0 });
  });

  test('to what came before is told where there is no other parent', () => {
    const trace = jaeger({}, { references: [to('FOLLOWS_FROM', 't1', 's0')] });
    expect(trace.repairs).toMatchObject({ foreignParent: 0, foreignLink: 0, followsFrom: 1, extraRoot: 0 });
    expect(trace.parent(1)).toBe(0);
  });

  test('to what came before is work that nobody waited for: off the critical path, and no sign of a wrong clock', () => {
    const processes = {
      a: { serviceName: 'a', tags: [{ key: 'host.name', value: 'h1' }] },
      b: { serviceName: 'b', tags: [{ key: 'host.name', value: 'h2' }] },
    };
    const calledAt = (startTime: number, processID: string, refType: string) => {
      const references = [to(refType, 't1', 'caller')];
      const called = { traceID: 't1', spanID: 'called', processID, startTime, duration: 20_000, references };
      const caller = { traceID: 't1', spanID: 'caller', processID: 'a', startTime: 1_000_000, duration: 100_000 };
      const trace = read({ data: [{ traceID: 't1', spans: [caller, called], processes }] });
      return [pathSelfUs(trace, 1), trace.shiftUs(1)];
    };
    expect(calledAt(1_050_000, 'a', 'CHILD_OF')).toEqual([20_000, 0]);
    expect(calledAt(1_050_000, 'a', 'FOLLOWS_FROM')).toEqual([0, 0]);
    expect(calledAt(1_150_000, 'b', 'CHILD_OF')).toEqual([20_000, -110_000]);
    expect(calledAt(1_150_000, 'b', 'FOLLOWS_FROM')).toEqual([0, 0]);
  });
});

test('a link of OTLP is counted where it leads to another trace, in whatever form its id is written', () => {
  const link = (traceId: string) => ({ links: [{ traceId, spanId: '1' }] });
  const traceId = '0000000000000000a1b2c3d4e5f60718';
  const here = [link(traceId), link('A1B2C3D4E5F60718'), link('AAAAAAAAAAChssPU5fYHGA=='), link('')];
  expect(otlp(...here.map((span) => ({ ...span, traceId }))).repairs.foreignLink).toBe(0);
  expect(otlp({ ...link('ffffffffffffffffa1b2c3d4e5f60718'), traceId }).repairs.foreignLink).toBe(1);
});

test('names are judged in every format, escaped or not', () => {
  expect(jaeger({ operationName: 'a\u0000b' }, { operationName: 'a\u202eb' }, {}).repairs.hiddenCharacters).toBe(2);
  expect(otlp({ name: 'a\u0000b' }, { name: 'a' }).repairs.hiddenCharacters).toBe(1);
  expect(zipkin({ name: 'a\u0000b' }, { localEndpoint: { serviceName: '\u0007' } }).repairs).toMatchObject({
    hiddenCharacters: 2,
    unnamedService: 1,
  });
});

test('a log that tells of an error does not make a span fail: the tag, a status or a code does, as in Jaeger’s UI', () => {
  const logs = [
    {
      timestamp: 12,
      fields: [
        { key: 'event', value: 'error' },
        { key: 'error.object', value: 'no stock' },
      ],
    },
  ];
  const trace = jaeger({ logs }, { logs, tags: [{ key: 'error', value: true }] });
  expect([trace.failed(0), trace.failed(1)]).toEqual([false, true]);
  expect(trace.events(0).map(({ name }) => name)).toEqual(['error']);
});
