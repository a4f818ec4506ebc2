import type { Button } from '@slack/types';

/** `spoken` is what a screen reader says: at most 75 characters. `value` comes back with the press. */
export function button(actionId: string, label: string, spoken: string, value: string): Button {
  return {
    type: 'button',
    action_id: actionId,
    text: { type: 'plain_text', text: label, emoji: false },
    value,
    accessibility_label: spoken,
  };
}
