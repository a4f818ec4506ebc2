/**
 * Changes of services that share the store which the cause waits for: another user may lock its rows or load it. Their
 * own service is not at fault, so each needs a content that does this, and a second sign to be more than possible:
 *
 *   it is known to use the store    spans, sessions in the database, addresses of pods
 *   it names the store              the table of the statement that waits, the database, its host
 */
import { lastPart, mechanismOf } from '#detect/signs/suspicion/failure-mechanisms.ts';
import { linkedChanges } from '#detect/signs/suspicion/linked-changes.ts';
import { appliedChanges } from '#model/changes/applied-changes.ts';
import type { Change } from '#model/changes/change.ts';
import type { ChangeSymptoms, ThroughStore } from '#model/changes/change-symptoms.ts';
import { codeChangeOf } from '#model/changes/code-change.ts';
import { diffLines, textOfMark } from '#model/changes/diff-lines.ts';
import { type EffectKind, WEAK } from '#model/changes/effect.ts';
import type { Finding } from '#model/finding/finding.ts';
import { serviceKey } from '#model/incident/alert-service.ts';
import { addressedCalls } from '#model/platform/addressed-calls.ts';
import type { Platform } from '#model/platform/platform.ts';
import type { DatabaseStatistics } from '#model/sql/database-statistics.ts';
import { queryTable } from '#model/sql/query-shape.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { criticalPath } from '#model/trace/views/critical-path.ts';
import {
  isSameStore,
  isStoreCall,
  type StoreUse,
  storeAsked,
  storeHost,
  storesAsked,
} from '#model/trace/views/stores-asked.ts';

/** Who uses which store, as far as anything at hand shows. */
export function storeUses(
  traces: readonly Trace[],
  platform: Platform | undefined,
  databases: readonly DatabaseStatistics[] = [],
): readonly StoreUse[] {
  const ofPods = platform === undefined ? [] : addressedCalls(platform);
  const ofSessions = databases.flatMap(({ database, sessions, connections }) =>
    [...sessions, ...(connections?.holders ?? [])].map(({ application }) => {
      return { service: application, database: database.toLowerCase(), host: '' };
    }),
  );
  const uses = [
    ...traces.flatMap((trace) => storesAsked(trace)),
    ...ofPods.map(({ caller, callee }) => ({ service: caller, database: '', host: storeHost(callee) })),
    ...ofSessions,
  ].filter(({ service, database, host }) => service !== '' && (database !== '' || host !== ''));
  return [...new Map(uses.map((use) => [`${use.service}\n${use.database}\n${use.host}`, use])).values()];
}

/** `changes`: those of one standing, which have no rival of their own service. */
export type StoreChanges = Readonly<{ changes: readonly Change[]; through: ThroughStore }>;

type Waiting = Readonly<{
  /** The request that shows the cause. */
  trace: Trace;
  first: Finding;
  symptoms: ChangeSymptoms;
  /** Asked only where a change does something to the store. */
  uses: () => readonly StoreUse[];
}>;

/** Who waits for a store waits for its own statement, or for a lock, whatever the verdict calls it. */
export function atStore(symptoms: ChangeSymptoms): ChangeSymptoms {
  if (!symptoms.kinds.has('slow')) return symptoms;
  return { ...symptoms, kinds: new Set([...symptoms.kinds, 'slow-statement', 'lock']) };
}

/** Those with two signs first, then those that are only possible. */
export function storeChanges(changes: readonly Change[], waiting: Waiting): readonly StoreChanges[] {
  const { trace, first, symptoms, uses } = waiting;
  const spans = WAITS_FOR_STORE.has(first.detector) ? callsOfCause(trace, first) : [];
  const stores = spans.flatMap((span) => storeAsked(trace, span) ?? []);
  const tables = new Set(spans.map((span) => lastPart(queryTable(trace.queryShape(span)))).filter((one) => one !== ''));
  if (stores.length === 0 && tables.size === 0) return [];
  const asking = new Set([first.service, ...stores.map(({ service }) => service)].map(serviceKey));
  const others = nearest(linkedChanges(changes), symptoms).filter(
    (change) => change.service !== '' && !asking.has(serviceKey(change.service)) && doesToStore(symptoms, change),
  );
  if (others.length === 0) return [];
  const users = new Set(
    uses()
      .filter((use) => stores.some((store) => isSameStore(store, use)))
      .map(({ service }) => serviceKey(service)),
  );
  const [store] = stores;
  const name = store?.database || store?.host || [...tables][0] || '';
  const signs = others.flatMap((change) => {
    const isUser = users.has(serviceKey(change.service));
    const isNamed = namesTable(change, tables) || namesStore(change, stores);
    return isUser || isNamed ? [{ change, isUser, isNamed }] : [];
  });
  const isShown = ({ isUser, isNamed }: (typeof signs)[number]) => isUser && (isNamed || symptoms.isDated === true);
  return [
    { of: signs.filter(isShown), isPossible: false },
    { of: signs.filter((one) => !isShown(one) && one.isUser), isPossible: true },
    { of: signs.filter((one) => !isShown(one) && !one.isUser), isPossible: true },
  ].flatMap(({ of, isPossible }) => {
    const [one] = of;
    if (one === undefined) return [];
    return [{ changes: of.map(({ change }) => change), through: { store: name, isUser: one.isUser, isPossible } }];
  });
}

