/** Changes to an incident by command, button or form: its status, its severity, its title, its roles. */
import { type Incident, incidentName, isOver, type Severity, STATUSES, type Status } from '#model/incident/incident.ts';
import type { Pager } from '#model/incident/pager.ts';
import { isRaised } from '#model/incident/rights.ts';
import { dutyOf, type Role, roleInSentence, roleName, roleWord, type TeamRole } from '#model/incident/roles.ts';
import { roleGiven } from '#present/slack/role-messages.ts';
import { escapeMrkdwn } from '#present/slack/text.ts';
import { changeIncident, assignRole as storeRole } from '#record/incidents.ts';
import { mergedInto, noteSplit } from '#record/merges.ts';
import { post } from '#record/outbox.ts';
import type { Tx } from '#record/store.ts';
import { type ChannelSettings, channelFromNow } from '#workflows/channels/keep-channel.ts';
import { askCommander, type CommanderCalls, callFromNow, endCall } from '#workflows/commander/call-commander.ts';
import { confirming } from '#workflows/incidents/confirm-role.ts';
import { overviewUrl } from '#workflows/incidents/incident-thread.ts';
import { lookAfterEnd } from '#workflows/incidents/look-after.ts';
import {
  type AskedBy,
  alsoSay,
  type Changing,
  type IncidentParts,
  incidentMeant,
  type Meant,
  onIncident,
  SLACK_DID_NOT_SAY,
  type Told,
} from '#workflows/incidents/on-incident.ts';
import { type ReminderMinutes, remindFromNow } from '#workflows/incidents/remind.ts';
import { askToResolveThere } from '#workflows/pagers/ask-to-resolve.ts';
import { endPages, type PageSettings, pageByNow, whoMay } from '#workflows/pagers/page-next.ts';
import { draftAnew } from '#workflows/postmortem/draft-postmortem.ts';
import { type RightParts, withRight } from '#workflows/rights/check-right.ts';
import { draftedTooEarly } from '#workflows/rights/circle.ts';
import { askToClosePage } from '#workflows/status/show-status.ts';
import { keptText } from '#workflows/timeline/note-entry.ts';
import type { SpokenTime } from '#workflows/times/spoken-time.ts';
import { type Happened, type TimeParts, whenOf } from '#workflows/times/when.ts';

export type ChangeRequest = Readonly<{ asked: AskedBy; meant: Meant }>;

export type StatusRequest = ChangeRequest & Readonly<{ status: Status; text: string; when?: SpokenTime | undefined }>;
/** `text`: why. */
export type SeverityRequest = ChangeRequest & Readonly<{ severity: Severity; text?: string }>;
export type ReopenRequest = Omit<StatusRequest, 'status'>;
/** `from`: the number of the incident that it was merged into, if the person typed it. */
export type SplitRequest = ReopenRequest & Readonly<{ from?: number | undefined }>;
export type RenameRequest = ChangeRequest & Readonly<{ title: string }>;
export type RoleRequest = ChangeRequest &
  Readonly<{
    role: Role;
    /** Someone other than the person who asks. */
    holder?: string | undefined;
  }>;

export type ChangeWorkflows = Readonly<{
  setStatus(request: StatusRequest): Promise<Told>;
  /** Nothing changes where it is open. */
  reopen(request: ReopenRequest): Promise<Told>;
  /** Nothing changes where it is merged into no other one, or into another one than the person says. */
  split(request: SplitRequest): Promise<Told>;
  setSeverity(request: SeverityRequest): Promise<Told>;
  rename(request: RenameRequest): Promise<Told>;
  assignRole(request: RoleRequest): Promise<Told>;
  /** The team's own roles. */
  team: readonly TeamRole[];
}>;

export type ChangeOptions = IncidentParts &
  TimeParts &
  RightParts &
  Readonly<{
    minutes: ReminderMinutes;
    calls: CommanderCalls;
    pages: PageSettings;
    channel: ChannelSettings;
    looksAfterEnd: boolean;
    /** The paging systems that are written to. */
    pagers: readonly Pager[];
    team: readonly TeamRole[];
  }>;

