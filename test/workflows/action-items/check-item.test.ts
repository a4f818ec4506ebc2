/** Whether an action item is done, by traces of the same request: real traces before and after, a real comparison. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { files } from '#adapters/files/client.ts';
import { openPair, openSession } from '#analyse/open-session.ts';
import { UnreachableError } from '#core/errors.ts';
import { silentLog } from '#core/log.ts';
import type { MetricSource } from '#gather/sources.ts';
import type { AlertRule } from '#model/incident/alert-rule.ts';
import type { IssueState } from '#model/incident/issue-tracker.ts';
import { remedyProposal } from '#model/incident/item-check.ts';
import type { ItemProbe } from '#model/incident/item-probe.ts';
import { ownDesk } from '#model/incident/postmortem-desk.ts';
import { actionItemsOf } from '#record/action-items.ts';
import { changeIncident, declareIncident } from '#record/incidents.ts';
import { findInvestigation, finishInvestigation, openInvestigation } from '#record/investigations.ts';
import { addItemIssue, linkIssue } from '#record/item-issues.ts';
import { setItemProbe } from '#record/item-probes.ts';
import type { Job } from '#record/jobs.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { timelineOf } from '#record/timeline.ts';
import { CASE_SETTINGS, newFolder } from '#test/cases.ts';
import { patientClock } from '#test/patient-clock.ts';
import { otlpBody, requestAt } from '#test/requests.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { DRAWN_AT_US, query, server, times } from '#test/trace.ts';
import { actionItemAdder } from '#workflows/action-items/add-action-item.ts';
import { probeAsker } from '#workflows/action-items/ask-probe.ts';
import { itemChanger } from '#workflows/action-items/change-action-item.ts';
import { CHECK_ITEM, itemChecker } from '#workflows/action-items/check-item.ts';
import { issueFollower } from '#workflows/action-items/follow-issues.ts';
import { SYNC_ISSUE } from '#workflows/action-items/sync-issue.ts';
import { compareSides } from '#workflows/traces/compare.ts';

const MINUTE_US = 60_000_000;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

const never = async () => expect.unreachable();

const request = (minute: number, ms: number) =>
  requestAt(
    minute * 60,
    server('web', 'GET /orders', { ms: ms + 10 }, [query('web', 'SELECT * FROM orders', { at: 2, ms })]),
  );

/**
 * Ten requests took 2.2 s for one query. It is ninety minutes later. `nowMs`: how long the query takes in each of the
 * requests of the last hour, `later` so many minutes later. `kind`: the verdict that was stored.
 */
