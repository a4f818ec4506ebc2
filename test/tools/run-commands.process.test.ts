/** Commands end with all of their children, by themselves, by the clock or by a signal. */
import { expect, test } from 'vitest';
import { eventually } from '#test/eventually.ts';
import { type Run, runCommands } from '../../tools/deep/run-commands.ts';

const LONG_MS = 600_000;

async function ran(runs: readonly Run[], limitMs = LONG_MS, stop = new AbortController().signal) {
  return await runCommands(runs, { limitMs, stop, show: () => undefined });
}

function shell(script: string, more: Partial<Run> = {}): Run {
  return { command: ['sh', '-c', script], ...more };
}

/** A shell and its child, which would both outlive their test; the child's id is printed. */
const WITH_CHILD = shell('sleep 600 & echo child $!; wait');

async function isGone(output: string): Promise<boolean> {
  const pid = Number(/child (\d+)/.exec(output)?.[1]);
  expect(pid).toBeGreaterThan(0);
  return await eventually(() => (isRunning(pid) ? undefined : true));
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('both streams are kept without colours, and the second command follows a good end', async () => {
  const { output, end } = await ran([
    shell(String.raw`printf '\033[31mred\033[0m\n' >&2`),
    shell('echo "$MARK"', { env: { MARK: 'set' } }),
  ]);
  expect(output).toBe('red\nset\n');
  expect(end).toBe('passed');
});

test('a failed command is the last one', async () => {
  expect(await ran([shell('echo one; exit 3'), shell('echo two')])).toEqual({ output: 'one\n', end: 'failed' });
});

test('a command is tried again as often as it may be, but not where something is missing', async () => {
  expect(await ran([shell('echo again; exit 1', { tries: 3 })])).toEqual({
    output: 'again\n'.repeat(3),
    end: 'failed',
  });
  expect(await ran([shell('echo once; exit 2', { tries: 3, missingCode: 2 })])).toEqual({
    output: 'once\n',
    end: 'missing',
  });
});

test('a program that is not there is a failure that names it', async () => {
  const { output, end } = await ran([{ command: ['no-such-program'] }]);
  expect(output).toMatch(/no-such-program/);
  expect(end).toBe('failed');
});

test('what takes too long ends with its children', async () => {
  // Long enough for a slow machine to begin it.
  const { output, end } = await ran([WITH_CHILD], 10_000);
  expect(end).toBe('late');
  expect(await isGone(output)).toBe(true);
});

test('what is stopped ends with its children', async () => {
  const stop = new AbortController();
  const shown: string[] = [];
  const running = runCommands([WITH_CHILD], {
    limitMs: LONG_MS,
    stop: stop.signal,
    show: (text) => {
      shown.push(text);
      stop.abort();
    },
  });
  expect((await running).end).toBe('stopped');
  expect(await isGone(shown.join(''))).toBe(true);
});
