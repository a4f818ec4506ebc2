/** The workspace of the token, for events that do not come from Slack but are answered there. */
import type { WebClient } from '@slack/web-api';

/** Requested once; after a failure, requested again next time. */
export function ownWorkspace(client: WebClient): () => Promise<string> {
  let known: string | undefined;
  return async () => {
    known ??= (await client.auth.test()).team_id;
    if (known === undefined) throw new Error('Slack did not say which workspace the token belongs to');
    return known;
  };
}
