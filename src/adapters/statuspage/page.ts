/**
 * Sends approved updates to a page of Atlassian Statuspage. Statuspage has no key against duplicates, so each incident
 * carries ours in its metadata: before a second attempt, the page is searched for it.
 * https://developer.statuspage.io
 */
import { z } from 'zod';
import { type Ask, jsonAsker } from '#adapters/outgoing.ts';
import {
  missingComponents,
  nothingToCorrect,
  notLooked,
  pageProblem,
  readPage,
  unlikePage,
} from '#adapters/page-answers.ts';
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
  api: 'STATUSPAGE_API_URL',
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
  if (answer.kind !== 'answered' || answer.status !== 200) return notLooked(answer, WORDS);
  const listed = z.array(z.unknown()).safeParse(Array.isArray(answer.json) ? answer.json : [answer.json]);
  const incidents = (listed.data ?? []).flatMap((one) => Incident.safeParse(one).data ?? []);
  return incidents.find((one) => one.id === remoteId || marksOf(one)?.incident === pageId);
}

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
  const success = (json: unknown) => {
    const { data } = Incident.safeParse(json);
    return data && sent(data);
  };
  return readPage(answer, success, WORDS);
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
  if (remoteId === undefined || remoteUpdateId === undefined) return nothingToCorrect(WORDS);
  const answer = await ask('PATCH', `/incidents/${remoteId}/incident_updates/${remoteUpdateId}`, {
    incident_update: { body: text },
  });
  return readPage<Published>(answer, () => ({ kind: 'sent', remoteId, remoteUpdateId, url: '' }), WORDS);
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
  const problem = pageProblem(page, WORDS) ?? pageProblem(components, WORDS);
  if (problem !== undefined) return problem;
  const known = page.kind === 'answered' ? Page.safeParse(page.json).data : undefined;
  if (known === undefined) return unlikePage(WORDS);
  const listed = components.kind === 'answered' ? Components.safeParse(components.json).data : undefined;
  const ids = new Set(listed?.map(({ id }) => id));
  const missing = missingComponents(options.components, { ids, setting: 'STATUSPAGE_COMPONENTS' });
  if (missing !== undefined) return missing;
  return { ok: true, detail: `sends approved updates to the page ${known.name ?? options.pageId}`, remedy: '' };
}
