/** The calls of a page whose list names a system outside: who is called, what is said, and what survives a death. */
import { describe, expect, test } from 'vitest';
import type { Severity } from '#model/incident/incident.ts';
import type { OnCallAnswer, OnCallSource } from '#model/incident/on-call.ts';
import { askedValue, pagesOf } from '#model/incident/page.ts';
import { changeIncident, declareIncident } from '#record/incidents.ts';
import type { Job } from '#record/jobs.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { addEntry, timelineOf } from '#record/timeline.ts';
import { LOGINS_TIME_OUT } from '#test/declared-incident.ts';
import { later } from '#test/later.ts';
import { onCallDesk, onDuty, person, shift } from '#test/on-call-desk.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { askFirst, PAGE_NEXT, pageByNow, pageNext } from '#workflows/pagers/page-next.ts';

const MINUTE_MS = 60_000;
const { id: incidentId } = LOGINS_TIME_OUT;

async function open(
  source: OnCallSource,
  {
    left = ['pager:payments', 'U0BOSS'] as readonly string[],
    minutesBySeverity = {} as Readonly<Partial<Record<Severity, number>>>,
  } = {},
) {
  const clock = steppedClock();
  const store = await opened(sqlitePlace(), clock);
  const pages = { minutes: 5, minutesBySeverity, onCall: [] };
  const handle = pageNext({
    store,
    jobs: tableJobs,
    directory: {
      person: async () => undefined,
      permalink: async () => '',
    } as unknown as Parameters<typeof pageNext>[0]['directory'],
    mayRead: async ({ userId }) => userId !== 'U0GUEST',
    pages,
    pagers: [],
    desk: onCallDesk({ clock, sources: [source], people: ['Lea Without Address=U0LEA'] }),
    kick: () => undefined,
  });
  const page = (pageId: string) =>
    store.transaction(async (tx) => {
      const entry = { incidentId, key: pageId, atUs: tx.nowUs, kind: 'message', text: 'Asked', source: 'U1', link: '' };
      await addEntry(tx, { ...entry, kind: 'message', value: askedValue(pageId) });
      const { incident } = await changeIncident(tx, { incidentId, key: pageId, by: 'U1', severity: 'P0' });
      await askFirst(tx, tableJobs, incident, { pageId, left, by: 'Kim', text: 'the queue is full' });
    });
  await store.transaction((tx) => declareIncident(tx, LOGINS_TIME_OUT));
  await page('p');
  const done = new Set<string>();
  const due = async () => {
    const rows = await store.db
      .selectFrom('jobs')
      .selectAll()
      .where('kind', '=', PAGE_NEXT)
      .orderBy('due_us')
      .execute();
    return rows.filter((row) => !done.has(row.id) && row.due_us <= clock.nowUs());
  };
  const run = (row: Awaited<ReturnType<typeof due>>[number], signal: AbortSignal) =>
    handle({ ...row, workspaceId: row.workspace_id, payload: JSON.parse(`${row.payload}`) } as unknown as Job, signal);
  return {
    store,
    page,
    clock,
    due,
    run,
    /** All that is due, once. */
    async runDue() {
      for (const row of await due()) {
        done.add(row.id);
        await run(row, later());
      }
    },
    async after(minutes: number) {
      await clock.tick(minutes * MINUTE_MS);
      await this.runDue();
    },
    async severity(severity: Severity) {
      await store.transaction(async (tx) => {
        const { incident } = await changeIncident(tx, { incidentId, key: `to-${severity}`, by: 'U1', severity });
        await pageByNow(tx, { jobs: tableJobs, pages }, incident);
      });
      await this.runDue();
    },
    calls: async () => pagesOf(await timelineOf(store, incidentId)).flatMap(({ calls }) => calls.map(({ who }) => who)),
    entries: async () => (await timelineOf(store, incidentId)).map(({ text }) => text),
    async direct() {
      const rows = await store.db.selectFrom('messages').select(['id', 'channel_id']).execute();
      return rows.filter(({ id }) => id.endsWith('/direct')).map(({ channel_id }) => channel_id);
    },
  };
}

const never = new Promise<OnCallAnswer>(() => {});

test('a process that stops between the question and the call pages nobody; the next one pages once', async () => {
  const began = Promise.withResolvers<void>();
  const source = shift((_, asked) => {
    began.resolve();
    return asked === 1 ? never : onDuty('kim');
  });
  const opened = await open(source);
  const [row] = await opened.due();
  if (row === undefined) throw new Error('no job');
  const stopping = new AbortController();
  const cut = opened.run(row, stopping.signal);
  await began.promise;
  stopping.abort(new Error('the process stops'));
  await expect(cut).rejects.toThrow('the process stops');
  expect(await opened.direct()).toEqual([]);
  await opened.run(row, later());
  // It died again, before it could say that the job is done.
  await opened.run(row, later());
  expect(await opened.direct()).toEqual(['U0KIM']);
});

test('two processes with one job page once', async () => {
  const opened = await open(shift(() => onDuty('kim')));
  const [row] = await opened.due();
  if (row === undefined) throw new Error('no job');
  await Promise.all([opened.run(row, later()), opened.run(row, later())]);
  expect(await opened.direct()).toEqual(['U0KIM']);
  expect(await opened.calls()).toEqual(['U0KIM']);
});

