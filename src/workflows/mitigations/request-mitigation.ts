/**
 * Mitigations that people request: listed, shown as the exact request, stored, approved by a second person at P0 and P1,
 * sent by `send-mitigation.ts`. Spanhound runs nothing itself, and sends nothing that nobody asked for.
 *
 *   list ──► form with the request ──► stored ──┬─ P2, P3 ───────────────────────────► a job sends it
 *                                               └─ P0, P1 ──► waits ──► approved ──────────┘
 *                                                              ├──► cancelled
 *                                                              └──► lapsed after 30 min
 */
import { type Incident, incidentName, isOver } from '#model/incident/incident.ts';
import {
  type Mitigation,
  type MitigationAction,
  type MitigationDesk,
  type MitigationOffer,
  mitigators,
  needsApproval,
} from '#model/incident/mitigation.ts';
import { mitigationList, type ShownOffer } from '#present/slack/mitigation-messages.ts';
import { quotable } from '#present/slack/text.ts';
import type { Jobs } from '#record/jobs.ts';
import { addMitigation, approveMitigation, endMitigation, findMitigation, mitigationsOf } from '#record/mitigations.ts';
import type { Reader, Tx } from '#record/store.ts';
import { timelineOf } from '#record/timeline.ts';
import {
  type AskedBy,
  answered,
  type IncidentParts,
  incidentMeant,
  type Meant,
  type Outcome,
  onIncident,
  SLACK_DID_NOT_SAY,
  showTo,
  type Told,
} from '#workflows/incidents/on-incident.ts';
import { digestOfAction, digestOfOffer, offersNow } from '#workflows/mitigations/offers.ts';
import {
  LAPSE_MITIGATION,
  lapse,
  type MitigationJob,
  type SendMitigationOptions,
  sendAt,
} from '#workflows/mitigations/send-mitigation.ts';
import { approversOf, noteMitigation, type People, showMitigation } from '#workflows/mitigations/show-mitigation.ts';
import { namesOfPeople } from '#workflows/status/show-status.ts';

export type MitigationOptions = IncidentParts & Pick<SendMitigationOptions, 'directory' | 'desk' | 'isForAll'>;

export type OfferMeant = Readonly<{ asked: AskedBy; incidentId: string; action: string; service: string }>;
export type MitigationPress = Readonly<{ asked: AskedBy; incidentId: string; mitigationId: string }>;

/** What the form shows, and brings back. */
export type MitigationForm = Readonly<{ incident: Incident; offer: ShownOffer; digest: string }>;

export type MitigationWorkflows = Readonly<{
  listMitigations(request: Readonly<{ asked: AskedBy; meant: Meant }>): Promise<void>;
  /** Undefined where there is none: then the person has been answered. */
  mitigationForm(meant: OfferMeant): Promise<MitigationForm | undefined>;
  /** `digest`: of what the person saw. `reason`: why they want it; '' without one. */
  requestMitigation(request: OfferMeant & Readonly<{ digest: string; reason: string }>): Promise<Told>;
  approveMitigation(press: MitigationPress): Promise<Told>;
  cancelMitigation(press: MitigationPress): Promise<Told>;
}>;

const LAPSES_US = 1_800_000_000;

