/** The answer to `/incident stats`: how many incidents there were, and how long they took. */
import { capitalised } from '#model/text/capitalised.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { bold, bullets, italic, type Part, paragraph, richText, words } from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import {
  GROUP_NOTE,
  type ShownStats,
  type StatsSection,
  statsHead,
  statsLines,
  statsSections,
} from '#present/words/incident-stats.ts';

const HEAD_CHARS = 300;

export function statsMessage(shownStats: ShownStats): SlackMessage {
  const head = truncate(statsHead(shownStats), HEAD_CHARS);
  const lines = statsLines(shownStats);
  const sections = statsSections(shownStats.stats);
  const said = lines.map(({ label, time }) => `${label} ${time}`).join(', ');
  return {
    text: escapeMrkdwn(said === '' ? head : `${head} Medians: ${said}.`),
    blocks: [
      richText(
        paragraph(bold(head)),
        ...(lines.length === 0
          ? []
          : [
              paragraph(words('Medians')),
              bullets(
                lines.map(({ label, time, within, note }) =>
                  paragraph(words(`${label}: `), bold(time), words(`${within} `), italic(`(${note})`)),
                ),
              ),
            ]),
        ...sections.flatMap(sectionParts),
        ...(sections.length === 0 ? [] : [paragraph(italic(GROUP_NOTE))]),
        paragraph(italic('This counts incidents that you and everybody in this channel may see.')),
      ),
    ],
  };
}

/** The page of a review has all of them. */
const MOST_GROUPS = 6;
const NAME_CHARS = 80;

function sectionParts({ title, groups }: StatsSection): readonly Part[] {
  const items = groups
    .slice(0, MOST_GROUPS)
    .map(({ name, text }) => paragraph(bold(truncate(name, NAME_CHARS)), words(`: ${text}`)));
  const left = groups.length - items.length;
  const more = left === 0 ? [] : [paragraph(italic(`${left} more are on the page of spanhound review.`))];
  return [paragraph(bold(`\n${capitalised(title)}`)), bullets(items), ...more];
}
