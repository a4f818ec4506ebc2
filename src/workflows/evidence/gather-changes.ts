/**
 * Gathers the changes in a time and before it from every source in parallel; each may fail on its own.
 * Then it fetches the diffs of the latest changes whose lines are unknown.
 */
import type { Session } from '#analyse/session.ts';
import { isoFromUs } from '#core/clock.ts';
import { SpanhoundError } from '#core/errors.ts';
import { DAY_US } from '#core/time-units.ts';
import { gapOf } from '#gather/collect.ts';
import type { ChangeQuery, ChangeSource, Diff, DiffSource, FoundChanges } from '#gather/sources.ts';
import { type Change, shortChangeId } from '#model/changes/change.ts';
import { isOfDatabase } from '#model/changes/database-of-change.ts';
import type { Gap } from '#model/finding/gap.ts';
import { redactedChange } from '#workflows/evidence/note-changes.ts';
import { feedSession } from '#workflows/traces/feed-session.ts';

const COST = 'no change was considered as the cause';
const NOT_ALL = 'not all changes were considered as the cause';
const WITHOUT_LINES = 'that change is judged by its time, service and text alone';

/** How many diffs are fetched; older changes are rarely the cause, and those of other services come last. */
const MOST_DIFFS = 20;
/**
 * How many changes of other services are kept of each source, the latest first: nobody knows yet which of them share a
 * store. More would cost a busy system more than all its own services do.
 */
const MOST_OF_OTHERS = 20;

export type AskedChanges = Readonly<{
  changeSources?: readonly ChangeSource[] | undefined;
  diffSources?: readonly DiffSource[] | undefined;
  signal: AbortSignal;
}>;

/** `others`: those of services that nobody asked for. */
type Told = Readonly<{ source: string; others: ReadonlySet<Change> }> & FoundChanges;

type ChangesWanted = ChangeQuery &
  Readonly<{
    /** Databases and machines of these services. Where there are some, changes of other services count, too. */
    shared?: readonly string[];
    /** How far back. @default a day */
    beforeUs?: number;
  }>;

/** Never throws on purpose: each failure becomes a gap. */
export async function gatherChanges(
  { changeSources = [], diffSources = [], signal }: AskedChanges,
  session: Session,
  { services, shared = [], fromUs, toUs, beforeUs = DAY_US }: ChangesWanted,
): Promise<void> {
  const query = { services: [...new Set([...services, ...shared])], fromUs: fromUs - beforeUs, toUs };
  const found = await Promise.all(changeSources.map((source) => changesOf(source, { query, shared, session, signal })));
  const told = found.flatMap((one) => one ?? []);
  const inTime = told.flatMap(({ changes }) => changes).toSorted((a, b) => b.atUs - a.atUs);
  const isOther = (change: Change) => told.some(({ others }) => others.has(change));
  const ownFirst = [...inTime.filter((change) => !isOther(change)), ...inTime.filter(isOther)];
  const { diffs, gaps } = await diffsOf(ownFirst, diffSources, signal);
  for (const gap of gaps) session.gap(gap);
  for (const [at, { source, query: asked, changes }] of told.entries()) {
    const head = { kind: 'changes', format: 'auto', source, file: '', query: asked } as const;
    const text = changesJson(changes.map((change) => ({ ...change, diff: diffs.get(change) ?? change.diff })));
    const { failure, told: isTold } = await feedSession(session, `changes ${at}`, head, bytesOf(text), COST);
    if (failure !== undefined && !isTold) session.gap(gapOf(source, failure, COST));
  }
}

type Asking = Readonly<{ query: ChangeQuery; shared: readonly string[]; session: Session; signal: AbortSignal }>;

/**
 * Changes of this time window that name these services, their databases and machines, or none; and the latest ones of
 * other services, which may share a database with these.
 */
async function changesOf(source: ChangeSource, { query, shared, session, signal }: Asking): Promise<Told | undefined> {
  try {
    const { changes, warnings, ...found } = await source.findChanges(query, signal);
    for (const problem of warnings) session.gap({ source: source.name, problem, consequence: NOT_ALL });
    const { services, fromUs, toUs } = query;
    const ofTime = changes.filter(({ atUs }) => atUs >= fromUs && atUs <= toUs);
    const isOwn = ({ service, kind }: Change) =>
      service === '' || services.includes(service) || isOfDatabase({ service, kind }, shared);
    const own = ofTime.filter(isOwn).map(withoutSecrets);
    const others = shared.length === 0 ? [] : latest(ofTime.filter((change) => !isOwn(change))).map(withoutSecrets);
    return { source: source.name, ...found, warnings, changes: [...own, ...others], others: new Set(others) };
  } catch (error) {
    if (!(error instanceof SpanhoundError)) throw error;
    session.gap(gapOf(source.name, error, COST));
    return undefined;
  }
}

function latest(changes: readonly Change[]): readonly Change[] {
  return changes.toSorted((a, b) => b.atUs - a.atUs).slice(0, MOST_OF_OTHERS);
}

/** Lines from the store are already redacted; others are redacted below. */
function withoutSecrets(change: Change): Change {
  return { ...redactedChange({ ...change, diff: '' }), diff: change.diff };
}

type Wanted = Readonly<{ source: DiffSource; address: string; base: string | undefined; changes: Change[] }>;

/** Several sources may report the same commit: it is fetched once. The first of `changes` count most. */
async function diffsOf(
  changes: readonly Change[],
  sources: readonly DiffSource[],
  signal: AbortSignal,
): Promise<Readonly<{ diffs: ReadonlyMap<Change, string>; gaps: readonly Gap[] }>> {
  const wanted = new Map<string, Wanted>();
  for (const change of changes) {
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
