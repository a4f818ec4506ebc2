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
