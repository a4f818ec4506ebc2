/**
 * Postmortems as Google documents. Drive makes one from HTML, with its pictures in it, and takes its new content the same
 * way. A document carries the mark of its incident and a digest of what we wrote as properties that only we see: one whose
 * answer was lost is found by its mark, and the same words make no new revision.
 *
 * “Upload file data”: https://developers.google.com/workspace/drive/api/guides/manage-uploads
 * “Add custom file properties”: https://developers.google.com/workspace/drive/api/guides/properties
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { documentHtml, escapedHtml } from '#adapters/document-html.ts';
import { googleTokens } from '#adapters/google-access.ts';
import { failed, problemOf, readAnswer, readOptional, unanswered } from '#adapters/issue-answers.ts';
import { related } from '#adapters/multipart.ts';
import type { AccessToken } from '#adapters/oauth-tokens.ts';
import { type Ask, jsonAsker, type OutgoingAnswer, sendOut } from '#adapters/outgoing.ts';
import { BackendError, SpanhoundError } from '#core/errors.ts';
import type { Health } from '#gather/sources.ts';
import type { Tried } from '#model/incident/issue-tracker.ts';
import {
  editedThere,
  type KeepRemote,
  type PostmortemTarget,
  type TargetDraft,
  type TriedToSend,
} from '#model/incident/postmortem-target.ts';

export type GoogleDocsOptions = Readonly<{
  url: URL;
  /** The JSON of a service account's key. */
  key: string;
  /** The id of the folder. */
  folder: string;
  timeoutMs?: number | undefined;
}>;

const TITLE = 'Google Docs';
/** Every file that is shared with the service account. `drive.file` does not see a folder that people made. */
const SCOPE = 'https://www.googleapis.com/auth/drive';

const WORDS = {
  title: TITLE,
  what: 'the postmortem',
  credentials:
    'Check that the Google Drive API is enabled, and that the service account of GOOGLE_DOCS_KEY is a contributor of the shared drive.',
  address: 'Check GOOGLE_DOCS_FOLDER, and that the service account of GOOGLE_DOCS_KEY sees it.',
  api: 'GOOGLE_DOCS_API_URL',
};

const Document = z.object({
  id: z.string().min(1),
  webViewLink: z.string().nullish(),
  trashed: z.boolean().nullish(),
  lastModifyingUser: z.object({ me: z.boolean().nullish() }).nullish(),
  appProperties: z.record(z.string(), z.string()).nullish(),
});
type Document = z.output<typeof Document>;
const Documents = z.object({ files: z.array(Document), incompleteSearch: z.boolean().nullish() });
const Folder = z.object({
  mimeType: z.string(),
  capabilities: z.object({ canAddChildren: z.boolean().nullish() }).nullish(),
});

const FIELDS = 'id,webViewLink,trashed,lastModifyingUser(me),appProperties';
const DOCUMENT = 'application/vnd.google-apps.document';
const FOLDER = 'application/vnd.google-apps.folder';

type Drive = Readonly<{ options: GoogleDocsOptions; token: string; ask: Ask; signal: AbortSignal }>;

export function googleDocuments(options: GoogleDocsOptions, accessToken = tokensOf(options)): PostmortemTarget {
  return {
    id: 'google-docs',
    title: TITLE,
    async send(draft, keep, signal) {
      const drive = await driveOf(options, accessToken, signal);
      return drive.kind === 'done' ? await send(drive.value, draft, keep) : drive;
    },
  };
}

function tokensOf({ key, timeoutMs }: GoogleDocsOptions): AccessToken {
  return googleTokens({ key, timeoutMs, use: { name: 'google-docs', setting: 'GOOGLE_DOCS_KEY', scopes: SCOPE } });
}

