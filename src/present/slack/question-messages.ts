/** Replies to sentences that the bot cannot look into. */
import { EXAMPLE_TRACE_ID } from '#model/trace/trace-id.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { bullets, code, paragraph, richText, words } from '#present/slack/rich-text.ts';
import { escapeMrkdwn } from '#present/slack/text.ts';
import { shown } from '#present/words/plain-text.ts';

const EXAMPLES = ['what is wrong with checkout since 10:40?', 'look at payments for the last 30 min', EXAMPLE_TRACE_ID];

export function questionExamples(): SlackMessage {
  const what = 'I did not find a service or a trace in this message. Ask me like this:';
  return {
    text: `${what} ${EXAMPLES.map((example) => `\`${example}\``).join(', ')}`,
    blocks: [richText(paragraph(words(what)), bullets(EXAMPLES.map((example) => paragraph(code(example)))))],
  };
}

/** `problem`: a whole sentence that says what to write instead. */
export function questionProblem(problem: string): SlackMessage {
  const said = shown(problem);
  return { text: escapeMrkdwn(said), blocks: [richText(paragraph(words(said)))] };
}
