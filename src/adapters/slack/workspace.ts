/** Which workspace the token is of, for what does not come from Slack and is answered there. */
import type { WebClient } from '@slack/web-api';

/** Asked once; a failure is asked again the next time. */
export function ownWorkspace(client: WebClient): () => Promise<string> {
  let known: string | undefined;
  return async () => {
    known ??= (await client.auth.test()).team_id;
    if (known === undefined) throw new Error('Slack did not say which workspace the token belongs to');
    return known;
  };
}
