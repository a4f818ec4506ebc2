/** Which incidents are reviewed, and what is read of them. */
import { expect, test } from 'vitest';
import { type IncidentReview, incidentReview } from '#model/incident/incident-review.ts';
import { addActionItem } from '#record/action-items.ts';
import { recordFeedback } from '#record/feedback.ts';
import { findIncident } from '#record/find-incidents.ts';
import { mergeIncident } from '#record/merges.ts';
import type { ReviewedCase } from '#test/reviewed-incidents.ts';
import { recordCase } from '#test/reviewed-incidents.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import type { CountedRequest } from '#workflows/incidents/incident-stats.ts';
import { reviewedIncidents } from '#workflows/reviews/review-incidents.ts';

const DAY_MS = 86_400_000;

async function open() {
  const clock = steppedClock();
  const store = await opened(sqlitePlace(), clock);
  return {
    clock,
    store,
    record: (one: ReviewedCase) => recordCase(store, one),
    review: async (more: Partial<CountedRequest> = {}) =>
      incidentReview(await reviewedIncidents(store, { period: { days: 90 }, service: '', ...more })),
    merge: (id: string, intoId: string) =>
      store.transaction(async (tx) => {
        const [incident, other] = await Promise.all(
          [intoId, id].map((one) => findIncident(tx, { workspaceId: 'T1', id: one })),
        );
        if (incident === undefined || other === undefined) throw new Error('no such incident');
        await mergeIncident(tx, { incident, other, key: 'k', by: 'U1', text: '', url: '', otherUrl: '' });
      }),
  };
}

const causesOf = ({ causes }: IncidentReview) =>
  causes.map(({ title, service, incidents }) => [title, service, incidents.map(({ incident }) => incident.id)]);
const confirmedOf = ({ reliability: [confirmed] }: IncidentReview) => confirmed;

test('a cause that comes back has its title, what ended it, and its open action items', async () => {
  const { record, review, store } = await open();
  await record({ id: 'a', fixed: 'the pool is larger' });
  await record({ id: 'b' });
  await store.transaction((tx) =>
    addActionItem(tx, { id: 'x', incidentId: 'a', text: 'Watch it', owner: 'U1', due: '2026-12-01', createdBy: 'U1' }),
  );
  const found = await review();
  expect(causesOf(found)).toEqual([['Connection pool exhausted', 'users', ['b', 'a']]]);
  expect(found.causes[0]?.incidents[1]).toMatchObject({
    ended: { status: 'fixed', text: 'the pool is larger' },
    openItems: [{ text: 'Watch it' }],
  });
});

test('the last answer of a person counts', async () => {
  const { record, review, store } = await open();
  await record({ id: 'a', answers: [['U1', true]] });
  expect(confirmedOf(await review())).toMatchObject({ yes: 1, no: 0 });
  await store.transaction((tx) =>
    recordFeedback(tx, { investigationId: 'a-diagnosis', workspaceId: 'T1', userId: 'U1', right: false }),
  );
  expect(confirmedOf(await review())).toMatchObject({ yes: 0, no: 1, split: 0 });
});

test('older incidents, those of other services and those that may not be counted are left out', async () => {
  const { record, review, clock } = await open();
  await record({ id: 'old' });
  clock.correct(100 * DAY_MS);
  await record({ id: 'a' });
  await record({ id: 'b', diagnosis: { service: 'carts' } });
  await record({ id: 'secret', incident: { channelId: 'C0SECRET' } });
  await record({ id: 'elsewhere', incident: { workspaceId: 'T2' } });
  expect((await review()).count).toBe(4);
  expect((await review({ period: { days: 365 } })).count).toBe(5);
  expect((await review({ workspaceId: 'T1', service: 'CARTS' })).gaps).toMatchObject([{ service: 'carts' }]);
  const counts = async ({ channelId }: Readonly<{ channelId: string }>) => channelId !== 'C0SECRET';
  expect(await review({ workspaceId: 'T1', counts })).toMatchObject({ count: 2, causes: [] });
  expect(await review({ counts: async () => false })).toMatchObject({ count: 0, causes: [], gaps: [] });
});

test('a merged incident counts with the other one, and only where its readers are the same', async () => {
  const { record, review, merge } = await open();
  await record({ id: 'a', answers: [['U1', true]] });
  await record({ id: 'b', answers: [['U1', true]], incident: { channelId: 'C0SECRET' } });
  await merge('b', 'a');
  expect(await review()).toMatchObject({ count: 1, causes: [], reliability: [{ yes: 2 }, {}, {}] });
  const counts = async ({ channelId }: Readonly<{ channelId: string }>) => channelId !== 'C0SECRET';
  expect(await review({ counts })).toMatchObject({ count: 1, reliability: [{ yes: 1 }, {}, {}] });
});
