/** Reads a press of any button of a diagnosis: its value is the investigation's id. */
import type { BlockButtonAction, ButtonAction, Context } from '@slack/bolt';
import { inboxIdOf, workspaceOf } from '#listeners/delivery.ts';

export type Pressed = Readonly<{
  inboxId: string;
  workspaceId: string;
  investigationId: string;
  userId: string;
  responseUrl: string;
  isInThread: boolean;
}>;

export function pressed(body: BlockButtonAction, action: ButtonAction, context: Context): Pressed {
  return {
    inboxId: inboxIdOf(context),
    workspaceId: workspaceOf(body),
    investigationId: action.value ?? '',
    userId: body.user.id,
    responseUrl: body.response_url,
    isInThread: isInThread(body),
  };
}

/** Whether the message with the button is a reply. Slack gives the first message of a thread its own id as `thread_ts`. */
export function isInThread({ message }: Pick<BlockButtonAction, 'message'>): boolean {
  const threadTs: unknown = message?.thread_ts;
  return threadTs !== undefined && threadTs !== message?.ts;
}
