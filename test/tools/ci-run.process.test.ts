/** The gate's own steps, with other commands than the real ones. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { eventually } from '#test/eventually.ts';

const folder = mkdtempSync(join(tmpdir(), 'spanhound-ci-run-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes the ids of itself and of two children, of which one leaves the process group, and waits. */
const family = (file: string) =>
  `step waits bash -c 'sleep 1000 & one=$!; setsid sleep 1000 & echo $$ $one $! >${file}.new; mv ${file}.new ${file}; wait'`;

function gate(lines: readonly string[], stepSeconds = 60): ChildProcess {
  return spawn('bash', ['-c', ['source .ci/run', ...lines].join('\n')], {
    env: { PATH: process.env.PATH, GATE_STEP_SECONDS: `${stepSeconds}`, GATE_GRACE_SECONDS: '1' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

async function ended(child: ChildProcess): Promise<{ code: number | null; table: readonly string[] }> {
  let text = '';
  child.stdout?.on('data', (chunk) => {
    text += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const lines = text.trimEnd().split('\n');
  const table = lines.slice(lines.findIndex((line) => line.startsWith('━━ all steps: ')) + 1);
  return { code, table: table.map((line) => line.trim().replace(/: \d+ s/, ': N s')) };
}

/** A child in state Z has ended, and only its parent has not asked for it yet. */
function isRunning(id: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${id}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function familyIn(file: string): Promise<readonly number[]> {
  await eventually(() => existsSync(file) || undefined);
  const ids = readFileSync(file, 'utf8').trim().split(' ').map(Number);
  expect(ids.map((id) => id > 0)).toEqual([true, true, true]);
  return ids;
}

describe('the gate', () => {
  test('runs the steps after a failed one, and names it', async () => {
    expect(await ended(gate(['step one true', 'step two false', 'step three true']))).toEqual({
      code: 1,
      table: ['one: N s', 'two: N s, FAILED with 1', 'three: N s'],
    });
  });

  test('is green where every step is', async () => {
    expect(await ended(gate(['step one true']))).toEqual({ code: 0, table: ['one: N s'] });
  });

  test.skipIf(!existsSync('/dev/shm'))('leaves no files in memory, also where a step had to be ended', async () => {
    const file = join(folder, 'memory');
    await ended(gate([`step one bash -c 'touch $GATE_MEMORY/store; echo $GATE_MEMORY >${file}; sleep 1000'`], 1));
    const memory = readFileSync(file, 'utf8').trim();
    expect(memory).toMatch(/^\/dev\/shm\//);
    expect(existsSync(memory)).toBe(false);
  });

  test('keeps for all steps what Node made of the sources', async () => {
    const asked = 'process.exitCode = require("node:module").getCompileCacheDir() === undefined ? 1 : 0';
    const { code } = await ended(gate([`step one ${process.execPath} -e '${asked}'`]));
    expect(code).toBe(0);
  });

  test('repeats in its last lines what failed and what a step left out', async () => {
    const lines = [
      `step one bash -c 'echo "skipped: conformance, 3 tests" >>$GATE_NOTES'`,
      `step two bash -c 'echo "failed: two: test/b.test.ts > is read: too late" >>$GATE_NOTES; false'`,
      `step three bash -c 'echo "unsteady, green the second time: test/a.test.ts" >>$GATE_NOTES'`,
    ];
    expect(await ended(gate(lines))).toEqual({
      code: 1,
      table: [
        'one: N s',
        'two: N s, FAILED with 1',
        'three: N s, unsteady, green the second time: test/a.test.ts',
        'failed: two: test/b.test.ts > is read: too late',
        'skipped: conformance, 3 tests',
      ],
    });
  });

  test('ends a step that takes too long, with its children', async () => {
    const file = join(folder, 'slow');
    // Long enough for a slow machine to begin it.
    const run = ended(gate([family(file), 'step next true'], 10));
    const ids = await familyIn(file);
    expect(await run).toEqual({ code: 1, table: ['waits: N s, TIMED OUT after 10 s', 'next: N s'] });
    expect(ids.filter(isRunning)).toEqual([]);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'that is stopped by %s ends its step and prints the table',
    async (signal) => {
      const file = join(folder, signal);
      const child = gate(['step one true', family(file), 'step three true']);
      const run = ended(child);
      const ids = await familyIn(file);
      expect(ids.map(isRunning)).toEqual([true, true, true]);
      child.kill(signal);
      expect(await run).toEqual({
        code: 1,
        table: ['one: N s', `waits: N s, STOPPED by ${signal}`, 'three: not run'],
      });
      expect(ids.filter(isRunning)).toEqual([]);
    },
  );
});
