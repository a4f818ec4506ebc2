/**
 * Messages and files that only their author, the commander, named people and whoever added them read: every way out of the
 * record. How such an entry is corrected and withdrawn, and what a handover of command changes. Real Bolt over HTTP.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { WITHHELD_TEXT } from '#model/incident/need-to-know.ts';
import { wholeTimeline } from '#record/merges.ts';
import { entryRows } from '#record/timeline.ts';
import { verifyTimelines } from '#record/timeline-proof.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { type IncidentsInSlack, openIncidents } from '#test/incidents-in-slack.ts';
import { privateChannel, sendToBot } from '#test/slack-side.ts';
import { SHOW_ALL } from '#workflows/rights/may-show.ts';
import { readTimeline } from '#workflows/timeline/read-timeline.ts';

const [AUTHOR, ADDER, COMMANDER, NAMED, OTHER] = ['U0AUTHOR', 'U0ADDER', 'U0COMMAND', 'U0NAMED', 'U0OTHER'];
const WORDS = 'mango-payroll-key-of-mallory';
const LATER = 'papaya-second-words';
const FILE = { id: 'F0KEYS', name: 'guava-list.txt', type: 'text/plain', bytes: Buffer.from('kiwi-bytes-of-the-file') };
const SECRETS = new RegExp(`${WORDS}|${LATER}|guava-list|kiwi-bytes|${NAMED}`);

let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let side: IncidentsInSlack;
let channel: string;

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());
beforeEach(async () => {
  side = await openIncidents(backends, {
    SPANHOUND_COMMANDER_MINUTES: '0',
    SPANHOUND_PAGES_URL: 'https://spanhound.shop.test/bot/',
  });
  channel = await privateChannel(side.slack);
  const members = [AUTHOR, ADDER, COMMANDER, NAMED, OTHER];
  for (const id of members) side.slack.proxy.person(id);
  side.slack.proxy.members(channel, [...members, side.slack.person]);
  await typed('declare P1 Somebody reads the payroll', AUTHOR);
  await typed('role commander', COMMANDER);
});
afterEach(() => side.close());

const typed = (text: string, user_id: string) => side.type(text, { user_id, channel_id: channel });

async function formOf(
  user: string,
  view: Readonly<{ callback_id: string; private_metadata: string }>,
  filledIn: Filled,
) {
  const body = side.slack.submission(view, filledIn);
  return (await sendToBot(side.url(), { ...body, user: { ...body.user, id: user } })).body;
}
type Filled = Parameters<IncidentsInSlack['submit']>[0];

/** Somebody opens "Add to an incident" at a message with a file, and sends the form. */
async function add(ts: string, filledIn: Filled = {}, where: Readonly<{ user?: string; channel?: string }> = {}) {
  const { user = ADDER, channel: place = channel } = where;
  const message = { ts, text: WORDS, user: AUTHOR, files: [{ id: FILE.id, name: FILE.name, mimetype: FILE.type }] };
  await sendToBot(side.url(), {
    ...side.slack.shortcut(message),
    callback_id: 'add_to_incident',
    trigger_id: side.slack.proxy.trigger(),
    channel: { id: place, name: 'somewhere' },
    user: { id: user, name: user, team_id: side.slack.team },
  });
  const incident = { chosen: (await side.incident()).id };
  const asWritten: Filled = { incident, says: { chosen: 'evidence' }, readers: { people: [NAMED] } };
  return await formOf(user, await side.slack.proxy.openedForm(), { ...asWritten, ...filledIn });
}

/** Posted in a channel that only the one who adds it reads. */
async function posted(): Promise<Readonly<{ ts: string; place: string }>> {
  const place = await side.slack.newChannel('few-of-the-few', true);
  side.slack.proxy.members(place, [ADDER]);
  const { ts } = await side.slack.post(WORDS, { channel: place });
  side.slack.proxy.sharedFiles.share(ts, FILE);
  return { ts, place };
}

