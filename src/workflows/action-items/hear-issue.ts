/**
 * A tracker posts that an issue changed. Nothing in the event is believed but which issue it is about: the look at this
 * issue is due at once, and its state is read from the tracker (`follow-issues.ts`). An issue that nobody follows is ignored.
 */

import { linkedIssues } from '#record/item-issues.ts';
import type { Jobs } from '#record/jobs.ts';
import type { Store } from '#record/store.ts';
import { lookAtOne, settledUs } from '#workflows/action-items/follow-issues.ts';

/** Resolves once it is stored. */
export type HearIssue = (heard: Readonly<{ tracker: string; remoteId: string }>) => Promise<void>;

/** A change of a title, a label and a state are three events; one look sees all. So repeated events cost one, too. */
const TOGETHER_US = 5_000_000;

export function issueHearer({ store, jobs, kick }: Readonly<{ store: Store; jobs: Jobs; kick(): void }>): HearIssue {
  return async (heard) => {
    await store.transaction(async (tx) => {
      // After this instant, so that a look that has begun is not taken for the look at this event.
      const soonUs = Math.ceil((tx.nowUs + 1) / TOGETHER_US) * TOGETHER_US;
      for (const issue of await linkedIssues(tx, heard)) {
        await lookAtOne(tx, jobs, issue, Math.max(soonUs, settledUs(issue)));
      }
    });
    kick();
  };
}
