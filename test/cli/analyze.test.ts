import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import type { Report } from '#present/json/report.ts';
import { generateTrace } from '../../bench/generate.ts';
import { runProgram, SPANHOUND, spanhound } from './run-spanhound.ts';

const HOTROD = resolve('test/fixtures/wire/jaeger/hotrod');
const SERIAL = join(HOTROD, 'serial-01.json');
const ERRORS = join(HOTROD, 'errors-01.json');

const folder = mkdtempSync(join(tmpdir(), 'spanhound-analyze-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function linesOf(text: string): (Report & { error?: { message: string }; spans?: unknown[] })[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('one file', () => {
  test('gives the verdict as text, and nothing on stderr', async () => {
    const { code, stdout, stderr } = await spanhound(['analyze', SERIAL]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^\/dispatch takes 0.69 s: SELECT customer in `mysql` is a slow query\nLikely · 1 request looked at\n/,
    );
    expect(stdout).toContain('Wrong if');
    expect(stderr).toBe('');
  });

  test('is found relative to the folder in which the command is called', async () => {
    const { code, stdout } = await spanhound(['analyze', 'serial-01.json', '--json'], { cwd: HOTROD });
    expect(code).toBe(0);
    expect(linesOf(stdout)[0]?.file).toBe('serial-01.json');
  });

  test('gives the same report plain, gzipped, and from standard input', async () => {
    const bytes = readFileSync(SERIAL);
    const plain = await spanhound(['analyze', SERIAL, '--json']);
    const zipped = await spanhound(['analyze', file('serial.json.gz', gzipSync(bytes)), '--json']);
    const piped = await spanhound(['analyze', '-', '--json'], { stdin: gzipSync(bytes) });
    const reports = [plain, zipped, piped].map(({ stdout }) => ({ ...linesOf(stdout)[0], file: '' }));
    expect(reports[1]).toEqual(reports[0]);
    expect(reports[2]).toEqual(reports[0]);
    expect(linesOf(piped.stdout)[0]?.file).toBe('-');
    const empty = await spanhound(['analyze', '-'], { stdin: Buffer.alloc(0) });
    expect(empty.stderr).toMatch(/^spanhound: standard input is empty\n/);
  });

  test('that is not there, holds no trace or is cut off before its first span exits 2 and says what to do on a second line', async () => {
    const cut = file('cut.json', readFileSync(SERIAL).subarray(0, 200));
    const prose = file('prose.json', '{"hello": "world"}');
    for (const path of ['nowhere.json', prose, cut]) {
      const { code, stdout, stderr } = await spanhound(['analyze', path]);
      expect({ code, stdout }, path).toEqual({ code: 2, stdout: '' });
      expect(stderr, path).toMatch(/^spanhound: .+\n.+\n$/);
    }
  });

  test('that is cut off is analysed as far as it came, zipped or not, from a file or piped', async () => {
    const cut = readFileSync(SERIAL).subarray(0, 5_000);
    const [plain, zipped, piped] = [
      await spanhound(['analyze', '--json', file('short.json', cut)]),
      await spanhound(['analyze', '--json', file('short.json.gz', gzipSync(cut))]),
      await spanhound(['analyze', '--json', '-'], { stdin: cut }),
    ];
    for (const { stdout } of [plain, zipped, piped]) {
      const [report] = linesOf(stdout);
      expect(report?.trace?.spanCount).toBeGreaterThan(2);
      expect(report?.gaps).toContainEqual(
        expect.objectContaining({ problem: 'is truncated or damaged; the intact part was read' }),
      );
    }
  });

  test('names its spans with --spans, and only then', async () => {
    const [withSpans] = linesOf((await spanhound(['analyze', SERIAL, '--json', '--spans'])).stdout);
    const [without] = linesOf((await spanhound(['analyze', SERIAL, '--json'])).stdout);
    expect(withSpans?.spans).toHaveLength(withSpans?.trace?.spanCount ?? -1);
    expect(without).not.toHaveProperty('spans');
    expect((await spanhound(['analyze', SERIAL, '--spans'])).code).toBe(2);
  });

  test('has its longest steps, and all of them with --full, which belongs to the JSON', async () => {
    const long = file('long.json', generateTrace(3_000));
    const [brief] = linesOf((await spanhound(['analyze', long, '--json'])).stdout);
    const [full] = linesOf((await spanhound(['analyze', long, '--json', '--full'])).stdout);
    expect(brief?.criticalPath).toHaveLength(1_000);
    expect(full?.criticalPath).toHaveLength(brief?.criticalPathTotal ?? -1);
    expect(full).not.toHaveProperty('criticalPathTotal');
    const { code, stderr } = await spanhound(['analyze', SERIAL, '--full']);
    expect(code).toBe(2);
    expect(stderr).toContain('--full adds to the JSON');
  });

  test('is read with its log lines', async () => {
    const [{ traceId } = { traceId: '' }] = linesOf((await spanhound(['analyze', SERIAL, '--json'])).stdout).map(
      ({ subject }) => subject,
    );
    const line = { ts: '1763619917600000000', labels: { service_name: 'mysql', trace_id: traceId }, line: 'seq scan' };
    const logs = file('logs.jsonl', `${JSON.stringify(line)}\n`);
    const { code, stdout } = await spanhound(['analyze', SERIAL, '--logs', logs]);
    expect(code).toBe(0);
    expect((await spanhound(['analyze', SERIAL])).stdout).toContain('no logs');
    expect(stdout).not.toContain('no logs');
    const missing = await spanhound(['analyze', SERIAL, '--logs', 'nowhere.jsonl']);
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain('nowhere.jsonl');
  });
});

