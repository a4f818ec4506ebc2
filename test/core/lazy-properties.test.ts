import { expect, test } from 'vitest';
import { withLazyProperties } from '#core/lazy-properties.ts';

function counted() {
  const made: string[] = [];
  const object = withLazyProperties({ name: 'a' }, { text: () => `text ${made.push('text')}` });
  return { object, made };
}

test('is made when it is first read, and once', () => {
  const { object, made } = counted();
  expect([object.name, made]).toEqual(['a', []]);
  expect([object.text, object.text, made]).toEqual(['text 1', 'text 1', ['text']]);
});

test('is there for whoever spreads, clones or writes the object', () => {
  const whole = { name: 'a', text: 'text 1' };
  expect({ ...counted().object }).toEqual(whole);
  expect(structuredClone(counted().object)).toEqual(whole);
  expect(JSON.parse(JSON.stringify(counted().object))).toEqual(whole);
  expect(Object.keys(counted().object)).toEqual(['name', 'text']);
});

test('each object has its own', () => {
  const [one, other] = ['one', 'other'].map((text) => withLazyProperties({}, { text: () => text }));
  expect([one?.text, other?.text]).toEqual(['one', 'other']);
});
