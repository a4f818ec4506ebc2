/**
 * A Slack workspace in memory. The playground's page shows it, and the bot's calls change it. It follows Slack's rules where
 * the bot can notice them (who may update what, one use of a trigger, five of a response_url) and uses Slack's error
 * codes. It ends with the process.
 */
import type { Block, KnownBlock } from '@slack/types';
import type { Clock } from '#core/clock.ts';
import type { NewId } from '#core/ids.ts';
import { blockProblems } from '#present/slack/block-limits.ts';
import { type Channel, openChannels } from '#web/playground/channels.ts';
import { BOT, PEOPLE, type Person, YOU } from '#web/playground/people.ts';
import { Refusal } from '#web/playground/refusal.ts';

export type AnyBlock = KnownBlock | Block;

export type SharedFile = Readonly<{
  id: string;
  name: string;
  title: string;
  mimetype: string;
  size: number;
  alt: string;
}>;
export type Metadata = Readonly<{ event_type: string; event_payload: Readonly<Record<string, unknown>> }>;
export type View = Readonly<{ id: string; type: string; blocks: readonly AnyBlock[] } & Record<string, unknown>>;

export type Message = Readonly<{
  channelId: string;
  /** Slack's name of a message in its channel: seconds with six decimals. */
  ts: string;
  userId: string;
  text: string;
  blocks: readonly AnyBlock[];
  files: readonly SharedFile[];
  /** The first message of the thread; absent on a message of the channel itself. */
  threadTs?: string;
  /** A reply that also stands in the channel. */
  isBroadcast?: true;
  editedTs?: string;
  metadata?: Metadata;
  /** Shown to one person alone: the id. */
  shownTo?: string;
  ephemeral: boolean;
  pinned?: Readonly<{ by: string; atUs: number }>;
  reactions: readonly Readonly<{ name: string; users: readonly string[] }>[];
}>;

export type Change =
  | Readonly<{ kind: 'message'; message: Message }>
  | Readonly<{ kind: 'removed'; channelId: string; ts: string }>
  | Readonly<{ kind: 'channel'; channel: Channel }>
  | Readonly<{ kind: 'home'; userId: string; view: View }>
  | Readonly<{ kind: 'modal'; view: View | null }>;

export type Draft = Readonly<{
  text?: string | undefined;
  blocks?: readonly AnyBlock[] | undefined;
  threadTs?: string | undefined;
  isBroadcast?: boolean | undefined;
  metadata?: Metadata | undefined;
  files?: readonly SharedFile[] | undefined;
}>;

export type Workspace = ReturnType<typeof openWorkspace>;

/** The page itself opens these addresses as messages. */
export const ARCHIVES = 'https://playground.invalid/archives/';

/** Addresses that resolve nowhere. Requests of the bot to them are answered in this process. */
export const RESPONSE_URLS = 'https://hooks.playground.invalid/response/';
export const UPLOAD_URLS = 'https://files.playground.invalid/upload/';

/** Slack truncates a longer text in a post, and refuses it in an update. */
const POSTED_TEXT_LIMIT = 40_000;
const UPDATED_TEXT_LIMIT = 4_000;
const RESPONSE_URL_LIFE_US = 30 * 60_000_000;
const RESPONSE_URL_USES = 5;

type StoredFile = { file: SharedFile; bytes: Uint8Array<ArrayBuffer>; shared: boolean };
type ResponseUrl = {
  channelId: string;
  messageTs: string | undefined;
  threadTs: string | undefined;
  /** Who acted. */
  to: string;
  uses: number;
  bornUs: number;
};

