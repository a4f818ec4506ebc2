/** The pages say what is so: their links lead somewhere, their commands run, and what they name is there. */
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { EXIT } from '#cli/failure.ts';
import { run } from '#cli/main.ts';
import { Config } from '#config/schema.ts';
import { settingsOf } from '#config/setting.ts';
import { detectors } from '#detect/registry.ts';
import { readIncidentRequest } from '#listeners/commands/incident-request.ts';
import { quotedOutputs } from '../../tools/quoted-outputs.ts';

const PAGES = globSync(['*.md', 'docs/**/*.md', 'runbooks/*.md']).sort();
const SPANHOUND = join(process.cwd(), 'spanhound');

/** The detector that the pages make up to show how one is added. */
const EXAMPLE = 'thread-starvation';

describe.each(PAGES)('%s', (page) => {
  const text = read(page);

  test('links only to files that are there, and to headings that exist', () => {
    expect(linksOf(text).filter((target) => !leadsSomewhere(page, target))).toEqual([]);
  });

  test('names only files of the source that are there', () => {
    const named = [...text.matchAll(/\b(?:src|test|tools|bench|bin)\/[\w./-]+\.(?:ts|mjs|sh)\b/g)].map(
      ([path]) => path,
    );
    expect(named.filter((path) => !path.includes(EXAMPLE) && !existsSync(path))).toEqual([]);
  });

  test('calls only verbs and options that the command line has', () => {
    expect(callsIn(text).filter((call) => !isKnownCall(call))).toEqual([]);
  });
});

test('every page can be reached from the README', () => {
  const reached = new Set(['README.md']);
  for (const page of reached) {
    const here = dirname(page);
    for (const target of linksOf(read(page))) {
      const path = normalize(join(here, target.split('#', 1)[0] ?? ''));
      // A link to a folder shows what is in it.
      for (const other of PAGES) if (other === path || `${dirname(other)}/` === path) reached.add(other);
    }
  }
  expect(PAGES.filter((page) => !reached.has(page))).toEqual([]);
});

test('the decisions are all in their index', () => {
  const index = readFileSync('docs/adr/README.md', 'utf8');
  const pages = globSync('docs/adr/[0-9]*.md').map((page) => page.replace('docs/adr/', ''));
  for (const page of pages) expect(index).toContain(`(${page}) | `);
});

test('the README names every detector, every exit code, and every verb of the command line', () => {
  const readme = read('README.md');
  for (const { id } of detectors) expect(readme).toContain(`\`${id}\``);
  for (const code of Object.values(EXIT)) expect(readme).toMatch(new RegExp(`^\\| ${code} \\| `, 'm'));
  const called = new Set(callsIn(readme).map((call) => verbOf(call).join(' ')));
  const verbs = verbsBelow([]).flatMap((verb) => {
    const inner = verbsBelow([verb]);
    return inner.length === 0 ? [verb] : inner.map((second) => `${verb} ${second}`);
  });
  expect(verbs.filter((verb) => !called.has(verb))).toEqual([]);
});

test.each(['README.md', 'docs/slack.md'])('%s names everything that people can type or choose in Slack', (page) => {
  const text = read(page);
  const { features } = JSON.parse(readFileSync('manifest.json', 'utf8'));
  for (const { command } of features.slash_commands) expect(text).toContain(`\`${command}`);
  for (const { name } of features.shortcuts) expect(text).toContain(`**${name}**`);
});

test("the pages' /incident commands are understood", () => {
  const typed = PAGES.flatMap((page) => incidentCommandsIn(read(page)));
  expect(typed).toContain('declare P1 logins fail');
  expect(typed).toContain('impact at 14:20');
  expect(typed.filter((text) => /^un(clear|known)$/.test(readIncidentRequest(text).verb))).toEqual([]);
});

