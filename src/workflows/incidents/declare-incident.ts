/**
 * Declares an incident: stores it with its alert, diagnosis and thread, queues its overview, and sets the first
 * reminder. The thread that it was declared in hears of it.
 */
import { type DetectedBy, type Incident, incidentName, isOver, type Severity } from '#model/incident/incident.ts';
import type { Decision } from '#model/incident/rights.ts';
import { redact } from '#model/redaction/redaction.ts';
import { declaredSays } from '#present/slack/incident-messages.ts';
import { escapeMrkdwn } from '#present/slack/text.ts';
import { takeAlertNotes } from '#record/alert-notes.ts';
import type { NotedAlert } from '#record/alerts.ts';
import { audit, auditIncident } from '#record/audit.ts';
import { incidentDeclaredFrom, openIncidents } from '#record/find-incidents.ts';
import { declareIncident } from '#record/incidents.ts';
import { rootOf } from '#record/merges.ts';
import { post } from '#record/outbox.ts';
import type { Reader, Tx } from '#record/store.ts';
import { type ChannelSettings, channelFromNow } from '#workflows/channels/keep-channel.ts';
import { type CommanderCalls, callFromNow } from '#workflows/commander/call-commander.ts';
import {
  type AskedBy,
  answered,
  type IncidentParts,
  type MayRead,
  SLACK_DID_NOT_SAY,
  type Told,
} from '#workflows/incidents/on-incident.ts';
import { type Evidence, evidenceAt, type Origin, severityFor } from '#workflows/incidents/propose-incident.ts';
import { type ReminderMinutes, remindFromNow } from '#workflows/incidents/remind.ts';
import { type Directory, refreshOverview } from '#workflows/incidents/show-overview.ts';
import { decisionFor, type RightParts, refusedText } from '#workflows/rights/check-right.ts';
import { addChosenEntry, type ChosenMessage, followMarked } from '#workflows/timeline/follow-message.ts';
import type { SpokenTime } from '#workflows/times/spoken-time.ts';
import { whenOf } from '#workflows/times/when.ts';

export type DeclareRequest = Readonly<{
  asked: AskedBy;
  origin: Origin;
  title: string;
  severity?: Severity | undefined;
  detectedBy?: DetectedBy | undefined;
  /** Which alert, who said so. */
  detection?: string;
  impactStart?: SpokenTime | undefined;
  /** The message of Slack from which it is declared. */
  message?: ChosenMessage | undefined;
}>;

export type DeclareIncident = (request: DeclareRequest) => Promise<Told>;

/** The default severity if the person names none: visible to customers, but not to all. */
export const USUAL_SEVERITY: Severity = 'P2';

export type DeclareOptions = IncidentParts &
  RightParts &
  Readonly<{ minutes: ReminderMinutes; calls: CommanderCalls; channel: ChannelSettings; directory: Directory }>;