async function open(
  nowMs: readonly number[],
  {
    kind = 'slow-query',
    later = 0,
    checksItems = true,
    metricSources = [] as readonly MetricSource[],
    probe = undefined as ItemProbe | undefined,
  } = {},
) {
  const folder = newFolder();
  const before = otlpBody(
    times(10, (i) => request(-20 + i, 2_200)),
    'before',
  );
  writeFileSync(join(folder, 'before.json'), before);
  const after = nowMs.map((ms, at) => request(later + 35 + at, ms));
  if (after.length > 0) writeFileSync(join(folder, 'after.json'), otlpBody(after, 'after'));
  const none = async function* () {};
  const comparing = {
    ...{ traceSources: [files({ folder })], logSources: [], openPair, passFile: none, readFile: none },
    ...{ settings: CASE_SETTINGS, clock: patientClock },
  };
  const clock = steppedClock(DRAWN_AT_US + 90 * MINUTE_US);
  const store = await opened(sqlitePlace(), clock);
  const about = { id: 'a', workspaceId: 'T1', channelId: 'C1' };
  const iso = (minute: number) => new Date((DRAWN_AT_US + minute * MINUTE_US) / 1_000).toISOString();
  await store.transaction(async (tx) => {
    await openInvestigation(tx, { ...about, traceId: '', askedBy: 'U1' });
    const report = {
      subject: { kind: 'alert', from: iso(-25), to: iso(-5) },
      diagnosis: { kind, service: 'web' },
    };
    const traceId = /"traceId":"([0-9a-f]{32})"/.exec(String(before))?.[1] ?? '';
    await finishInvestigation(tx, { id: 'a', traceId, report, markdown: '', logs: '' });
    await declareIncident(tx, {
      ...{ ...about, id: 'i', investigationId: 'a', title: 'Orders are slow', severity: 'P1', declaredBy: 'U1' },
      ...{ detectedBy: 'employee', detection: '' },
    });
  });
  const parts = {
    ...{ store, jobs: tableJobs, mayRead: async () => true, mayShowIn: async () => true, kick: () => undefined },
    directory: { person: async () => undefined, permalink: async () => '' },
    ...{ trackers: [], checksItems: true, postmortemDesk: ownDesk },
  };
  let requests = 0;
  const asked = () => {
    requests += 1;
    const who = { workspaceId: 'T1', userId: 'U0OWNER1', userName: 'kim', channelId: 'C1', responseUrl: '' };
    return { inboxId: `r${requests}`, ...who };
  };
  const meant = { incidentId: 'i' };
  const add = actionItemAdder(parts);
  const proposal = remedyProposal('slow-query', 'web');
  await add({
    asked: asked(),
    ...meant,
    text: 'Add an index on orders',
    owner: 'U0OWNER1',
    due: '2030-01-01',
    proposal,
  });
  await add({ asked: asked(), ...meant, text: 'Write the runbook down', owner: 'U0OWNER1', due: '2030-01-01', probe });
  const { setItemState } = itemChanger(parts);
  const check = itemChecker({
    ...{ store, jobs: tableJobs, log: silentLog, kick: () => undefined },
    compare: (sides) => compareSides(comparing, sides),
    askProbe: probeAsker({ ...comparing, openSession, metricSources, deadlineMs: 20_000 }),
  });
  const ran = new Set<string>();
  return {
    clock,
    done: (number: number, more: Readonly<{ reason?: string; isAnyway?: boolean }> = {}) =>
      setItemState({ asked: asked(), meant, item: { number }, state: 'done', reason: '', ...more }),
    /** What is due, each job twice: it may be done again after a crash. */
    async runs() {
      const rows = await store.db.selectFrom('jobs').selectAll().where('kind', '=', CHECK_ITEM).execute();
      for (const row of rows as unknown as readonly (Job & Readonly<{ due_us: number }>)[]) {
        if (ran.has(row.id) || row.due_us > clock.nowUs()) continue;
        ran.add(row.id);
        const job = { ...row, workspaceId: 'T1', payload: JSON.parse(String(row.payload)) };
        await check(job, new AbortController().signal);
        await check(job, new AbortController().signal);
      }
    },
    /** A look at the issue of the first item, which has this state in the tracker. Each look is five minutes later. */
    async looks(state: IssueState) {
      const item = (await actionItemsOf(store, 'i'))[0];
      if (item === undefined) throw new Error('there is no item');
      if (item.issue === undefined) {
        await store.transaction(async (tx) => {
          await addItemIssue(
            tx,
            { id: 'i', workspaceId: 'T1' },
            { itemId: item.id, tracker: 'github', place: 'acme/ops' },
          );
          await linkIssue(tx, item.id, { remoteId: 'acme/ops#1', key: 'acme/ops#1', url: '' });
        });
      }
      await clock.tick(5 * MINUTE_MS);
      const tracker = {
        ...{ id: 'github', title: 'GitHub', places: [], create: never, change: never },
        look: async () => ({ states: new Map([['acme/ops#1', state]]), problem: '' }),
      };
      const follow = issueFollower({
        ...{ store, clock, jobs: tableJobs, log: silentLog, kick: () => undefined },
        ...{ trackers: [tracker], checksItems },
      });
      const job = { id: 'f', kind: 'issues-follow', workspaceId: 'T1', key: 'f', payload: {} };
      await follow({ ...job, attempt: 1, lastAttempt: false }, new AbortController().signal);
    },
    /** Somebody sets another check for the second item. */
    async probes(probe: ItemProbe | undefined) {
      const item = (await actionItemsOf(store, 'i'))[1];
      if (item === undefined) throw new Error('there is no second item');
      await store.transaction((tx) => setItemProbe(tx, { item, key: 'again', probe, by: 'U1' }));
    },
    /** What is sent to the tracker afterwards. */
    synced: async () => {
      const rows = await store.db.selectFrom('jobs').select('payload').where('kind', '=', SYNC_ISSUE).execute();
      return rows.length;
    },
    resolve: () =>
      store.transaction((tx) =>
        changeIncident(tx, { incidentId: 'i', key: 'end', by: 'U1', status: 'resolved', text: '' }),
      ),
    report: async () => (await findInvestigation(store, { id: 'a', workspaceId: 'T1' }))?.report,
    item: async (number = 1) => (await actionItemsOf(store, 'i'))[number - 1],
    entries: async () => (await timelineOf(store, 'i')).map(({ text }) => text),
    async said() {
      const rows = await store.db.selectFrom('outbox').selectAll().orderBy('seq').execute();
      return rows.flatMap(({ message_id, payload }) => (message_id.startsWith('i/item-check/') ? [payload ?? ''] : []));
    },
  };
}

