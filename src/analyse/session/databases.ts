/** The database statistics of a session. */
import { type HeldAnswers, heldAnswers } from '#analyse/held-answers.ts';
import type { OpenBody } from '#analyse/session/body-reader.ts';
import type { SessionGaps } from '#analyse/session/gaps.ts';
import { databaseBody, refusalsIn } from '#decode/database-readings.ts';
import { databaseStatisticsOf } from '#decode/database-statistics.ts';

type Statistics = ReturnType<typeof databaseStatisticsOf>;

export type SessionDatabases = Pick<HeldAnswers<unknown, Statistics>, 'read' | 'kept' | 'restOn' | 'clear'> &
  Readonly<{ open: OpenBody }>;

export function sessionDatabases(gaps: SessionGaps): SessionDatabases {
  const answers = heldAnswers({ body: databaseBody, together: databaseStatisticsOf });
  return {
    ...answers,
    open(head) {
      const body = databaseBody(head.source);
      return {
        push: body.push,
        end() {
          const readings = body.end();
          for (const { what, problem } of readings.flatMap(refusalsIn))
            gaps.add({
              source: head.source,
              problem,
              consequence: REFUSED[what] ?? 'not all of its statistics were read',
            });
          return { items: answers.add(head, readings) };
        },
      };
    },
  };
}

/** The consequence of each refused view. */
const REFUSED: Readonly<Record<string, string>> = {
  statements: 'the database’s own query times are not known',
  sessions: 'which session blocks which is not known',
  waits: 'how long its sessions have waited for locks is not known',
  tables: 'full table scans are not known',
};
