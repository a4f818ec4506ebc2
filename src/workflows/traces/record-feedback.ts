/** Records "Was this right?": one answer per person, the last one counts, and the person gets a confirmation. */
import type { SaidCause } from '#model/incident/said-cause.ts';
import { recordFeedback as storeFeedback } from '#record/feedback.ts';
import { done } from '#record/inbox.ts';
import { findInvestigation } from '#record/investigations.ts';
import { respond } from '#record/outbox.ts';
import type { Store } from '#record/store.ts';
import { FORGOTTEN } from '#workflows/traces/share-detail.ts';

export type FeedbackRequest = Readonly<{
  inboxId: string;
  workspaceId: string;
  investigationId: string;
  userId: string;
  responseUrl: string;
  right: boolean;
  /** What it was instead, if the person says so. */
  said?: SaidCause | undefined;
}>;

export type RecordFeedback = (request: FeedbackRequest) => Promise<void>;

const HEARD_RIGHT = 'Noted: this diagnosis was right. If it turns out otherwise, press *No*.';
const HEARD_WRONG = 'Noted: this diagnosis was wrong. If it turns out right after all, press *Yes*.';

export function feedbackRecorder({ store, kick }: Readonly<{ store: Store; kick(): void }>): RecordFeedback {
  return async ({ inboxId, workspaceId, investigationId, userId, responseUrl, right, said }) => {
    const investigation = await findInvestigation(store, { id: investigationId, workspaceId });
    const heard = right ? HEARD_RIGHT : HEARD_WRONG;
    await store.transaction(async (tx) => {
      if (investigation !== undefined) await storeFeedback(tx, { investigationId, workspaceId, userId, right, said });
      const text = investigation === undefined ? FORGOTTEN : heard;
      // A form closes, and needs no other answer.
      if (responseUrl !== '') await respond(tx, { workspaceId, responseUrl, message: { text }, key: inboxId });
      await done(tx, inboxId);
    });
    kick();
  };
}
