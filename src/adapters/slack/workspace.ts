/** The workspace of the token, for events that do not come from Slack but are answered there. */
import { createHash } from 'node:crypto';
import type { WebClient } from '@slack/web-api';
import { markOf, setMark } from '#record/marks.ts';
import type { Store } from '#record/store.ts';

export type OwnWorkspaceOptions = Readonly<{
  client: WebClient;
  store: Store;
  /** A token belongs to one workspace for its whole life. */
  botToken: string;
}>;

const MARK = 'workspace of token ';

/**
 * Requested once in the life of a token, and kept in the store: work goes on after a restart while Slack is away. After
 * a failure, requested again next time.
 */
export function ownWorkspace({ client, store, botToken }: OwnWorkspaceOptions): () => Promise<string> {
  const mark = MARK + createHash('sha256').update(botToken).digest('base64url');
  let known: string | undefined;
  return async () => {
    known ??= (await markOf(store, mark))?.value ?? (await asked());
    return known;
  };

  async function asked(): Promise<string> {
    const { team_id } = await client.auth.test();
    if (team_id === undefined) throw new Error('Slack did not say which workspace the token belongs to');
    await store.transaction((tx) => setMark(tx, mark, team_id));
    return team_id;
  }
}
