/** Questions to a model in a row, and the turns of a conversation. */
import { describe, expect, test } from 'vitest';
import type { Attributes } from '#model/trace/columns.ts';
import { questionsInARow } from '#model/trace/views/model-questions.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { call, server, times, traceOf } from '#test/trace.ts';

type Row = Readonly<{
  count?: number;
  pauseMs?: number;
  each?: (at: number) => Attributes;
  root?: Attributes;
}>;

const graded = ({ count = 8, pauseMs = 30, each = () => ({}), root = {} }: Row = {}) =>
  traceOf(
    server(
      'grader',
      'POST /grade',
      { ms: 40 + count * (2660 + pauseMs), attributes: root },
      times(count, (i) =>
        call('grader', 'vllm', 'chat mistral-7b', {
          at: 20 + i * (2660 + pauseMs),
          ms: 2660,
          attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.usage.output_tokens': 240, ...each(i) },
        }),
      ),
    ),
  );
const verdictOf = (row?: Row) => diagnosed(graded(row)).diagnosis;

describe('eight questions of one caller to a model, one right after another', () => {
  test('may not need each other', () => {
    expect(questionsInARow(graded()).size).toBe(8);
    expect(verdictOf()).toMatchObject({ kind: 'sequential-calls', status: 'inconclusive', service: 'grader' });
  });

  test('are no such row where they are few, or pause for something else', () => {
    expect(verdictOf({ count: 4 })).toBeUndefined();
    expect(verdictOf({ pauseMs: 900 })).toBeUndefined();
  });

  test('are turns where they belong to an agent or a conversation, ask for tools, or grow', () => {
    expect(verdictOf({ root: { 'gen_ai.agent.name': 'booking' } })).toBeUndefined();
    expect(verdictOf({ each: () => ({ 'gen_ai.conversation.id': 'c-1' }) })).toBeUndefined();
    expect(verdictOf({ each: () => ({ 'gen_ai.response.finish_reasons': '["tool_calls"]' }) })).toBeUndefined();
    expect(verdictOf({ each: (at) => ({ 'gen_ai.usage.input_tokens': 400 + 300 * at }) })).toBeUndefined();
    expect(verdictOf({ each: (at) => ({ 'gen_ai.usage.input_tokens': 400 + ((at * 37) % 90) }) })).toBeDefined();
  });
});

describe('four questions about the elements of a set that the caller counted', () => {
  const asked = (root: Attributes, each: (at: number) => Attributes) =>
    questionsInARow(graded({ count: 4, root, each })).size;

  test('may not need each other', () => {
    expect(asked({ dishes: 4 }, (dish) => ({ dish }))).toBe(4);
    expect(asked({ 'app.stories': 4 }, (at) => ({ 'app.story': `s-${at}` }))).toBe(4);
  });

  test('are no row where the set has another size, an element comes twice, or each goes on from the one before', () => {
    expect(asked({ dishes: 5 }, (dish) => ({ dish }))).toBe(0);
    expect(asked({ dishes: 4 }, (at) => ({ dish: Math.floor(at / 2) }))).toBe(0);
    expect(asked({ rounds: 4 }, (round) => ({ round }))).toBe(0);
    expect(asked({ steps: 4 }, (step) => ({ step }))).toBe(0);
    expect(asked({}, (dish) => ({ dish }))).toBe(0);
  });
});

describe('three questions of one caller', () => {
  const asked = (names: readonly string[], key: string) =>
    questionsInARow(graded({ count: names.length, each: (at) => ({ [key]: names[at] ?? '' }) })).size;

  test.each([
    'gen_ai.prompt.name',
    'langfuse.observation.prompt.name',
    'traceloop.prompt.key',
    'llm.prompt_template.id',
  ])('may not need each other where each has a prompt of its own: %s', (key) => {
    expect(asked(['sober', 'warm', 'solemn'], key)).toBe(3);
  });

  test.each([
    ['two', ['sober', 'warm']],
    ['the same prompt', ['sober', 'sober', 'sober']],
    ['steps of a chain', ['outline', 'draft', 'review']],
    ['numbered steps', ['part-1', 'part-2', 'part-3']],
    ['one without a name', ['sober', '', 'warm']],
  ])('are no such row as %s', (_, names) => {
    expect(asked(names, 'gen_ai.prompt.name')).toBe(0);
  });
});