async function addedFew(): Promise<void> {
  const { ts, place } = await posted();
  expect(await add(ts, {}, { channel: place })).toBe('');
  await side.pass(1);
}

const entryId = async () => (await entryRows(side.store(), (await side.incident()).id)).find(isMessage)?.id ?? '';
const isMessage = ({ key, amends }: Readonly<{ key: string; amends: string | null }>) =>
  key.startsWith('message:') && amends === null;

async function correct(user: string, filledIn: Filled, id?: string): Promise<string> {
  const what = { incidentId: (await side.incident()).id, entryId: id ?? (await entryId()), what: 'message' };
  return await formOf(user, { callback_id: 'incident_correct_form', private_metadata: JSON.stringify(what) }, filledIn);
}

async function pageOf(userId: string): Promise<Readonly<{ html: string; url: string }>> {
  const link = /"https:\/\/spanhound\.shop\.test\/bot(\/timeline\/[^"]+)"/.exec(await typed('timeline', userId))?.[1];
  const url = new URL(`${link}`, side.url()).href;
  return { url, html: await (await fetch(url)).text() };
}

/** Everything that left the bot, or is about to, but for the answers to those who may know. */
async function left(): Promise<string> {
  const { db } = side.store();
  const tables = (await db.introspection.getTables()).map(({ name }) => name);
  const rows: unknown[] = [];
  for (const name of tables.filter((table) => !STORED.includes(table)))
    rows.push([
      name,
      await db
        .selectFrom(name as 'audit')
        .selectAll()
        .execute(),
    ]);
  const metrics = await (await fetch(new URL('/metrics', side.url()))).text();
  return JSON.stringify([rows, metrics, side.logged(), await side.everywhere(channel)]);
}
/** The record itself, and what Slack sent. */
const STORED = ['timeline_entries', 'entry_files', 'inbox'];

test('a message and its file: few read the words and get the file, others read that there is an entry', async () => {
  await addedFew();
  for (const reader of [AUTHOR, ADDER, COMMANDER, NAMED]) {
    const { html, url } = await pageOf(reader);
    expect(html).toContain(WORDS);
    const copy = /href="(\?file=[^"]+)"/.exec(html)?.[1] ?? '';
    expect(Buffer.from(await (await fetch(url + copy)).arrayBuffer())).toEqual(FILE.bytes);
  }
  const copy = /href="(\?file=[^"]+)"/.exec((await pageOf(NAMED)).html)?.[1] ?? '';
  const { html, url } = await pageOf(OTHER);
  expect(html).toContain(WITHHELD_TEXT);
  expect(html).not.toMatch(SECRETS);
  expect((await fetch(url + copy)).status).toBe(404);
});

