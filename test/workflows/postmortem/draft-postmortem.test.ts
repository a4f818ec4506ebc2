/** The draft in Slack: one message that is kept up to date, a file for each time that somebody asked, nothing twice. */

import { describe, expect, onTestFinished, test } from 'vitest';
import { silentLog } from '#core/log.ts';
import type { Incident } from '#model/incident/incident.ts';
import { ownDesk, type PostmortemDesk } from '#model/incident/postmortem-desk.ts';
import { actionItemsOf, changeItemState } from '#record/action-items.ts';
import { receive } from '#record/inbox.ts';
import { declareIncident } from '#record/incidents.ts';
import { FORGOTTEN_TEXT } from '#record/mentions.ts';
import { runOutbox } from '#record/outbox-runner.ts';
import type { Store } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { addEntry, editEntry, removeEntry, timelineOf } from '#record/timeline.ts';
import { type Conversation, conversation, notInChannel } from '#test/conversation.ts';
import { CHANNEL, type GuideOptions, guideIncident, ON_CALL, TEAM } from '#test/guide-incident.ts';
import { type SteppedClock, stopNow } from '#test/stepped-clock.ts';
import { opened } from '#test/temp-store.ts';
import { UTC } from '#utilities/time-zone.ts';
import { actionItemAdder } from '#workflows/action-items/add-action-item.ts';
import { REPORT_OVERDUE } from '#workflows/action-items/report-overdue.ts';
import type { Directory } from '#workflows/incidents/show-overview.ts';
import { postmortemAccepter } from '#workflows/postmortem/accept-postmortem.ts';
import { questionAnswerer } from '#workflows/postmortem/answer-question.ts';
import { reviewAsker } from '#workflows/postmortem/ask-review.ts';
import {
  DRAFT_POSTMORTEM,
  draftPostmortem,
  type PostmortemRequest,
  postmortemAsker,
} from '#workflows/postmortem/draft-postmortem.ts';
import { postmortemRestorer } from '#workflows/postmortem/restore.ts';
import { versionShower } from '#workflows/postmortem/versions.ts';

const RESPONSE_URL = 'https://hooks.slack.example/r';

const KIM = 'U0KIM0001';

const DIRECTORY: Directory = {
  person: async (id) => ({ [ON_CALL]: { name: 'Sarah', zone: UTC }, [KIM]: { name: 'Kim', zone: UTC } })[id],
  namesOf: async (id) => ({ [ON_CALL]: ['Sarah', 'sarah.c'], U0KIM0001: ['kim', 'Kim Lee'] })[id],
  permalink: async () => '',
};

/** The process: what works on the store, and how to end it. */
function running(store: Store, clock: SteppedClock, slack: Conversation, postmortemDesk = ownDesk) {
  const outbox = runOutbox({ store, sender: slack.sender, log: silentLog, random: () => 0.5 });
  const handlers = {
    [DRAFT_POSTMORTEM]: draftPostmortem({
      store,
      jobs: tableJobs,
      directory: DIRECTORY,
      mayShowIn: async () => true,
      postmortemDesk,
      kick: outbox.kick,
    }),
  };
  const jobs = tableJobs.runJobs({ store, handlers, log: silentLog, random: () => 0.5 });
  const kick = () => {
    outbox.kick();
    jobs.kick();
  };
  const parts = {
    store,
    jobs: tableJobs,
    mayRead: async ({ userId }: Readonly<{ userId: string }>) => userId !== 'U0STRANGE',
    mayShowIn: async () => true,
    postmortemDesk: ownDesk,
    directory: DIRECTORY,
    kick,
  };
  const stop = async () => {
    await stopNow(jobs, clock);
    await stopNow(outbox, clock);
  };
  onTestFinished(stop);
  return {
    ask: postmortemAsker(parts),
    accept: postmortemAccepter(parts),
    review: reviewAsker(parts),
    answer: questionAnswerer(parts),
    versions: versionShower(parts),
    restore: postmortemRestorer(parts),
    addActionItem: actionItemAdder({ ...parts, trackers: [], checksItems: false }),
    stop,
  };
}

