/** A review of incidents in Slack: the answer to `/incident review`, and the monthly message in three lines. */

import { counted } from '#model/text/count-text.ts';
import { hasReliability, reliabilityAlt, reliabilityTitle } from '#present/pictures/reliability-svg.ts';
import type { SlackAnswer } from '#present/slack/answer.ts';
import { bold, bullets, italic, type Part, paragraph, richText, words } from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import {
  type ReviewItem,
  type ReviewSection,
  reviewHead,
  reviewLines,
  reviewSections,
  type ShownReview,
} from '#present/words/incident-review.ts';

export type ReviewMessage = Pick<SlackAnswer, 'text' | 'blocks' | 'picture'>;

const HEAD_CHARS = 300;
const ITEM_CHARS = 300;
const LINE_CHARS = 500;
/** How many items of a section the message shows. The page shows all of them. */
const MOST_ITEMS = 5;
const ALT_CHARS = 2_000;

export function reviewMessage(shown: ShownReview): ReviewMessage {
  const head = truncate(reviewHead(shown), HEAD_CHARS);
  const sections = reviewSections(shown);
  return {
    text: escapeMrkdwn(`Review: ${head}`),
    blocks: [
      richText(paragraph(bold(head)), ...sections.flatMap(sectionParts)),
      richText(paragraph(italic('This counts incidents that you and everybody in this channel may see.'))),
    ],
    ...pictureIn(shown, 1),
  };
}

/** `month`: the last one, such as `2026-11`, with the count of its incidents. */
export function monthlyReviewMessage(
  shown: ShownReview,
  { month, count }: Readonly<{ month: string; count: number }>,
): ReviewMessage {
  const head = `Monthly review: ${counted(count, 'incident')} in ${month}. ${reviewHead(shown)}.`;
  const lines = reviewLines(shown).map(({ label, text }) => ({ label, text: truncate(text, LINE_CHARS) }));
  const said = lines.map(({ label, text }) => `${label}: ${text}`).join(' ');
  const more = lines.length === 0 ? '' : 'The page in the thread has all of it. ';
  return {
    text: escapeMrkdwn(`${head} ${said}`.trim()),
    blocks: [
      richText(
        paragraph(bold(head)),
        ...(lines.length === 0
          ? []
          : [bullets(lines.map(({ label, text }) => paragraph(bold(`${label}: `), words(text))))]),
      ),
      richText(paragraph(italic(`${more}It counts incidents of public channels.`))),
    ],
    ...pictureIn(shown, 1),
  };
}

function sectionParts({ title, items, note }: ReviewSection): readonly Part[] {
  const left = items.length - MOST_ITEMS;
  const notes = [...(left > 0 ? [`${left} more are on the page of spanhound review.`] : []), note];
  const noted = notes.filter((one) => one !== '').join(' ');
  return [
    paragraph(bold(`\n${title}`)),
    ...(items.length === 0 ? [] : [bullets(items.slice(0, MOST_ITEMS).map(itemLine))]),
    ...(noted === '' ? [] : [paragraph(italic(noted))]),
  ];
}

function itemLine({ label, text }: ReviewItem) {
  return paragraph(bold(truncate(label, ITEM_CHARS)), words(truncate(`: ${text}`, ITEM_CHARS)));
}

/** Undefined without a verdict: there is nothing to draw. */
function pictureIn(shown: ShownReview, at: number): Pick<ReviewMessage, 'picture'> {
  if (!hasReliability(shown.review)) return {};
  return { picture: { at, alt: truncate(reliabilityAlt(shown), ALT_CHARS), title: reliabilityTitle(shown) } };
}
