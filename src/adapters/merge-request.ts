/**
 * Sends a postmortem into a repository: a branch with the files, and one request to merge it. Everything has a name that
 * follows from the incident, so a second attempt finds what the first one made. A branch whose request was merged or
 * closed is left alone: the next one has a number.
 *
 *   request open? ──► its branch ──► files differ? ──► one commit ──► request opened, unless it is there
 */
import { z } from 'zod';
import { PER_PAGE, readAnswer, type TrackerWords } from '#adapters/issue-answers.ts';
import { type Ask, jsonAsker } from '#adapters/outgoing.ts';
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

/** `webUrl`: where people see the repository. */
export type BaseBranch = Readonly<{ branch: string; webUrl: string }>;

export type MergeRequest = Readonly<{ number: number; url: string; isOpen: boolean }>;

/** `path`: in the repository. Text, or the bytes of a picture. */
export type SentFile = Readonly<{ path: string; content: string | Uint8Array }>;

export type Writing = Readonly<{
  base: BaseBranch;
  branch: string;
  files: readonly SentFile[];
  message: string;
  /** The commit of people whose words are in the record, so that it may be followed; '' if there is none. */
  taken: string;
}>;

export type Opening = Readonly<{ base: BaseBranch; branch: string; title: string; body: string }>;

/** What the two systems do in their own ways. */
export type CodeHost = Readonly<{
  /** The branch into which requests merge. */
  base(): Promise<Tried<BaseBranch>>;
  /** The newest request of a branch; the open one, if there is one. */
  requestOf(branch: string): Promise<Tried<MergeRequest | undefined>>;
  /** `there`: the base branch has the same files, and the other branch does not exist. */
  write(writing: Writing): Promise<Tried<'written' | 'there'>>;
  /** `there`: the branch has nothing that the base branch lacks. */
  open(opening: Opening): Promise<Tried<MergeRequest | 'there'>>;
  /** The newest commit of a branch; undefined if there is no such branch. */
  head(branch: string): Promise<Tried<string | undefined>>;
  /** The text of a file at a commit; undefined if there is none. */
  file(path: string, commit: string): Promise<Tried<string | undefined>>;
  /** Where people read a file of the base branch. */
  fileUrl(base: BaseBranch, path: string): string;
  /** `acme/ops#12` */
  keyOf(request: MergeRequest): string;
  title: string;
}>;

/** Each is a request that people merged or closed before somebody exported the postmortem once more. */
const MOST_BRANCHES = 20;

type Sending = Readonly<{ host: CodeHost; folder: string }>;

/** The postmortems of a host that has requests to merge. `open`: the host, for one send or read that this signal ends. */
export function byRequest(
  open: (signal: AbortSignal) => CodeHost,
  folder: string,
): Pick<PostmortemTarget, 'send' | 'read'> {
  return {
    send: async (draft, keep, signal) => await sendAndKeep({ host: open(signal), folder }, draft, keep),
    read: async (draft, signal) => await read({ host: open(signal), folder }, draft),
  };
}

/** It keeps `COMMIT MARKS`: the commit of people whose words were taken in, which is empty after each send. */
async function sendAndKeep(sending: Sending, draft: TargetDraft, keep: KeepRemote): Promise<TriedToSend> {
  const sent = await send(sending, draft);
  if (sent.kind === 'done') await keep(` ${marksOf(draft.markdown)}`);
  return sent;
}

/** Whether the newest commit of the branch is one of people, whose words are not in the record. */
export function isOfOthers(
  newest: Readonly<{ id?: string | null | undefined; title: string }>,
  { message, taken }: Pick<Writing, 'message' | 'taken'>,
): boolean {
  return newest.id !== taken && newest.title !== message;
}

/** The branch of the open request; without one, the base branch into which people merged it. */
async function read(
  { host, folder }: Sending,
  draft: Pick<TargetDraft, 'name' | 'mark' | 'remote'>,
): Promise<Tried<WrittenThere>> {
  const base = await host.base();
  if (base.kind !== 'done') return base;
  const free = await freeBranch(host, draft);
  if (free.kind !== 'done') return free;
  const { branch, request } = free.value;
  const commit = await host.head(request === undefined ? base.value.branch : branch);
  if (commit.kind !== 'done') return commit;
  const file = commit.value === undefined ? undefined : await host.file(pathOf(draft, folder), commit.value);
  if (file !== undefined && file.kind !== 'done') return file;
  const markdown = file?.value;
  if (markdown === undefined) return { kind: 'refused', reason: `${host.title} has no file ${pathOf(draft, folder)}.` };
  const [, marks = ''] = draft.remote.split(' ');
  return { kind: 'done', value: { markdown, marks, remote: `${commit.value} ${marks}` } };
}