async function setUp(options?: GuideOptions) {
  const { store, clock, place, incident } = await guideIncident(options);
  const slack = conversation(clock);
  const bot = running(store, clock, slack);
  return { store, clock, place, incident, slack, ...bot };
}

/** A request as the inbox hands it on. */
async function asked(store: Store, key: string) {
  const { inboxId } = await receive(store, { workspaceId: TEAM, key, source: 'slack', body: '{}' });
  return {
    inboxId,
    workspaceId: TEAM,
    userId: ON_CALL,
    userName: 'sarah',
    channelId: CHANNEL,
    responseUrl: RESPONSE_URL,
  };
}

/** The messages in the channel. The thread of the draft has its questions. */
const drafts = ({ said }: Conversation) => said.filter(({ threadTs }) => threadTs === undefined);

const here: PostmortemRequest['meant'] = { channelId: CHANNEL };
const A_MINUTE = 60_000;

test('posts one message and its file, and answers the person', async () => {
  const { store, clock, slack, ask } = await setUp();
  await ask({ asked: await asked(store, 'k1'), meant: here });
  await clock.tick(A_MINUTE);
  expect(drafts(slack)).toHaveLength(1);
  expect(slack.said[0]).toMatchObject({ channelId: CHANNEL, threadTs: undefined });
  expect(slack.said[0]?.message.text).toContain(
    'Detection unknown, Confirmation 3 min, Repair 10 min, Duration 30 min',
  );
  expect(slack.files).toHaveLength(1);
  expect(slack.files[0]).toMatchObject({ name: 'INC-1-postmortem.md', threadTs: slack.said[0]?.ts });
  expect(slack.files[0]?.content).toContain('| Sarah |');
  expect(slack.responses.map(({ message }) => message.text).join()).toContain('I am drafting the postmortem of INC-1');
});

test('appears in the channel, as it says, also for an incident that was declared in a thread', async () => {
  const { store, clock, slack, ask } = await setUp();
  await store.db.updateTable('incidents').set({ thread_ts: '1.1' }).execute();
  await ask({ asked: await asked(store, 'k1'), meant: here });
  await clock.tick(A_MINUTE);
  expect(slack.said[0]).toMatchObject({ channelId: CHANNEL, threadTs: undefined });
  const where = `It will appear in <#${CHANNEL}>, with the Markdown file in its thread.`;
  expect(slack.responses[0]?.message.text).toContain(where);
});

test('asked again, updates the message and attaches a new version of the file', async () => {
  const { store, clock, slack, ask, incident } = await setUp();
  await ask({ asked: await asked(store, 'k1'), meant: here });
  await clock.tick(A_MINUTE);
  await ask({ asked: await asked(store, 'k2'), meant: { incidentId: incident.id } });
  await clock.tick(A_MINUTE);
  expect(drafts(slack)).toHaveLength(1);
  expect(
    slack.calls.filter(({ call }) => call.startsWith('update')),
    'the draft and its questions',
  ).toHaveLength(2);
  expect(slack.said).toHaveLength(2);
  expect(slack.files).toHaveLength(2);
});

test('what is noted while it is drafted is stored at once, and is in the draft', async () => {
  const { store, clock, slack, stop, incident } = await setUp();
  await stop();
  let rounds = 0;
  const draft: PostmortemDesk['draft'] = async (record) => {
    rounds += 1;
    if (rounds === 1) await noteLate(store, incident);
    return await ownDesk.draft(record);
  };
  const { ask } = running(store, clock, slack, { ...ownDesk, draft });
  await ask({ asked: await asked(store, 'k1'), meant: here });
  await clock.tick(A_MINUTE);
  expect(rounds).toBe(2);
  expect(slack.files.map(({ content }) => content.includes('a late note'))).toEqual([true]);
});

