/** What people or programs changed, and when: the evidence of "what was done just before it began". */
import { logTimeAt, nanosecondsOf } from '#model/logs/log-time.ts';

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

/** Of a longer diff nothing more is read. */
export const LONGEST_DIFF = 200_000;

export function isChangeKind(text: string): text is ChangeKind {
  return (CHANGE_KINDS as readonly string[]).includes(text);
}

/** What is told of a deploy: `Lower the limit, to production`. */
export function deployText(title: string | null | undefined, environment: string | null | undefined): string {
  return [title ?? '', environment ? `to ${environment}` : ''].filter((part) => part !== '').join(', ');
}

/** A hash is known by its first characters. */
export function shortChangeId(id: string): string {
  return /^[0-9a-f]{40,64}$/.test(id) ? id.slice(0, 10) : id;
}

/** Of a time in ISO 8601 with its day, microseconds since the epoch; undefined for anything else. */
export function changeInstant(iso: string): number | undefined {
  const time = logTimeAt(iso, 0);
  if (time === undefined || time.year <= 0 || time.end !== iso.length) return undefined;
  const ns = nanosecondsOf(time, time.year);
  return ns === '0' ? undefined : Number(ns.slice(0, -3));
}

/** Two sources date one change differently by what a deploy takes; later it is the same done again. */
const SAME_US = 10 * 60 * 1_000_000;

/** In order of time, and each once: two sources may tell of one. What says more of it is kept. */
export function changesInOrder(all: readonly Change[]): readonly Change[] {
  const found: Change[] = [];
  const last = new Map<string, number>();
  for (const change of all.toSorted(compareChanges)) {
    const key = `${change.kind}\n${change.service}\n${change.id || change.text}`;
    const at = last.get(key) ?? -1;
    const known = found[at];
    if (known !== undefined && change.atUs - known.atUs <= (change.id === '' ? 0 : SAME_US)) {
      found[at] = moreOf(known, change);
    } else {
      last.set(key, found.length);
      found.push(change);
    }
  }
  return found;
}

function compareChanges(a: Change, b: Change): number {
  return (
    a.atUs - b.atUs ||
    compare(a.kind, b.kind) ||
    compare(a.service, b.service) ||
    compare(a.id, b.id) ||
    compare(a.text, b.text)
  );
}

/** It took effect when it did so first. */
function moreOf(first: Change, second: Change): Change {
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
