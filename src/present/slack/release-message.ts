/** The message about a reported deploy, after it was judged. */
import { shortChangeId } from '#model/changes/change.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { bullets, code, link, minute, paragraph, quoted, richText, timed, words } from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import { shown } from '#present/words/plain-text.ts';
import type { PresentedRelease } from '#present/words/release.ts';

const LISTED_GAPS = 1;
/** In characters. */
const LONGEST_NAME = 100;
const LONGEST_GAP = 300;

/** The first line says how it does; the deploy, the reasons and what was not seen follow. */
export function releaseMessage(
  { report, headline, reasons }: PresentedRelease,
  { service, id, atUs }: Readonly<{ service: string; id: string; atUs: number }>,
): SlackMessage {
  const url = report.change?.url ?? '';
  const name = truncate(shown(service), LONGEST_NAME);
  const deploy = `deploy ${truncate(shown(shortChangeId(id)), LONGEST_NAME)} of ${name}`;
  const gaps = report.gaps
    .slice(0, LISTED_GAPS)
    .map(({ problem, consequence }) => `Not seen: ${problem}; ${consequence}`);
  const mark = { worse: '🔴', 'nothing wrong': '✅', 'too early': '⚪', 'no rollout': '⚪' }[report.verdict];
  return {
    text: escapeMrkdwn(`${mark} ${headline}`),
    blocks: [
      richText(
        paragraph(...quoted(`${mark} ${headline}`, { bold: true }, atUs)),
        paragraph(words('After the '), url === '' ? words(deploy) : link(url, deploy), words(' at '), minute(atUs)),
        ...(reasons.length === 0 ? [] : [bullets(reasons.map((reason) => paragraph(...timed(reason, words, atUs))))]),
        paragraph(
          ...gaps.map((gap) => words(`${truncate(gap, LONGEST_GAP)}. `)),
          words('All measures: '),
          code(`spanhound release ${name}`),
        ),
      ),
    ],
  };
}