async function noteLate(store: Store, { id }: Incident): Promise<void> {
  const note = { kind: 'note', text: 'a late note', source: ON_CALL, link: '', value: '' } as const;
  await store.transaction((tx) => addEntry(tx, { ...note, incidentId: id, key: 'late', atUs: tx.nowUs }));
}

test('changes nothing where the same request comes again, or the job runs again in the next process', async () => {
  const { store, clock, place, slack, ask, stop } = await setUp();
  const request = { asked: await asked(store, 'k1'), meant: here };
  await ask(request);
  await ask(request);
  await clock.tick(A_MINUTE);
  await stop();
  await store.db.updateTable('jobs').set({ state: 'queued', finished_us: null }).execute();

  const next = await opened(place, clock);
  running(next, clock, slack);
  await clock.tick(A_MINUTE);
  expect(drafts(slack)).toHaveLength(1);
  expect(slack.files).toHaveLength(1);
});

test('continues in the next process if this one ended before the draft', async () => {
  const { store, clock, place, slack, ask, stop } = await setUp();
  await stop();
  await ask({ asked: await asked(store, 'k1'), meant: here });
  const next = await opened(place, clock);
  running(next, clock, slack);
  await clock.tick(A_MINUTE);
  expect(drafts(slack)).toHaveLength(1);
  expect(slack.files).toHaveLength(1);
});

test("posts the draft in the incident's channel, also on a request from another one", async () => {
  const { store, clock, slack, ask } = await setUp();
  await ask({ asked: await asked(store, 'k1'), meant: { number: 1 } });
  await clock.tick(A_MINUTE);
  expect(drafts(slack).map(({ channelId }) => channelId)).toEqual([CHANNEL]);
});

test.each([
  [{ number: 9 }, 'There is no INC-9'],
  [{ channelId: 'C000000999' }, 'No incident was declared in this channel'],
  [{ incidentId: 'gone' }, 'I no longer have this incident'],
] as const)('says why there is nothing to draft for %j', async (meant, said) => {
  const { store, clock, slack, ask } = await setUp();
  await ask({ asked: await asked(store, 'k1'), meant });
  await clock.tick(A_MINUTE);
  expect(slack.said).toEqual([]);
  expect(slack.responses[0]?.message.text).toContain(said);
});

test('drafts an open incident', async () => {
  const { store, clock, slack, ask } = await setUp({ until: 'declared' });
  await ask({ asked: await asked(store, 'k1'), meant: here });
  await clock.tick(A_MINUTE);
  expect(slack.said[0]?.message.text).toContain('Repair unknown');
  expect(slack.files[0]?.content).toContain('How long: its end is not confirmed; the status is investigating.');
});

test('knows people of the workspace by all their names, also those of other incidents, and names none of them', async () => {
  const { store, clock, slack, ask, incident } = await setUp();
  const other = { ...incident, id: 'other', declaredBy: 'U0KIM0001', alertId: undefined, investigationId: undefined };
  await store.transaction((tx) => declareIncident(tx, other));
  await store.transaction(async (tx) => {
    const note = { kind: 'update', source: ON_CALL, link: '', incidentId: incident.id, atUs: tx.nowUs } as const;
    await addEntry(tx, { ...note, key: 'u1', text: 'kim lee and SARAH’s script restarted the pool; Zoe watched' });
  });
  await ask({ asked: await asked(store, 'k1'), meant: { number: 1 } });
  await clock.tick(A_MINUTE);
  expect(slack.files[0]?.content).toContain('a responder and a responder’s script restarted the pool; Zoe watched');
  expect(slack.files[0]?.content).not.toMatch(/kim lee/i);
  expect((await timelineOf(store, incident.id)).at(-1)?.text).toContain('kim lee and SARAH’s');
});