export function openWorkspace({ clock, newId, triggerLifeMs }: { clock: Clock; newId: NewId; triggerLifeMs: number }) {
  const channels = openChannels({ clock, changed: (one) => tell({ kind: 'channel', channel: one }) });
  const { channel } = channels;
  const messages = new Map<string, Message>();
  const files = new Map<string, StoredFile>();
  const triggers = new Map<string, number>();
  const responseUrls = new Map<string, ResponseUrl>();
  const subscribers = new Set<(change: Change) => void>();
  const homes = new Map<string, View>();
  let modal: View | null = null;
  let lastTsUs = 0;

  return {
    people: PEOPLE,
    subscribe,
    snapshot,
    ...channels,
    person,
    message,
    say,
    post,
    whisper,
    update,
    remove,
    history,
    replies,
    react,
    unreact,
    pin,
    unpin,
    pins,
    newTrigger,
    newResponseUrl,
    respond,
    newUpload,
    takeUpload,
    completeUpload,
    file,
    openModal,
    updateView,
    closeModal,
    publishHome,
  };

  function subscribe(subscriber: (change: Change) => void): () => void {
    subscribers.add(subscriber);
    return () => subscribers.delete(subscriber);
  }

  function tell(change: Change): void {
    for (const subscriber of subscribers) subscriber(change);
  }

  function snapshot() {
    return { channels: channels.all(), messages: [...messages.values()], homes: Object.fromEntries(homes), modal };
  }

  function person(id: string): Person {
    const found = PEOPLE.find((one) => one.id === id);
    if (found === undefined) throw new Refusal('user_not_found');
    return found;
  }

  function message(channelId: string, ts: string): Message {
    const found = messages.get(keyOf(channel(channelId).id, ts));
    if (found === undefined) throw new Refusal('message_not_found');
    return found;
  }

  /** A person's own message. */
  function say(channelId: string, text: string, threadTs?: string, by: Person = YOU): Message {
    const to = channel(channelId);
    if (to.isArchived) throw new Refusal('is_archived');
    return add(to, by.id, { text, threadTs });
  }

  /** A message of an app, by default ours. */
  function post(channelId: string, draft: Draft, by: Person = BOT): Message {
    const to = PEOPLE.some(({ id }) => id === channelId) ? channels.directTo(channelId) : channel(channelId);
    if (!to.members.includes(by.id)) throw new Refusal('not_in_channel');
    if (to.isArchived) throw new Refusal('is_archived');
    checkContent(draft);
    return add(to, by.id, { ...draft, text: (draft.text ?? '').slice(0, POSTED_TEXT_LIMIT) });
  }

  /** A message that only one person sees. */
  function whisper(channelId: string, shownTo: string, draft: Draft, from: Person = BOT): Message {
    checkContent(draft);
    return add(channel(channelId), from.id, draft, person(shownTo).id);
  }

  function update(channelId: string, ts: string, draft: Draft, by: Person = BOT): Message {
    const before = message(channelId, ts);
    if (before.userId !== by.id || before.ephemeral) throw new Refusal('cant_update_message');
    if ((draft.text ?? '').length > UPDATED_TEXT_LIMIT) throw new Refusal('msg_too_long');
    checkContent(draft);
    return replace(before, draft);
  }

  function remove(channelId: string, ts: string): void {
    const before = message(channelId, ts);
    if (before.userId !== BOT.id) throw new Refusal('cant_delete_message');
    drop(before);
  }

  /** Newest first, as in Slack. Ephemeral messages are not in the history. */
  function history(channelId: string): Message[] {
    const { id } = readable(channelId);
    return [...messages.values()].filter((one) => one.channelId === id && isInChannel(one) && !one.ephemeral).reverse();
  }

  /** The thread's first message and its replies, oldest first. */
  function replies(channelId: string, threadTs: string): Message[] {
    const { id } = readable(channelId);
    const thread = [...messages.values()].filter(
      (one) => one.channelId === id && !one.ephemeral && (one.ts === threadTs || one.threadTs === threadTs),
    );
    if (thread.length === 0) throw new Refusal('thread_not_found');
    return thread;
  }

  function react(channelId: string, ts: string, name: string, userId: string): Message {
    const before = message(channelId, ts);
    const users = usersOf(before, name);
    if (users.includes(userId)) throw new Refusal('already_reacted');
    if (users.length === 0) return store({ ...before, reactions: [...before.reactions, { name, users: [userId] }] });
    return store({ ...before, reactions: withUsers(before, name, [...users, userId]) });
  }

  function unreact(channelId: string, ts: string, name: string, userId: string): Message {
    const before = message(channelId, ts);
    const users = usersOf(before, name);
    if (!users.includes(userId)) throw new Refusal('no_reaction');
    const left = users.filter((one) => one !== userId);
    return store({ ...before, reactions: withUsers(before, name, left) });
  }

  function pin(channelId: string, ts: string, userId: string): Message {
    const before = message(channelId, ts);
    if (before.pinned) throw new Refusal('already_pinned');
    return store({ ...before, pinned: { by: userId, atUs: clock.nowUs() } });
  }

  function unpin(channelId: string, ts: string): Message {
    const { pinned, ...before } = message(channelId, ts);
    if (pinned === undefined) throw new Refusal('no_pin');
    return store(before);
  }

  /** Newest first. */
  function pins(channelId: string): Message[] {
    const { id } = readable(channelId);
    return [...messages.values()]
      .filter((one) => one.channelId === id && one.pinned !== undefined)
      .sort((a, b) => (b.pinned?.atUs ?? 0) - (a.pinned?.atUs ?? 0));
  }

  function newTrigger(): string {
    const id = newId();
    triggers.set(id, clock.nowUs());
    return id;
  }

  function newResponseUrl(
    channelId: string,
    place: { messageTs?: string; threadTs?: string | undefined; to?: string } = {},
  ): string {
    const id = newId();
    responseUrls.set(id, {
      channelId,
      messageTs: place.messageTs,
      threadTs: place.threadTs,
      to: place.to ?? YOU.id,
      uses: 0,
      bornUs: clock.nowUs(),
    });
    return `${RESPONSE_URLS}${id}`;
  }

  /** Handles a post to a response_url. */
  function respond(
    url: string,
    draft: Draft & { inChannel?: boolean; replaceOriginal?: boolean; deleteOriginal?: boolean },
  ): void {
    const place = responseUrls.get(url.slice(RESPONSE_URLS.length));
    if (place === undefined || clock.nowUs() - place.bornUs > RESPONSE_URL_LIFE_US) throw new Refusal('expired_url');
    if (place.uses >= RESPONSE_URL_USES) throw new Refusal('used_url');
    place.uses += 1;

    const original = place.messageTs === undefined ? undefined : messages.get(keyOf(place.channelId, place.messageTs));
    if (draft.deleteOriginal && original) {
      drop(original);
      return;
    }
    checkContent(draft);
    const to = channel(place.channelId);
    if (draft.replaceOriginal && original) replace(original, draft);
    else add(to, BOT.id, { ...draft, threadTs: draft.threadTs ?? place.threadTs }, onlyFor(draft, place));
  }

  function newUpload(name: string, size: number, alt: string): { fileId: string; uploadUrl: string } {
    if (name === '') throw new Refusal('invalid_arguments');
    const fileId = `F${newId().replaceAll('-', '').toUpperCase()}`;
    files.set(fileId, {
      file: { id: fileId, name, title: name, mimetype: 'application/octet-stream', size, alt },
      bytes: new Uint8Array(),
      shared: false,
    });
    return { fileId, uploadUrl: `${UPLOAD_URLS}${fileId}` };
  }

  /** Takes the bytes of an announced file; false where no file was announced for this address. */
  function takeUpload(url: string, bytes: Uint8Array<ArrayBuffer>): boolean {
    const stored = files.get(url.slice(UPLOAD_URLS.length));
    if (stored === undefined) return false;
    stored.bytes = bytes;
    stored.file = { ...stored.file, size: bytes.length, mimetype: mimetypeOf(stored.file.name, bytes) };
    return true;
  }

  function completeUpload(
    list: readonly { id: string; title?: string }[],
    place?: { channelId: string; threadTs?: string | undefined; comment?: string | undefined },
  ): SharedFile[] {
    const done = list.map(({ id, title }) => {
      const stored = files.get(id);
      if (stored === undefined || stored.bytes.length === 0) throw new Refusal('file_not_found');
      stored.file = { ...stored.file, title: title ?? stored.file.title };
      stored.shared = true;
      return stored.file;
    });
    if (place) post(place.channelId, { text: place.comment ?? '', threadTs: place.threadTs, files: done });
    return done;
  }

  function file(id: string): { file: SharedFile; bytes: Uint8Array<ArrayBuffer> } | undefined {
    const stored = files.get(id);
    return stored?.shared ? stored : undefined;
  }

  function openModal(triggerId: string, view: Omit<View, 'id'>): View {
    const bornUs = triggers.get(triggerId);
    if (bornUs === undefined) throw new Refusal('invalid_trigger_id');
    triggers.delete(triggerId);
    if (clock.nowUs() - bornUs > triggerLifeMs * 1_000) throw new Refusal('expired_trigger_id');
    return showModal(newView(view));
  }

  function updateView(id: string, view: Omit<View, 'id'>): View {
    if (modal?.id !== id) throw new Refusal('not_found');
    return showModal({ ...newView(view), id });
  }

  function closeModal(): void {
    modal = null;
    tell({ kind: 'modal', view: null });
  }

  function publishHome(userId: string, view: Omit<View, 'id'>): View {
    person(userId);
    const home = newView(view);
    homes.set(userId, home);
    tell({ kind: 'home', userId, view: home });
    return home;
  }

  function showModal(view: View): View {
    modal = view;
    tell({ kind: 'modal', view });
    return view;
  }

  function newView(view: Omit<View, 'id'>): View {
    const blocks: readonly AnyBlock[] = Array.isArray(view.blocks) ? view.blocks : [];
    // These are the limits of a message, which cannot have an input.
    refuseBadBlocks(blocks.filter(({ type }) => type !== 'input'));
    return { ...view, type: String(view.type), blocks: withIds(blocks), id: `V${newId()}` };
  }

  /** Only a member can read a channel; the caller is the bot. */
  function readable(channelId: string): Channel {
    const found = channel(channelId);
    if (!found.members.includes(BOT.id)) throw new Refusal('not_in_channel');
    return found;
  }

  function checkContent({ text = '', blocks = [], files: shared = [] }: Draft): void {
    if (text === '' && blocks.length === 0 && shared.length === 0) throw new Refusal('no_text');
    refuseBadBlocks(blocks);
  }

  function refuseBadBlocks(blocks: readonly AnyBlock[]): void {
    const problems = [...blockProblems(blocks as readonly KnownBlock[]), ...pictureProblems(blocks)];
    if (problems.length > 0) throw new Refusal('invalid_blocks', problems);
  }

  /** An image block may only show a picture whose upload is complete. */
  function pictureProblems(blocks: readonly AnyBlock[]): string[] {
    return blocks.flatMap((block, at) => {
      if (!('slack_file' in block) || block.slack_file === undefined) return [];
      const id = 'id' in block.slack_file ? String(block.slack_file.id) : '';
      return file(id)?.file.mimetype.startsWith('image/')
        ? []
        : [`invalid slack file [json-pointer:/blocks/${at}/slack_file]`];
    });
  }

  function add(to: Channel, userId: string, draft: Draft, shownTo?: string): Message {
    const { text = '', blocks = [], files: shared = [], threadTs, isBroadcast = false, metadata } = draft;
    return store({
      channelId: to.id,
      ts: newTs(),
      userId,
      text,
      blocks: withIds(blocks),
      files: shared,
      ...(threadTs === undefined ? {} : { threadTs: rootOf(to.id, threadTs) }),
      ...(isBroadcast && threadTs !== undefined ? { isBroadcast } : {}),
      ...(metadata === undefined ? {} : { metadata }),
      ...(shownTo === undefined ? {} : { shownTo }),
      ephemeral: shownTo !== undefined,
      reactions: [],
    });
  }

  function replace(before: Message, { text = before.text, blocks, metadata }: Draft): Message {
    return store({
      ...before,
      text,
      // An update that brings text alone takes the blocks away, as Slack does.
      blocks: withIds(blocks ?? []),
      editedTs: newTs(),
      ...(metadata === undefined ? {} : { metadata }),
    });
  }

  function store(message: Message): Message {
    messages.set(keyOf(message.channelId, message.ts), message);
    tell({ kind: 'message', message });
    return message;
  }

  function drop({ channelId, ts }: Message): void {
    messages.delete(keyOf(channelId, ts));
    tell({ kind: 'removed', channelId, ts });
  }

  /** A reply to a reply belongs to the thread of the first message. */
  function rootOf(channelId: string, ts: string): string {
    return messages.get(keyOf(channelId, ts))?.threadTs ?? ts;
  }

  function newTs(): string {
    lastTsUs = Math.max(lastTsUs + 1, clock.nowUs());
    return `${Math.floor(lastTsUs / 1e6)}.${String(lastTsUs % 1e6).padStart(6, '0')}`;
  }

  /** Like Slack, gives an id to each block without one, so that actions can be distinguished. */
  function withIds(blocks: readonly AnyBlock[]): AnyBlock[] {
    return blocks.map((block) => (block.block_id ? block : { ...block, block_id: newId().slice(-6) }));
  }
}

