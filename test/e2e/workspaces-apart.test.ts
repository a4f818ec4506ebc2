/** Two workspaces with one bot: programs, the operators' MCP server and signed links show nothing of the other one. */
import { randomBytes } from 'node:crypto';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { composeMcp } from '#compose/mcp.ts';
import { makeToken } from '#compose/tokens.ts';
import { loadConfig } from '#config/load.ts';
import { pageLinks } from '#core/page-link.ts';
import { allIncidents } from '#record/find-incidents.ts';
import { noteServicesSeen } from '#record/services.ts';
import { openBot, type TestBot } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { sendToBot } from '#test/slack-side.ts';
import {
  ACME,
  CLIENT_ID,
  CLIENT_SECRET,
  installIn,
  inTeam,
  OTHERS,
  openSlackWorkspaces,
  type SlackWorkspaces,
} from '#test/slack-workspaces.ts';

const STATE_SECRET = 'state-secret-of-the-tests-with-32-characters';
/** In every text of the other workspace's incidents. */
const THEIRS = 'kingfisher';
const OURS = 'woodpecker';
const PERSON = 'U000000001';

let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let slack: SlackWorkspaces;
let bot: TestBot;

beforeAll(async () => {
  backends = await openHotrodBackends();
  slack = await openSlackWorkspaces();
  bot = await openBot({
    slack: slack.side(ACME),
    ...backends,
    env: {
      SLACK_BOT_TOKEN: '',
      SLACK_API_URL: slack.apiUrl,
      SLACK_CLIENT_ID: CLIENT_ID,
      SLACK_CLIENT_SECRET: CLIENT_SECRET,
      SLACK_STATE_SECRET: STATE_SECRET,
      SLACK_INSTALLATION_KEYS: randomBytes(32).toString('base64'),
      SLACK_WORKSPACES: `${ACME},${OTHERS}`,
      API_REQUESTS_PER_MINUTE: '100000',
      SPANHOUND_PAGES_URL: 'https://spanhound.example.com',
    },
  });
  for (const team of [ACME, OTHERS]) expect(await installIn(bot.url, slack, team)).toBe(200);
  await declared(ACME, `P1 ${OURS} logins fail`);
  // The second one has a number that the first workspace does not have.
  for (const title of [`P2 ${THEIRS} carts are empty`, `P2 ${THEIRS} carts are empty again`])
    await declared(OTHERS, title);
  await bot.store.transaction(async (tx) => {
    await noteServicesSeen(tx, ACME, [OURS]);
    await noteServicesSeen(tx, OTHERS, [THEIRS]);
  });
});
afterAll(async () => {
  await bot.stop();
  await bot.forget();
  await slack.close();
  await backends.close();
});

async function declared(team: string, incident: string): Promise<void> {
  const body = slack.side(team).command(`declare ${incident}`, { command: '/incident' });
  await sendToBot(bot.url, inTeam(team, body));
  const title = incident.slice('P1 '.length);
  await eventually(async () => (await slack.side(team).messages()).find(({ text }) => text.includes(title)));
}

const incidentOf = async (team: string) => {
  const found = (await allIncidents(bot.store)).find((one) => one.workspaceId === team && one.number === 1);
  if (found === undefined) throw new Error(`no incident in ${team}`);
  return found;
};

describe('the REST API', () => {
  let token: string;
  beforeAll(async () => {
    const wanted = { name: 'all', scopes: ['read', 'cases', 'diagnose'], channels: [], days: '1', by: 'test' };
    token = (await makeToken(bot.store, wanted)).token;
  });

  async function asked(path: string): Promise<Readonly<{ status: number; text: string }>> {
    return await eventually(async () => {
      const answer = await fetch(`${bot.url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });
      // It looks for new tokens once a second.
      return answer.status === 401 ? undefined : { status: answer.status, text: await answer.text() };
    });
  }

  test('lists the incidents and services of the own workspace alone', async () => {
    const incidents = await asked('/incidents');
    expect(incidents).toMatchObject({ status: 200, text: expect.stringContaining(OURS) });
    expect(incidents.text).not.toContain(THEIRS);
    const services = await asked('/services');
    expect(services).toMatchObject({ status: 200, text: expect.stringContaining(OURS) });
    expect(services.text).not.toContain(THEIRS);
  });

  test('knows no incident of another workspace, by no path', async () => {
    expect(await asked('/incidents/INC-1')).toMatchObject({ status: 200, text: expect.stringContaining(OURS) });
    for (const path of ['', '/timeline', '/similar', '/case']) {
      const { status, text } = await asked(`/incidents/INC-2${path}`);
      expect(status, path).toBe(404);
      expect(text).not.toContain(THEIRS);
      expect((await asked(`/incidents/INC-1${path}`)).text).not.toContain(THEIRS);
    }
    expect((await asked(`/services?name=${THEIRS}`)).text).not.toContain(`"name":"${THEIRS}"`);
  });
});

describe('the MCP server of the operators, who read all workspaces', () => {
  async function called(name: string, args: Record<string, unknown> = {}): Promise<string> {
    const config = loadConfig({ SPANHOUND_DATA: bot.dataFolder, JAEGER_URL: backends.jaegerUrl });
    const { servers, stop } = await composeMcp(config, { offered: [], version: '1', onBug: () => undefined });
    const [ours, theirs] = InMemoryTransport.createLinkedPair();
    await servers.open().connect(ours);
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(theirs);
    try {
      return JSON.stringify(await client.callTool({ name, arguments: args }));
    } finally {
      await client.close();
      await stop();
    }
  }

  test('says of each incident whose it is, and takes none for that of another workspace', async () => {
    const listed = await called('list_incidents');
    for (const said of [OURS, THEIRS, ACME, OTHERS]) expect(listed).toContain(said);
    const both = await called('read_incident', { incident: 'INC-1' });
    expect(both).toContain('several workspaces have an INC-1');
    expect(both).not.toMatch(new RegExp(`${OURS}|${THEIRS}`));
    const one = await called('read_timeline', { incident: 'INC-2' });
    expect(one).toContain(THEIRS);
    expect(one).not.toContain(OURS);
  });
});

describe('a signed link to the page of a postmortem', () => {
  const links = pageLinks(STATE_SECRET);
  const opened = async (incidentTeam: string, linkTeam: string) => {
    const { id } = await incidentOf(incidentTeam);
    const claims = { incidentId: id, workspaceId: linkTeam, userId: PERSON, madeUs: await bot.store.nowUs() };
    const answer = await fetch(`${bot.url}/postmortem/${links.made('postmortem', claims)}`);
    return { status: answer.status, text: await answer.text() };
  };

  test('opens the incident of its own workspace', async () => {
    // The page shows no words that might name a person, such as those of the title.
    expect(await opened(ACME, ACME)).toMatchObject({ status: 200, text: expect.stringContaining('<p>P1 · ') });
    expect(await opened(OTHERS, OTHERS)).toMatchObject({ status: 200, text: expect.stringContaining('<p>P2 · ') });
  });

  test('opens no incident of another one, where the person and the channel have the same ids', async () => {
    for (const [incident, link] of [
      [ACME, OTHERS],
      [OTHERS, ACME],
      [ACME, 'T0STRANGER'],
    ] as const) {
      const { status, text } = await opened(incident, link);
      expect(status).toBe(403);
      expect(text).not.toMatch(/INC-\d|P\d · /);
    }
  });
});
