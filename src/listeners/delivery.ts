/** Reads the data that the workflows need from each form of Slack request. */
import type { BlockAction, Context, MessageShortcut, SlashCommand, ViewSubmitAction } from '@slack/bolt';
import { metadataIn } from '#listeners/views/form.ts';

/** The id of the request's stored row, set by the inbox receiver. Everything that follows uses it as its key. */
export function inboxIdOf(context: Context): string {
  const { inboxId } = context;
  if (typeof inboxId !== 'string') throw new Error('the request did not come through the inbox');
  return inboxId;
}

/** Some payloads of an organisation-wide install have no workspace. */
export function workspaceOf(body: Readonly<{ team?: { id: string } | null; user?: { team_id?: string } }>): string {
  return body.team?.id ?? body.user?.team_id ?? '';
}

/** The person who asks, and the place for the answer. */
type Who = Readonly<{
  inboxId: string;
  workspaceId: string;
  userId: string;
  userName: string;
  channelId: string;
  responseUrl: string;
  /** The channel is where a form was opened: the person may have left it since. */
  fromForm?: true;
  /** By a button or a menu of a message. */
  pressed?: true;
}>;

export function whoTyped(command: SlashCommand, context: Context): Who {
  return {
    inboxId: inboxIdOf(context),
    workspaceId: command.team_id,
    userId: command.user_id,
    userName: command.user_name,
    channelId: command.channel_id,
    responseUrl: command.response_url,
  };
}

/** From the menu of a message. */
export function whoChose(shortcut: MessageShortcut, context: Context): Who {
  const { user, channel, response_url: responseUrl } = shortcut;
  return { ...person(shortcut, user, context), channelId: channel.id, responseUrl };
}

/** The Home tab has no channel, and no address for an answer. */
export function whoPressed(body: BlockAction, context: Context): Who {
  const { user, response_url: responseUrl = '', channel } = body;
  return { ...person(body, user, context), channelId: channel?.id ?? '', responseUrl, pressed: true };
}

/**
 * A form has no address for an answer: it shows the result itself. Its metadata has the channel where it was opened, as
 * `channelId`.
 */
export function whoSubmitted(body: ViewSubmitAction, context: Context): Who {
  const { channelId = '' } = metadataIn(body.view.private_metadata);
  return { ...person(body, body.user, context), channelId, responseUrl: '', fromForm: true };
}

function person(
  body: Parameters<typeof workspaceOf>[0],
  user: Readonly<{ id: string; name?: string; username?: string }>,
  context: Context,
): Omit<Who, 'responseUrl' | 'channelId' | 'fromForm' | 'pressed'> {
  return {
    inboxId: inboxIdOf(context),
    workspaceId: workspaceOf(body),
    userId: user.id,
    userName: user.name ?? user.username ?? user.id,
  };
}