/** Whom an answer is shown to; undefined for everybody. */
function onlyFor(
  { inChannel }: Readonly<{ inChannel?: boolean }>,
  { to }: Pick<ResponseUrl, 'to'>,
): string | undefined {
  return inChannel ? undefined : to;
}

function usersOf({ reactions }: Message, name: string): readonly string[] {
  return reactions.find((one) => one.name === name)?.users ?? [];
}

/** Removes a reaction without users. */
function withUsers({ reactions }: Message, name: string, users: readonly string[]): Message['reactions'] {
  return reactions.map((one) => (one.name === name ? { name, users } : one)).filter((one) => one.users.length > 0);
}

function keyOf(channelId: string, ts: string): string {
  return `${channelId}/${ts}`;
}

const SIGNATURES: readonly (readonly [string, readonly number[]])[] = [
  ['image/png', [0x89, 0x50, 0x4e, 0x47]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/gif', [0x47, 0x49, 0x46, 0x38]],
];

/** By the first bytes, never by the name: the page shows only real images as images. */
function mimetypeOf(name: string, bytes: Uint8Array): string {
  const signed = SIGNATURES.find(([, signature]) => signature.every((byte, at) => bytes[at] === byte));
  if (signed) return signed[0];
  return /\.(md|txt|log|json|csv)$/.test(name) ? 'text/plain' : 'application/octet-stream';
}

function isInChannel({ threadTs, isBroadcast }: Message): boolean {
  return threadTs === undefined || isBroadcast === true;
}
