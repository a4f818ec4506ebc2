/**
 * Answers without those from machines on which others do badly as well: there, a new version only shows its machine.
 *
 *   node-1   orders v1  9 ms    rates v1  18 ms
 *   node-2   orders v2 52 ms    rates v1  48 ms         ← rates has no new version, and is as slow
 */
import { familyKey, type TwoVersions } from '#detect/signs/versions/releases-seen.ts';
import {
  byFamily,
  type CountLimits,
  failingAnswers,
  slowAnswers,
  type VersionAnswer,
} from '#detect/signs/versions/version-counts.ts';

export function offSickMachines(
  release: TwoVersions,
  own: readonly VersionAnswer[],
  all: readonly VersionAnswer[],
  limits: CountLimits,
): readonly VersionAnswer[] {
  const nodes = new Set(own.flatMap(({ who }) => (release.isNew(who) && who.node !== '' ? [who.node] : [])));
  if (nodes.size === 0) return own;
  const others = all.filter(({ service, who }) => familyKey(service) !== release.family || !release.isNew(who));
  const families = [...byFamily(others).values()];
  const sick = new Set([...nodes].filter((node) => isSick(node, release, families, limits)));
  return sick.size === 0 ? own : own.filter(({ who }) => !sick.has(who.node));
}

/** Some service without the new version does worse there than elsewhere. */
function isSick(
  node: string,
  { family, bornUs, fromUs }: TwoVersions,
  families: readonly (readonly VersionAnswer[])[],
  limits: CountLimits,
): boolean {
  const places: TwoVersions = {
    family,
    bornUs,
    fromUs,
    isNew: (who) => who.node === node,
    isOld: (who) => who.node !== node && who.node !== '',
  };
  return families.some(
    (same) =>
      failingAnswers(places, same, families.length, limits) !== undefined ||
      slowAnswers(places, same, limits) !== undefined,
  );
}
