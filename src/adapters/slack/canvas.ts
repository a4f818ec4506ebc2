/**
 * Postmortems as canvases of Slack, as a tab of the incident's channel: created once, replaced afterwards unless people
 * edited it. Slack has no key against a second canvas. So the last line of ours has a mark, and after a lost answer the
 * tabs of the channel are searched for it. https://docs.slack.dev/reference/methods/canvases.create
 */
import { WebAPIPlatformError, type WebClient } from '@slack/web-api';
import { z } from 'zod';
import { sha256 } from '#core/sha256.ts';
import type { Tried } from '#model/incident/issue-tracker.ts';
import { marksOf } from '#model/incident/postmortem-taken.ts';
import {
  editedThere,
  type KeepRemote,
  type PostmortemTarget,
  type TargetDraft,
  type TriedToSend,
  type WrittenThere,
} from '#model/incident/postmortem-target.ts';
import type { NotPublished } from '#model/incident/status-page.ts';
import { canvasMarkdown } from './canvas-markdown.ts';
import { outcomeOf } from './sender.ts';
import { askOnceClient } from './slack-answer.ts';

/** In characters: the documented limit. */
const LONGEST = 1_048_576;

/** For one call. */
const TIMEOUT_MS = 10_000;

export type SlackCanvasOptions = Readonly<{ botToken: string; apiUrl?: string | undefined }>;

/** The job tries again. */
export function slackCanvas({ botToken, apiUrl }: SlackCanvasOptions): PostmortemTarget {
  const client = askOnceClient(botToken, { apiUrl, timeoutMs: TIMEOUT_MS });
  return {
    id: 'canvas',
    title: 'Slack canvas',
    send: async (draft, keep) => await send(client, draft, keep),
    read: async ({ remote }) => await read(client, remote),
  };
}

async function send(client: WebClient, draft: TargetDraft, keep: KeepRemote): Promise<TriedToSend> {
  const markdown = canvasMarkdown(draft.document, closingOf(draft));
  if (markdown.length > LONGEST) return { kind: 'refused', reason: TOO_LONG };
  const known = await knownCanvas(client, draft);
  if (known.kind !== 'done') return known;
  const edited = await edit(client, known.value, { markdown, keep, remote: draft.remote });
  if (edited.kind !== 'done') return edited;
  const id = edited.value === undefined ? await create(client, draft, markdown) : { ...edited, value: edited.value };
  if (id.kind !== 'done') return id;
  await keep(id.value);
  const shown = await contentOf(client, id.value);
  // Without an answer the next attempt writes it again. A workspace that shows no content keeps what is there.
  if (shown.kind !== 'done' && shown.kind !== 'refused') return unsure(shown);
  if (shown.kind === 'done') await keep(`${id.value} ${digestOf(shown.value)} ${marksOf(shown.value)}`);
  return await linked(client, draft, id.value);
}

/** What people read there now. */
async function read(client: WebClient, remote: string): Promise<Tried<WrittenThere>> {
  const [id = '', , marks = ''] = remote.split(' ');
  if (id === '') return { kind: 'refused', reason: 'There is no canvas of this postmortem.' };
  const content = await contentOf(client, id);
  if (content.kind !== 'done') return content;
  const { value: markdown } = content;
  return { kind: 'done', value: { markdown, marks, remote: `${id} ${digestOf(markdown)} ${marks}` } };
}

/** Slack's own Markdown of the canvas. */
const Content = z.object({ content: z.string() });

/** https://docs.slack.dev/reference/methods/canvases.getContent */
async function contentOf(client: WebClient, canvas_id: string): Promise<Asked<string>> {
  const answer = await tried(client.apiCall('canvases.getContent', { canvas_id, content_type: 'markdown' }));
  if (answer.kind !== 'done') return answer;
  const { success, data } = Content.safeParse(answer.value);
  return success
    ? { kind: 'done', value: data.content }
    : { kind: 'ambiguous', reason: 'Slack did not show the content of the canvas.' };
}

function digestOf(content: string): string {
  return sha256(content).slice(0, 32);
}

const TOO_LONG = 'The postmortem is longer than a canvas may be. Export it to another place.';

function closingOf({ mark }: TargetDraft): string {
  return `Spanhound exported this. Another export replaces it, unless people edited it. Mark: ${mark}`;
}

/** `digest`: of what Slack showed after our last words; undefined if nobody knows them. `isOurs`: an attempt wrote it just now. */
type Known = Readonly<{ id: string; digest: string | undefined; isOurs: boolean }>;

/** The kept text is `F1 DIGEST MARKS`. The last two are not there while we write. */
async function knownCanvas(
  client: WebClient,
  { remote, isUncertain, ...draft }: TargetDraft,
): Promise<Tried<Known | undefined>> {
  const [id = '', digest] = remote.split(' ');
  if (id !== '') return { kind: 'done', value: { id, digest, isOurs: isUncertain && digest === undefined } };
  if (!isUncertain) return { kind: 'done', value: undefined };
  const found = await findOwn(client, draft);
  if (found.kind !== 'done') return found;
  const { value } = found;
  return { kind: 'done', value: value === undefined ? undefined : { id: value, digest: undefined, isOurs: true } };
}

const Channel = z.object({
  properties: z
    .object({
      tabs: z
        .array(z.object({ type: z.string().nullish(), data: z.object({ file_id: z.string().nullish() }).nullish() }))
        .nullish(),
    })
    .nullish(),
});

/** Slack shows some ten tabs. */
const MOST_TABS = 30;

