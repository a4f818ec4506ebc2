import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  namedTraceId,
  readTraceId,
  sameTraceId,
  severalTraceIds,
  traceIdDigits,
  traceIdForms,
} from '#model/trace/trace-id.ts';

const ID = '53487d888710d4b691823512a181a115';
const SHORT = 'a1b2c3d4e5f60718';

describe('readTraceId', () => {
  test.each([
    ['32 digits', ID, ID],
    ['32 digits in upper case', ID.toUpperCase(), ID],
    ['32 digits of a 64-bit id', `0000000000000000${SHORT}`, `0000000000000000${SHORT}`],
    ['16 digits', SHORT, SHORT],
    ['an id without its leading zeros', 'abcdef0123456789abcdef012345', 'abcdef0123456789abcdef012345'],
    ['0x before it', `0x${SHORT}`, SHORT],
    ['the form of a UUID', '53487D88-8710-d4b6-9182-3512a181a115', ID],
    ['a traceparent', `00-${ID}-6c451fa62ec09fff-01`, ID],
    ['a B3 header', `${ID}-6c451fa62ec09fff-1`, ID],
    ['an uber-trace-id', `${SHORT}:6c451fa62ec09fff:0:1`, SHORT],
    ['an X-Ray id', 'Root=1-53487d88-8710d4b691823512a181a115;Sampled=1', ID],
    ['blanks around it', `  ${ID}\n`, ID],
  ])('reads %s', (_, text, id) => {
    expect(readTraceId(text)).toEqual({ kind: 'trace', id });
  });

  test.each([
    ['Jaeger', `https://jaeger.example/trace/${ID}`],
    ['Jaeger under a base path', `http://localhost:16686/ops/jaeger/trace/${ID}?uiFind=6c451fa62ec09fff`],
    ['a span in Jaeger, whose id is no trace’s', `https://j.example/trace/${ID}?uiFind=6c451fa62ec09fff&x=1#top`],
    ['Jaeger’s API', `http://localhost:16686/api/traces/${ID}?raw=true`],
    ['Tempo’s API', `http://tempo:3200/api/v2/traces/${ID}`],
    ['a parameter', `https://apm.example/view?env=prod&traceId=${ID}`],
    [
      'Grafana Explore',
      `https://g.example/explore?schemaVersion=1&panes=${encodeURIComponent(
        JSON.stringify({ abc: { datasource: 'P214B5B846CF3925', queries: [{ query: ID, refId: 'A' }] } }),
      )}&orgId=1`,
    ],
    [
      'Grafana Explore of old',
      `https://g.example/explore?left=${encodeURIComponent(JSON.stringify({ queries: [{ query: ID }], range: {} }))}`,
    ],
    [
      'Grafana through a login page',
      `https://login.example/?next=${encodeURIComponent(
        `https://g.example/explore?left=${encodeURIComponent(JSON.stringify({ queries: [{ query: ID }] }))}`,
      )}`,
    ],
    [
      'a TraceQL query',
      `https://g.example/explore?panes=${encodeURIComponent(
        JSON.stringify({ a: { queries: [{ queryType: 'traceql', query: `{trace:id="${ID}"}` }] } }),
      )}`,
    ],
  ])('reads a link of %s', (_, link) => {
    expect(readTraceId(link)).toEqual({ kind: 'trace', id: ID });
  });

  test.each([
    ['logfmt', `level=error msg="redis timeout" trace_id=${ID} span_id=6c451fa62ec09fff`],
    ['JSON', `{"level":"error","traceID":"${ID}","spanID":"6c451fa62ec09fff"}`],
    ['JSON inside JSON', `{"log":"{\\"trace_id\\":\\"${ID}\\"}"}`],
    ['ECS', `{"trace.id": "${ID}", "message": "no"}`],
    ['a header', `X-B3-TraceId: ${ID}`],
    ['prose', `it fails, see TraceId: ${ID}, since noon`],
    ['no field, but a single long id', `12:01:07 ERROR [checkout,${ID},6c451fa62ec09fff] no stock`],
    ['a UUID in its field', 'trace_id=53487d88-8710-d4b6-9182-3512a181a115 order=77'],
    ['a traceparent', `GET / traceparent: 00-${ID}-6c451fa62ec09fff-01`],
    ['the same id twice', `trace_id=${ID} parent trace_id=${ID.toUpperCase()}`],
  ])('finds the id in a log line: %s', (_, line) => {
    expect(readTraceId(line)).toEqual({ kind: 'trace', id: ID });
  });

  test.each([
    `<https://jaeger.example/trace/${ID}|jaeger.example/trace/…>`,
    `<https://jaeger.example/trace/${ID}?a=1&amp;uiFind=6c451fa62ec09fff>`,
    `\`${ID}\``,
    `\`\`\`${ID}\`\`\``,
    `“${ID}”`,
    `‘${ID}’`,
    `*${ID}*`,
    `${ID}.`,
    `(${ID}),`,
    `\u200b${ID}\ufeff`,
  ])('reads it as Slack and copying mangle it: %s', (text) => {
    expect(readTraceId(text)).toEqual({ kind: 'trace', id: ID });
  });

  test.each([
    ['abc123def456ghi789jkl', 'abc123def456ghi789jkl'],
    ['`ORD-77-2026`', 'ORD-77-2026'],
    ['req_9f8e7d', 'req_9f8e7d'],
    [`${ID}0`, `${ID}0`],
    ['заказ-77', 'заказ-77'],
  ])('keeps %s as text to search for, since it is no trace id by its form', (pasted, text) => {
    expect(readTraceId(pasted)).toEqual({ kind: 'text', text });
  });

  test.each([
    ['nothing', ''],
    ['a word', 'help'],
    ['five characters', 'abc12'],
    ['two words', 'checkout slow'],
    ['zeros', '00000000000000000000000000000000'],
    ['a traceparent of zeros', '00-00000000000000000000000000000000-0000000000000000-00'],
    ['a link without an id', 'https://jaeger.example/search?service=cart'],
    ['a link with a span alone', 'https://jaeger.example/search?uiFind=6c451fa62ec09fff'],
    ['punctuation', '-------'],
    ['two different ids', `trace_id=${ID} trace_id=${SHORT}`],
    ['a pasted blob', 'x'.repeat(300)],
  ])('takes %s for no id', (_, text) => {
    expect(readTraceId(text)).toBeUndefined();
  });

  test('takes six hex digits for an id, and five for none', () => {
    expect(readTraceId('feed01')).toEqual({ kind: 'trace', id: 'feed01' });
    expect(readTraceId('feed0')).toBeUndefined();
  });

  test('never throws and never gives an id that is not hex, whatever is pasted', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('trace_id=', '/trace/', 'https://', '%25', '%E0%A4', '<', '>', '"', ID, SHORT, '|'),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const reference = readTraceId(pieces.join(''));
        if (reference?.kind === 'trace') expect(reference.id).toMatch(/^(?=.*[1-9a-f])[0-9a-f]{1,32}$/);
        if (reference?.kind === 'text') expect(reference.text).toMatch(/^\S{6,256}$/);
      }),
    );
  });
});

