/**
 * Sends approved updates to a page of Atlassian Statuspage. Statuspage has no key against duplicates, so each incident
 * carries ours in its metadata: before a second attempt, the page is searched for it.
 * https://developer.statuspage.io
 */
import { z } from 'zod';
import { type Ask, jsonAsker, notAnswered, type OutgoingAnswer, refusal } from '#adapters/outgoing.ts';
import type { Health } from '#gather/sources.ts';
import type { PageStatus, Publication, Published, StatusPage } from '#model/incident/status-page.ts';
import type { COMPONENT_STATES } from './settings.ts';

export type StatuspageOptions = Readonly<{
  pageId: string;
  apiKey: string;
  apiUrl: URL;
  components: readonly Readonly<{ name: string; id: string }>[];
  /** What the components are while customers are affected. @default 'none': nothing changes their state. */
  componentState?: 'none' | (typeof COMPONENT_STATES)[number];
  timeoutMs?: number;
}>;

const TITLE = 'Statuspage';
/** An attempt that is searched for is minutes old. */
const SEARCHED = 100;

const Incident = z.object({
  id: z.string().min(1),
  shortlink: z.string().nullish().catch(undefined),
  metadata: z
    .object({ spanhound: z.object({ incident: z.string(), update: z.string() }) })
    .optional()
    .catch(undefined),
  incident_updates: z
    .array(z.object({ id: z.string(), body: z.string().nullish() }))
    .nullish()
    .catch(undefined),
});
type Incident = z.output<typeof Incident>;

const WORDS = {
  title: TITLE,
  credentials: 'Check STATUSPAGE_API_KEY, and that its user may manage incidents of this page.',
  address: 'Check STATUSPAGE_PAGE_ID. If somebody deleted the incident there, post the rest by hand.',
};

export function statuspagePage(options: StatuspageOptions): StatusPage {
  return {
    id: 'statuspage',
    title: TITLE,
    canLook: true,
    async publish(publication, signal) {
      const ask = asker(options, signal);
      if (publication.corrects !== undefined) return await correct(ask, publication, publication.corrects);
      const found = publication.isUncertain ? await earlier(ask, publication) : undefined;
      if (found !== undefined && 'kind' in found) return found;
      // The attempt whose answer was lost did it.
      if (found !== undefined && marksOf(found)?.update === publication.updateId) return sent(found);
      return await send(ask, publication, { id: found?.id ?? publication.remoteId, options });
    },
  };
}

function asker(
  { apiUrl, apiKey, pageId, timeoutMs }: Omit<StatuspageOptions, 'components' | 'componentState'>,
  signal: AbortSignal,
): Ask {
  const base = `${apiUrl.href.replace(/\/$/, '')}/v1/pages/${pageId}`;
  return jsonAsker({ base, headers: { authorization: `OAuth ${apiKey}` }, secrets: [apiKey], timeoutMs }, signal);
}

/** What an earlier attempt left on the page; undefined if it left nothing. */
async function earlier(
  ask: Ask,
  { pageId, remoteId }: Publication,
): Promise<Incident | undefined | Exclude<Published, { kind: 'sent' }>> {
  const answer = await ask('GET', remoteId === undefined ? `/incidents?limit=${SEARCHED}` : `/incidents/${remoteId}`);
  // Nothing was sent by this question, but the attempt before it may have been.
  if (answer.kind !== 'answered') return { kind: 'ambiguous', reason: NO_LOOK };
  if (answer.status !== 200) {
    const refused = refusal(answer, WORDS);
    return refused.kind === 'limited' || refused.kind === 'refused' ? refused : { kind: 'ambiguous', reason: NO_LOOK };
  }
  const listed = z.array(z.unknown()).safeParse(Array.isArray(answer.json) ? answer.json : [answer.json]);
  const incidents = (listed.data ?? []).flatMap((one) => Incident.safeParse(one).data ?? []);
  return incidents.find((one) => one.id === remoteId || marksOf(one)?.incident === pageId);
}

const NO_LOOK = `${TITLE} did not say whether it has the update.`;