describe('every way out', () => {
  const goOut = async () => {
    await typed('status identified the key is revoked', OTHER);
    await typed('update we rotate all keys', COMMANDER);
    for (const verb of ['edit', 'stats', 'list', 'timeline']) await typed(verb, OTHER);
    await side.press('incident_timeline_picture', (await side.incident()).id, { user_id: OTHER, channel_id: channel });
    const postmortem = { command: '/postmortem', user_id: AUTHOR, channel_id: channel };
    await sendToBot(side.url(), side.slack.command('INC-1', postmortem));
    await side.pass(2);
    await typed('declare P2 The other', OTHER);
    const pair = `${(await side.incident(2)).id}:${(await side.incident(1)).id}`;
    await side.press('incident_merge', pair, { user_id: OTHER, channel_id: channel });
    await side.pass(1);
  };

  test('withholds the words, the file, the link and the names, also after corrections and withdrawal', async () => {
    await addedFew();
    expect(await correct(ADDER, { text: LATER, when: '14:05 UTC', readers: { people: [NAMED] } })).toBe('');
    await goOut();
    expect(await left()).not.toMatch(SECRETS);
    const read = JSON.stringify(await readTimeline(side.store(), 'INC-1', SHOW_ALL));
    expect(read).toContain(WITHHELD_TEXT);
    expect(read).not.toMatch(SECRETS);
    for (const as of ['?as=markdown', '?as=json', '?as=png'])
      expect(await (await fetch((await pageOf(AUTHOR)).url + as)).text()).not.toMatch(SECRETS);
    const merged = JSON.stringify(await wholeTimeline(side.store(), await side.incident(2)));
    expect(merged).toContain(WITHHELD_TEXT);
    expect(merged).not.toMatch(SECRETS);
    // The incident that stays has a commander of its own.
    await typed(`INC-2 role commander <@${OTHER}>`, OTHER);
    for (const reader of [OTHER, AUTHOR]) expect(await typed('INC-2 timeline', reader)).not.toMatch(SECRETS);
    await typed('INC-2 resolve rotated', OTHER);
    await side.pass(1);

    expect(await correct(COMMANDER, { text: LATER, withdraw: { chosen: 'withdraw' } })).toBe('');
    await side.pass(1);
    expect(await left()).not.toMatch(SECRETS);
    expect(await verifyTimelines(side.store())).toMatchObject({ ok: true });
  });

  test('withholds what somebody narrowed later, in the versions before, too', async () => {
    const { ts } = await side.slack.post(WORDS, { channel });
    expect(await add(ts, { readers: { people: [] } })).toBe('');
    const openUs = await side.store().nowUs();
    expect((await pageOf(OTHER)).html).toContain(WORDS);
    await side.pass(1);
    expect(await add(ts, {}, { user: OTHER })).toBe('');
    expect((await pageOf(NAMED)).html).toContain(WORDS);
    const incident = await side.incident();
    for (const untilUs of [openUs, undefined])
      expect(JSON.stringify(await wholeTimeline(side.store(), incident, undefined, untilUs))).not.toMatch(SECRETS);
  });
});

test('a message of several incidents becomes need to know in all that the person may see', async () => {
  const hidden = await side.slack.newChannel('of-others', true);
  side.slack.proxy.members(hidden, [OTHER]);
  const { channel: open } = side.slack;
  await side.type('declare P2 Logins fail', { user_id: ADDER, channel_id: open });
  await side.type('declare P2 Nobody may know', { user_id: OTHER, channel_id: hidden });
  const { ts } = await side.slack.post(WORDS, { channel: open });
  for (const number of [1, 2, 3]) {
    const filledIn = { incident: { chosen: (await side.incident(number)).id }, readers: { people: [] } };
    expect(await add(ts, filledIn, { user: OTHER, channel: open })).toBe('');
  }
  await side.pass(1);
  expect(await side.type('INC-2 timeline', { user_id: OTHER, channel_id: open })).toContain(WORDS);

  expect(await add(ts, {}, { channel: open })).toBe('');
  await side.pass(1);
  const rest = await side.type('INC-2 timeline', { user_id: OTHER, channel_id: open });
  expect(rest).toContain(WITHHELD_TEXT);
  expect(rest).not.toMatch(SECRETS);
  expect(await side.type('INC-2 timeline', { user_id: AUTHOR, channel_id: open })).toContain(WORDS);
  expect(await side.type('INC-2 timeline', { user_id: NAMED, channel_id: open })).not.toContain(WORDS);
  await side.thread('INC-2', 'A message of the timeline is need to know now');
  const lines = JSON.stringify([await side.thread('INC-1'), await side.thread('INC-2')]);
  expect(lines).not.toMatch(/INC-3|Nobody may know/);
  // Who may not see an incident changes nothing there.
  expect(await side.type('INC-3 timeline', { user_id: OTHER, channel_id: hidden })).toContain(WORDS);
  expect(await verifyTimelines(side.store())).toMatchObject({ ok: true });
});

