import type { Button, Overflow, StaticSelect } from '@slack/types';
import type { ButtonId, MenuId, Numbered, OverflowId } from '#present/slack/action-ids.ts';

/** `spoken` is the text for screen readers: at most 75 characters. `value` comes back with the press; Slack refuses ''. */
export function button(actionId: Numbered<ButtonId>, label: string, spoken: string, value?: string): Button {
  return {
    type: 'button',
    action_id: actionId,
    text: { type: 'plain_text', text: label, emoji: false },
    ...(value === undefined ? {} : { value }),
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

/** A list of options: the value of the chosen one comes back. */
export function menu<Value extends string>(
  actionId: MenuId,
  placeholder: string,
  values: readonly Value[],
  label: (value: Value) => string = (value) => value,
): StaticSelect {
  return {
    type: 'static_select',
    action_id: actionId,
    placeholder: { type: 'plain_text', text: placeholder, emoji: false },
    options: values.map((value) => ({ text: { type: 'plain_text', text: label(value), emoji: false }, value })),
  };
}
