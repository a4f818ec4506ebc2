/**
 * Which library a class belongs to, by the names of both: code that was built for one version of a library fails at its
 * classes, and another library's version has nothing to do with that.
 */
import type { Change } from '#model/changes/change.ts';
import { diffLines } from '#model/changes/diff-lines.ts';

/** Java's packages, as they stand in names and in descriptors: `org.acme.codec.Reader`, `org/acme/codec/Reader`. */
const CLASS = /(?<![\w.$/-])((?:[a-z][\w$]{1,40}[./]){2,12})[a-z_$][\w$]{0,80}/g;
/** Parts of names that say nothing about who wrote it. */
const ANYBODY =
  /^(?:com|org|net|io|dev|java|javax|jakarta|sun|jdk|github|apache|google|lang|util|utils|core|api|impl|common|internal|spi|client|server|version|versions|base|main|lib|artifact|artifactid|group|groupid|dependency|implementation|src|xml)$/;
const SHORTEST = 4;
/** Apache Commons: `commons-math3` has the package `org.apache.commons.math3`, and is another library than `commons-lang3`. */
const OF_COMMONS = /\bcommons[./-](?=[a-z])/gi;
/** Artifacts whose names and packages have no word in common. */
const OTHER_NAMES: readonly (readonly [RegExp, string])[] = [
  [/^bc(?:prov|pkix|mail|pg|util|tls|jmail)/, 'bouncycastle'],
  [/^guava/, 'collect'],
];
/** It brings versions of many libraries. */
const BRINGS_MANY =
  /\b(?:bom|boms|parent|platform|starter\w{0,20}|spring[-_. ]?boot|spring[-_. ]?cloud|quarkus|micronaut|dropwizard|helidon|play)\b/i;

/**
 * Whether the failure names classes of libraries, and none of them is one whose version the diff changes. `failure`: in lower
 * case.
 */
export function isOfOtherLibrary({ text, diff }: Pick<Change, 'text' | 'diff'>, failure: string): boolean {
  const lines = diffLines(diff).filter(({ mark }) => mark !== 'file' && mark !== 'place');
  const changed = lines.filter(({ mark }) => mark === '+' || mark === '-').map(({ text }) => text);
  if (!changed.some((line) => /\d\.\d/.test(line)) || changed.some((line) => BRINGS_MANY.test(line))) return false;
  const packages = new Set(
    Array.from(joined(failure).matchAll(CLASS), ([, path = '']) => path.split(/[./]/)).flatMap((parts) =>
      /^(?:java|javax|jdk|sun)$/.test(parts[0] ?? '') ? [] : parts.filter(isTelling),
    ),
  );
  if (packages.size === 0) return false;
  const named = namesIn(lines.map((line) => line.text).join('\n'));
  // Lines with nothing but a number are of any library.
  if (named.length === 0) return false;
  const names = [...named, ...namesIn(text)];
  const known = OTHER_NAMES.flatMap(([artifact, of]) => (names.some((name) => artifact.test(name)) ? [of] : []));
  return ![...packages].some(
    (part) =>
      known.includes(part) ||
      names.some(
        (name) => name === part || (part.length >= SHORTEST && name.length >= SHORTEST && isWithin(name, part)),
      ),
  );
}

function namesIn(text: string): readonly string[] {
  return (
    joined(text)
      .toLowerCase()
      .match(/[a-z][a-z\d]{2,60}/g) ?? []
  ).filter(isTelling);
}

function joined(text: string): string {
  return text.replaceAll(OF_COMMONS, 'commons');
}

function isWithin(one: string, other: string): boolean {
  return one.includes(other) || other.includes(one);
}

function isTelling(part: string): boolean {
  return part.length > 2 && !ANYBODY.test(part);
}
