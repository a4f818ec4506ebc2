/**
 * Shows a method in one of two places: from a diagnosis, in its thread for everybody; from an incident, to the person
 * who asks. A method in a thread is updated after each answer.
 */
import { hypothesisStep } from '#model/incident/hypothesis-board.ts';
import type { Incident } from '#model/incident/incident.ts';
import type { Report } from '#present/json/report.ts';
import { fishboneAlt, fishboneSvg } from '#present/pictures/fishbone-svg.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { blockProblems } from '#present/slack/block-limits.ts';
import { hypothesisBoard } from '#present/slack/hypothesis-board.ts';
import type { MethodName } from '#present/slack/methods-message.ts';
import { onOwnClock } from '#present/slack/rich-text.ts';
import { truncate } from '#present/slack/text.ts';
import { audit } from '#record/audit.ts';
import { incidentOfInvestigation } from '#record/find-incidents.ts';
import { done } from '#record/inbox.ts';
import { findInvestigation, type Investigation } from '#record/investigations.ts';
import { deliveryOf, type Message, type Picture, post, respond, update } from '#record/outbox.ts';
import type { Reader, Store, Tx } from '#record/store.ts';
import { timelineOf } from '#record/timeline.ts';
import { boardOf } from '#workflows/hypotheses/read-board.ts';
import { mergedBoards } from '#workflows/hypotheses/show-board.ts';
import { mergesShown } from '#workflows/incidents/merges-shown.ts';
import { type AskedBy, incidentMeant, type MayRead, type Meant, showTo } from '#workflows/incidents/on-incident.ts';
import { type Directory, namesFor } from '#workflows/incidents/show-overview.ts';
import { methodMessage, methodsOf, methodsOfIncident, type ShownIn } from '#workflows/methods/incident-methods.ts';
import type { ReadRunbook } from '#workflows/runbooks/read-runbook.ts';
import { type DrawParts, drawnInTime } from '#workflows/timeline/drawn-in-time.ts';
import { FORGOTTEN, type Shared, toldOf } from '#workflows/traces/share-detail.ts';

export type ShareMethodRequest = Readonly<{
  inboxId: string;
  workspaceId: string;
  investigationId: string;
  /** The person who chose it. */
  userId: string;
  responseUrl: string;
  /** It was chosen in the thread that the method goes to. */
  isInThread: boolean;
  method: MethodName;
}>;
export type ShowMethodRequest = Readonly<{ asked: AskedBy; meant: Meant; method: MethodName }>;

export type ShareMethod = (request: ShareMethodRequest) => Promise<void>;
export type ShowMethod = (request: ShowMethodRequest) => Promise<void>;

export type ShowMethodParts = Readonly<{
  store: Store;
  directory: Directory;
  readRunbook: ReadRunbook;
  kick(): void;
}>;

export type ShareMethodParts = ShowMethodParts & DrawParts;

/** The id of a method's message in the thread of its diagnosis. */
const METHOD_OF = (investigationId: string, method: MethodName) => `${investigationId}/method/${method}`;

export function methodSharer(parts: ShareMethodParts): ShareMethod {
  const { store, kick } = parts;
  return async ({ inboxId, workspaceId, investigationId, userId, responseUrl, isInThread, method }) => {
    const investigation = await findInvestigation(store, { id: investigationId, workspaceId });
    const shownIn = await shownInOf(parts, { investigationId, workspaceId }, method);
    const picture = method === 'fishbone' ? await pictureOf(investigation, parts) : undefined;
    await store.transaction(async (tx) => {
      const shared =
        investigation === undefined ? FORGOTTEN : await share(tx, investigation, { method, shownIn, picture });
      const text = toldOf(shared, isInThread);
      if (investigation !== undefined) {
        const detail = { what: method };
        await audit(tx, { workspaceId, actor: userId, action: 'evidence.shown', subject: investigationId, detail });
      }
      if (text !== '') await respond(tx, { workspaceId, responseUrl, message: { text }, key: inboxId });
      await done(tx, inboxId);
    });
    kick();
  };
}

