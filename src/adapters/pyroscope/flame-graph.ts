/**
 * Reads a flame graph as Pyroscope answers it. Each level is a row of nodes, four numbers each: the distance to the node
 * before it, its whole time, its own time, and the place of its name.
 *
 * https://github.com/grafana/pyroscope/blob/main/api/querier/v1/querier.proto
 */
import { z } from 'zod';

const PER_NODE = 4;
const [SELF, NAME] = [2, 3];
/** The sum over all nodes that the limit left out: no function. */
const LEFT_OUT = 'other';

/** JSON of protobuf has 64-bit numbers as texts, and leaves out a zero. */
const Whole = z.union([z.number(), z.string().regex(/^\d{1,19}$/)]).transform(Number);

const FlameGraph = z.object({
  names: z.array(z.string()).default([]),
  levels: z.array(z.object({ values: z.array(Whole).default([]) })).default([]),
  total: Whole.default(0),
});

/** The answer of `SelectMergeStacktraces`: without profiles, it has no flame graph. */
export const Merged = z.object({ flamegraph: FlameGraph.nullish() });

/** Nanoseconds of the function itself, without those that it called. */
type OwnTime = Readonly<{ name: string; ns: number }>;

/** The functions with the most own time, the most first; of equal ones by name. `total`: of all functions, in nanoseconds. */
export function ownTimes(
  graph: z.output<typeof FlameGraph>,
  most: number,
): Readonly<{ total: number; functions: readonly OwnTime[] }> {
  const sums = new Map<string, number>();
  for (const { values } of graph.levels) {
    for (let at = 0; at + NAME < values.length; at += PER_NODE) {
      const name = graph.names[values[at + NAME] ?? -1] ?? '';
      const ns = values[at + SELF] ?? 0;
      if (name !== '' && name !== LEFT_OUT && ns > 0) sums.set(name, (sums.get(name) ?? 0) + ns);
    }
  }
  const functions = [...sums].map(([name, ns]) => ({ name, ns }));
  functions.sort((a, b) => b.ns - a.ns || (a.name < b.name ? -1 : 1));
  return { total: graph.total, functions: functions.slice(0, most) };
}