test('done is believed once the requests of the last hour show that the problem is gone', async () => {
  const { done, runs, item, said, entries, report } = await open(times(20, () => 4));
  expect(await done(1, { reason: 'the index is there' })).toMatchObject({ kind: 'done' });
  expect((await item())?.state).toBe('open');
  expect(await said()).toEqual([expect.stringContaining('A1: I look at the requests of the last hour')]);
  await runs();
  expect(await item()).toMatchObject({
    state: 'done',
    reason: expect.stringMatching(
      /^the index is there; the same call takes 4 ms now \(was 2\.2 s\), and none of 20 requests since shows the problem \(before: 10 of 10\)$/,
    ),
    check: { outcome: 'gone' },
  });
  expect(await said()).toEqual([expect.stringContaining('A1 is done: the same call takes 4 ms now (was 2.2 s)')]);
  expect(await report()).toMatchObject({ fixedRequest: { operation: 'GET /orders', path: expect.any(Array) } });
  expect((await entries()).filter((text) => text.startsWith('A1 checked: '))).toHaveLength(1);
});

test('a problem that still happens keeps the item open; done anyway asks for a reason', async () => {
  const { done, runs, item, said } = await open(times(20, (i) => (i % 2 === 0 ? 2_200 : 4)));
  await done(1);
  await runs();
  expect(await item()).toMatchObject({ state: 'open', check: { outcome: 'there' } });
  expect((await said())[0]).toMatch(
    /"user_id":"U0OWNER1".*A1 is not done yet: it still happens: 10 of 20 requests.*action_item_anyway/s,
  );
  expect(await done(1, { isAnyway: true })).toMatchObject({ kind: 'refused' });
  await done(1, { isAnyway: true, reason: 'the replica lags, the primary is fixed' });
  expect(await item()).toMatchObject({ state: 'done', reason: 'the replica lags, the primary is fixed' });
});

test('two people say done at once: the second check ends, too, with an answer of its own', async () => {
  const { done, runs, item, said } = await open(times(20, () => 4));
  await done(1);
  await done(1);
  await runs();
  expect((await item())?.state).toBe('done');
  const [first, second, ...more] = await said();
  expect(more).toEqual([]);
  expect(first).toContain('A1 is done: the same call takes 4 ms now');
  expect(second).toContain('A1 is done already, so I checked nothing.');
});

test('who closes the item while it is checked ends the check', async () => {
  const { done, runs, said } = await open(times(20, () => 4));
  await done(1);
  await done(1, { isAnyway: true, reason: 'the index is there' });
  await runs();
  expect(await said()).toEqual([expect.stringContaining('A1 is done already, so I checked nothing.')]);
});

test('without requests since, nobody knows, and the answer says so', async () => {
  const { done, runs, item, said } = await open([]);
  await done(1);
  await runs();
  expect(await item()).toMatchObject({ state: 'open', check: { outcome: 'unsure' } });
  expect((await said())[0]).toMatch(/A1 stays open, because I could not check it.*action_item_anyway/s);
});

test('an item that no diagnosis of a trace proves is done at once', async () => {
  const own = await open(times(20, () => 4));
  await own.done(2);
  expect((await own.item(2))?.state).toBe('done');
  const other = await open(
    times(20, () => 4),
    { kind: 'pool-exhaustion' },
  );
  await other.done(1);
  expect((await other.item())?.state).toBe('done');
});

test('a daily look says once that the problem is gone', async () => {
  const { clock, runs, resolve, item, said } = await open(
    times(20, () => 4),
    { later: DAY_MS / MINUTE_MS },
  );
  await resolve();
  await clock.tick(DAY_MS);
  await runs();
  const news = /A1: the same call takes 4 ms now \(was 2\.2 s\).*Is it done\?.*action_item_done/s;
  expect(await said()).toEqual([expect.stringMatching(news)]);
  expect(await item()).toMatchObject({ state: 'open', check: { outcome: 'gone' } });
  await clock.tick(DAY_MS);
  await runs();
  expect(await said()).toHaveLength(1);
});

test('before anybody reports a fix, nothing is looked at', async () => {
  const { clock, runs, said } = await open(
    times(20, () => 4),
    { later: DAY_MS / MINUTE_MS },
  );
  await clock.tick(DAY_MS);
  await runs();
  expect(await said()).toEqual([]);
});