describe('a correction', () => {
  test('of words, time and readers keeps the first version, for few as well', async () => {
    await addedFew();
    expect(await correct(ADDER, { text: LATER, when: '14:05 UTC', readers: { people: [OTHER] } })).toBe('');
    expect((await pageOf(OTHER)).html).toContain(LATER);
    expect((await pageOf(NAMED)).html).not.toMatch(SECRETS);
    const rows = await entryRows(side.store(), (await side.incident()).id);
    expect(rows.map(({ text }) => text)).toEqual(expect.arrayContaining([WORDS, LATER]));
    expect(rows.find(({ text }) => text === LATER)).toMatchObject({
      source: ADDER,
      value: `need-to-know=${OTHER};by=${ADDER}`,
    });
    await side.thread('INC-1', 'A need-to-know entry is corrected');
  });

  test('is for its author, who added it, and the commander; nobody opens it to everybody', async () => {
    await addedFew();
    for (const user of [NAMED, OTHER]) {
      expect(await correct(user, { text: LATER })).toContain('Only its author and the commander');
      expect(await correct(user, { text: LATER, withdraw: { chosen: 'withdraw' } })).toContain('Only its author');
    }
    expect(await correct(COMMANDER, { text: LATER, readers: { people: [] } })).toBe('');
    expect((await pageOf(OTHER)).html).not.toMatch(SECRETS);
    expect((await pageOf(NAMED)).html).not.toMatch(SECRETS);
    expect((await pageOf(AUTHOR)).html).toContain(LATER);
  });

  test('follows the command: the new commander may, the one before may no more', async () => {
    await addedFew();
    await typed(`role commander <@${OTHER}>`, OTHER);
    expect((await pageOf(OTHER)).html).toContain(WORDS);
    expect((await pageOf(COMMANDER)).html).not.toMatch(SECRETS);
    expect(await correct(COMMANDER, { text: LATER })).toContain('Only its author and the commander');
    expect(await correct(OTHER, { text: LATER })).toBe('');
  });

  test('of a note of few readers works as well, and a note gets few readers', async () => {
    await typed(`note need-to-know <@${NAMED}>: ${WORDS}`, AUTHOR);
    await typed('note the plain one', AUTHOR);
    const rows = await entryRows(side.store(), (await side.incident()).id);
    const idOf = (text: string) => rows.find((row) => row.text === text)?.id ?? '';
    expect(await correct(AUTHOR, { text: LATER }, idOf(WORDS))).toBe('');
    expect((await pageOf(NAMED)).html).toContain(LATER);
    expect(await correct(OTHER, { text: 'the plain one', readers: { people: [NAMED] } }, idOf('the plain one'))).toBe(
      '',
    );
    expect((await pageOf(side.slack.person)).html).not.toContain('the plain one');
    expect((await pageOf(AUTHOR)).html).toContain('the plain one');
  });
});

test('a mark that somebody removes in Slack withdraws nothing', async () => {
  const { ts } = await side.slack.post(WORDS, { channel });
  expect(await add(ts)).toBe('');
  const item = { type: 'message', channel, ts };
  for (const type of ['reaction_added', 'reaction_removed'])
    await sendToBot(side.url(), side.slack.event({ type, user: OTHER, reaction: 'pushpin', item }));
  await side.pass(1);
  expect((await pageOf(NAMED)).html).toContain(WORDS);
});

test('who may not see the incident cannot be named, and who declares gets no few readers', async () => {
  const { ts, place } = await posted();
  side.slack.proxy.person('U0GUEST', { is_restricted: true });
  expect(await add(ts, { readers: { people: ['U0GUEST'] } }, { channel: place })).toContain('may not see INC-1');
  expect(await add(ts, { readers: { people: [] } }, { channel: place })).toContain('may not read the channel');
  expect(await add(ts, { incident: { chosen: 'new' } }, { channel: place })).toContain('Declare the incident from');
  expect(await add(ts, { says: { chosen: 'tried' } }, { channel: place })).toContain('Everybody reads that');
  expect(await entryId()).toBe('');
});
