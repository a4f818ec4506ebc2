/**
 * A note that only its author, the commander and named people read: every way out of the record, for those who may know and
 * for those who may not. Real Bolt over HTTP, a stateful Slack, a stepped clock.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { NEED_TO_KNOW, WITHHELD_TEXT } from '#model/incident/need-to-know.ts';
import { wholeTimeline } from '#record/merges.ts';
import { verifyTimelines } from '#record/timeline-proof.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { type IncidentsInSlack, openIncidents } from '#test/incidents-in-slack.ts';
import { privateChannel, sendToBot } from '#test/slack-side.ts';
import { SHOW_ALL } from '#workflows/rights/may-show.ts';
import { readTimeline } from '#workflows/timeline/read-timeline.ts';

const [AUTHOR, COMMANDER, NAMED, OTHER, GUEST] = ['U0AUTHOR', 'U0COMMAND', 'U0NAMED', 'U0OTHER', 'U0GUEST'];
const BOT = 'U0SPANHOUND';
const WORDS = 'mango-payroll-key-of-mallory';

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
  const members = [AUTHOR, COMMANDER, NAMED, OTHER];
  for (const id of members) side.slack.proxy.person(id);
  side.slack.proxy.person(GUEST, { is_restricted: true });
  side.slack.proxy.members(channel, [...members, GUEST, side.slack.person]);
  await typed('declare P1 Somebody reads the payroll', AUTHOR);
  await typed('role commander', COMMANDER);
});
afterEach(() => side.close());

const typed = (text: string, user_id: string) => side.type(text, { user_id, channel_id: channel });
const write = (people = `<@${NAMED}|named>`) => typed(`note 14:10 UTC need-to-know ${people}: ${WORDS}`, AUTHOR);

/** What left for Slack, is about to, or is queued for others. Without the answers to those who may know. */
async function left(): Promise<string> {
  const { db } = side.store();
  const tables = ['outbox', 'audit', 'jobs'] as const;
  const rows = await Promise.all(tables.map((table) => db.selectFrom(table).selectAll().execute()));
  return JSON.stringify([rows, await side.everywhere(channel), side.slack.proxy.responses]);
}

async function pageOf(userId: string, as = ''): Promise<string> {
  const link = /"https:\/\/spanhound\.shop\.test\/bot(\/timeline\/[^"]+)"/.exec(await typed('timeline', userId))?.[1];
  return await (await fetch(new URL(`${link}${as}`, side.url()))).text();
}

test('its author, the commander and the named people read the words; others read that there is a note', async () => {
  const answer = await write();
  expect(answer).toContain(`You, the commander, <@${NAMED}>`);
  expect(answer).not.toContain(WORDS);
  await side.thread('INC-1', 'Need-to-know note added');
  for (const reader of [AUTHOR, COMMANDER, NAMED]) {
    expect(await typed('timeline', reader)).toContain(WORDS);
    expect(await pageOf(reader)).toContain(WORDS);
  }
  expect(await typed('timeline', OTHER)).toMatch(new RegExp(`${WITHHELD_TEXT}(?!.*${WORDS})`, 's'));
  expect(await pageOf(OTHER)).toMatch(new RegExp(`${WITHHELD_TEXT}(?!.*${WORDS})`, 's'));
  expect(await typed('INC-1 timeline', GUEST)).not.toMatch(/Need to know|mango/);
});

test('whoever takes command reads it from then on, and the one before no more', async () => {
  await write('');
  expect(await typed('timeline', OTHER)).not.toContain(WORDS);
  await typed(`role commander <@${OTHER}>`, OTHER);
  expect(await typed('timeline', OTHER)).toContain(WORDS);
  expect(await typed('timeline', COMMANDER)).not.toContain(WORDS);
});

test('nothing else has the words or the names: messages, exports, the API, a merge, downloads', async () => {
  await write();
  await typed('status identified the key is revoked', OTHER);
  await sendToBot(
    side.url(),
    side.slack.command('INC-1', { command: '/postmortem', user_id: AUTHOR, channel_id: channel }),
  );
  await side.soon(async () =>
    JSON.stringify(await side.everywhere(channel)).includes('Postmortem') ? true : undefined,
  );
  await typed('edit', OTHER);
  await typed('stats', OTHER);
  const said = await left();
  expect(said).not.toContain(WORDS);
  expect(said).toContain(WITHHELD_TEXT);

  const read = await readTimeline(side.store(), 'INC-1', SHOW_ALL);
  const note = read.entries.find(({ kind }) => kind === 'note');
  expect(note).toMatchObject({ text: WITHHELD_TEXT, value: NEED_TO_KNOW, source: AUTHOR });
  expect(JSON.stringify(read)).not.toMatch(new RegExp(`${WORDS}|${NAMED}`));
  for (const as of ['?as=markdown', '?as=json']) expect(await pageOf(AUTHOR, as)).not.toContain(WORDS);

  await typed('declare P2 The other', OTHER);
  await side.press('incident_merge', `${(await side.incident(2)).id}:${(await side.incident(1)).id}`, {
    user_id: OTHER,
    channel_id: channel,
  });
  const merged = JSON.stringify(await wholeTimeline(side.store(), await side.incident(2)));
  expect(merged).toMatch(new RegExp(`${WITHHELD_TEXT}(?!.*${WORDS})`, 's'));
  expect(await verifyTimelines(side.store())).toMatchObject({ ok: true });
});