test('a system that hangs is waited for up to the limit, and then the next of the list is called', async () => {
  const opened = await open(shift(() => never));
  const [row] = await opened.due();
  if (row === undefined) throw new Error('no job');
  const running = opened.run(row, later());
  await opened.clock.tick(7_000);
  expect(await opened.calls()).toEqual([]);
  await opened.clock.tick(2_000);
  await running;
  expect(await opened.calls()).toEqual(['U0BOSS']);
  expect(await opened.entries()).toContain(
    'I could not read who is on call in pager:payments. Pager did not answer in time.',
  );
});

test('a system that did not answer is asked again before the next call', async () => {
  const source = shift((_, asked) => (asked === 1 ? { kind: 'unknown', reason: 'It is away.' } : onDuty('kim')));
  const opened = await open(source, { left: ['pager:payments', 'U0BOSS', 'U0CEO'] });
  await opened.runDue();
  for (const _ of Array.from({ length: 4 })) await opened.after(5);
  expect(await opened.calls()).toEqual(['U0BOSS', 'U0KIM', 'U0CEO']);
});

test('a list whose only system is away: people read it at once, it is asked each minute, and then the page ends', async () => {
  let isAway = true;
  const source = shift(() => (isAway ? { kind: 'unknown', reason: 'It is away.' } : onDuty('kim')));
  const opened = await open(source, { left: ['pager:payments'] });
  await opened.runDue();
  await opened.after(1);
  expect(await opened.calls()).toEqual([]);
  isAway = false;
  await opened.after(1);
  expect(await opened.calls()).toEqual(['U0KIM']);
  expect((await opened.entries()).filter((text) => text.includes('It is away.'))).toHaveLength(1);

  isAway = true;
  await opened.page('q');
  await opened.runDue();
  for (const _ of Array.from({ length: 15 })) await opened.after(1);
  expect((await opened.entries()).at(-1)).toContain('Nobody');
});

test('several on call are called one after the other, each once', async () => {
  const opened = await open(shift(() => onDuty('kim', 'ana', 'kim')));
  await opened.runDue();
  for (const _ of Array.from({ length: 5 })) await opened.after(5);
  expect(await opened.calls()).toEqual(['U0KIM', 'U0ANA', 'U0BOSS']);
});

test('a shift that ends while it is read is read again', async () => {
  const source = shift((nowUs, asked) => {
    const answer = onDuty();
    if (answer.kind === 'unknown') return answer;
    const one = asked === 1 ? person('kim', { untilUs: nowUs }) : person('ana', { untilUs: nowUs + 1 });
    return { ...answer, people: [one] };
  });
  const opened = await open(source);
  await opened.runDue();
  expect(await opened.calls()).toEqual(['U0ANA']);
});

test('a person is found by the setting, by the id that the system knows, and by the address', async () => {
  const answer = onDuty('kim');
  if (answer.kind === 'unknown') throw new Error('nobody is on call');
  const lea = person('x', { name: 'lea without address', email: '' });
  const max = person('max', { slackId: 'U0MAXIS' });
  const opened = await open(shift(() => ({ ...answer, people: [lea, max, ...answer.people] })));
  await opened.runDue();
  for (const _ of Array.from({ length: 2 })) await opened.after(5);
  expect(await opened.calls()).toEqual(['U0LEA', 'U0MAXIS', 'U0KIM']);
});

describe('a severity has minutes of its own', () => {
  const minutesBySeverity = { P0: 2, P2: 30, P3: 0 };
  const asked = { left: ['U0KIM', 'U0ANA', 'U0BOSS'], minutesBySeverity };
  const atSeverity = async (severity: Severity) => {
    const opened = await open(
      shift(() => onDuty()),
      asked,
    );
    await opened.runDue();
    if (severity !== 'P0') await opened.severity(severity);
    return opened;
  };

  test.each([
    ['P0', 2],
    ['P1', 5],
    ['P2', 30],
  ] as const)('at %s the next one is called after %i min', async (severity, minutes) => {
    const opened = await atSeverity(severity);
    for (const called of [
      ['U0KIM', 'U0ANA'],
      ['U0KIM', 'U0ANA', 'U0BOSS'],
    ]) {
      const before = await opened.calls();
      await opened.after(minutes - 1);
      expect(await opened.calls()).toEqual(before);
      await opened.after(1);
      expect(await opened.calls()).toEqual(called);
    }
    expect(await opened.entries()).toContain(`Nobody acknowledged for ${minutes} min. Paged U0ANA`);
  });

  test('with 0 the next one is never called, until the severity rises', async () => {
    const opened = await atSeverity('P3');
    await opened.after(3 * 24 * 60);
    await opened.after(60);
    expect(await opened.calls()).toEqual(['U0KIM']);
    await opened.severity('P0');
    expect(await opened.calls()).toEqual(['U0KIM', 'U0ANA']);
  });

  test('a severity that rises calls the next one as soon as its own minutes have passed', async () => {
    const opened = await atSeverity('P2');
    await opened.after(1);
    await opened.severity('P0');
    expect(await opened.calls()).toEqual(['U0KIM']);
    await opened.after(1);
    expect(await opened.calls()).toEqual(['U0KIM', 'U0ANA']);
    await opened.after(30);
    expect(await opened.calls()).toEqual(['U0KIM', 'U0ANA', 'U0BOSS']);
  });

  test('a call that began while the severity fell waits for the longer time', async () => {
    const opened = await atSeverity('P0');
    await opened.clock.tick(2 * MINUTE_MS);
    const [row] = await opened.due();
    if (row === undefined) throw new Error('no job');
    await opened.severity('P2');
    await opened.run(row, later());
    expect(await opened.calls()).toEqual(['U0KIM']);
    await opened.after(28);
    expect(await opened.calls()).toEqual(['U0KIM', 'U0ANA']);
  });
});
