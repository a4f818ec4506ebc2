/**
 * Scores how likely each change caused the problem, and how likely none did. Three factors count: the changed service, the
 * time before the onset, and how well the content fits the symptoms. Each of them alone can clear a change, but none
 * alone proves it.
 *
 *   suspicion = relation × nearness × (prior of its kind + words + mechanism)
 */

import { mechanismOf } from '#detect/signs/failure-mechanisms.ts';
import type { WindowSymptoms } from '#detect/signs/window-symptoms.ts';
import type { Change } from '#model/changes/change.ts';
import { type CodeChange, codeChangeOf } from '#model/changes/code-change.ts';
import { codeWords, isCompound } from '#model/text/code-words.ts';
import { cutText } from '#model/text/cut-text.ts';

/** In minutes: after `half` a change is half as suspect, beyond `far` hardly at all. */
export type Nearness = Readonly<{ half: number; far: number }>;

export type Suspicion = Readonly<{
  change: Change;
  /** Relative to 1, the score of no change at all. */
  score: number;
  /** From the change to the onset; negative where the change is noted after the onset. */
  gapUs: number;
  /** Why it fits, as clauses, the strongest first. */
  reasons: readonly string[];
}>;

/** All changes that may be the cause, the most suspect first. */
export function suspicions(
  trouble: WindowSymptoms,
  changes: readonly Change[],
  nearness: Nearness,
): readonly Suspicion[] {
  const candidates = changes.filter(isCandidateAmong(changes)).map((change) => withItsCommit(change, changes));
  const known = candidates.map((change) => ({ change, code: codeChangeOf(change), words: wordsOf(change) }));
  const holders = new Map<string, number>();
  for (const { words } of known) for (const word of words) holders.set(word, (holders.get(word) ?? 0) + 1);
  return known
    .map((one) => suspicionOf(trouble, one, nearness, (word) => 1 / (holders.get(word) ?? 1)))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || b.change.atUs - a.change.atUs || (a.change.id < b.change.id ? -1 : 1));
}

/** The score of the claim that no change is the cause. */
export function scoreOfNone({ complaint, isLoad }: WindowSymptoms): number {
  if (complaint !== undefined && complaint.record !== '') return ONE_RECORD;
  if (complaint !== undefined && complaint.outsider !== '') return AN_OUTSIDER;
  if (complaint !== undefined && EXPIRED.test(complaint.text)) return EXPIRY;
  if (isLoad) return MORE_LOAD;
  return complaint?.isOfNode ? OF_A_NODE : 1;
}

/** Nearly all lines name the same record: its data is bad. Changed code would fail on other records, too. */
const ONE_RECORD = 4;
/** A host outside of these services fails. */
const AN_OUTSIDER = 3;
/** Certificates, passwords and licences expire without a change. */
const EXPIRY = 3;
const EXPIRED =
  /\b(?:certificate|licen[cs]e|password|subscription|key|secret)s? (?:has |have |is |are )?expired|expired (?:certificate|licen[cs]e)/;
/** More than twice as many requests arrive. */
const MORE_LOAD = 3;
/** The node reports a problem, not only the service. */
const OF_A_NODE = 2;

/** A commit has no effect until it is deployed. Where deploys are known, its deploy is the candidate. */
function isCandidateAmong(changes: readonly Change[]): (change: Change) => boolean {
  const areDeploysKnown = changes.some(({ kind }) => kind === 'deploy');
  return ({ kind }) => kind !== 'commit' || !areDeploysKnown;
}

const SHORTEST_HASH = 7;

/** Adds the commit that a deploy names by its hash, whole or shortened, as its id or in its text. */
function withItsCommit(change: Change, changes: readonly Change[]): Change {
  if (change.kind === 'commit' || change.diff !== '') return change;
  const hashes = [change.id, ...(change.text.match(/\b[0-9a-f]{7,40}\b/g) ?? [])].filter(
    (hash) => hash.length >= SHORTEST_HASH,
  );
  const commit = changes.find(
    ({ kind, id }) => kind === 'commit' && id !== '' && hashes.some((hash) => id.startsWith(hash)),
  );
  if (commit === undefined) return change;
  return {
    ...change,
    diff: commit.diff,
    files: commit.files,
    text: commit.text || change.text,
    url: change.url || commit.url,
  };
}

/** The words of its diff. Without a diff, the words of its name and text. */
function wordsOf(change: Change): ReadonlySet<string> {
  const code = codeChangeOf(change);
  if (change.diff !== '' && code !== undefined) return code.words;
  return new Set([...codeWords(change.text), ...(/^[0-9a-f]{7,64}$/.test(change.id) ? [] : codeWords(change.id))]);
}

type Known = Readonly<{ change: Change; code: CodeChange | undefined; words: ReadonlySet<string> }>;
type Reason = Readonly<{ score: number; text: string }>;

function suspicionOf(
  trouble: WindowSymptoms,
  known: Known,
  nearness: Nearness,
  rarity: (word: string) => number,
): Suspicion {
  const { change } = known;
  const gapUs = trouble.onsetUs - change.atUs;
  const reasons = reasonsOf(trouble, known, rarity);
  const meaning = baseOf(known) + reasons.reduce((sum, { score }) => sum + score, 0);
  const kept = known.code?.isRearranged ? REARRANGED : 1;
  const isImpossible = known.code?.isHarmless ?? false;
  const score = isImpossible ? 0 : relationOf(trouble, change) * nearnessOf(gapUs, nearness) * meaning * kept;
  const texts = reasons.toSorted((a, b) => b.score - a.score).map(({ text }) => text);
  return { change, score, gapUs, reasons: [...new Set(texts)] };
}

