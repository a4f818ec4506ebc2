/**
 * Reads GitHub's REST API: deployments and commits if no webhook is set up, and the diffs of commits. It sends only
 * reading requests; a token needs Contents and Deployments, read-only.
 */

import { z } from 'zod';
import { checked } from '#adapters/health.ts';
import { type BackendOptions, openBackend, readJson, type Search } from '#adapters/http.ts';
import { isoFromUs } from '#core/clock.ts';
import { TooLargeError } from '#core/errors.ts';
import type { ChangeQuery, ChangeSource, Diff, DiffSource, FoundChanges, Health } from '#gather/sources.ts';
import { type Change, deployText, LONGEST_DIFF } from '#model/changes/change.ts';
import { cutText } from '#model/text/cut-text.ts';

/** `owner/name`, and its service if that differs from the repository's name. */
export type Repository = Readonly<{ path: string; service: string }>;

export type GitHubOptions = Omit<BackendOptions, 'tenant'> &
  Readonly<{
    /** The repositories whose deployments and commits are read. */
    repositories: readonly Repository[];
    /** Whether deploys to an environment count. */
    counts(environment: string): boolean;
  }>;

const NAME = 'github';
/** A diff is truncated far below; a list of a hundred commits has about 500 kB. */
const MAX_BYTES = 4_000_000;
const PER_PAGE = 100;
const JSON_FORM = 'application/vnd.github+json';
const DIFF_FORM = 'application/vnd.github.diff';

const When = z.iso.datetime({ offset: true });
const Deployments = z.array(
  z.object({
    sha: z.string().min(7),
    environment: z.string().nullish(),
    description: z.string().nullish(),
    created_at: When,
    payload: z.unknown().optional(),
  }),
);
const Commits = z.array(
  z.object({
    sha: z.string().min(7),
    html_url: z.string().prefault(''),
    commit: z.object({ message: z.string(), committer: z.object({ date: When }).nullish() }),
  }),
);

export function github({ repositories, counts, ...options }: GitHubOptions): ChangeSource & DiffSource {
  const maxBytes = Math.min(options.maxBytes ?? MAX_BYTES, MAX_BYTES);
  const backend = openBackend(NAME, 'x-tenant', {
    ...options,
    maxBytes,
    headers: { 'user-agent': 'spanhound', 'x-github-api-version': '2022-11-28', ...options.headers },
  });
  const site = siteOf(options.url);

  async function list<T>(
    path: string,
    { form, search, signal }: Readonly<{ form: z.ZodType<T>; search: Search; signal: AbortSignal }>,
  ): Promise<T> {
    const answer = await backend.get(path, { signal, search, headers: { accept: JSON_FORM } });
    if (answer.kind !== 'body') throw backend.error(path, answer);
    const parsed = form.safeParse(await readJson(answer.chunks));
    if (!parsed.success) throw backend.misplaced(path);
    return parsed.data;
  }

  async function deploysOf({ path, service }: Repository, signal: AbortSignal): Promise<Change[]> {
    const search: Search = [['per_page', `${PER_PAGE}`]];
    const found = await list(`repos/${path}/deployments`, { form: Deployments, search, signal });
    const ours = found.filter(({ environment }) => counts(environment ?? ''));
    return ours.map(({ sha, environment, description, created_at, payload }) => ({
      atUs: Date.parse(created_at) * 1_000,
      kind: 'deploy',
      service: Named.safeParse(payload).data?.service ?? service,
      id: sha,
      text: deployText(description, environment),
      url: `${site}/${path}/commit/${sha}`,
      files: [],
      diff: '',
    }));
  }

  async function commitsOf({ path, service }: Repository, { fromUs, toUs }: ChangeQuery, signal: AbortSignal) {
    const search: Search = [
      ['since', secondOf(fromUs)],
      ['until', secondOf(toUs)],
      ['per_page', `${PER_PAGE}`],
    ];
    const found = await list(`repos/${path}/commits`, { form: Commits, search, signal });
    return found.flatMap(({ sha, html_url, commit: { message, committer } }): Change[] => {
      if (!committer) return [];
      const [text = ''] = message.split('\n', 1);
      const what = { kind: 'commit', service, id: sha, text, url: html_url, files: [], diff: '' } as const;
      return [{ ...what, atUs: Date.parse(committer.date) * 1_000 }];
    });
  }

  async function findChanges(query: ChangeQuery, signal: AbortSignal): Promise<FoundChanges> {
    const lists = await Promise.all(
      repositories.flatMap((repository) => [deploysOf(repository, signal), commitsOf(repository, query, signal)]),
    );
    const whole = lists.filter(({ length }) => length >= PER_PAGE);
    const warnings = whole.length > 0 ? [`has more than ${PER_PAGE} deployments or commits of a repository`] : [];
    const text = `deployments and commits of ${repositories.map(({ path }) => path).join(', ')}`;
    return { query: { text, url: '' }, changes: lists.flat(), warnings };
  }

  async function readDiff(
    { address, base }: Parameters<DiffSource['readDiff']>[0],
    signal: AbortSignal,
  ): Promise<Diff> {
    const commit = commitIn(address, site);
    if (commit === undefined) throw backend.misplaced(address);
    const { path, what, id } = commit;
    const headers = { accept: DIFF_FORM };
    if (base !== undefined && HASH.test(base) && what === 'commit') {
      const answer = await backend.get(`repos/${path}/compare/${base}...${id}`, { signal, headers });
      if (answer.kind === 'body') return await readText(answer.chunks);
      if (answer.status !== 404) throw backend.error(`repos/${path}/compare`, answer);
      // The version before may be of another branch, or gone: then the commit alone is read.
    }
    const asked = `repos/${path}/${PATHS[what]}/${id}`;
    const answer = await backend.get(asked, { signal, headers });
    if (answer.kind !== 'body') throw backend.error(asked, answer);
    return await readText(answer.chunks);
  }

  function check(signal: AbortSignal): Promise<Health> {
    return checked(async () => {
      const [first] = repositories;
      if (first === undefined) await list('', { form: z.unknown(), search: [], signal });
      for (const repository of repositories) await deploysOf(repository, signal);
      const detail = first === undefined ? 'answers' : `answers for ${repositories.map(({ path }) => path).join(', ')}`;
      return { ok: true, detail, remedy: '' };
    });
  }

  return { name: NAME, findChanges, holds: (address) => commitIn(address, site) !== undefined, readDiff, check };
}

