/** A postmortem that people export: sent once, updated when asked again, and never doubled, whatever the answer was. */

import { describe, expect, onTestFinished, test } from 'vitest';
import { silentLog } from '#core/log.ts';
import { needToKnowValue } from '#model/incident/need-to-know.ts';
import { ownDesk } from '#model/incident/postmortem-desk.ts';
import { marksOf } from '#model/incident/postmortem-taken.ts';
import type { PostmortemTarget, TargetDraft, TriedToSend } from '#model/incident/postmortem-target.ts';
import { receive } from '#record/inbox.ts';
import { runOutbox } from '#record/outbox-runner.ts';
import { claimPostmortem, findSend, keepRemote, queueSend } from '#record/postmortem-sends.ts';
import type { Store } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { addEntry, editEntry, timelineOf } from '#record/timeline.ts';
import { type Conversation, conversation } from '#test/conversation.ts';
import { CHANNEL, guideIncident, ON_CALL, TEAM } from '#test/guide-incident.ts';
import { type SteppedClock, stopNow } from '#test/stepped-clock.ts';
import { UTC } from '#utilities/time-zone.ts';
import type { MayRead } from '#workflows/incidents/on-incident.ts';
import type { Directory } from '#workflows/incidents/show-overview.ts';
import { DRAFT_POSTMORTEM, draftPostmortem, postmortemAsker } from '#workflows/postmortem/draft-postmortem.ts';
import { addSend, postmortemExporter, SEND_POSTMORTEM } from '#workflows/postmortem/export.ts';
import { sendPostmortem } from '#workflows/postmortem/send-there.ts';

const DIRECTORY: Directory = {
  person: async (id) => (id === ON_CALL ? { name: 'Sarah', zone: UTC } : undefined),
  namesOf: async (id) => (id === ON_CALL ? ['Sarah'] : undefined),
  permalink: async () => '',
};

type Answer = (draft: TargetDraft, keep: (remote: string) => Promise<void>) => Promise<TriedToSend> | TriedToSend;

const URL = 'https://wiki.example/12';
const DONE: TriedToSend = { kind: 'done', value: { key: 'page 12', url: URL } };

/** Answers in turn; the last answer stays. */
function wiki(...answers: readonly Answer[]) {
  const drafts: TargetDraft[] = [];
  const target: PostmortemTarget = {
    id: 'wiki',
    title: 'The wiki',
    async send(draft, keep) {
      drafts.push(draft);
      return (await answers[Math.min(drafts.length, answers.length) - 1]?.(draft, keep)) ?? DONE;
    },
  };
  return { target, drafts };
}

type Process = Readonly<{ store: Store; clock: SteppedClock; slack: Conversation }>;

function running(
  { store, clock, slack }: Process,
  { targets, mayRead = async () => true }: Readonly<{ targets: readonly PostmortemTarget[]; mayRead?: MayRead }>,
) {
  const outbox = runOutbox({ store, sender: slack.sender, log: silentLog, random: () => 0.5 });
  const kick = () => {
    outbox.kick();
    jobs.kick();
  };
  const parts = {
    store,
    clock,
    jobs: tableJobs,
    directory: DIRECTORY,
    mayRead,
    askRight: async () => ({ kind: 'may' }) as const,
    mayShowIn: async () => true,
    postmortemDesk: ownDesk,
    targets,
    draw: async () => new Uint8Array([1]),
    kick,
  };
  const handlers = { [DRAFT_POSTMORTEM]: draftPostmortem(parts), [SEND_POSTMORTEM]: sendPostmortem(parts) };
  const jobs = tableJobs.runJobs({ store, handlers, log: silentLog, random: () => 0.5 });
  const stop = async () => {
    await stopNow(jobs, clock);
    await stopNow(outbox, clock);
  };
  onTestFinished(stop);
  return { ask: postmortemAsker(parts), exportTo: postmortemExporter(parts), stop };
}