test('the pages name only variables that something reads', () => {
  const settings = settingsOf(Config).flatMap(({ env, secret }) => (secret ? [env, `${env}_FILE`] : [env]));
  const others = ['SPANHOUND_CONFIG', 'SPANHOUND_DEBUG', 'NO_COLOR', 'NAME_FILE', 'FAST_CHECK_RUNS', 'FAST_CHECK_SEED'];
  // MALLOC_ARENA_MAX is read by the C library: https://www.gnu.org/software/libc/manual/html_node/Memory-Allocation-Tunables.html
  const ofLibraries = ['MALLOC_ARENA_MAX', 'OTEL_EXPORTER_OTLP_HEADERS', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];
  // https://docs.datadoghq.com/integrations/webhooks/#variables
  const ofDatadog = ['ALERT_TRANSITION', 'ALERT_ID', 'ALERT_SCOPE', 'ALERT_PRIORITY'];
  // https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#ProxyConfig
  const ofIstio = ['PROXY_CONFIG'];
  // A series: https://grafana.com/docs/grafana/latest/alerting/set-up/configure-alert-state-history/
  const ofGrafana = ['GRAFANA_ALERTS'];
  // Kinds of a span: https://cloud.google.com/trace/docs/reference/v1/rest/v1/projects.traces#spankind
  // A status: https://cloud.google.com/apis/design/errors#error_model
  const ofGoogle = ['RPC_SERVER', 'RPC_CLIENT', 'NOT_FOUND'];
  // A state of an alarm: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-concepts.html
  const ofAws = ['INSUFFICIENT_DATA', 'LOCAL_ROOT'];
  // Values of a webhook's template: https://www.checklyhq.com/docs/integrations/alerts/webhooks/
  const ofCheckly = [
    ...['ALERT_TITLE', 'ALERT_TYPE', 'ALERT_FAILURE', 'ALERT_DEGRADED', 'ALERT_RECOVERY', 'ALERT_DEGRADED_RECOVERY'],
    ...['CHECK_ID', 'CHECK_NAME', 'CHECK_ERROR_MESSAGE', 'STARTED_AT', 'RESULT_LINK'],
  ];
  // A function of MySQL: https://dev.mysql.com/doc/refman/8.4/en/locking-functions.html
  const ofMysql = ['GET_LOCK'];
  const ofVendors = [...ofMysql, ...ofDatadog, ...ofIstio, ...ofGrafana, ...ofGoogle, ...ofAws, ...ofCheckly];
  const known = new Set([...settings, ...others, ...ofLibraries, ...ofVendors]);
  const unknown = PAGES.filter((page) => !page.startsWith('runbooks/')).flatMap((page) =>
    variablesIn(read(page))
      .filter((name) => !known.has(name))
      .map((name) => `${page}: ${name}`),
  );
  expect(unknown).toEqual([]);
});