export function incidentDeclarer({
  store,
  jobs,
  mayRead,
  kick,
  minutes,
  calls,
  channel,
  directory,
  askRight,
}: DeclareOptions): DeclareIncident {
  return async ({ asked, origin, title, severity: said, detectedBy, detection = '', impactStart, message }) => {
    const { inboxId, workspaceId, userId, responseUrl } = asked;
    const impact = await whenOf({ store, directory }, asked, impactStart);
    if ('problem' in impact) return { kind: 'refused', text: impact.problem, about: 'time' };

    const [unseen, right, secret] = await Promise.all([
      refusalIn(mayRead, asked, origin.channelId),
      decisionFor({ askRight }, { right: 'declare', userId }),
      // The person must not learn of one that they may not see: then theirs is declared too.
      secretIncident(store, mayRead, asked, origin),
    ]);
    const link = message === undefined ? '' : await directory.permalink(message);
    const told = await store.transaction(async (tx): Promise<Told> => {
      const refused = await mayNotDeclare(tx, asked, { unseen, right, channelId: origin.channelId });
      if (refused !== undefined) return await answered(tx, asked, { kind: 'refused', text: refused });
      await tx.lock(`incidents/${workspaceId}`);
      const { alert, investigation } = await evidenceAt(tx, workspaceId, origin);
      const investigationId = investigation?.id;
      const known = await openIncidentOf(tx, { alertId: alert?.id, investigationId });
      const problem =
        alreadyOpen(known, { secret, inboxId }) ??
        (await alreadyDeclared(tx, { workspaceId, channelId: origin.channelId, title, id: inboxId }));
      if (problem !== undefined) return await answered(tx, asked, { kind: 'refused', text: problem });
      const { severity, why } = await typedOrProposed(tx, said, { workspaceId, origin, alert, investigation });
      const incident = await declareIncident(tx, {
        id: inboxId,
        workspaceId,
        title,
        severity,
        channelId: origin.channelId,
        threadTs: origin.threadTs,
        declaredBy: userId,
        impactStartUs: impact.atUs,
        ...detectionOf(alert, { userId, detectedBy, detection }),
        alertId: alert?.id,
        investigationId,
      });
      const unchecked = await noteUnchecked(tx, incident, right);
      const by = { inboxId, workspaceId, userId };
      await followMarked(tx, jobs, { keys: await takeAlertNotes(tx, incident), by });
      if (message !== undefined) await addChosenEntry(tx, jobs, incident, { message, link, by });
      await remindFromNow(tx, jobs, incident, minutes);
      await callFromNow(tx, jobs, incident, calls);
      await channelFromNow(tx, jobs, incident, { channel, key: inboxId });
      await refreshOverview(tx, jobs, { incident, key: inboxId, fallbackResponseUrl: responseUrl });
      await tellThread(tx, incident, asked);
      const began = impact.said === '' ? '' : ` Its impact began${impact.said}.`;
      const steps = nextSteps(minutes[severity]);
      const text = `${incidentName(incident)} is declared as ${severity}${why}.${began} ${steps}${unchecked}`;
      return await answered(tx, asked, { kind: 'done', text });
    });
    kick();
    return told;
  };
}

/** `why`: continues the sentence that names a proposed severity. */
async function typedOrProposed(
  tx: Tx,
  typed: Severity | undefined,
  { workspaceId, ...evidence }: Evidence & Readonly<{ workspaceId: string; origin: Origin }>,
): Promise<Readonly<{ severity: Severity; why: string }>> {
  if (typed !== undefined) return { severity: typed, why: '' };
  const proposed = await severityFor(tx, workspaceId, { ...evidence, nowUs: tx.nowUs });
  if (proposed === undefined) return { severity: USUAL_SEVERITY, why: '' };
  const { severity, because } = proposed;
  return { severity, why: `, because ${escapeMrkdwn(because)}; \`/incident severity\` changes it` };
}

/** Why this person declares none: they may not read the channel, or a setting reserves it for user groups. */
async function mayNotDeclare(
  tx: Tx,
  { workspaceId, userId: actor }: AskedBy,
  { unseen, right, channelId: subject }: Readonly<{ unseen: string | undefined; right: Decision; channelId: string }>,
): Promise<string | undefined> {
  const refused = refusedText(right);
  if (unseen !== undefined || refused === undefined) return unseen;
  const detail = { right: 'declare', person: actor };
  await audit(tx, { workspaceId, actor, action: 'right.refused', subject, detail });
  return refused;
}

/** What the person reads where nobody could say whether they may; else ''. */
async function noteUnchecked(tx: Tx, incident: Incident, right: Decision): Promise<string> {
  if (right.kind !== 'unchecked') return '';
  const person = incident.declaredBy;
  await auditIncident(tx, incident, person, 'right.unchecked', { right: 'declare', person });
  return ` ${right.text}`;
}

/** The overview stands in the channel. Whoever reads the thread of the alert learns that there is one. */
async function tellThread(
  tx: Tx,
  incident: Incident,
  { userName, userId, said }: Pick<AskedBy, 'userName' | 'userId' | 'said'>,
): Promise<void> {
  const { id, workspaceId, channelId, threadTs } = incident;
  // The answer to a sentence stands there and says it.
  if (threadTs === undefined || said !== undefined) return;
  const message = declaredSays(incident, { by: userName || userId, atUs: tx.nowUs });
  await post(tx, { messageId: `${id}/declared`, workspaceId, channelId, threadTs, message });
}