async function setUp(targets: readonly PostmortemTarget[], mayRead?: MayRead) {
  const { store, clock, incident } = await guideIncident();
  const slack = conversation(clock);
  const bot = running({ store, clock, slack }, { targets, ...(mayRead && { mayRead }) });
  const asked = async (key: string) => {
    const { inboxId } = await receive(store, { workspaceId: TEAM, key, source: 'slack', body: '{}' });
    const who = { workspaceId: TEAM, userId: ON_CALL, userName: 'sarah', channelId: CHANNEL };
    return { inboxId, ...who, responseUrl: 'https://hooks.slack.example/r' };
  };
  const meant = { incidentId: incident.id };
  const send = async (key: string, target: string | undefined = 'wiki') => {
    await bot.exportTo({ asked: await asked(key), meant, target });
    await clock.tick(A_MINUTE / 2);
  };
  const stored = () => findSend(store, { incidentId: incident.id, target: 'wiki' });
  const said = () => slack.said.map(({ message }) => message.text);
  const answers = () => slack.responses.map(({ message }) => message.text);
  return { ...bot, store, clock, slack, incident, asked, send, stored, said, answers };
}

const A_MINUTE = 60_000;

test('the draft goes there with its pictures and names; the thread and the draft have the link', async () => {
  const { target, drafts } = wiki();
  const { ask, asked, clock, send, slack, said, answers, stored, store } = await setUp([target]);
  await ask({ asked: await asked('k0'), meant: { channelId: CHANNEL } });
  await clock.tick(A_MINUTE);
  await send('k1');
  expect(answers().at(-1)).toContain('The postmortem of INC-1 is on its way to The wiki.');
  expect(drafts).toHaveLength(1);
  expect(drafts[0]).toMatchObject({ name: 'INC-1', remote: '', isUncertain: false });
  expect(drafts[0]?.mark).toMatch(/^[0-9a-f]{32}$/);
  expect(drafts[0]?.title).toMatch(/^Postmortem of INC-1/);
  expect(drafts[0]?.pictures.map(({ name }) => name)).toContain('INC-1-steps.png');
  expect(drafts[0]?.markdown).toContain('](INC-1-steps.png)');
  expect(drafts[0]?.markdown).toContain('Sarah');
  expect(drafts[0]?.markdown).not.toContain(ON_CALL);
  expect(said()).toContain('The postmortem of INC-1 is now in The wiki');
  const [draft] = slack.said;
  expect(JSON.stringify(draft?.message.blocks)).toContain(URL);
  expect(JSON.stringify(draft?.message.blocks)).toContain('Export to …');
  expect(await stored()).toMatchObject({ state: 'sent', url: URL, key: 'page 12', askedBy: ON_CALL });
  const actions = await store.db.selectFrom('audit').select('action').execute();
  expect(actions.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['postmortem.asked-for', 'postmortem.sent']),
  );
});

test('asked again, the target gets what it kept, and the thread says that it is up to date', async () => {
  const { target, drafts } = wiki(async (_draft, keep) => {
    await keep('page-12');
    return DONE;
  });
  const { send, said } = await setUp([target]);
  await send('k1');
  await send('k2');
  expect(drafts.map(({ remote, isUncertain }) => ({ remote, isUncertain }))).toEqual([
    { remote: '', isUncertain: false },
    { remote: 'page-12', isUncertain: false },
  ]);
  expect(said().filter((text) => text.includes('up to date'))).toHaveLength(1);
});

test('the same request twice is one', async () => {
  const { target, drafts } = wiki();
  const { exportTo, asked, clock, incident } = await setUp([target]);
  const request = { asked: await asked('k1'), meant: { incidentId: incident.id }, target: 'wiki' };
  await exportTo(request);
  await exportTo(request);
  await clock.tick(A_MINUTE);
  expect(drafts).toHaveLength(1);
});

