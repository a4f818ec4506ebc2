/**
 * How similar two diagnoses are: a weighted Jaccard index. For each aspect, the size of the intersection divided by the
 * size of the union, combined by weight. An aspect that neither has does not count.
 *
 *   kind 4 · service 4 · templates 3 · neighbours 2 · error type 2 · operation 1
 *
 * From a half on they are similar. The weights follow from these rules: the same kind in the same service is similar
 * whatever else differs (8 of 16), because the fix changes the same code. The same kind elsewhere is similar only with
 * the same log lines (7 of 16 and the error, 9). The same place is never enough: at least the kind or half of the
 * templates has to agree.
 */
import type { Fingerprint } from '#model/finding/fingerprint.ts';

type Aspect = 'kind' | 'service' | 'templates' | 'neighbours' | 'errorType' | 'operation';

const WEIGHTS: Readonly<Record<Aspect, number>> = {
  kind: 4,
  service: 4,
  templates: 3,
  neighbours: 2,
  errorType: 2,
  operation: 1,
};

export const LEAST_LIKENESS = 0.5;

export type Likeness = Readonly<{
  /** 0 to 1. */
  score: number;
  /**
   * First the aspects that agree, then those that differ: `same kind (slow-query)`, `3 of 4 log templates the same`.
   */
  same: readonly string[];
  different: readonly string[];
}>;

/** Undefined where they are not similar. */
export function likeness(one: Fingerprint, other: Fingerprint): Likeness | undefined {
  let agreed = 0;
  let all = 0;
  const same: string[] = [];
  const different: string[] = [];
  for (const [aspect, weight] of Object.entries(WEIGHTS) as [Aspect, number][]) {
    const { both, either } = overlap(setOf(one, aspect), setOf(other, aspect));
    if (either === 0) continue;
    all += weight;
    agreed += (weight * both) / either;
    if (both > 0) same.push(sameWords(one, aspect, both, either));
    else different.push(OTHER[aspect]);
  }
  const score = all === 0 ? 0 : agreed / all;
  return score >= LEAST_LIKENESS && isOfOneSort(one, other) ? { score, same, different } : undefined;
}

/** The problem has to agree, not only the place. */
function isOfOneSort(one: Fingerprint, other: Fingerprint): boolean {
  if (one.kind === other.kind) return true;
  const { both, either } = overlap(one.templates, other.templates);
  return both > 0 && 2 * both >= either;
}

function setOf(fingerprint: Fingerprint, aspect: Aspect): readonly string[] {
  const value = fingerprint[aspect];
  return typeof value !== 'string' ? value : value === '' ? [] : [value];
}

function overlap(one: readonly string[], other: readonly string[]): Readonly<{ both: number; either: number }> {
  const first = new Set(one);
  const second = new Set(other);
  const both = [...first].filter((item) => second.has(item)).length;
  return { both, either: first.size + second.size - both };
}

function sameWords(fingerprint: Fingerprint, aspect: Aspect, both: number, either: number): string {
  switch (aspect) {
    case 'templates':
      return `${both} of ${either} log ${either === 1 ? 'template' : 'templates'} the same`;
    case 'neighbours':
      return `${both} of ${either} callers and callees the same`;
    default:
      return `same ${NAMES[aspect]} (${fingerprint[aspect]})`;
  }
}

const NAMES = { kind: 'kind', service: 'service', errorType: 'type of error', operation: 'operation' } as const;

const OTHER: Readonly<Record<Aspect, string>> = {
  kind: 'another kind',
  service: 'another service',
  templates: 'other log templates',
  neighbours: 'other callers and callees',
  errorType: 'another type of error',
  operation: 'another operation',
};
