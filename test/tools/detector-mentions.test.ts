import { expect, test } from 'vitest';
import { mentionsIn } from '../../tools/detector-mentions.ts';

const IDS = new Set(['slow-query', 'latency']);
const idsIn = (source: string) => mentionsIn(source, IDS).map(({ line, id }) => `${line}: ${id}`);

test('an id is a mention as a text in any quotes and as a key', () => {
  expect(idsIn('if (detector === \'slow-query\') return;\nconst a = "slow-query";\nconst b = `slow-query`;')).toEqual([
    '1: slow-query',
    '2: slow-query',
    '3: slow-query',
  ]);
  expect(idsIn("const ORDER = {\n  'slow-query': 1,\n};")).toEqual(['2: slow-query']);
});

test('a comment, an import and a longer text are no mentions', () => {
  expect(idsIn("// as 'slow-query' does\n/** 'slow-query' */")).toEqual([]);
  expect(idsIn("import { slowQuery } from '#detect/trace/slow-query.ts';\nconst text = 'a slow-query page';")).toEqual(
    [],
  );
});

test('a single word is a mention only where a detector or a kind is asked for', () => {
  expect(idsIn("finding.detector === 'latency'\nkind: 'latency'")).toEqual(['1: latency', '2: latency']);
  expect(idsIn("const signal = 'latency';\nconst UNITS = { latency: 'seconds' };")).toEqual([]);
});

test('a quote inside of a comment hides nothing that follows', () => {
  expect(idsIn("// it's\nconst a = 'slow-query';")).toEqual(['2: slow-query']);
});