export function mitigationWorkflows(parts: MitigationOptions): MitigationWorkflows {
  const { store, desk, kick } = parts;
  return {
    async listMitigations({ asked, meant }) {
      const incident = await incidentMeant(parts, asked, meant);
      const problem = 'problem' in incident ? incident.problem : await whyNone(parts, incident);
      if ('problem' in incident || desk === undefined || problem !== undefined)
        return await showTo(parts, asked, { text: problem ?? NOT_SET_UP });
      const entries = await timelineOf(store, incident.id);
      const { offers, left } = await offersNow(store, desk, incident, { entries, by: asked.userId });
      const shown = offers.map((offer) => shownOffer(incident, offer, needsApproval(incident, entries)));
      await showTo(parts, asked, mitigationList({ incident, offers: shown, left }));
    },

    async mitigationForm(meant) {
      const incident = await incidentMeant(parts, meant.asked, { incidentId: meant.incidentId });
      const form = 'problem' in incident ? incident : await formFor(parts, incident, meant);
      if (!('problem' in form)) return form;
      await store.transaction((tx) => answered(tx, meant.asked, { kind: 'refused', text: form.problem }));
      kick();
      return undefined;
    },

    async requestMitigation(request) {
      const { asked, incidentId } = request;
      const incident = await incidentMeant(parts, asked, { incidentId });
      const problem = 'problem' in incident ? undefined : await whyNone(parts, incident);
      const people = await namesOfPeople(parts.directory, [asked.userId]);
      return await onIncident(parts, asked, { incidentId }, async (tx, now) =>
        problem === undefined ? await requested(tx, parts, now, { request, people }) : { answer: problem },
      );
    },

    async approveMitigation(press) {
      const { asked, incidentId } = press;
      const incident = await incidentMeant(parts, asked, { incidentId });
      const problem = 'problem' in incident ? undefined : await whyNone(parts, incident);
      return await pressed(parts, press, async (tx, now, mitigation, people) =>
        problem === undefined || mitigation.state !== 'waiting'
          ? await approve(tx, parts, now, { mitigation, people, by: asked.userId })
          : { answer: problem },
      );
    },

    cancelMitigation: (press) =>
      pressed(parts, press, async (tx, incident, mitigation, people) => {
        const { userId } = press.asked;
        if (mitigation.state !== 'waiting') return { answer: notWaiting(mitigation) };
        if (userId !== mitigation.requestedBy && userId !== incident.roles.commander)
          return { answer: 'Only who requested it, or the incident commander, may cancel it. Nothing was changed.' };
        await endMitigation(tx, mitigation.id, { state: 'cancelled' });
        const text = `Mitigation ${mitigation.action} was cancelled. Nothing was sent.`;
        await noteMitigation(tx, mitigation, { step: 'cancelled', text, by: userId });
        await showMitigation(tx, incident, mitigation.id, { desk, people });
        return { answer: 'It is cancelled. Nothing was sent.', isInThread: true };
      }),
  };
}

const NOT_SET_UP =
  'No mitigations are set up, so there is nothing to request. Whoever runs Spanhound can set some up: docs/mitigations.md says how.';

/** Why this incident offers nothing at all. Asks Slack, so never call it inside a transaction. */
async function whyNone({ desk, isForAll }: MitigationOptions, incident: Incident): Promise<string | undefined> {
  if (desk === undefined) return NOT_SET_UP;
  if (isOver(incident)) return whyOver(incident);
  if (desk.takesPrivate) return undefined;
  const isOpen = await isForAll(incident.channelId);
  if (isOpen === undefined) return SLACK_DID_NOT_SAY;
  return isOpen ? undefined : ofPrivate(incident);
}

function whyOver(incident: Incident): string {
  return `${incidentName(incident)} is ${incident.status}. Mitigations are for open incidents. Nothing was sent.`;
}

function ofPrivate(incident: Incident): string {
  return `The channel of ${incidentName(incident)} is private or shared, and nothing of it leaves. The setting \`mitigations.private\` allows it.`;
}

function shownOffer(incident: Incident, offer: MitigationOffer, isApproved: boolean): ShownOffer {
  return { ...offer, may: mitigators(offer.action, incident), needsApproval: isApproved };
}

async function formFor(
  { store, desk, ...parts }: MitigationOptions,
  incident: Incident,
  meant: OfferMeant,
): Promise<MitigationForm | Readonly<{ problem: string }>> {
  const problem = await whyNone({ store, desk, ...parts }, incident);
  if (desk === undefined || problem !== undefined) return { problem: problem ?? NOT_SET_UP };
  const offer = await offerMeant(store, desk, incident, meant);
  if (typeof offer === 'string') return { problem: offer };
  const mayNot = whyNot(offer.action, incident, meant.asked);
  if (mayNot !== undefined) return { problem: mayNot };
  const isApproved = needsApproval(incident, await timelineOf(store, incident.id));
  return { incident, offer: shownOffer(incident, offer, isApproved), digest: digestOfOffer(offer) };
}

