/**
 * Many requests beside healthy ones, from the bytes of a case to its report, on one core: 8,500 spans in 200 traces with
 * 5,000 lines, as much as is gathered of a busy system.
 */
import { type DrawnWindow, drawWindows } from './accuracy/windows/draw.ts';
import { bodiesOf, reportOf } from './accuracy/windows/report.ts';
import type { DrawnRequest, WindowSpan } from './accuracy/windows/request.ts';
import { type Row, sampleOf } from './measure.ts';

const TRACES = 200;
const SPANS = 8_500;
const LINES = 5_000;
const SEED = 'bench';
/** Of each kind of fault and share: enough to cut the traces from. */
const PER_KIND = 1;

export async function windowRows(rounds: number): Promise<Row[]> {
  const { window, spans, lines } = busyWindow();
  const bodies = bodiesOf(window);
  const time = { fromUs: window.fromMs * 1000, toUs: window.toMs * 1000 };
  const took: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const begun = process.cpuUsage();
    if ((await reportOf(bodies, time)) === undefined) throw new Error('a window without a report');
    const { user, system } = process.cpuUsage(begun);
    took.push((user + system) / 1000);
  }
  const what = `window to report, ${TRACES} traces, ${spans.toLocaleString('en')} spans, ${lines.toLocaleString('en')} lines, of one core`;
  return [{ what, sample: sampleOf(took), unit: 'ms', must: 2_000 }];
}

type Sized = Readonly<{ window: DrawnWindow; spans: number; lines: number }>;

/** Drawn windows of many systems, one beside the other, in one time. */
function busyWindow(): Sized {
  const drawn = [...drawWindows(SEED, PER_KIND, 0)];
  const [first] = drawn;
  if (first === undefined) throw new Error('no window was drawn');
  const sides = [
    drawn.flatMap((one) => movedTo(first, one, one.requests)),
    drawn.flatMap((one) => movedTo(first, one, one.healthy)),
  ];
  const [requests = [], healthy = []] = sides.map((side) => linesCut(joined(side)));
  const count = (of: (one: DrawnRequest) => number) => [...requests, ...healthy].reduce((sum, one) => sum + of(one), 0);
  return {
    window: { ...first, requests, healthy, missing: 'nothing' },
    spans: count((one) => one.spans.length),
    lines: count((one) => one.lines.length),
  };
}

function movedTo(
  first: DrawnWindow,
  { fromMs }: DrawnWindow,
  requests: readonly DrawnRequest[],
): readonly DrawnRequest[] {
  const byMs = first.fromMs - fromMs;
  const spanMoved = (span: WindowSpan) => ({ ...span, startMs: span.startMs + byMs, endMs: span.endMs + byMs });
  return requests.map((one) => ({
    ...one,
    spans: one.spans.map(spanMoved),
    lines: one.lines.map((line) => ({ ...line, atMs: line.atMs + byMs })),
  }));
}

/** Several requests in one trace, as a batch sends them. */
function joined(requests: readonly DrawnRequest[]): readonly DrawnRequest[] {
  const traces: DrawnRequest[] = [];
  let batch: DrawnRequest[] = [];
  let spans = 0;
  for (const request of requests) {
    batch.push(request);
    spans += request.spans.length + (batch.length === 1 ? 1 : 0);
    if (spans < SPANS / TRACES) continue;
    traces.push(batchOf(batch));
    if (traces.length === TRACES / 2) break;
    [batch, spans] = [[], 0];
  }
  return traces;
}

function batchOf(requests: readonly DrawnRequest[]): DrawnRequest {
  const spans = requests.flatMap((one) => one.spans);
  const [first] = requests;
  const [root] = spans;
  if (first === undefined || root === undefined) throw new Error('an empty batch');
  const { traceId } = first;
  const id = `b${root.id.slice(1)}`;
  const startMs = Math.min(...spans.map((span) => span.startMs));
  const endMs = Math.max(...spans.map((span) => span.endMs));
  const batch = { ...root, id, operation: 'batch', kind: 'server', startMs, endMs, failed: false } as const;
  return {
    ...first,
    spans: [batch, ...spans.map((span) => (span.parentId === '' ? { ...span, parentId: id } : span))],
    lines: requests.flatMap(({ lines }) => lines.map((line) => ({ ...line, traceId }))),
  };
}

function linesCut(traces: readonly DrawnRequest[]): readonly DrawnRequest[] {
  let left = LINES / 2;
  return traces.map((trace) => {
    const lines = trace.lines.slice(0, left);
    left -= lines.length;
    return { ...trace, lines };
  });
}
