/** Changes to an incident by command, button or form: its status, its severity, its title, its roles. */
import {
  type Incident,
  incidentName,
  ROLE_NAMES,
  type Role,
  type Severity,
  STATUSES,
  type Status,
} from '#model/incident/incident.ts';
import { changeIncident, assignRole as storeRole } from '#record/incidents.ts';
import type { Tx } from '#record/store.ts';
import { type CommanderCalls, callFromNow, endCall } from '#workflows/call-commander.ts';
import { keptText } from '#workflows/note-entry.ts';
import { type AskedBy, type IncidentParts, type Meant, onIncident, type Told } from '#workflows/on-incident.ts';
import { type ReminderMinutes, remindFromNow } from '#workflows/remind.ts';
import type { SpokenTime } from '#workflows/spoken-time.ts';
import { type Happened, type TimeParts, whenOf } from '#workflows/when.ts';

export type ChangeRequest = Readonly<{ asked: AskedBy; meant: Meant }>;

export type StatusRequest = ChangeRequest & Readonly<{ status: Status; text: string; when?: SpokenTime | undefined }>;
/** `text`: why. */
export type SeverityRequest = ChangeRequest & Readonly<{ severity: Severity; text?: string }>;
export type ReopenRequest = Omit<StatusRequest, 'status'>;
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
  setSeverity(request: SeverityRequest): Promise<Told>;
  rename(request: RenameRequest): Promise<Told>;
  assignRole(request: RoleRequest): Promise<Told>;
}>;

export type ChangeOptions = IncidentParts & TimeParts & Readonly<{ minutes: ReminderMinutes; calls: CommanderCalls }>;

export function incidentChanger(parts: ChangeOptions): ChangeWorkflows {
  return {
    setStatus: (request) => statusSet(parts, request, () => undefined),
    reopen: (request) =>
      statusSet(parts, { ...request, status: STATUSES[0] }, (incident) =>
        incident.status === 'resolved'
          ? undefined
          : `${incidentName(incident)} is open: ${incident.status}. Nothing was changed.`,
      ),
    setSeverity: ({ asked, meant, severity, text = '' }) =>
      onIncident(parts, asked, meant, (tx, incident) => changeSeverity(tx, parts, incident, asked, { severity, text })),
    rename: ({ asked, meant, title }) =>
      onIncident(parts, asked, meant, (tx, incident) => changeTitle(tx, incident, asked, title)),
    async assignRole({ asked, meant, role, holder }) {
      const name = holder === undefined ? '' : ((await parts.directory.person(holder))?.name ?? holder);
      return await onIncident(parts, asked, meant, (tx, incident) =>
        changeRole(tx, parts, incident, asked, {
          role,
          holder: holder === undefined ? undefined : { id: holder, name },
        }),
      );
    },
  };
}

/** `refusal`: why this incident keeps its status, if it does. */
async function statusSet(
  parts: ChangeOptions,
  { asked, meant, status, text, when }: StatusRequest,
  refusal: (incident: Incident) => string | undefined,
): Promise<Told> {
  const happened = await whenOf(parts, asked, when);
  if ('problem' in happened)
    return await onIncident(parts, asked, meant, async () => ({ answer: happened.problem, about: 'time' }));
  return await onIncident(parts, asked, meant, async (tx, incident) => {
    const refused = refusal(incident);
    return refused === undefined
      ? await changeStatus(tx, parts, incident, { asked, status, text, happened })
      : { answer: refused, about: 'status' };
  });
}

async function changeStatus(
  tx: Tx,
  { jobs, minutes, calls }: ChangeOptions,
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
  const { incident, changed } = await changeIncident(tx, {
    incidentId: before.id,
    key: asked.inboxId,
    by: asked.userId,
    atUs: happened.atUs,
    status,
    text,
  });
  if (!changed) {
    const answer = `${name} was ${status} already${happened.said && ' then'}. Nothing was changed.`;
    return { answer, about: 'status' as const };
  }

  if (before.status === 'resolved' && incident.status !== 'resolved') {
    await remindFromNow(tx, jobs, incident, minutes);
    await callFromNow(tx, jobs, incident, calls);
  }
  await endCall(tx, before, incident, calls);
  const behind = incident.status === status ? '' : ` It stays ${incident.status}, because that change came later.`;
  return {
    answer: `${name}: ${status}${happened.said}.${behind}${wasCut}`,
    said: {
      what: `${incident.status === status ? `${before.status} → ` : ''}${status}${text === '' ? '' : `: ${text}`}`,
      by: asked.userName,
      atUs: happened.atUs ?? tx.nowUs,
    },
  };
}

async function changeSeverity(
  tx: Tx,
  { jobs, minutes, calls }: ChangeOptions,
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

  if (incident.status !== 'resolved') {
    await remindFromNow(tx, jobs, incident, minutes);
    await callFromNow(tx, jobs, incident, calls);
  }
  await endCall(tx, before, incident, calls);
  return {
    answer: `${name}: ${before.severity} → ${severity}.${wasCut}`,
    said: {
      what: `${before.severity} → ${severity}${text === '' ? '' : `: ${text}`}`,
      by: userName,
      atUs: tx.nowUs,
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

/**
 * To take a role from its holder, a person must name themselves. If two people press at once, the second learns who was
 * first.
 */
async function changeRole(
  tx: Tx,
  { calls }: ChangeOptions,
  before: Incident,
  { inboxId, userId, userName }: AskedBy,
  { role, holder }: Readonly<{ role: Role; holder: Readonly<{ id: string; name: string }> | undefined }>,
) {
  const name = incidentName(before);
  const title = ROLE_NAMES[role].toLowerCase();
  const current = before.roles[role];
  if (holder === undefined && current !== undefined && current !== userId) {
    const word = role.split('-')[0];
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
  if (!changed) return { answer: `${is} ${title} of ${name} already.` };
  await endCall(tx, before, incident, calls);
  return {
    answer: `${is} ${title} of ${name} now.`,
    // Who takes a role is named once.
    said: {
      what: `${ROLE_NAMES[role]}: ${taker === userId ? userName : (holder?.name ?? taker)}`,
      by: taker === userId ? '' : userName,
      atUs: tx.nowUs,
    },
  };
}
