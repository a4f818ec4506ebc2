/** Opens the issue trackers that are configured. */
import type { AnySettings } from '#adapters/system.ts';
import { openOffered } from '#compose/systems.ts';
import type { Log } from '#core/log.ts';
import type { IssueTracker } from '#model/incident/issue-tracker.ts';

/** One that cannot be opened does not keep action items from the others. */
export async function openIssueTrackers(settings: AnySettings | undefined, log: Log): Promise<readonly IssueTracker[]> {
  const problem = 'an issue tracker could not be opened; the others get issues';
  return await openOffered(settings, { of: ({ issueTracker }) => issueTracker, log, problem });
}
