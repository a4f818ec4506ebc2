/** What still waits for Slack when few people read an entry from now on. */
import { expect, test } from 'vitest';
import { needToKnowValue } from '#model/incident/need-to-know.ts';
import { findIncident } from '#record/find-incidents.ts';
import { changeIncident, declareIncident } from '#record/incidents.ts';
import { mergeIncident } from '#record/merges.ts';
import { attach, type Message, post, respond, update } from '#record/outbox.ts';
import { restoreTimeline } from '#record/restore-timeline.ts';
import type { Store, Tx } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { addEntry, editEntry, entryWithKey, removeEntry } from '#record/timeline.ts';
import { LOGINS_TIME_OUT } from '#test/declared-incident.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { type AskedBy, showTo } from '#workflows/incidents/on-incident.ts';
import { draftAnew } from '#workflows/postmortem/draft-postmortem.ts';
import { takeBack } from '#workflows/rights/circle.ts';

const WORDS = 'the payroll key of mallory is on the wiki & in <mail>';
const SECRET = /payroll/;
const PLACE = { workspaceId: 'T1', channelId: 'C1' };
const ID = LOGINS_TIME_OUT.id;

const says = (text: string): Message => ({ text, blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] });

/** An incident with a note, whose line in the thread waits. */
async function withNote() {
  const clock = steppedClock();
  const store = await opened(sqlitePlace(), clock);
  await store.transaction(async (tx) => void (await declareIncident(tx, LOGINS_TIME_OUT)));
  await store.transaction(async (tx) => {
    const note = { kind: 'note', text: WORDS, source: 'U2', link: '', atUs: tx.nowUs } as const;
    await addEntry(tx, { incidentId: ID, key: 'note:1', ...note });
    await post(tx, { messageId: `${ID}/said/1`, ...PLACE, message: says(`Note: ${WORDS}`) });
  });
  await clock.tick(60_000);
  return store;
}

async function incidentOf(tx: Tx, id: string) {
  const found = await findIncident(tx, { workspaceId: 'T1', id });
  if (found === undefined) throw new Error(`there is no ${id}`);
  return found;
}

async function narrow(store: Store, key = 'note:1'): Promise<void> {
  await store.transaction(async (tx) => {
    const entry = await entryWithKey(tx, ID, key);
    if (entry === undefined) throw new Error(`there is no ${key}`);
    await takeBack(tx, await incidentOf(tx, ID), entry);
    await editEntry(tx, { incidentId: ID, key, circle: needToKnowValue({ people: ['U3'] }), by: 'U2' });
  });
}

/** The rows that wait, with the files as text. */
async function waiting(store: Store): Promise<readonly string[]> {
  const rows = await store.db.selectFrom('outbox').selectAll().orderBy('seq').execute();
  return rows.map(({ kind, message_id, payload, bytes }) => {
    const file = bytes === null ? '' : new TextDecoder().decode(bytes);
    return `${kind} ${message_id} ${payload} ${file}`;
  });
}

/** As after an attempt without an answer: the row may be sent once more. */
async function asUncertain(store: Store): Promise<void> {
  await store.db.updateTable('outbox').set({ state: 'uncertain' }).execute();
}

const asSent = async (store: Store, messageId: string): Promise<void> => {
  await store.db.deleteFrom('outbox').where('message_id', '=', messageId).execute();
  await store.db.updateTable('messages').set({ state: 'sent', ts: '1.1' }).where('id', '=', messageId).execute();
};

const DRAWN = ['overview', 'own-overview', 'postmortem', 'postmortem-questions'];

test.each(DRAWN)('a new %s that waits does not say the words', async (name) => {
  const store = await withNote();
  await store.transaction((tx) => post(tx, { messageId: `${ID}/${name}`, ...PLACE, message: says(WORDS) }));
  await narrow(store);
  const rows = await waiting(store);
  expect(rows.join()).not.toMatch(SECRET);
  expect(rows.filter((row) => row.startsWith(`post ${ID}/${name} `))).toHaveLength(1);
});

test.each(DRAWN)('an update of the %s that waits is dropped', async (name) => {
  const store = await withNote();
  await store.transaction((tx) => post(tx, { messageId: `${ID}/${name}`, ...PLACE, message: says('no words') }));
  await asSent(store, `${ID}/${name}`);
  await store.transaction((tx) => update(tx, { messageId: `${ID}/${name}`, message: says(WORDS) }));
  await narrow(store);
  expect((await waiting(store)).filter((row) => row.includes(`/${name} `))).toEqual([]);
});

test('a line, a message and a file whose sending nobody knows do not say the words the second time', async () => {
  const store = await withNote();
  await store.transaction(async (tx) => {
    await post(tx, { messageId: `${ID}/overview`, ...PLACE, message: says(WORDS) });
    await post(tx, { messageId: `${ID}/postmortem`, ...PLACE, message: says('a draft') });
    await attach(tx, {
      attachmentId: `${ID}/postmortem/k`,
      ...PLACE,
      threadOf: `${ID}/postmortem`,
      name: 'INC-1-postmortem.md',
      title: 'Postmortem',
      content: new TextEncoder().encode(WORDS),
    });
  });
  await asUncertain(store);
  await narrow(store);
  const rows = await waiting(store);
  expect(rows.join()).not.toMatch(SECRET);
  expect(rows.join()).toContain('Type /postmortem for a new draft');
});

