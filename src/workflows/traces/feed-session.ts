/** Streams a body to the session as its bytes arrive, so the whole body is never in memory. */
import type { BodyCount, BodyHead, Session } from '#analyse/session.ts';
import { AnalysisEndedError, SpanhoundError } from '#core/errors.ts';
import { gapOf } from '#gather/collect.ts';

export type Fed = BodyCount &
  Readonly<{
    failure?: SpanhoundError;
    /** The report already says so. */
    told?: true;
  }>;

/**
 * Uses a body that broke off as far as it came; `cost` says in the report what is missing. A body without any usable
 * item is a failure.
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
    // If the analysis was ended, nothing is wrong with the body.
    if (!(error instanceof SpanhoundError) || error instanceof AnalysisEndedError) throw error;
    return { items: 0, failure: error };
  }
}
