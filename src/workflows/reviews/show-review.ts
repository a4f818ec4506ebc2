/** `/incident review`: shows a review of incidents to the person who asks, with the picture. */
import { within } from '#core/clock.ts';
import { incidentReview } from '#model/incident/incident-review.ts';
import { reliabilitySvg } from '#present/pictures/reliability-svg.ts';
import { type ReviewMessage, reviewMessage } from '#present/slack/review-message.ts';
import type { ShownReview } from '#present/words/incident-review.ts';
import type { Message } from '#record/outbox.ts';
import type { Store } from '#record/store.ts';
import { countedFor, type StatsOptions, type StatsRequest } from '#workflows/incident-stats.ts';
import { type AskedBy, showTo } from '#workflows/on-incident.ts';
import { reviewInRoles } from '#workflows/reviews/review-in-roles.ts';
import { reviewedIncidents } from '#workflows/reviews/review-incidents.ts';
import type { Directory } from '#workflows/show-overview.ts';

export type ReviewWorkflows = Readonly<{
  showReview(request: StatsRequest & Readonly<{ asked: AskedBy }>): Promise<void>;
}>;

export type DrawOptions = Readonly<{
  store: Store;
  directory: Directory;
  /** Renders an SVG as a PNG without blocking the event loop. */
  draw(svg: string): Promise<Uint8Array>;
  /** A later picture is left out. */
  pictureSeconds: number;
}>;

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
  { draw, pictureSeconds, store: { clock } }: DrawOptions,
  shown: ShownReview,
  { text, blocks, picture }: ReviewMessage,
): Promise<Message> {
  if (picture === undefined) return { text, blocks };
  const drawing = draw(reliabilitySvg(shown, 'thread'));
  const png = await within(
    clock,
    pictureSeconds * 1_000,
    drawing.catch(() => undefined),
  );
  return { text, blocks, ...(png && { picture: { ...picture, png } }) };
}
