import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { DEFAULTS } from '#config/defaults.ts';
import { detectorsInForce } from '#config/detectors-in-force.ts';
import { type Environment, loadConfig } from '#config/load.ts';
import { ConfigError } from '#core/errors.ts';
import { slowQuery } from '#detect/trace/slow-query.ts';
import { MAX_CLOCK_SKEW_US } from '#model/trace/build/clock-skew.ts';

const folder = mkdtempSync(join(tmpdir(), 'spanhound-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function file(text: string): string {
  const path = join(folder, `${files++}.yaml`);
  writeFileSync(path, text);
  return path;
}

function mistakesOf(env: Environment, yaml = ''): string[] {
  try {
    loadConfig(env, file(yaml));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split('\n').slice(1);
  }
  return [];
}

describe('what is configured', () => {
  test('nothing configured gives the defaults, and no backend', () => {
    expect(loadConfig({})).toMatchObject({
      slack: {},
      gather: DEFAULTS.gather,
      clockSkew: DEFAULTS.clockSkew,
      dataFolder: 'data',
      port: 3000,
    });
    expect(loadConfig({})).not.toHaveProperty('jaeger');
  });

  test('the default of the clock skew is the one that the correction was made for', () => {
    expect(DEFAULTS.clockSkew.maxSeconds * 1e6).toBe(MAX_CLOCK_SKEW_US);
  });

  test('the environment overrides the file, setting by setting', () => {
    const path = file('jaeger: { url: "http://file:16686/jaeger", tenant: acme }\nport: 8080\n');
    const config = loadConfig({ JAEGER_URL: 'http://env:16686', PORT: '9090' }, path);
    expect(config.jaeger?.url.href).toBe('http://env:16686/');
    expect(config.jaeger?.tenant).toBe('acme');
    expect(config.port).toBe(9090);
  });

  test('--config overrides SPANHOUND_CONFIG', () => {
    const env = { SPANHOUND_CONFIG: file('port: 1111') };
    expect(loadConfig(env).port).toBe(1111);
    expect(loadConfig(env, file('port: 2222')).port).toBe(2222);
  });

  test('an empty variable is one that is not set', () => {
    expect(loadConfig({ JAEGER_URL: '', SPANHOUND_CONFIG: '' })).not.toHaveProperty('jaeger');
  });

  test('a key with everything below it commented out is one that is not set', () => {
    expect(loadConfig({}, file('jaeger:\n  # url: http://jaeger\nslack:\n'))).not.toHaveProperty('jaeger');
  });

  test('a detector takes one threshold from the file, one from the environment and the rest from itself', () => {
    const [first, second, ...rest] = Object.entries(slowQuery.thresholds);
    if (!first || !second) throw new Error('slow-query has fewer than two thresholds');
    const variable = `SPANHOUND_DETECTORS_SLOW_QUERY_${second[0].replace(/[A-Z]/g, '_$&').toUpperCase()}`;
    const other = second[1].max ?? second[1].default + 1;
    const path = file(`detectors: { slow-query: { ${first[0]}: ${first[1].max ?? first[1].default + 1} } }`);
    expect(loadConfig({ [variable]: `${other}` }, path).detectors['slow-query']).toEqual({
      enabled: true,
      [first[0]]: first[1].max ?? first[1].default + 1,
      [second[0]]: other,
      ...Object.fromEntries(rest.map(([name, threshold]) => [name, threshold.default])),
    });
  });

  test('a detector is switched off, and its findings are called what the file or the environment says', () => {
    const path = file('detectors: { slow-query: { enabled: false, severity: low }, fan-out: { minCalls: 30 } }');
    const env = { SPANHOUND_DETECTORS_GC_PAUSE_ENABLED: 'false', SPANHOUND_DETECTORS_FAN_OUT_SEVERITY: 'critical' };
    const { off, severities, thresholds } = detectorsInForce(loadConfig(env, path).detectors);
    expect([...off].sort()).toEqual(['gc-pause', 'slow-query']);
    expect(severities).toEqual({ 'slow-query': 'low', 'fan-out': 'critical' });
    expect(thresholds['fan-out']).toMatchObject({ minCalls: 30 });
    expect(Object.keys(thresholds['slow-query'] ?? {})).toEqual(Object.keys(slowQuery.thresholds));
  });

  test('headers come as pairs with percent-encoded values, as OpenTelemetry writes them', () => {
    const config = loadConfig({ LOKI_URL: 'http://loki', LOKI_HEADERS: 'Authorization=Basic%20YTpi, x-scope=a=b' });
    expect(config.loki?.headers).toEqual({ authorization: 'Basic YTpi', 'x-scope': 'a=b' });
  });
});

test('the address of Slack’s Web API ends in a slash, however it was written', () => {
  for (const address of ['https://proxy/slack/api', 'https://proxy/slack/api/']) {
    expect(loadConfig({ SLACK_API_URL: address }).slack.apiUrl?.href).toBe('https://proxy/slack/api/');
  }
});

describe('secrets', () => {
  test('come from a file of their own, without its last line break', () => {
    expect(loadConfig({ SLACK_BOT_TOKEN_FILE: file('xoxb-1-2-3\n') }).slack.botToken).toBe('xoxb-1-2-3');
  });

  test('are refused in the configuration file, with the variable to use and without their value', () => {
    const [mistake, ...others] = mistakesOf({}, 'slack: { botToken: xoxb-hidden }');
    expect(mistake).toContain('set SLACK_BOT_TOKEN or SLACK_BOT_TOKEN_FILE → at slack.botToken');
    expect(mistake).not.toContain('hidden');
    expect(others).toEqual([]);
  });

  test('are refused inside an address of the file, and taken from the environment', () => {
    expect(mistakesOf({}, 'loki: { url: "https://me:hidden@loki" }')[0]).toMatch(/set LOKI_URL instead → at loki\.url/);
    expect(loadConfig({ LOKI_URL: 'https://me:hidden@loki' }).loki?.url.password).toBe('hidden');
  });

  test('never show in a mistake of a database’s address', () => {
    const mistakes = mistakesOf({
      POSTGRES_STATISTICS_URL: 'postgresql://me:hidden@db/shop,mysql://me:hidden@db/shop',
    });
    expect(mistakes).toEqual([expect.stringContaining('must be an address such as postgresql://')]);
    expect(mistakes.join()).not.toContain('hidden');
    expect(mistakes.join()).toContain('(POSTGRES_STATISTICS_URL)');
  });

  test('with a % that is not encoded are a mistake, which does not show them', () => {
    for (const password of ['hidden%', 'hidden%zz', 'hidden%ff']) {
      const mistakes = mistakesOf({
        LOKI_URL: `http://me:${password}@loki`,
        MYSQL_STATISTICS_URL: `mysql://me:${password}@db`,
      });
      expect(mistakes).toEqual([
        expect.stringContaining('does not begin a percent-encoded byte: write %25 → at loki.url (LOKI_URL)'),
        expect.stringContaining('(MYSQL_STATISTICS_URL)'),
      ]);
      expect(mistakes.join()).not.toContain('hidden');
    }
    expect(loadConfig({ LOKI_URL: 'http://me:100%25@loki' }).loki?.url.password).toBe('100%25');
  });

  test('never show in a mistake of the file’s form', () => {
    const mistakes = mistakesOf({}, 'slack:\n  botToken: "xoxb-hidden\nport: 1\n');
    expect(mistakes[0]).toMatch(/line \d/);
    expect(mistakes.join('\n')).not.toContain('hidden');
  });

  test('set twice are a mistake, because one of them is out of date', () => {
    const env = { JAEGER_URL: 'http://jaeger', JAEGER_TOKEN: 'one', JAEGER_TOKEN_FILE: file('two') };
    expect(mistakesOf(env)).toEqual(['✖ set only one of them → JAEGER_TOKEN and JAEGER_TOKEN_FILE']);
  });

  test('in a file that is not there are a mistake with its path', () => {
    expect(mistakesOf({ SLACK_APP_TOKEN_FILE: '/nowhere/token' })).toEqual([
      '✖ the file that SLACK_APP_TOKEN_FILE names cannot be read: there is no such file → /nowhere/token',
    ]);
  });
});

describe('mistakes', () => {
  test.each([
    ['aliases that repeat too much', aliasBomb()],
    ['an alias without its anchor', 'slack: *hunter2'],
    ['an alias within its own anchor', 'slack: &a { inner: *a }'],
  ])('%s are a mistake in the file, not a bug, and not quoted', (_, yaml) => {
    const mistakes = mistakesOf({}, yaml);
    expect(mistakes).toEqual([expect.stringMatching(/^✖ has an alias .*: write the values out → .*\.yaml$/)]);
    expect(mistakes.join()).not.toContain('hunter2');
  });

  test('a line break in a key, a variable or a path begins no line', () => {
    expect(mistakesOf({}, '"a\\n✖ b": 1')).toEqual(['✖ unknown setting → at a ✖ b']);
    expect(mistakesOf({ 'SPANHOUND_DETECTORS_A\n✖ B': '1' })).toEqual([
      '✖ no detector has this setting → SPANHOUND_DETECTORS_A ✖ B',
    ]);
    expect(mistakesOf({ GITHUB_TOKEN_FILE: '/none\u2028\r\n/such' })).toEqual([
      expect.stringMatching(/: there is no such file → \/none \/such$/),
    ]);
  });

  test.each([
    ['LOKI_TOKEN', 'one\ntwo', 'loki.token'],
    ['LOKI_TENANT', 'ü€', 'loki.tenant'],
    ['LOKI_HEADERS', 'x-org=a%0Ab', 'loki.headers.x-org'],
    ['GRAFANA_TOKEN', 'a\u0000', 'grafana.token'],
    ['GITHUB_TOKEN', '“quoted”', 'github.token'],
    ['SLACK_BOT_TOKEN', 'xoxb-1\r\n', 'slack.botToken'],
  ])('%s must be text that an HTTP header can carry', (variable, text, path) => {
    const mistakes = mistakesOf({ LOKI_URL: 'http://loki', [variable]: text });
    expect(mistakes).toEqual([
      `✖ must not have line breaks, control characters or characters outside Latin-1: an HTTP header cannot carry them → at ${path} (${variable})`,
    ]);
    expect(loadConfig({ LOKI_URL: 'http://loki', LOKI_TENANT: 'Zürich 1' }).loki?.tenant).toBe('Zürich 1');
  });

  test('are told all at once, each with its path and variable', () => {
    const yaml = 'jeager: { url: "http://x" }\nloki: { url: nowhere }\ndetectors: { slow-query: { minimum: 1 } }\n';
    const mistakes = mistakesOf({ PORT: 'eighty', SLACK_BOT_TOKEN: 'xoxp-1' }, yaml);
    expect(mistakes).toEqual([
      '✖ must be a bot token (xoxb-…) → at slack.botToken (SLACK_BOT_TOKEN)',
      '✖ must be an address such as https://jaeger.example.com → at loki.url (LOKI_URL)',
      '✖ must be a number → at port (PORT)',
      '✖ unknown setting → at detectors.slow-query.minimum',
      '✖ unknown setting; did you mean jaeger? → at jeager',
    ]);
  });

  test('a variable’s name in the file is one, with where it belongs', () => {
    expect(mistakesOf({}, 'JAEGER_URL: "http://x"\nSLACK_BOT_TOKEN: "x"\n')).toEqual([
      '✖ unknown setting; JAEGER_URL is the variable: in this file it is jaeger.url → at JAEGER_URL',
      '✖ unknown setting; SLACK_BOT_TOKEN is a secret: set it as a variable of the environment → at SLACK_BOT_TOKEN',
    ]);
  });

  test('a backend with a tenant and no address is one', () => {
    expect(mistakesOf({ LOKI_TENANT: 'acme' })).toEqual(['✖ is missing → at loki.url (LOKI_URL)']);
  });

  test('an address that is no web address is one', () => {
    expect(mistakesOf({ JAEGER_URL: 'jaeger:16686' })).toHaveLength(1);
  });

  test('a misspelt threshold in the environment is one, because nothing else would tell', () => {
    expect(mistakesOf({ SPANHOUND_DETECTORS_SLOW_QUERY_MINIMUM: '1' })).toEqual([
      '✖ no detector has this setting → SPANHOUND_DETECTORS_SLOW_QUERY_MINIMUM',
    ]);
  });

  test.each([
    ['SPANHOUND_DETECTORS_SLOW_QUERY_ENABLED', 'off', 'must be true or false', 'enabled'],
    ['SPANHOUND_DETECTORS_SLOW_QUERY_SEVERITY', 'loud', 'must be critical, high, medium or low', 'severity'],
  ])('%s=%s is one', (name, value, mistake, setting) => {
    expect(mistakesOf({ [name]: value })).toEqual([`✖ ${mistake} → at detectors.slow-query.${setting} (${name})`]);
  });

  test('what Kubernetes sets for a service of our name is none', () => {
    expect(mistakesOf({ SPANHOUND_PORT: 'tcp://10.0.0.1:80', SPANHOUND_SERVICE_HOST: '10.0.0.1' })).toEqual([]);
  });

  test('a list instead of settings is one', () => {
    expect(mistakesOf({}, '- jaeger\n')[0]).toMatch(/must hold settings by name/);
  });

  test('a plain value where settings belong is one, and the environment does not hide it', () => {
    expect(mistakesOf({ JAEGER_TENANT: 'acme' }, 'jaeger: http://jaeger')).toHaveLength(1);
  });

  test('a file that is not there is one', () => {
    expect(() => loadConfig({}, '/nowhere/spanhound.yaml')).toThrow(
      /there is no such file.*\/nowhere\/spanhound\.yaml/,
    );
  });
});

test('the categories of the fishbone come from the file or the variable, and a field that there is not is told', () => {
  const path = file('fishbone:\n  categories:\n    - Equipment=capacity+network\n');
  expect(loadConfig({}, path).fishbone.categories).toEqual(['Equipment=capacity+network']);
  const env = { SPANHOUND_FISHBONE_CATEGORIES: 'Software=code+data, Machines=capacity' };
  expect(loadConfig(env).fishbone.categories).toEqual(['Software=code+data', 'Machines=capacity']);
  expect(() => loadConfig({ SPANHOUND_FISHBONE_CATEGORIES: 'Machines=weather' })).toThrow('unknown field weather');
});

/** Ten lists of ten aliases each: ten thousand million values. */
function aliasBomb(): string {
  const lists = Array.from(
    { length: 9 },
    (_, level) => `a${level + 1}: &a${level + 1} [${Array(10).fill(`*a${level}`)}]`,
  );
  return ['a0: &a0 x', ...lists].join('\n');
}
