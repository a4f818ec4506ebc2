/** Spans of OTLP as nobody should send them, and parts of them: of every type, in both spellings, with members left out. */
import fc from 'fast-check';

export const id = fc.constantFrom(
  'a1',
  'A1',
  '00000000000000a1',
  'b2',
  'AAAAAAAAALI=',
  'c3',
  '',
  '0000000000000000',
  'é"\\',
);
export const traceId = fc.constantFrom('t1', 'AAAAAAAAAAAAAAAAAAAA1Q==', 'd5', '00d5', '');
export const text = fc.constantFrom('web', 'GET /', 'é"\\', '{"[', '', '\u2028', '😀 x', '}\n{');
export const integer = fc.oneof(
  fc.nat(5000),
  fc.constantFrom('17', '1795155921141000999', '', 'x', null, 1.9, -3, 1e20, {}),
);
export const odd = fc.constantFrom(null, {}, [], 'x', 3, [[{ spans: [1] }]], { spans: [{ spanId: 'no' }] });
export const some = <T>(of: fc.Arbitrary<T>) => fc.oneof({ weight: 9, arbitrary: of }, { weight: 1, arbitrary: odd });
export const list = <T>(of: fc.Arbitrary<T>) => some(fc.array(some(of), { maxLength: 4 }));
export const members = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(model, { requiredKeys: [] });

const value = fc.oneof(
  members({ stringValue: text }),
  members({ intValue: integer, int_value: integer }),
  members({ bool_value: fc.boolean() }),
  members({ arrayValue: fc.constant({ values: [{ string_value: 'a' }] }) }),
);
export const attribute = members({
  key: fc.constantFrom('service.name', 'http.response.status_code', 'db.query.text', 'db.system.name', 'é'),
  value: some(value),
});
export const otlpSpan = members({
  traceId,
  trace_id: traceId,
  spanId: id,
  span_id: id,
  parentSpanId: id,
  parent_span_id: id,
  name: text,
  kind: fc.constantFrom(1, 2, 3, 'SPAN_KIND_CLIENT', 'x', null),
  startTimeUnixNano: integer,
  start_time_unix_nano: integer,
  endTimeUnixNano: integer,
  attributes: list(attribute),
  events: list(members({ timeUnixNano: integer, name: text, attributes: list(attribute) })),
  status: some(members({ code: fc.constantFrom(0, 1, 2, 'STATUS_CODE_ERROR'), message: text })),
});