describe('ids of one trace', () => {
  test('are the same with and without leading zeros and in either case', () => {
    expect(sameTraceId(SHORT, `0000000000000000${SHORT.toUpperCase()}`)).toBe(true);
    expect(sameTraceId(ID, `f${ID.slice(1)}`)).toBe(false);
    expect(sameTraceId(`${SHORT}0`, `0${SHORT}`)).toBe(false);
  });

  test('have as many forms as stores write', () => {
    expect(traceIdForms(ID.toUpperCase())).toEqual([ID]);
    expect(traceIdForms(SHORT)).toEqual([SHORT, `0000000000000000${SHORT}`]);
    expect(traceIdForms('a0b0c0d0e0f0102')).toEqual([
      'a0b0c0d0e0f0102',
      '00000000000000000a0b0c0d0e0f0102',
      '0a0b0c0d0e0f0102',
    ]);
  });

  test('share their digits', () => {
    expect(traceIdForms('00A0b0').every((form) => form.endsWith(traceIdDigits('00A0b0')))).toBe(true);
  });
});

test.each([
  [`Example trace ${ID} shows the failing call.`, ID],
  [`Trace: \`${ID}\``, ID],
  [`The stack trace ${ID} is the same as yesterday.`, undefined],
  [`The fingerprint ${ID} has no trace.`, undefined],
  [`See trace ${SHORT}.`, undefined],
])('a sentence names a trace only by the word in front of 32 digits: %s', (text, id) => {
  expect(namedTraceId(text)).toBe(id);
});

describe('a text that consists of several ids', () => {
  const [A, B] = ['4bf92f3577b34da6a3ce929d0e0e4736', '0af7651916cd43dd8448eb211c80319c'];

  test.each([
    [`${A}...${B}`],
    [`https://jaeger.example.com/trace/${A}...${B}`],
    [`<https://jaeger.example.com/trace/${A}...${B}?cohort=${A}|the comparison>`],
    [`${A}…${B}`],
    [`${A}, ${B}`],
    [`https://jaeger.example.com/trace/${A} ${B}`],
  ])('%s names each of them', (text) => {
    expect(severalTraceIds(text)).toEqual([A, B]);
  });

  test.each([
    [A],
    [`${A} ${A.toUpperCase()}`],
    [`${A} 00f067aa0ba902b7`],
    [`00-${A}-00f067aa0ba902b7-01`],
    [`trace_id=${A} caused_by=${B}`],
    [`https://github.com/acme/shop/compare/${A}12345678...${B}12345678`],
    ['facade beaded'],
    [''],
  ])('%s is none', (text) => {
    expect(severalTraceIds(text)).toEqual([]);
  });
});