test('says how to invite the bot, and posts once it was invited', async () => {
  const { store, clock, slack, ask } = await setUp();
  slack.fail('post', notInChannel);
  await ask({ asked: await asked(store, 'k1'), meant: here });
  await clock.tick(A_MINUTE);
  expect(slack.responses.map(({ message }) => message.text).join()).toContain('/invite @spanhound');
  await ask({ asked: await asked(store, 'k2'), meant: here });
  await clock.tick(A_MINUTE);
  expect(drafts(slack)).toHaveLength(1);
  expect(slack.files).toHaveLength(1);
});

test('is a draft until somebody accepts it, and says who accepted it and what came afterwards', async () => {
  const { store, clock, slack, ask, accept, incident } = await setUp();
  await ask({ asked: await asked(store, 'k1'), meant: here });
  await clock.tick(A_MINUTE);
  const said = () => JSON.stringify(slack.said[0]?.message);
  expect(said()).toContain('Nobody has accepted it yet');
  expect(said()).toContain('postmortem_accept');

  const of = async (key: string) => ({ asked: await asked(store, key), incidentId: incident.id });
  expect(await accept(await of('k2'))).toMatchObject({ kind: 'done' });
  await clock.tick(A_MINUTE);
  expect(said()).toContain('Accepted by Sarah on 2025-01-06');
  expect(said()).not.toContain('postmortem_accept');
  expect(await accept(await of('k3'))).toMatchObject({ kind: 'refused', text: expect.stringContaining('already') });

  const note = { kind: 'note', source: ON_CALL, link: '', incidentId: incident.id, text: 'found later' } as const;
  await store.transaction((tx) => addEntry(tx, { ...note, key: 'n', atUs: tx.nowUs }));
  await ask({ asked: await asked(store, 'k4'), meant: here });
  await clock.tick(A_MINUTE);
  expect(said()).toContain('Since then, 1 entry came into the record: accept it again.');
  expect(said()).toContain('postmortem_accept');
  expect(slack.files.at(-1)?.content).toContain('Accepted by Sarah on');
});

test('a correction and a withdrawal after the acceptance count, and an amendment that was forgotten does not', async () => {
  const { store, clock, slack, ask, accept, incident } = await setUp();
  const incidentId = incident.id;
  const note = { kind: 'note', source: ON_CALL, link: '', incidentId } as const;
  for (const key of ['n1', 'n2', 'n3'])
    await store.transaction((tx) => addEntry(tx, { ...note, key, text: `the pool was ${key}`, atUs: tx.nowUs }));
  await ask({ asked: await asked(store, 'k1'), meant: here });
  await clock.tick(A_MINUTE);
  await accept({ asked: await asked(store, 'k2'), incidentId });
  await clock.tick(A_MINUTE);
  const said = () => JSON.stringify(drafts(slack)[0]?.message);
  expect(said()).not.toContain('accept it again');

  const edit = (key: string, text: string) =>
    store.transaction((tx) => editEntry(tx, { incidentId, key, text, by: ON_CALL }));
  expect(await edit('n1', FORGOTTEN_TEXT)).toBe(true);
  await ask({ asked: await asked(store, 'k3'), meant: here });
  await clock.tick(A_MINUTE);
  expect(said()).not.toContain('accept it again');

  expect(await edit('n2', 'the pool had no room')).toBe(true);
  await store.transaction((tx) => removeEntry(tx, { incidentId, key: 'n3', by: ON_CALL }));
  await ask({ asked: await asked(store, 'k4'), meant: here });
  await clock.tick(A_MINUTE);
  expect(said()).toContain('Since then, 2 entries were changed or withdrawn: accept it again.');
  expect(await accept({ asked: await asked(store, 'k5'), incidentId })).toMatchObject({ kind: 'done' });
  await clock.tick(A_MINUTE);
  expect(said()).not.toContain('accept it again');
});

