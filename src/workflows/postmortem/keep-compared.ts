/** Keeps the requests that a comparison or a verification showed, for the pictures of the postmortem. */
import type { PresentedComparison } from '#present/present-comparison.ts';
import { addToReport } from '#record/investigations.ts';
import type { Tx } from '#record/store.ts';

/** In the transaction that answers; without a report, nothing came about. A later verification without a confirmed fix takes the request away. */
export async function keepCompared(
  tx: Tx,
  { id, workspaceId }: Readonly<{ id: string; workspaceId: string }>,
  report: PresentedComparison['report'] | undefined,
): Promise<void> {
  if (report === undefined) return;
  const { drawn, relation, verification } = report;
  if (verification === undefined && (relation !== 'one-request' || drawn === undefined)) return;
  const fixedRequest = verification?.result === 'confirmed' ? drawn?.failing : undefined;
  const fields = verification === undefined ? { healthyRequest: drawn?.healthy } : { fixedRequest };
  await addToReport(tx, { id, workspaceId, fields });
}
