/** Earlier incidents that are like a diagnosis: of the same workspace, and never the incident itself. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Fingerprint } from '#model/finding/fingerprint.ts';
import { blockProblems } from '#present/slack/block-limits.ts';
import { button } from '#present/slack/button.ts';
import { paragraph, richText, words } from '#present/slack/rich-text.ts';
import { similarMarkdown, withSimilar } from '#present/words/similar-incidents.ts';
import { addActionItem } from '#record/action-items.ts';
import { recordFeedback } from '#record/feedback.ts';
import { noteFingerprint } from '#record/fingerprints.ts';
import { changeIncident, declareIncident } from '#record/incidents.ts';
import { finishInvestigation, openInvestigation } from '#record/investigations.ts';
import type { Store } from '#record/store.ts';
import { addDiagnosisEntry } from '#record/timeline-evidence.ts';
import { type SteppedClock, steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { findSimilar, findSimilarTo } from '#workflows/incidents/find-similar.ts';
import { SHOW_ALL } from '#workflows/rights/may-show.ts';

const FINGERPRINT: Fingerprint = {
  kind: 'slow-query',
  service: 'orders',
  operation: 'SELECT orders',
  errorType: '',
  templates: ['t1'],
  neighbours: ['web →'],
};

let store: Store;
let clock: SteppedClock;
let count: number;

beforeEach(async () => {
  clock = steppedClock();
  store = await opened(sqlitePlace(), clock);
  count = 0;
});

type Past = Readonly<{
  workspaceId?: string;
  channelId?: string;
  traceId?: string;
  examined?: readonly string[];
  fingerprint?: Partial<Fingerprint>;
  title?: string;
}>;

/** An incident of a diagnosis, some time before the next. */
async function past({
  workspaceId = 'T1',
  channelId = 'C1',
  traceId,
  examined = [],
  fingerprint = {},
  title = 'Orders are slow',
}: Past = {}) {
  count += 1;
  const investigationId = `inv-${count}`;
  await clock.tick(60_000);
  return await store.transaction(async (tx) => {
    await openInvestigation(tx, { id: investigationId, workspaceId, traceId: '', askedBy: 'U1', channelId: 'C1' });
    const exemplars = examined.map((id) => ({ traceId: id, role: 'failing', why: '' }));
    const report = { diagnosis: { verdict: 'one query holds 5 s' }, exemplars };
    await finishInvestigation(tx, {
      id: investigationId,
      traceId: traceId ?? `trace-${count}`,
      report,
      markdown: '',
      logs: '',
    });
    await noteFingerprint(tx, { investigationId, fingerprint: { ...FINGERPRINT, ...fingerprint } });
    return await declareIncident(tx, {
      id: `incident-${count}`,
      workspaceId,
      title,
      severity: 'P1',
      channelId,
      declaredBy: 'U1',
      detectedBy: 'employee',
      detection: '',
      investigationId,
    });
  });
}

const similar = (more: Partial<Parameters<typeof findSimilar>[1]> = {}) =>
  findSimilar(store, {
    workspaceId: 'T1',
    mayShow: SHOW_ALL,
    investigationId: 'new',
    traceId: 'new',
    examined: [],
    fingerprint: FINGERPRINT,
    ...more,
  });
const namesOf = async (...parameters: Parameters<typeof similar>) =>
  (await similar(...parameters)).map(({ name }) => name);