async function offerMeant(
  reader: Reader,
  desk: MitigationDesk,
  incident: Incident,
  { asked, action, service }: OfferMeant,
): Promise<MitigationOffer | string> {
  const entries = await timelineOf(reader, incident.id);
  const { offers, left } = await offersNow(reader, desk, incident, { entries, by: asked.userId });
  const found = offers.find((offer) => offer.action.name === action && offer.service === service);
  if (found !== undefined) return found;
  const why = left.find((one) => one.action.name === action)?.why;
  const name = incidentName(incident);
  return why === undefined
    ? `${name} does not offer this mitigation any more. \`/incident ${name} mitigate\` shows what it offers.`
    : `${name} does not offer ${quotable(action)}: ${why}.`;
}

/** Why this person may not ask for it; undefined if they may. */
function whyNot(action: MitigationAction, incident: Incident, { userId }: AskedBy): string | undefined {
  const may = mitigators(action, incident);
  if (may.includes(userId)) return undefined;
  return may.length === 0
    ? nobodyMay(incident)
    : `${onlyThese(may)} may decide about this mitigation. Nothing was sent.`;
}

function nobodyMay(incident: Incident): string {
  const name = incidentName(incident);
  return `Only the incident commander and the technical lead may decide about this mitigation, and ${name} has neither. Take a role first: \`/incident ${name} role technical\`. Nothing was sent.`;
}

const MOST_NAMED = 10;

function onlyThese(ids: readonly string[]): string {
  const more = ids.length > MOST_NAMED ? ` and ${ids.length - MOST_NAMED} more` : '';
  return `Only ${ids
    .slice(0, MOST_NAMED)
    .map((id) => `<@${id}>`)
    .join(', ')}${more}`;
}

type Requesting = Readonly<{
  request: Parameters<MitigationWorkflows['requestMitigation']>[0];
  people: People;
}>;

async function requested(
  tx: Tx,
  { desk, jobs }: MitigationOptions,
  incident: Incident,
  { request, people }: Requesting,
): Promise<Outcome> {
  const { asked, reason } = request;
  if (desk === undefined) return { answer: NOT_SET_UP };
  if (isOver(incident)) return { answer: whyOver(incident) };
  const offer = await offerMeant(tx, desk, incident, request);
  if (typeof offer === 'string') return { answer: offer };
  const { action, service, command, body } = offer;
  const mayNot = whyNot(action, incident, asked);
  if (mayNot !== undefined) return { answer: mayNot };
  if (digestOfOffer(offer) !== request.digest) return { answer: CHANGED_SINCE };
  const open = (await mitigationsOf(tx, incident.id)).find(
    (one) =>
      one.id !== asked.inboxId &&
      one.action === action.name &&
      one.service === service &&
      (one.state === 'waiting' || one.state === 'approved'),
  );
  if (open !== undefined) return { answer: open.state === 'waiting' ? WAITS_ALREADY : SENT_ALREADY };

  const needs = needsApproval(incident, await timelineOf(tx, incident.id));
  const { id: incidentId, workspaceId } = incident;
  const mitigation = { id: asked.inboxId, incidentId, workspaceId, action: action.name, service, command, body };
  const isNew = await addMitigation(tx, {
    ...mitigation,
    what: action.what,
    url: action.url.href,
    digest: digestOfAction(action),
    needsApproval: needs,
    requestedBy: asked.userId,
    lapsesUs: tx.nowUs + LAPSES_US,
  });
  if (!isNew) return { answer: 'It was requested already.', isInThread: true };
  const why = reason === '' ? '' : `. Why: ${reason}`;
  const text = `Mitigation ${action.name} requested: ${command}${why}`;
  await noteMitigation(tx, mitigation, { step: 'requested', text, by: asked.userId });
  if (needs) await lapseAt(tx, jobs, mitigation, tx.nowUs + LAPSES_US);
  else {
    await approveMitigation(tx, mitigation.id, undefined);
    await sendAt(tx, jobs, mitigation, tx.nowUs);
  }
  await showMitigation(tx, incident, mitigation.id, { desk, people });
  return { answer: needs ? 'It waits for a second person in the thread.' : 'It is being sent.', isInThread: true };
}

const CHANGED_SINCE =
  'What would be sent changed since you opened this form. Close it and open it again: it then shows the new request.';
