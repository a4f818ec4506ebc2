/** What is said of the systems outside, read from their registry. */
import type { EvidenceKind, System } from '#adapters/system.ts';

/** Loaded when they are asked for: their settings come with them. */
export async function registeredSystems(): Promise<readonly System[]> {
  return (await import('#adapters/registry.ts')).systems;
}

/** What to set to have such evidence: `JAEGER_URL or TEMPO_URL`. */
export async function settingsFor(kind: EvidenceKind): Promise<string> {
  return oneOf(
    (await registeredSystems()).flatMap(({ evidence }) =>
      evidence?.kinds.includes(kind) ? (evidence.setup?.set ?? []) : [],
    ),
  );
}

export type Connectable = Readonly<{
  name: string;
  /** Ids of the systems. */
  systems: readonly string[];
  /** What to set where none of them is configured, as a sentence. */
  setup: string;
}>;

/** What can be connected to. Systems that are set up for the same purpose without naming it, as databases are, stand together. */
export async function connectable(): Promise<readonly Connectable[]> {
  const all = (await registeredSystems()).flatMap(({ id, evidence }) =>
    evidence?.setup ? [{ id, name: evidence.kinds.includes('databases') ? 'databases' : id, ...evidence.setup }] : [],
  );
  return [...Map.groupBy(all, ({ name }) => name)].map(([name, systems]) => {
    const set = oneOf(systems.map(({ set }) => set));
    return {
      name,
      systems: systems.map(({ id }) => id),
      setup: `Set ${set}${set.includes(',') ? ',' : ''} ${systems[0]?.purpose}.`,
    };
  });
}

/** `A, B or C` */
export function oneOf(words: readonly string[]): string {
  return [words.slice(0, -1).join(', '), ...words.slice(-1)].filter((part) => part !== '').join(' or ');
}
