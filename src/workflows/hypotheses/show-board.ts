/**
 * The message with the hypotheses of an incident, where people work on it. It appears as soon as somebody suspects or
 * judges one, and the overview's job updates it when something changed.
 */
import { sha256 } from '#core/sha256.ts';
import { hypothesisStep } from '#model/incident/hypothesis-board.ts';
import type { Incident, TimelineEntry } from '#model/incident/incident.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { hypothesisBoard, type MergedBoard } from '#present/slack/hypothesis-board.ts';
import type { Names } from '#present/words/people-names.ts';
import { openChannelOf } from '#record/incident-channels.ts';
import { markOf, setMark } from '#record/marks.ts';
import { mergedIn, type ShowsMerged } from '#record/merges.ts';
import { deliveryOf, post, update } from '#record/outbox.ts';
import type { Reader, Tx } from '#record/store.ts';
import { boardOf } from '#workflows/hypotheses/read-board.ts';
import { conversationOf } from '#workflows/incidents/incident-thread.ts';

const BOARD_OF = (incidentId: string) => `${incidentId}/hypotheses`;
/** In the incident's own channel. */
const OWN_BOARD_OF = (incidentId: string) => `${incidentId}/own-hypotheses`;
const SHOWN = (messageId: string) => `shown/${messageId}`;

/** `entries`: those of the incident itself. The claims of a merged one have ids of their own, so they stand apart. */
export async function showBoard(
  tx: Tx,
  incident: Incident,
  { entries, names, shows }: Readonly<{ entries: readonly TimelineEntry[]; names: Names; shows: ShowsMerged }>,
): Promise<void> {
  const merged = await mergedBoards(tx, incident, shows);
  const { id } = incident;
  const isSaid = merged.length > 0 || entries.some((entry) => hypothesisStep(entry) !== undefined);
  // A split may take away all that a board had.
  if (!isSaid && !(await isShown(tx, id))) return;
  const message = hypothesisBoard({ incident, rows: await boardOf(tx, incident), merged, names });
  const own = await openChannelOf(tx, id);
  if (own !== undefined) await keep(tx, incident, { messageId: OWN_BOARD_OF(id), place: { channelId: own }, message });
  // One from before the channel is kept up to date: who reads only the first channel must not read an old state.
  if (own !== undefined && (await deliveryOf(tx, BOARD_OF(id))) === undefined) return;
  await keep(tx, incident, { messageId: BOARD_OF(id), place: await conversationOf(tx, incident), message });
}

async function isShown(tx: Tx, incidentId: string): Promise<boolean> {
  const boards = [BOARD_OF(incidentId), OWN_BOARD_OF(incidentId)];
  for (const messageId of boards) if ((await deliveryOf(tx, messageId)) !== undefined) return true;
  return false;
}

/** What people said there; what Spanhound alone thought of the other incident stays in its own report. */
export async function mergedBoards(
  reader: Reader,
  incident: Incident,
  shows: ShowsMerged,
): Promise<readonly MergedBoard[]> {
  const boards: MergedBoard[] = [];
  for (const other of await mergedIn(reader, incident, shows)) {
    const rows = (await boardOf(reader, other)).filter(
      ({ source, steps }) => source !== 'spanhound' || steps.length > 0,
    );
    if (rows.length > 0) boards.push({ incident: other, rows });
  }
  return boards;
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