/** The factor for a change that keeps all limits and guards: the code does the same as before. */
const REARRANGED = 0.2;

/** The prior of its kind. A known diff lowers it, until its words and mechanism count. */
function baseOf({ change, code }: Known): number {
  if (change.diff === '') return code?.isOfVersions ? OF_VERSIONS : BASE[change.kind];
  return code?.isOfVersions ? OF_VERSIONS : WITH_LINES;
}

const BASE: Readonly<Record<Change['kind'], number>> = {
  deploy: 1.3,
  config: 1,
  migration: 1,
  scale: 0.8,
  commit: 0.6,
  flag: 0.5,
};
const WITH_LINES = 0.6;
const OF_VERSIONS = 0.4;

function relationOf({ service, complaint, suffering }: WindowSymptoms, change: Change): number {
  if (change.service === '') return change.files.some((path) => isOf(path, service)) ? 0.7 : 0.4;
  if (change.service === service) return 1;
  if (complaint?.services.has(change.service) || suffering.has(change.service)) return 0.5;
  return service === '' ? 0.5 : 0.15;
}

/** `services/payment/charge.go` belongs to the payment service. */
function isOf(path: string, service: string): boolean {
  const name = service.toLowerCase().replace(/[-_]?(?:service|svc|server|api)$/, '');
  return (
    name.length > 2 &&
    path
      .toLowerCase()
      .split('/')
      .some((part) => part === name || part.startsWith(`${name}-`) || part === service.toLowerCase())
  );
}

/** A change may be noted after its effect: clocks differ, and some pipelines report only their end. */
const SLACK_US = 60_000_000;
const MINUTE_US = 60_000_000;
const AFTER = 0.5;
/** An onset is no more exact than this: requests come one by one, metrics every few seconds. */
const EXACT_US = 5_000_000;
/** The factor beyond `far`, for late effects: a cache expires, a job runs at night. */
const BEYOND = 0.05;

function nearnessOf(gapUs: number, { half, far }: Nearness): number {
  if (gapUs < -SLACK_US) return 0;
  if (gapUs < -EXACT_US) return AFTER * (1 + gapUs / SLACK_US);
  const minutes = Math.max(0, gapUs) / MINUTE_US;
  return (minutes > far ? BEYOND : 1) / (1 + minutes / half);
}

/** The highest score for common words. */
const MOST_OF_WORDS = 3;
const QUOTED = 3;
const COMPOUND = 2;
const OF_METRIC = 0.3;
const NUMBER = 2;
const FILE = 2;
const PLACE = 1;
const MECHANISM = 2;

function reasonsOf(
  trouble: WindowSymptoms,
  { change, code, words }: Known,
  rarity: (word: string) => number,
): Reason[] {
  const { complaint, kinds } = trouble;
  const said = (text: string) => complaint?.text.includes(text.toLowerCase()) ?? false;
  const places = [...(code?.places ?? [])];
  const [text] = (code?.texts ?? []).filter(said);
  const [number] = [...(code?.numbers ?? [])].filter((one) => complaint?.numbers.has(one));
  const [file] = places.filter((place) => complaint?.files.has(place));
  const [place] = places.filter((one) => (complaint?.words.get(one) ?? 0) > 0);
  const mechanism = mechanismOf(kinds, change, code);
  return [
    ofWords(trouble, words, change, rarity),
    { score: QUOTED, text: text && `it changes “${cutText(text, LONGEST_QUOTE)}”, which the failing lines name` },
    { score: QUOTED, text: isNamedWhole(change, complaint) && `the failing lines name ${change.id}` },
    { score: NUMBER, text: number && `it changes ${number}, which the failing lines repeat` },
    { score: FILE, text: file && `the failure is in ${file}, which it changes` },
    { score: PLACE, text: place && `it changes “${place}”, which the failing lines name` },
    { score: MECHANISM, text: mechanism },
  ].flatMap(({ score, text }) => (text ? [{ score, text }] : []));
}

/** A statement may be long; its beginning identifies it. */
const LONGEST_QUOTE = 48;

function ofWords(
  trouble: WindowSymptoms,
  words: ReadonlySet<string>,
  { kind, diff }: Change,
  rarity: (word: string) => number,
) {
  const matches = [...words]
    .map((word) => ({ word, score: wordScore(trouble, word) * rarity(word) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || (a.word < b.word ? -1 : 1));
  const score = matches.reduce((sum, match) => sum + match.score, 0);
  const named = matches
    .slice(0, WORDS_NAMED)
    .map(({ word }) => `“${word}”`)
    .join(', ');
  const text =
    diff === '' && kind !== 'deploy'
      ? `its name contains ${named}, as the failing lines do`
      : `it changes ${named}, which the failing lines name`;
  return { score: Math.min(MOST_OF_WORDS, score), text: score > 0 && text };
}

const WORDS_NAMED = 3;

function wordScore({ complaint, metricWords }: WindowSymptoms, word: string): number {
  const share = complaint?.words.get(word) ?? 0;
  const quoted = complaint?.quoted.has(word) ? QUOTED : 0;
  const often = Math.sqrt(share) * (isCompound(word) ? COMPOUND : 1) * LONE_WORD;
  return Math.max(quoted, often, metricWords.has(word) ? OF_METRIC : 0);
}

/** A single word that is not quoted has many meanings. */
const LONE_WORD = 0.5;

/** The lines have all words of its name, and these are two at least: `express-lane`. */
function isNamedWhole({ kind, id, diff }: Change, complaint: WindowSymptoms['complaint']): boolean {
  const words = codeWords(id).filter((word) => !isCompound(word));
  if (diff !== '' || kind === 'deploy' || kind === 'commit' || words.length < 2) return false;
  return words.every((word) => complaint?.words.has(word));
}