test('a change after the acceptance asks for another reminder', async () => {
  const { store, clock, ask, accept, answer, incident } = await setUp();
  const incidentId = incident.id;
  await ask({ asked: await asked(store, 'k1'), meant: here });
  await clock.tick(A_MINUTE);
  await accept({ asked: await asked(store, 'k2'), incidentId });
  await clock.tick(A_MINUTE);
  await store.db.deleteFrom('jobs').where('kind', '=', REPORT_OVERDUE).execute();
  await answer({ asked: await asked(store, 'k3'), incidentId, question: 'luck', text: 'The cache was warm.' });
  await clock.tick(A_MINUTE);
  const waiting = await store.db.selectFrom('jobs').select('kind').where('kind', '=', REPORT_OVERDUE).execute();
  expect(waiting).toHaveLength(1);
});

describe('a review by name', () => {
  test('mentions the person in the thread, stands in the draft, and ends with the acceptance', async () => {
    const { store, clock, slack, ask, accept, review, incident } = await setUp();
    const request = async (key: string, reviewer = KIM) => ({
      asked: await asked(store, key),
      meant: { incidentId: incident.id },
      reviewer,
    });
    expect(await review(await request('r0'))).toMatchObject({
      kind: 'refused',
      text: expect.stringContaining('draft'),
    });
    await ask({ asked: await asked(store, 'k1'), meant: here });
    await clock.tick(A_MINUTE);
    expect(await review(await request('r1', 'U0STRANGE'))).toMatchObject({
      kind: 'refused',
      text: expect.stringContaining('may not read the incident'),
    });
    expect(await review(await request('r2'))).toMatchObject({ kind: 'done' });
    await clock.tick(A_MINUTE);
    const asks = slack.said.filter(({ message }) => JSON.stringify(message).includes('asks you to review'));
    expect(asks).toHaveLength(1);
    expect(asks[0]?.threadTs).toBe(slack.said[0]?.ts);
    expect(JSON.stringify(asks[0]?.message)).toMatch(new RegExp(`"user_id":"${KIM}".*postmortem_accept`, 's'));
    expect(JSON.stringify(slack.said[0]?.message)).toContain('Kim is asked to review it.');
    expect(await review(await request('r3'))).toMatchObject({
      kind: 'refused',
      text: expect.stringContaining('already'),
    });

    await accept({ asked: await asked(store, 'k2'), incidentId: incident.id });
    await clock.tick(A_MINUTE);
    expect(JSON.stringify(slack.said[0]?.message)).not.toContain('is asked to review it');
    expect(await review(await request('r4'))).toMatchObject({
      kind: 'refused',
      text: expect.stringContaining('already'),
    });
  });
});

test('is not accepted while the incident is open', async () => {
  const { store, clock, slack, ask, accept, incident } = await setUp({ until: 'declared' });
  await ask({ asked: await asked(store, 'k1'), meant: here });
  await clock.tick(A_MINUTE);
  expect(JSON.stringify(slack.said)).not.toContain('postmortem_accept');
  const told = await accept({ asked: await asked(store, 'k2'), incidentId: incident.id });
  expect(told).toMatchObject({ kind: 'refused', text: expect.stringContaining('Resolve it first') });
});

describe('an answer to a question', () => {
  const request = async (store: Store, key: string, incidentId: string, text: string) => ({
    asked: await asked(store, key),
    incidentId,
    question: 'luck',
    text,
  });

  test('is in the draft of the next process if this one ended before the draft, and stands there once', async () => {
    const { store, clock, place, slack, ask, answer, stop, incident } = await setUp();
    await ask({ asked: await asked(store, 'k1'), meant: here });
    await clock.tick(A_MINUTE);
    await stop();
    const luck = await request(store, 'k2', incident.id, 'no import ran');
    expect(await answer(luck)).toMatchObject({ kind: 'done' });
    expect(await answer(luck)).toMatchObject({ kind: 'refused' });
    expect(JSON.stringify(slack.said)).toContain('Luck: opens a form');
    const next = running(await opened(place, clock), clock, slack);
    await clock.tick(A_MINUTE);
    expect(JSON.stringify(slack.said)).not.toContain('Luck: opens a form');
    await next.ask({ asked: await asked(store, 'k3'), meant: here });
    await clock.tick(A_MINUTE);
    expect(slack.files.at(-1)?.content.match(/^- Luck: no import ran\./gm)).toHaveLength(1);
  });

  test('that was withdrawn can be given again, in other words', async () => {
    const { store, clock, slack, ask, answer, incident } = await setUp();
    const incidentId = incident.id;
    await answer(await request(store, 'k1', incidentId, 'it was night'));
    const key = `answer:luck:${(await asked(store, 'k1')).inboxId}`;
    expect(await store.transaction((tx) => removeEntry(tx, { incidentId, key, by: ON_CALL }))).toBe(true);
    expect(await answer(await request(store, 'k2', incidentId, 'no import ran'))).toMatchObject({ kind: 'done' });
    await ask({ asked: await asked(store, 'k3'), meant: here });
    await clock.tick(A_MINUTE);
    expect(slack.files.at(-1)?.content).toContain('- Luck: no import ran.');
    expect(slack.files.at(-1)?.content).not.toContain('it was night');
  });
});

