/**
 * `/incident page`: calls a person, a user group, or who is on call for a team or a service; says who has it; stops it.
 * Spanhound has no pager of its own: it mentions people in the thread and writes to them. A paging system may page them, too.
 */
import { type Incident, incidentName, isOver } from '#model/incident/incident.ts';
import { minutesFor } from '#model/incident/minutes-by-severity.ts';
import { CAUSE, isSlackId, outsideTarget } from '#model/incident/on-call.ts';
import { acknowledgedValue, askedValue, isWaiting } from '#model/incident/page.ts';
import { ownedService } from '#model/services/owned-service.ts';
import { durationText } from '#model/text/duration.ts';
import { quotable } from '#present/slack/text.ts';
import type { Tx } from '#record/store.ts';
import { addEntry } from '#record/timeline.ts';
import { overviewUrl } from '#workflows/incidents/incident-thread.ts';
import {
  type AskedBy,
  type IncidentParts,
  incidentMeant,
  type Meant,
  type Outcome,
  onIncident,
  SLACK_DID_NOT_SAY,
  type Told,
} from '#workflows/incidents/on-incident.ts';
import {
  askFirst,
  callOne,
  closeCalls,
  endPage,
  isPagedAlready,
  onCallForCause,
  onCallNamed,
  onCallOfOwned,
  type PageParts,
  pageOf,
  whoMay,
} from '#workflows/pagers/page-next.ts';
import { knownServices } from '#workflows/services/known-services.ts';
import { keptText } from '#workflows/timeline/note-entry.ts';

/** The id of a person or a user group, or the name of a team or a service. */
export type PageTarget = Readonly<{ id: string } | { name: string }>;

export type PageRequest = Readonly<{ asked: AskedBy; meant: Meant; target: PageTarget; text: string }>;
export type PageAnswer = Readonly<{ asked: AskedBy; incidentId: string; pageId: string }>;

export type PageWorkflows = Readonly<{
  page(request: PageRequest): Promise<Told>;
  havePage(answer: PageAnswer): Promise<Told>;
  stopPage(answer: PageAnswer): Promise<Told>;
}>;

export type PageOptions = IncidentParts &
  PageParts &
  Readonly<{
    /** Whether everybody who reads the first channel may read the second. */
    mayShowIn(shownIn: string, channelId: string): Promise<boolean>;
  }>;

export function pager(parts: PageOptions): PageWorkflows {
  return {
    async page({ asked, meant, target, text: written }) {
      const refused = (answer: string) => onIncident(parts, asked, meant, async () => ({ answer, about: 'page' }));
      const incident = await incidentMeant(parts, asked, meant);
      if ('problem' in incident) return await refused(incident.problem);
      const found = await callsOf(parts, incident, target);
      if ('problem' in found) return await refused(found.problem);
      const { text, wasCut } = keptText(written);
      const url = await overviewUrl(parts.store, parts.directory.permalink, incident);
      return await onIncident(parts, asked, { incidentId: incident.id }, (tx, now) =>
        paging(tx, parts, now, { asked, ...found, text, wasCut, url }),
      );
    },
    havePage: ({ asked, incidentId, pageId }) =>
      onIncident(parts, asked, { incidentId }, (tx, incident) => having(tx, incident, { asked, pageId })),
    stopPage: ({ asked, incidentId, pageId }) =>
      onIncident(parts, asked, { incidentId }, (tx, incident) => stopping(tx, incident, { asked, pageId })),
  };
}

/** Who is called, in order, without those who may not see the incident. */
async function callsOf(
  parts: PageOptions,
  incident: Incident,
  target: PageTarget,
): Promise<Readonly<{ calls: readonly string[]; skipped: string } | { problem: string }>> {
  const wanted = 'id' in target ? [target.id] : await onCallFor(parts, incident, target.name);
  if ('problem' in wanted) return wanted;
  const name = incidentName(incident);
  const calls = await whoMay(parts, incident, wanted);
  if (calls === undefined) return { problem: SLACK_DID_NOT_SAY };
  const outside = wanted.filter((id) => !calls.includes(id)).map((id) => `<@${id}>`);
  const people = outside.join(', ');
  const skipped = people === '' ? '' : ` I do not page ${people}, who may not see ${name}.`;
  if (calls.length > 0) return { calls, skipped };
  return {
    problem: `${people} may not see ${name}, so a page would show it to somebody outside. Invite them to its channel first, then page them. Guests and people of other workspaces cannot be paged.`,
  };
}

/** By the name of a team or a service in the settings, else by the owners of the service. */
async function onCallFor(
  { store, pages, mayShowIn }: PageOptions,
  incident: Incident,
  name: string,
): Promise<readonly string[] | Readonly<{ problem: string }>> {
  const { workspaceId, channelId } = incident;
  const direct = onCallNamed(pages.onCall, name);
  if (direct.length > 0) return direct;
  if (name.toLowerCase() === CAUSE) {
    const found = await onCallForCause(store, pages.onCall, incident);
    return found.length > 0 ? found : { problem: NO_CAUSE };
  }
  const mayShow = (other: string) => mayShowIn(channelId, other);
  const { catalogue } = await knownServices(store, { workspaceId, mayShow });
  const service = ownedService(catalogue, name);
  const owners = service?.owners ?? [];
  const owned = service === undefined ? [] : onCallOfOwned(pages.onCall, service);
  if (owned.length > 0) return owned;
  const whose = owners.length === 0 ? '' : ` It belongs to ${owners.map(quotable).join(', ')}.`;
  return {
    problem: `I do not know who is on call for ${quotable(name)}.${whose} Page a person or a user group: \`/incident page @kim\`. The setting \`incidents.page.onCall\` names who is on call for a team or a service.`,
  };
}

