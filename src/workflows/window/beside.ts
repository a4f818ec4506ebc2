/** Gathers the evidence of a time window besides its requests, in parallel. Add further kinds of evidence here. */
import type { WindowSubject } from '#model/finding/analysis.ts';
import { gatherChanges } from '#workflows/evidence/gather-changes.ts';
import { gatherDatabases } from '#workflows/evidence/gather-databases.ts';
import { gatherMetrics } from '#workflows/evidence/gather-metrics.ts';
import { gatherPlatform } from '#workflows/evidence/gather-platform.ts';
import { passedBy, throughOf, type WindowHunt } from '#workflows/window/hunt.ts';
import { gatherLines } from '#workflows/window/lines.ts';

/** `shownBy`: the request that shows the problem best; empty where none does. */
export async function gatherBeside(
  hunt: WindowHunt,
  window: WindowSubject,
  services: readonly string[],
  shownBy: string,
): Promise<void> {
  const { fromUs, toUs } = window;
  const { behind, shared } = shownBy === '' ? NOTHING : await hunt.session.wanted(shownBy);
  const inQuestion = [...throughOf(hunt), ...services];
  const all = [...new Set([...inQuestion, ...(await passedBy(hunt))])];
  await Promise.all([
    gatherLines(hunt, window, services),
    gatherMetrics(hunt, hunt.session, {
      services: all.slice(0, Math.max(inQuestion.length, MOST_MEASURED)),
      fromUs,
      toUs,
    }),
    gatherPlatform(hunt, hunt.session),
    gatherDatabases(hunt, hunt.session, 'window'),
    gatherChanges(hunt, hunt.session, { services: [...new Set([...all, ...behind])], shared, fromUs, toUs }),
  ]);
}

const NOTHING = { behind: [], shared: [] } as const;

/** How many queries a metrics store gets per service, so the number of services is limited. */
const MOST_MEASURED = 8;