describe('a similar incident', () => {
  test('has the reason for the similarity, and its resolution', async () => {
    const { id } = await past({ fingerprint: { templates: ['t1', 't2'] } });
    await store.transaction(async (tx) => {
      await changeIncident(tx, { incidentId: id, key: 'f', by: 'U1', status: 'fixed', text: 'put the index back' });
      await changeIncident(tx, { incidentId: id, key: 'r', by: 'U1', status: 'resolved' });
      const item = {
        id: 'a1',
        incidentId: id,
        text: 'Check plans in CI',
        owner: 'Platform',
        due: '2026-02-01',
        createdBy: 'U1',
      };
      await addActionItem(tx, item);
    });
    const [first] = await similar();
    expect(first).toMatchObject({
      name: 'INC-1',
      verdict: 'one query holds 5 s',
      same: expect.arrayContaining(['same kind (slow-query)', '1 of 2 log templates the same']),
      ended: [{ status: 'fixed', text: 'put the index back' }],
      actionItems: [{ text: 'Check plans in CI', owner: 'Platform', due: '2026-02-01', state: 'open' }],
      hasPostmortem: false,
    });
  });

  test('says of a verdict that somebody called wrong that it is unconfirmed, until all call it right', async () => {
    const { investigationId = '' } = await past();
    const answer = { investigationId, workspaceId: 'T1', userId: 'U1' };
    await store.transaction((tx) => recordFeedback(tx, { ...answer, right: false }));
    expect((await similar())[0]?.verdict).toBe('one query holds 5 s (unconfirmed: a responder said that it was wrong)');
    await store.transaction((tx) => recordFeedback(tx, { ...answer, right: true }));
    expect((await similar())[0]?.verdict).toBe('one query holds 5 s');
  });

  test('say what people said that it was, in place of a wrong verdict', async () => {
    const { investigationId = '', id } = await past();
    const no = { investigationId, workspaceId: 'T1', right: false } as const;
    await store.transaction(async (tx) => {
      const dns = { text: 'the provider’s DNS', service: 'coredns', field: 'network' } as const;
      await recordFeedback(tx, { ...no, userId: 'U1', said: dns });
      await changeIncident(tx, { incidentId: id, key: 'r', by: 'U1', status: 'resolved', text: 'another resolver' });
    });
    await clock.tick(1);
    const disk = { text: 'a full disk', service: '', field: undefined };
    await store.transaction((tx) => recordFeedback(tx, { ...no, userId: 'U2', said: disk }));
    const [found] = await similar();
    expect(found?.verdict).toBe(
      'one query holds 5 s (unconfirmed: a responder said that it was wrong. People said it was “the provider’s DNS” (network, in coredns), or “a full disk”)',
    );
    expect(similarMarkdown(found === undefined ? [] : [found])).toMatch(/a full disk[\s\S]*resolved: another resolver/);
  });

  test('are at most three, the most alike first, of equally alike ones the newest', async () => {
    await past();
    await past({ fingerprint: { templates: ['t8'] } });
    await past();
    await past();
    expect(await namesOf()).toEqual(['INC-4', 'INC-3', 'INC-1']);
  });

  test('with a known end come first, then the open ones, whatever is newer', async () => {
    const { id } = await past();
    await past();
    const unnoted = await past();
    await store.transaction(async (tx) => {
      await changeIncident(tx, { incidentId: id, key: 'r', by: 'U1', status: 'resolved', text: 'index added' });
      await changeIncident(tx, { incidentId: unnoted.id, key: 'r', by: 'U1', status: 'resolved' });
    });
    expect(await namesOf()).toEqual(['INC-1', 'INC-2', 'INC-3']);
  });

  test('keep the known end and the open one among the three, even if others are more similar', async () => {
    const known = await past({ fingerprint: { templates: ['t8'] } });
    await past({ fingerprint: { templates: ['t9'] } });
    const others = [await past(), await past(), await past(), await past()];
    await store.transaction(async (tx) => {
      await changeIncident(tx, { incidentId: known.id, key: 'r', by: 'U1', status: 'resolved', text: 'index added' });
      for (const { id } of others) {
        await changeIncident(tx, { incidentId: id, key: 'r', by: 'U1', status: 'resolved' });
      }
    });
    expect(await namesOf()).toEqual(['INC-1', 'INC-2', 'INC-6']);
  });

  test('are looked for among a limited number of channels', async () => {
    for (let at = 0; at < 25; at++) await past({ channelId: `C${at}` });
    const asked: string[] = [];
    await namesOf({ mayShow: async (channelId) => asked.push(channelId) < 0 });
    expect(asked).toHaveLength(20);
  });

  test('counts an incident once, by its most alike diagnosis', async () => {
    const { id } = await past({ fingerprint: { operation: 'SELECT lines' } });
    await past({ title: 'Another' });
    await store.transaction((tx) => addDiagnosisEntry(tx, { incidentId: id, investigationId: 'inv-2' }));
    expect((await similar()).map(({ name, score }) => `${name} ${score}`)).toEqual(['INC-2 1', 'INC-1 1']);
  });
});

describe('never similar', () => {
  test('belongs to a channel that the readers may not see, and the next one takes its place', async () => {
    await past({ title: 'Open', fingerprint: { operation: 'SELECT lines' } });
    await past({ title: 'BREACH insider Alice', channelId: 'C-secret' });
    const mayShow = async (channelId: string) => channelId !== 'C-secret';
    expect(await namesOf()).toEqual(['INC-2', 'INC-1']);
    expect(await similar({ mayShow })).toMatchObject([{ title: 'Open' }]);
  });

  test('is another workspace’s', async () => {
    await past({ workspaceId: 'T2' });
    expect(await namesOf()).toEqual([]);
    expect(await namesOf({ workspaceId: 'T2' })).toEqual(['INC-1']);
  });

  test('is the incident itself, or one with the same request', async () => {
    const incident = await past({ traceId: 'same' });
    expect(await namesOf({ investigationId: 'inv-1', traceId: 'same' })).toEqual([]);
    expect(await namesOf({ traceId: 'same' })).toEqual([]);
    expect(await findSimilarTo(store, incident, SHOW_ALL)).toMatchObject({ similar: [] });
  });

  test('is one with the same requests, such as two alerts of one outage or a replayed recording', async () => {
    await past({ examined: ['4bf92f3577b34da6a3ce929d0e0e4736', 'b'] });
    const incident = await past({ examined: ['a', '4BF92F3577B34DA6A3CE929D0E0E4736'] });
    await past({ examined: ['c'] });
    expect(await namesOf({ examined: ['4bf92f3577b34da6a3ce929d0e0e4736'] })).toEqual(['INC-3']);
    expect(await namesOf({ examined: [] })).toEqual(['INC-3', 'INC-2', 'INC-1']);
    expect((await findSimilarTo(store, incident, SHOW_ALL)).similar?.map(({ name }) => name)).toEqual(['INC-3']);
  });

  test('is a diagnosis without a declared incident', async () => {
    await store.transaction(async (tx) => {
      await openInvestigation(tx, { id: 'lone', workspaceId: 'T1', traceId: 'x', askedBy: 'U1', channelId: 'C1' });
      await noteFingerprint(tx, { investigationId: 'lone', fingerprint: FINGERPRINT });
    });
    expect(await namesOf()).toEqual([]);
  });

  test('is a deleted incident', async () => {
    await past();
    await store.db.deleteFrom('timeline_entries').execute();
    await store.db.deleteFrom('incidents').execute();
    await store.db.deleteFrom('investigations').execute();
    expect(await store.db.selectFrom('fingerprints').selectAll().execute()).toEqual([]);
    expect(await namesOf()).toEqual([]);
  });
});

