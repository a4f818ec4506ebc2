/** A form with the draft of an update stands open while an entry of it becomes need to know. */
import { expect, test } from 'vitest';
import { needToKnowValue } from '#model/incident/need-to-know.ts';
import { updateDraft } from '#present/words/update-draft.ts';
import { findIncident } from '#record/find-incidents.ts';
import { receive } from '#record/inbox.ts';
import { declareIncident } from '#record/incidents.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { addEntry, editEntry, timelineOf } from '#record/timeline.ts';
import { LOGINS_TIME_OUT } from '#test/declared-incident.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { UTC } from '#utilities/time-zone.ts';
import { entryNoter } from '#workflows/timeline/note-entry.ts';

const WORDS = 'mango key leaked';
const ID = LOGINS_TIME_OUT.id;

/** The draft is made, then somebody narrows the note, then the form comes. */
async function setUp() {
  const clock = steppedClock();
  const store = await opened(sqlitePlace(), clock);
  await store.transaction(async (tx) => void (await declareIncident(tx, LOGINS_TIME_OUT)));
  await clock.tick(60_000);
  const note = { kind: 'note', text: WORDS, source: 'U2', link: '' } as const;
  await store.transaction((tx) => addEntry(tx, { incidentId: ID, key: 'note:1', ...note, atUs: tx.nowUs }));
  const incident = await findIncident(store, { workspaceId: 'T1', id: ID });
  if (incident === undefined) throw new Error('there is no incident');
  const facts = { incident, measured: [], names: new Map(), nowUs: await store.nowUs() };
  const draft = updateDraft({ ...facts, entries: await timelineOf(store, ID) });
  expect(draft).toContain(`• Note: ${WORDS}`);
  const narrow = () =>
    store.transaction((tx) =>
      editEntry(tx, { incidentId: ID, key: 'note:1', circle: needToKnowValue({ people: ['U3'] }), by: 'U2' }),
    );
  const { note: post } = entryNoter({
    ...{ store, jobs: tableJobs, mayRead: async () => true, kick: () => undefined },
    minutes: { P0: 0, P1: 0, P2: 0, P3: 0 },
    directory: { person: async () => ({ name: 'kim', zone: UTC }), permalink: async () => '' },
  });
  const said = async (text: string) => {
    const { inboxId } = await receive(store, { workspaceId: 'T1', key: text, source: 'slack', body: '{}' });
    const asked = { inboxId, workspaceId: 'T1', userId: 'U4', userName: 'kim', channelId: '', responseUrl: '' };
    return await post({ asked, meant: { incidentId: ID }, kind: 'update', text });
  };
  return { store, draft, narrow, said };
}

test('an update does not say its words; without the line, and in own words, it is posted', async () => {
  const { store, draft, narrow, said } = await setUp();
  await narrow();
  expect(await said(draft)).toMatchObject({
    kind: 'refused',
    text: expect.stringContaining('Line 1 with a •: only some'),
  });
  expect(JSON.stringify(await timelineOf(store, ID))).not.toContain(WORDS);
  expect(await said('We rotate the keys.\n• no mango key')).toMatchObject({ kind: 'done' });
});

test('an update says them while everybody may read them', async () => {
  const { draft, said } = await setUp();
  expect(await said(draft)).toMatchObject({ kind: 'done' });
});
