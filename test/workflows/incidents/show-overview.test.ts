/** What the first overview of an incident says that ended before Slack had it. */
import { expect, test } from 'vitest';
import { changeIncident, declareIncident } from '#record/incidents.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { LOGINS_TIME_OUT } from '#test/declared-incident.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { SHOW_OVERVIEW, showOverview } from '#workflows/incidents/show-overview.ts';

const { id, workspaceId } = LOGINS_TIME_OUT;
const END = /"postmortem_again"/;

test.each([
  ['is resolved', 'resolved', 1],
  ['is still open', 'identified', 0],
] as const)(
  'an incident that %s before its first overview: the end has a line with a button',
  async (_, status, lines) => {
    const store = await opened(sqlitePlace(), steppedClock());
    await store.transaction(async (tx) => {
      await declareIncident(tx, LOGINS_TIME_OUT);
      await changeIncident(tx, { incidentId: id, key: 'end', by: 'U1', status, text: 'rotated the key' });
    });
    const show = showOverview({
      store,
      jobs: tableJobs,
      directory: { person: async () => ({ name: 'Kim', zone: undefined }), permalink: async () => '' },
      minutes: { P0: 0, P1: 0, P2: 0, P3: 0 },
      mayShowIn: async () => true,
      team: [],
      hasStatusPage: false,
      desk: undefined,
      kick: () => undefined,
    });
    const job = { id: 'job', kind: SHOW_OVERVIEW, workspaceId, key: 'k', payload: { incidentId: id } };
    for (const turn of ['first', 'second'])
      await show({ ...job, id: turn, attempt: 1, lastAttempt: false } as never, new AbortController().signal);
    const rows = await store.db.selectFrom('outbox').selectAll().where('kind', '=', 'post').execute();
    const ends = rows.filter(({ payload, thread_of }) => thread_of === `${id}/overview` && END.test(payload));
    expect(ends).toHaveLength(lines);
    if (lines > 0) expect(ends[0]?.payload).toContain('resolved: rotated the key');
  },
);
