/**
 * The alerts of a group. A routing tree with `continue: true` sends one alert by several routes, so in several groups. Its
 * fingerprint and its start name it: a group whose alerts have an answer already says only what is new.
 *
 *   none has an answer ──► the group gets one
 *   one has, and the others may be of its service ──► the group shares that answer; its thread names the new ones
 *   one has, and new ones are of another service ──► the group gets an answer about the new ones
 *
 * An end is said once, too: by the group that ends an alert first.
 */
import type { Gap } from '#model/finding/gap.ts';
import type { Alert, Delivery } from '#model/incident/alert.ts';
import { isSameService, mayBeOneService, namesInAlert, serviceKey } from '#model/incident/alert-service.ts';
import { ruleOf } from '#model/incident/story.ts';
import { truncateNames } from '#present/slack/text.ts';
import { endEarlierStarts, underFirstStart } from '#record/alert-keys.ts';
import {
  answerAlertWith,
  areOver,
  findAlert,
  groupsAnsweredBy,
  hasAnsweredMembers,
  type NotedAlert,
  noteAlert,
} from '#record/alerts.ts';
import { findInvestigation, type Investigation } from '#record/investigations.ts';
import { deliveryOf } from '#record/outbox.ts';
import type { Reader, Tx } from '#record/store.ts';

/** An answer, and the alert that it was made for. */
export type GivenAnswer = Pick<Investigation, 'id' | 'workspaceId' | 'channelId' | 'createdUs'> &
  Readonly<{ first: NotedAlert | undefined }>;

export type Member = Readonly<{
  alert: Alert;
  alertId: string;
  isNew: boolean;
  /** This delivery is the first to say its end. */
  ends: boolean;
  answer: GivenAnswer | undefined;
}>;

type Group = Pick<Delivery, 'subject' | 'members'> &
  Readonly<{ workspaceId: string; channelId: string | undefined; quietMinutes?: number | undefined }>;

export async function noteMembers(tx: Tx, group: Group): Promise<readonly Member[]> {
  const { subject, members, workspaceId, channelId, quietMinutes } = group;
  if (members.length === 0) return [];
  // Two groups with the same alerts wait here, and not for each other's alerts in another order.
  await tx.lock(`alert-ways/${workspaceId}/${subject.source}`);
  const answers = new Map<string, GivenAnswer | undefined>();
  const noted: Member[] = [];
  for (const member of members) {
    const alert = await underFirstStart(tx, workspaceId, member);
    const { alertId, isNew, previousState, investigationId } = await noteAlert(tx, {
      workspaceId,
      alert,
      channelId,
      isMember: true,
      quietMinutes,
    });
    if (isNew && alert.state === 'triggered') await endEarlierStarts(tx, workspaceId, alert);
    if (investigationId !== undefined && !answers.has(investigationId)) {
      answers.set(investigationId, await givenAnswer(tx, { workspaceId, id: investigationId }));
    }
    const ends = alert.state === 'resolved' && previousState !== 'resolved';
    noted.push({ alert, alertId, isNew, ends, answer: answers.get(investigationId ?? '') });
  }
  return noted;
}

/** Undefined if it is forgotten. An answer of a storm may have gone over to another story. */
async function givenAnswer(
  reader: Reader,
  { workspaceId, id }: Readonly<{ workspaceId: string; id: string }>,
): Promise<GivenAnswer | undefined> {
  const answer = await findInvestigation(reader, { workspaceId, id });
  if (answer === undefined) return undefined;
  const { alertId, channelId, createdUs } = answer;
  const first = alertId === undefined ? undefined : await findAlert(reader, { workspaceId, id: alertId });
  return { id: first?.investigationId ?? id, workspaceId, channelId, createdUs, first };
}

export type Grouping = Readonly<{
  /** The group as it is answered: without the alerts that have an answer, if it gets one of its own. */
  subject: Alert;
  /** The answer that a group without one shares. */
  shared: GivenAnswer | undefined;
  /** Some alert of the group fires without an answer. */
  isNews: boolean;
}>;

export function groupingOf(
  { subject, isOneOf }: Pick<Delivery, 'subject' | 'isOneOf'>,
  members: readonly Member[],
): Grouping {
  const firing = members.filter(({ alert }) => alert.state === 'triggered');
  const fresh = firing.filter(({ answer }) => answer === undefined).map(({ alert }) => alert);
  // Ids are in the order of time.
  const [shared] = firing.flatMap(({ answer }) => answer ?? []).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  if (isOneOf || shared === undefined) return { subject, shared: undefined, isNews: true };
  const other = fresh.find((alert) => !fits(shared, alert));
  if (other === undefined) return { subject, shared, isNews: fresh.length > 0 };
  const { key, state, saidUs } = subject;
  const title = fresh.length === 1 ? other.title : `${other.title} (${fresh.length} alerts)`;
  return { subject: { ...other, key, state, saidUs, title }, shared: undefined, isNews: true };
}