export function incidentChanger(parts: ChangeOptions): ChangeWorkflows {
  return {
    setStatus: (request) => statusSet(parts, request, isMerged),
    reopen: (request) =>
      statusSet(parts, { ...request, status: STATUSES[0] }, async (_, incident) =>
        isOver(incident) ? undefined : `${incidentName(incident)} is open: ${incident.status}. Nothing was changed.`,
      ),
    split: ({ from, ...request }) =>
      statusSet(parts, { ...request, status: STATUSES[0] }, (tx, incident) => notSplit(tx, incident, from)),
    async setSeverity({ asked, meant, severity, text = '' }) {
      // Worse than it looked: that must not wait.
      const isUrgent = (incident: Incident) => isRaised(incident.severity, severity);
      const wanted = { right: 'severity', asked, isUrgent } as const;
      const change = await withRight(parts, wanted, async (tx, incident) => {
        const answer = await isMerged(tx, incident);
        return answer === undefined ? await changeSeverity(tx, parts, incident, asked, { severity, text }) : { answer };
      });
      return await onIncident(parts, asked, meant, change);
    },
    rename: ({ asked, meant, title }) =>
      onIncident(parts, asked, meant, (tx, incident) => changeTitle(tx, incident, asked, title)),
    team: parts.team,
    async assignRole({ asked, meant, role, holder }) {
      const found = await holderOf(parts, asked, meant, holder);
      const change: Changing = async (tx, incident) => {
        const answer = (await isMerged(tx, incident)) ?? ('problem' in found ? found.problem : undefined);
        if (answer !== undefined || 'problem' in found) return { answer: answer ?? '' };
        return await changeRole(tx, parts, incident, asked, { role, ...found });
      };
      const wanted = { right: 'command', asked, other: holder } as const;
      const permitted = role === 'commander' ? await withRight(parts, wanted, change) : change;
      return await onIncident(parts, asked, meant, permitted);
    },
  };
}

/** Why a merged incident has no severity, status or role to change; undefined for every other one. */
async function isMerged(tx: Tx, incident: Incident): Promise<string | undefined> {
  const into = await mergedInto(tx, incident);
  if (into === undefined) return undefined;
  const [name, intoName] = [incidentName(incident), incidentName(into)];
  return `${name} is merged into ${intoName}. Change ${intoName}, or split ${name} off first: \`/incident split ${name}\`.`;
}

async function notSplit(tx: Tx, incident: Incident, from: number | undefined): Promise<string | undefined> {
  const into = await mergedInto(tx, incident);
  const name = incidentName(incident);
  if (into === undefined) return `${name} is merged into no other incident. Nothing was changed.`;
  return from === undefined || from === into.number
    ? undefined
    : `${name} is merged into ${incidentName(into)}, not into ${incidentName({ number: from })}. Nothing was changed.`;
}

/** `refusal`: why this incident keeps its status, if it does. */
async function statusSet(
  parts: ChangeOptions,
  { asked, meant, status, text, when }: StatusRequest,
  refusal: (tx: Tx, incident: Incident) => Promise<string | undefined>,
): Promise<Told> {
  const happened = await whenOf(parts, asked, when);
  if ('problem' in happened)
    return await onIncident(parts, asked, meant, async () => ({ answer: happened.problem, about: 'time' }));
  const change: Changing = async (tx, incident) => {
    const refused = await refusal(tx, incident);
    if (refused !== undefined) return { answer: refused, about: 'status' };
    const early = await draftedTooEarly(tx, incident, text);
    if (early !== undefined) return { answer: early };
    return await changeStatus(tx, parts, incident, { asked, status, text, happened });
  };
  const permitted = status === 'resolved' ? await withRight(parts, { right: 'close', asked }, change) : change;
  return await onIncident(parts, asked, meant, permitted);
}

