/**
 * Gathers the changes in the time window and the day before it from every source in parallel; each may fail on its own.
 * Then it fetches the diffs of the latest changes whose lines are unknown.
 */
import type { Session } from '#analyse/session.ts';
import { isoFromUs } from '#core/clock.ts';
import { SpanhoundError } from '#core/errors.ts';
import { gapOf } from '#gather/collect.ts';
import type { ChangeQuery, ChangeSource, Diff, DiffSource, FoundChanges } from '#gather/sources.ts';
import { type Change, shortChangeId } from '#model/changes/change.ts';
import type { Gap } from '#model/finding/gap.ts';
import { feedSession } from '#workflows/feed-session.ts';
import { redactedChange } from '#workflows/note-changes.ts';

const COST = 'no change was considered as the cause';
const NOT_ALL = 'not all changes were considered as the cause';
const WITHOUT_LINES = 'that change is judged by its time, service and text alone';
const DAY_US = 24 * 3_600 * 1_000_000;

/** How many diffs are fetched; older changes are rarely the cause. */
const MOST_DIFFS = 20;

export type AskedChanges = Readonly<{
  changeSources?: readonly ChangeSource[] | undefined;
  diffSources?: readonly DiffSource[] | undefined;
  signal: AbortSignal;
}>;

type Told = Readonly<{ source: string }> & FoundChanges;

/** Never throws on purpose: each failure becomes a gap. */
export async function gatherChanges(
  { changeSources = [], diffSources = [], signal }: AskedChanges,
  session: Session,
  { services, fromUs, toUs }: ChangeQuery,
): Promise<void> {
  const query = { services: [...new Set(services)], fromUs: fromUs - DAY_US, toUs };
  const found = await Promise.all(changeSources.map((source) => changesOf(source, { query, session, signal })));
  const told = found.flatMap((one) => one ?? []);
  const { diffs, gaps } = await diffsOf(
    told.flatMap(({ changes }) => changes),
    diffSources,
    signal,
  );
  for (const gap of gaps) session.gap(gap);
  for (const [at, { source, query: asked, changes }] of told.entries()) {
    const head = { kind: 'changes', format: 'auto', source, file: '', query: asked } as const;
    const text = changesJson(changes.map((change) => ({ ...change, diff: diffs.get(change) ?? change.diff })));
    const { failure, told: isTold } = await feedSession(session, `changes ${at}`, head, bytesOf(text), COST);
    if (failure !== undefined && !isTold) session.gap(gapOf(source, failure, COST));
  }
}

type Asking = Readonly<{ query: ChangeQuery; session: Session; signal: AbortSignal }>;

/** Changes of this time window that name these services, or none. */
async function changesOf(source: ChangeSource, { query, session, signal }: Asking): Promise<Told | undefined> {
  try {
    const { changes, warnings, ...found } = await source.findChanges(query, signal);
    for (const problem of warnings) session.gap({ source: source.name, problem, consequence: NOT_ALL });
    const { services, fromUs, toUs } = query;
    const own = changes.filter(
      ({ service, atUs }) => (service === '' || services.includes(service)) && atUs >= fromUs && atUs <= toUs,
    );
    return { source: source.name, ...found, warnings, changes: own.map(withoutSecrets) };
  } catch (error) {
    if (!(error instanceof SpanhoundError)) throw error;
    session.gap(gapOf(source.name, error, COST));
    return undefined;
  }
}

/** Lines from the store are already redacted; others are redacted below. */
function withoutSecrets(change: Change): Change {
  return { ...redactedChange({ ...change, diff: '' }), diff: change.diff };
}

type Wanted = Readonly<{ source: DiffSource; address: string; base: string | undefined; changes: Change[] }>;

/** Several sources may report the same commit: it is fetched once. */
async function diffsOf(
  changes: readonly Change[],
  sources: readonly DiffSource[],
  signal: AbortSignal,
): Promise<Readonly<{ diffs: ReadonlyMap<Change, string>; gaps: readonly Gap[] }>> {
  const wanted = new Map<string, Wanted>();
  for (const change of changes.toSorted((a, b) => b.atUs - a.atUs)) {
    const source = change.diff === '' ? sources.find(({ holds }) => holds(change.url)) : undefined;
    if (source === undefined) continue;
    const base = change.kind === 'deploy' ? deployedBefore(change, changes) : undefined;
    const key = `${change.url} ${base ?? ''}`;
    const known = wanted.get(key);
    if (known === undefined) wanted.set(key, { source, address: change.url, base, changes: [change] });
    else known.changes.push(change);
  }
  const diffs = new Map<Change, string>();
  const gaps = await Promise.all(
    [...wanted.values()].slice(0, MOST_DIFFS).map(async ({ source, address, base, changes: of }) => {
      const diff = await diffOf(source, { address, base }, signal);
      if (diff instanceof SpanhoundError) return gapOf(source.name, diff, WITHOUT_LINES);
      for (const change of of) diffs.set(change, redactedChange({ ...change, diff: diff.text }).diff);
      const what = `the diff of ${shortChangeId(of[0]?.id ?? '')}`;
      return diff.isCut ? { source: source.name, problem: `${what} is too long`, consequence: CUT } : [];
    }),
  );
  const each = new Map(gaps.flat().map((gap) => [`${gap.source} ${gap.problem}`, gap]));
  return { diffs, gaps: [...each.values()] };
}

const CUT = 'only its beginning was read';

async function diffOf(
  source: DiffSource,
  commit: Parameters<DiffSource['readDiff']>[0],
  signal: AbortSignal,
): Promise<Diff | SpanhoundError> {
  try {
    return await source.readDiff(commit, signal);
  } catch (error) {
    if (!(error instanceof SpanhoundError)) throw error;
    return error;
  }
}

/** A deploy includes all commits since the one before it, if both are of the same repository. */
function deployedBefore({ kind, service, id, url, atUs }: Change, changes: readonly Change[]): string | undefined {
  const before = changes.filter(
    (other) =>
      other.kind === kind &&
      other.service === service &&
      other.atUs < atUs &&
      other.id !== id &&
      folderOf(other.url) === folderOf(url),
  );
  return before.reduce<Change | undefined>((last, one) => (last && last.atUs >= one.atUs ? last : one), undefined)?.id;
}

/** `https://github.com/acme/shop/commit/` */
function folderOf(url: string): string {
  return url.slice(0, url.lastIndexOf('/') + 1);
}

/** In the format of a case. */
function changesJson(changes: readonly Change[]): string {
  return JSON.stringify(changes.map(({ atUs, ...change }) => ({ at: isoFromUs(atUs), ...change })));
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}
