/**
 * What only few may read, and every way out to other systems: event webhooks, paging systems, a status page and its feed, a
 * postmortem in a repository, the API, the command line, the log. Real Bolt over HTTP, a stateful Slack, a stepped clock.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { run } from '#cli/main.ts';
import { makeToken } from '#compose/tokens.ts';
import { sha256 } from '#core/sha256.ts';
import { WITHHELD_TEXT } from '#model/incident/need-to-know.ts';
import { timelineOf } from '#record/timeline.ts';
import { type GitHubRepositorySide, openGitHubRepository } from '#test/github-repository-side.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { inGate } from '#test/in-gate.ts';
import { type IncidentsInSlack, openIncidents, shownIn } from '#test/incidents-in-slack.ts';
import { type Account, openAccount, PAGING_SYSTEMS, type PagingSystem } from '#test/paging-systems.ts';
import { printed } from '#test/printed.ts';
import { type SlackMessage, sendToBot } from '#test/slack-side.ts';
import { openReceiver } from '#test/webhook-receiver.ts';

const [AUTHOR, ADDER, COMMANDER, NAMED, OTHER] = ['U0AUTHOR', 'U0ADDER', 'U0COMMAND', 'U0NAMED', 'U0OTHER'];
const NOTE = 'mango-payroll-key-of-mallory';
const MESSAGE = 'papaya-second-words';
const NARROWED = 'lychee-open-at-first';
const FILE = { id: 'F0KEYS', name: 'guava-list.txt', type: 'text/plain', bytes: Buffer.from('kiwi-bytes-of-the-file') };
const WORDS = `${NOTE}|${MESSAGE}|${NARROWED}|guava-list|kiwi-bytes|${NAMED}`;
const SECRETS = new RegExp(`${WORDS}|${sha256(FILE.bytes)}`);
/** The audit log proves that nobody replaced the file. */
const SECRETS_OF_AUDIT = new RegExp(WORDS);
const PAGES = 'https://spanhound.shop.test/bot/';

let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let side: IncidentsInSlack;
let others: { close?(): Promise<unknown>; stop?(): Promise<unknown> }[] = [];

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());
afterEach(async () => {
  await side.close();
  for (const one of others) await (one.close ?? one.stop)?.();
  others = [];
});

type Filled = Parameters<IncidentsInSlack['submit']>[0];

const typed = (text: string, user_id: string, command = '/incident') =>
  command === '/incident'
    ? side.type(text, { user_id })
    : sendToBot(side.url(), side.slack.command(text, { command, user_id }));

async function formOf(user: string, callback_id: string, metadata: object, filledIn: Filled): Promise<string> {
  const body = side.slack.submission({ callback_id, private_metadata: JSON.stringify(metadata) }, filledIn);
  return (await sendToBot(side.url(), { ...body, user: { ...body.user, id: user } })).body;
}

async function addMessage(ts: string): Promise<string> {
  const message = { ts, text: MESSAGE, user: AUTHOR, files: [{ id: FILE.id, name: FILE.name, mimetype: FILE.type }] };
  const user = { id: ADDER, name: ADDER, team_id: side.slack.team };
  const trigger_id = side.slack.proxy.trigger();
  await sendToBot(side.url(), { ...side.slack.shortcut(message), callback_id: 'add_to_incident', trigger_id, user });
  const { callback_id, private_metadata } = await side.slack.proxy.openedForm();
  const incident = { chosen: (await side.incident()).id };
  const filledIn = { incident, says: { chosen: 'evidence' }, readers: { people: [NAMED] } };
  return await formOf(ADDER, callback_id, JSON.parse(private_metadata), filledIn);
}

async function narrow(text: string, user = AUTHOR): Promise<string> {
  const { id: incidentId } = await side.incident();
  const entries = await timelineOf(side.store(), incidentId);
  const entryId = entries.find((entry) => entry.text === text)?.id;
  const what = { incidentId, entryId, what: 'entry' };
  return await formOf(user, 'incident_correct_form', what, { text, readers: { people: [NAMED] } });
}

