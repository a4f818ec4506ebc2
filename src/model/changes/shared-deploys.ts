/**
 * One deploy of several services: a repository of many, or a shared library that each of them takes. It belongs to nobody,
 * and its title names them.
 *
 *   deploy 2026.41 of –         “monorepo 2026.41: core 3.0.0 (search, offers)”
 *   deploy 2026.41 of search    ◄──┬── counts for each of them
 *   deploy 2026.41 of offers    ◄──┘
 */
import type { Change } from '#model/changes/change.ts';

/** Shorter names are words of every title. */
const SHORTEST_NAME = 3;

/** `services`: those that the evidence knows. */
export function withSharedDeploys(changes: readonly Change[], services: readonly string[]): readonly Change[] {
  return changes.flatMap((change) => {
    if (change.kind !== 'deploy' || change.service !== '') return [change];
    const said = new Set(change.text.toLowerCase().match(/[a-z\d][\w-]{1,80}/g));
    const named = services.filter((name) => name.length >= SHORTEST_NAME && said.has(name.toLowerCase()));
    return named.length === 0 ? [change] : named.map((service) => ({ ...change, service }));
  });
}

/** Keeps a change that counts for several services once: for the service where its score is highest. */
export function mostSuspect<One extends Readonly<{ change: Change; score: number }>>(
  all: readonly One[],
): readonly One[] {
  const best = new Map<string, One>();
  for (const one of all) {
    const { kind, id, atUs, service } = one.change;
    const key = id === '' || kind !== 'deploy' ? `${kind}\n${id}\n${atUs}\n${service}\n${best.size}` : `${id}\n${atUs}`;
    const known = best.get(key);
    if (known === undefined || known.score < one.score) best.set(key, one);
  }
  return [...best.values()];
}