describe('versions', () => {
  const answers = (slack: Conversation) => slack.responses.map(({ message }) => JSON.stringify(message));

  test('are the times at which people asked; two differ by what came, what was corrected and what was withdrawn', async () => {
    const { store, clock, slack, ask, versions, incident } = await setUp();
    const incidentId = incident.id;
    const note = (key: string, text: string) =>
      store.transaction((tx) =>
        addEntry(tx, { kind: 'note', source: ON_CALL, link: '', incidentId, key, text, atUs: tx.nowUs }),
      );
    await note('own1', 'the cache is cold');
    await note('own2', 'nothing to see');
    await ask({ asked: await asked(store, 'k1'), meant: here });
    await clock.tick(A_MINUTE);
    await note('own3', 'found later');
    await store.transaction((tx) => editEntry(tx, { incidentId, key: 'own1', text: 'the cache is warm', by: ON_CALL }));
    await store.transaction((tx) => removeEntry(tx, { incidentId, key: 'own2', by: ON_CALL }));
    const [item] = await actionItemsOf(store, incidentId);
    if (item === undefined) throw new Error('the incident has no action item');
    await store.transaction((tx) => changeItemState(tx, { item, key: 'd', state: 'done', reason: '', by: ON_CALL }));
    await clock.tick(A_MINUTE);
    await ask({ asked: await asked(store, 'k2'), meant: here });
    await clock.tick(A_MINUTE);

    const meant = { incidentId };
    await versions({ asked: await asked(store, 'v1'), meant, compared: undefined });
    await clock.tick(A_MINUTE);
    expect(answers(slack).at(-1)).toMatch(/1: 2025-01-06 .*2: 2025-01-06 .*INC-1 diff 1 2/);

    await versions({ asked: await asked(store, 'v2'), meant, compared: [1, 2] });
    await clock.tick(A_MINUTE);
    const [gone = '', added = ''] = answers(slack).at(-1)?.split('"New') ?? [];
    for (const text of ['the cache is cold', 'nothing to see', '5 min, open']) expect(gone).toContain(text);
    for (const text of ['the cache is warm', 'found later', '5 min, done']) expect(added).toContain(text);
    for (const text of ['the cache is warm', 'found later']) expect(gone).not.toContain(text);
    expect(gone + added).not.toContain('How long: 30 min');

    await versions({ asked: await asked(store, 'v3'), meant, compared: [2, 2] });
    await versions({ asked: await asked(store, 'v4'), meant, compared: [1, 9] });
    await clock.tick(A_MINUTE);
    expect(answers(slack).join()).toContain('No sentence changed.');
    expect(answers(slack).join()).toContain('INC-1 has the versions 1 to 2 of its postmortem.');
  });

  test('a restored one has its words back; the versions in between stay as they were; a second restore goes back', async () => {
    const { store, clock, slack, ask, versions, restore, incident } = await setUp();
    const incidentId = incident.id;
    const meant = { incidentId };
    const note = (key: string, text: string) =>
      store.transaction((tx) =>
        addEntry(tx, { kind: 'note', source: 'U0COMMAND1', link: '', incidentId, key, text, atUs: tx.nowUs }),
      );
    const words = async () => {
      const entries = await timelineOf(store, incidentId);
      return entries.filter(({ text }) => /^(?:cold|warm|gone|later)$/.test(text)).map(({ text }) => text);
    };
    await note('own1', 'cold');
    await note('own2', 'gone');
    await ask({ asked: await asked(store, 'k1'), meant: here });
    await clock.tick(A_MINUTE);
    await store.transaction((tx) => editEntry(tx, { incidentId, key: 'own1', text: 'warm', by: 'U0COMMAND1' }));
    await store.transaction((tx) => removeEntry(tx, { incidentId, key: 'own2', by: 'U0COMMAND1' }));
    await note('own3', 'later');
    await clock.tick(A_MINUTE);
    await ask({ asked: await asked(store, 'k2'), meant: here });
    await clock.tick(A_MINUTE);

    const told = await restore({ asked: await asked(store, 'r1'), meant, number: 1 });
    await clock.tick(A_MINUTE);
    expect(told).toMatchObject({
      kind: 'done',
      text: expect.stringContaining('1 entry corrected, 1 entry back, 1 entry withdrawn'),
    });
    expect(await words()).toEqual(['cold', 'gone']);
    const back = (await timelineOf(store, incidentId)).find(({ text }) => text === 'gone');
    expect(back).toMatchObject({ source: ON_CALL, kind: 'note' });

    await versions({ asked: await asked(store, 'v1'), meant, compared: [1, 2] });
    await clock.tick(A_MINUTE);
    const [gone = '', added = ''] = answers(slack).at(-1)?.split('"New') ?? [];
    for (const text of ['cold', 'gone']) expect(gone).toContain(` ${text}"`);
    for (const text of ['warm', 'later']) expect(added).toContain(` ${text}"`);
    await versions({ asked: await asked(store, 'v2'), meant, compared: [1, 4] });
    await clock.tick(A_MINUTE);
    expect(answers(slack).at(-1)).toContain('No sentence changed.');

    // Version 3 has the words from just before.
    await restore({ asked: await asked(store, 'r2'), meant, number: 3 });
    expect(await words()).toEqual(['warm', 'later']);
    await restore({ asked: await asked(store, 'r3'), meant, number: 1 });
    expect(await words()).toEqual(['cold', 'gone']);
    expect(await restore({ asked: await asked(store, 'r4'), meant, number: 1 })).toMatchObject({ kind: 'refused' });
    expect(await restore({ asked: await asked(store, 'r5'), meant, number: 99 })).toMatchObject({ kind: 'refused' });
  });

  test('an accepted postmortem has to be accepted again after a restore', async () => {
    const { store, clock, slack, ask, accept, restore, incident } = await setUp();
    const incidentId = incident.id;
    await ask({ asked: await asked(store, 'k1'), meant: here });
    await clock.tick(A_MINUTE);
    await store.transaction((tx) =>
      addEntry(tx, {
        ...{ kind: 'note', source: ON_CALL, link: '', incidentId, key: 'n' },
        text: 'later',
        atUs: tx.nowUs,
      }),
    );
    await clock.tick(A_MINUTE);
    await accept({ asked: await asked(store, 'a1'), incidentId });
    await clock.tick(A_MINUTE);
    expect(JSON.stringify(drafts(slack)[0]?.message)).not.toContain('accept it again');
    await restore({ asked: await asked(store, 'r1'), meant: { incidentId }, number: 1 });
    await clock.tick(A_MINUTE);
    expect(JSON.stringify(drafts(slack)[0]?.message)).toContain(
      '1 entry came into the record, and 1 entry was changed or withdrawn: accept it again',
    );
  });

  test('of a postmortem that nobody asked for are none', async () => {
    const { store, clock, slack, versions, incident } = await setUp();
    await versions({ asked: await asked(store, 'v1'), meant: { incidentId: incident.id }, compared: undefined });
    await clock.tick(A_MINUTE);
    expect(answers(slack).join()).toContain('Nobody has asked for the postmortem of INC-1 yet.');
  });
});

