/**
 * Sends approved updates to a status page of incident.io. Creating an incident takes a key against duplicates; posting an
 * update takes none, so before a second attempt the page's incident is read for an update with the same text.
 * https://docs.incident.io/api-reference/status-pages-v2/createstatuspageincident
 * https://docs.incident.io/api-reference/status-pages-v2/createstatuspageincidentupdate
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

export type IncidentIoPageOptions = Readonly<{
  pageId: string;
  key: string;
  apiUrl: URL;
  components: readonly Readonly<{ name: string; id: string }>[];
  /** What the components are while customers are affected. `none`: an update names no component. */
  componentState: 'none' | (typeof COMPONENT_STATES)[number];
  /** Whether subscribers are informed. */
  notify: boolean;
  timeoutMs?: number;
}>;

const TITLE = 'incident.io';

const Update = z.object({ id: z.string().min(1), message: z.string().nullish(), published_at: z.string().nullish() });
type Update = z.output<typeof Update>;
const Incident = z.object({
  status_page_incident: z.object({ id: z.string().min(1), updates: z.array(Update).nullish().catch(undefined) }),
});
type Incident = z.output<typeof Incident>['status_page_incident'];
const Posted = z.object({ status_page_incident_update: Update });

const WORDS = {
  title: TITLE,
  credentials:
    'Check INCIDENT_IO_STATUS_PAGE_KEY: it has to be allowed to create incidents of status pages and publish updates.',
  address: 'Check INCIDENT_IO_STATUS_PAGE_ID. If somebody deleted the incident there, post the rest by hand.',
  api: 'INCIDENT_IO_API_URL',
};

export function incidentIoStatusPage(options: IncidentIoPageOptions): StatusPage {
  return {
    id: 'incidentio',
    title: TITLE,
    canLook: true,
    async publish(publication, signal) {
      const ask = asker(options, signal);
      if (publication.remoteId === undefined) return await begin(ask, publication, options);
      const remoteId = publication.remoteId;
      if (publication.isUncertain) {
        const found = await earlier(ask, publication, remoteId);
        if (found !== undefined) return found;
      }
      return await post(ask, publication, { remoteId, options });
    },
  };
}

function asker({ apiUrl, key, timeoutMs }: IncidentIoPageOptions, signal: AbortSignal): Ask {
  const base = `${apiUrl.href.replace(/\/$/, '')}/v2`;
  return jsonAsker({ base, headers: { authorization: `Bearer ${key}` }, secrets: [key], timeoutMs }, signal);
}

/** A second attempt is answered with the incident that the first one made, whose text may be that of an earlier update. */
async function begin(ask: Ask, publication: Publication, options: IncidentIoPageOptions): Promise<Published> {
  const { pageId, title, status, text, corrects, isUncertain } = publication;
  if (corrects !== undefined) return nothingToCorrect(WORDS);
  const answer = await ask('POST', '/status_page_incidents', {
    idempotency_key: `spanhound-${pageId}`,
    status_page_id: options.pageId,
    name: title,
    message: text,
    incident_status: status,
    notify_subscribers: options.notify,
    ...componentsOf(publication, options),
  });
  const incident = readPage(answer, (json) => Incident.safeParse(json).data?.status_page_incident, WORDS);
  if ('kind' in incident) return incident;
  const [first] = incident.updates ?? [];
  if (!isUncertain) return sent(incident.id, first?.id);
  const same = sameText(incident, text);
  return same ? sent(incident.id, same.id) : await post(ask, publication, { remoteId: incident.id, options });
}

/** Undefined if the page's incident does not have the update. */
async function earlier(
  ask: Ask,
  { text, corrects, approvedUs }: Publication,
  remoteId: string,
): Promise<Published | undefined> {
  const answer = await ask('GET', `/status_page_incidents/${remoteId}`);
  const json = answer.kind === 'answered' && answer.status === 200 ? answer.json : undefined;
  const incident = Incident.safeParse(json).data?.status_page_incident;
  if (incident === undefined) return notLooked(answer, WORDS);
  const wanted = corrects === undefined ? text : correction(text);
  const same = sameText(incident, wanted, approvedUs);
  return same && sent(remoteId, same.id);
}

