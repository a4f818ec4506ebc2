import { expect, test } from 'vitest';
import { type KnownHeads, knownHeads, NO_HEAD } from '#decode/known-heads.ts';

/** Text with enough behind it that nobody reads past its end. */
function viewOf(text: string): DataView {
  return new DataView(new TextEncoder().encode(text.padEnd(text.length + 512, '"')).buffer);
}

function learn(heads: KnownHeads, text: string, before = NO_HEAD, context = 0): number {
  return heads.learn(viewOf(text), 0, text.length, before, context);
}

test('what stood there the last time is guessed, wherever it stands now', () => {
  const heads = knownHeads();
  const head = learn(heads, ',"duration":');
  expect(head).not.toBe(NO_HEAD);
  expect(heads.length(head)).toBe(12);
  expect(heads.guess(viewOf('{"a":1,"duration":12'), 6, NO_HEAD, 0)).toBe(head);
});

test('a byte that differs, first, last or in between, makes it another one', () => {
  const heads = knownHeads();
  const text = ',"duration":';
  learn(heads, text);
  for (let at = 0; at < text.length; at += 1) {
    const other = `${text.slice(0, at)}~${text.slice(at + 1)}`;
    expect(heads.guess(viewOf(other), 0, NO_HEAD, 0), other).toBe(NO_HEAD);
  }
});

test('heads of any length are told apart', () => {
  for (let length = 4; length <= 256; length += 1) {
    const heads = knownHeads();
    const text = 'abcdefghijklm'.repeat(20).slice(0, length);
    const head = learn(heads, text);
    expect(heads.guess(viewOf(text), 0, NO_HEAD, 0)).toBe(head);
    expect(heads.length(head)).toBe(length);
  }
});

test('the guess follows what came before and the context, and the last one holds', () => {
  const heads = knownHeads();
  const first = learn(heads, '[{"key":"span.kind"');
  const one = learn(heads, ',{"key":"db.system"', first, 1);
  const other = learn(heads, ',{"key":"http.route"', first, 2);
  expect(heads.guess(viewOf(',{"key":"db.system"'), 0, first, 1)).toBe(one);
  expect(heads.guess(viewOf(',{"key":"http.route"'), 0, first, 2)).toBe(other);
  expect(heads.guess(viewOf(',{"key":"db.system"'), 0, first, 2)).toBe(NO_HEAD);
  learn(heads, ',{"key":"http.route"', first, 1);
  expect(heads.guess(viewOf(',{"key":"db.system"'), 0, first, 1)).toBe(NO_HEAD);
});

test('one head has one number, wherever it was learned', () => {
  const heads = knownHeads();
  expect(learn(heads, ',"spanID":', 3, 7)).toBe(learn(heads, ',"spanID":', 9, 2));
});

test('what is too short, too long, or the thousandth of its kind is not remembered', () => {
  const heads = knownHeads();
  expect(learn(heads, '{"a')).toBe(NO_HEAD);
  expect(learn(heads, 'x'.repeat(257))).toBe(NO_HEAD);
  for (let i = 0; i < 5_000; i += 1) learn(heads, `,"member ${i}":`);
  expect(learn(heads, ',"another one":')).toBe(NO_HEAD);
  expect(learn(heads, ',"member 17":')).not.toBe(NO_HEAD);
});