describe('an issue that somebody closes in its tracker', () => {
  test('is done once the requests show it, and the tracker gets the sentence', async () => {
    const { looks, runs, item, said, synced } = await open(times(20, () => 4));
    await looks('done');
    expect((await item())?.state).toBe('open');
    expect(await said()).toEqual([
      expect.stringContaining('Somebody closed acme/ops#1 in GitHub. A1: I look at the requests of the last hour'),
    ]);
    expect(await synced()).toBe(0);
    await runs();
    expect(await item()).toMatchObject({
      state: 'done',
      reason: expect.stringMatching(/^closed as acme\/ops#1 in GitHub; the same call takes 4 ms now/),
    });
    expect(await synced()).toBe(1);
  });

  test('stays open here while the problem is there: each further look changes and says nothing', async () => {
    const { looks, runs, item, said, entries, synced } = await open(times(20, () => 2_200));
    for (let look = 0; look < 3; look += 1) {
      await looks('done');
      await runs();
    }
    expect(await item()).toMatchObject({ state: 'open', check: { outcome: 'there' } });
    const [message, ...more] = await said();
    expect(message).toMatch(/Somebody closed acme\/ops#1 in GitHub\. A1 is not done yet: .*action_item_anyway/);
    expect(message).not.toContain('"user_id"');
    expect(more).toEqual([]);
    expect((await entries()).filter((text) => text.startsWith('A1 checked: '))).toHaveLength(1);
    // Nobody opens it there again against the will of a person.
    expect(await synced()).toBe(0);
  });

  test('that was opened and closed again is checked again', async () => {
    const { looks, runs, entries } = await open(times(20, () => 2_200));
    for (const state of ['done', 'open', 'done'] as const) {
      await looks(state);
      await runs();
    }
    expect((await entries()).filter((text) => text.startsWith('A1 checked: '))).toHaveLength(2);
  });

  test('is believed where no requests can be found, or the item has no check', async () => {
    const without = await open([], { checksItems: false });
    await without.looks('done');
    expect((await without.item())?.state).toBe('done');
    const other = await open([], { kind: 'missing-index' });
    await other.looks('done');
    expect((await other.item())?.state).toBe('done');
  });

  test('as not planned is dropped without a check', async () => {
    const { looks, item, said } = await open(times(20, () => 2_200));
    await looks('dropped');
    expect(await item()).toMatchObject({ state: 'dropped', reason: 'closed as acme/ops#1 in GitHub' });
    expect(await said()).toEqual([]);
  });
});

describe('a check that a person set', () => {
  const rules = (state: AlertRule['state'] | 'away' | 'gone'): MetricSource => ({
    ...{ name: 'prometheus', findMetrics: never, openMetrics: never, check: never },
    async alertRules() {
      if (state === 'away') throw new UnreachableError('prometheus', 'timed out');
      return { rules: state === 'gone' ? [] : [{ name: 'OrdersSlow', state }], isAll: true };
    },
  });
  const rule: ItemProbe = { kind: 'rule', rule: 'OrdersSlow' };
  const of = { operation: 'GET /orders', service: 'web' };
  const method: ItemProbe = { kind: 'attribute', attribute: 'http.request.method', ...of };
  const p99 = (belowMs: number): ItemProbe => ({ kind: 'p99', ...of, belowUs: belowMs * 1_000 });

  test.each([
    ['active', 'done', 'the alert rule “OrdersSlow” is active in prometheus'],
    ['paused', 'open', 'the alert rule “OrdersSlow” is paused in prometheus'],
    ['broken', 'open', 'the alert rule “OrdersSlow” cannot be evaluated in prometheus'],
    ['gone', 'open', 'there is no alert rule “OrdersSlow” in prometheus'],
    ['away', 'open', 'the alert rule “OrdersSlow” was not found, but prometheus: '],
  ] as const)('an alert rule that is %s keeps the item %s', async (state, expected, text) => {
    const { done, runs, item, said } = await open([], { probe: rule, metricSources: [rules(state)] });
    await done(2);
    expect((await item(2))?.state).toBe('open');
    expect(await said()).toEqual([expect.stringContaining('A2: I look whether the alert rule “OrdersSlow” exists')]);
    await runs();
    const outcome = { active: 'gone', away: 'unsure' }[String(state)] ?? 'there';
    expect(await item(2)).toMatchObject({ state: expected, check: { outcome, text: expect.stringContaining(text) } });
    expect((await said())[0]).toContain(text);
  });

  test('without a system that holds alert rules, nobody knows', async () => {
    const { done, runs, item } = await open([], { probe: rule });
    await done(2);
    await runs();
    expect(await item(2)).toMatchObject({ state: 'open', check: { outcome: 'unsure' } });
  });

  test('a p99 counts the requests of the last day, and needs a hundred of them', async () => {
    const many = times(130, () => 150).map((ms, at) => (at < 2 ? 900 : ms));
    const enough = async (belowMs: number) => {
      const one = await open(many, { probe: p99(belowMs), later: 120 });
      await one.clock.tick(250 * MINUTE_MS);
      await one.done(2);
      await one.runs();
      return await one.item(2);
    };
    expect(await enough(2_500)).toMatchObject({
      state: 'done',
      check: { text: 'p99 of “GET /orders” in web is 2.2 s over 24 h, 140 requests read as a sample, below 2.5 s' },
    });
    expect(await enough(500)).toMatchObject({ state: 'open', check: { outcome: 'there' } });
    const few = await open(many.slice(0, 40), { probe: p99(500) });
    await few.done(2);
    await few.runs();
    expect(await few.item(2)).toMatchObject({
      state: 'open',
      check: { outcome: 'unsure', text: 'only 50 requests read as a sample were found in 24 h, and a p99 needs 100' },
    });
  });

  test.each([
    [{ requests: 12_400, slower: 124, us: 180_000 }, 'gone', 'is 180 ms over 24 h, 12,400 requests, below 500 ms'],
    [{ requests: 12_400, slower: 125, us: 700_000 }, 'there', 'is 700 ms over 24 h, 12,400 requests, not below 500 ms'],
    // An estimate that contradicts the counts is not said.
    [
      { requests: 12_400, slower: 9, us: 510_000 },
      'gone',
      'is below 500 ms over 24 h: 9 of 12,400 requests took as long or longer',
    ],
    [{ requests: 100, slower: 2 }, 'there', 'is not below 500 ms over 24 h: 2 of 100 requests took as long or longer'],
  ])('a store that counts all requests decides: %j', async (answer, outcome, text) => {
    const percentile = vi.fn(async () => answer);
    const statistics = { lack: '', findMetrics: never, openMetrics: never, percentile };
    const store = { name: 'tempo', openTrace: never, links: { trace: '', span: '' }, check: never, statistics };
    const ask = probeAsker({
      ...{ traceSources: [store], metricSources: [], openSession: () => expect.unreachable() },
      ...{ settings: CASE_SETTINGS, clock: patientClock, deadlineMs: 1_000 },
    });
    const check = await ask(p99(500), { nowUs: DRAWN_AT_US, signal: new AbortController().signal });
    expect(check).toEqual({ outcome, text: `p99 of “GET /orders” in web ${text}` });
    expect(percentile).toHaveBeenCalledWith(
      { ...of, belowUs: 500_000, fromUs: DRAWN_AT_US - 86_400e6, toUs: DRAWN_AT_US },
      expect.anything(),
    );
  });

  test('an attribute is looked for in the spans of the last hour', async () => {
    const carried = await open(
      times(20, () => 4),
      { probe: { ...method, attribute: 'service.name' } as ItemProbe },
    );
    await carried.done(2);
    await carried.runs();
    expect(await carried.item(2)).toMatchObject({
      state: 'done',
      check: { text: 'all 20 spans of “GET /orders” in web that I read from the last 1 h carry service.name' },
    });
    const without = await open(
      times(20, () => 4),
      { probe: { ...method, attribute: 'tenant.id' } as ItemProbe },
    );
    await without.done(2);
    await without.runs();
    expect(await without.item(2)).toMatchObject({
      state: 'open',
      check: { outcome: 'there', text: '0 of 20 spans of “GET /orders” in web carry tenant.id' },
    });
  });

  test('a daily look says once that a rule is there', async () => {
    const { clock, runs, resolve, item, said, probes } = await open([], {
      probe: rule,
      metricSources: [rules('active')],
    });
    await resolve();
    for (let day = 0; day < 2; day += 1) {
      await clock.tick(DAY_MS);
      await runs();
    }
    expect(await said()).toEqual([expect.stringMatching(/A2: the alert rule “OrdersSlow” is active.*Is it done\?/s)]);
    expect(await item(2)).toMatchObject({ state: 'open', check: { outcome: 'gone' } });
    await clock.tick(MINUTE_MS);
    await probes({ kind: 'rule', rule: 'Another' });
    expect(await item(2)).not.toHaveProperty('check');
    expect(await item(2)).toMatchObject({ probe: { rule: 'Another' } });
  });
});
