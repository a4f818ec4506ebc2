import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutJson } from '#analyse/cut-json.ts';
import { decodedRows } from '#test/decoded-rows.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
/** Ids that are numbers come in the order of their numbers. */
const byNumber = (id: string) => (/^\d+$/.test(id) ? Number(id) : undefined);
const cut = (body: string, maxBytes: number, levelOf = byNumber) => decode(cutJson(encode(body), maxBytes, levelOf));

const zipkin = (id: number | string, name = '') => JSON.stringify({ traceId: 'd5', id: String(id), name });
const otlp = (...ids: (number | string)[]) =>
  JSON.stringify({
    resourceSpans: [{ scopeSpans: [{ spans: ids.map((id) => ({ traceId: 'd5', spanId: String(id) })) }] }],
  });
const idsIn = (body: string) => decodedRows(body).flatMap(({ rows }) => rows.map(({ id }) => id));

test('a list of Zipkin’s spans keeps those of the lowest levels, in their order and byte for byte', () => {
  const body = `[ ${[zipkin(3), zipkin(1), zipkin('x'), zipkin(2)].join(' ,\n')} ]`;
  expect(cut(body, body.length)).toBe(`[ ${[zipkin(3), zipkin(1), zipkin(2)].join(' ,\n')} ]`);
  const two = cut(body, zipkin(1).length * 2 + 16);
  expect(two.length).toBeLessThanOrEqual(zipkin(1).length * 2 + 16);
  expect(idsIn(two)).toEqual(['1', '2']);
});

test('lists of a search that keep no span go as a whole', () => {
  const body = `[[${zipkin('x')}],[${zipkin(1)}],[${zipkin('y')},${zipkin('z')}]]`;
  expect(cut(body, 1000)).toBe(`[[${zipkin(1)}]]`);
});

test('lines that keep no span go, and the others stay lines', () => {
  const body = [otlp('x', 'y'), otlp('z'), otlp(1, 'x'), otlp('y'), otlp(2)].join('\n');
  const short = cut(body, 1000);
  expect(idsIn(short)).toEqual(['1', '2']);
  expect(short).not.toContain('"z"');
});

test("a span's container counts with it, a container without spans does not", () => {
  const trace = (id: number, more: string) =>
    JSON.stringify({
      traceID: 'd5',
      spans: [{ traceID: 'd5', spanID: String(id) }],
      processes: { p1: { serviceName: more } },
    });
  const body = `{"data":[${trace(2, 'a'.repeat(900))},${trace(1, 'b')}]}`;
  expect(cut(body, 500)).toBe(`{"data":[${trace(1, 'b')}]}`);
});

test('a link to a span, or a reference, is a part of its span', () => {
  const span = { traceId: 'd5', spanId: '1', links: [{ traceId: 'd6', spanId: '2' }] };
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span, { ...span, spanId: 'x' }] }] }] });
  expect(JSON.parse(cut(body, 1000)).resourceSpans[0].scopeSpans[0].spans).toEqual([span]);
});

describe('recordings', () => {
  test.each(['jaeger/hotrod/mutex12-01', 'jaeger/hotrod-v3/mutex12-01', 'tempo/hotrod/mutex12-01'])(
    '%s stays JSON and a trace, however small it becomes',
    (name) => {
      const body = readFileSync(`test/fixtures/wire/${name}.json`, 'utf8');
      const spans = idsIn(body);
      const order = new Map(spans.map((id, i) => [id, i % 5]));
      let left = spans;
      for (let maxBytes = body.length; maxBytes > body.length / 20; maxBytes = Math.floor(maxBytes * 0.8)) {
        const short = cut(body, maxBytes, (id) => order.get(id));
        JSON.parse(short);
        if (!/"span(ID|Id)"/.test(short)) continue;
        expect(short.length).toBeLessThanOrEqual(maxBytes);
        left = idsIn(short);
        expect(spans.filter((id) => left.includes(id))).toEqual(left);
      }
      expect(left.length).toBeLessThan(spans.length / 2);
    },
  );
});

test('whatever the body, it stays JSON', () => {
  const span = fc.record({ spanId: fc.constantFrom('1', '2', 'x'), a: fc.jsonValue({ maxDepth: 2 }) });
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom(1, 'a', null, '],[', '\\"'),
      span,
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(fc.constantFrom('spans', 'id', 'traceId', 'b'), tie('tree')),
    ),
  }));
  fc.assert(
    fc.property(tree, fc.constantFrom(undefined, 1, '\t'), fc.nat(300), (value, indent, maxBytes) => {
      const body = JSON.stringify(value, null, indent);
      expect(() => JSON.parse(cut(body, maxBytes))).not.toThrow();
      expect(cut(body, body.length * 2, () => 0)).toBe(body);
    }),
  );
});

test('a body nested hundreds of thousands deep, cut short or not, is cut without a stack', () => {
  const deep = `${'['.repeat(300_000)}${zipkin(1)},${zipkin('x')}${']'.repeat(300_000)}`;
  expect(cut(deep, deep.length * 2)).toBe(deep.replace(`,${zipkin('x')}`, ''));
  expect(cut(deep.slice(0, 300_040), 400_000)).toBe(deep.slice(0, 300_040));
});
