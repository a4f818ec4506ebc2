import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type JsonNode,
  nodeAt,
  nodesIn,
  pathText,
  readJson,
  withScalars,
  withSortedMembers,
  writeJson,
} from '#utilities/json-document.ts';

function only(text: string): JsonNode {
  const read = readJson(text);
  if ('mistake' in read || read.documents.length !== 1) throw new Error(`${JSON.stringify(read)}`);
  return read.documents[0] as JsonNode;
}

const minified = (node: JsonNode) => writeJson(node, { indented: false });

describe('a document', () => {
  test.each([
    '{"b":9007199254740993,"a":1.10,"10":-0.0,"2":1e400}',
    '{"a":1,"a":2}',
    '[[],{},"",null,true,false,[1,[2,[3]]]]',
    '{"__proto__":{"x":1},"constructor":0}',
  ])('comes out as it went in: %s', (text) => {
    expect(minified(only(text))).toBe(text);
    expect(minified(only(writeJson(only(text), { indented: true })))).toBe(text);
  });

  test('is written as JSON.stringify writes it, two spaces a level', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const value = JSON.parse(text);
        expect(JSON.parse(writeJson(only(text), { indented: true }))).toEqual(value);
        expect(JSON.parse(minified(only(text)))).toEqual(value);
      }),
    );
    expect(writeJson(only('{"a":[1,{"b":[]}],"c":"x"}'), { indented: true })).toBe(
      JSON.stringify({ a: [1, { b: [] }], c: 'x' }, undefined, 2),
    );
  });

  test('is one exactly where JSON.parse says so', () => {
    const damaged = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '}', '"', '\\', '0', ' ', '\u0001', '-', 'e'))
      .map(
        ([text, at, sign]) =>
          `${text.slice(0, at % (text.length + 1))}${sign}${text.slice((at % (text.length + 1)) + 1)}`,
      );
    fc.assert(
      fc.property(fc.oneof(damaged, fc.string()), (text) => {
        let parses = true;
        try {
          JSON.parse(text);
        } catch {
          parses = false;
        }
        const read = readJson(text);
        if (parses) expect('documents' in read && read.documents.length).toBe(1);
        else expect('mistake' in read || read.documents.length > 1).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('holds nothing that a terminal would act upon, and means the same', () => {
    const text = JSON.stringify({ a: '\u009b31m\u202eevil\u200b\u{e0001}\u0007' });
    const written = minified(only(text));
    expect(written).toMatch(/^[ -~]*$/);
    expect(JSON.parse(written)).toEqual(JSON.parse(text));
  });

  test('of any length and width is read and written without a stack', () => {
    expect(only(`"${'x\\n'.repeat(500_000)}"`)).toMatchObject({ kind: 'string' });
    const wide = `[${'1,'.repeat(300_000)}1]`;
    expect(minified(only(wide))).toBe(wide);
  });

  test('that is nested too deep is refused', () => {
    const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
    expect(minified(withSortedMembers(only(deep(500))))).toBe(deep(500));
    expect(readJson(deep(100_000))).toMatchObject({ mistake: { expected: 'no more than 500 levels', column: 501 } });
  });

  test('is sorted at every level, and a list keeps its order', () => {
    expect(minified(withSortedMembers(only('{"b":[{"z":1,"y":2},0],"a":{"d":1,"c":2}}')))).toBe(
      '{"a":{"c":2,"d":1},"b":[{"y":2,"z":1},0]}',
    );
  });
});

test('several documents are read one after another, as JSON lines', () => {
  const read = readJson('{"a":1}\n{"b":2}\n\n[3]\n');
  expect('documents' in read && read.documents.map(minified)).toEqual(['{"a":1}', '{"b":2}', '[3]']);
});

test.each([
  ['', 1, 1, 'a value', 'the end'],
  ['{"a": 1\n "b": 2}', 2, 2, 'a comma or }', '"\\""'],
  ['[1,\n2,\n]', 3, 1, 'a value', '"]"'],
  ['{"a" 1}', 1, 6, 'a colon', '"1"'],
  ["{'a': 1}", 1, 2, 'a name in double quotes', '"\'"'],
  ['["a\nb"]', 1, 4, 'the end of the string', '"\\n"'],
  ['["\\x"]', 1, 3, 'an escape such as \\n or \\u0041', '"\\\\"'],
  ['{"a": undefined}', 1, 7, 'a value', '"u"'],
  ['[01]', 1, 2, 'a value', '"0"'],
])('%j stops to be JSON at line %i, column %i', (text, line, column, expected, found) => {
  expect(readJson(text)).toMatchObject({ mistake: { line, column, expected, found } });
});

test('every node has a path by which it is found again', () => {
  const document = only('{"a":{"b c":[1,{"d\'":"x"}]},"":[[2]]}');
  const nodes = [...nodesIn(document)];
  expect(nodes.map(({ place }) => pathText(place))).toEqual([
    '$',
    '$.a',
    "$.a['b c']",
    "$.a['b c'][0]",
    "$.a['b c'][1]",
    "$.a['b c'][1]['d\\'']",
    "$['']",
    "$[''][0]",
    "$[''][0][0]",
  ]);
  for (const { place, node } of nodes) expect(nodeAt(document, place)).toBe(node);
  expect(nodeAt(document, ['a', 'none', 0])).toBeUndefined();
});

test('a scalar in a list is changed under the name of the list', () => {
  const seen: string[] = [];
  withScalars(only('{"tokens":["a",["b"]],"n":1}'), (node, name) => {
    seen.push(`${name}=${node.text}`);
    return node;
  });
  expect(seen).toEqual(['tokens=a', 'tokens=b', 'n=1']);
});
