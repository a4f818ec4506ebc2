/**
 * Reads GitLab's REST API: deployments and commits if no webhook is set up, and the diffs of commits. It sends only
 * reading requests; a token needs the scope `read_api`.
 */

import { z } from 'zod';
import { checked } from '#adapters/health.ts';
import { addressUnder, type BackendOptions, openBackend, readJson, type Search } from '#adapters/http.ts';
import { isoFromUs } from '#core/clock.ts';
import { BackendError } from '#core/errors.ts';
import type { ChangeQuery, ChangeSource, Diff, DiffSource, FoundChanges, Health } from '#gather/sources.ts';
import { type Change, changeInstant, deployText, LONGEST_DIFF } from '#model/changes/change.ts';
import { cutText } from '#model/text/cut-text.ts';

/** `group/name`, and its service if that differs from the project's name. */
export type Project = Readonly<{ path: string; service: string }>;

export type GitLabOptions = Omit<BackendOptions, 'tenant'> &
  Readonly<{
    /** The projects whose deployments and commits are read. */
    projects: readonly Project[];
    /** Whether deploys to an environment count. */
    counts(environment: string): boolean;
  }>;

const NAME = 'gitlab';
/** For diffs and lists: GitLab itself withholds much larger ones. */
const MAX_BYTES = 8_000_000;
const PER_PAGE = 100;

const Deployments = z.array(
  z.object({
    sha: z.string().min(7),
    created_at: z.string(),
    status: z.string(),
    environment: z.object({ name: z.string() }).nullish(),
    deployable: z
      .object({ started_at: z.string().nullish(), commit: z.object({ title: z.string().nullish() }).nullish() })
      .nullish(),
  }),
);
const Commits = z.array(
  z.object({
    id: z.string().min(7),
    title: z.string().prefault(''),
    committed_date: z.string(),
    web_url: z.string().prefault(''),
  }),
);
const Files = z.array(
  z.object({
    diff: z.string().nullish(),
    old_path: z.string(),
    new_path: z.string(),
    new_file: z.boolean().nullish(),
    deleted_file: z.boolean().nullish(),
  }),
);
const Comparison = z.object({ diffs: Files });

