/** Converts a Slack answer for the outbox: its picture attached, its buttons bound to the stored investigation. */
import type { SlackAnswer } from '#present/slack/answer.ts';
import type { Message } from '#record/outbox.ts';

/** The button value that `present/` writes. It identifies the diagnosis, but not where it is stored. */
const PLACEHOLDER = '{investigation}';
const OPTION = /^[a-z]+:\{investigation\}$/;

/** Begins the ids of the details in the thread of an answer. */
export const DETAILS_OF = (investigationId: string) => `${investigationId}/thread/`;

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
    // An option's value starts with the choice.
    key === 'value' && (value === PLACEHOLDER || OPTION.test(value))
      ? value.replace(PLACEHOLDER, investigationId)
      : value,
  );
}
