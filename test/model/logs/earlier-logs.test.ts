import { expect, test } from 'vitest';
import { type EarlierLog, earlierOf, earlierQuestions } from '#model/logs/earlier-logs.ts';
import { logTemplates } from '#model/logs/log-templates.ts';
import { said } from '#test/window.ts';

const asked = (...lines: string[]) => {
  const logs = lines.map((line, at) => said(at, 'shop', 'error', line));
  return earlierQuestions(logs, logTemplates(logs));
};

test('asked is for what stays the same, as it stands in the lines', () => {
  expect(asked('bank refused card 17 of "ann" after 31 ms', 'bank refused card 18 of "bob" after 9 ms')).toEqual([
    { service: 'shop', words: ['bank refused card', 'after'] },
  ]);
  expect(
    asked('{"level":"error","msg":"no \\"stock\\" left of ord-81f9a2","error":{"message":"pool is empty"}}'),
  ).toEqual([{ service: 'shop', words: ['pool is empty', 'left of ord-'] }]);
});

test('an error of too few words is not asked for, nor what nobody knows the service of', () => {
  expect(asked('oops 17')).toEqual([]);
  const logs = [said(0, '', 'error', 'bank refused the card')];
  expect(earlierQuestions(logs, logTemplates(logs))).toEqual([]);
});

test('at most five are asked for, the gravest first', () => {
  const names = ['alpha', 'bravo', 'charlie', 'delta', 'echo', 'foxtrot'];
  const logs = names.map((name, at) =>
    said(at * 60, 'shop', at === 5 ? 'fatal' : 'error', `${name} broke in ${name} land`),
  );
  const questions = earlierQuestions(logs, logTemplates(logs));
  expect(questions).toHaveLength(5);
  expect(questions[0]?.words.join(' ')).toContain('foxtrot');
});

test('of several answers the one that says most of the line counts, and of two stores the one that saw it', () => {
  const line = said(0, 'shop', 'error', 'bank refused the card of ann');
  const answer = (words: string[], seen: boolean): EarlierLog => ({ service: 'shop', words, fromUs: 0, toUs: 1, seen });
  expect(earlierOf([answer(['bank'], true), answer(['bank refused'], false)], line)?.seen).toBe(false);
  expect(earlierOf([answer(['bank'], false), answer(['bank'], true)], line)?.seen).toBe(true);
  expect(earlierOf([answer(['cart'], true)], line)).toBeUndefined();
});
