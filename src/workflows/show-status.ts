/** The message of an update for customers in the incident's thread. It always shows how the update stands. */
import type { Incident } from '#model/incident/incident.ts';
import { approverOf, promisedUs, type StatusUpdate } from '#model/incident/status-page.ts';
import { statusMessage, statusToClose } from '#present/slack/status-messages.ts';
import { deliveryOf, post, update as updateMessage } from '#record/outbox.ts';
import { correctedText, openOnPage, sendsOf, statusUpdatesOf } from '#record/status-updates.ts';
import type { Tx } from '#record/store.ts';
import { threadOf } from '#workflows/incident-thread.ts';
import type { Directory } from '#workflows/show-overview.ts';

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

/** For an incident that ends while customers still read that it goes on. */
export async function askToClosePage(tx: Tx, incident: Incident, key: string): Promise<void> {
  const { id, workspaceId } = incident;
  const open = openOnPage(await statusUpdatesOf(tx, id));
  if (open === undefined) return;
  const message = statusToClose(incident, open.status);
  const thread = await threadOf(tx, incident);
  await post(tx, { messageId: `${id}/status-page/close/${key}`, workspaceId, ...thread, message, rank: 'urgent' });
}
