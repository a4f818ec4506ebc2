/**
 * Fetches the bytes of a file that somebody shared in Slack. The bot's token goes to Slack's file server alone: the address
 * is checked, and no redirect is followed. Slack answers a token without the scope `files:read` with a redirect to its login.
 *
 *   files.info ──► address on Slack's own server? size? ──► GET with the token ──► bytes, at most so many
 *
 * https://docs.slack.dev/reference/objects/file-object
 */
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Clock } from '#core/clock.ts';
import { openDeadline } from '#core/deadline.ts';
import { timed } from '#core/measures.ts';
import { saidFiles } from '#model/incident/entry-file.ts';
import { sizeText } from '#model/text/size-text.ts';
import { permanentIn } from './sender.ts';

export type FetchedFile =
  | Readonly<{ kind: 'fetched'; name: string; type: string; bytes: Uint8Array }>
  /** There will never be bytes, for this reason. `bytes`: its size, if Slack says it. */
  | Readonly<{ kind: 'left'; reason: string; isDeleted: boolean; bytes?: number | undefined }>;

/** Throws what is worth another try. `mostBytes`: a larger file is left. */
export type FetchFile = (
  fileId: string,
  most: Readonly<{ mostBytes: number; signal: AbortSignal }>,
) => Promise<FetchedFile>;

/** For the file itself; the call before it has the client's own limit. */
const DOWNLOAD_MS = 30_000;

const Info = z.object({
  file: z.looseObject({
    url_private: z.string().max(4_000).optional(),
    is_external: z.boolean().optional(),
    mode: z.string().optional(),
  }),
});

/** `apiUrl`: where the Web API is, if not at Slack's usual address: GovSlack, a proxy, or a test. */
export function slackFiles({
  client,
  apiUrl,
  clock,
}: Readonly<{ client: WebClient; apiUrl?: string | undefined; clock: Clock }>): FetchFile {
  const origins = originsOf(apiUrl);
  return async (fileId, most) => {
    const info = await infoOf(client, fileId);
    if (typeof info === 'string') return left(WHY_NOT[info] ?? `Slack refused it (${info})`, DELETED.has(info));
    const refused = notFetched(info, most.mostBytes);
    if (refused !== undefined) return refused;
    const url = addressOf(info.url_private, origins);
    if (url === undefined) return left('its address is not on a server of Slack', false);
    const deadline = openDeadline(clock, DOWNLOAD_MS, most.signal);
    try {
      return await download(url, info, { ...most, signal: deadline.signal, token: client.token ?? '' });
    } finally {
      deadline.close();
    }
  };
}

type FileInfo = z.infer<typeof Info>['file'];

function notFetched(info: FileInfo, mostBytes: number): FetchedFile | undefined {
  const [said] = saidFiles([info]);
  if (said?.isDeleted === true) return left('deleted before it was fetched', true);
  if (info.is_external === true || info.mode === 'external') return left('it is stored outside of Slack', false);
  const isTooLarge = (said?.bytes ?? 0) > mostBytes;
  return isTooLarge ? { ...left(tooLarge(mostBytes), false), bytes: said?.bytes } : undefined;
}

async function download(
  url: URL,
  info: FileInfo,
  { token, mostBytes, signal }: Readonly<{ token: string; mostBytes: number; signal: AbortSignal }>,
): Promise<FetchedFile> {
  const { name, type, bytes: size } = saidFiles([info])[0] ?? { name: '', type: '', bytes: undefined };
  const asked = { headers: { authorization: `Bearer ${token}` }, redirect: 'manual', signal } as const;
  const isAnswer = ({ status }: Response) => status < 400;
  const answer = await timed('slack', 'file', () => fetch(url, asked), isAnswer);
  const problem = problemOf(answer, type);
  if (problem !== undefined) {
    await answer.body?.cancel();
    return left(problem, false);
  }
  const bytes = await read(answer, mostBytes);
  if (bytes === undefined) return left(tooLarge(mostBytes), false);
  if (size !== undefined && bytes.length !== size) throw new Error('Slack sent a part of a file');
  return { kind: 'fetched', name, type, bytes };
}

async function infoOf(client: WebClient, file: string): Promise<FileInfo | string> {
  try {
    const read = Info.safeParse(await client.files.info({ file, limit: 1 }));
    return read.success ? read.data.file : 'an unknown form';
  } catch (error) {
    return permanentIn(error);
  }
}

const DELETED: ReadonlySet<string> = new Set(['file_deleted', 'file_not_found']);

const WHY_NOT: Readonly<Record<string, string>> = {
  missing_scope: 'the scope files:read is missing',
  file_deleted: 'deleted before it was fetched',
  file_not_found: 'deleted before it was fetched',
  access_denied: 'I may not read it',
  not_visible: 'I may not read it',
};

function left(reason: string, isDeleted: boolean) {
  return { kind: 'left', reason, isDeleted } as const;
}

function tooLarge(mostBytes: number): string {
  return `larger than ${sizeText(mostBytes)}`;
}

/** `https://files.slack.com`; for another Web API its own origin, and the server of files beside it. */
function originsOf(apiUrl: string | undefined): ReadonlySet<string> {
  if (apiUrl === undefined) return new Set(['https://files.slack.com']);
  const { origin, hostname } = new URL(apiUrl);
  return new Set([origin, `https://files.${hostname.replace(/^(?:www|api)\./, '')}`]);
}

const FILES = '/files-pri/';

function addressOf(address: string | undefined, origins: ReadonlySet<string>): URL | undefined {
  const url = URL.parse(address ?? '');
  if (url === null || url.username !== '' || url.password !== '') return undefined;
  return origins.has(url.origin) && url.pathname.startsWith(FILES) ? url : undefined;
}

/** Undefined if the bytes follow. Throws what is worth another try. */
function problemOf({ status, headers }: Response, type: string): string | undefined {
  if (status === 429 || status >= 500) throw new Error(`Slack answered ${status} for a file`);
  if (status >= 300 && status < 400) return 'Slack did not give it out: the scope files:read may be missing';
  if (status !== 200) return `Slack did not give it out (${status})`;
  const isPage = (headers.get('content-type') ?? '').startsWith('text/html');
  return isPage && type !== 'text/html'
    ? 'Slack sent a page in its place: the scope files:read may be missing'
    : undefined;
}

/** Undefined if there are more bytes. Throws if the connection breaks. */
async function read({ body }: Response, mostBytes: number): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let total = 0;
  for await (const part of body ?? []) {
    total += part.length;
    if (total > mostBytes) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}
