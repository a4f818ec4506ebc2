/** Every form that a verb's help offers is written, and every other one is refused before anything is done. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { FORMS } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { run } from '#cli/main.ts';
import { alertmanagerGroup, firing } from '#test/alertmanager.ts';
import { fakeChromium } from '#test/fake-chromium.ts';
import { openHotrodBackends, SLOW_QUERY_TRACE } from '#test/hotrod-backends.ts';

const root = mkdtempSync(join(tmpdir(), 'spanhound-forms-'));
let count = 0;
const fresh = (name: string) => join(root, `${count++}-${name}`);

const webhook = fresh('webhook.json');
writeFileSync(webhook, JSON.stringify(alertmanagerGroup([firing('a1')])));

/** The same request under another id. */
const again = fresh('again.json');
writeFileSync(
  again,
  readFileSync('samples/slow-order-query/traces.json', 'utf8').replace(
    /(?<="traceId": ?")[0-9a-f]{32}/g,
    'b'.repeat(32),
  ),
);

/** A call of each verb that comes to a result. */
const CALLS: Readonly<Record<string, () => readonly string[]>> = {
  trace: () => [SLOW_QUERY_TRACE.id],
  analyze: () => ['samples/slow-order-query/traces.json'],
  investigate: () => ['--case', 'samples/slow-order-query'],
  release: () => ['order', '--case', 'samples/slow-order-query'],
  compare: () => ['samples/slow-order-query/traces.json', again],
  verify: () => ['samples/slow-order-query/traces.json', 'samples/slow-order-query/traces.json'],
  'alert try': () => [webhook],
  completion: () => ['bash'],
  'case export': () => ['INC-1', fresh('case')],
  'case verify': () => ['samples/slow-order-query'],
  incidents: () => [],
  timeline: () => ['INC-1'],
  actions: () => ['INC-1'],
  changes: () => ['INC-1'],
  review: () => [],
  services: () => [],
  postmortem: () => ['INC-1'],
  'postmortem versions': () => ['INC-1'],
  'postmortem diff': () => ['INC-1', '1', '1'],
  'postmortem restore': () => ['INC-1', '1'],
  'postmortem export': () => ['INC-1'],
  'postmortem take-in': () => ['INC-1', 'github'],
  'postmortem lint': () => ['README.md'],
  'audit verify': () => [],
  'audit show': () => [],
  'audit rotate-key': () => [],
  retention: () => ['--dry-run'],
  hold: () => [],
  forget: () => ['INC-1', '--dry-run'],
  backup: () => [fresh('backup.db')],
  restore: () => [backUp],
  demo: () => [],
  detectors: () => [],
  'redaction test': () => ['password=hunter2'],
  doctor: () => [],
  time: () => ['2025-01-06T14:30:45Z'],
  json: () => ['package.json'],
  diff: () => ['package.json', 'knip.json'],
  http: () => ['--curl', 'https://api.example.com/health'],
  'token create': () => ['board', '--scope', 'read'],
  'token list': () => [],
  'token revoke': () => [tokenId],
  migrate: () => [],
};

/** What a verb needs besides: a place for postmortems that the bot, and not this verb, asks. */
const SETTINGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'postmortem take-in': { GITHUB_POSTMORTEMS: 'acme/postmortems', GITHUB_POSTMORTEMS_TOKEN: 'ghp_of-the-tests' },
};