test('an answer to one person that waits says to ask again, and an answer without the words stays', async () => {
  const store = await withNote();
  await store.transaction(async (tx) => {
    const answer = { workspaceId: 'T1', responseUrl: 'https://hooks.slack.example/1' };
    await respond(tx, {
      ...answer,
      key: 'a',
      message: says('14:30 *the payroll key of mallory is on the wiki &amp; in &lt;mail&gt;*'),
    });
    await respond(tx, { ...answer, key: 'b', message: says('INC-1 is P1.') });
  });
  await narrow(store);
  const answers = (await waiting(store)).filter((row) => row.startsWith('respond'));
  expect(answers[0]).toContain('Please ask again');
  expect(answers[1]).toContain('INC-1 is P1.');
});

test('the lines of an entry that a restore brought back lose the words of the first one', async () => {
  const store = await withNote();
  const untilUs = (await store.nowUs()) - 1_000_000;
  await asSent(store, `${ID}/said/1`);
  await store.transaction((tx) => removeEntry(tx, { incidentId: ID, key: 'note:1', by: 'U2' }));
  await store.transaction((tx) => restoreTimeline(tx, { incidentId: ID, untilUs, key: 'r', by: 'U2' }));
  const { key } = await store.db
    .selectFrom('timeline_entries')
    .select('key')
    .where('key', 'like', 'restored:%')
    .executeTakeFirstOrThrow();
  await narrow(store, key);
  expect((await waiting(store)).join()).toMatch(new RegExp(`update ${ID}/said/1 .*need to know now`));
});

test('the incident that has taken the incident in shows the words no more, and its draft is made anew', async () => {
  const store = await withNote();
  await store.transaction(async (tx) => {
    const root = await declareIncident(tx, { ...LOGINS_TIME_OUT, id: 'root', title: 'Nobody can pay' });
    const merge = { key: 'm', by: 'U1', text: 'merged', url: '', otherUrl: '' };
    await mergeIncident(tx, { incident: root, other: await incidentOf(tx, ID), ...merge });
    for (const name of ['overview', 'postmortem'])
      await post(tx, { messageId: `root/${name}`, ...PLACE, message: says(WORDS) });
  });
  await narrow(store);
  expect((await waiting(store)).join()).not.toMatch(SECRET);
  await store.transaction(
    async (tx) => await draftAnew(tx, tableJobs, { incident: await incidentOf(tx, ID), key: 'k' }),
  );
  const rows = await store.db.selectFrom('jobs').select('payload').execute();
  expect(rows.map(({ payload }) => JSON.parse(payload ?? '{}').incidentId)).toEqual([ID, 'root']);
});

/** Somebody asks in a thread, where everybody in the channel reads the answer. */
async function shownInThread(store: Store, id: string, inboxId = 'q'): Promise<void> {
  const said = { channelId: 'C1', threadTs: '1.0', isDirect: false };
  const asked: AskedBy = {
    inboxId,
    workspaceId: 'T1',
    userId: 'U4',
    userName: 'kim',
    channelId: 'C1',
    responseUrl: '',
    said,
  };
  const incident = await store.transaction((tx) => incidentOf(tx, id));
  await showTo({ store, kick: () => undefined }, asked, says(WORDS), { incident, what: 'timeline' });
}

test('a timeline in a thread loses the words, whether it waits or is there', async () => {
  const store = await withNote();
  await shownInThread(store, ID);
  await narrow(store);
  expect((await waiting(store)).join()).not.toMatch(SECRET);

  const sent = await withNote();
  await shownInThread(sent, ID);
  await asSent(sent, `${ID}/shown/timeline/q`);
  await narrow(sent);
  expect((await waiting(sent)).join()).toMatch(/update \S+\/shown\/timeline\/q .*Please ask again/);
});

test('a timeline in a thread from before the entry stays', async () => {
  const store = await withNote();
  await shownInThread(store, ID);
  await asSent(store, `${ID}/shown/timeline/q`);
  await store.db.updateTable('messages').set({ created_us: 1 }).where('id', 'like', '%/shown/%').execute();
  await narrow(store);
  expect((await waiting(store)).join()).not.toContain('/shown/');
});

test('the timeline and the file of an incident that had taken it in lose the words after the split, too', async () => {
  const store = await withNote();
  await store.transaction(async (tx) => {
    const root = await declareIncident(tx, { ...LOGINS_TIME_OUT, id: 'root', title: 'Nobody can pay' });
    const merge = { key: 'm', by: 'U1', text: 'merged', url: '', otherUrl: '' };
    await mergeIncident(tx, { incident: root, other: await incidentOf(tx, ID), ...merge });
    const file = { name: 'INC-2-postmortem.md', title: 'Postmortem', content: new TextEncoder().encode(WORDS) };
    await post(tx, { messageId: 'root/postmortem', ...PLACE, message: says('a draft') });
    await attach(tx, { attachmentId: 'root/postmortem/k', ...PLACE, threadOf: 'root/postmortem', ...file });
  });
  await shownInThread(store, 'root');
  await store.transaction((tx) => changeIncident(tx, { incidentId: ID, key: 's', by: 'U1', status: 'investigating' }));
  await narrow(store);
  expect((await waiting(store)).join()).not.toMatch(SECRET);
});