describe('several files', () => {
  test('give one report a line, each with its file, and a bad one gives a line with its error', async () => {
    const { code, stdout, stderr } = await spanhound(['analyze', SERIAL, 'nowhere.json', ERRORS, '--json']);
    expect(code).toBe(0);
    const lines = linesOf(stdout);
    expect(lines.map((line) => line.file)).toEqual([SERIAL, 'nowhere.json', ERRORS]);
    expect(lines.map((line) => 'error' in line)).toEqual([false, true, false]);
    expect(lines[1]?.error?.message).toContain('nowhere.json');
    expect(stderr).toMatch(/^spanhound: .*nowhere\.json/);
  });

  test('exit 2 when none of them gave a report', async () => {
    const { code, stdout } = await spanhound(['analyze', 'a.json', 'b.json', '--json']);
    expect(code).toBe(2);
    expect(linesOf(stdout).map((line) => line.file)).toEqual(['a.json', 'b.json']);
  });

  test('stand one after another as text, each under its name', async () => {
    const { stdout } = await spanhound(['analyze', SERIAL, ERRORS]);
    expect(stdout.match(/^── .+$/gm)).toEqual([`── ${SERIAL}`, `── ${ERRORS}`]);
  });

  test('a file of several traces gives a line for each, under one name', async () => {
    const [first, second] = [SERIAL, ERRORS].map((path) => JSON.parse(readFileSync(path, 'utf8')).data[0]);
    const both = file('both.json', JSON.stringify({ data: [first, second] }));
    const lines = linesOf((await spanhound(['analyze', both, '--json'])).stdout);
    expect(lines.map((line) => line.file)).toEqual([both, both]);
    expect(new Set(lines.map((line) => line.subject.traceId)).size).toBe(2);
  });

  const healthy = (i: number) => ({ traceID: `${i + 1}`, spans: [{ spanID: 'a', operationName: 'GET /health' }] });
  const failing = (i: number) => ({
    traceID: `${i + 1}`,
    spans: [
      {
        spanID: 'a',
        operationName: i % 30 === 29 ? 'GET /other' : 'POST /pay',
        processID: 'p',
        duration: 1_000 + i,
        tags: [{ key: 'error', type: 'bool', value: true }],
      },
    ],
    processes: { p: { serviceName: 'pay' } },
  });

  test('of the many traces of a file text and Markdown give one table and the worst, and JSON has all', async () => {
    const wrong = JSON.parse(readFileSync(ERRORS.replace('01', '02'), 'utf8')).data[0];
    const data = [...Array.from({ length: 30 }, (_, i) => healthy(i)), wrong];
    const many = file('many.json', JSON.stringify({ data }));
    const { stdout } = await spanhound(['analyze', many, SERIAL]);
    expect(stdout.match(/^ {2}trace /gm)).toHaveLength(1 + 1);
    expect(stdout).toMatch(/^── .+\n1 of 31 traces has a problem, the worst first\n/);
    const [table = ''] = stdout.split('\n\n--json has');
    expect(table).toMatch(/\n +1 × .+\n(?:.+\n)* +30 × .*Nothing wrong found$/);
    expect(table).toContain(wrong.traceID);
    expect(stdout.match(/Nothing wrong found/g)).toHaveLength(1);
    const { stdout: page } = await spanhound(['analyze', many, '--format', 'md']);
    expect(page).toMatch(/^# 1 of 31 traces has a problem, the worst first\n\n\| traces \|/);
    expect(page.match(/^\| \d+ ×/gm)).toHaveLength(2);
    const reports = linesOf((await spanhound(['analyze', many, '--json'])).stdout);
    const brief = (report: Report) => [report.methods === undefined, report.diagnosis === null];
    expect(reports.map(brief)).toEqual([
      ...Array.from({ length: 10 }, () => [false, true]),
      ...Array.from({ length: 20 }, () => [true, true]),
      [false, false],
    ]);
  });

  test('those that fail in one way are one row', async () => {
    const many = file('failing.json', JSON.stringify({ data: Array.from({ length: 60 }, (_, i) => failing(i)) }));
    const { stdout } = await spanhound(['analyze', many]);
    expect(stdout).toMatch(/^60 of 60 traces have a problem, the worst first\n/);
    expect(stdout.match(/^ +\d+ × /gm)?.map((row) => row.trim())).toEqual(['58 ×', '2 ×']);
    const reports = linesOf((await spanhound(['analyze', many, '--json'])).stdout);
    expect(reports.filter((report) => report.diagnosis !== null)).toHaveLength(60);
    expect(reports.filter((report) => report.methods === undefined)).toHaveLength(48);
  });

  test('of healthy ones alone a line is enough', async () => {
    const data = Array.from({ length: 13 }, (_, i) => healthy(i));
    const { stdout } = await spanhound(['analyze', file('healthy.json', JSON.stringify({ data }))]);
    expect(stdout).toMatch(/^Nothing wrong found in 13 traces\n/);
    expect(stdout.split('\n').length).toBeLessThan(8);
  });

  test('are not forced into one picture: the first is written, the rest refused', async () => {
    const out = join(folder, 'several.html');
    const { code, stderr } = await spanhound(['analyze', SERIAL, ERRORS, '--out', out]);
    expect(code).toBe(2);
    expect(stderr).toContain('several traces');
  });
});

describe('forms', () => {
  test.each([
    ['md', /^#|\*\*/m],
    ['html', /^<!doctype html>/i],
  ])('--format %s', async (form, begins) => {
    const { code, stdout } = await spanhound(['analyze', SERIAL, '--format', form]);
    expect(code).toBe(0);
    expect(stdout).toMatch(begins);
  });

  test('the ending of --out says the form, and stdout stays empty', async () => {
    const out = join(folder, 'trace.png');
    const { code, stdout } = await spanhound(['analyze', SERIAL, '--out', out]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(readFileSync(out).subarray(1, 4).toString()).toBe('PNG');
  });

  test('a picture goes through a pipe whole', async () => {
    const { bytes } = await spanhound(['analyze', SERIAL, '--format', 'png']);
    expect(bytes.subarray(-8, -4).toString()).toBe('IEND');
  });

  test('a failed run leaves the file of the last good one', async () => {
    const out = file('report.json', 'the last one');
    expect((await spanhound(['analyze', 'nowhere.json', '--format', 'md', '--out', out])).code).toBe(2);
    expect(readFileSync(out, 'utf8')).toBe('the last one');
  });

  test('a folder that is not there is said in one line', async () => {
    const { code, stderr } = await spanhound(['analyze', SERIAL, '--out', '/nowhere/report.md']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^spanhound: cannot write \/nowhere\/report\.md/);
  });

  test('--json and another form contradict each other', async () => {
    expect((await spanhound(['analyze', SERIAL, '--json', '--format', 'md'])).code).toBe(2);
  });
});

test('a reader that stops early ends it quietly', async () => {
  const files = Array.from({ length: 20 }, () => SERIAL).join(' ');
  const line = `${SPANHOUND} analyze ${files} --json --spans | head -c 1 >/dev/null; echo "codes: \${PIPESTATUS[*]}"`;
  const { stdout, stderr } = await runProgram('bash', ['--norc', '-c', line]);
  expect(stdout).toBe('codes: 0 0\n');
  expect(stderr).toBe('');
});

describe.skipIf(!existsSync('/usr/bin/script'))('on a terminal', { meta: { needs: '/usr/bin/script' } }, () => {
  const onTerminal = (args: string, env = {}) =>
    runProgram('script', ['-qec', `stty cols 60; ${SPANHOUND} ${args}`, '/dev/null'], {
      env: { TERM: 'xterm', ...env },
    });

  test('text is in colour and as wide as the terminal', async () => {
    const { stdout } = await onTerminal(`analyze ${SERIAL}`);
    expect(stdout).toContain('\u001b[3');
    const widest = Math.max(...plainLines(stdout).map((line) => line.length));
    expect(widest).toBeGreaterThan(50);
    expect(widest).toBeLessThanOrEqual(60);
  });

  test('NO_COLOR takes the colour away', async () => {
    const { stdout } = await onTerminal(`analyze ${SERIAL}`, { NO_COLOR: '1' });
    expect(stdout).toContain('mysql');
    expect(stdout).not.toContain('\u001b');
  });

  test('a picture is refused unless it goes to a file', async () => {
    const { code, stdout } = await onTerminal(`analyze ${SERIAL} --format png`);
    expect(code).toBe(2);
    expect(stdout).toContain('--out answer.png');
  });

  /** Every path is long, so the lines that quote one do not count. */
  function plainLines(text: string): string[] {
    const shown = text.split('\r\n').map((line) => stripVTControlCharacters(line.split('\r').at(-1) ?? ''));
    return shown.filter((line) => !line.includes(HOTROD));
  }
});

test('loads nothing that a file does not need: its own start is all that a person waits for', async () => {
  const hook = file(
    'hook.mjs',
    `import { registerHooks } from 'node:module';
     registerHooks({ load(url, context, next) { process._rawDebug(url); return next(url, context); } });`,
  );
  // Of the sources: a pack holds the packages.
  const { stderr } = await spanhound(['analyze', SERIAL], {
    env: { SPANHOUND_DEBUG: '1', NODE_OPTIONS: `--import=${hook}` },
  });
  const packages = new Set([...stderr.matchAll(/node_modules\/((?:@[^/]+\/)?[^/\n]+)\//g)].map(([, name]) => name));
  // The last compares the fields of failing log lines.
  expect([...packages].sort()).toEqual(['commander', 'dayjs', 'simple-statistics']);
});
