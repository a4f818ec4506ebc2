/** What was changed in the time in question and in the day before it: every source at once, each of which may fail by itself. */
import type { Session } from '#analyse/session.ts';
import { SpanhoundError } from '#core/errors.ts';
import { gapOf } from '#gather/collect.ts';
import type { ChangeQuery, ChangeSource } from '#gather/sources.ts';
import { feedSession } from '#workflows/feed-session.ts';

const COST = 'no change was considered as the cause';
const DAY_US = 24 * 3_600 * 1_000_000;

export type AskedChanges = Readonly<{ changeSources?: readonly ChangeSource[] | undefined; signal: AbortSignal }>;

/** Throws nothing on purpose: what fails is a gap. */
export async function gatherChanges(
  { changeSources = [], signal }: AskedChanges,
  session: Session,
  { services, fromUs, toUs }: ChangeQuery,
): Promise<void> {
  const query = { services: [...new Set(services)], fromUs: fromUs - DAY_US, toUs };
  await Promise.all(
    changeSources.map(async (source, at) => {
      try {
        const body = await source.openChanges(query, signal);
        const head = {
          kind: 'changes',
          format: body.format,
          source: body.source,
          file: '',
          query: body.query,
        } as const;
        const { failure, told } = await feedSession(session, `changes ${at}`, head, body.chunks, COST);
        if (failure !== undefined && !told) session.gap(gapOf(source.name, failure, COST));
      } catch (error) {
        if (!(error instanceof SpanhoundError)) throw error;
        session.gap(gapOf(source.name, error, COST));
      }
    }),
  );
}
