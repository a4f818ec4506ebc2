/**
 * Postmortems as pages of Notion. All that we write stands in one block of the page (a synced block), so that an update
 * replaces this block and leaves what people wrote beside it. The new block comes first, then the older ones go: a page
 * is never empty, and after a failure the next attempt removes what it left.
 * https://developers.notion.com/reference
 */
import { z } from 'zod';
import { failed, problemOf, readAnswer, readOptional, unanswered, unlikeItsApi } from '#adapters/issue-answers.ts';
import { multipart } from '#adapters/multipart.ts';
import { type Ask, isMissing, jsonAsker, sendOut } from '#adapters/outgoing.ts';
import type { Health } from '#gather/sources.ts';
import type { Tried } from '#model/incident/issue-tracker.ts';
import type { KeepRemote, PostmortemTarget, TargetDraft, TriedToSend } from '#model/incident/postmortem-target.ts';
import { blocksOf, inRequests, type NotionBlock } from './blocks.ts';

export type NotionOptions = Readonly<{
  url: URL;
  token: string;
  /** The id of the page below which postmortems stand. */
  parent: string;
  timeoutMs?: number | undefined;
}>;

const TITLE = 'Notion';
/** Its answers and its blocks change with the version. */
const VERSION = '2022-06-28';

const WORDS = {
  title: TITLE,
  what: 'the postmortem',
  credentials: 'Check NOTION_TOKEN: the integration may read, insert and update content.',
  address: 'Check NOTION_PAGE, and connect the integration to this page: ••• → Connections.',
  api: 'NOTION_API_URL',
};

const Page = z.object({
  id: z.string().min(1),
  url: z.string().nullish(),
  archived: z.boolean().nullish(),
  in_trash: z.boolean().nullish(),
});
type Page = z.output<typeof Page>;
const Bot = z.object({ id: z.string().min(1) });
const Block = z.object({
  id: z.string().min(1),
  type: z.string(),
  created_by: z.object({ id: z.string() }).nullish(),
  child_page: z.object({ title: z.string() }).nullish(),
});
type Block = z.output<typeof Block>;
const Blocks = z.object({
  results: z.array(Block),
  has_more: z.boolean().nullish(),
  next_cursor: z.string().nullish(),
});
const Upload = z.object({ id: z.string().min(1), status: z.string().nullish() });

type Side = Readonly<{ options: NotionOptions; ask: Ask; signal: AbortSignal }>;

export function notionPages(options: NotionOptions): PostmortemTarget {
  return {
    id: 'notion',
    title: TITLE,
    send: async (draft, keep, signal) => await send(sideOf(options, signal), draft, keep),
  };
}

function sideOf(options: NotionOptions, signal: AbortSignal): Side {
  const api = { base: baseOf(options), headers: headersOf(options), secrets: [options.token] };
  return { options, signal, ask: jsonAsker({ ...api, timeoutMs: options.timeoutMs }, signal) };
}

function baseOf({ url }: NotionOptions): string {
  return `${url.href.replace(/\/$/, '')}/v1`;
}

function headersOf({ token }: NotionOptions) {
  return { authorization: `Bearer ${token}`, 'notion-version': VERSION };
}

async function send(side: Side, draft: TargetDraft, keep: KeepRemote): Promise<TriedToSend> {
  const bot = readAnswer(await side.ask('GET', '/users/me'), Bot, WORDS);
  if (bot.kind !== 'done') return bot;
  const known = await knownPage(side, draft, bot.value.id);
  if (known.kind !== 'done') return known;
  const page = known.value === undefined ? await create(side, draft) : done(known.value);
  if (page.kind !== 'done') return page;
  const { id } = page.value;
  await keep(id);
  const earlier = await ownBlocks(side, id, bot.value.id);
  if (earlier.kind !== 'done') return earlier;
  const written = await write(side, draft, id);
  if (written.kind !== 'done') return written;
  const removed = await remove(side, earlier.value);
  if (removed.kind !== 'done') return removed;
  const titled = await rename(side, draft, known.value === undefined ? undefined : id);
  if (titled.kind !== 'done') return titled;
  return { kind: 'done', value: { key: draft.title, url: page.value.url ?? '' } };
}

