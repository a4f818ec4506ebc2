/** A change that people or programs made, and its time: the evidence for "what was done just before it began". */
import { logTimeAt, nanosecondsOf } from '#model/logs/log-time.ts';
import { compareTexts } from '#model/text/compare-texts.ts';

export const CHANGE_KINDS = ['deploy', 'commit', 'config', 'scale', 'flag', 'migration'] as const;

export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** Fields are empty where the source does not name them. */
export type Change = Readonly<{
  /** When it took effect, in microseconds since the epoch. */
  atUs: number;
  kind: ChangeKind;
  /** The changed service; a commit belongs to a repository and usually names none. */
  service: string;
  /** Its id in the source: the hash of a commit; a deploy of that commit has the same id. */
  id: string;
  text: string;
  url: string;
  /** Paths of the changed files. */
  files: readonly string[];
  /** The change as a unified diff, as far as one was given. */
  diff: string;
}>;

/** A longer diff is truncated here. */
export const LONGEST_DIFF = 200_000;

/** A deploy and its commit are joined, so that the objects may differ. */
export function isSameChange(a: Change, b: Change): boolean {
  return a.service === b.service && a.id === b.id && a.atUs === b.atUs;
}

export function isChangeKind(text: string): text is ChangeKind {
  return (CHANGE_KINDS as readonly string[]).includes(text);
}

/** The description of a deploy: `Lower the limit, to production`. */
export function deployText(title: string | null | undefined, environment: string | null | undefined): string {
  return [title ?? '', environment ? `to ${environment}` : ''].filter((part) => part !== '').join(', ');
}

/** A hash is known by its first characters. */
export function shortChangeId(id: string): string {
  return /^[0-9a-f]{40,64}$/.test(id) ? id.slice(0, 10) : id;
}

/** Microseconds since the epoch of an ISO 8601 time with a date; undefined for anything else. */
export function changeInstant(iso: string): number | undefined {
  const time = logTimeAt(iso, 0);
  if (time === undefined || time.year <= 0 || time.end !== iso.length) return undefined;
  const ns = nanosecondsOf(time, time.year);
  return ns === '0' ? undefined : Number(ns.slice(0, -3));
}

/** Two sources may date one change differently by the duration of a deploy; later it is a repetition. */
const SAME_US = 10 * 60 * 1_000_000;

/** In order of time, each once: two sources may report one change. The one with more detail is kept. */
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
    compareTexts(a.kind, b.kind) ||
    compareTexts(a.service, b.service) ||
    compareTexts(a.id, b.id) ||
    compareTexts(a.text, b.text)
  );
}

/** It took effect at the earlier of the two times. */
function moreOf(first: Change, second: Change): Change {
  return {
    ...first,
    text: first.text || second.text,
    url: first.url || second.url,
    files: first.files.length >= second.files.length ? first.files : second.files,
    diff: first.diff.length >= second.diff.length ? first.diff : second.diff,
  };
}
