/** The line that moves while a person waits. */
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { openProgress } from '#cli/progress.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** What stderr gets from one line and its end. */
function written(isTerminal: boolean, env: Readonly<Record<string, string>>): string {
  for (const [name, value] of Object.entries({ NO_COLOR: '', TERM: 'xterm', ...env })) vi.stubEnv(name, value);
  const facts = { isTTY: isTerminal, columns: 80 };
  for (const [name, value] of Object.entries(facts)) {
    const before = Object.getOwnPropertyDescriptor(process.stderr, name);
    Object.defineProperty(process.stderr, name, { value, configurable: true });
    onTestFinished(() => {
      if (before === undefined) Reflect.deleteProperty(process.stderr, name);
      else Object.defineProperty(process.stderr, name, before);
    });
  }
  const said: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  const progress = openProgress();
  progress.say('reading traces');
  progress.end();
  return said.join('');
}

test('a terminal shows the line and takes it away', () => {
  expect(written(true, {})).toBe('\r\u001b[Kreading traces\r\u001b[K');
});

test.each([
  ['NO_COLOR', true, { NO_COLOR: '1' }],
  ['a dumb terminal', true, { TERM: 'dumb' }],
  ['a file', false, {}],
])('%s gets no line and no escape sequence', (_, isTerminal, env) => {
  expect(written(isTerminal, env)).toBe('');
});
