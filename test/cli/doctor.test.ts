import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installationSealing, slackInstallations } from '#adapters/slack/installations.ts';
import type { Check } from '#cli/doctor.ts';
import { composeStore, STORE_FILE } from '#compose/store.ts';
import { silentLog } from '#core/log.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { changed } from '#test/changes.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { openPagerDuty } from '#test/pagerduty-side.ts';
import { recorded, refuse, replay, startRecordedServer } from '#test/recorded-server.ts';
import { BOT_TOKEN, openSlackSide, SIGNING_SECRET, type SlackSide } from '#test/slack-side.ts';
import { changeNoter } from '#workflows/evidence/note-changes.ts';
import { spanhound } from './run-spanhound.ts';

const root = mkdtempSync(join(tmpdir(), 'spanhound-doctor-'));
afterAll(() => rmSync(root, { recursive: true }));

let folders = 0;
function dataFolder(): string {
  return join(root, `${folders++}`);
}

let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());

async function diagnosis(
  env: Record<string, string>,
): Promise<{ code: number | null; checks: Record<string, Omit<Check, 'name'>> }> {
  const { code, stdout } = await spanhound(['doctor', '--json'], { env: { SPANHOUND_DATA: dataFolder(), ...env } });
  const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: Check[] };
  expect(ok).toBe(code === 0);
  return { code, checks: Object.fromEntries(checks.map(({ name, ...check }) => [name, check])) };
}

const ALL_SCOPES =
  'commands,chat:write,files:read,files:write,channels:history,channels:read,groups:history,groups:read,users:read,users:read.email,usergroups:read,reactions:read,pins:read,pins:write,channels:manage,groups:write,bookmarks:read,bookmarks:write,canvases:write,canvases:read';

/** Slack's auth.test, with the scopes in the header where Slack puts them. */
function slackThatSays(answer: object | string, scopes = ALL_SCOPES) {
  const headers = { 'content-type': 'application/json', 'x-oauth-scopes': scopes };
  const body = Buffer.from(typeof answer === 'string' ? answer : JSON.stringify(answer));
  return startRecordedServer(() => replay({ status: 200, headers, body }));
}

const GOOD = { ok: true, user: 'spanhound', team: 'Acme', url: 'wss://nowhere' };
const TOKENS = { SLACK_BOT_TOKEN: 'xoxb-hidden', SLACK_APP_TOKEN: 'xapp-hidden' };

