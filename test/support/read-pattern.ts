/**
 * How the time of a regular expression grows with its text, from the expression alone. Nothing is timed, so every
 * machine gives the same answer. `browser.js` is the part of recheck that cannot start Java or a native program.
 */
import { createRequire } from 'node:module';
import type * as Recheck from 'recheck';

const { checkSync } = createRequire(import.meta.url)('recheck/lib/browser.js') as typeof Recheck;

/**
 * `safe` is proved from the automaton, with the counts as `readable` cuts them. `searched`: the automaton cannot be read
 * (it looks around, refers back or is too large), and a search with a fixed seed found no slow text.
 */
export type Verdict = 'safe' | 'searched' | `degree ${number}` | 'exponential' | `unread: ${string}`;

/** Limits are counted in states, characters and tries. Each limit of time is off. */
const LIMITS: Recheck.Parameters = {
  checker: 'auto',
  timeout: null,
  attackTimeout: null,
  incubationTimeout: null,
  seedingTimeout: null,
  randomSeed: 0,
  // The states alone decide whether the automaton is read. With 3,000 of them that takes about a second.
  maxNFASize: 3_000,
  maxPatternSize: 1_000_000,
  maxRepeatCount: 1_000_000,
  // A pasted log line, and 300 steps for each of its characters.
  maxAttackStringSize: 32_000,
  attackLimit: 10_000_000,
  // Half of recheck's own numbers and fewer: what is slow in our patterns shows among the first texts, or never.
  maxGenerationSize: 30,
  maxIteration: 3,
  mutationSize: 20,
  crossoverSize: 10,
};

/**
 * The worst of its alternatives: the engine tries one after the other, so their times only add up, and each is easier to
 * read. One that is slow alone may be fast beside the others, but a search is no proof of that.
 */
export function readPattern({ source, flags }: RegExp): Verdict {
  const alternatives = alternativesOf(source);
  const worst = alternatives.map((one) => readWhole(one, flags)).reduce((a, b) => (rankOf(b) > rankOf(a) ? b : a));
  const isSlow = rankOf(worst) > rankOf('searched') && alternatives.length > 1;
  return isSlow && readWhole(source, flags) === 'safe' ? 'safe' : worst;
}

/** Those outside of all groups. A reference to a group needs the whole. */
function alternativesOf(source: string): readonly string[] {
  if (/\\[1-9k]/.test(source)) return [source];
  const alternatives: string[] = [];
  let [start, depth] = [0, 0];
  for (const { 0: part, index } of source.matchAll(/\\.|\[(?:\\.|[^\]\\])*\]|[()|]/gs)) {
    if (part === '(') depth += 1;
    else if (part === ')') depth -= 1;
    else if (part === '|' && depth === 0) {
      alternatives.push(source.slice(start, index));
      start = index + 1;
    }
  }
  return [...alternatives, source.slice(start)];
}

function readWhole(source: string, flags: string): Verdict {
  const ignoresCase = flags.includes('i') || !source.includes('(?i:') ? '' : 'i';
  // recheck takes a sticky pattern for one that must match up to the text's end.
  const sticky = flags.includes('y') && !flags.includes('m');
  const text = sticky ? `^(?:${readable(source)})` : readable(source);
  const read = checkSync(text, (sticky ? flags.replace('y', '') : flags) + ignoresCase, LIMITS);
  if (read.status === 'unknown') return `unread: ${'message' in read.error ? read.error.message : read.error.kind}`;
  if (read.status === 'safe') return read.checker === 'automaton' ? 'safe' : 'searched';
  return read.complexity.type === 'exponential' ? 'exponential' : `degree ${read.complexity.degree}`;
}

function rankOf(verdict: Verdict): number {
  if (verdict === 'safe') return 0;
  if (verdict === 'searched') return 1;
  if (verdict.startsWith('degree ')) return Number(verdict.slice('degree '.length));
  return verdict === 'exponential' ? Number.POSITIVE_INFINITY : Number.MAX_VALUE;
}

/** What recheck must not misread as one part: an escape, a class; then what it cannot read, and counts. */
const PARTS = /\\.|\[(?:\\.|[^\]\\])*\]|\(\?-?i:|\(\?<\w+>|\{(\d+)(,?)(\d*)\}/gs;

/**
 * recheck knows neither `(?i:…)` nor a name for two groups; neither changes how time grows. A count multiplies the
 * states, so `.{1,200}` alone would take minutes; a small one grows in the same way.
 */
function readable(source: string): string {
  const named = source.includes('\\k<');
  return source.replace(PARTS, (part, least?: string, comma = '', most = '') => {
    if (least !== undefined) return `{${Math.min(Number(least), 2)}${comma}${most && Math.min(Number(most), 3)}}`;
    if (part.endsWith('i:')) return '(?:';
    return part.startsWith('(?<') && !named ? '(' : part;
  });
}