/** Its API changes no update, so a correction is an update of its own. It changes nothing else. */
async function post(
  ask: Ask,
  publication: Publication,
  { remoteId, options }: Readonly<{ remoteId: string; options: IncidentIoPageOptions }>,
): Promise<Published> {
  const { status, text, corrects } = publication;
  const answer = await ask('POST', '/status_page_incident_updates', {
    status_page_incident_id: remoteId,
    notify_subscribers: options.notify,
    ...(corrects === undefined
      ? { message: text, incident_status: status, ...componentsOf(publication, options) }
      : { message: correction(text) }),
  });
  const update = readPage(answer, (json) => Posted.safeParse(json).data?.status_page_incident_update, WORDS);
  return 'kind' in update ? update : sent(remoteId, update.id);
}

function correction(text: string): string {
  return `Correction of an earlier update: ${text}`;
}

/** `resolved` makes all components operational by itself, and refuses states. */
function componentsOf({ components, status }: Publication, { components: known, ...rest }: IncidentIoPageOptions) {
  const { componentState: state } = rest;
  if (state === 'none' || status === 'resolved') return {};
  const now: Readonly<Record<Exclude<PageStatus, 'resolved'>, string>> = {
    investigating: state,
    identified: state,
    monitoring: 'degraded_performance',
  };
  const named = known.filter(({ name }) => components.includes(name));
  if (named.length === 0) return {};
  return { component_statuses: named.map(({ id }) => ({ component_id: id, component_status: now[status] })) };
}

/** A minute for clocks that differ. */
const CLOCKS_US = 60_000_000;

/** The page keeps Markdown, so letters and digits alone are compared. An older update may have had the same words. */
function sameText({ updates }: Incident, text: string, sinceUs = 0): Update | undefined {
  return updates?.findLast(({ message, published_at }) => {
    const atUs = Date.parse(published_at ?? '') * 1_000;
    return letters(message ?? '') === letters(text) && !(atUs < sinceUs - CLOCKS_US);
  });
}

function letters(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, '');
}

/** The API does not give the address of a page's incident. */
function sent(remoteId: string, remoteUpdateId = ''): Published {
  return { kind: 'sent', remoteId, remoteUpdateId, url: '' };
}

const Component = z.object({ component_id: z.string() });
const Group = z.object({ components: z.array(Component).nullish() });
const Item = z.object({ component: Component.nullish(), group: Group.nullish() });
const Structure = z.object({
  current_structure: z.object({
    items: z.array(Item.extend({ sub_page: z.object({ items: z.array(Item).nullish() }).nullish() })),
  }),
});

/** Reads the components of the page, and changes nothing. Any valid key may read them, so this proves no right to write. */
export async function checkIncidentIoStatusPage(options: IncidentIoPageOptions, signal: AbortSignal): Promise<Health> {
  const answer = await asker(options, signal)('GET', `/status_page_structures/${options.pageId}`);
  const problem = pageProblem(answer, WORDS);
  if (problem !== undefined || answer.kind !== 'answered') return problem ?? unlikePage(WORDS);
  const { data } = Structure.safeParse(answer.json);
  if (data === undefined) return unlikePage(WORDS);
  const items = data.current_structure.items.flatMap((item) => [item, ...(item.sub_page?.items ?? [])]);
  const ids = new Set(
    items
      .flatMap(({ component, group }) => [component, ...(group?.components ?? [])])
      .map((component) => component?.component_id),
  );
  const missing = missingComponents(options.components, { ids, setting: 'INCIDENT_IO_STATUS_PAGE_COMPONENTS' });
  if (missing !== undefined) return missing;
  return { ok: true, detail: `sends approved updates to the page ${options.pageId}`, remedy: '' };
}