test('the audit log says who read the words, and nothing of them', async () => {
  await write();
  await typed('timeline', NAMED);
  await typed('timeline', OTHER);
  const rows = await side.store().db.selectFrom('audit').selectAll().where('action', '=', 'incident.shown').execute();
  const seen = rows.map(({ actor, detail }) => [actor, JSON.parse(detail).needToKnow]);
  expect(seen).toEqual([
    [NAMED, 1],
    [OTHER, undefined],
  ]);
});

test('a sentence in the channel shows nobody the words, and writes none', async () => {
  await write();
  const { slack } = side;
  const say = async (text: string) => {
    const { ts } = await slack.post(text, { channel });
    const event = { type: 'app_mention', channel, user: AUTHOR, text: `<@${BOT}> ${text}`, ts };
    await sendToBot(side.url(), { ...slack.event(event), authorizations: [{ user_id: BOT }] });
    return await side.soon(async () => (await slack.thread(ts, channel)).find((one) => one.ts !== ts)?.text);
  };
  expect(await say('INC-1 timeline')).not.toContain(WORDS);
  // A link of the author shows what the author reads, to everybody who has it.
  expect(JSON.stringify(await side.everywhere(channel))).not.toContain('/bot/timeline/');
  expect(await say('note need-to-know: another')).toContain('Everybody here has read this sentence');
  expect((await side.timeline()).filter((entry) => entry.includes('another'))).toEqual([]);
});

describe('the form for a note', () => {
  const fill = async (filledIn: Parameters<IncidentsInSlack['submit']>[0]) => {
    const metadata = { incidentId: (await side.incident()).id, what: 'note', channelId: channel };
    const view = { callback_id: 'incident_entry_form', private_metadata: JSON.stringify(metadata) };
    const body = side.slack.submission(view, filledIn);
    return (await sendToBot(side.url(), { ...body, user: { ...body.user, id: AUTHOR } })).body;
  };

  test('has a field for the readers', async () => {
    expect(await fill({ text: WORDS, readers: { people: [NAMED] } })).toBe('');
    expect(await typed('timeline', NAMED)).toContain(WORDS);
    expect(await typed('timeline', OTHER)).not.toContain(WORDS);
  });

  test('refuses what everybody would read', async () => {
    expect(await fill({ text: `need-to-know @kim: ${WORDS}` })).toContain('Here everybody would read it');
    expect(await fill({ text: WORDS, readers: { people: [NAMED] }, effect: { chosen: 'tried' } })).toContain(
      'Everybody',
    );
    expect(await fill({ text: WORDS, readers: { people: [GUEST] } })).toContain('may not see INC-1');
    expect((await side.timeline()).filter((entry) => entry.startsWith('note'))).toEqual([]);
  });
});

type Form = Readonly<{ form: string; field: string; more?: Parameters<IncidentsInSlack['submit']>[0] }>;
const FORMS: readonly Form[] = [
  { form: 'incident_rename_form', field: 'title' },
  { form: 'hypothesis_form', field: 'text' },
  { form: 'incident_page_form', field: 'text', more: { name: 'payments-team' } },
  { form: 'incident_link_form', field: 'label', more: { target: 'https://wiki.example/key' } },
  { form: 'action_item_form', field: 'text', more: { due: '2026-12-01' } },
  { form: 'method_why_form', field: 'text' },
  { form: 'postmortem_answer_form', field: 'text' },
  { form: 'postmortem_comment_form', field: 'text' },
  { form: 'incident_declare_form', field: 'title', more: { severity: { chosen: 'P1' } } },
  { form: 'status_page_form', field: 'text', more: { title: 'Logins fail' } },
];

test.each(FORMS)('the form $form takes no words for few, which everybody would read', async (one: Form) => {
  const { form: callback_id, field, more } = one;
  const private_metadata = JSON.stringify({ incidentId: (await side.incident()).id, channelId: channel });
  const filledIn = { ...more, [field]: `need-to-know <@${NAMED}>: ${WORDS}` };
  const { body } = await sendToBot(side.url(), side.slack.submission({ callback_id, private_metadata }, filledIn));
  expect(JSON.parse(body)).toMatchObject({ response_action: 'errors', errors: { [field]: expect.any(String) } });
  await side.pass(1);
  expect(await left()).not.toContain(WORDS);
});

test('somebody who may not see the incident is not named', async () => {
  expect(await write(`<@${GUEST}>`)).toMatch(/<@U0GUEST> may not see INC-1.*Nothing was changed/s);
  expect((await side.timeline()).filter((entry) => entry.startsWith('note'))).toEqual([]);
});
