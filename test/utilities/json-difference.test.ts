import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { differencesBetween } from '#utilities/json-difference.ts';
import { type JsonNode, readJson, writeJson } from '#utilities/json-document.ts';

function node(text: string): JsonNode {
  const read = readJson(text);
  if ('mistake' in read) throw new Error(JSON.stringify(read));
  return read.documents[0] as JsonNode;
}

/** `~ $.a 1 2` */
function said(before: string, after: string): string[] {
  const text = (value: JsonNode) => writeJson(value, { indented: false });
  return differencesBetween(node(before), node(after)).map((difference) => {
    if (difference.kind === 'added') return `+ ${difference.path} ${text(difference.after)}`;
    if (difference.kind === 'removed') return `- ${difference.path} ${text(difference.before)}`;
    return `~ ${difference.path} ${text(difference.before)} ${text(difference.after)}`;
  });
}

describe('between two documents', () => {
  test.each([
    ['the order of members does not matter', '{"a":1,"b":2}', '{"b":2,"a":1}', []],
    [
      '1.0 is 1, and long digits are compared as they stand',
      '[1.0,9007199254740993]',
      '[1,9007199254740992]',
      ['~ $[1] 9007199254740993 9007199254740992'],
    ],
    [
      'members that changed, went and came',
      '{"a":{"x":1,"y":2}}',
      '{"a":{"x":3,"z":[]}}',
      ['~ $.a.x 1 3', '- $.a.y 2', '+ $.a.z []'],
    ],
    ['another kind of value', '{"a":"1"}', '{"a":1}', ['~ $.a "1" 1']],
    ['null is not missing', '{"a":null}', '{}', ['- $.a null']],
    [
      'items by the id that each has, wherever they stand',
      '[{"id":1,"n":"a"},{"id":2,"n":"b"}]',
      '[{"id":2,"n":"b"},{"id":1,"n":"c"},{"id":3}]',
      ['~ $[?@.id == 1].n "a" "c"', '+ $[?@.id == 3] {"id":3}'],
    ],
    [
      'items by position where an id stands twice',
      '[{"id":1,"n":1},{"id":1,"n":2}]',
      '[{"id":1,"n":1},{"id":1,"n":3}]',
      ['~ $[1].n 2 3'],
    ],
    ['one item more in the middle is one difference', '[1,2,3,4]', '[1,2,9,3,4]', ['+ $[2] 9']],
    ['one item less at the end is one difference', '[1,2,3]', '[1,2]', ['- $[2] 3']],
    ['of a member that stands twice the last counts', '{"a":1,"a":2}', '{"a":2}', []],
    ['a name with a quote', `{"it's":1}`, `{"it's":2}`, ["~ $['it\\'s'] 1 2"]],
  ] as const)('%s', (_what, before, after, expected) => {
    expect(said(before, after)).toEqual(expected);
  });

  test('a document has no difference to itself, and what one way was added the other way was removed', () => {
    fc.assert(
      fc.property(fc.json(), fc.json(), (a, b) => {
        expect(said(a, a)).toEqual([]);
        const count = (signs: string[], sign: string) => signs.filter((line) => line.startsWith(sign)).length;
        const [there, back] = [said(a, b), said(b, a)];
        expect(count(there, '+')).toBe(count(back, '-'));
        expect(count(there, '~')).toBe(count(back, '~'));
      }),
    );
  });
});