const Named = z.object({ service: z.string().min(1) });

/**
 * The pages of `https://api.github.com` are at `https://github.com`; a self-hosted installation has both at one host.
 */
function siteOf(api: URL): string {
  return api.host === 'api.github.com' ? 'https://github.com' : api.origin;
}

const HASH = /^[0-9a-f]{7,64}$/;
const PATHS = { commit: 'commits', pull: 'pulls', compare: 'compare' } as const;
const ADDRESS =
  /^\/([\w.-]{1,100}\/[\w.-]{1,100})\/(?:(commit)\/([0-9a-f]{7,64})|(pull)\/(\d{1,10})|(compare)\/([0-9a-f]{7,64}\.{3}[0-9a-f]{7,64}))\/?$/;

/** Undefined for an address on another host. */
function commitIn(address: string, site: string): { path: string; what: keyof typeof PATHS; id: string } | undefined {
  if (!address.startsWith(`${site}/`)) return undefined;
  const [, path = '', commit, hash, pull, number, , range] = ADDRESS.exec(address.slice(site.length)) ?? [];
  if (path === '' || path.split('/').some((part) => /^\.+$/.test(part))) return undefined;
  if (commit !== undefined) return { path, what: 'commit', id: hash ?? '' };
  return pull !== undefined ? { path, what: 'pull', id: number ?? '' } : { path, what: 'compare', id: range ?? '' };
}

function secondOf(us: number): string {
  return `${isoFromUs(us).slice(0, 19)}Z`;
}

/** Up to the read limit, cut at the end of a line. */
async function readText(chunks: AsyncIterable<Uint8Array>): Promise<Diff> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of chunks) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length > LONGEST_DIFF) break;
    }
  } catch (error) {
    if (!(error instanceof TooLargeError)) throw error;
  }
  if (text.length <= LONGEST_DIFF) return { text, isCut: false };
  const kept = cutText(text, LONGEST_DIFF);
  return { text: kept.slice(0, kept.lastIndexOf('\n') + 1), isCut: true };
}