/** The canvas among the channel's tabs that has our mark. */
async function findOwn(
  client: WebClient,
  { channelId, mark }: Pick<TargetDraft, 'channelId' | 'mark'>,
): Promise<Tried<string | undefined>> {
  const info = await tried(client.conversations.info({ channel: channelId }));
  if (info.kind !== 'done') return unsure(info);
  const tabs = Channel.safeParse(info.value.channel).data?.properties?.tabs ?? [];
  const ids = tabs.flatMap(({ type, data }) => (type === 'canvas' && data?.file_id ? [data.file_id] : []));
  for (const canvas_id of ids.slice(0, MOST_TABS)) {
    const found = await tried(client.canvases.sections.lookup({ canvas_id, criteria: { contains_text: mark } }));
    if (found.kind !== 'done' && found.kind !== 'refused') return unsure(found);
    if (found.kind === 'done' && (found.value.sections ?? []).length > 0) return { kind: 'done', value: canvas_id };
  }
  return { kind: 'done', value: undefined };
}

/** A question changes nothing: without an answer nobody knows more than before. */
function unsure(result: NotPublished): NotPublished {
  if (result.kind === 'limited' || result.kind === 'refused') return result;
  return { kind: 'ambiguous', reason: result.reason };
}

type Edit = Readonly<{ markdown: string; keep: KeepRemote; remote: string }>;

/** Undefined if there is none, or somebody deleted it. What people wrote in it stays: then nothing is replaced. */
async function edit(
  client: WebClient,
  known: Known | undefined,
  { markdown, keep, remote }: Edit,
): Promise<Tried<string | undefined>> {
  if (known === undefined) return { kind: 'done', value: undefined };
  const { id, digest, isOurs } = known;
  const read = await contentOf(client, id);
  if (isMissing(read)) return { kind: 'done', value: undefined };
  if (read.kind !== 'done') return unsure(read);
  if (!isOurs && digest !== digestOf(read.value)) return { kind: 'refused', reason: EDITED, isEdited: true };
  await keep(id);
  const content = { type: 'markdown' as const, markdown };
  const edited = await tried(
    client.canvases.edit({ canvas_id: id, changes: [{ operation: 'replace', document_content: content }] }),
  );
  if (edited.kind === 'done') return { kind: 'done', value: id };
  if (isMissing(edited)) return { kind: 'done', value: undefined };
  if (edited.kind !== 'ambiguous') await keep(remote);
  return edited;
}

function isMissing(asked: Asked<unknown>): boolean {
  return asked.kind === 'refused' && asked.isGone === true;
}

const EDITED = editedThere(
  'canvas',
  'Take in what people wrote, or delete the canvas: the next export makes a new one.',
);

async function create(client: WebClient, { channelId, title }: TargetDraft, markdown: string): Promise<Tried<string>> {
  const created = await tried(
    client.canvases.create({ title, channel_id: channelId, document_content: { type: 'markdown', markdown } }),
  );
  if (created.kind !== 'done') return created;
  const { canvas_id: id } = created.value;
  return id === undefined
    ? { kind: 'ambiguous', reason: 'Slack did not name the canvas that it created.' }
    : { kind: 'done', value: id };
}

/** Without an answer the canvas is there all the same: then it has no link. */
async function linked(client: WebClient, { title }: TargetDraft, id: string): Promise<TriedToSend> {
  const own = await tried(client.auth.test());
  const { url, team_id: team } = own.kind === 'done' ? own.value : {};
  return { kind: 'done', value: { key: title, url: url && team ? `${url}docs/${team}/${id}` : '' } };
}

/** `isGone`: the canvas is not there any more. */
type Asked<Value> = Readonly<{ kind: 'done'; value: Value }> | (NotPublished & Readonly<{ isGone?: boolean }>);

async function tried<Value>(asked: Promise<Value>): Promise<Asked<Value>> {
  try {
    return { kind: 'done', value: await asked };
  } catch (error) {
    return refusalIn(error);
  }
}

const GONE = new Set(['canvas_not_found', 'canvas_deleted', 'file_not_found']);

const REMEDIES: Readonly<Record<string, string>> = {
  missing_scope:
    'The Slack app lacks the scopes canvases:write and canvases:read. Add them (manifest.json has them), then install the app again.',
  canvas_disabled_user_team: 'Canvases are off in this workspace. An admin can allow them.',
  team_tier_cannot_create_channel_canvases: 'The plan of this workspace has no canvases in channels.',
  free_team_canvas_tab_already_exists: 'The free plan allows one canvas in a channel, and this channel has one.',
  channel_not_found: 'I am not in the channel of the incident. Type /invite @spanhound there.',
  not_in_channel: 'I am not in the channel of the incident. Type /invite @spanhound there.',
};

function refusalIn(error: unknown): NotPublished & Readonly<{ isGone?: boolean }> {
  const outcome = outcomeOf(error);
  if (outcome.kind === 'limited') return outcome;
  const said = 'reason' in outcome ? outcome.reason : '';
  if (outcome.kind === 'failed' || outcome.kind === 'ambiguous')
    return { kind: outcome.kind, reason: `Slack did not answer (${said}).` };
  const detail = error instanceof WebAPIPlatformError && 'detail' in error.data ? error.data.detail : undefined;
  const why = typeof detail === 'string' ? `: ${detail.slice(0, 200)}` : '';
  const reason = REMEDIES[said] ?? `Slack does not accept the canvas (${said}${why}).`;
  return { kind: 'refused', reason, isGone: GONE.has(said) };
}