function done(page: Page): Tried<Page> {
  return { kind: 'done', value: page };
}

/** The page of an earlier attempt; undefined if there is none, or somebody moved it to the trash. */
async function knownPage(side: Side, draft: TargetDraft, bot: string): Promise<Tried<Page | undefined>> {
  if (draft.remote !== '') return await pageById(side, draft.remote);
  if (!draft.isUncertain) return { kind: 'done', value: undefined };
  const below = await childrenOf(side, side.options.parent);
  if (below.kind !== 'done') return unanswered(below, TITLE);
  const titles = [draft.title, ...draft.earlierTitles];
  const own = below.value.find((block) => isOwn(block, bot) && titles.includes(block.child_page?.title ?? ''));
  return own === undefined ? { kind: 'done', value: undefined } : await pageById(side, own.id);
}

async function pageById({ ask }: Side, id: string): Promise<Tried<Page | undefined>> {
  const read = readOptional(await ask('GET', `/pages/${encodeURIComponent(id)}`), Page, WORDS);
  if (read.kind !== 'done') return unanswered(read, TITLE);
  const isGone = read.value?.archived === true || read.value?.in_trash === true;
  return { kind: 'done', value: isGone ? undefined : read.value };
}

function isOwn({ created_by: by }: Block, bot: string): boolean {
  return by?.id === bot;
}

/** Empty: the blocks follow, and another attempt finds the page by its title. */
async function create({ ask, options }: Side, draft: TargetDraft): Promise<Tried<Page>> {
  const page = { parent: { type: 'page_id', page_id: options.parent }, properties: titleOf(draft) };
  return readAnswer(await ask('POST', '/pages', page), Page, WORDS);
}

function titleOf({ title }: TargetDraft) {
  return { title: { title: [{ type: 'text', text: { content: title } }] } };
}

/** `id`: undefined for a page that was made with this title just now. */
async function rename({ ask }: Side, draft: TargetDraft, id: string | undefined): Promise<Tried<unknown>> {
  if (id === undefined) return { kind: 'done', value: undefined };
  return readAnswer(await ask('PATCH', `/pages/${id}`, { properties: titleOf(draft) }), Page, WORDS);
}

/** A page of an incident has one block of ours, and a few after failures. People may have written many. */
const MOST_PAGES = 50;

async function childrenOf({ ask }: Side, id: string): Promise<Tried<readonly Block[]>> {
  const blocks: Block[] = [];
  let cursor = '';
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const after = cursor === '' ? '' : `&start_cursor=${encodeURIComponent(cursor)}`;
    const read = readAnswer(await ask('GET', `/blocks/${id}/children?page_size=100${after}`), Blocks, WORDS);
    if (read.kind !== 'done') return read;
    blocks.push(...read.value.results);
    cursor = read.value.next_cursor ?? '';
    if (read.value.has_more !== true || cursor === '') return { kind: 'done', value: blocks };
  }
  return { kind: 'refused', reason: `${TITLE} has too many blocks on this page to read. Move some to another page.` };
}

async function ownBlocks(side: Side, pageId: string, bot: string): Promise<Tried<readonly Block[]>> {
  const all = await childrenOf(side, pageId);
  if (all.kind !== 'done') return all;
  return { kind: 'done', value: all.value.filter((block) => block.type === 'synced_block' && isOwn(block, bot)) };
}

/** One block of ours, with everything in it. */
async function write(side: Side, draft: TargetDraft, pageId: string): Promise<Tried<undefined>> {
  const uploads = await uploadAll(side, draft);
  if (uploads.kind !== 'done') return uploads;
  const frame = { type: 'synced_block', synced_block: { synced_from: null } };
  const framed = await append(side, pageId, [frame]);
  if (framed.kind !== 'done') return framed;
  const [own] = framed.value;
  if (own === undefined) return unlikeItsApi(WORDS);
  for (const part of inRequests(blocksOf(draft.document, uploads.value))) {
    const appended = await appendAll(side, own, part);
    if (appended.kind !== 'done') return appended;
  }
  return { kind: 'done', value: undefined };
}