async function changeStatus(
  tx: Tx,
  { jobs, pagers, minutes, calls, looksAfterEnd }: ChangeOptions,
  before: Incident,
  {
    asked,
    status,
    text: written,
    happened,
  }: Readonly<{ asked: AskedBy; status: Status; text: string; happened: Happened }>,
) {
  const name = incidentName(before);
  const { text, wasCut } = keptText(written);
  const wasIn = await mergedInto(tx, before);
  const { incident, changed, movedAlong } = await changeIncident(tx, {
    incidentId: before.id,
    key: asked.inboxId,
    by: asked.userId,
    atUs: happened.atUs,
    status,
    // Without words, those that people wrote before stay.
    text: text === '' ? undefined : text,
  });
  if (!changed) {
    const answer = `${name} was ${status} already${happened.said && ' then'}. Nothing was changed.`;
    return { answer, about: 'status' as const };
  }
  if (movedAlong !== undefined) {
    await draftAnew(tx, jobs, { incident, key: asked.inboxId });
    const along = [...new Set(movedAlong.map(({ value }) => value))].join(', ');
    return timeCorrected(
      { start: `${name}: ${status}${happened.said}.`, end: wasCut, status, along },
      { by: asked.userName, atUs: happened.atUs ?? tx.nowUs },
    );
  }

  if (wasIn !== undefined) await splitOff(tx, jobs, incident, { from: wasIn, asked });
  if (isOver(before) && !isOver(incident)) {
    await remindFromNow(tx, jobs, incident, minutes);
    await callFromNow(tx, jobs, incident, calls);
    await askCommander(tx, jobs, incident, { calls, key: asked.inboxId, by: asked.userId });
  }
  await endCall(tx, before, incident, calls);
  if (isOver(incident) && !isOver(before)) {
    await endPages(tx, incident, asked.userId);
    await askToClosePage(tx, incident, asked.inboxId);
    await askToResolveThere(tx, { pagers }, incident, asked.inboxId);
    await lookAfterEnd(tx, jobs, incident, looksAfterEnd);
  }
  const behind = incident.status === status ? '' : ` It stays ${incident.status}, because that change came later.`;
  return {
    answer: `${name}: ${status}${happened.said}.${behind}${wasCut}`,
    said: {
      what: `${incident.status === status ? `${before.status} → ` : ''}${status}${text === '' ? '' : `: ${text}`}`,
      by: asked.userName,
      atUs: happened.atUs ?? tx.nowUs,
      isState: true as const,
      isEnd: isOver(incident) && !isOver(before),
    },
  };
}

/** What people read where the time of a status was set right. `along`: the statuses that moved with it. */
export function timeCorrected(
  { start, end, status, along }: Readonly<{ start: string; end: string; status: Status; along: string }>,
  who: Readonly<{ by: string; atUs: number }>,
) {
  const andMore = along === '' ? '' : ` The time of ${along} moved with it: it was later than the end.`;
  return {
    answer: `${start} The time is corrected, and the record keeps the first one.${andMore}${end}`,
    said: { what: `Corrected the time: ${status}${along === '' ? '' : `, and ${along} with it`}`, ...who },
  };
}

/** The incident that had taken it in shows its timeline no more. */
async function splitOff(
  tx: Tx,
  jobs: ChangeOptions['jobs'],
  other: Incident,
  { from, asked }: Readonly<{ from: Incident; asked: AskedBy }>,
): Promise<void> {
  await noteSplit(tx, { incidentId: from.id, other, key: asked.inboxId, by: asked.userId });
  const what = `${incidentName(other)} is an incident of its own again`;
  await alsoSay(tx, jobs, from, { said: { what, by: asked.userName, atUs: tx.nowUs }, key: asked.inboxId });
}

async function changeSeverity(
  tx: Tx,
  { jobs, minutes, calls, pages, channel }: ChangeOptions,
  before: Incident,
  { inboxId, userId, userName }: AskedBy,
  { severity, text: written }: Readonly<{ severity: Severity; text: string }>,
) {
  const name = incidentName(before);
  const { text, wasCut } = keptText(written);
  const { incident, changed } = await changeIncident(tx, {
    incidentId: before.id,
    key: inboxId,
    by: userId,
    severity,
    text,
  });
  if (!changed) return { answer: `${name} is ${severity} already. Nothing was changed.` };

  if (!isOver(incident)) {
    await remindFromNow(tx, jobs, incident, minutes);
    await callFromNow(tx, jobs, incident, calls);
    await pageByNow(tx, { jobs, pages }, incident);
    await channelFromNow(tx, jobs, incident, { channel, key: inboxId });
  }
  await endCall(tx, before, incident, calls);
  return {
    answer: `${name}: ${before.severity} → ${severity}.${wasCut}`,
    said: {
      what: `${before.severity} → ${severity}${text === '' ? '' : `: ${text}`}`,
      by: userName,
      atUs: tx.nowUs,
      isState: true as const,
    },
  };
}