describe('doctor', () => {
  test('with nothing configured nothing failed, and each part says which variable to set', async () => {
    const { code, checks } = await diagnosis({});
    expect(code).toBe(0);
    expect(checks).toMatchObject({
      jaeger: { state: 'off', remedy: expect.stringContaining('JAEGER_URL') },
      loki: { state: 'off', remedy: expect.stringContaining('LOKI_URL') },
      prometheus: { state: 'off', remedy: expect.stringContaining('PROMETHEUS_URL') },
      kubernetes: { state: 'off', remedy: expect.stringContaining('KUBECONFIG') },
      slack: { state: 'off', remedy: expect.stringContaining('SLACK_BOT_TOKEN') },
      store: { state: 'ok' },
    });
  });

  test('a variable whose name is nearly a setting is named with that setting', async () => {
    const { code, checks } = await diagnosis({ JEAGER_URL: 'http://127.0.0.1:9', LOKI_URL_FILE: '/dev/null' });
    expect(code).toBe(0);
    expect(checks.variables).toMatchObject({
      detail: 'JEAGER_URL is no setting',
      remedy: 'Is it meant as JAEGER_URL?',
    });
    const set = await diagnosis({ JEAGER_URL: 'http://127.0.0.1:9', JAEGER_URL: backends.jaegerUrl });
    expect(set.checks.variables).toBeUndefined();
  });

  test('a backend that answers is well, one that does not exits 5 with a remedy', async () => {
    const { code, checks } = await diagnosis({ JAEGER_URL: backends.jaegerUrl, LOKI_URL: 'http://127.0.0.1:9' });
    expect(code).toBe(5);
    expect(checks.jaeger).toMatchObject({ state: 'ok', detail: expect.stringContaining('frontend') });
    expect(checks.loki).toMatchObject({ state: 'failed', remedy: expect.stringMatching(/Check that loki is up/) });
  });

  test('a wrong base path is told from a backend that is down', async () => {
    await using server = await startRecordedServer(() => replay(recorded('jaeger/unknown-route')));
    const { code, checks } = await diagnosis({ JAEGER_URL: server.url.href });
    expect(code).toBe(5);
    expect(checks.jaeger?.remedy).toContain('base path');
  });

  test('a name of a folder moves no cursor', async () => {
    const folder = join(root, 'a\r\u001b[31mb\u202ec\u0085d');
    const { stdout } = await spanhound(['doctor'], { env: { SPANHOUND_DATA: folder } });
    expect(stdout).toContain('none yet; the next start creates it in');
    expect(stdout).not.toMatch(/(?!\n)\p{Cc}|\u202e/u);
  });

  test('as text each part has its mark, and each failure its remedy below it', async () => {
    const { code, stdout, stderr } = await spanhound(['doctor'], {
      env: { JAEGER_URL: 'http://127.0.0.1:9', SPANHOUND_DATA: dataFolder() },
    });
    expect(code).toBe(5);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^· tempo +not configured\. Set TEMPO_URL /);
    expect(stdout).toMatch(
      /^✓ store .+\n✗ jaeger +jaeger did not answer: the connection was refused\n +→ Check that jaeger is up .+\n\n1 of 2 checks failed: jaeger\.\n$/m,
    );
  });

  test('without settings, it says where to begin', async () => {
    const { code, stdout } = await spanhound(['doctor'], { env: { SPANHOUND_DATA: dataFolder() } });
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nNo connection is configured, .+\n$/);
  });

  test('a folder that cannot be created is a failure, whatever its permissions say', async () => {
    const { code, stdout } = await spanhound(['doctor'], { env: { SPANHOUND_DATA: '/proc/spanhound' } });
    expect(code).toBe(5);
    expect(stdout).toMatch(/^✗ store +no folder can be created in \/proc: .+\n +→ Let this user write to /m);
  });
});

