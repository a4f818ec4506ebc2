/**
 * What only few may read, and the exits that people open: places for postmortems, the MCP server, the command line, the
 * drafts of merged incidents. Real Bolt over HTTP, a stateful Slack, a stepped clock.
 */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import nock from 'nock';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { run } from '#cli/main.ts';
import { composeMcp } from '#compose/mcp.ts';
import { loadConfig } from '#config/load.ts';
import { WITHHELD_TEXT } from '#model/incident/need-to-know.ts';
import { timelineOf } from '#record/timeline.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { type IncidentsInSlack, openIncidents, shownIn } from '#test/incidents-in-slack.ts';
import { openPlace, POSTMORTEM_PLACES } from '#test/postmortem-places.ts';
import { printed } from '#test/printed.ts';
import { sendToBot } from '#test/slack-side.ts';

const [AUTHOR, COMMANDER, NAMED, OTHER] = ['U0AUTHOR', 'U0COMMAND', 'U0NAMED', 'U0OTHER'];
const FEW = 'mangopayrollkey';
const NARROWED = 'lycheeopenatfirst';
const SECRETS = new RegExp(`${FEW}|${NARROWED}|${NAMED}`);

let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let side: IncidentsInSlack;

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());
afterEach(() => side.close());

const typed = (text: string, user_id: string, command = '/incident') =>
  command === '/incident'
    ? side.type(text, { user_id })
    : sendToBot(side.url(), side.slack.command(text, { command, user_id }));

/** An incident with a note that few read, and one that everybody reads. */
async function open(env: Readonly<Record<string, string>> = {}): Promise<void> {
  side = await openIncidents(backends, { SPANHOUND_COMMANDER_MINUTES: '0', ...env });
  for (const id of [AUTHOR, COMMANDER, NAMED, OTHER]) side.slack.proxy.person(id);
  await typed('declare P1 Somebody reads the payroll', AUTHOR);
  await side.overview('INC-1');
  await typed('role commander', COMMANDER);
  await typed(`note need-to-know <@${NAMED}|named>: ${FEW}`, AUTHOR);
  await typed(`note ${NARROWED}`, AUTHOR);
  await side.thread('INC-1', NARROWED);
}

/** The open note becomes one that few read. */
async function narrow(): Promise<void> {
  const { id: incidentId } = await side.incident();
  const entryId = (await timelineOf(side.store(), incidentId)).find(({ text }) => text === NARROWED)?.id;
  const private_metadata = JSON.stringify({ incidentId, entryId, what: 'entry' });
  const filledIn = { text: NARROWED, readers: { people: [NAMED] } };
  const body = side.slack.submission({ callback_id: 'incident_correct_form', private_metadata }, filledIn);
  const answer = await sendToBot(side.url(), { ...body, user: { ...body.user, id: AUTHOR } });
  expect(answer.body).toBe('');
  await side.thread('INC-1', 'A need-to-know entry is corrected');
}

const said = (words: string) =>
  side.soon(async () => (await side.everywhere()).find((message) => shownIn(message).includes(words)));

/** Google's own address gives the token, whatever the address of its API. */
function giveToken(): void {
  if (!nock.isActive()) nock.activate();
  const token = { access_token: 't0ken', expires_in: 3599, token_type: 'Bearer' };
  nock('https://oauth2.googleapis.com').post('/token').reply(200, token);
  onTestFinished(() => {
    nock.cleanAll();
    nock.restore();
  });
}

describe.each(POSTMORTEM_PLACES)('a postmortem in $title', (place) => {
  test('has nothing of it, and its next version has nothing of a note that became need to know', async () => {
    const server = await openPlace(place);
    onTestFinished(() => server.close());
    if (place.id === 'google-docs') giveToken();
    await open(place.environment(server.url));
    await typed(`INC-1 export ${place.id}`, OTHER, '/postmortem');
    await said(`is now in ${place.title}`);
    const first = server.sent.join('\n');
    expect(first).toContain(WITHHELD_TEXT);
    expect(first).toContain(NARROWED);
    expect(first).not.toMatch(new RegExp(`${FEW}|${NAMED}`));

    await narrow();
    const before = server.sent.length;
    await typed(`INC-1 export ${place.id}`, OTHER, '/postmortem');
    await said(`is up to date in ${place.title}`);
    const next = server.sent.slice(before).join('\n');
    expect(next).toContain(WITHHELD_TEXT);
    expect(next).not.toMatch(SECRETS);
  });
});

test('the MCP server has nothing of it', async () => {
  await open();
  await narrow();
  const config = loadConfig({ SPANHOUND_DATA: side.dataFolder() });
  const { servers, stop } = await composeMcp(config, { offered: [], version: '1', onBug: () => undefined });
  onTestFinished(stop);
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  await servers.open().connect(ours);
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(theirs);
  onTestFinished(() => client.close());
  const { tools } = await client.listTools();
  const answers = await Promise.all(
    tools.map(async ({ name }) => JSON.stringify(await client.callTool({ name, arguments: { incident: 'INC-1' } }))),
  );
  expect(answers.join('\n')).toContain(WITHHELD_TEXT);
  expect(answers.join('\n')).not.toMatch(SECRETS);
});

test('doctor and the lists of the command line have nothing of it', async () => {
  await open();
  await narrow();
  await typed('action rotate all keys due 2026-12-01', OTHER);
  const env = { SPANHOUND_DATA: side.dataFolder() };
  const verbs = [['doctor'], ['changes', 'INC-1'], ['actions', 'INC-1'], ['incidents', '--open']];
  for (const words of verbs) expect(await printed(() => run(words, env)), words.join(' ')).not.toMatch(SECRETS);
});

test('the draft of an incident that took the incident in loses a note that becomes need to know', async () => {
  await open();
  await typed('declare P2 Nobody can pay', OTHER);
  await side.overview('INC-2');
  const pair = `${(await side.incident(2)).id}:${(await side.incident(1)).id}`;
  await side.press('incident_merge', pair, { user_id: OTHER });
  await typed('INC-2', OTHER, '/postmortem');
  const draft = async (says: (shown: string) => boolean) =>
    await side.soon(async () => {
      const found = (await side.everywhere()).filter(({ text }) => text.startsWith('Postmortem of INC-2'));
      return found.length > 0 && says(found.map(shownIn).join()) ? found : undefined;
    });
  await draft(() => true);
  await narrow();
  await side.pass(1);
  await draft((shown) => !SECRETS.test(shown));
  const overview = shownIn(await side.overview('INC-2', (shown) => !SECRETS.test(shown)));
  expect(overview).toContain('Nobody can pay');
  await typed('INC-1 reopen', OTHER);
  await side.thread('INC-2', 'INC-1 is an incident of its own again');
  const bot = (await side.everywhere()).map(shownIn).join();
  expect(bot).not.toMatch(SECRETS);
});
