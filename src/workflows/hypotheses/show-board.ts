/**
 * The message with the hypotheses of an incident, where people work on it. It appears as soon as somebody suspects or
 * judges one, and the overview's job updates it when something changed.
 */
import { sha256 } from '#core/sha256.ts';
import { hypothesisStep } from '#model/incident/hypothesis-board.ts';
import type { Incident, TimelineEntry } from '#model/incident/incident.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { hypothesisBoard } from '#present/slack/hypothesis-board.ts';
import type { Names } from '#present/words/people-names.ts';
import { openChannelOf } from '#record/incident-channels.ts';
import { markOf, setMark } from '#record/marks.ts';
import { deliveryOf, post, update } from '#record/outbox.ts';
import type { Tx } from '#record/store.ts';
import { boardOf } from '#workflows/hypotheses/read-board.ts';
import { conversationOf } from '#workflows/incident-thread.ts';

const BOARD_OF = (incidentId: string) => `${incidentId}/hypotheses`;
/** In the incident's own channel. */
const OWN_BOARD_OF = (incidentId: string) => `${incidentId}/own-hypotheses`;
const SHOWN = (messageId: string) => `shown/${messageId}`;

/** `entries`: those of the incident itself, because the claims of a merged one have names of their own. */
export async function showBoard(
  tx: Tx,
  incident: Incident,
  { entries, names }: Readonly<{ entries: readonly TimelineEntry[]; names: Names }>,
): Promise<void> {
  if (!entries.some((entry) => hypothesisStep(entry) !== undefined)) return;
  const { id } = incident;
  const message = hypothesisBoard({ incident, rows: await boardOf(tx, incident), names });
  const own = await openChannelOf(tx, id);
  if (own !== undefined) await keep(tx, incident, { messageId: OWN_BOARD_OF(id), place: { channelId: own }, message });
  // One from before the channel is kept up to date: who reads only the first channel must not read an old state.
  if (own !== undefined && (await deliveryOf(tx, BOARD_OF(id))) === undefined) return;
  await keep(tx, incident, { messageId: BOARD_OF(id), place: await conversationOf(tx, incident), message });
}

async function keep(
  tx: Tx,
  { workspaceId }: Incident,
  {
    messageId,
    place,
    message: { text, blocks },
  }: Readonly<{ messageId: string; place: Awaited<ReturnType<typeof conversationOf>>; message: SlackMessage }>,
): Promise<void> {
  const message = { text, blocks };
  const digest = sha256(JSON.stringify(message));
  if ((await markOf(tx, SHOWN(messageId)))?.value === digest) return;
  await setMark(tx, SHOWN(messageId), digest);
  if ((await deliveryOf(tx, messageId)) !== undefined) return await update(tx, { messageId, message, rank: 'asked' });
  await post(tx, { messageId, workspaceId, ...place, message, rank: 'detail' });
}
