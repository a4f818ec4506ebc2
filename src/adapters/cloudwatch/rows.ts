/**
 * The rows of an answer of Logs Insights: pairs of field and value, all of them texts. As lines they have Loki's form, which
 * the decoder reads: the message is the line; service and place become labels.
 */
import { z } from 'zod';
import type { CountedLines } from '#adapters/counted-lines.ts';
import { byFields, type LineFields } from '#adapters/line-fields.ts';
import { count, type Tally } from '#adapters/line-pages.ts';
import { type LabelledLine, lokiStreams } from '#adapters/rewritten-rows.ts';
import { LEVEL, LINES, SERVICE } from './insights.ts';

export type Row = ReadonlyMap<string, string>;

const Pair = z.object({ field: z.string(), value: z.string().nullish() });

/** `results` is missing while a query waits. */
export const Results = z.object({
  status: z.string(),
  results: z
    .array(z.array(Pair).transform((pairs): Row => new Map(pairs.map(({ field, value }) => [field, value ?? '']))))
    .nullish(),
});

/** Insights finds fields in the text alone, so the line has the `set` ones. Counts the lines in `tally`. */
export function streamsOf(rows: readonly Row[], set: LineFields, tally: Tally): Uint8Array {
  return lokiStreams(
    rows.flatMap((row): LabelledLine[] => {
      const ms = timeIn(row);
      if (ms === undefined) return [];
      const ns = BigInt(ms) * 1_000_000n;
      count(tally, ns);
      return [byFields(set, { ns, labels: labelsOf(row), line: (row.get('@message') ?? '').trimEnd() })];
    }),
  );
}

/** `2026-11-20 06:25:44.488`, in milliseconds since the epoch. */
export function timeIn(row: Row): number | undefined {
  return instantOf(row.get('@timestamp') ?? '');
}

function instantOf(text: string): number | undefined {
  const ms = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/.test(text)
    ? Date.parse(`${text.replace(' ', 'T')}Z`)
    : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

const PLACES = [
  ['namespace', 'kubernetes.namespace_name'],
  ['pod', 'kubernetes.pod_name'],
  ['container', 'kubernetes.container_name'],
  ['log_group', '@log'],
  ['log_stream', '@logStream'],
] as const;

function labelsOf(row: Row): Readonly<Record<string, string>> {
  const said = PLACES.map(([label, field]) => [label, row.get(field) ?? ''] as const);
  return Object.fromEntries([['service_name', serviceOf(row)] as const, ...said].filter(([, value]) => value !== ''));
}

/** Else the program after which the log group is named: `/aws/lambda/checkout`, `123456789012:/ecs/checkout`. */
function serviceOf(row: Row): string {
  const named = row.get(SERVICE) ?? '';
  const [group = ''] = (row.get('@log') ?? '').split(':').slice(-1);
  return named === '' && !SHARED_GROUP.test(group) ? (group.split('/').at(-1) ?? '') : named;
}

/** Groups of Container Insights and of clusters have the lines of many programs. */
const SHARED_GROUP = /^\/aws\/(?:containerinsights|eks)\//;

/** Lines by service and level, each with its steps. */
export function countsIn(rows: readonly Row[]): readonly CountedLines[] {
  const kinds = new Map<string, { service: string; level: string; counts: Map<number, number> }>();
  for (const row of rows) {
    const bin = [...row].find(([field]) => field.startsWith('bin('))?.[1] ?? '';
    const [ms, lines] = [instantOf(bin), Number(row.get(LINES))];
    if (ms === undefined || !Number.isFinite(lines)) continue;
    const [service, level] = [serviceOf(row), row.get(LEVEL) ?? ''];
    const key = JSON.stringify([service, level]);
    const kind = kinds.get(key) ?? { service, level, counts: new Map() };
    kinds.set(key, kind);
    const seconds = ms / 1_000;
    kind.counts.set(seconds, (kind.counts.get(seconds) ?? 0) + lines);
  }
  return [...kinds.values()].filter(({ service }) => service !== '');
}