test('what is asked while it is being sent is sent once more', async () => {
  const asking: { again?: () => Promise<void> } = {};
  const { target, drafts } = wiki(async () => {
    await asking.again?.();
    delete asking.again;
    return DONE;
  });
  const { exportTo, asked, send, incident, store, stored } = await setUp([target]);
  const again = { asked: await asked('k2'), meant: { incidentId: incident.id }, target: 'wiki' };
  asking.again = async () => {
    const note = { incidentId: incident.id, key: 'late', kind: 'note' as const, source: ON_CALL, link: '' };
    await store.transaction((tx) => addEntry(tx, { ...note, atUs: tx.nowUs, text: 'the cache was cold' }));
    await exportTo(again);
  };
  await send('k1');
  expect(drafts).toHaveLength(2);
  expect(drafts[1]?.markdown).toContain('the cache was cold');
  expect(await stored()).toMatchObject({ state: 'sent' });
});

describe('a failing middle', () => {
  test('an answer that is lost: a minute later the target is asked again, and knows that it may be there', async () => {
    const { target, drafts } = wiki(
      () => ({ kind: 'ambiguous', reason: 'The wiki did not answer.' }),
      () => DONE,
    );
    const { send, clock, stored } = await setUp([target]);
    await send('k1');
    expect(drafts).toHaveLength(1);
    expect(await stored()).toMatchObject({ state: 'queued', isUncertain: true });
    await clock.tick(A_MINUTE);
    expect(drafts.map(({ isUncertain }) => isUncertain)).toEqual([false, true]);
    expect(await stored()).toMatchObject({ state: 'sent', isUncertain: false });
  });

  test('an answer that is lost before the title changes: each later attempt gets the titles that may be there', async () => {
    const { target, drafts } = wiki(
      () => ({ kind: 'ambiguous', reason: 'The wiki did not answer.' }),
      () => ({ kind: 'ambiguous', reason: 'The wiki did not answer.' }),
      () => DONE,
    );
    const { send, clock, store, incident } = await setUp([target]);
    const rename = (title: string) =>
      store.db.updateTable('incidents').set({ title }).where('id', '=', incident.id).execute();
    await rename('One');
    await send('k1');
    await rename('Two');
    await clock.tick(2 * A_MINUTE);
    await rename('Three');
    await clock.tick(2 * A_MINUTE);
    const [one, two] = ['Postmortem of INC-1: One', 'Postmortem of INC-1: Two'];
    expect(drafts.map(({ earlierTitles }) => earlierTitles)).toEqual([[], [one], [one, two]]);
    // What is sent is known by what the target kept, or was not made at all.
    await send('k2');
    expect(drafts.at(-1)?.earlierTitles).toEqual([]);
  });

  test('a process that dies after the call: the next one waits for its claim, then knows that it may be there', async () => {
    const { target, drafts } = wiki();
    const { store, clock, incident, stored } = await setUp([target]);
    const key = { incidentId: incident.id, target: 'wiki' };
    await store.transaction(async (tx) => {
      await queueSend(tx, incident, { target: 'wiki', askedBy: ON_CALL });
      await claimPostmortem(tx, key, { claim: 'dead', untilUs: tx.nowUs + 5 * A_MINUTE * 1_000 });
      await keepRemote(tx, key, 'page-12');
      await addSend(tx, tableJobs, incident, { target: 'wiki', key: 'dead' });
    });
    await clock.tick(4 * A_MINUTE);
    expect(drafts).toEqual([]);
    await clock.tick(2 * A_MINUTE);
    expect(drafts).toMatchObject([{ remote: 'page-12', isUncertain: true }]);
    expect(await stored()).toMatchObject({ state: 'sent' });
  });

  test('a limit is waited for as long as the target says', async () => {
    const { target, drafts } = wiki(
      () => ({ kind: 'limited', retryAfterMs: 120_000 }),
      () => DONE,
    );
    const { send, clock } = await setUp([target]);
    await send('k1');
    await clock.tick(50_000);
    expect(drafts).toHaveLength(1);
    await clock.tick(A_MINUTE);
    expect(drafts).toHaveLength(2);
  });

  test('a refusal is said in the thread with what to do and a button; pressed, it is sent again', async () => {
    const { target, drafts } = wiki(
      () => ({ kind: 'refused', reason: 'Check WIKI_TOKEN.' }),
      () => DONE,
    );
    const { send, said, slack, stored, incident } = await setUp([target]);
    await send('k1');
    expect(said().at(-1)).toBe('The postmortem of INC-1 is not in The wiki. Check WIKI_TOKEN.');
    const blocks = JSON.stringify(slack.said.at(-1)?.message.blocks);
    expect(blocks).toContain('postmortem_send');
    expect(blocks).toContain(`${incident.id}:wiki`);
    expect(await stored()).toMatchObject({ state: 'refused' });
    await send('k2');
    expect(drafts).toHaveLength(2);
    expect(await stored()).toMatchObject({ state: 'sent', reason: '' });
  });

  test('a place that stays away is given up after an hour, with the reason', async () => {
    const { target, drafts } = wiki(() => ({ kind: 'failed', reason: 'The wiki did not answer.' }));
    const { send, clock, stored } = await setUp([target]);
    await send('k1');
    await clock.tick(120 * A_MINUTE);
    expect(drafts).toHaveLength(12);
    expect(await stored()).toMatchObject({ state: 'refused', reason: expect.stringContaining('I tried 12 times.') });
  });
});

