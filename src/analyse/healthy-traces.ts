/** The traces of baseline bodies: never diagnosed, and read only if there is a trace to compare with them. */
import type { BodyHead } from '#analyse/session.ts';
import type { HeldTrace } from '#analyse/window-requests.ts';
import type { TraceSpans } from '#decode/body-decoder.ts';
import type { Health } from '#model/finding/analysis.ts';
import type { Gap } from '#model/finding/gap.ts';
import { type Baseline, type Baselines, baselines } from '#model/requests/baseline.ts';
import { isUnchosen, type Sample } from '#model/requests/seen-request.ts';
import type { SpanTable } from '#model/trace/build/span-table.ts';
import { buildTrace } from '#model/trace/build/trace-builder.ts';
import { comparableId } from '#model/trace/id-forms.ts';
import type { Trace } from '#model/trace/trace.ts';

export type HealthyTraces = Readonly<{
  /** Returns how many spans there are. */
  add(head: Pick<BodyHead, 'source' | 'sample'>, decoded: readonly TraceSpans[]): number;
  /** Call when other traces are in question than before. */
  asked(traceId: string): void;
  /** The usual values of the request, in the healthy window if one is given; both undefined without a baseline. */
  comparedWith(trace: Trace, health?: Health): Readonly<{ baseline: Baseline | undefined; gap: Gap | undefined }>;
  /** All of them except those in question. */
  all(): readonly Omit<HeldTrace, 'isHealthy'>[];
  /** Call when none of those is in question any longer. */
  asksNothing(): void;
  clear(): void;
}>;

type Table = Pick<HeldTrace, 'source' | 'sample'> & Readonly<{ spans: SpanTable }>;

/** If several searches found a trace, uses the answer with the most spans, because it may still have been arriving. */
export function foundAgain(known: Table, spans: SpanTable, sample: Sample): Partial<Table & { trace: undefined }> {
  return {
    ...(isUnchosen(sample) && { sample }),
    ...(spans.count() > known.spans.count() && { spans, trace: undefined }),
  };
}

/** Fewer traces do not show how much healthy requests vary. */
const ENOUGH = 5;

export function healthyTraces(maxClockSkewUs: number): HealthyTraces {
  const tables = new Map<string, Table>();
  /** For callers that request all of them more than once. */
  let built: readonly Omit<HeldTrace, 'isHealthy'>[] | undefined;
  const sources = new Set<string>();
  /** A trace must not count as healthy because it equals itself. */
  const questioned = new Set<string>();
  let usual: Baselines | undefined;
  let usualOf = '';

  function* traces(time: Health['healthy']): Generator<Trace> {
    for (const [id, { spans }] of tables) {
      if (questioned.has(id)) continue;
      const trace = buildTrace(spans, id, maxClockSkewUs);
      if (time === undefined || isWithin(trace, time)) yield trace;
    }
  }
  const forget = () => {
    usual = undefined;
    built = undefined;
  };
  return {
    add({ source, sample }, decoded) {
      forget();
      sources.add(source);
      let count = 0;
      for (const { traceId, spans } of decoded) {
        const id = comparableId(traceId);
        const known = tables.get(id);
        if (known === undefined) tables.set(id, { spans, source, sample });
        else if (sample === undefined) known.spans.append(spans);
        else tables.set(id, { ...known, ...foundAgain(known, spans, sample) });
        count += spans.count();
      }
      return count;
    },
    asked(traceId) {
      const id = comparableId(traceId);
      if (!tables.has(id) || questioned.has(id)) return;
      questioned.add(id);
      forget();
    },
    asksNothing() {
      if (questioned.size === 0) return;
      questioned.clear();
      forget();
    },
    comparedWith(trace, { healthy, unhealthy } = {}) {
      if (unhealthy !== undefined) return { baseline: undefined, gap: noHealthGap(unhealthy) };
      if (tables.size === 0) return { baseline: undefined, gap: undefined };
      const key = healthy === undefined ? '' : `${healthy.fromUs} ${healthy.toUs}`;
      if (key !== usualOf) usual = undefined;
      usualOf = key;
      usual ??= baselines(traces(healthy));
      const baseline = usual.of(trace);
      return { baseline, gap: gapOf([...sources].join(', '), trace, baseline?.traces ?? 0) };
    },
    all() {
      built ??= [...tables].flatMap(([id, { spans, ...read }]) =>
        questioned.has(id) ? [] : [{ ...read, trace: buildTrace(spans, id, maxClockSkewUs) }],
      );
      return built;
    },
    clear() {
      tables.clear();
      forget();
    },
  };
}

function isWithin({ startEpochUs, durationUs }: Trace, { fromUs, toUs }: Readonly<{ fromUs: number; toUs: number }>) {
  return startEpochUs >= fromUs && startEpochUs + durationUs <= toUs;
}

/** Every readable window was unhealthy too, so nothing was compared. */
export function noHealthGap(unhealthy: string): Gap {
  const consequence = 'failures were counted without a comparison, and slow calls were judged one request at a time';
  return { source: 'health', problem: `no healthy time window was found: ${unhealthy}`, consequence };
}

function gapOf(source: string, trace: Trace, count: number): Gap | undefined {
  const request = `${trace.operation(trace.root)} on ${trace.service(trace.root)}`;
  if (count === 0) {
    const problem = `holds no healthy trace of ${request}`;
    return { source, problem, consequence: 'nothing was compared with healthy requests' };
  }
  if (count >= ENOUGH) return undefined;
  const problem = `holds ${count} healthy trace${count === 1 ? '' : 's'} of ${request}, fewer than ${ENOUGH}`;
  return { source, problem, consequence: 'only large differences show, and missing services do not' };
}
