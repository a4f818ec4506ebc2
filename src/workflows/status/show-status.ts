/** The message of an update for customers in the incident's thread. It always shows how the update stands. */
import type { Incident } from '#model/incident/incident.ts';
import { approverOf, promisedUs, type StatusUpdate } from '#model/incident/status-page.ts';
import { statusAnswered, statusMessage, statusToClose } from '#present/slack/status-messages.ts';
import { deliveryOf, newestDelivery, post, update as updateMessage } from '#record/outbox.ts';
import { correctedText, openOnPage, sendsOf, statusUpdatesOf } from '#record/status-updates.ts';
import type { Tx } from '#record/store.ts';
import { threadOf } from '#workflows/incidents/incident-thread.ts';
import type { Directory } from '#workflows/incidents/show-overview.ts';

export type PageNames = Readonly<{
  /** By the id of the page. */
  titles: ReadonlyMap<string, string>;
  /** By the id of the person. */
  people: ReadonlyMap<string, string>;
}>;

const STATUS_MESSAGE = (incidentId: string, updateId: string) => `${incidentId}/status-page/${updateId}`;

/** Asks Slack, so never call it inside a transaction. */
export async function namesOfPeople(
  directory: Pick<Directory, 'person'>,
  ids: readonly (string | undefined)[],
): Promise<ReadonlyMap<string, string>> {
  const people = [...new Set(ids.filter((id) => id !== undefined))];
  const named = await Promise.all(people.map(async (id) => [id, (await directory.person(id))?.name ?? id] as const));
  return new Map(named);
}

export async function showStatus(
  tx: Tx,
  incident: Incident,
  update: StatusUpdate,
  { titles, people }: PageNames,
): Promise<void> {
  const { id, workspaceId } = incident;
  const messageId = STATUS_MESSAGE(id, update.id);
  const updates = await statusUpdatesOf(tx, id);
  const sends = await sendsOf(tx, update.id);
  const message = statusMessage({
    incident,
    update: { ...update, text: correctedText(updates, update) },
    nextUs: promisedUs(update),
    sends: sends.map((send) => ({ ...send, title: titles.get(send.target) ?? send.target })),
    approver: approverOf(incident),
    people,
    isNewest: updates.findLast(({ state }) => state !== 'dropped')?.number === update.number,
  });
  if ((await deliveryOf(tx, messageId)) === undefined) {
    const thread = await threadOf(tx, incident);
    return await post(tx, { messageId, workspaceId, ...thread, message, rank: 'urgent' });
  }
  await updateMessage(tx, { messageId, message, rank: 'asked' });
}

/** What was asked for is no longer missing: the promised update, and the last one after the end. */
export async function answerAsked(
  tx: Tx,
  incident: Incident,
  { before, update }: Readonly<{ before: StatusUpdate | undefined; update: StatusUpdate }>,
): Promise<void> {
  const { id } = incident;
  const soon = before && (await deliveryOf(tx, SOON_MESSAGE(id, before.id)));
  const overdue = before && (await deliveryOf(tx, OVERDUE_MESSAGE(id, before.id)));
  const close = update.status === 'resolved' ? await newestDelivery(tx, CLOSE_MESSAGES(id)) : undefined;
  const message = statusAnswered(incident, { status: update.status, atUs: tx.nowUs });
  for (const asked of [soon, overdue, close]) {
    if (asked !== undefined) await updateMessage(tx, { messageId: asked.messageId, message, rank: 'asked' });
  }
}

/** Asks for the update that was promised with this one, before its time. */
export const SOON_MESSAGE = (incidentId: string, updateId: string) => `${STATUS_MESSAGE(incidentId, updateId)}/soon`;

/** The same at its time. */
export const OVERDUE_MESSAGE = (incidentId: string, updateId: string) =>
  `${STATUS_MESSAGE(incidentId, updateId)}/overdue`;

const CLOSE_MESSAGES = (incidentId: string) => `${incidentId}/status-page/close/`;

/** For an incident that ends while customers still read that it goes on. */
export async function askToClosePage(tx: Tx, incident: Incident, key: string): Promise<void> {
  const { id, workspaceId } = incident;
  const open = openOnPage(await statusUpdatesOf(tx, id));
  if (open === undefined) return;
  const message = statusToClose(incident, open.status);
  const thread = await threadOf(tx, incident);
  await post(tx, { messageId: `${CLOSE_MESSAGES(id)}${key}`, workspaceId, ...thread, message, rank: 'urgent' });
}