const NO_CAUSE =
  'I do not know who is on call for the cause: no answer of this incident blames a service whose team is in the setting `incidents.page.onCall`. Page a person or a user group: `/incident page @kim`.';

async function paging(
  tx: Tx,
  parts: PageOptions,
  incident: Incident,
  {
    asked,
    calls,
    skipped,
    text,
    wasCut,
    url,
  }: Readonly<{ asked: AskedBy; calls: readonly string[] } & Record<'skipped' | 'text' | 'wasCut' | 'url', string>>,
): Promise<Outcome> {
  const name = incidentName(incident);
  const [who = '', ...left] = calls;
  if (isOver(incident)) return { answer: `${name} is ${incident.status}: nobody is paged for it.`, about: 'page' };
  if (await isPagedAlready(tx, incident, who)) {
    return { answer: `${mentionOf(who)} is paged already and has not answered yet.`, about: 'page' };
  }
  const { inboxId: pageId, userId: source, userName } = asked;
  const by = userName || source;
  const minutes = minutesFor(parts.pages, incident.severity);
  const next = minutes === 0 ? '' : ` Without an answer in ${minutes} min, I page the next one.`;
  if (outsideTarget(who) !== undefined) {
    await addEntry(tx, {
      incidentId: incident.id,
      key: `page-asked:${pageId}`,
      atUs: tx.nowUs,
      kind: 'message',
      text: `Asked who is on call in ${who}, to page them${text === '' ? '' : `: ${text}`}`,
      source,
      link: '',
      value: askedValue(pageId),
    });
    await askFirst(tx, parts.jobs, incident, { pageId, left: calls, by, text });
    const answer = `I page who is on call in ${quotable(who)} for ${name}, and the thread says who it is.`;
    return { answer: `${answer}${next}${skipped}${wasCut}`, isInThread: true };
  }
  const callee = { who, place: '', untilUs: undefined };
  await callOne(tx, parts, incident, { pageId, callee, notes: [], step: 0, left, by, text, source, url });
  return { answer: `${mentionOf(who)} is paged for ${name}.${next}${skipped}${wasCut}`, isInThread: true };
}

async function having(
  tx: Tx,
  incident: Incident,
  { asked, pageId }: Readonly<{ asked: AskedBy; pageId: string }>,
): Promise<Outcome> {
  const name = incidentName(incident);
  const page = await pageOf(tx, incident.id, pageId);
  if (page === undefined) return { answer: 'I no longer have this page.' };
  if (page.acknowledged !== undefined) return { answer: `${holderOf(page.acknowledged.by)} has it already.` };
  if (isOver(incident)) return { answer: `${name} is ${incident.status}: nobody has to look after it any more.` };
  const after = durationText(tx.nowUs - (page.calls[0]?.atUs ?? tx.nowUs));
  const added = await addEntry(tx, {
    incidentId: incident.id,
    key: `page-acknowledged:${pageId}`,
    atUs: tx.nowUs,
    kind: 'message',
    text: `Acknowledged the page after ${after}`,
    source: asked.userId,
    link: '',
    value: acknowledgedValue(pageId),
  });
  if (!added) return { answer: 'Somebody has it already.' };
  const { userName } = asked;
  await closeCalls(tx, incident, page, `${name}: ${userName} has it`);
  return {
    answer: `You have ${name}. Nobody else is paged. Add what you find: \`/incident ${name} note …\`.`,
    said: { what: `Acknowledged the page after ${after}`, by: userName, atUs: tx.nowUs },
  };
}

async function stopping(
  tx: Tx,
  incident: Incident,
  { asked, pageId }: Readonly<{ asked: AskedBy; pageId: string }>,
): Promise<Outcome> {
  const name = incidentName(incident);
  const page = await pageOf(tx, incident.id, pageId);
  if (page === undefined || !isWaiting(page)) return { answer: 'This page has ended already. Nothing was changed.' };
  const { userId: source, userName } = asked;
  const said = `${name}: ${userName} stopped the page`;
  await endPage(tx, incident, page, { text: 'Stopped the page', source, said });
  return {
    answer: `The page for ${name} is stopped. Nobody else is paged.`,
    said: { what: 'Stopped the page', by: userName, atUs: tx.nowUs },
  };
}

/** A person, or the system in which somebody acknowledged it. */
function holderOf(source: string): string {
  return isSlackId(source) ? mentionOf(source) : `Somebody in ${quotable(source)}`;
}

function mentionOf(id: string): string {
  return id.startsWith('S') ? `<!subteam^${id}>` : `<@${id}>`;
}
