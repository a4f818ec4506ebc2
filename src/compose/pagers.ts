/** Opens the paging systems that are written to, and follows what happens in incidents for them. */
import type { AnySettings } from '#adapters/system.ts';
import { openOffered } from '#compose/systems.ts';
import type { Duty } from '#compose/upkeep.ts';
import type { Log } from '#core/log.ts';
import type { Pager } from '#model/incident/pager.ts';
import type { Store } from '#record/store.ts';
import type { PagerQueue } from '#workflows/pagers/queue-steps.ts';

/** A system hears of a change so much later. A look reads one row of the audit log, if nothing happened. */
const LOOK_EVERY_MS = 2_000;

/** One that cannot be opened does not keep the others out. */
export async function openPagers(settings: AnySettings | undefined, log: Log): Promise<readonly Pager[]> {
  const problem = 'a paging system could not be opened; nothing is changed there';
  return await openOffered(settings, { of: ({ pager }) => pager, log, problem });
}

export async function pagerDuties(
  parts: PagerQueue & Readonly<{ store: Store; kick(): void }>,
): Promise<readonly Duty[]> {
  if (parts.pagers.length === 0) return [];
  const { pagerQueuer } = await import('#workflows/pagers/queue-steps.ts');
  return [{ what: 'queueing steps for paging systems', everyMs: LOOK_EVERY_MS, work: pagerQueuer(parts) }];
}