/** What the answer of a group leaves out: it examines one service, and other alerts of the group may name others. */
export function otherServicesGap({ source, service, labels }: Alert, members: readonly Member[]): readonly Gap[] {
  const [examined = ''] = namesInAlert({ service, labels });
  const firing = members.filter(({ alert }) => alert.state === 'triggered');
  const named = new Map(
    firing
      .flatMap(({ alert }) => namesInAlert(alert).slice(0, 1))
      .filter((name) => !isSameService(name, examined))
      .map((name) => [serviceKey(name), name]),
  );
  if (examined === '' || named.size === 0) return [];
  const names = truncateNames([...named.values()].join(', '), NAMES_CHARS);
  return [
    {
      source,
      problem: `the group has alerts of ${names}, too`,
      consequence: `only ${examined} was examined`,
    },
  ];
}

const NAMES_CHARS = 150;

/** Whether an answer may be about this alert too, although the alert came later. Its thread names the alert. */
function fits({ first }: GivenAnswer, alert: Alert): boolean {
  return first === undefined || mayBeOneService(first, alert);
}

/**
 * Records the answer of the group's alerts; returns those that join an earlier answer. An alert that joins has not been
 * examined. The answer stands for it if the same rule fires for the same service. Any other one is only named, so a group
 * of its own still gets an answer.
 */
export async function answerMembers(
  tx: Tx,
  members: readonly Member[],
  { answer, group }: Readonly<{ answer: Readonly<{ id: string; isNew: boolean }>; group: NotedAlert }>,
): Promise<readonly Alert[]> {
  const { id: investigationId } = answer;
  const given = answer.isNew
    ? undefined
    : await givenAnswer(tx, { workspaceId: group.workspaceId, id: investigationId });
  const isBegun = given !== undefined && (investigationId !== group.id || (await hasAnsweredMembers(tx, given)));
  for (const { alertId, alert, answer: own } of members) {
    if (own !== undefined || (isBegun && !standsFor(given, alert))) continue;
    await answerAlertWith(tx, { alertId, investigationId });
  }
  return isBegun ? members.flatMap(({ isNew, alert }) => (isNew && alert.state === 'triggered' ? [alert] : [])) : [];
}

function standsFor({ first }: GivenAnswer, alert: Alert): boolean {
  return first !== undefined && ruleOf(first) !== '' && ruleOf(first) === ruleOf(alert);
}

/**
 * All alerts of the group's answer have ended, and none of them fires here: the group fires anew, although its own end was
 * not said. Another group said their ends, or a later start showed them. Alertmanager leaves an end out where an alert
 * fires again within `group_interval`.
 */
export async function firesAnew(
  reader: Reader,
  { workspaceId, investigationId }: NotedAlert,
  members: readonly Member[],
): Promise<boolean> {
  if (investigationId === undefined || !members.some(({ alert }) => alert.state === 'triggered')) return false;
  const own = members.filter(({ answer }) => answer === undefined || answer.id === investigationId);
  if (own.some(({ alert, isNew, ends }) => ends || (alert.state === 'triggered' && !isNew))) return false;
  const answer = await findInvestigation(reader, { workspaceId, id: investigationId });
  return answer !== undefined && (await areOver(reader, answer));
}

/** What ends with this group under its answer, for people; undefined if another group has said it. */
export async function titleOfEnd(
  reader: Reader,
  { id, title }: NotedAlert,
  { answer, members }: Readonly<{ answer: Investigation; members: readonly Member[] }>,
): Promise<string | undefined> {
  const groups = await groupsAnsweredBy(reader, answer);
  if (!groups.includes(id) || groups.length < 2) return title;
  const ends = await Promise.all(groups.map((one) => deliveryOf(reader, endMessage(one))));
  const isSaid = ends.some((end) => end !== undefined);
  // Its message in Slack does not name its alerts.
  if (members.length === 0) return isSaid && (await areOver(reader, answer)) ? undefined : title;
  const own = members.filter((member) => member.answer === undefined || member.answer.id === answer.id);
  if (!isSaid && own.length === members.length) return title;
  const ended = isSaid ? own.filter((member) => member.ends) : own;
  return ended.length === 0 ? undefined : ended.map(({ alert }) => alert.title).join(', ');
}

/** The id of the message that says an alert's end. */
export const endMessage = (alertId: string) => `${alertId}/resolved`;
