/** What a change can do, by kind. */

export type EffectKind =
  | 'index-gone'
  | 'unindexed-statement'
  | 'unlimited-statement'
  | 'new-statement'
  | 'locking-migration'
  | 'column-gone'
  | 'rows-gone'
  | 'new-constraint'
  | 'narrower-type'
  | 'any-migration'
  | 'guard-gone'
  | 'shorter-timeout'
  | 'longer-timeout'
  | 'shorter-lived-cache'
  | 'cache-gone'
  | 'cold-cache'
  | 'other-cache-keys'
  | 'smaller-pool'
  | 'larger-pool'
  | 'fewer-workers'
  | 'larger-batches'
  /** It fetches fewer rows in one round trip. */
  | 'more-trips'
  | 'less-cpu'
  | 'less-memory'
  | 'less-disk'
  | 'larger-request'
  | 'lower-limit'
  /** It refuses what goes beyond a limit: callers get an answer at once. */
  | 'refuses-more'
  | 'smaller-answer'
  | 'costlier-work'
  | 'more-retries'
  | 'shorter-interval'
  | 'stricter-probe'
  | 'stricter-breaker'
  | 'other-limit'
  | 'more-logs'
  /** It writes headers, bodies or credentials to the log, or no longer hides them there. */
  | 'logged-secrets'
  | 'calls-in-loop'
  | 'eager-gone'
  | 'parallel-gone'
  | 'new-lock'
  | 'new-wait'
  | 'grows'
  | 'close-gone'
  | 'call-gone'
  | 'route-gone'
  | 'setting-gone'
  | 'other-host'
  | 'other-source'
  | 'other-consistency'
  | 'other-name'
  | 'other-image'
  /** It takes machines, or builds for machines, with another set of instructions. */
  | 'other-architecture'
  | 'other-labels'
  /** It changes on which nodes its pods may run. */
  | 'other-machines'
  | 'other-network'
  | 'other-settings'
  | 'other-resolver'
  | 'other-primary'
  | 'other-version'
  | 'other-model'
  | 'other-engine'
  | 'other-lock-order'
  | 'never-closed'
  | 'more-workers'
  | 'other-credentials'
  /** Each copy of a service has keys or sessions of its own. */
  | 'apart-keys'
  | 'shortcut-gone'
  | 'flag-on'
  | 'flag-off'
  | 'call-in-transaction'
  | 'more-messages'
  | 'other-format'
  | 'stricter-input'
  | 'more-load'
  | 'other-traffic'
  /** Calls no longer go to all pods alike. */
  | 'uneven-calls'
  | 'held-longer'
  | 'larger-payload'
  /** Headers of requests or answers may be shorter than before. */
  | 'smaller-headers'
  | 'handling-gone'
  | 'remote-call'
  | 'slower-network'
  | 'lost-packets'
  | 'slower-disk'
  | 'disk-full'
  | 'nodes-gone'
  | 'instances-stopped'
  | 'other-clock'
  | 'failing-answers'
  | 'other-trust'
  /** Which pages of browsers may read its answers. */
  | 'other-origins'
  | 'unchecked-index'
  | 'unchecked-value'
  | 'unbatched'
  | 'sync-writes'
  | 'other-zone'
  /** Values are kept or computed in another unit. */
  | 'other-scale'
  | 'other-expiry'
  | 'other-class'
  | 'more-series'
  | 'longer-batching'
  /** What it imports is missing. */
  | 'other-modules';

/**
 * `names`: it means something only where one of them is mentioned. `strength`: 1 where the diff shows it clearly and
 * much, down to a half.
 */
export type Effect = Readonly<{
  kind: EffectKind;
  text: string;
  strength: number;
  names?: readonly string[];
  /** The table whose statements alone it concerns: one that a statement locks, or that gets a trigger. */
  table?: string;
  /** The name of an index, which mostly has the names of its table and its columns. */
  index?: string;
}>;

/** None where there is nothing to say. */
export function effect(kind: EffectKind, text: string, strength = 1): Effect[] {
  return text === '' ? [] : [{ kind, text, strength }];
}

/** Smaller changes of a limit are tuning: half of a pool is missed soon, twice a page hardly. */
export const MUCH_LESS = 1.5;
export const MUCH_MORE = 2.5;

export type Sides = Readonly<{ added: string; removed: string }>;

/** All changed lines. */
export function textOf({ added, removed }: Sides): string {
  return `${added}\n${removed}`;
}

/** What `words` match more often in one text than in the other. */
export function moreIn(one: string, other: string, words: RegExp): readonly string[] {
  const found = one.match(words) ?? [];
  return found.length > (other.match(words) ?? []).length ? found : [];
}

/** Half of what a clear and large change counts. */
export const WEAK = 0.5;