/** A note, a message with a file, and a note that everybody read at first. */
async function writeAll(): Promise<void> {
  await typed(`note need-to-know <@${NAMED}|named>: ${NOTE}`, AUTHOR);
  const { ts } = await side.slack.post(MESSAGE);
  side.slack.proxy.sharedFiles.share(ts, FILE);
  expect(await addMessage(ts)).toBe('');
  await typed(`note ${NARROWED}`, AUTHOR);
  expect(await narrow(NARROWED)).toBe('');
  await side.pass(1);
}

type Case = (typeof PAGING_SYSTEMS)[number];

async function begin({ system, alertId }: Case, environment: Readonly<Record<string, string>>): Promise<Account> {
  const about = { id: alertId, title: 'frontend is slow' };
  const account = await openAccount(system, about);
  others.push(account);
  const settings = (channelId: string) => ({
    SPANHOUND_PAGE_ON_CALL: `payments-team=${system.target}`,
    SPANHOUND_COMMANDER_MINUTES: '0',
    SPANHOUND_PAGES_URL: PAGES,
    ALERTS_CHANNEL: channelId,
    ...system.environment(account.url),
    ...environment,
  });
  side = await openIncidents(backends, settings, { startUs: Date.now() * 1_000 });
  for (const id of [AUTHOR, ADDER, COMMANDER, NAMED, OTHER]) side.slack.proxy.person(id);
  await side.clock.tick(3_000);
  await hear(system, about);
  const answer = await side.soon(async () => (await side.everywhere()).find((one) => declareValue(one) !== ''));
  const trigger_id = side.slack.proxy.trigger();
  await sendToBot(side.url(), side.slack.action(answer, 'incident_declare', declareValue(answer), { trigger_id }));
  await side.submit({ title: 'Checkout is slow', severity: { chosen: 'P1' } });
  await side.overview('INC-1');
  await typed('role commander', COMMANDER);
  return account;
}

async function hear({ id, webhook }: PagingSystem, about: Parameters<PagingSystem['webhook']>[0]): Promise<void> {
  const sent = webhook(about, 'begun', side.clock.nowUs() / 1_000);
  if (sent === undefined) throw new Error(`${id} sends nothing`);
  const headers = { 'content-type': 'application/json', ...sent.headers };
  await fetch(`${side.url()}/webhooks/${id}${sent.query ?? ''}`, { method: 'POST', body: sent.body, headers });
}

function declareValue({ blocks = [] }: SlackMessage): string {
  return /"incident_declare".*?"value":"([^"]+)"/.exec(JSON.stringify(blocks))?.[1] ?? '';
}

/** All paging systems get the same words, so the gate asks only every second system. */
const { gate, deep } = inGate(PAGING_SYSTEMS, 2);
describe.each(gate)('an incident of $system.title', isSilent);
describe.each(deep)('an incident of $system.title', { tags: ['deep'] }, isSilent);

function isSilent(one: Case): void {
  test('tells that system and the event webhooks nothing of it', async () => {
    const receiver = await openReceiver();
    others.push(receiver);
    const account = await begin(one, {
      EVENT_WEBHOOK_URLS: `data=${receiver.url}`,
      EVENT_WEBHOOK_SECRETS: 'data=s3cret',
    });
    await side.pass(1);
    await writeAll();
    await typed('status identified the key is revoked', OTHER);
    await typed('update we rotate all keys', COMMANDER);
    await typed('severity P0 because all are affected', OTHER);
    await typed('page payments-team please look', OTHER);
    await side.pass(2);
    await typed('resolve rotated', OTHER);
    await side.pass(2);
    expect(receiver.bodies.length).toBeGreaterThan(2);
    expect(account.changes.length + account.notes.length).toBeGreaterThan(0);
    if (one.system.takesNotes) expect(JSON.stringify(account.notes)).toContain('we rotate all keys');
    expect(JSON.stringify([receiver.bodies, account.notes, [...account.kept.values()]])).not.toMatch(SECRETS);
  });
}