/** Whoever may not see the incidents of a channel declares none there, and does not learn which are open. */
async function refusalIn(mayRead: MayRead, asked: AskedBy, channelId: string): Promise<string | undefined> {
  const may = await mayRead(asked, channelId);
  return may === undefined ? SLACK_DID_NOT_SAY : may ? undefined : NOT_YOURS;
}

const NOT_YOURS =
  'You may declare an incident only in a channel that you can read. Guests and people of other workspaces may not do it.';

/** The open incident of the same alert or diagnosis, if the person may not see it. Undefined if Slack did not say. */
async function secretIncident(
  reader: Reader,
  mayRead: MayRead,
  asked: AskedBy,
  origin: Origin,
): Promise<Readonly<{ id?: string }> | undefined> {
  const { alert, investigation } = await evidenceAt(reader, asked.workspaceId, origin);
  const known = await openIncidentOf(reader, { alertId: alert?.id, investigationId: investigation?.id });
  if (known === undefined) return {};
  const may = await mayRead(asked, known.channelId);
  return may === undefined ? undefined : may ? {} : { id: known.id };
}

async function openIncidentOf(
  reader: Reader,
  { alertId, investigationId }: Readonly<{ alertId: string | undefined; investigationId: string | undefined }>,
): Promise<Incident | undefined> {
  const origin = alertId === undefined ? investigationId && { investigationId } : { alertId };
  const known = origin ? await incidentDeclaredFrom(reader, origin) : undefined;
  const root = known && (await rootOf(reader, known));
  return root === undefined || isOver(root) ? undefined : root;
}

/** What the person is told of an open incident of the same evidence; `secret`: of that one they must not learn. */
function alreadyOpen(
  known: Incident | undefined,
  { secret, inboxId }: Readonly<{ secret: Readonly<{ id?: string }> | undefined; inboxId: string }>,
): string | undefined {
  if (secret === undefined) return SLACK_DID_NOT_SAY;
  if (known === undefined || known.id === inboxId || known.id === secret.id) return undefined;
  return `${incidentName(known)} is already open for this: ${escapeMrkdwn(known.title)}. See <#${known.channelId}>.`;
}

/** Two people, or one person twice, may declare the same problem in the same minute. They mean one incident. */
async function alreadyDeclared(
  reader: Reader,
  { workspaceId, channelId, title, id }: Readonly<Record<'workspaceId' | 'channelId' | 'title' | 'id', string>>,
): Promise<string | undefined> {
  const wanted = folded(redact(title));
  const open = await openIncidents(reader, { workspaceId, channelId });
  const twin = open.find((incident) => incident.id !== id && folded(incident.title) === wanted);
  if (twin === undefined) return undefined;
  const name = incidentName(twin);
  return `${name} is open here with this title, declared as ${twin.severity} by <@${twin.declaredBy}>. Add to it: \`/incident ${name} note …\`, \`/incident ${name} severity P0\`. For another incident, use another title.`;
}

function folded(title: string): string {
  return title.trim().replace(/\s+/g, ' ').toLowerCase();
}

function detectionOf(
  alert: NotedAlert | undefined,
  {
    userId,
    detectedBy,
    detection,
  }: Pick<DeclareRequest, 'detectedBy'> & Readonly<{ userId: string; detection: string }>,
) {
  const saidSo = alert === undefined ? userId : `${alert.source}: ${alert.title}`;
  return {
    detectedBy: detectedBy ?? (alert === undefined ? 'employee' : 'alert'),
    detection: detection || saidSo,
  } as const;
}

function nextSteps(minutes: number): string {
  const reminder = minutes === 0 ? '' : ` I ask for an update every ${minutes} minutes.`;
  return `Take a role in its overview, add what happens with \`/incident note\`, or mark a message with :pushpin:.${reminder}`;
}