describe('doctor on Slack', () => {
  test('names the bot and its team where the tokens are good', async () => {
    await using slack = await slackThatSays(GOOD);
    const { code, checks } = await diagnosis({ ...TOKENS, SLACK_API_URL: `${slack.url.href}api/` });
    expect(code).toBe(0);
    expect(checks.slack).toMatchObject({ state: 'ok', detail: 'speaks as @spanhound in Acme' });
    expect(slack.requests.map(({ path }) => path)).toEqual(['/api/auth.test', '/api/apps.connections.open']);
  });

  test('asks once for each target of who is on call', async () => {
    const pager = await openPagerDuty();
    pager.onCall('kim@example.com');
    const targets = {
      SPANHOUND_PAGE_ON_CALL: 'payments=pagerduty:schedule/PI7DH85,shop=U012ABC',
      SPANHOUND_ON_CALL: 'cause,pagerduty:schedule/PI7DH85',
      PAGERDUTY_API_URL: pager.url,
    };
    const connected = await diagnosis({ ...targets, PAGERDUTY_API_KEY: 's3cret' });
    expect(connected.checks['on call']).toEqual({
      state: 'ok',
      detail: 'on call now: 1 in PagerDuty’s schedule Payments',
      remedy: '',
    });
    expect(pager.requests()).toHaveLength(1);
    expect((await diagnosis({ ...targets, PAGERDUTY_API_KEY: 'other' })).checks['on call']).toMatchObject({
      state: 'failed',
      detail: 'cannot be read: pagerduty:schedule/PI7DH85',
      remedy: expect.stringContaining('Check PAGERDUTY_API_KEY'),
    });
    expect((await diagnosis(targets)).checks['on call']).toMatchObject({
      state: 'failed',
      remedy: 'PagerDuty is not connected: set PAGERDUTY_API_KEY.',
    });
    await pager.close();
  });

  test('names what each unconnected target needs', async () => {
    const found = await diagnosis({ SPANHOUND_ON_CALL: 'incidentio:schedule/Payments,grafana:schedule/Payments' });
    expect(found.checks['on call']).toEqual({
      state: 'failed',
      detail: 'cannot be read: incidentio:schedule/Payments, grafana:schedule/Payments',
      remedy:
        'incident.io is not connected: set INCIDENT_IO_API_KEY. Grafana is not connected: set GRAFANA_ONCALL_URL and GRAFANA_ONCALL_TOKEN.',
    });
  });

  test('asks the connected schedule of incident.io', async () => {
    const schedule = { id: '01G0J1EXE7AXZ2C93K61WBPYEH', name: 'Payments' };
    await using server = await startRecordedServer(({ path }) => {
      const answer = path === '/v2/schedule_entries' ? { schedule_entries: { final: [] } } : { schedules: [schedule] };
      const headers = { 'content-type': 'application/json' };
      return replay({ status: 200, headers, body: Buffer.from(JSON.stringify(answer)) });
    });
    const found = await diagnosis({
      SPANHOUND_ON_CALL: 'incidentio:schedule/Payments',
      INCIDENT_IO_API_URL: server.url.href,
      INCIDENT_IO_API_KEY: 's3cret',
    });
    expect(found.checks['on call']).toMatchObject({
      state: 'ok',
      detail: 'on call now: 0 in incident.io’s schedule Payments',
    });
  });

  test('names the scopes that are missing', async () => {
    await using slack = await slackThatSays(GOOD, 'commands');
    const { code, checks } = await diagnosis({ ...TOKENS, SLACK_API_URL: `${slack.url.href}api/` });
    expect(code).toBe(5);
    expect(checks.slack?.detail).toContain('lacks chat:write');
  });

  test('lists the workspaces that installed the app, with what is wrong, and no token', async () => {
    await using slack = await slackThatSays(GOOD);
    const [older, newer] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
    const folder = dataFolder();
    const store = await composeStore({ dataFolder: folder });
    for (const [workspaceId, key] of [
      ['T0000001', newer],
      ['T0000002', older],
      ['T0000003', newer],
    ] as const) {
      const sealing = installationSealing([key]);
      const installations = slackInstallations({ store, sealing, workspaces: [], log: silentLog });
      const secrets = { botToken: 'xoxb-hidden', botUserId: 'U1' };
      await installations.save({ ...secrets, workspaceId, name: 'Acme', scopes: [], installedBy: 'U2' });
      if (workspaceId !== 'T0000003') continue;
      const installedUs = (await installations.installedUs(workspaceId)) ?? 0;
      await installations.remove(workspaceId, { reason: 'app_uninstalled', installedUs });
    }
    await store.close();
    const settings = {
      SPANHOUND_DATA: folder,
      SLACK_SIGNING_SECRET: 'x',
      SLACK_CLIENT_ID: '1.1',
      SLACK_CLIENT_SECRET: 'client-hidden',
      SLACK_STATE_SECRET: 'state-hidden-with-more-than-32-characters',
      SLACK_INSTALLATION_KEYS: newer,
      SLACK_WORKSPACES: 'T0000001,T0000002,T0000003',
      SLACK_API_URL: `${slack.url.href}api/`,
    };
    const { code, checks } = await diagnosis(settings);
    expect(code).toBe(5);
    const lines = checks.workspaces?.detail.split('\n') ?? [];
    expect(lines[0]).toMatch(/^T0000001 \(Acme\), installed .*: speaks as @spanhound in Acme/);
    expect(lines[1]).toMatch(/^T0000002 \(Acme\): the key \S+ is not configured/);
    expect(lines[2]).toMatch(/^T0000003 \(Acme\): removed \(app_uninstalled\)/);
    expect(JSON.stringify(checks)).not.toContain('hidden');
    // Whoever takes the older key out now loses the second workspace.
    const changing = await diagnosis({ ...settings, SLACK_INSTALLATION_KEYS: `${newer} ${older}` });
    expect(changing.code).toBe(5);
    expect(changing.checks.workspaces?.detail).toContain('T0000002 (Acme): an older key encrypts its token');
  });

  test('without the scope for pictures works, and says so', async () => {
    await using slack = await slackThatSays(GOOD, 'commands,chat:write');
    const { code, checks } = await diagnosis({ ...TOKENS, SLACK_API_URL: `${slack.url.href}api/` });
    expect(code).toBe(0);
    expect(checks.slack).toMatchObject({
      state: 'ok',
      detail: expect.stringContaining(
        'without pictures and files (files:write), alerts in channels (channels:history)',
      ),
    });
  });

  test('a revoked token fails, and is never shown', async () => {
    await using slack = await slackThatSays({ ok: false, error: 'token_revoked' });
    const { code, checks } = await diagnosis({ ...TOKENS, SLACK_API_URL: `${slack.url.href}api/` });
    expect(code).toBe(5);
    expect(checks.slack?.detail).toContain('SLACK_BOT_TOKEN (token_revoked)');
    expect(JSON.stringify(checks)).not.toContain('hidden');
  });

  test('what is no word on the token is not taken for one', async () => {
    await using slack = await slackThatSays({ ok: false, error: '<html>Blocked by the proxy</html>' });
    const { code, checks } = await diagnosis({ ...TOKENS, SLACK_API_URL: `${slack.url.href}api/` });
    expect(code).toBe(5);
    expect(checks.slack?.detail).toMatch(/^Slack refused what was asked with SLACK_BOT_TOKEN \(/);
    expect(checks.slack?.remedy).not.toContain('Copy the token');
  });

  test('a plain word of somebody in between is no word on the token', async () => {
    await using slack = await slackThatSays('invalid_auth');
    const { code, checks } = await diagnosis({ ...TOKENS, SLACK_API_URL: `${slack.url.href}api/` });
    expect(code).toBe(5);
    expect(checks.slack?.detail).toContain('a proxy may have sent it');
    expect(checks.slack?.remedy).not.toContain('Copy the token');
  });

  test('a setting with a mistake fails, and the other checks go on', async () => {
    const { code, checks } = await diagnosis({ JAEGER_URL: 'nonsense', LOKI_URL: 'nonsense', CHANGES_TOKEN: 't0ken' });
    expect(code).toBe(5);
    expect(checks.configuration).toMatchObject({ state: 'failed', detail: expect.stringContaining('(LOKI_URL)') });
    expect(checks.changes).toMatchObject({ state: 'ok' });
    expect(checks.jaeger).toMatchObject({ state: 'off' });
  });

  test('half a configuration fails with the variable that is missing', async () => {
    const { code, checks } = await diagnosis({ SLACK_BOT_TOKEN: 'xoxb-1' });
    expect(code).toBe(5);
    expect(checks.slack).toMatchObject({ state: 'failed', detail: expect.stringContaining('SLACK_SIGNING_SECRET') });
  });
});

describe('doctor on changes', () => {
  test('says who may tell of them and when the last one came', async () => {
    const folder = dataFolder();
    const { checks: none } = await diagnosis({ SPANHOUND_DATA: folder });
    expect(none.changes).toMatchObject({ state: 'off', remedy: expect.stringContaining('CHANGES_TOKEN') });
    const env = { SPANHOUND_DATA: folder, CHANGES_TOKEN: 't0ken', GITLAB_WEBHOOK_TOKEN: 't0ken' };
    const { checks: unused } = await diagnosis(env);
    expect(unused.changes).toMatchObject({ state: 'ok', detail: 'accepted from POST /changes, GitLab; no store yet' });
    mkdirSync(folder);
    const store = await composeStore({ dataFolder: folder });
    await changeNoter(store)([{ ...changed(0), atUs: Date.now() * 1_000 }]);
    await store.close();
    const { checks } = await diagnosis(env);
    expect(checks.changes?.detail).toMatch(/GitLab; last received at .*: deploy of checkout$/);
  });

  test('says which trackers post that an issue changed, and what to set for the others', async () => {
    const { checks: none } = await diagnosis({ GITHUB_WEBHOOK_SECRET: 's3cret' });
    expect(none['issue webhooks']).toMatchObject({
      state: 'off',
      remedy: expect.stringContaining('JIRA_WEBHOOK_SECRET'),
    });
    const nowhere = 'http://127.0.0.1:9';
    const { checks } = await diagnosis({
      ...{ GITHUB_API_URL: nowhere, GITHUB_ISSUES: 'acme/ops', GITHUB_ISSUES_TOKEN: 't', GITHUB_WEBHOOK_SECRET: 's' },
      ...{ JIRA_URL: nowhere, JIRA_TOKEN: 't0ken', JIRA_PROJECTS: 'OPS' },
      LINEAR_WEBHOOK_SECRET: 's3cret',
    });
    expect(checks['issue webhooks']).toEqual({
      state: 'ok',
      detail: 'accepted from GitHub; every ten minutes a look at Jira',
      remedy: 'Set JIRA_WEBHOOK_SECRET to follow issues at once; docs/issues.md says how.',
    });
    expect(checks.linear).toMatchObject({ state: 'failed', remedy: 'Set LINEAR_TEAMS and LINEAR_TOKEN.' });
  });

  test('says whether the tokens work', async () => {
    const json = { 'content-type': 'application/json' };
    await using server = await startRecordedServer(({ path }) => {
      const body = Buffer.from(path === '/api/annotations' ? '[]' : '{"message":"Bad credentials"}');
      return replay({ status: path === '/api/annotations' ? 200 : 401, headers: json, body });
    });
    const { code, checks } = await diagnosis({
      GRAFANA_URL: server.url.href,
      GRAFANA_TOKEN: 'glsa_hidden',
      GITHUB_API_URL: server.url.href,
      GITHUB_TOKEN: 'ghp_hidden',
    });
    expect(code).toBe(5);
    expect(checks).toMatchObject({
      grafana: { state: 'ok', detail: 'answers, but has no annotations yet' },
      github: { state: 'failed', detail: expect.stringContaining('Bad credentials') },
      gitlab: { state: 'off', remedy: expect.stringContaining('GITLAB_TOKEN') },
      'github-issues': { state: 'off', remedy: expect.stringContaining('GITHUB_ISSUES') },
    });
    expect(JSON.stringify(checks)).not.toContain('hidden');
  });
});

test('doctor says which alert rules of Grafana fire, and that its token sees none', async () => {
  await using server = await startRecordedServer(({ path, headers }) => {
    if (!path.endsWith('/api/v1/rules')) return refuse(404);
    const none = JSON.stringify({ status: 'success', data: { groups: [] } });
    const isSeeing = headers.authorization === 'Bearer glsa_hidden';
    return isSeeing ? replay(recorded('grafana/rules')) : refuse(200, { 'content-type': 'application/json' }, none);
  });
  const grafanaWith = async (token: string) =>
    (await diagnosis({ GRAFANA_URL: server.url.href, GRAFANA_ALERTS_TOKEN: token })).checks.grafana;
  expect(await grafanaWith('glsa_hidden')).toMatchObject({
    state: 'ok',
    detail: expect.stringContaining('9 alert rules, 4 fire: '),
    remedy: expect.stringContaining('cannot evaluate 1 alert rule (StockReads)'),
  });
  expect(await grafanaWith('glsa_other')).toMatchObject({ remedy: expect.stringContaining('role Viewer') });
});

describe('doctor on rights by user groups', () => {
  const groups = [
    { id: 'S0SREID', handle: 'sre', users: ['U0KIM', 'U0ANNA01'] },
    { id: 'S0EMPTY', handle: 'leads', users: [] },
    { id: 'S0GONE1', handle: 'oncall', users: ['U0KIM'], isDisabled: true },
  ];

  let slack: SlackSide;
  beforeAll(async () => {
    slack = await openSlackSide();
    for (const group of groups) slack.proxy.userGroups.set(group);
  });
  afterAll(() => slack.close());

  async function checked(rights: Readonly<Record<string, string>>) {
    const tokens = { SLACK_BOT_TOKEN: BOT_TOKEN, SLACK_SIGNING_SECRET: SIGNING_SECRET };
    return await diagnosis({ ...tokens, ...rights, SLACK_API_URL: slack.proxy.apiUrl });
  }

  test('asks nothing where no right is reserved', async () => {
    expect((await checked({})).checks.rights).toBeUndefined();
  });

  test('names the groups with their people', async () => {
    const { code, checks } = await checked({
      SPANHOUND_RIGHTS_DECLARE: 'S0SREID',
      SPANHOUND_RIGHTS_CLOSE: '@sre,commander',
    });
    expect(code).toBe(0);
    expect(checks.rights).toEqual({
      state: 'ok',
      detail: 'declare: @sre (2 members); close: @sre (2 members) and the incident commander',
      remedy: '',
    });
  });

  test.each([
    ['@platform', 'rights.close: this workspace has no user group @platform', /Correct rights\.close/],
    ['S0GONE1', 'rights.close: @oncall is disabled', /Enable @oncall in Slack/],
    ['@leads', 'rights.close: @leads has no members', /Add people to @leads/],
  ])('fails for the group %s, with a remedy', async (named, detail, remedy) => {
    const { code, checks } = await checked({ SPANHOUND_RIGHTS_CLOSE: named });
    expect(code).toBe(5);
    expect(checks.rights).toMatchObject({ state: 'failed', detail, remedy: expect.stringMatching(remedy) });
  });

  test.each([
    ['a person', 'U0PATRICK', 'incidents.commander.onCall calls U0PATRICK, but only @sre may'],
    ['a group', 'S0NIGHT', 'incidents.commander.onCall calls @night (U0PATRICK), but only @sre may'],
  ])('fails if it calls %s who may not take the command', async (_, called, problem) => {
    slack.proxy.userGroups.set({ id: 'S0NIGHT', handle: 'night', users: ['U0KIM', 'U0PATRICK'] });
    const { code, checks } = await checked({
      SPANHOUND_RIGHTS_COMMAND: '@sre',
      SPANHOUND_ON_CALL: called,
      SPANHOUND_ON_CALL_BY_CHANNEL: 'C0SECURITY=U0ANNA01',
    });
    expect(code).toBe(5);
    expect(checks.rights).toEqual({
      state: 'failed',
      detail: `${problem} take the command (rights.command)`,
      remedy: 'Add the people of incidents.commander.onCall to @sre, or call others.',
    });
  });

  test.each([
    ['people of the group', 'S0SREID,U0ANNA01,here', '@sre'],
    ['people of a second group', 'U0PATRICK', '@sre,S0NIGHT'],
    ['a group that nobody could read', 'U0PATRICK', '@sre,@platform'],
  ])('has no word about calls to %s', async (_, called, command) => {
    slack.proxy.userGroups.set({ id: 'S0NIGHT', handle: 'night', users: ['U0KIM', 'U0PATRICK'] });
    const { checks } = await checked({ SPANHOUND_RIGHTS_COMMAND: command, SPANHOUND_ON_CALL: called });
    expect(checks.rights?.detail).not.toContain('calls');
  });

  test('reads the groups of every workspace that installed the app by a link', async () => {
    const key = randomBytes(32).toString('base64');
    const folder = dataFolder();
    const store = await composeStore({ dataFolder: folder });
    const workspaces = ['T0000001', 'T0000002', 'T0000003'];
    const installations = slackInstallations({
      store,
      sealing: installationSealing([key]),
      workspaces,
      log: silentLog,
    });
    for (const workspaceId of workspaces) {
      const secrets = { botToken: BOT_TOKEN, botUserId: 'U1' };
      await installations.save({ ...secrets, workspaceId, name: 'Acme', scopes: [], installedBy: 'U2' });
    }
    await store.close();
    const { checks } = await diagnosis({
      SPANHOUND_DATA: folder,
      SLACK_SIGNING_SECRET: SIGNING_SECRET,
      SLACK_CLIENT_ID: '1.1',
      SLACK_CLIENT_SECRET: 'client-hidden',
      SLACK_STATE_SECRET: 'state-hidden-with-more-than-32-characters',
      SLACK_INSTALLATION_KEYS: key,
      SLACK_WORKSPACES: 'T0000002,T0000001',
      SLACK_API_URL: slack.proxy.apiUrl,
      SPANHOUND_RIGHTS_COMMAND: '@sre',
      SPANHOUND_RIGHTS_CLOSE: '@platform',
      SPANHOUND_ON_CALL: 'U0PATRICK',
    });
    // Spanhound calls people of its own workspace alone, which is the first of the setting.
    expect(checks.rights?.state).toBe('failed');
    expect(checks.rights?.detail.split('\n').toSorted()).toEqual([
      'T0000001 (Acme): rights.close: this workspace has no user group @platform',
      'T0000002 (Acme): incidents.commander.onCall calls U0PATRICK, but only @sre may take the command (rights.command)',
      'T0000002 (Acme): rights.close: this workspace has no user group @platform',
    ]);
  });

  test('fails without the scope, and says how to get it', async () => {
    slack.proxy.missScope('usergroups.list', 'usergroups:read');
    const { code, checks } = await checked({ SPANHOUND_RIGHTS_CLOSE: '@sre' });
    expect(code).toBe(5);
    expect(checks.rights).toMatchObject({
      state: 'failed',
      detail: 'rights.close: The Slack app lacks the scope usergroups:read.',
      remedy: expect.stringContaining('manifest.json'),
    });
  });

  test('what is no group fails as a mistake of the configuration', async () => {
    const { code, stdout } = await spanhound(['doctor'], { env: { SPANHOUND_RIGHTS_PUBLISH: 'commander' } });
    expect(code).toBe(5);
    expect(stdout).toContain('must be the id of a user group (S…) or its handle with an @, such as @sre');
  });
});

describe('doctor on the store', () => {
  test('does not make a store only to look at it', async () => {
    const folder = dataFolder();
    const { checks } = await diagnosis({ SPANHOUND_DATA: folder });
    expect(checks.store?.detail).toContain('none yet');
    expect(existsSync(folder)).toBe(false);
  });

  test('says its version', async () => {
    const folder = dataFolder();
    await spanhound(['migrate'], { env: { SPANHOUND_DATA: folder } });
    const { code, checks } = await diagnosis({ SPANHOUND_DATA: folder });
    expect(code).toBe(0);
    expect(checks.store?.detail).toMatch(/^SQLite, at version \d+$/);
  });

  test('of an older program leaves it as it is, and says what the next start will do', async () => {
    const folder = dataFolder();
    await spanhound(['migrate'], { env: { SPANHOUND_DATA: folder } });
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(join(folder, STORE_FILE));
    database.exec('update schema_version set version = 1');
    const { code, checks } = await diagnosis({ SPANHOUND_DATA: folder });
    const version = database.prepare('select version from schema_version').get();
    database.close();
    expect(code).toBe(0);
    expect(checks.store?.detail).toMatch(/^SQLite, at version 1; the next start migrates it to \d+$/);
    expect(version).toEqual({ version: 1 });
  });

  test('a folder that is a file fails with the variable to set', async () => {
    const file = dataFolder();
    writeFileSync(file, '');
    const { code, checks } = await diagnosis({ SPANHOUND_DATA: join(file, 'data') });
    expect(code).toBe(5);
    expect(checks.store?.remedy).toContain('SPANHOUND_DATA');
  });

  test('a file that is no database fails', async () => {
    const folder = dataFolder();
    mkdirSync(folder);
    writeFileSync(join(folder, STORE_FILE), 'this is no database, and longer than the header of one would have to be');
    expect((await diagnosis({ SPANHOUND_DATA: folder })).code).toBe(5);
  });

  test('work that was given up fails, with the reason', async () => {
    const folder = dataFolder();
    mkdirSync(folder);
    const store = await composeStore({ dataFolder: folder });
    await store.transaction((tx) =>
      tableJobs.addJob(tx, { kind: 'answer-trace', workspaceId: 'T1', key: 'one', payload: {} }),
    );
    const handlers = { 'answer-trace': () => Promise.reject(new Error('the disk is full')) };
    const jobs = tableJobs.runJobs({ store, handlers, log: silentLog, maxAttempts: 1 });
    await jobs.idle();
    await jobs.stop(1_000);
    await store.close();

    const { code, checks } = await diagnosis({ SPANHOUND_DATA: folder });
    expect(code).toBe(5);
    expect(checks.store?.detail).toMatch(/job answer-trace, after 1 attempts: .*the disk is full/);
  });
});

describe('migrate', () => {
  test('makes the store for its owner alone, and the second time finds nothing to do', { tags: ['deep'] }, async () => {
    const env = { SPANHOUND_DATA: dataFolder() };
    const first = await spanhound(['migrate', '--json'], { env });
    const second = await spanhound(['migrate'], { env });
    expect(first.code).toBe(0);
    expect(JSON.parse(first.stdout).from).toBe(0);
    expect(second.stdout).toMatch(/^The store is up to date, at version \d+\.\n$/);
    expect(statSync(join(env.SPANHOUND_DATA, STORE_FILE)).mode & 0o077).toBe(0);
  });

  test('refuses the store of a newer program', async () => {
    const folder = dataFolder();
    await spanhound(['migrate'], { env: { SPANHOUND_DATA: folder } });
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(join(folder, STORE_FILE));
    database.exec('update schema_version set version = 99');
    database.close();
    const { code, stderr } = await spanhound(['migrate'], { env: { SPANHOUND_DATA: folder } });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^spanhound: database is at version 99, this build knows \d+: start a newer build\n/);
  });
});