export function methodShower(parts: ShowMethodParts & Readonly<{ mayRead: MayRead }>): ShowMethod {
  const { store, mayRead, kick } = parts;
  return async ({ asked, meant, method }) => {
    const incident = await incidentMeant({ store, mayRead }, asked, meant);
    const message = 'problem' in incident ? { text: incident.problem } : await ofIncident(incident, method, asked);
    const seen = 'problem' in incident ? undefined : { incident, what: method };
    await showTo({ store, kick }, asked, message, seen);
  };

  async function ofIncident(incident: Incident, method: MethodName, asked: AskedBy): Promise<Message> {
    const shownIn = await shownInIncident(parts, incident, method);
    const { entries, names } = shownIn;
    const diagnosed = await methodsOfIncident(store, incident, entries);
    const said = methodMessage(method, diagnosed, shownIn);
    const message = { ...said, blocks: onOwnClock(said.blocks, incident.declaredUs) };
    if (method !== 'hypotheses') return sayable(message);
    const shows = await mergesShown(
      store,
      async (_, channelId) => (await mayRead(asked, channelId)) === true,
      incident,
    );
    const merged = await mergedBoards(store, incident, shows);
    if (merged.length === 0 && !entries.some((entry) => hypothesisStep(entry) !== undefined)) return sayable(message);
    // Below the evidence of the diagnosis, if there is one: what people suspect and tried.
    const board = hypothesisBoard({ incident, rows: await boardOf(store, incident), merged, names });
    const hypotheses = diagnosed.methods?.hypotheses ?? [];
    const both = { ...message, blocks: [...message.blocks, ...board.blocks] };
    return sayable(hypotheses.length === 0 || blockProblems(both.blocks).length > 0 ? board : both);
  }
}

/** The incident of a diagnosis, with the names of the people in it; undefined if it has none. */
async function shownInOf(
  parts: ShowMethodParts,
  asked: Readonly<{ investigationId: string; workspaceId: string }>,
  method: MethodName,
): Promise<ShownIn | undefined> {
  const incident = await incidentOfInvestigation(parts.store, asked);
  return incident && (await shownInIncident(parts, incident, method));
}

async function shownInIncident(
  { store, directory, readRunbook }: ShowMethodParts,
  incident: Incident,
  method: MethodName,
): Promise<ShownIn> {
  const entries = await timelineOf(store, incident.id);
  const names = await namesFor(directory, incident, entries);
  const runbook = method === 'checklist' ? await readRunbook(incident) : undefined;
  return { incident, entries, names, nowUs: await store.nowUs(), runbook };
}

type Shown = Readonly<{ method: MethodName; shownIn: ShownIn | undefined; picture?: Picture | undefined }>;

const ALT_CHARS = 2_000;
const TITLE_CHARS = 150;

async function pictureOf(
  investigation: Investigation | undefined,
  parts: ShareMethodParts,
): Promise<Picture | undefined> {
  const methods = investigation?.state === 'done' ? (investigation.report as Report).methods : undefined;
  if (methods === undefined) return undefined;
  const { fishbone } = methods;
  const png = await drawnInTime(parts, fishboneSvg(fishbone, 'thread'));
  const title = truncate(`Fishbone of ${fishbone.effect}`, TITLE_CHARS);
  return png && { png, at: 1, alt: truncate(fishboneAlt(fishbone), ALT_CHARS), title };
}

async function share(tx: Tx, investigation: Investigation, shown: Shown): Promise<Shared> {
  const { id, workspaceId, channelId, createdUs, state } = investigation;
  if (state !== 'done') return 'The diagnosis is not ready yet: I am still working on it.';
  const message = await messageOf(tx, { id, workspaceId, createdUs }, shown);
  if (message === undefined)
    return 'This diagnosis was made before Spanhound had methods. Run `/trace <id>` again to get them.';
  const messageId = METHOD_OF(id, shown.method);
  const isNew = (await deliveryOf(tx, messageId)) === undefined;
  if (isNew) {
    await post(tx, { messageId, workspaceId, channelId, threadOf: id, message });
  } else await update(tx, { messageId, message, rank: 'asked' });
  return { isNew };
}

/** Updates the method in its thread with a new answer, in the transaction that stored it. */
export async function showAnew(
  tx: Tx,
  {
    investigationId,
    workspaceId,
    method,
  }: Readonly<{ investigationId: string; workspaceId: string; method: MethodName }>,
  shownIn: Omit<ShownIn, 'entries' | 'nowUs'>,
): Promise<void> {
  const messageId = METHOD_OF(investigationId, method);
  if ((await deliveryOf(tx, messageId)) === undefined) return;
  const entries = await timelineOf(tx, shownIn.incident.id);
  const now = { ...shownIn, entries, nowUs: tx.nowUs };
  const message = await messageOf(tx, { id: investigationId, workspaceId }, { method, shownIn: now });
  if (message !== undefined) await update(tx, { messageId, message, rank: 'asked' });
}

async function messageOf(
  reader: Reader,
  asked: Readonly<{ id: string; workspaceId: string; createdUs?: number }>,
  { method, shownIn, picture }: Shown,
): Promise<Message | undefined> {
  const methods = await methodsOf(reader, asked);
  if (methods === undefined) return undefined;
  const { text, blocks } = methodMessage(method, { investigationId: asked.id, methods }, shownIn);
  const dated = onOwnClock(blocks, shownIn?.incident.declaredUs ?? asked.createdUs);
  return { ...sayable({ text, blocks: dated }), ...(picture && { picture }) };
}

function sayable({ text, blocks }: SlackMessage): Message {
  return blocks.length === 0 ? { text } : { text, blocks };
}
