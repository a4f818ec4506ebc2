/** `spanhound review`: what the incidents of a period show together. */
import type { Call, Form } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { readOnce } from '#cli/note-read.ts';
import { openOutput } from '#cli/output.ts';
import { openRecord } from '#cli/record.ts';
import { UsageError } from '#core/errors.ts';
import { incidentReview } from '#model/incident/incident-review.ts';
import { REVIEW_PERIOD, readStatsPeriod, type StatsPeriod } from '#model/incident/stats-period.ts';
import { redact } from '#model/redaction/redaction.ts';
import { reviewHtml, reviewMarkdown } from '#present/documents/review-documents.ts';
import { reviewJson } from '#present/json/review-json.ts';
import { reliabilitySvg } from '#present/pictures/reliability-svg.ts';
import { reviewText, type ShownReview } from '#present/words/incident-review.ts';
import { reviewedIncidents } from '#workflows/reviews/review-incidents.ts';

const REVIEW_FORMS = ['text', 'json', 'md', 'html', 'svg'] as const satisfies readonly Form[];

export type ReviewOptions = Readonly<{ since?: string; service?: string }>;

/** Reads all workspaces and private channels: who can run this on the machine with the data can read all of it anyway. */
export async function review(call: Call, { since, service = '' }: ReviewOptions = {}): Promise<number> {
  const output = openOutput(call, REVIEW_FORMS);
  const period = since === undefined ? REVIEW_PERIOD : periodFrom(since);
  const { store } = await openRecord(call);
  // Without a store there was no incident.
  const reviewed = store ? await readOnce(store, 'review', reviewedIncidents(store, { period, service })) : [];
  const shown: ShownReview = { review: incidentReview(reviewed), period, service };
  await output.write(WRITTEN[output.form](shown));
  return EXIT.done;
}

function periodFrom(typed: string): StatsPeriod {
  const period = readStatsPeriod(typed);
  if (period === undefined) throw new UsageError(`${typed} is no period`, 'Write 30d, 90d or month.');
  return period;
}

const WRITTEN: Readonly<Record<(typeof REVIEW_FORMS)[number], (shown: ShownReview) => string>> = {
  text: (shown) => redact(reviewText(shown)),
  json: ({ review }) => `${JSON.stringify(reviewJson(review), null, 2)}\n`,
  md: reviewMarkdown,
  html: reviewHtml,
  svg: (shown) => `${reliabilitySvg(shown, 'page', { isAlone: true })}\n`,
};
