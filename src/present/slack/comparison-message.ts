/** A comparison, or the verification of a fix, for a thread: verdict, certainty, picture, other differences, gaps. */
import type { KnownBlock } from '@slack/types';
import { comparisonAlt } from '#present/pictures/comparison-svg.ts';
import type { ShownComparison } from '#present/shown-comparison.ts';
import type { SlackAnswer } from '#present/slack/answer.ts';
import { button } from '#present/slack/button.ts';
import { bold, bullets, paragraph, richText, words } from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';

export type SlackComparison = Pick<SlackAnswer, 'text' | 'blocks' | 'picture'>;

const SENTENCE = 500;
const SHORT_SENTENCE = 240;
const ALT_LIMIT = 2_000;
const GAPS = 4;
/** Placeholder for the investigation's id in a button's value, as in a diagnosis. */
const INVESTIGATION = '{investigation}';

export function slackComparison(one: ShownComparison): SlackComparison {
  const { summary, drawn } = one;
  const { verdict, standing, subject, top, topTitle, gaps } = summary;
  return {
    text: escapeMrkdwn(truncate(`${verdict}. ${standing}`.trimEnd(), 2_000)),
    blocks: [
      richText(paragraph(bold(truncate(verdict, SENTENCE)), words(`\n${truncate(standing, SENTENCE)}`))),
      richText(
        ...(top.length === 0
          ? []
          : [paragraph(bold(topTitle)), bullets(top.map((text) => paragraph(words(truncate(text, SHORT_SENTENCE)))))]),
        paragraph(words(subject.map((line) => truncate(line, SENTENCE)).join('\n'))),
      ),
      verifyButton(),
      ...gapBlocks(gaps),
    ],
    ...(drawn && {
      picture: { at: 1, alt: truncate(comparisonAlt(one), ALT_LIMIT), title: 'Both waterfalls on one time scale' },
    }),
  };
}

function verifyButton(): KnownBlock {
  const spoken = 'Check in new traces of the same request whether a fix worked';
  return {
    type: 'actions',
    block_id: 'comparison_next',
    elements: [button('trace_verify', 'Verify fix', spoken, INVESTIGATION)],
  };
}

function gapBlocks(gaps: readonly string[]): KnownBlock[] {
  if (gaps.length === 0) return [];
  const lines = gaps.slice(0, GAPS).map((gap) => `• ${truncate(gap, SHORT_SENTENCE)}`);
  const text = ['Not seen:', ...lines].join('\n');
  return [{ type: 'context', elements: [{ type: 'plain_text', text, emoji: false }] }];
}