/** What a form begins with. */
const BEGINNINGS: Readonly<Record<string, RegExp>> = {
  json: /^[[{"]/,
  html: /^<!doctype html>/i,
  png: /^\x89PNG/,
  pdf: /^%PDF/,
};

let env: Record<string, string>;
let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let said = '';
let tokenId = '';
const backUp = join(root, 'restored.db');

beforeAll(async () => {
  backends = await openHotrodBackends();
  env = {
    SPANHOUND_DATA: join(root, 'data'),
    JAEGER_URL: backends.jaegerUrl,
    LOKI_URL: backends.lokiUrl,
    SPANHOUND_KEEP_LOGS_DAYS: '90',
    PATH: fakeChromium(root),
  };
  process.stdout.setMaxListeners(0);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += text;
    return true;
  });
  expect(await run(['demo', '--out', fresh('demo.txt')], env)).toBe(EXIT.done);
  const made = fresh('token.json');
  expect(await run(['token', 'create', 'made', '--scope', 'read', '--out', made], env)).toBe(EXIT.done);
  tokenId = JSON.parse(readFileSync(made, 'utf8')).id;
  expect(await run(['backup', backUp, '--out', fresh('backup.txt')], env)).toBe(EXIT.done);
});
afterAll(async () => {
  vi.restoreAllMocks();
  await backends.close();
  rmSync(root, { recursive: true });
});

/** Of a verb, and of the second words of one that is nothing alone. */
async function helpOf(words: readonly string[]): Promise<string> {
  let help = '';
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    help += text;
    return true;
  });
  await run([...words, '--help'], {});
  stdout.mockRestore();
  return help;
}

async function verbsBelow(words: readonly string[]): Promise<readonly string[]> {
  const [, commands = ''] = (await helpOf(words)).split('\nCommands:\n');
  const [listed = ''] = commands.split('\n\n');
  const names = [...listed.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name = '']) => name).filter((name) => name !== 'help');
  const verbs: string[] = [];
  // One after the other: what they print is caught in one place.
  for (const name of names) {
    const inner = await verbsBelow([...words, name]);
    // `postmortem` does something alone, `audit` does not.
    const isVerb = inner.length === 0 || (await helpOf([...words, name])).includes('\nArguments:\n');
    verbs.push(...(isVerb ? [[...words, name].join(' ')] : []), ...inner);
  }
  return verbs;
}

async function offeredBy(verb: string): Promise<readonly string[]> {
  const [, choices = ''] =
    /--format[^(]*\(choices: ([^)]*)\)/.exec((await helpOf(verb.split(' '))).replace(/\s+/g, ' ')) ?? [];
  return [...choices.matchAll(/"(\w+)"/g)].map(([, form = '']) => form);
}

/** It answers clients, in the form of their protocol. */
const SERVES: ReadonlySet<string> = new Set(['mcp']);

test('every verb of the help is tried here', async () => {
  const verbs = [...(await verbsBelow([]))].filter((verb) => !SERVES.has(verb));
  expect(verbs.sort()).toEqual(Object.keys(CALLS).sort());
});

describe.each(Object.keys(CALLS))('%s', (verb) => {
  const call = (...more: readonly string[]) =>
    run([...verb.split(' '), ...(CALLS[verb]?.() ?? []), ...more], { ...env, ...SETTINGS[verb] });

  test('writes every form that its help offers', async () => {
    const offered = await offeredBy(verb);
    expect(offered).toContain('json');
    for (const form of offered) {
      const file = fresh(`out.${form}`);
      said = '';
      expect(await call('--format', form, '--out', file), `${form}: ${said}`).not.toBe(EXIT.badInput);
      const written = readFileSync(file, 'latin1');
      expect(written, form).toMatch(BEGINNINGS[form] ?? /\S/);
      if (form === 'json') for (const line of lines(file)) expect(() => JSON.parse(line)).not.toThrow();
    }
  });

  test('refuses every other, by its name and by the ending of a file, and does nothing', async () => {
    const offered = await offeredBy(verb);
    for (const form of [...FORMS.filter((known) => !offered.includes(known)), 'xml']) {
      const before = readdirSync(root);
      said = '';
      expect(await call('--format', form), form).toBe(EXIT.badInput);
      expect(said).toMatch(new RegExp(`${form}[\\s\\S]*${offered.join(', ')}`));
      if (form === 'text' || form === 'xml') continue; // no ending stands for them alone
      const file = fresh(`refused.${form}`);
      expect(await call('--out', file), `--out ${form}`).toBe(EXIT.badInput);
      expect(readdirSync(root)).toEqual(before);
      expect(existsSync(file)).toBe(false);
    }
  });
});

/** One document, or one a line. */
function lines(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8').trim();
  return text.startsWith('{"') ? text.split('\n') : [text];
}