/** Nothing was sent where Google gives no token. */
async function driveOf(
  options: GoogleDocsOptions,
  accessToken: AccessToken,
  signal: AbortSignal,
): Promise<Tried<Drive>> {
  try {
    const token = await accessToken(signal);
    const api = { base: `${baseOf(options)}/drive/v3`, headers: headersOf(token), secrets: [token] };
    const ask = jsonAsker({ ...api, timeoutMs: options.timeoutMs }, signal);
    return { kind: 'done', value: { options, token, ask, signal } };
  } catch (error) {
    if (signal.aborted || !(error instanceof SpanhoundError)) throw error;
    const isRefused = error instanceof BackendError && !error.retryable;
    return { kind: isRefused ? 'refused' : 'failed', reason: `${error.message}. ${error.advice}` };
  }
}

function baseOf({ url }: GoogleDocsOptions): string {
  return url.href.replace(/\/$/, '');
}

function headersOf(token: string) {
  return { authorization: `Bearer ${token}` };
}

async function send(drive: Drive, draft: TargetDraft, keep: KeepRemote): Promise<TriedToSend> {
  const known = await knownDocument(drive, draft);
  if (known.kind !== 'done') return known;
  const html = htmlOf(draft);
  const digest = createHash('sha256').update(`${draft.title}\n${html}`).digest('hex').slice(0, 32);
  const written = await writeUnlessSame(drive, draft, { html, digest, known: known.value });
  if (written.kind !== 'done') return written;
  const { id, webViewLink } = written.value;
  await keep(id);
  return {
    kind: 'done',
    value: { key: draft.title, url: webViewLink ?? `https://docs.google.com/document/d/${id}/edit` },
  };
}

const MARK = 'spanhound';
const DIGEST = 'spanhoundDigest';

/** The document of an earlier attempt; undefined if there is none, or somebody moved it to the trash. */
async function knownDocument(drive: Drive, draft: TargetDraft): Promise<Tried<Document | undefined>> {
  if (draft.remote !== '') {
    const path = `/files/${encodeURIComponent(draft.remote)}?supportsAllDrives=true&fields=${FIELDS}`;
    const read = readOptional(limited(await drive.ask('GET', path)), Document, WORDS);
    if (read.kind !== 'done') return unanswered(read, TITLE);
    return { kind: 'done', value: read.value?.trashed === true ? undefined : read.value };
  }
  return draft.isUncertain ? await markedDocument(drive, draft) : { kind: 'done', value: undefined };
}

async function markedDocument({ ask }: Drive, { mark }: TargetDraft): Promise<Tried<Document | undefined>> {
  const search = new URLSearchParams({
    q: `appProperties has { key='${MARK}' and value='${mark}' } and trashed = false`,
    corpora: 'allDrives',
    includeItemsFromAllDrives: 'true',
    supportsAllDrives: 'true',
    fields: `incompleteSearch,files(${FIELDS})`,
  });
  const read = readAnswer(limited(await ask('GET', `/files?${search}`)), Documents, WORDS);
  if (read.kind !== 'done') return unanswered(read, TITLE);
  const [found] = read.value.files;
  return found === undefined && read.value.incompleteSearch === true
    ? { kind: 'ambiguous', reason: `${TITLE} could not search all drives. Look in the folder whether it is there.` }
    : { kind: 'done', value: found };
}

/** `known`: undefined for a new document. */
type Written = Readonly<{ html: string; digest: string; known: Document | undefined }>;

/** All of it in one request. */
async function writeUnlessSame(
  { options, token, signal }: Drive,
  draft: TargetDraft,
  { html, digest, known }: Written,
): Promise<Tried<Document>> {
  if (known?.appProperties?.[DIGEST] === digest) return { kind: 'done', value: known };
  if (known !== undefined && known.lastModifyingUser?.me !== true) return { kind: 'refused', reason: EDITED };
  const id = known?.id;
  const properties = { name: draft.title, mimeType: DOCUMENT, appProperties: { [MARK]: draft.mark, [DIGEST]: digest } };
  const metadata = id === undefined ? { ...properties, parents: [options.folder] } : properties;
  const { contentType, body } = related(metadata, {
    contentType: 'text/html; charset=UTF-8',
    bytes: Buffer.from(html),
  });
  const path = id === undefined ? 'files' : `files/${encodeURIComponent(id)}`;
  const answer = await sendOut(
    {
      method: id === undefined ? 'POST' : 'PATCH',
      url: `${baseOf(options)}/upload/drive/v3/${path}?uploadType=multipart&supportsAllDrives=true&fields=${FIELDS}`,
      headers: { ...headersOf(token), accept: 'application/json', 'content-type': contentType },
      body,
      secrets: [token],
      timeoutMs: options.timeoutMs ?? CONVERTED_MS,
    },
    signal,
  );
  return readAnswer(limited(answer), Document, WORDS);
}