/** What a cause can be that comes from the load or the locks of others; calls one by one are the caller's own. */
const WAITS_FOR_STORE: ReadonlySet<string> = new Set([
  'slow-query',
  'lock-contention',
  'error-origin',
  'timeout-cascade',
  'slower-than-baseline',
  'bottleneck',
  'latency',
  'dependency',
]);

/** What one user of a store does to the others. */
const REACHES_OTHERS: ReadonlySet<EffectKind> = new Set([
  'index-gone',
  'unindexed-statement',
  'unlimited-statement',
  'locking-migration',
  'any-migration',
  'new-lock',
  'other-lock-order',
  'call-in-transaction',
  'larger-batches',
  'shorter-interval',
  'more-load',
  'more-workers',
  'larger-pool',
  'never-closed',
  'close-gone',
  'calls-in-loop',
  'cache-gone',
  'shorter-lived-cache',
  'more-retries',
]);

function doesToStore(symptoms: ChangeSymptoms, change: Change): boolean {
  const mechanism = mechanismOf(symptoms, change, codeChangeOf(change));
  return mechanism !== undefined && mechanism.strength > WEAK && REACHES_OTHERS.has(mechanism.kind);
}

/** More changes of a day are no suspicion of any. */
const MOST_READ = 50;

/** Without commits whose deploys are known: those do nothing yet. */
function nearest(changes: readonly Change[], { onsetUs, untilUs = onsetUs }: ChangeSymptoms): readonly Change[] {
  return appliedChanges(changes)
    .filter(({ atUs }) => atUs <= untilUs)
    .toSorted((a, b) => b.atUs - a.atUs)
    .slice(0, MOST_READ);
}

/** The calls of stores that the finding is about; what many requests show names no spans. */
function callsOfCause(trace: Trace, { spans, service }: Finding): readonly SpanIndex[] {
  const shown =
    spans.length > 0
      ? spans.slice(0, MOST_READ).flatMap((span) => [span, ...trace.children(span)])
      : criticalPath(trace)
          .map(({ span }) => span)
          .filter((span) => trace.service(span) === service || trace.peer(span) === service);
  return [...new Set(shown)].filter((span) => isStoreCall(trace, span)).slice(0, MOST_READ);
}

/** The operands of statements: SQL, and its words in Rails, Alembic and Django. */
const OPERANDS =
  /\b(?:from|join|into|update|tables?|only|on|add_index|change_column|create_index)\s{0,3}[\s("'`:[]\s{0,3}["'`:[]{0,2}([\w.]{2,80})/gi;

/** What it adds names one of these tables in a statement. */
function namesTable(change: Change, tables: ReadonlySet<string>): boolean {
  if (tables.size === 0) return false;
  return Array.from(saidBy(change).matchAll(OPERANDS), ([, name = '']) => lastPart(name)).some((name) =>
    tables.has(name),
  );
}

/** Shorter names are words of every diff. */
const SHORTEST_NAME = 5;

/** What it adds names the database or its host. */
function namesStore(change: Change, stores: readonly StoreUse[]): boolean {
  const names = new Set(
    stores.flatMap(({ database, host }) => [database, host]).filter(({ length }) => length >= SHORTEST_NAME),
  );
  if (names.size === 0) return false;
  return (
    saidBy(change)
      .toLowerCase()
      .match(/[\w-]{5,80}/g) ?? []
  ).some((word) => names.has(word));
}

function saidBy({ diff, text }: Change): string {
  return `${text}\n${textOfMark(diffLines(diff), '+')}`;
}
