import { expect, test } from 'vitest';
import { tracesIn } from '#model/trace/traces-in-message.ts';

const A = 'ac7a085ac1e7444f87fffebd9299acd6';
const B = '4bf92f3577b34da6a3ce929d0e0e4736';

const ids = (message: unknown) => tracesIn(message).map((found) => (found.kind === 'trace' ? found.id : found.text));

test('reads text, blocks, rich text and attachments', () => {
  const link = { type: 'link', url: `https://jaeger.example.com/trace/${A}`, text: 'the trace' };
  expect(ids({ text: `failed, trace_id=${A}` })).toEqual([A]);
  expect(ids({ text: '', blocks: [{ type: 'section', fields: [{ type: 'mrkdwn', text: `*Trace*\n${A}` }] }] })).toEqual(
    [A],
  );
  expect(
    ids({ text: '', blocks: [{ type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [link] }] }] }),
  ).toEqual([A]);
  expect(ids({ text: '', attachments: [{ fields: [{ title: 'Trace', value: A }] }] })).toEqual([A]);
});

test('finds each of several traces once, in the order in which they stand', () => {
  expect(ids({ text: `traceparent 00-${B}-00f067aa0ba902b7-01\ntrace_id=${A}`, attachments: [{ text: A }] })).toEqual([
    B,
    A,
  ]);
  expect(ids({ text: `compare ${A} with ${B}` })).toEqual([A, B]);
});

test('takes the first three of a list', () => {
  const many = Array.from({ length: 9 }, (_, index) => `trace_id=${B.slice(0, 31)}${index}`).join('\n');
  expect(ids({ text: many })).toHaveLength(3);
});

test('without a trace, takes the ids of requests by their names, as `/trace` reads them', () => {
  for (const line of [
    'level=error request_id=req-7f3a9c msg="no stock"',
    '{"level":"error","requestId":"req-7f3a9c"}',
    'X-Request-ID: req-7f3a9c',
    'WARN failed (correlation id req-7f3a9c), try again',
    'transaction.id => "req-7f3a9c"',
  ])
    expect(ids({ text: line }), line).toEqual(['req-7f3a9c']);
  const uuid = '7e57d00d-7e57-4e57-8e57-7e57d00d7e57';
  expect(tracesIn({ text: `request_id=${uuid}` })).toEqual([{ kind: 'trace', id: uuid.replaceAll('-', '') }]);
  const many = ['req-1aaaa', 'req-2bbbb', 'req-1aaaa', 'req-3cccc', 'req-4dddd'].map((id) => `req_id=${id}`);
  expect(ids({ text: many.join('\n') })).toEqual(['req-1aaaa', 'req-2bbbb', 'req-3cccc']);
});

test('a trace beside them is what the message is about', () => {
  expect(ids({ text: `request_id=req-7f3a9c trace_id=${A}` })).toEqual([A]);
});

test('takes no word, no other field and no empty id for a request', () => {
  for (const line of [
    'request_id=missing',
    'the request id is unknown',
    'request_id= duration=120ms',
    'prerequest_id=req-7f3a9c',
    'request_idle=300000',
    'request_id=000000',
    'order_id=ord-1841',
  ])
    expect(ids({ text: line }), line).toEqual([]);
});

test('does not take words, numbers and the ids that Slack itself puts into a message', () => {
  expect(
    ids({
      text: 'the facade decade of 500000 requests\ndefaced\n1234567',
      client_msg_id: '7e57d00d-7e57-7e57-7e57-7e57d00d7e57',
      bot_id: 'B0123456789',
      blocks: [{ type: 'image', block_id: B, image_url: `https://files.example.com/${A}.png`, alt_text: 'x' }],
    }),
  ).toEqual([]);
});
