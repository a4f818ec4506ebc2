/** The record on a real Postgres promises what it promises on SQLite. */
import { describe, test } from 'vitest';
import { systemClock } from '#core/clock.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { testFolding } from '#test/fold-contract.ts';
import { testForgetting } from '#test/forget-contract.ts';
import { testIncidents } from '#test/incident-contract.ts';
import { testInstallations } from '#test/installations-contract.ts';
import { testJobs } from '#test/jobs-contract.ts';
import { testMitigations } from '#test/mitigations-contract.ts';
import { testMutes } from '#test/mutes-contract.ts';
import { testNeedToKnow } from '#test/need-to-know-contract.ts';
import { testOutbox } from '#test/outbox-contract.ts';
import { testPagers } from '#test/pagers-contract.ts';
import { emptyDatabase, isThereAPostgres, openedOn, postgresPlace } from '#test/postgres-place.ts';
import { testProofs } from '#test/proof-contract.ts';
import { testRemovedMarks } from '#test/removed-marks-contract.ts';
import { testServices } from '#test/services-contract.ts';
import { testStore } from '#test/store-contract.ts';
import { races } from '#test/store-races.ts';
import { opened } from '#test/temp-store.ts';
import { testTwoAtOnce } from '#test/two-at-once-contract.ts';

describe.skipIf(!isThereAPostgres)('on Postgres', () => {
  testStore('Postgres', postgresPlace);
  testIncidents('Postgres', postgresPlace);
  testJobs('Postgres', tableJobs, postgresPlace);
  testInstallations('Postgres', postgresPlace);
  testOutbox('Postgres', postgresPlace);
  testFolding('Postgres', postgresPlace);
  testMutes('Postgres', postgresPlace);
  testNeedToKnow('Postgres', postgresPlace);
  testMitigations('Postgres', postgresPlace);
  testPagers('Postgres', postgresPlace);
  testForgetting('Postgres', postgresPlace);
  testProofs('Postgres', postgresPlace);
  testServices('Postgres', postgresPlace);
  testRemovedMarks('Postgres', postgresPlace);
  testTwoAtOnce('Postgres', postgresPlace);

  describe('two processes on one Postgres, with the time of the database', () => {
    test.each(Object.entries(races))('%s', async (_, race) => {
      const url = await emptyDatabase();
      const place = () => openedOn(url);
      await race([await opened(place, systemClock), await opened(place, systemClock)], 'T1');
    });
  });
});