/** The ids of the new blocks, in their order. */
async function append({ ask }: Side, id: string, children: readonly object[]): Promise<Tried<readonly string[]>> {
  const read = readAnswer(await ask('PATCH', `/blocks/${id}/children`, { children }), Blocks, WORDS);
  return read.kind === 'done' ? { kind: 'done', value: read.value.results.map((block) => block.id) } : read;
}

async function appendAll(side: Side, id: string, blocks: readonly NotionBlock[]): Promise<Tried<undefined>> {
  const appended = await append(
    side,
    id,
    blocks.map(({ body }) => body),
  );
  if (appended.kind !== 'done') return appended;
  for (const [at, { rest }] of blocks.entries()) {
    const table = appended.value[at];
    for (const rows of rest) {
      const more = table === undefined ? unlikeItsApi(WORDS) : await append(side, table, rows);
      if (more.kind !== 'done') return more;
    }
  }
  return { kind: 'done', value: undefined };
}

/** Another attempt may have removed it. */
async function remove({ ask }: Side, blocks: readonly Block[]): Promise<Tried<undefined>> {
  for (const { id } of blocks) {
    const answer = await ask('DELETE', `/blocks/${id}`);
    if (isMissing(answer)) continue;
    const read = readAnswer(answer, z.object({ id: z.string() }), WORDS);
    if (read.kind !== 'done') return read;
  }
  return { kind: 'done', value: undefined };
}

/** By name. Notion deletes an upload that no block shows after an hour. */
async function uploadAll(side: Side, { pictures }: TargetDraft): Promise<Tried<ReadonlyMap<string, string>>> {
  const ids = new Map<string, string>();
  for (const { name, png } of pictures) {
    const begun = readAnswer(
      await side.ask('POST', '/file_uploads', { filename: name, content_type: 'image/png' }),
      Upload,
      WORDS,
    );
    if (begun.kind !== 'done') return begun;
    const sent = await upload(side, begun.value.id, { name, png });
    if (sent.kind !== 'done') return sent;
    ids.set(name, begun.value.id);
  }
  return { kind: 'done', value: ids };
}

async function upload(
  { options, signal }: Side,
  id: string,
  { name, png }: Readonly<{ name: string; png: Uint8Array }>,
): Promise<Tried<unknown>> {
  const file = { field: 'file', name, contentType: 'image/png', bytes: png };
  const { contentType, body } = multipart({}, file);
  const answer = await sendOut(
    {
      method: 'POST',
      url: `${baseOf(options)}/file_uploads/${encodeURIComponent(id)}/send`,
      headers: { ...headersOf(options), accept: 'application/json', 'content-type': contentType },
      body,
      secrets: [options.token],
      timeoutMs: options.timeoutMs,
    },
    signal,
  );
  return readAnswer(answer, Upload, WORDS);
}

/** Reads the page, and changes nothing. Only a page shows whether the integration may write one. */
export async function checkNotion(options: NotionOptions, signal: AbortSignal): Promise<Health> {
  const side = sideOf(options, signal);
  const bot = readAnswer(await side.ask('GET', '/users/me'), Bot, WORDS);
  if (bot.kind !== 'done') return failed('cannot read its own name', problemOf(bot, TITLE));
  const page = await pageById(side, options.parent);
  if (page.kind !== 'done') return failed('cannot read the page of NOTION_PAGE', problemOf(page, TITLE));
  if (page.value === undefined) return failed('does not see the page of NOTION_PAGE', WORDS.address);
  return { ok: true, detail: 'sends postmortems below the page of NOTION_PAGE', remedy: '' };
}
