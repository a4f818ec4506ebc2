/** What people or programs changed, and when: the evidence of "what was done just before it began". */
import { logTimeAt, nanosecondsOf } from '#model/log-time.ts';

export const CHANGE_KINDS = ['deploy', 'commit', 'config', 'scale', 'flag', 'migration'] as const;

export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** Empty where its source does not say. */
export type Change = Readonly<{
  /** When it began to take effect, microseconds since the epoch. */
  atUs: number;
  kind: ChangeKind;
  /** Whose it is; a commit is a repository's and most often names none. */
  service: string;
  /** What it is called where it comes from: the hash of a commit, and a deploy of that commit has the same. */
  id: string;
  text: string;
  url: string;
  /** Paths that it touched. */
  files: readonly string[];
  /** What it changed, as a unified diff, or as far as one was given. */
  diff: string;
}>;

export function isChangeKind(text: string): text is ChangeKind {
  return (CHANGE_KINDS as readonly string[]).includes(text);
}

/** Of a time in ISO 8601 with its day, microseconds since the epoch; undefined for anything else. */
export function changeInstant(iso: string): number | undefined {
  const time = logTimeAt(iso, 0);
  if (time === undefined || time.year <= 0 || time.end !== iso.length) return undefined;
  const ns = nanosecondsOf(time, time.year);
  return ns === '0' ? undefined : Number(ns.slice(0, -3));
}

/** In order of time, and each once: two sources may tell of one. What says more of it is kept. */
export function changesInOrder(all: readonly Change[]): readonly Change[] {
  const known = new Map<string, Change>();
  for (const change of all) {
    const key = `${change.kind}\n${change.service}\n${change.id || change.text}\n${change.id === '' ? change.atUs : ''}`;
    const other = known.get(key);
    known.set(key, other === undefined ? change : moreOf(other, change));
  }
  return [...known.values()].sort(
    (a, b) => a.atUs - b.atUs || compare(a.kind, b.kind) || compare(a.service, b.service) || compare(a.id, b.id),
  );
}

/** It took effect when it did so first. */
function moreOf(a: Change, b: Change): Change {
  const [first, second] = a.atUs < b.atUs || (a.atUs === b.atUs && compare(a.text, b.text) <= 0) ? [a, b] : [b, a];
  return {
    ...first,
    text: first.text || second.text,
    url: first.url || second.url,
    files: first.files.length >= second.files.length ? first.files : second.files,
    diff: first.diff.length >= second.diff.length ? first.diff : second.diff,
  };
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
