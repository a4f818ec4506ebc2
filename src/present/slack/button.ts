import type { Button, Overflow } from '@slack/types';
import type { ButtonId, Numbered, OverflowId } from '#present/slack/action-ids.ts';

/** `spoken` is the text for screen readers: at most 75 characters. `value` comes back with the press. */
export function button(actionId: Numbered<ButtonId>, label: string, spoken: string, value: string): Button {
  return {
    type: 'button',
    action_id: actionId,
    text: { type: 'plain_text', text: label, emoji: false },
    value,
    accessibility_label: spoken,
  };
}

/** A menu behind three dots, for rare actions. Each option's value comes back when somebody chooses it. */
export function overflow(
  actionId: OverflowId,
  options: readonly Readonly<{ text: string; value: string }>[],
): Overflow {
  return {
    type: 'overflow',
    action_id: actionId,
    options: options.map(({ text, value }) => ({ text: { type: 'plain_text', text, emoji: false }, value })),
  };
}