const ITEM = { text: 'Add an alert on pool use over 80 %', owner: 'Database team', due: '2025-01-20' };
const itemOf = ({ id }: Incident) => ({ ...ITEM, incidentId: id });

test('an action item is kept once, appears in the timeline, and updates the draft', async () => {
  const { store, clock, slack, ask, addActionItem, incident } = await setUp({ actionItems: false });
  await ask({ asked: await asked(store, 'k1'), meant: here });
  await clock.tick(A_MINUTE);
  const request = { asked: await asked(store, 'k2'), ...itemOf(incident) };
  expect((await addActionItem(request)).kind).toBe('done');
  await addActionItem(request);
  await clock.tick(A_MINUTE);

  expect(await actionItemsOf(store, incident.id)).toMatchObject([ITEM]);
  const entries = (await timelineOf(store, incident.id)).filter(({ kind }) => kind === 'action');
  expect(entries.map(({ text }) => text)).toEqual([
    'Add an alert on pool use over 80 % (owner Database team, due 2025-01-20)',
  ]);
  expect(JSON.stringify(slack.said[0]?.message.blocks)).toContain(
    'Add an alert on pool use over 80 % (Database team, due ',
  );
  expect(slack.files, 'nobody asked for another file').toHaveLength(1);
});

test('an action item alone posts no draft', async () => {
  const { store, clock, slack, addActionItem, incident } = await setUp();
  await addActionItem({ asked: await asked(store, 'k1'), ...itemOf(incident) });
  await clock.tick(A_MINUTE);
  expect(slack.said).toEqual([]);
  expect(slack.files).toEqual([]);
});