describe('what people wrote there', () => {
  const editable = (edit: (markdown: string) => string) => {
    const edited: TriedToSend = { kind: 'refused', reason: 'Somebody edited the page.', isEdited: true };
    const { target, drafts } = wiki(
      () => DONE,
      () => edited,
      () => DONE,
    );
    const read: NonNullable<PostmortemTarget['read']> = async ({ remote }) => {
      const sent = drafts[0]?.markdown ?? '';
      const value = { markdown: edit(sent), marks: marksOf(sent), remote: `${remote}+taken` };
      return { kind: 'done', value };
    };
    return { target: { ...target, read }, drafts };
  };
  const takeIn = async (one: Awaited<ReturnType<typeof setUp>>, key: string) => {
    await one.exportTo({
      ...{ asked: await one.asked(key), meant: { incidentId: one.incident.id } },
      ...{ target: 'wiki', takesIn: true },
    });
    await one.clock.tick(A_MINUTE / 2);
  };

  test('comes into the record with its section, and then the export goes on', async () => {
    const { target, drafts } = editable((markdown) =>
      markdown.replace(/\n## Impact\n/, '\n## Impact\n\n- Two shops closed early, key AKIAIOSFODNN7EXAMPLE\n'),
    );
    const one = await setUp([target]);
    await one.send('k1');
    await one.send('k2');
    expect(JSON.stringify(one.slack.said.at(-1)?.message.blocks)).toContain('postmortem_take_in');
    await takeIn(one, 'k3');
    expect(one.answers().at(-1)).toContain('I take in what people wrote in The wiki');
    expect(one.said()).toContainEqual(
      expect.stringContaining('From The wiki into the postmortem of INC-1: 1 line in Impact.'),
    );
    expect(drafts).toHaveLength(3);
    expect(drafts[2]?.remote).toContain('+taken');
    expect(drafts[2]?.markdown).toMatch(/Impact: Two shops closed early, key (?!AKIA)/);
    const entries = await timelineOf(one.store, one.incident.id);
    expect(entries).toContainEqual(
      expect.objectContaining({ source: 'The wiki', value: 'answer:own:Impact', link: URL }),
    );
    expect(JSON.stringify(entries)).not.toContain('AKIAIOSFODNN7EXAMPLE');
    expect(await one.stored()).toMatchObject({ state: 'sent' });
    const actions = await one.store.db.selectFrom('audit').select('action').execute();
    expect(actions.map(({ action }) => action)).toContain('postmortem.taken-in');
  });

  test('is taken in and said once, also if the place takes no more requests after that', async () => {
    const { target, drafts } = wiki(
      () => DONE,
      () => ({ kind: 'limited', retryAfterMs: 1_000 }),
      () => ({ kind: 'limited', retryAfterMs: 1_000 }),
      () => DONE,
    );
    const read: NonNullable<PostmortemTarget['read']> = async ({ remote }) => {
      const sent = drafts[0]?.markdown ?? '';
      const markdown = sent.replace(/\n## Impact\n/, '\n## Impact\n\n- Two shops closed early\n');
      return { kind: 'done', value: { markdown, marks: marksOf(sent), remote: `${remote}+taken` } };
    };
    const one = await setUp([{ ...target, read }]);
    await one.send('k1');
    await takeIn(one, 'k2');
    await one.clock.tick(4 * A_MINUTE);
    expect(drafts).toHaveLength(4);
    expect(drafts[3]?.remote).toBe(drafts[1]?.remote);
    expect(one.said().filter((text) => text.includes('From The wiki into'))).toHaveLength(1);
    const actions = await one.store.db.selectFrom('audit').select('action').execute();
    expect(actions.filter(({ action }) => action === 'postmortem.taken-in')).toHaveLength(1);
  });

  test('taken in once more, the words stand after the earlier ones; a struck sentence is a comment', async () => {
    let line = 'Two shops closed early';
    const { target } = editable((markdown) =>
      markdown.replace(/\n## Impact\n/, `\n## Impact\n\n- ${line}\n`).replace(/^- .*declared.*$/m, ''),
    );
    const one = await setUp([target]);
    await one.send('k1');
    await takeIn(one, 'k2');
    line = 'One stayed closed';
    await takeIn(one, 'k3');
    const entries = await timelineOf(one.store, one.incident.id);
    const own = entries.filter(({ value }) => value === 'answer:own:Impact');
    expect(own.map(({ text }) => text)).toEqual(['Impact: Two shops closed early\nOne stayed closed']);
    const comments = entries.filter(({ value }) => value.startsWith('comment='));
    expect(comments.map(({ text }) => text)).toEqual([expect.stringContaining('Struck in The wiki: “')]);
  });

  test('does not bring back what has become need to know since the export', async () => {
    const { target, drafts } = editable((markdown) =>
      markdown
        .replace('the payroll key is on the wiki', 'the payroll key is on the wiki of the team')
        .replace(/\n## Impact\n/, '\n## Impact\n\n- Two shops closed early\n'),
    );
    const one = await setUp([target]);
    const incidentId = one.incident.id;
    const note = { kind: 'note', text: 'the payroll key is on the wiki', source: ON_CALL, link: '' } as const;
    await one.store.transaction((tx) => addEntry(tx, { incidentId, key: 'note:few', ...note, atUs: tx.nowUs }));
    await one.send('k1');
    const few = { incidentId, key: 'note:few', circle: needToKnowValue({ people: [] }), by: ON_CALL };
    await one.store.transaction((tx) => editEntry(tx, few));
    await takeIn(one, 'k2');
    expect(drafts[0]?.markdown).toContain('payroll key');
    expect(drafts.at(-1)?.markdown).not.toContain('payroll key');
    expect(JSON.stringify(await timelineOf(one.store, incidentId))).not.toContain('payroll key');
    expect(one.said()).toContainEqual(
      expect.stringMatching(/: 1 line in Impact\. 1 line stayed out: only some people/),
    );
  });

  test('tells nobody who guesses what was need to know from the start', async () => {
    const { target } = editable((markdown) =>
      markdown.replace(/\n## Impact\n/, '\n## Impact\n\n- the payroll key is on the wiki\n'),
    );
    const one = await setUp([target]);
    const value = needToKnowValue({ people: [] });
    const note = { kind: 'note', text: 'the payroll key is on the wiki', source: 'U0OTHER', link: '', value } as const;
    const entry = { incidentId: one.incident.id, key: 'note:few', ...note };
    await one.store.transaction((tx) => addEntry(tx, { ...entry, atUs: tx.nowUs }));
    await one.send('k1');
    await takeIn(one, 'k2');
    expect(one.said().join()).toContain('1 line in Impact. The words');
  });

  test.each([
    ['that cannot be read back', undefined, 'cannot be read back'],
    ['of which nobody knows the lines', { markdown: 'a', marks: '', remote: '' }, 'Nobody knows any more'],
    [
      'with more lines than an edit has',
      {
        markdown: Array.from({ length: 201 }, (_, at) => `- line ${at}`).join('\n'),
        marks: marksOf('b'),
        remote: '',
      },
      'More than 200 lines',
    ],
  ])('in a place %s changes nothing, and that is said', async (_, value, words) => {
    const { target, drafts } = wiki();
    const read: PostmortemTarget['read'] = value && (async () => ({ kind: 'done', value }));
    const one = await setUp([{ ...target, ...(read && { read }) }]);
    await one.send('k1');
    const before = await timelineOf(one.store, one.incident.id);
    await takeIn(one, 'k2');
    expect([...one.said(), ...one.answers()].join('\n')).toContain(words);
    expect(drafts).toHaveLength(1);
    expect(await timelineOf(one.store, one.incident.id)).toEqual(before);
  });
});

describe('who may', () => {
  test('somebody who may not read the incident learns nothing, and nothing is sent', async () => {
    const { target, drafts } = wiki();
    const { send, answers, stored } = await setUp([target], async () => false);
    await send('k1');
    await send('k2', '');
    expect(answers()).toEqual(['I no longer have this incident.', 'I no longer have this incident.']);
    expect(drafts).toEqual([]);
    expect(await stored()).toBeUndefined();
  });

  test('where Slack does not say, nothing is sent', async () => {
    const { target, drafts } = wiki();
    const { send, answers } = await setUp([target], async () => undefined);
    await send('k1');
    expect(answers()[0]).toContain('Slack did not say');
    expect(drafts).toEqual([]);
  });
});

test('an unknown place is refused with those that there are; without any, with how to set one up', async () => {
  const one = await setUp([wiki().target]);
  await one.send('k1', '<!channel>');
  expect(one.answers()[0]).toContain('There are: wiki.');
  expect(one.answers()[0]).not.toContain('<!channel>');
  const none = await setUp([]);
  await none.send('k1');
  expect(none.answers()[0]).toContain('No place for postmortems is set up');
});

test('the list has each place with what became of it', async () => {
  const { target } = wiki(() => ({ kind: 'refused', reason: 'Check WIKI_TOKEN.' }));
  const { send, slack, exportTo, asked, clock, incident } = await setUp([target]);
  const list = async (key: string) => {
    await exportTo({ asked: await asked(key), meant: { incidentId: incident.id }, target: undefined });
    await clock.tick(A_MINUTE);
    return JSON.stringify(slack.responses.at(-1)?.message.blocks);
  };
  expect(await list('k1')).toContain('not sent');
  await send('k2');
  expect(await list('k3')).toMatch(/refused \(Check WIKI_TOKEN\.\)/);
});

test('a place that is not set up any more is said, and does not wait for ever', async () => {
  const { target } = wiki(() => ({ kind: 'failed', reason: 'away' }));
  const { send, store, clock, slack, stop, stored } = await setUp([target]);
  await send('k1');
  await stop();
  running({ store, clock, slack }, { targets: [] });
  await clock.tick(30 * A_MINUTE);
  expect(await stored()).toMatchObject({ state: 'refused', reason: 'This place is not set up any more.' });
});