const EDITED = editedThere(
  'document',
  'Copy what has to stay into the postmortem, then move the document to the trash: the next export makes a new one.',
);

/** Drive converts the pages and their pictures before it answers. */
const CONVERTED_MS = 30_000;

/**
 * Drive says a limit with 403 and no pause, and a full drive with 403 as well.
 * https://developers.google.com/workspace/drive/api/guides/handle-errors
 */
function limited(answer: OutgoingAnswer): OutgoingAnswer {
  if (answer.kind !== 'answered' || answer.status !== 403) return answer;
  const reasons = Reasons.safeParse(answer.json).data?.error.errors.map(({ reason }) => reason) ?? [];
  if (reasons.some((reason) => LIMITS.has(reason)))
    return { ...answer, retryAfterMs: answer.retryAfterMs ?? LIMITED_MS };
  return reasons.includes('storageQuotaExceeded')
    ? { ...answer, said: `${answer.said} Use a folder of a shared drive: a service account owns no storage.` }
    : answer;
}

const Reasons = z.object({ error: z.object({ errors: z.array(z.object({ reason: z.string() })) }) });
const LIMITS: ReadonlySet<string> = new Set(['rateLimitExceeded', 'userRateLimitExceeded', 'sharingRateLimitExceeded']);
const LIMITED_MS = 60_000;

/** As wide as the text of a page, in CSS pixels. */
const PAGE_WIDTH = 620;

function htmlOf({ title, document, pictures }: TargetDraft): string {
  const files = new Map(pictures.map(({ name, png }) => [name, Buffer.from(png).toString('base64')]));
  const body = documentHtml(document, {
    picture({ name, alt }) {
      const png = files.get(name);
      if (png === undefined) return '';
      return `<p><img src="data:image/png;base64,${png}" alt="${escapedHtml(alt)}" width="${PAGE_WIDTH}" /></p>`;
    },
    tasks: (items) => `<ul>${items.map((item) => `<li>☐ ${item}</li>`).join('')}</ul>`,
  });
  return `<!doctype html><html><head><meta charset="utf-8" /></head><body><h1>${escapedHtml(title)}</h1>${body}</body></html>`;
}

/** Reads the folder, and changes nothing. */
export async function checkGoogleDocs(
  options: GoogleDocsOptions,
  signal: AbortSignal,
  accessToken: AccessToken = async (asking) => await tokensOf(options)(asking),
): Promise<Health> {
  const drive = await driveOf(options, accessToken, signal);
  if (drive.kind !== 'done') return failed('gets no token', problemOf(drive, TITLE));
  const path = `/files/${options.folder}?supportsAllDrives=true&fields=mimeType,capabilities(canAddChildren)`;
  const folder = readAnswer(await drive.value.ask('GET', path), Folder, WORDS);
  if (folder.kind !== 'done') return failed('cannot read the folder of GOOGLE_DOCS_FOLDER', problemOf(folder, TITLE));
  const { mimeType, capabilities } = folder.value;
  if (mimeType !== FOLDER) return failed('GOOGLE_DOCS_FOLDER is no folder', WORDS.address);
  if (capabilities?.canAddChildren !== true)
    return failed('may not add documents to the folder of GOOGLE_DOCS_FOLDER', WORDS.credentials);
  return { ok: true, detail: 'sends postmortems to the folder of GOOGLE_DOCS_FOLDER', remedy: '' };
}
