/** Converts a Slack answer for the outbox: its picture attached, its buttons bound to the stored investigation. */
import type { SlackAnswer } from '#present/slack/answer.ts';
import type { Message } from '#record/outbox.ts';

/** The button value that `present/` writes. It identifies the diagnosis, but not where it is stored. */
const PLACEHOLDER = '{investigation}';
/** What stands before it is the choice of an option, or an incident's id. */
const BESIDE = /^[^{}]{1,200}:\{investigation\}$/;

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
    key === 'value' && (value === PLACEHOLDER || BESIDE.test(value))
      ? value.replace(PLACEHOLDER, investigationId)
      : value,
  );
}
