/** `/incident review`: shows a review of incidents to the person who asks, with the picture. */
import { incidentReview } from '#model/incident/incident-review.ts';
import { reliabilitySvg } from '#present/pictures/reliability-svg.ts';
import { type ReviewMessage, reviewMessage } from '#present/slack/review-message.ts';
import type { ShownReview } from '#present/words/incident-review.ts';
import type { Message } from '#record/outbox.ts';
import type { Store } from '#record/store.ts';
import { countedFor, type StatsOptions, type StatsRequest } from '#workflows/incidents/incident-stats.ts';
import { type AskedBy, showTo } from '#workflows/incidents/on-incident.ts';
import type { Directory } from '#workflows/incidents/show-overview.ts';
import { reviewInRoles } from '#workflows/reviews/review-in-roles.ts';
import { reviewedIncidents } from '#workflows/reviews/review-incidents.ts';
import { type DrawParts, drawnInTime } from '#workflows/timeline/drawn-in-time.ts';

export type ReviewWorkflows = Readonly<{
  showReview(request: StatsRequest & Readonly<{ asked: AskedBy }>): Promise<void>;
}>;

export type DrawOptions = DrawParts & Readonly<{ store: Store; directory: Directory }>;

export function reviewShower(options: StatsOptions & DrawOptions): ReviewWorkflows {
  const { store, kick } = options;
  return {
    async showReview({ asked, period, service }) {
      const counts = countedFor(options, asked);
      const { workspaceId } = asked;
      const reviewed = await reviewedIncidents(store, { period, service, workspaceId, counts });
      const review = await reviewInRoles(options, incidentReview(reviewed));
      const shown = { review, period, service };
      await showTo({ store, kick }, asked, await withPicture(options, shown, reviewMessage(shown)));
    },
  };
}

/** Without the picture if it was not drawn in time. */
export async function withPicture(
  parts: DrawOptions,
  shown: ShownReview,
  { text, blocks, picture }: ReviewMessage,
): Promise<Message> {
  if (picture === undefined) return { text, blocks };
  const png = await drawnInTime(parts, reliabilitySvg(shown, 'thread'));
  return { text, blocks, ...(png && { picture: { ...picture, png } }) };
}
