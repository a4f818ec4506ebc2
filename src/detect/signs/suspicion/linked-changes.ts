/**
 * A deploy takes over what it brings: the commit that it names by its hash, and the change of a shared library whose new
 * version it uses.
 *
 *   release of http-client 4.2.0: one retry more          diff of the library
 *   deploy of orders              + "http-client": "4.2.0" ──► counts for orders
 *   deploy of search              + "http-client": "4.2.0" ──► counts for search
 */
import type { Change } from '#model/changes/change.ts';
import { targetOfFault } from '#model/changes/declared-faults.ts';
import { diffLines, textOfMark } from '#model/changes/diff-lines.ts';

/** Each change with what it brings. Applied twice, it changes nothing more. */
export function linkedChanges(changes: readonly Change[]): readonly Change[] {
  return changes.map((change) => withItsTarget(withItsLibraries(withItsCommit(change, changes), changes)));
}

/** An experiment counts for the service that it hits, whoever runs it. */
function withItsTarget(change: Change): Change {
  const target = targetOfFault(change);
  return target === '' ? change : { ...change, service: target };
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

/** `"@acme/http-client": "^4.2.0"`, `http_client==4.2.0`, `gem 'http-client', '4.2.0'`, `acme.io/http-client v4.2.0` */
const VERSION = /\bv?(\d{1,5}(?:\.\d{1,5}){1,3}(?:-[\w.]{1,20})?)\b/;
const PACKAGE = /[A-Za-z@][\w@./:-]{1,100}/g;
const SHORTEST_PACKAGE = 4;

function withItsLibraries(change: Change, changes: readonly Change[]): Change {
  if (change.kind === 'commit' || change.diff === '') return change;
  const added = textOfMark(diffLines(change.diff), '+').split('\n');
  const bumped = added.flatMap((line) => {
    const version = VERSION.exec(line)?.[1];
    return version === undefined ? [] : [{ version, names: (line.match(PACKAGE) ?? []).map(packageKey) }];
  });
  const libraries = changes.filter(
    (one) => one !== change && one.diff !== '' && one.atUs <= change.atUs && bumped.some((bump) => isOf(one, bump)),
  );
  const missing = libraries.filter(({ diff }) => !change.diff.includes(diff));
  if (missing.length === 0) return change;
  return {
    ...change,
    diff: [change.diff, ...missing.map(({ diff }) => diff)].join('\n'),
    files: [...new Set([...change.files, ...missing.flatMap(({ files }) => files)])],
    text: [change.text, ...missing.map(({ text }) => text)].filter((text) => text !== '').join('; '),
  };
}

/** A release of this package in this version: it names both. */
function isOf(
  { service, id, text }: Change,
  { version, names }: Readonly<{ version: string; names: readonly string[] }>,
): boolean {
  const said = `${id} ${text}`;
  const own = new Set([service, ...(said.match(PACKAGE) ?? [])].map(packageKey));
  return VERSION.exec(said)?.[1] === version && names.some((name) => name.length >= SHORTEST_PACKAGE && own.has(name));
}

/** The last part of a package's path, in lower case. */
function packageKey(name: string): string {
  return (
    name
      .toLowerCase()
      .replace(/[@:]v?\d[\w.-]*$/, '')
      .split(/[/:]/)
      .at(-1)
      ?.replaceAll('_', '-') ?? ''
  );
}
