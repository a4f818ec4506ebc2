/**
 * What reads people's words with the patterns of the lint. The first call compiles them, which takes the processor for
 * seconds, so the bot asks a worker: see `analyse/session.ts`.
 */
import { taskProblem } from '#model/blameless/lint.ts';
import type { Postmortem, PostmortemRecord, Rewrite } from '#model/incident/postmortem.ts';
import { postmortemOf } from '#model/incident/postmortem-draft.ts';
import { rewritesInWords } from '#model/incident/postmortem-lint.ts';

export type PostmortemDesk = Readonly<{
  /** The draft of a record. */
  draft(record: PostmortemRecord): Promise<Postmortem>;
  /** Why this cannot be an action item; undefined where it can. */
  taskProblem(text: string): Promise<string | undefined>;
  /** What to rewrite in each of these texts, which people wrote for the timeline. */
  rewrites(texts: readonly string[]): Promise<readonly (readonly Rewrite[])[]>;
}>;

/** In this thread: for a command, and inside of a worker. */
export const ownDesk: PostmortemDesk = {
  draft: async (record) => postmortemOf(record),
  taskProblem: async (text) => taskProblem(text),
  rewrites: async (texts) => texts.map(rewritesInWords),
};