test('an incident without a diagnosis has nothing to compare by', async () => {
  const incident = await store.transaction((tx) =>
    declareIncident(tx, {
      id: 'bare',
      workspaceId: 'T1',
      title: 'Bare',
      severity: 'P3',
      channelId: 'C1',
      declaredBy: 'U1',
      detectedBy: 'employee',
      detection: '',
    }),
  );
  expect(await findSimilarTo(store, incident, SHOW_ALL)).toEqual({ incident, similar: undefined });
});

describe('the answer', () => {
  const answer = (similarOnes: Awaited<ReturnType<typeof similar>>) => {
    const blocks = [
      richText(paragraph(words('The verdict'))),
      {
        type: 'actions' as const,
        elements: [button('incident_declare', 'Declare incident', 'Declare incident', '{investigation}')],
      },
    ];
    return withSimilar({ text: 'x', blocks, picture: { at: 1, alt: '', title: '' }, thread: [] }, similarOnes).blocks;
  };
  /** As a reader whose app shows the plain text of dates. */
  const saidIn = (blocks: readonly object[]) =>
    JSON.stringify(blocks)
      .match(/(?<="(?:text|fallback)":")[^"]*/g)
      ?.join('') ?? '';
  const resolve = (incidentId: string, text: string) =>
    store.transaction((tx) => changeIncident(tx, { incidentId, key: 'r', by: 'U1', status: 'resolved', text }));

  test('names the fix that helped, then the open incident with a button to join it before one to declare', async () => {
    const { id } = await past();
    await resolve(id, 'Index added on users.email');
    await past({ title: 'Orders are slow again' });
    const blocks = answer(await similar());
    const said = saidIn(blocks);
    expect(said).toContain('Seen before: INC-1 Orders are slow. resolved: Index added on users.email');
    expect(said).toMatch(/Open now: INC-2 Orders are slow again, declared at 2026-\d\d-\d\d \d\d:\d\d UTC/);
    expect(said).not.toContain('Nobody noted');
    const buttons = blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));
    expect(buttons).toMatchObject([
      { action_id: 'incident_join', text: { text: 'Join INC-2' }, value: 'incident-2:{investigation}' },
      { action_id: 'incident_declare' },
    ]);
    expect(blockProblems(blocks)).toEqual([]);
  });

  test('says of an open incident alone that it is open, and not that nobody noted its end', async () => {
    await past();
    const said = saidIn(answer(await similar()));
    expect(said).toContain('Open now: INC-1 Orders are slow, declared at');
    expect(said).not.toMatch(/Seen before|Nobody noted/);
  });

  test('says how many more are in the thread, and offers nothing to join where all are resolved', async () => {
    const ended = [await past(), await past()];
    for (const { id } of ended) await resolve(id, 'restarted');
    const blocks = answer(await similar());
    expect(saidIn(blocks)).toContain('INC-2 Orders are slow (and 1 more, in the thread). resolved: restarted');
    expect(JSON.stringify(blocks)).not.toContain('incident_join');
  });
});

test('a title that tries to ping, link or break the page is shown as it was written', async () => {
  await past({ title: '<!channel> [x](https://evil.example) <script>' });
  const found = await similar();
  const answer = withSimilar(
    { text: 'x', blocks: [richText()], picture: { at: 1, alt: '', title: '' }, thread: [] },
    found,
  );
  expect(answer.thread).toHaveLength(1);
  for (const { blocks } of answer.thread) expect(blockProblems(blocks)).toEqual([]);
  expect(JSON.stringify(answer.blocks)).not.toContain('mrkdwn');
  expect(similarMarkdown(found)).not.toMatch(/<script>|(?<!\\)\]\(/);
});