test('an action item may be due today, as whoever writes it sees the day, and no day before', async () => {
  const { store, incident } = await setUp({ actionItems: false });
  const nowUs = async () => Date.UTC(2025, 0, 7, 1) * 1_000;
  const parts = {
    store: { ...store, nowUs },
    jobs: tableJobs,
    mayRead: async () => true,
    directory: DIRECTORY,
    postmortemDesk: ownDesk,
    kick: () => undefined,
  };
  const add = async (userId: string, due: string) => {
    const by = { ...(await asked(store, `${userId}${due}`)), userId };
    return await actionItemAdder({ ...parts, trackers: [], checksItems: false })({
      asked: by,
      ...itemOf(incident),
      due,
    });
  };
  expect(await add(ON_CALL, '2025-01-07')).toMatchObject({ kind: 'done', text: expect.stringContaining('2025-01-07') });
  expect(await add(ON_CALL, '2025-01-06')).toMatchObject({ kind: 'refused', about: 'time' });
  expect(await add(ON_CALL, 'soon')).toMatchObject({ kind: 'refused', about: 'time' });
  // Where Slack does not tell the zone, it may still be the day before there.
  expect(await add('U00STRANGER', '2025-01-06')).toMatchObject({ kind: 'done' });
  expect(await add('U00STRANGER', '2025-01-05')).toMatchObject({ kind: 'refused', about: 'time' });
});

test('an action item of an incident that is not there is refused with a sentence', async () => {
  const { store, addActionItem } = await setUp();
  const told = await addActionItem({ asked: await asked(store, 'k1'), ...ITEM, incidentId: 'gone' });
  expect(told).toMatchObject({ kind: 'refused', text: expect.stringContaining('no longer have') });
});

test('another workspace sees neither the incident nor its draft', async () => {
  const { store, clock, slack, ask, incident } = await setUp();
  const stranger = { ...(await asked(store, 'k1')), workspaceId: 'T000000002' };
  await ask({ asked: stranger, meant: { incidentId: incident.id } });
  await clock.tick(A_MINUTE);
  expect(slack.said).toEqual([]);
});
