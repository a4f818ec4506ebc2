/** Opens the issue trackers that are configured. */
import type { AnySettings } from '#adapters/system.ts';
import { registeredSystems } from '#compose/systems.ts';
import type { Log } from '#core/log.ts';
import type { IssueTracker } from '#model/incident/issue-tracker.ts';

/** One that cannot be opened does not keep action items from the others. */
export async function openIssueTrackers(settings: AnySettings | undefined, log: Log): Promise<readonly IssueTracker[]> {
  if (settings === undefined) return [];
  const offered = (await registeredSystems()).flatMap(({ issueTracker = [] }) => issueTracker);
  const opened = await Promise.allSettled(offered.map(({ open }) => open(settings)));
  return opened.flatMap((tracker) => {
    if (tracker.status === 'fulfilled') return tracker.value ?? [];
    log.error({ err: tracker.reason }, 'an issue tracker could not be opened; the others get issues');
    return [];
  });
}