async function send({ host, folder }: Sending, draft: TargetDraft): Promise<TriedToSend> {
  const base = await host.base();
  if (base.kind !== 'done') return base;
  const free = await freeBranch(host, draft);
  if (free.kind !== 'done') return free;
  const { branch, request } = free.value;
  const files = filesOf(draft, folder);
  const message = `Postmortem of ${draft.name}`;
  const [taken = ''] = draft.remote.split(' ');
  const written = await host.write({ base: base.value, branch, files, message, taken });
  if (written.kind !== 'done') return written;
  if (request !== undefined) return linkTo(host, request);
  if (written.value === 'there') return fileIn(host, base.value, pathOf(draft, folder));
  const opened = await host.open({ base: base.value, branch, title: draft.title, body: bodyOf(draft) });
  if (opened.kind !== 'done') return opened;
  return opened.value === 'there' ? fileIn(host, base.value, pathOf(draft, folder)) : linkTo(host, opened.value);
}

function linkTo(host: CodeHost, request: MergeRequest): TriedToSend {
  return { kind: 'done', value: { key: host.keyOf(request), url: request.url } };
}

/** Nothing has to be merged. */
function fileIn(host: CodeHost, base: BaseBranch, path: string): TriedToSend {
  return { kind: 'done', value: { key: '', url: host.fileUrl(base, path) } };
}

type FreeBranch = Readonly<{ branch: string; request: MergeRequest | undefined }>;

/** The branch of the open request; else the first one without any. */
async function freeBranch(host: CodeHost, draft: Pick<TargetDraft, 'name' | 'mark'>): Promise<Tried<FreeBranch>> {
  for (let number = 1; number <= MOST_BRANCHES; number += 1) {
    const branch = branchOf(draft, number);
    const found = await host.requestOf(branch);
    if (found.kind !== 'done') return found;
    const request = found.value;
    if (request === undefined || request.isOpen) return { kind: 'done', value: { branch, request } };
  }
  const reason = `${host.title} has ${MOST_BRANCHES} requests of this postmortem that were merged or closed. Delete their branches, or keep the next one open.`;
  return { kind: 'refused', reason };
}

/** Another installation may have an incident with the same number. */
function branchOf({ name, mark }: Pick<TargetDraft, 'name' | 'mark'>, number: number): string {
  const branch = `spanhound/${name.toLowerCase()}-${mark.slice(0, 8)}`;
  return number === 1 ? branch : `${branch}-${number}`;
}

function pathOf({ name }: Pick<TargetDraft, 'name'>, folder: string): string {
  return `${folder}/${name}.md`;
}

function filesOf(draft: TargetDraft, folder: string): readonly SentFile[] {
  return [
    { path: pathOf(draft, folder), content: draft.markdown },
    ...draft.pictures.map(({ name, png }) => ({ path: `${folder}/${name}`, content: png })),
  ];
}

/** No words of people: in a description, `closes #1` has a meaning. */
function bodyOf({ name }: TargetDraft): string {
  return [
    `The postmortem of ${name}, as Spanhound drafts it from the record of the incident.`,
    'Each time that somebody exports it again, Spanhound updates these files in this branch. Once somebody else commits to the branch, Spanhound changes nothing in it, until somebody lets it take in those changes.',
  ].join('\n\n');
}

/** `requests`: those of one branch, the newest first. */
export function openOrNewest(requests: readonly MergeRequest[]): MergeRequest | undefined {
  return requests.find(({ isOpen }) => isOpen) ?? requests[0];
}

/** Without a commit there is no branch to begin from. */
export const EMPTY = 'The repository is empty. Make a first commit in it, then export the postmortem again.';

/** The newest commit of our branch is not ours: what people wrote there stays. `kind`: of the request. */
export function committedThere(kind: 'pull' | 'merge'): NotPublished {
  const advice = `Take in what people wrote. Or merge or close the ${kind} request: the next export opens a new one, which shows each change.`;
  return { kind: 'refused', reason: editedThere('branch', advice), isEdited: true };
}

/** What APIs give for a file: base64 with line ends. A file that is no text is none of ours. */
export function textOf(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}

/** Another writer was first: the next attempt reads again. */
export function overtaken(title: string): NotPublished {
  return { kind: 'failed', reason: `Somebody else changed the branch in ${title} at the same moment.` };
}

export type RepositoryOptions = Readonly<{
  url: URL;
  token: string;
  /** `acme/ops` */
  place: string;
  folder: string;
  timeoutMs?: number | undefined;
}>;

/** `base`: what all addresses of the API begin with. */
export function repositoryAsker(
  { token, timeoutMs }: RepositoryOptions,
  { base, headers = {} }: Readonly<{ base: string; headers?: Readonly<Record<string, string>> }>,
  signal: AbortSignal,
): Ask {
  const all = { ...headers, authorization: `Bearer ${token}` };
  return jsonAsker({ base, headers: all, secrets: [token], timeoutMs }, signal);
}

/** The newest 1,000. A host that does not know the filter answers with those of other branches, too. */
const MOST_PAGES = 10;

/** `search`: the path and its filter. */
export async function listedRequests<Item>(
  ask: Ask,
  search: string,
  item: z.ZodType<Item>,
  words: TrackerWords,
): Promise<Tried<readonly Item[]>> {
  const found: Item[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const path = `${search}&per_page=${PER_PAGE}${page === 1 ? '' : `&page=${page}`}`;
    const read = readAnswer(await ask('GET', path), z.array(item), words);
    if (read.kind !== 'done') return read;
    found.push(...read.value);
    if (read.value.length < PER_PAGE) break;
  }
  return { kind: 'done', value: found };
}