describe('an incident in a channel that everybody reads', () => {
  let github: GitHubRepositorySide;
  let page: Awaited<ReturnType<typeof openReceiver>>;

  const open = async () => {
    github = await openGitHubRepository();
    page = await openReceiver();
    others.push({ stop: () => github.stop() }, page);
    side = await openIncidents(backends, {
      SPANHOUND_COMMANDER_MINUTES: '0',
      SPANHOUND_PAGES_URL: PAGES,
      GITHUB_API_URL: github.url,
      GITHUB_POSTMORTEMS: 'acme/ops',
      GITHUB_POSTMORTEMS_TOKEN: 't0ken',
      STATUS_WEBHOOK_URL: page.url,
      STATUS_WEBHOOK_SECRET: 's3cret',
      STATUS_FEED_URL: 'https://status.shop.test',
    });
    for (const id of [AUTHOR, ADDER, COMMANDER, NAMED, OTHER]) side.slack.proxy.person(id);
    await typed('declare P1 Somebody reads the payroll', AUTHOR);
    await side.overview('INC-1');
    await typed('role commander', COMMANDER);
    await typed('role communications', OTHER);
  };

  const drafted = async (words: string) => {
    await typed(words, OTHER, '/postmortem');
    await side.pass(2);
  };

  /** What the bot said, but for answers to those who may know. People's own messages are theirs. */
  const saidByBot = async () => (await side.everywhere()).filter(({ text }) => text !== MESSAGE).map(shownIn);

  test('says nothing of it in an export, on a status page, in a feed, in its log, in its own tables', async () => {
    await open();
    await writeAll();
    await typed('status identified the key is revoked', OTHER);
    await drafted('INC-1');
    await drafted('INC-1 export github');
    expect(github.files.get('postmortems/INC-1.md')).toContain(WITHHELD_TEXT);
    expect(JSON.stringify([[...github.files], github.pulls, github.calls])).not.toMatch(SECRETS);

    const trigger_id = side.slack.proxy.trigger();
    await sendToBot(side.url(), side.slack.command('statuspage', { command: '/incident', user_id: OTHER, trigger_id }));
    const { callback_id, private_metadata, ...form } = await side.slack.proxy.openedForm();
    expect(JSON.stringify(form)).not.toContain(WITHHELD_TEXT);
    expect(JSON.stringify(form)).not.toMatch(SECRETS);
    const update = { title: 'Logins fail', status: { chosen: 'investigating' }, text: 'Some of you cannot log in.' };
    expect(await formOf(OTHER, callback_id, JSON.parse(private_metadata), update)).toBe('');
    await side.soon(() => (page.bodies.length > 0 ? true : undefined));
    const feeds = await Promise.all(
      ['status.json', 'status.rss'].map(async (name) => await (await fetch(`${side.url()}/${name}`)).text()),
    );
    expect(feeds[0]).toContain('Some of you cannot log in.');
    expect(JSON.stringify([page.bodies, feeds])).not.toMatch(SECRETS);

    await typed('resolve rotated', OTHER);
    await side.pass(2);
    expect(JSON.stringify(await saidByBot())).not.toMatch(SECRETS);
    expect(side.logged()).not.toMatch(SECRETS);
    expect(JSON.stringify(await tables(['timeline_entries', 'entry_files', 'inbox', 'audit']))).not.toMatch(SECRETS);
  });

  test('gives nothing of it to the API, to the command line, or into a case that somebody exports', async () => {
    await open();
    await drafted('INC-1');
    await writeAll();
    await drafted('INC-1');
    const asked = { name: 'all', scopes: ['read', 'cases'], channels: [], days: '1', by: 'test' };
    const { token } = await makeToken(side.store(), asked);
    const read = async (path: string) => {
      const response = await fetch(`${side.url()}/api/v1/${path}`, { headers: { authorization: `Bearer ${token}` } });
      return await response.text();
    };
    expect(await read('incidents/INC-1/timeline')).toContain(WITHHELD_TEXT);
    const paths = ['incidents', 'incidents/INC-1', 'incidents/INC-1/timeline', 'incidents/INC-1/similar'];
    for (const path of paths) expect(await read(path)).not.toMatch(SECRETS);

    const env = { SPANHOUND_DATA: side.dataFolder() };
    const folder = await mkdtemp(join(tmpdir(), 'spanhound-few-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const said = async (...words: string[]) => `${words}: ${await printed(() => run(words, env))}`;
    expect(await said('timeline', 'INC-1')).toContain('Need to know');
    const verbs = [
      ...['text', 'json', 'md'].map((form) => ['timeline', 'INC-1', '--format', form]),
      ...['md', 'html', 'json'].map((form) => ['postmortem', 'INC-1', '--format', form]),
      ...['1', '2'].map((version) => ['postmortem', 'INC-1', '--at-version', version]),
      ['postmortem', 'diff', 'INC-1', '1', '2'],
      ['incidents', 'INC-1', '--json'],
      ['incidents', '--like', 'INC-1'],
      ['review', '--json'],
      ['case', 'export', 'INC-1', join(folder, 'case')],
    ];
    for (const words of verbs) expect(await said(...words)).not.toMatch(SECRETS);
    expect(await said('audit', 'show', '--json')).not.toMatch(SECRETS_OF_AUDIT);
    for (const name of await readdir(folder, { recursive: true, withFileTypes: true }))
      if (name.isFile()) expect(await readFile(join(name.parentPath, name.name), 'utf8')).not.toMatch(SECRETS);
  });

  test('takes the words out of its own lines when a note becomes need to know, also of those still on their way', async () => {
    await open();
    await typed(`note ${NARROWED}`, AUTHOR);
    await side.soon(async () => JSON.stringify(await saidByBot()).includes(NARROWED) || undefined);
    const { id: incidentId } = await side.incident();
    const entryId = (await timelineOf(side.store(), incidentId)).find(({ text }) => text === NARROWED)?.id;
    const what = { incidentId, entryId, what: 'entry' };
    expect(await formOf(OTHER, 'incident_correct_form', what, { text: `${NARROWED}, corrected` })).toBe('');
    expect(await narrow(`${NARROWED}, corrected`, OTHER)).toBe('');
    await side.soon(async () => !SECRETS.test(JSON.stringify(await saidByBot())) || undefined);
    await side.pass(1);
    expect(JSON.stringify(await saidByBot())).not.toMatch(SECRETS);
    expect(JSON.stringify(await saidByBot())).toContain('This note is need to know now');
  });

  test('sends no line that waited for Slack while a note became need to know', async () => {
    await open();
    side.slack.proxy.chaos((method) =>
      method === 'chat.postMessage' ? { kind: 'refused', error: 'service_unavailable' } : undefined,
    );
    await typed(`note ${NARROWED}`, AUTHOR);
    await narrow(NARROWED);
    side.slack.proxy.chaos(() => undefined);
    await side.pass(5);
    await side.soon(
      async () => JSON.stringify(await saidByBot()).includes('A need-to-know entry is corrected') || undefined,
    );
    expect(JSON.stringify(await saidByBot())).not.toMatch(SECRETS);
  });
});

/** All rows, but for those of these tables. */
async function tables(but: readonly string[]): Promise<unknown> {
  const { db } = side.store();
  const names = (await db.introspection.getTables()).map(({ name }) => name).filter((name) => !but.includes(name));
  return await Promise.all(
    names.map((name) =>
      db
        .selectFrom(name as 'audit')
        .selectAll()
        .execute(),
    ),
  );
}
