/** The answer to `/incident stats`: how many incidents there were, and how long they took. */
import type { SlackMessage } from '#present/slack/answer.ts';
import { bold, bullets, italic, paragraph, richText, words } from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import { type ShownStats, statsHead, statsLines } from '#present/words/incident-stats.ts';

const HEAD_CHARS = 300;

export function statsMessage(shownStats: ShownStats): SlackMessage {
  const head = truncate(statsHead(shownStats), HEAD_CHARS);
  const lines = statsLines(shownStats);
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
                lines.map(({ label, time, note }) =>
                  paragraph(words(`${label}: `), bold(time), words(' '), italic(`(${note})`)),
                ),
              ),
            ]),
        paragraph(italic('This counts incidents that you and everybody in this channel may see.')),
      ),
    ],
  };
}
