/**
 * Postmortems as pages of Confluence Cloud. A page has an anchor with the mark of its incident, so that a page whose
 * answer was lost is found by its title and known by its mark. Each version carries a digest of what it shows.
 * https://developer.atlassian.com/cloud/confluence/rest/v2/
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { failed, problemOf, readAnswer, readOptional, unanswered } from '#adapters/issue-answers.ts';
import { multipart } from '#adapters/multipart.ts';
import { type Ask, jsonAsker, type OutgoingAnswer, sendOut } from '#adapters/outgoing.ts';
import type { Health } from '#gather/sources.ts';
import type { Tried } from '#model/incident/issue-tracker.ts';
import {
  editedThere,
  type KeepRemote,
  type PostmortemTarget,
  type TargetDraft,
  type TriedToSend,
} from '#model/incident/postmortem-target.ts';
import { anchorOf, storageOf } from './storage-format.ts';

export type ConfluenceOptions = Readonly<{
  url: URL;
  user: string;
  token: string;
  /** The key of the space. */
  space: string;
  parent?: string | undefined;
  timeoutMs?: number | undefined;
}>;

const TITLE = 'Confluence';

const WORDS = {
  title: TITLE,
  what: 'the postmortem',
  credentials:
    'Check CONFLUENCE_USER and CONFLUENCE_TOKEN: the user may add pages and attachments in the space of CONFLUENCE_SPACE.',
  address: 'Check CONFLUENCE_URL, CONFLUENCE_SPACE and CONFLUENCE_PARENT, and that the user sees them.',
  api: 'CONFLUENCE_URL',
};

const Id = z.union([z.string().min(1), z.number().int()]).transform(String);
const Spaces = z.object({ results: z.array(z.object({ id: Id, key: z.string() })) });
const Page = z.object({
  id: Id,
  title: z.string(),
  status: z.string().nullish(),
  version: z.object({ number: z.number().int(), message: z.string().nullish() }),
  body: z.object({ storage: z.object({ value: z.string() }).nullish() }).nullish(),
  _links: z.object({ webui: z.string().nullish(), base: z.string().nullish() }).nullish(),
});
type Page = z.output<typeof Page>;
const Pages = z.object({ results: z.array(Page) });
const Attachment = z.object({ title: z.string(), comment: z.string().nullish() });
type Attachment = z.output<typeof Attachment>;
const Attachments = z.object({
  results: z.array(Attachment),
  _links: z.object({ next: z.string().nullish() }).nullish(),
});

type Site = Readonly<{ options: ConfluenceOptions; ask: Ask; signal: AbortSignal }>;

export function confluencePages(options: ConfluenceOptions): PostmortemTarget {
  return {
    id: 'confluence',
    title: TITLE,
    send: async (draft, keep, signal) => await send(siteOf(options, signal), draft, keep),
  };
}

function siteOf(options: ConfluenceOptions, signal: AbortSignal): Site {
  const api = { base: `${wikiOf(options)}/api/v2`, headers: headersOf(options), secrets: [options.token] };
  return { options, signal, ask: jsonAsker({ ...api, timeoutMs: options.timeoutMs }, signal) };
}

function wikiOf({ url }: ConfluenceOptions): string {
  return `${url.origin}${url.pathname.replace(/\/$/, '').replace(/\/wiki$/, '')}/wiki`;
}

function headersOf({ user, token }: ConfluenceOptions) {
  return { authorization: `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}`, accept: 'application/json' };
}

async function send(site: Site, draft: TargetDraft, keep: KeepRemote): Promise<TriedToSend> {
  const known = await knownPage(site, draft);
  if (known.kind !== 'done') return known;
  const page = known.value === undefined ? await create(site, draft) : done(known.value);
  if (page.kind !== 'done') return page;
  await keep(page.value.id);
  if (!isOurs(page.value)) return { kind: 'refused', reason: EDITED };
  const attached = await attach(site, draft, page.value.id);
  if (attached.kind !== 'done') return attached;
  const shown = isUpToDate(page.value, draft) ? page : await update(site, draft, page.value);
  if (shown.kind !== 'done') return shown;
  return { kind: 'done', value: { key: draft.title, url: urlOf(site, shown.value) } };
}

function done(page: Page): Tried<Page> {
  return { kind: 'done', value: page };
}