async function send(
  ask: Ask,
  { updateId, pageId, status, title, text, components }: Publication,
  { id, options }: Readonly<{ id: string | undefined; options: StatuspageOptions }>,
): Promise<Published> {
  const ids = options.components.flatMap(({ name, id: component }) => (components.includes(name) ? [component] : []));
  const incident = {
    name: title,
    status,
    body: text,
    metadata: { spanhound: { incident: pageId, update: updateId } },
    ...(ids.length === 0 ? {} : { component_ids: ids, ...statesOf(ids, status, options) }),
  };
  const answer = await (id === undefined
    ? ask('POST', '/incidents', { incident })
    : ask('PATCH', `/incidents/${id}`, { incident }));
  return read(answer, (json) => {
    const { data } = Incident.safeParse(json);
    return data && sent(data);
  });
}

/** While a fix is watched, customers see the mildest state; at the end, none. */
function statesOf(ids: readonly string[], status: PageStatus, { componentState: state = 'none' }: StatuspageOptions) {
  if (state === 'none') return {};
  const now = { resolved: 'operational', monitoring: 'degraded_performance', identified: state, investigating: state };
  return { components: Object.fromEntries(ids.map((id) => [id, now[status]])) };
}

/** Writing the same text twice is once, so it needs no search. */
async function correct(
  ask: Ask,
  { remoteId, text }: Publication,
  { remoteUpdateId }: NonNullable<Publication['corrects']>,
): Promise<Published> {
  if (remoteId === undefined || remoteUpdateId === undefined)
    return {
      kind: 'refused',
      reason: `${TITLE} does not have the update that is corrected. Correct it there by hand.`,
    };
  const answer = await ask('PATCH', `/incidents/${remoteId}/incident_updates/${remoteUpdateId}`, {
    incident_update: { body: text },
  });
  return read(answer, () => ({ kind: 'sent', remoteId, remoteUpdateId, url: '' }));
}

function read(answer: OutgoingAnswer, success: (json: unknown) => Published | undefined): Published {
  if (answer.kind !== 'answered') return notAnswered(answer, WORDS);
  if (answer.status < 200 || answer.status >= 300) return refusal(answer, WORDS);
  const found = success(answer.json);
  return (
    found ?? { kind: 'ambiguous', reason: `${TITLE} answered, but not as its API does. Check STATUSPAGE_API_URL.` }
  );
}

/** The newest update comes first. */
function sent({ id, shortlink, incident_updates }: Incident): Published {
  return { kind: 'sent', remoteId: id, remoteUpdateId: incident_updates?.[0]?.id ?? '', url: shortlink ?? '' };
}

function marksOf({ metadata }: Incident) {
  return metadata?.spanhound;
}

const Page = z.object({ name: z.string().nullish() });
const Components = z.array(z.object({ id: z.string() }));

/** Reads the page and its components, and changes nothing. */
export async function checkStatuspage(options: StatuspageOptions, signal: AbortSignal): Promise<Health> {
  const ask = asker(options, signal);
  const [page, components] = await Promise.all([ask('GET', ''), ask('GET', '/components')]);
  for (const answer of [page, components]) {
    if (answer.kind !== 'answered')
      return failed(`${TITLE} did not answer (${answer.why})`, 'Check STATUSPAGE_API_URL.');
    if (answer.status === 200) continue;
    const refused = refusal(answer, WORDS);
    const reason = refused.kind === 'limited' ? `${TITLE} takes no more requests now.` : refused.reason;
    return failed(`${TITLE} answered HTTP ${answer.status}`, reason);
  }
  const known = page.kind === 'answered' ? Page.safeParse(page.json).data : undefined;
  if (known === undefined) return failed(`${TITLE} answered, but not as its API does`, 'Check STATUSPAGE_API_URL.');
  const listed = components.kind === 'answered' ? Components.safeParse(components.json).data : undefined;
  const ids = new Set(listed?.map(({ id }) => id));
  const unknown = options.components.filter(({ id }) => !ids.has(id)).map(({ name, id }) => `${name}=${id}`);
  if (unknown.length > 0)
    return failed(`the page has no component ${unknown.join(', ')}`, 'Correct the ids in STATUSPAGE_COMPONENTS.');
  return { ok: true, detail: `sends approved updates to the page ${known.name ?? options.pageId}`, remedy: '' };
}

function failed(detail: string, remedy: string): Health {
  return { ok: false, detail, remedy };
}