export function gitlab({ projects, counts, ...options }: GitLabOptions): ChangeSource & DiffSource {
  const maxBytes = Math.min(options.maxBytes ?? MAX_BYTES, MAX_BYTES);
  const backend = openBackend(NAME, 'x-tenant', { ...options, maxBytes });
  const site = addressUnder(options.url, '').replace(/(?<!\/)\/+$/, '');

  async function ask<T>(
    path: string,
    { form, search, signal }: Readonly<{ form: z.ZodType<T>; search: Search; signal: AbortSignal }>,
  ): Promise<T> {
    const asked = `api/v4/${path}`;
    const answer = await backend.get(asked, { signal, search });
    if (answer.kind !== 'body') throw backend.error(asked, answer);
    const parsed = form.safeParse(await readJson(answer.chunks));
    if (!parsed.success) throw backend.misplaced(asked);
    return parsed.data;
  }

  async function deploysOf({ path, service }: Project, { fromUs, toUs }: ChangeQuery, signal: AbortSignal) {
    const search: Search = [
      // A filter by update time requires the order by update time.
      ['order_by', 'updated_at'],
      ['sort', 'desc'],
      ['updated_after', isoFromUs(fromUs)],
      ['updated_before', isoFromUs(toUs + LATE_US)],
      ['per_page', `${PER_PAGE}`],
    ];
    const found = await ask(`${projectPath(path)}/deployments`, { form: Deployments, search, signal });
    return found.flatMap(({ sha, created_at, status, environment, deployable }): Change[] => {
      const atUs = changeInstant(deployable?.started_at ?? created_at);
      if (atUs === undefined || !BEGAN.has(status) || !counts(environment?.name ?? '')) return [];
      const text = deployText(deployable?.commit?.title, environment?.name);
      const what = { kind: 'deploy', service, id: sha, text, url: `${site}/${path}/-/commit/${sha}` } as const;
      return [{ ...what, atUs, files: [], diff: '' }];
    });
  }

  async function commitsOf({ path, service }: Project, { fromUs, toUs }: ChangeQuery, signal: AbortSignal) {
    const search: Search = [
      ['since', isoFromUs(fromUs)],
      ['until', isoFromUs(toUs)],
      ['per_page', `${PER_PAGE}`],
    ];
    const found = await ask(`${projectPath(path)}/repository/commits`, { form: Commits, search, signal });
    return found.flatMap(({ id, title, committed_date, web_url }): Change[] => {
      const atUs = changeInstant(committed_date);
      const what = { kind: 'commit', service, id, text: title, url: web_url, files: [], diff: '' } as const;
      return atUs === undefined ? [] : [{ ...what, atUs }];
    });
  }

  async function findChanges(query: ChangeQuery, signal: AbortSignal): Promise<FoundChanges> {
    const lists = await Promise.all(
      projects.flatMap((project) => [deploysOf(project, query, signal), commitsOf(project, query, signal)]),
    );
    const whole = lists.filter(({ length }) => length >= PER_PAGE);
    const warnings = whole.length > 0 ? [`has more than ${PER_PAGE} deployments or commits of a project`] : [];
    const text = `deployments and commits of ${projects.map(({ path }) => path).join(', ')}`;
    return { query: { text, url: '' }, changes: lists.flat(), warnings };
  }

  async function readDiff(
    { address, base }: Parameters<DiffSource['readDiff']>[0],
    signal: AbortSignal,
  ): Promise<Diff> {
    const commit = commitIn(address, site);
    if (commit === undefined) throw backend.misplaced(address);
    const repository = `${projectPath(commit.path)}/repository`;
    if (base !== undefined && HASH.test(base)) {
      const compared = await comparison(repository, { from: base, to: commit.id }, signal);
      if (compared !== undefined) return asDiff(compared, false);
    }
    const search: Search = [['per_page', `${PER_PAGE}`]];
    const files = await ask(`${repository}/commits/${commit.id}/diff`, { form: Files, search, signal });
    return asDiff(files, files.length >= PER_PAGE);
  }

  /** Undefined if the version before is gone: then the commit alone is read. */
  async function comparison(
    repository: string,
    { from, to }: Readonly<{ from: string; to: string }>,
    signal: AbortSignal,
  ): Promise<z.output<typeof Files> | undefined> {
    const search: Search = [
      ['from', from],
      ['to', to],
    ];
    try {
      return (await ask(`${repository}/compare`, { form: Comparison, search, signal })).diffs;
    } catch (error) {
      if (error instanceof BackendError && error.status === 404) return undefined;
      throw error;
    }
  }

  function check(signal: AbortSignal): Promise<Health> {
    return checked(async () => {
      if (projects.length === 0) await ask('version', { form: z.unknown(), search: [], signal });
      for (const { path } of projects) {
        await ask(`${projectPath(path)}/deployments`, { form: Deployments, search: [['per_page', '1']], signal });
      }
      const names = projects.map(({ path }) => path).join(', ');
      return { ok: true, detail: names === '' ? 'answers' : `answers for ${names}`, remedy: '' };
    });
  }

  return { name: NAME, findChanges, holds: (address) => commitIn(address, site) !== undefined, readDiff, check };
}

/** A deployment that waits, or was cancelled before it began, changes nothing. */
const BEGAN: ReadonlySet<string> = new Set(['running', 'success', 'failed', 'canceled']);

/** A deployment is updated when it ends, and began before. */
const LATE_US = 3_600_000_000;

const HASH = /^[0-9a-f]{7,64}$/;
const ADDRESS = /^\/((?:\w[\w.-]{0,254}\/){1,20}\w[\w.-]{0,254})(?:\/-)?\/commit\/([0-9a-f]{7,64})\/?$/;

/** Undefined for an address on another host. */
function commitIn(address: string, site: string): { path: string; id: string } | undefined {
  if (!address.startsWith(`${site}/`)) return undefined;
  const [, path = '', id = ''] = ADDRESS.exec(address.slice(site.length)) ?? [];
  return path === '' ? undefined : { path, id };
}

/** A project is named by its path, encoded as one part. */
function projectPath(path: string): string {
  return `projects/${encodeURIComponent(path)}`;
}

/** GitLab returns the lines of each file separately. */
function asDiff(files: z.output<typeof Files>, isCut: boolean): Diff {
  let text = '';
  for (const { diff, old_path, new_path, new_file, deleted_file } of files) {
    const before = new_file ? '/dev/null' : `a/${old_path}`;
    const after = deleted_file ? '/dev/null' : `b/${new_path}`;
    const lines = diff ?? '';
    const part = `diff --git a/${old_path} b/${new_path}\n--- ${before}\n+++ ${after}\n${lines}${lines.endsWith('\n') ? '' : '\n'}`;
    if (text.length + part.length > LONGEST_DIFF) return { text: cutText(`${text}${part}`, LONGEST_DIFF), isCut: true };
    text += part;
  }
  return { text, isCut };
}
