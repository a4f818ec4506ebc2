/** What names a forgotten incident or person where nobody looks first: other timelines, pages to people, paces of channels. */
import { expect, test } from 'vitest';
import { newPrivateKey, signerOf } from '#core/signature.ts';
import { MERGE_VALUE, relatedValue } from '#model/incident/incident-link.ts';
import type { Pager } from '#model/incident/pager.ts';
import { findIncident } from '#record/find-incidents.ts';
import { forgetRows } from '#record/forget.ts';
import { scopeOfIncident, scopeOfPerson } from '#record/forget-scope.ts';
import { declareIncident } from '#record/incidents.ts';
import { mergeIncident } from '#record/merges.ts';
import { spend } from '#record/pace.ts';
import { addPagerStep } from '#record/pager-steps.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { addEntry, editEntry, entryRows } from '#record/timeline.ts';
import { verifyTimelines } from '#record/timeline-proof.ts';
import { LOGINS_TIME_OUT } from '#test/declared-incident.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { queuePerson } from '#workflows/pagers/queue-steps.ts';

test('the title of a merged incident and the words of a relation leave the timelines of others, which stay proved', async () => {
  const store = await opened(sqlitePlace(), steppedClock());
  await store.transaction(async (tx) => {
    const other = await declareIncident(tx, { ...LOGINS_TIME_OUT, id: 'gone', title: 'BREACH insider Alice' });
    const root = await declareIncident(tx, { ...LOGINS_TIME_OUT, id: 'root', title: 'Nobody can pay' });
    await declareIncident(tx, { ...LOGINS_TIME_OUT, id: 'third', title: 'Refunds are late' });
    const text = 'INC-1 is merged into this incident: P1 BREACH insider Alice';
    await mergeIncident(tx, {
      incident: root,
      other,
      key: 'm',
      by: 'U1',
      text,
      url: '',
      otherUrl: 'https://a.example',
    });
    const key = relatedValue('gone');
    const related = { kind: 'message', source: 'U1', link: 'https://a.example', atUs: tx.nowUs } as const;
    await addEntry(tx, { incidentId: 'third', key, value: key, text: 'Related to INC-1: the BREACH', ...related });
    await editEntry(tx, { incidentId: 'third', key, text: 'Related to INC-1: what Alice did', by: 'U1' });
  });
  await store.transaction(async (tx) => {
    const incident = await findIncident(tx, { workspaceId: 'T1', id: 'gone' });
    if (incident === undefined) throw new Error('there is no incident');
    const by = { signer: signerOf(newPrivateKey()), actor: 'test' };
    await forgetRows(tx, await scopeOfIncident(tx, incident), { ...by, cases: [], files: 0, copies: [] });
  });
  const rows = [...(await entryRows(store, 'root')), ...(await entryRows(store, 'third'))];
  expect(JSON.stringify(rows)).not.toMatch(/BREACH|Alice|a\.example/);
  const told = rows.filter(({ value, amends }) => amends === null && value !== '' && !value.includes('investigating'));
  expect(told.map(({ text, value }) => `${value}: ${text}`)).toEqual([
    `${MERGE_VALUE}gone: INC-1 is merged into this incident`,
    `${relatedValue('gone')}: Related to INC-1`,
  ]);
  expect(await verifyTimelines(store)).toMatchObject({ ok: true });
});

test('a person who is paged in another system by name is named in no table, and nobody pages them there any more', async () => {
  const store = await opened(sqlitePlace(), steppedClock());
  const PERSON = 'U0SECRET7';
  const does = ['responders'] as const;
  const pager = { id: 'pagerduty', title: 'PagerDuty', does, takes: () => true } as unknown as Pager;
  await store.transaction(async (tx) => {
    const incident = await declareIncident(tx, LOGINS_TIME_OUT);
    await addPagerStep(tx, incident, { id: 'one', pager: 'pagerduty', kind: 'page', place: 'service/P1', pageId: 'p' });
    await tx.db.updateTable('pager_steps').set({ remote_id: 'R1' }).execute();
    await queuePerson(tx, { jobs: tableJobs, pagers: [pager] }, incident, {
      pageId: 'p2',
      userId: PERSON,
      text: 'look',
    });
    await spend(tx, `post T1 ${PERSON}`, { everyUs: 1_000_000, burst: 1 });
  });
  const named = async () => {
    const tables = (await store.db.introspection.getTables()).map(({ name }) => name as 'audit');
    const rows = await Promise.all(tables.map((name) => store.db.selectFrom(name).selectAll().execute()));
    return JSON.stringify(rows).split(PERSON).length - 1;
  };
  expect(await named()).toBe(2);
  const by = { signer: signerOf(newPrivateKey()), actor: 'test' };
  await store.transaction((tx) => forgetRows(tx, scopeOfPerson(PERSON), { ...by, cases: [], files: 0, copies: [] }));
  expect(await named()).toBe(0);
  const steps = await store.db.selectFrom('pager_steps').select(['place', 'state']).orderBy('page_id').execute();
  expect(steps[1]).toEqual({ place: 'person/forgotten', state: 'dropped' });
});
