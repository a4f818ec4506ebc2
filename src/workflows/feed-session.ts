/** Hands a body on to the session as its bytes come, so that it is never held whole. */
import type { BodyCount, BodyHead, Session } from '#analyse/session.ts';
import { AnalysisEndedError, SpanhoundError } from '#core/errors.ts';
import { gapOf } from '#gather/collect.ts';

export type Fed = BodyCount &
  Readonly<{
    failure?: SpanhoundError;
    /** The report says so already. */
    told?: true;
  }>;

/**
 * What broke off is used as far as it came, and `cost` says in the report what that means. A body that holds nothing of
 * its kind is a failure with no items.
 */
export async function feedSession(
  session: Session,
  id: string,
  head: BodyHead,
  chunks: AsyncIterable<Uint8Array>,
  cost: string,
): Promise<Fed> {
  session.body(id, head);
  try {
    for await (const chunk of chunks) await session.bytes(id, chunk);
  } catch (error) {
    if (!(error instanceof SpanhoundError) || error instanceof AnalysisEndedError) throw error;
    const { items } = await session.abandon(id, gapOf(head.source, error, cost));
    return { items, failure: error, told: true };
  }
  try {
    return await session.end(id);
  } catch (error) {
    // Nothing is wrong with the body of an analysis that was ended.
    if (!(error instanceof SpanhoundError) || error instanceof AnalysisEndedError) throw error;
    return { items: 0, failure: error };
  }
}
