/** Reads a press of any button of a diagnosis: its value is the investigation's id. */
import type { BlockButtonAction, ButtonAction, Context } from '@slack/bolt';
import { inboxIdOf, workspaceOf } from '#listeners/delivery.ts';

export type Pressed = Readonly<{
  inboxId: string;
  workspaceId: string;
  investigationId: string;
  userId: string;
  responseUrl: string;
}>;

export function pressed(body: BlockButtonAction, action: ButtonAction, context: Context): Pressed {
  return {
    inboxId: inboxIdOf(context),
    workspaceId: workspaceOf(body),
    investigationId: action.value ?? '',
    userId: body.user.id,
    responseUrl: body.response_url,
  };
}
