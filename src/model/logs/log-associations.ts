/**
 * Which lines of a log occur together, and which of them first.
 *
 *  A ──── B ──────────── A ─── B ─────────── A ────── B      an episode is what follows an A within 100 ms,
 *  └ ≤ 100 ms ┘          └ ≤ 100 ms ┘        └ ≤ 100 ms ┘    up to the next A
 *
 *  support      episodes of A with a B
 *  confidence   the share of all episodes of A that have one
 *  lift         confidence ÷ the share expected if the Bs lay anywhere in the log
 *
 * A rule holds where almost every episode has a B and chance does not explain it: neither by time (as many Bs anywhere
 * in the log) nor by order (as many As and Bs shuffled).
 */

/** `first` and `then` are indexes of events. */
export type Association = Readonly<{
  first: number;
  then: number;
  support: number;
  confidence: number;
  lift: number;
}>;

/** The guide's limit: lines within a tenth of a second are one event. */
const TOGETHER_MS = 100;
/** "Always", with room for a lost line. */
const ALWAYS = 0.9;
/** The usual bound for chance, and the number of tries from which the normal approximation is safe. */
const BY_CHANCE = 0.05;
const SIGMAS = 3;
/** How many episodes of one event are read, evenly spread, and how many events of each. */
const EPISODES = 2_000;
const EPISODE_EVENTS = 60;

/**
 * `places` are the positions of each event's lines, ascending; `timesMs` are the times of all lines, in order. Where
 * two events precede each other, the one that came first in the log is first. Linear in the number of lines.
 */
export function associations(
  events: readonly (readonly number[])[],
  timesMs: (place: number) => number,
  lengthMs: number,
): Association[] {
  const { eventAt, places } = mergedByPlace(events);
  const positions = events.map((): number[] => []);
  eventAt.forEach((event, position) => {
    positions[event]?.push(position);
  });
  const rules: Association[] = [];
  events.forEach((own, first) => {
    const episodes = episodesOf(positions[first] ?? [], { eventAt, places, timesMs, first });
    for (const [then, support] of episodes.holding) {
      const expected = 1 - Math.exp((-(events[then]?.length ?? 0) * episodes.meanMs) / Math.max(lengthMs, 1));
      const confidence = support / episodes.read;
      if (confidence < ALWAYS) continue;
      const isOrdered =
        own.length <= SMALL && shuffledChance(own.length, events[then]?.length ?? 0, confidence) <= BY_CHANCE;
      if (!isOrdered && !isBeyondChance(confidence, expected, episodes.read)) continue;
      rules.push({ first, then, support, confidence, lift: confidence / Math.max(expected, Number.MIN_VALUE) });
    }
  });
  const isKnown = new Set(rules.map(({ first, then }) => first * events.length + then));
  const began = (event: number) => events[event]?.[0] ?? 0;
  return rules.filter(({ first, then }) => !isKnown.has(then * events.length + first) || began(first) < began(then));
}

/** With more events the times are enough. */
const SMALL = 20;

type Merged = Readonly<{ eventAt: readonly number[]; places: readonly number[] }>;

function mergedByPlace(events: readonly (readonly number[])[]): Merged {
  const all = events
    .flatMap((places, event) => places.map((place) => ({ place, event })))
    .sort((a, b) => a.place - b.place || a.event - b.event);
  return { eventAt: all.map(({ event }) => event), places: all.map(({ place }) => place) };
}

type Episodes = Merged & Readonly<{ timesMs: (place: number) => number; first: number }>;

function episodesOf(own: readonly number[], among: Episodes) {
  const holding = new Map<number, number>();
  const stride = Math.max(1, Math.ceil(own.length / EPISODES));
  let read = 0;
  let totalMs = 0;
  for (let at = 0; at < own.length; at += stride) {
    const { inside, spentMs } = episodeAt(own[at] ?? 0, among);
    for (const event of inside) holding.set(event, (holding.get(event) ?? 0) + 1);
    read += 1;
    totalMs += spentMs;
  }
  return { holding, read, meanMs: totalMs / Math.max(1, read) };
}

/** The events between this one and its next occurrence, up to 100 ms. */
function episodeAt(position: number, { eventAt, places, timesMs, first }: Episodes) {
  const fromMs = timesMs(places[position] ?? 0);
  const inside = new Set<number>();
  for (let next = position + 1; next < eventAt.length && next <= position + EPISODE_EVENTS; next += 1) {
    const afterMs = timesMs(places[next] ?? 0) - fromMs;
    if (afterMs > TOGETHER_MS) break;
    if (eventAt[next] === first) return { inside, spentMs: afterMs };
    inside.add(eventAt[next] ?? 0);
  }
  return { inside, spentMs: TOGETHER_MS };
}

/** Whether this many of `count` tries succeed, where each succeeds with probability `expected` by chance. */
function isBeyondChance(share: number, expected: number, count: number): boolean {
  if (expected >= share) return false;
  if (share === 1 && expected ** count <= BY_CHANCE) return true;
  return (share - expected) / Math.sqrt((expected * (1 - expected)) / count) >= SIGMAS && count >= 5;
}

/** The probability that shuffled As and Bs alternate: one order out of all. */
function shuffledChance(as: number, bs: number, confidence: number): number {
  if (as !== bs || confidence < 1) return 1;
  let orders = 1;
  for (let n = 1; n <= as; n += 1) orders *= (as + n) / n;
  return 1 / orders;
}

/** Where chance gives a B more often than not, a B proves nothing. */
const HALF = 0.5;

/** Whether almost every line of `effect` has one of `cause` within 100 ms before it, more often than by chance. Places ascending. */
export function isAlwaysBefore(
  cause: readonly number[],
  effect: readonly number[],
  timesMs: (place: number) => number,
  lengthMs: number,
): boolean {
  if ((cause[0] ?? 0) >= (effect[0] ?? 0)) return false;
  let led = 0;
  let before = 0;
  for (const place of effect) {
    while ((cause[before + 1] ?? Number.POSITIVE_INFINITY) < place) before += 1;
    const at = cause[before];
    if (at !== undefined && at < place && timesMs(place) - timesMs(at) <= TOGETHER_MS) led += 1;
  }
  const share = led / effect.length;
  const expected = 1 - Math.exp((-cause.length * TOGETHER_MS) / Math.max(lengthMs, 1));
  return share >= ALWAYS && expected <= HALF && isBeyondChance(share, expected, effect.length);
}
