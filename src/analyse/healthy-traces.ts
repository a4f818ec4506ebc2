/** The traces of baseline bodies: never diagnosed themselves, and read only when there is something to compare them with. */
import type { TraceSpans } from '#decode/trace-body.ts';
import { type Baseline, type Baselines, baselines } from '#model/baseline.ts';
import type { Gap } from '#model/gap.ts';
import { comparableId } from '#model/id-forms.ts';
import type { SpanTable } from '#model/span-table.ts';
import type { Trace } from '#model/trace.ts';
import { buildTrace } from '#model/trace-builder.ts';

export type HealthyTraces = Readonly<{
  /** Returns how many spans there are. */
  add(head: Readonly<{ source: string }>, decoded: readonly TraceSpans[]): number;
  /** That other traces are in question now than before. */
  asked(traceId: string): void;
  /** What is usual of the request; both undefined where no baseline was given. */
  comparedWith(trace: Trace): Readonly<{ baseline: Baseline | undefined; gap: Gap | undefined }>;
  /** All of them but those in question. */
  all(): readonly Trace[];
  /** That none of those is in question any longer. */
  asksNothing(): void;
  clear(): void;
}>;

/** Of less than that many nobody can tell how much healthy requests differ. */
const ENOUGH = 5;

export function healthyTraces(maxClockSkewUs: number): HealthyTraces {
  const tables = new Map<string, SpanTable>();
  const sources = new Set<string>();
  /** A trace is not healthy because it is like itself. */
  const questioned = new Set<string>();
  let usual: Baselines | undefined;

  function* traces(): Generator<Trace> {
    for (const [id, spans] of tables) if (!questioned.has(id)) yield buildTrace(spans, id, maxClockSkewUs);
  }
  return {
    add({ source }, decoded) {
      usual = undefined;
      sources.add(source);
      let count = 0;
      for (const { traceId, spans } of decoded) {
        const id = comparableId(traceId);
        const known = tables.get(id);
        if (known === undefined) tables.set(id, spans);
        else known.append(spans);
        count += spans.count();
      }
      return count;
    },
    asked(traceId) {
      const id = comparableId(traceId);
      if (!tables.has(id) || questioned.has(id)) return;
      questioned.add(id);
      usual = undefined;
    },
    asksNothing() {
      if (questioned.size === 0) return;
      questioned.clear();
      usual = undefined;
    },
    comparedWith(trace) {
      if (tables.size === 0) return { baseline: undefined, gap: undefined };
      usual ??= baselines(traces());
      const baseline = usual.of(trace);
      return { baseline, gap: gapOf([...sources].join(', '), trace, baseline?.traces ?? 0) };
    },
    all: () => [...traces()],
    clear() {
      tables.clear();
      usual = undefined;
    },
  };
}

function gapOf(source: string, trace: Trace, count: number): Gap | undefined {
  const request = `${trace.operation(trace.root)} on ${trace.service(trace.root)}`;
  if (count === 0) {
    const problem = `holds no healthy trace of ${request}`;
    return { source, problem, consequence: 'nothing was compared with how the request usually is' };
  }
  if (count >= ENOUGH) return undefined;
  const problem = `holds ${count} healthy trace${count === 1 ? '' : 's'} of ${request}, and ${ENOUGH} are few`;
  return { source, problem, consequence: 'only large differences show, and no service that is missing' };
}