async function changeTitle(tx: Tx, before: Incident, { inboxId, userId, userName }: AskedBy, title: string) {
  const name = incidentName(before);
  const { incident, changed } = await changeIncident(tx, { incidentId: before.id, key: inboxId, by: userId, title });
  if (!changed) return { answer: `${name} has this title already.` };
  return {
    answer: `${name} has a new title. The timeline keeps the old one.`,
    said: { what: `Title: ${incident.title}`, by: userName, atUs: tx.nowUs },
  };
}

type Holder = Readonly<{ holder: Readonly<{ id: string; name: string }> | undefined; url: string }>;

/** Who gets a role, if it is not who asks. Only people who may see the incident: a message says it to them. */
async function holderOf(
  parts: ChangeOptions,
  asked: AskedBy,
  meant: Meant,
  holder: string | undefined,
): Promise<Holder | Readonly<{ problem: string }>> {
  const { directory, store } = parts;
  if (holder === undefined) return { holder: undefined, url: '' };
  const name = (await directory.person(holder))?.name ?? holder;
  const incident = await incidentMeant(parts, asked, meant);
  // The change itself says so.
  if ('problem' in incident || holder === asked.userId) return { holder: { id: holder, name }, url: '' };
  const may = await whoMay(parts, incident, [holder]);
  if (may === undefined) return { problem: SLACK_DID_NOT_SAY };
  if (may.length === 0) return { problem: mayHaveNone(holder, incident) };
  return { holder: { id: holder, name }, url: await overviewUrl(store, directory.permalink, incident) };
}

function mayHaveNone(holder: string, incident: Incident): string {
  const name = incidentName(incident);
  return `<@${holder}> may not see ${name}, so they get no role in it. Invite them to its channel first. Bots, guests and people of other workspaces get none.`;
}

/**
 * To take a role from its holder, a person must name themselves. If two people press at once, the second learns who was
 * first.
 */
async function changeRole(
  tx: Tx,
  { calls, team }: ChangeOptions,
  before: Incident,
  asked: AskedBy,
  { role, holder, url }: Holder & Readonly<{ role: Role }>,
) {
  const { inboxId, userId, userName } = asked;
  const name = incidentName(before);
  const title = roleInSentence(role);
  const current = before.roles[role];
  if (holder === undefined && current !== undefined && current !== userId) {
    const word = roleWord(role);
    return {
      answer: `<@${current}> is ${title} of ${name}. To take over, agree with them and type \`/incident ${name} role ${word} @\` with your own name.`,
    };
  }
  const taker = holder?.id ?? userId;
  const { incident, changed } = await storeRole(tx, {
    incidentId: before.id,
    key: inboxId,
    role,
    userId: taker,
    by: userId,
  });
  const is = taker === userId ? 'You are' : `<@${taker}> is`;
  if (!changed && taker === userId) return await confirming(tx, incident, asked, role);
  if (!changed) return { answer: `${is} ${title} of ${name} already.` };
  await endCall(tx, before, incident, calls);
  const does = dutyOf(role, team);
  if (taker !== userId) {
    const message = roleGiven({ incident, role, does, by: userName || userId, url });
    const { id, workspaceId } = before;
    await post(tx, {
      messageId: `${id}/role/${inboxId}`,
      workspaceId,
      channelId: taker,
      message,
      rank: 'asked',
    });
  }
  const duty = taker === userId ? escapeMrkdwn(does) : 'A direct message asks them to confirm it.';
  return {
    answer: [`${is} ${title} of ${name} now.`, duty].filter((part) => part !== '').join(' '),
    // The thread does not say what the role does.
    ...(taker === userId && does !== '' && { isForAsker: true as const }),
    // Who takes a role is named once.
    said: {
      what: `${roleName(role)}: ${taker === userId ? userName : (holder?.name ?? taker)}`,
      by: taker === userId ? '' : userName,
      atUs: tx.nowUs,
      isState: true as const,
    },
  };
}
