/** A message of any sender is read once, however it is made. */
import { expect, test } from 'vitest';
import { readGeneral } from '#adapters/senders/general-alert.ts';
import { readMapped } from '#adapters/senders/mapping.ts';
import { mappedMessages } from '#adapters/senders/message.ts';
import { SenderMapping } from '#config/sender-mapping.ts';
import { growthOf, MOST_GROWTH } from '#test/growth.ts';
import { inGate } from '#test/in-gate.ts';

/** In UTF-16 units: a quarter of the longest message. */
const CHARACTERS = 10_000;

const filled = (piece: string, times: number) => piece.repeat((times * CHARACTERS) / piece.length);

function deep(levels: number): unknown {
  let body: unknown = 'x';
  for (let level = 0; level < levels; level += 1) body = { a: body };
  return body;
}

const BODIES: readonly (readonly [what: string, body: (times: number) => unknown])[] = [
  ['deep', (times) => deep(500 * times)],
  [
    'wide',
    (times) =>
      Object.fromEntries(Array.from({ length: 5_000 * times }, (_, at) => [`name${at}`, 'alert: a, b=c; '.repeat(5)])),
  ],
  ['a long list', (times) => ({ a: Array.from({ length: 12_500 * times }, () => ({ b: 1 })) })],
  ['one long text', (times) => ({ a: 'x'.repeat(225_000 * times) })],
  [
    'full of brackets',
    (times) => ({ title: filled('[', times), message: filled('{a=b,', times), tags: filled(':', times) }),
  ],
];

test.each(BODIES)('a general alert that is %s', async (_, body) => {
  const growth = await growthOf((times) => {
    const given = body(times);
    return async () => void readGeneral(given, { source: 'senders', receivedUs: 1 });
  });
  expect(growth).toBeLessThan(MOST_GROWTH);
});

const { gate, deep: others } = inGate(BODIES, 2);
test.each(gate)('an alert with a mapping that is %s', isReadOnceWithMapping);
test.each(others)('an alert with a mapping that is %s', { tags: ['deep'] }, isReadOnceWithMapping);

async function isReadOnceWithMapping(_: string, body: (times: number) => unknown): Promise<void> {
  const mapping = {
    acme: SenderMapping.parse({ title: '$..name', service: { pattern: 'service:\\s{0,5}(\\S{1,40})' } }),
  };
  const growth = await growthOf((times) => {
    const given = body(times);
    return async () => void readMapped(mapping, given, 1);
  });
  expect(growth).toBeLessThan(MOST_GROWTH);
}

test.each([':', '[', 'a-', 'is ', '*Service:* '])('a message of an app, full of %j', async (piece) => {
  const read = mappedMessages({});
  const growth = await growthOf((times) => {
    const message = {
      type: 'message',
      subtype: 'bot_message',
      bot_id: 'B1',
      username: 'Monitor',
      channel: 'C1',
      ts: '1767709800.000100',
      text: filled(piece, times),
    };
    return async () => void read(message);
  });
  expect(growth).toBeLessThan(MOST_GROWTH);
});