/** The page of an earlier attempt; undefined if there is none, or somebody deleted it. */
async function knownPage(site: Site, draft: TargetDraft): Promise<Tried<Page | undefined>> {
  if (draft.remote !== '') return await pageById(site, draft.remote);
  return draft.isUncertain ? await ownPage(site, draft) : { kind: 'done', value: undefined };
}

async function pageById({ ask }: Site, id: string): Promise<Tried<Page | undefined>> {
  const read = readOptional(await ask('GET', `/pages/${encodeURIComponent(id)}`), Page, WORDS);
  if (read.kind !== 'done') return unanswered(read, TITLE);
  return { kind: 'done', value: read.value !== undefined && isThere(read.value) ? read.value : undefined };
}

function isThere({ status }: Page): boolean {
  return status !== 'trashed' && status !== 'deleted';
}

/** The page with our mark, under this title or that of an earlier attempt. */
async function ownPage(site: Site, draft: TargetDraft): Promise<Tried<Page | undefined>> {
  const space = await spaceId(site);
  if (space.kind !== 'done') return unanswered(space, TITLE);
  for (const title of new Set([draft.title, ...draft.earlierTitles])) {
    const search = `space-id=${space.value}&title=${encodeURIComponent(title)}&body-format=storage&limit=25`;
    const read = readAnswer(await site.ask('GET', `/pages?${search}`), Pages, WORDS);
    if (read.kind !== 'done') return unanswered(read, TITLE);
    const own = read.value.results.find((page) => isThere(page) && isMarked(page, draft));
    if (own !== undefined) return { kind: 'done', value: own };
  }
  return { kind: 'done', value: undefined };
}

function isMarked({ body }: Page, { mark }: TargetDraft): boolean {
  return body?.storage?.value.includes(`spanhound-${mark}`) === true;
}

async function spaceId({ ask, options }: Site): Promise<Tried<string>> {
  const read = readAnswer(await ask('GET', `/spaces?keys=${encodeURIComponent(options.space)}`), Spaces, WORDS);
  if (read.kind !== 'done') return read;
  const found = read.value.results.find(({ key }) => key.toLowerCase() === options.space.toLowerCase());
  return found === undefined
    ? { kind: 'refused', reason: `${TITLE} shows no space ${options.space}. ${WORDS.address}` }
    : { kind: 'done', value: found.id };
}

/** Empty but for its mark: the pictures have to be there before the words that show them. */
async function create(site: Site, draft: TargetDraft): Promise<Tried<Page>> {
  const space = await spaceId(site);
  if (space.kind !== 'done') return space;
  const { parent } = site.options;
  const answer = await site.ask('POST', '/pages', {
    spaceId: space.value,
    status: 'current',
    title: draft.title,
    ...(parent !== undefined && { parentId: parent }),
    body: { representation: 'storage', value: anchorOf(draft.mark) },
  });
  if (!isTaken(answer)) return readAnswer(answer, Page, WORDS);
  const own = await ownPage(site, draft);
  if (own.kind !== 'done') return own;
  return own.value === undefined ? { kind: 'refused', reason: TAKEN } : { kind: 'done', value: own.value };
}

const TAKEN = `Another page of the space has the same title. Rename it, then export the postmortem again.`;

function isTaken(answer: OutgoingAnswer): boolean {
  return answer.kind === 'answered' && answer.status === 400 && /title already exists|same title/i.test(answer.said);
}

/** Each has a digest as its comment, so that the same picture makes no new version. */
async function attach(site: Site, draft: TargetDraft, pageId: string): Promise<Tried<undefined>> {
  if (draft.pictures.length === 0) return { kind: 'done', value: undefined };
  const listed = await attachmentsOf(site, pageId);
  if (listed.kind !== 'done') return listed;
  for (const { name, png } of draft.pictures) {
    const comment = `spanhound ${digestOf(png)}`;
    if (listed.value.some((one) => one.title === name && one.comment === comment)) continue;
    const sent = await upload(site, { pageId, name, png, comment });
    if (sent.kind !== 'done') return sent;
  }
  return { kind: 'done', value: undefined };
}

/** People attach files, too. One that is not found here is sent again, which makes a version and no second file. */
const MOST_LISTS = 20;

async function attachmentsOf({ ask }: Site, pageId: string): Promise<Tried<readonly Attachment[]>> {
  const found: Attachment[] = [];
  let cursor = '';
  for (let list = 0; list < MOST_LISTS; list += 1) {
    const after = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const read = readAnswer(await ask('GET', `/pages/${pageId}/attachments?limit=250${after}`), Attachments, WORDS);
    if (read.kind !== 'done') return read;
    found.push(...read.value.results);
    cursor = cursorIn(read.value._links?.next ?? '');
    if (cursor === '') break;
  }
  return { kind: 'done', value: found };
}

