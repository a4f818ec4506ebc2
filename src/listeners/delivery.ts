/** What of a request of Slack the workflows need, read from each form in which Slack sends it. */
import type { Context } from '@slack/bolt';

/** Set by the inbox receiver: the stored row that this request is, and with it the key of everything that follows. */
export function inboxIdOf(context: Context): string {
  const { inboxId } = context;
  if (typeof inboxId !== 'string') throw new Error('the request did not come through the inbox');
  return inboxId;
}

/** An organisation-wide install has no workspace of its own in some payloads. */
export function workspaceOf(body: Readonly<{ team?: { id: string } | null; user?: { team_id?: string } }>): string {
  return body.team?.id ?? body.user?.team_id ?? '';
}
