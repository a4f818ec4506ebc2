/**
 * The message with the hypotheses of an incident, where people work on it. It appears as soon as somebody suspects or
 * judges one, and the overview's job updates it when something changed.
 */
import { sha256 } from '#core/sha256.ts';
import { hypothesisStep } from '#model/incident/hypothesis-board.ts';
import type { Incident, TimelineEntry } from '#model/incident/incident.ts';
import { hypothesisBoard } from '#present/slack/hypothesis-board.ts';
import type { Names } from '#present/words/people-names.ts';
import { markOf, setMark } from '#record/marks.ts';
import { deliveryOf, post, update } from '#record/outbox.ts';
import type { Tx } from '#record/store.ts';
import { boardOf } from '#workflows/hypotheses/read-board.ts';
import { conversationOf } from '#workflows/incident-thread.ts';

const BOARD_OF = (incidentId: string) => `${incidentId}/hypotheses`;
const SHOWN = (incidentId: string) => `hypotheses/${incidentId}`;

/** `entries`: those of the incident itself, because the claims of a merged one have names of their own. */
export async function showBoard(
  tx: Tx,
  incident: Incident,
  { entries, names }: Readonly<{ entries: readonly TimelineEntry[]; names: Names }>,
): Promise<void> {
  if (!entries.some((entry) => hypothesisStep(entry) !== undefined)) return;
  const { id, workspaceId } = incident;
  const { text, blocks } = hypothesisBoard({ incident, rows: await boardOf(tx, incident), names });
  const message = { text, blocks };
  const digest = sha256(JSON.stringify(message));
  if ((await markOf(tx, SHOWN(id)))?.value === digest) return;
  await setMark(tx, SHOWN(id), digest);
  const messageId = BOARD_OF(id);
  if ((await deliveryOf(tx, messageId)) !== undefined) return await update(tx, { messageId, message, rank: 'asked' });
  await post(tx, { messageId, workspaceId, ...(await conversationOf(tx, incident)), message, rank: 'detail' });
}