/** `/wiki/api/v2/pages/12/attachments?limit=250&cursor=eyJpZCI6…` */
function cursorIn(next: string): string {
  return new URLSearchParams(next.slice(next.indexOf('?') + 1)).get('cursor') ?? '';
}

type Upload = Readonly<{ pageId: string; name: string; png: Uint8Array; comment: string }>;

/** PUT replaces an attachment of the same name. The second version of the API only reads attachments. */
async function upload({ options, signal }: Site, { pageId, name, png, comment }: Upload): Promise<Tried<unknown>> {
  const file = { field: 'file', name, contentType: 'image/png', bytes: png };
  const { contentType, body } = multipart({ comment, minorEdit: 'true' }, file);
  const answer = await sendOut(
    {
      method: 'PUT',
      url: `${wikiOf(options)}/rest/api/content/${pageId}/child/attachment`,
      headers: { ...headersOf(options), 'content-type': contentType, 'x-atlassian-token': 'nocheck' },
      body,
      secrets: [options.token],
      timeoutMs: options.timeoutMs,
    },
    signal,
  );
  return readAnswer(answer, z.object({ results: z.array(z.unknown()) }), WORDS);
}

function digestOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 32);
}

/** People see it in the history of the page. */
function messageOf(draft: TargetDraft): string {
  return `Spanhound ${digestOf(`${draft.title}\n${storageOf(draft.document, draft.mark)}`)}`;
}

/** Whoever saves a page writes a version without our message. The first one is the empty page that we made. */
function isOurs({ version }: Page): boolean {
  return version.number === 1 || /^Spanhound [\da-f]{32}$/.test(version.message ?? '');
}

const EDITED = editedThere(
  'page',
  'Copy what has to stay into the postmortem or a comment, then delete the page: the next export makes a new one.',
);

function isUpToDate({ version }: Page, draft: TargetDraft): boolean {
  return version.message === messageOf(draft);
}

/** Somebody may save the page between our reading and our writing. */
const MOST_READS = 3;

async function update(site: Site, draft: TargetDraft, first: Page): Promise<Tried<Page>> {
  let page = first;
  for (let time = 1; ; time += 1) {
    if (!isOurs(page)) return { kind: 'refused', reason: EDITED };
    const answer = await site.ask('PUT', `/pages/${page.id}`, {
      id: page.id,
      status: 'current',
      title: draft.title,
      body: { representation: 'storage', value: storageOf(draft.document, draft.mark) },
      version: { number: page.version.number + 1, message: messageOf(draft) },
    });
    if (isTaken(answer)) return { kind: 'refused', reason: TAKEN };
    const isConflict = answer.kind === 'answered' && answer.status === 409;
    if (!isConflict || time >= MOST_READS) return readAnswer(answer, Page, WORDS);
    const again = await pageById(site, page.id);
    if (again.kind !== 'done') return again;
    if (again.value === undefined) return { kind: 'failed', reason: 'Somebody deleted the page at the same moment.' };
    page = again.value;
    // A lost answer: the version is ours.
    if (isUpToDate(page, draft)) return { kind: 'done', value: page };
  }
}

function urlOf({ options }: Site, { id, _links: links }: Page): string {
  if (links?.base && links.webui) return `${links.base}${links.webui}`;
  return `${wikiOf(options)}/pages/viewpage.action?pageId=${id}`;
}

/** Reads the space, and changes nothing. Only a page shows whether the user may write one. */
export async function checkConfluence(options: ConfluenceOptions, signal: AbortSignal): Promise<Health> {
  const site = siteOf(options, signal);
  const space = await spaceId(site);
  if (space.kind !== 'done') return failed(`cannot read the space ${options.space}`, problemOf(space, TITLE));
  if (options.parent !== undefined) {
    const parent = await pageById(site, options.parent);
    if (parent.kind !== 'done') return failed(`cannot read the page ${options.parent}`, problemOf(parent, TITLE));
    if (parent.value === undefined) return failed(`there is no page ${options.parent}`, 'Check CONFLUENCE_PARENT.');
  }
  return { ok: true, detail: `sends postmortems to the space ${options.space}`, remedy: '' };
}
