/** The list of unsteady test files stays short, and never holds what must not fail. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isNeverChance, UNSTEADY, unsteadyFiles } from '../../tools/unsteady.ts';

const entry = (file: string) => ({
  file,
  cause: 'the bot gives up while the machine is busy',
  mend: 'the test stops the clock of the bot',
});
const read = (...entries: unknown[]) => unsteadyFiles(JSON.stringify(entries));

test('each file of the list exists', () => {
  expect(unsteadyFiles(readFileSync(UNSTEADY, 'utf8')).filter((file) => !existsSync(file))).toEqual([]);
});

describe('the list', () => {
  test('names files, each with its cause and what will mend it', () => {
    expect(read(entry('test/e2e/guide.test.ts'))).toEqual(['test/e2e/guide.test.ts']);
    expect(() => read({ ...entry('test/e2e/guide.test.ts'), mend: '' })).toThrow('what will mend it');
    expect(() => read({ ...entry('test/e2e/guide.test.ts'), why: 'x' })).toThrow('why');
    expect(() => read(entry('src/main.ts'))).toThrow('has to be a path');
    expect(() => read(entry('test/a.test.ts'), entry('test/a.test.ts'))).toThrow('stands there twice');
  });

  test('has at most three files', () => {
    const entries = ['a', 'b', 'c', 'd'].map((name) => entry(`test/${name}.test.ts`));
    expect(read(...entries.slice(0, 3))).toHaveLength(3);
    expect(() => read(...entries)).toThrow('more than 3');
  });

  test.each([
    'test/record/sqlite.test.ts',
    'test/adapters/slack/sender.test.ts',
    'test/adapters/slack/inbox-receiver.test.ts',
    'test/record/taken-work.test.ts',
    'test/record/killed.process.test.ts',
    'test/e2e/killed.test.ts',
    'test/e2e/permissions.test.ts',
    'test/e2e/failing-writes.test.ts',
    'test/guide/redaction.test.ts',
    'test/redacted-exits.property.test.ts',
    'test/workflows/evidence/forget.test.ts',
    'test/adapters/shared-secret.test.ts',
  ])('never holds %s', (file) => {
    expect(existsSync(file)).toBe(true);
    expect(isNeverChance(file)).toBe(true);
    expect(() => read(entry(file))).toThrow('must never fail');
  });
});