describe("the pages' outputs are current", () => {
  const quoted = PAGES.flatMap((page) => quotedOutputs(page, read(page)));

  test.each(quoted)('$page: ./spanhound $call', ({ call, output }) => {
    expect(sh(`${SPANHOUND} ${call}`).slice(0, output.length), 'run: npm run generate').toBe(output);
  });

  test.each(['analyze --json samples/*/traces.json', 'investigate --case samples/login-outage', 'detectors'])(
    'README.md: ./spanhound %s, in a fresh checkout',
    (call) => {
      expect(read('README.md')).toMatch(new RegExp(`^\\./spanhound ${RegExp.escape(call)} +#`, 'm'));
      expect(sh(`${SPANHOUND} ${call}`)).not.toBe('');
    },
  );

  test('docs/getting-started.md: the demo, its postmortem and its evidence, line by line', { tags: ['deep'] }, () => {
    const [, block = ''] = /```sh\n([^`]*\.\/spanhound demo[^`]*)```/.exec(read('docs/getting-started.md')) ?? [];
    const folder = mkdtempSync(join(tmpdir(), 'spanhound-pages-'));
    try {
      symlinkSync(SPANHOUND, join(folder, 'spanhound'));
      const printed = sh(block.replace('/tmp/demo', join(folder, 'data')), folder);
      expect(printed).toMatch(/^INC-1 +P1 +resolved /m);
      expect(printed).toMatch(/is unchanged since it was sealed/);
      expect(readFileSync(join(folder, 'inc-1.md'), 'utf8')).toMatch(/^# .*INC-1/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

function read(page: string): string {
  return readFileSync(page, 'utf8');
}

function linksOf(text: string): readonly string[] {
  return [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, target = '']) => target);
}

function leadsSomewhere(page: string, target: string): boolean {
  const [path = '', heading] = target.split('#');
  const file = path === '' ? page : join(dirname(page), path);
  if (!existsSync(file)) return false;
  return heading === undefined || headingsOf(file).includes(heading);
}

/** As GitHub makes them. */
function headingsOf(file: string): string[] {
  return [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** What stands behind `./spanhound` in a block of commands, or behind `spanhound` in a line of text. */
function callsIn(text: string): readonly (readonly string[])[] {
  const blocks = [...text.matchAll(/^```(?:sh|console)?\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
  const lines = blocks.flatMap((block) => [...block.matchAll(/(?:^|[\s|])\.\/spanhound ([^#\n]+)/g)]);
  const spans = [...text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/`(?:\w+=\S+ )?(?:\.\/)?spanhound ([^`\n]+)`/g)];
  return [...lines, ...spans].map(([, call = '']) => call.trim().split(/\s+/));
}

function isKnownCall(call: readonly string[]): boolean {
  const verb = verbOf(call);
  const [last = ''] = verb.slice(-1);
  // Half a verb names its group: `case`.
  if (!verbsBelow(verb.slice(0, -1)).includes(last)) return false;
  const options = call.filter((word) => word.startsWith('--')).map((word) => word.replace(/[=,].*$/, ''));
  return options.every((option) => new RegExp(`${option}\\b`).test(helpOf(verb)));
}

/** One word, or two: behind a group, and where a verb has others below it. */
function verbOf([first = '', second = '']: readonly string[]): readonly string[] {
  if (!verbsBelow([]).includes(first) || second === '') return [first];
  const isGroup = verbsBelow([first]).length > 0 && !helpOf([first]).includes('\nArguments:\n');
  return isGroup || verbsBelow([first]).includes(second) ? [first, second] : [first];
}

function verbsBelow(verb: readonly string[]): readonly string[] {
  const [, commands = ''] = helpOf(verb).split('\nCommands:\n');
  return [...(commands.split('\n\n')[0] ?? '').matchAll(/^ {2}([a-z-]+)/gm)]
    .map(([, name = '']) => name)
    .filter((name) => name !== 'help');
}

/** By its words. In this process: a program for each verb takes a third of a second of processor time. */
const helps = new Map<string, string>();

beforeAll(async () => {
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const read = async (verb: readonly string[]): Promise<void> => {
    written.mockClear();
    await run([...verb, '--help'], {});
    helps.set(verb.join(' '), written.mock.calls.map(([text]) => `${text}`).join(''));
    for (const below of verbsBelow(verb)) await read([...verb, below]);
  };
  await read([]);
  written.mockRestore();
});

function helpOf(verb: readonly string[]): string {
  const help = helps.get(verb.join(' '));
  if (help === undefined) throw new Error(`there is no verb ${verb.join(' ')}`);
  return help;
}

/** As Slack hands them over: a person is an id. What is left out (`…`) or stands for something (`<id>`) is no example. */
function incidentCommandsIn(text: string): readonly string[] {
  const spans = [...text.matchAll(/`\/incident ([^`]+)`/g)].map(([, typed = '']) => typed);
  const table = /^## Commands\n[\s\S]*?(?=^## )/m.exec(text)?.[0] ?? '';
  const cells = [...table.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, typed = '']) => typed),
  );
  return [...spans, ...cells]
    .filter((typed) => !/[…<[]/.test(typed))
    .map((typed) => typed.replace(/@\w+/g, '<@U000000001>'));
}

/** In code, in capitals, with an underscore: `JAEGER_URL`. */
function variablesIn(text: string): readonly string[] {
  return [...text.matchAll(/(?:`|\bexport |\$\{?)([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b/g)].map(([, name = '']) => name);
}

function sh(script: string, cwd = process.cwd()): string {
  return execFileSync('sh', ['-ec', script], { encoding: 'utf8', cwd, stdio: ['ignore', 'pipe', 'ignore'] });
}
