/** The incident's own channel has readers by now who may not see the incident: nothing more is said there. */
import { expect, test } from 'vitest';
import { findIncident } from '#record/find-incidents.ts';
import { receive } from '#record/inbox.ts';
import { channelOf, openChannel, wantChannel } from '#record/incident-channels.ts';
import { declareIncident } from '#record/incidents.ts';
import { post } from '#record/outbox.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { LOGINS_TIME_OUT } from '#test/declared-incident.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { UTC } from '#utilities/time-zone.ts';
import { type KeepChannelOptions, openChannelLeaver } from '#workflows/channels/keep-channel.ts';
import { OWN_OVERVIEW_OF } from '#workflows/incidents/incident-thread.ts';
import { entryNoter } from '#workflows/timeline/note-entry.ts';

const ID = LOGINS_TIME_OUT.id;
const WORDS = 'mango key leaked';
type Readers = Awaited<ReturnType<KeepChannelOptions['readersOf']>>;

/** Where the line of a note goes, and what became of the channel. */
async function noteAfter({ own, first }: Readonly<{ own: Readers; first: Readers }>) {
  const store = await opened(sqlitePlace(), steppedClock());
  await store.transaction(async (tx) => {
    const incident = await declareIncident(tx, LOGINS_TIME_OUT);
    await wantChannel(tx, incident);
    await openChannel(tx, ID, 'C0OWN');
    const place = { workspaceId: 'T1', channelId: 'C0OWN', message: { text: 'an overview' } };
    await post(tx, { messageId: OWN_OVERVIEW_OF(ID), ...place });
  });
  const parts = { store, jobs: tableJobs, kick: () => undefined };
  const { note } = entryNoter({
    ...{ ...parts, mayRead: async () => true },
    leaveOpenChannel: openChannelLeaver({
      ...parts,
      readersOf: async (channelId) => (channelId === 'C0OWN' ? own : first),
    }),
    minutes: { P0: 0, P1: 0, P2: 0, P3: 0 },
    directory: { person: async () => ({ name: 'kim', zone: UTC }), permalink: async () => '' },
  });
  const { inboxId } = await receive(store, { workspaceId: 'T1', key: 'n', source: 'slack', body: '{}' });
  const asked = { inboxId, workspaceId: 'T1', userId: 'U4', userName: 'kim', channelId: '', responseUrl: '' };
  expect(await note({ asked, meant: { incidentId: ID }, kind: 'note', text: WORDS })).toMatchObject({ kind: 'done' });
  const rows = await store.db.selectFrom('outbox').selectAll().execute();
  const incident = await findIncident(store, { workspaceId: 'T1', id: ID });
  expect(incident?.id).toBe(ID);
  return {
    there: rows.filter(({ lane, payload }) => lane === 'C0OWN' && payload?.includes(WORDS)).length,
    said: rows.map(({ payload }) => payload).join(),
    state: (await channelOf(store, ID))?.state,
  };
}

test.each<[string, Readonly<{ own: Readers; first: Readers }>]>([
  ['the first channel became private', { own: 'workspace', first: 'members' }],
  ['people of another company were invited', { own: 'another company', first: 'workspace' }],
])('a note stays out of it if %s', async (_, readers) => {
  const { there, said, state } = await noteAfter(readers);
  expect(there).toBe(0);
  expect(state).toBe('closed');
  expect(said).toContain('Until then, work goes on here');
});

test.each<[string, Readonly<{ own: Readers; first: Readers }>]>([
  ['both are public', { own: 'workspace', first: 'workspace' }],
  ['both are private', { own: 'members', first: 'members' }],
  ['Slack does not say', { own: undefined, first: undefined }],
])('a note goes there if %s', async (_, readers) => {
  expect(await noteAfter(readers)).toMatchObject({ there: 1, state: 'open' });
});