const WAITS_ALREADY = 'The same mitigation waits for approval in the thread. Nothing was changed.';
const SENT_ALREADY = 'The same mitigation is being sent already. Nothing was changed.';

type Kept = Pick<Mitigation, 'id' | 'incidentId' | 'workspaceId'>;

async function lapseAt(tx: Tx, jobs: Jobs, { id, incidentId, workspaceId }: Kept, dueUs: number): Promise<void> {
  const payload: MitigationJob = { incidentId, mitigationId: id };
  await jobs.addJob(tx, { kind: LAPSE_MITIGATION, workspaceId, key: id, payload, dueUs });
}

async function approve(
  tx: Tx,
  { desk, jobs }: MitigationOptions,
  incident: Incident,
  { mitigation, people, by }: Readonly<{ mitigation: Mitigation; people: People; by: string }>,
): Promise<Outcome> {
  if (mitigation.state !== 'waiting') return { answer: notWaiting(mitigation) };
  if (tx.nowUs >= mitigation.lapsesUs) {
    await lapse(tx, incident, mitigation, { desk, people });
    return { answer: LAPSED, isInThread: true };
  }
  if (isOver(incident)) return { answer: whyOver(incident) };
  if (by === mitigation.requestedBy)
    return { answer: 'You requested it, so a second person has to approve it. Nothing was sent.' };
  const action = desk?.actions.find(({ name }) => name === mitigation.action);
  if (action === undefined || digestOfAction(action) !== mitigation.digest) return { answer: SETTINGS_CHANGED };
  if (!action.severities.includes(incident.severity)) {
    const severities = action.severities.join(', ');
    return {
      answer: `This mitigation is for ${severities}, and ${incidentName(incident)} is ${incident.severity} now. Nothing was sent.`,
    };
  }
  const approvers = approversOf(desk, incident, mitigation);
  if (!approvers.includes(by)) {
    const who = approvers.length === 0 ? nobodyElse(incident) : `${onlyThese(approvers)} may approve this mitigation.`;
    return { answer: `${who} Nothing was sent.` };
  }
  await approveMitigation(tx, mitigation.id, by);
  await noteMitigation(tx, mitigation, { step: 'approved', text: `Mitigation ${mitigation.action} approved`, by });
  await sendAt(tx, jobs, mitigation, tx.nowUs);
  await showMitigation(tx, incident, mitigation.id, { desk, people });
  return { answer: 'Approved. The thread says what the automation answers.', isInThread: true };
}

const LAPSED =
  'It lapsed: nobody approved it within 30 minutes. Request it again if it is still right. Nothing was sent.';
const SETTINGS_CHANGED =
  'The settings of this mitigation changed since somebody requested it, so it is not sent. Request it again: the form shows what would be sent now.';

function nobodyElse(incident: Incident): string {
  return `Nobody else may approve it yet: somebody has to become incident commander or technical lead of ${incidentName(incident)}.`;
}

function notWaiting({ state }: Mitigation): string {
  return {
    waiting: '',
    approved: 'Somebody approved it already, and I send it now. Nothing was changed.',
    accepted: 'It was approved and sent already. Nothing was changed.',
    refused: 'It ended already: the automation did not take it. Nothing was changed.',
    unknown: 'It ended already: nobody knows whether it ran. Nothing was changed.',
    cancelled: 'It is cancelled. Nothing was sent.',
    lapsed: LAPSED,
  }[state];
}

async function pressed(
  parts: MitigationOptions,
  { asked, incidentId, mitigationId }: MitigationPress,
  change: (tx: Tx, incident: Incident, mitigation: Mitigation, people: People) => Promise<Outcome>,
): Promise<Told> {
  const seen = await findMitigation(parts.store, mitigationId);
  const people = await namesOfPeople(parts.directory, [asked.userId, seen?.requestedBy, seen?.approvedBy]);
  return await onIncident(parts, asked, { incidentId }, async (tx, incident) => {
    const mitigation = await findMitigation(tx, mitigationId);
    // The value of a button comes from outside: the mitigation must be one of this incident.
    if (mitigation?.incidentId !== incident.id) return { answer: NO_LONGER };
    return await change(tx, incident, mitigation, people);
  });
}

const NO_LONGER = 'I no longer have this mitigation.';
