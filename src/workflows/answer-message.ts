/** A Slack answer as the outbox takes it: its picture beside it, its buttons bound to the stored investigation. */
import type { SlackAnswer } from '#present/slack-answer.ts';
import type { Message } from '#record/outbox.ts';

/** What `present/` writes as a button's value: it knows the diagnosis and not where that is stored. */
const PLACEHOLDER = '{investigation}';
const OPTION = /^[a-z]+:\{investigation\}$/;

export function answerMessage(
  { text, blocks, picture }: Pick<SlackAnswer, 'text' | 'blocks'> & Partial<Pick<SlackAnswer, 'picture'>>,
  investigationId: string,
  png?: Uint8Array,
): Message {
  return {
    text,
    blocks: bound(blocks, investigationId),
    ...(picture && png ? { picture: { png, ...picture } } : {}),
  };
}

function bound(blocks: readonly object[], investigationId: string): readonly object[] {
  return JSON.parse(JSON.stringify(blocks), (key, value) =>
    // An option's value says what was chosen before it.
    key === 'value' && (value === PLACEHOLDER || OPTION.test(value))
      ? value.replace(PLACEHOLDER, investigationId)
      : value,
  );
}
