import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { detectors } from '#detect/registry.ts';
import { runProgram, SPANHOUND, STARTED_IN_OWN_FILE, spanhound } from './run-spanhound.ts';

const folder = mkdtempSync(join(tmpdir(), 'spanhound-usage-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('usage', () => {
  test('no verb exits 2 with the verbs on stderr', async () => {
    const { code, stdout, stderr } = await spanhound([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    for (const verb of ['trace', 'analyze', 'detectors', 'doctor', 'migrate']) expect(stderr).toContain(`\n  ${verb} `);
  });

  test.each(['', 'trace', 'analyze', 'incidents', 'detectors', 'doctor', 'migrate'])(
    '%s --help goes to stdout',
    async (verb) => {
      const { code, stdout, stderr } = await spanhound([verb, '--help'].filter(Boolean));
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/^Usage: spanhound/);
      if (verb) for (const option of ['--json', '--config', '--format', '--out']) expect(stdout).toContain(option);
    },
  );

  test.each([
    ['an unknown verb', ['tarce', 'x']],
    ['an unknown option', ['doctor', '--fast']],
    ['an unknown form', ['detectors', '--format', 'xml']],
    ['a form that a verb does not have', ['doctor', '--format', 'png']],
    ['no file', ['analyze']],
    ['no id', ['trace']],
    ['two ids', ['trace', '0123456789abcdef', 'fedcba9876543210']],
    ['a word that is shorter than any id', ['trace', 'help!']],
    ['a sentence', ['trace', 'what broke']],
    ['half a verb', ['audit']],
    ['an unknown second half', ['audit', 'rewrite']],
    ['a head that is none', ['audit', 'verify', '--head', 'yesterday']],
  ])('%s exits 2 with one line and what to do', async (_what, args) => {
    const { code, stdout, stderr } = await spanhound(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^spanhound: .+\n.+\n$/);
  });

  test.each([
    ['help nope', 'there is no verb nope'],
    ['completion tcsh', 'tcsh is no shell. Allowed choices are bash, zsh, fish.'],
    ['investigate --service cart --to now', '--from is missing'],
    ['investigate --service cart --from 2099-01-06T14:15:00Z', '--from is in the future: '],
    ['investigate --service cart --from -32d', '--from and --to are 32 days apart'],
  ])('%s says what is wrong in words', async (typed, said) => {
    expect((await spanhound(typed.split(' '))).stderr).toMatch(new RegExp(`^spanhound: ${said}`));
  });

  test('works through a link from another folder', async () => {
    const link = join(folder, 'hound');
    symlinkSync(SPANHOUND, link);
    const { code, stdout } = await runProgram(link, ['--version'], { cwd: '/' });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

test.each(STARTED_IN_OWN_FILE)('the file of %s starts the program with it', (verb) => {
  const source = readFileSync(new URL(`${verb}.test.ts`, import.meta.url), 'utf8');
  expect(source).toContain('spanhound(');
  expect(source).toContain(`'${verb}'`);
});

describe('--out', () => {
  test('a form that the verb does not have is refused, and no file is left', async () => {
    const file = join(folder, 'x.svg');
    const { code, stderr } = await spanhound(['detectors', '--out', file]);
    expect(code).toBe(2);
    expect(stderr).toBe('spanhound: there is no svg form of this\nChoose one of: text, json, md.\n');
    expect(existsSync(file)).toBe(false);
  });

  test.each(['x.odt', 'x.docx'])('%s is nothing that can be written, and no file is left', async (name) => {
    const file = join(folder, name);
    const { code, stdout, stderr } = await spanhound(['detectors', '--out', file]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^spanhound: \.\w+ is not a supported ending\nName a file that ends in \.txt.*--format/);
    expect(existsSync(file)).toBe(false);
  });

  test('an ending that says nothing is taken where the form is named', async () => {
    const file = join(folder, 'detectors.out');
    expect((await spanhound(['detectors', '--format', 'text', '--out', file])).code).toBe(0);
    expect(existsSync(file)).toBe(true);
  });

  test('without an ending it is what the verb writes anyway', async () => {
    const file = join(folder, 'all-detectors');
    expect((await spanhound(['detectors', '--out', file])).code).toBe(0);
  });
});

describe('configuration', () => {
  test('every mistake is told at once, with exit code 2', async () => {
    const config = join(folder, 'bad.yaml');
    writeFileSync(config, 'jeager: {}\nslack: { botToken: xoxb-hidden }\nport: high\n');
    for (const args of [['trace', '0123456789abcdef'], ['migrate'], ['detectors'], ['analyze', 'any.json']]) {
      const { code, stdout, stderr } = await spanhound([...args, '--config', config]);
      expect({ code, stdout }, args[0]).toEqual({ code: 2, stdout: '' });
      expect(stderr.match(/^✖/gm), args[0]).toHaveLength(3);
      expect(stderr).not.toContain('hidden');
    }
    const { code, stdout } = await spanhound(['doctor', '--config', config]);
    expect(code).toBe(5);
    expect(stdout.match(/^✗ configuration /gm)).toHaveLength(3);
    expect(stdout).not.toContain('hidden');
  });

  test('thresholds reach the detectors of an analysis, from the environment as from the file', async () => {
    const [file, minPathMs] = ['test/fixtures/wire/jaeger/hotrod/serial-01.json', '60000'];
    const detectorsOf = async (env: Record<string, string>) => {
      const { stdout } = await spanhound(['analyze', file, '--json'], { env });
      return JSON.parse(stdout).checked.found;
    };
    expect(await detectorsOf({})).toContain('slow-query');
    expect(await detectorsOf({ SPANHOUND_DETECTORS_SLOW_QUERY_MIN_PATH_MS: minPathMs })).not.toContain('slow-query');
    const config = join(folder, 'thresholds.yaml');
    writeFileSync(config, `detectors: { slow-query: { minPathMs: ${minPathMs} } }\n`);
    expect(await detectorsOf({ SPANHOUND_CONFIG: config })).not.toContain('slow-query');
    expect(await detectorsOf({ SPANHOUND_DETECTORS_SLOW_QUERY_ENABLED: 'false' })).not.toContain('slow-query');
  });

  test('what only other verbs need does not stand in the way of an analysis', async () => {
    const file = 'test/fixtures/wire/jaeger/hotrod/serial-01.json';
    expect((await spanhound(['analyze', file], { env: { SLACK_BOT_TOKEN: 'not a token' } })).code).toBe(0);
  });
});

describe('detectors', () => {
  test('lists every registered detector, as text and as JSON', async () => {
    const { stdout } = await spanhound(['detectors']);
    const catalogue = JSON.parse((await spanhound(['detectors', '--json'])).stdout);
    expect(catalogue.map(({ id }: { id: string }) => id)).toEqual(detectors.map(({ id }) => id));
    for (const { id, runbook } of detectors) {
      expect(stdout).toMatch(new RegExp(`^${id} `, 'm'));
      expect(stdout).toContain(runbook);
    }
  });

  test('shows a threshold as it is configured, with the default beside it', async () => {
    const env = { SPANHOUND_DETECTORS_SLOW_QUERY_MIN_PATH_MS: '250' };
    expect((await spanhound(['detectors'], { env })).stdout).toMatch(/minPathMs = 250 ms \(configured; default 100\)/);
  });
});
