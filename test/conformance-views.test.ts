/** Clocks, self times, errors, drag and slack as other projects count them. They are pinned: `test/support/shared-files.ts`. */
import { dirname } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { traceBody } from '#decode/trace-body.ts';
import { buildTrace } from '#model/trace/build/trace-builder.ts';
import type { Trace } from '#model/trace/trace.ts';
import { criticalPath } from '#model/trace/views/critical-path.ts';
import { dragUs, slackUs } from '#model/trace/views/drag.ts';
import { errorRole } from '#model/trace/views/error-roles.ts';
import { selfUs } from '#model/trace/views/self-time.ts';
import { shared } from '#test/shared-files.ts';

describe('clocks, as Jaeger corrects them', () => {
  type Expected = Readonly<{
    max_adjust_us: number;
    spans: readonly Readonly<{
      spanID: string;
      adjusted_start_us: number;
      delta_us: number;
      adjusted_log_us: readonly number[];
    }>[];
    calculated_skew: string | null;
  }>;

  test.each(casesIn('jaeger-clock-skew'))('%s', (folder) => {
    const expected = expectationOf<Expected>(folder);
    const trace = traceIn(folder, expected.max_adjust_us);
    for (const { spanID, adjusted_start_us, delta_us, adjusted_log_us } of expected.spans) {
      const span = spanOf(trace, spanID);
      expect(trace.startEpochUs + trace.startUs(span)).toBe(adjusted_start_us);
      expect(trace.shiftUs(span)).toBe(delta_us);
      const events = trace.events(span).map(({ atUs }) => trace.startEpochUs + atUs);
      if (adjusted_log_us.length > 0) expect(events).toEqual(adjusted_log_us);
    }
    expect(trace.repairs.clockSkew).toBe(expected.spans.filter(({ delta_us }) => delta_us !== 0).length);
    expect(trace.repairs.clockSkewTooLarge > 0).toBe(expected.calculated_skew !== null);
  });
});

describe('ids that client and server share', () => {
  test.each(casesIn('jaeger-adjusters'))('%s', (folder) => {
    type Expected = Readonly<{ spans: readonly Readonly<{ index: number; spanID: string; parent: string | null }>[] }>;
    const { spans } = expectationOf<Expected>(folder);
    const trace = traceIn(folder);
    // The peer gives the server an id of its own; ours stays as it came, so that spans are told by their place.
    const indexOf = new Map(spans.map(({ spanID, index }) => [spanID, index]));
    for (const { index, parent } of spans)
      expect(trace.parent(index)).toBe(parent === null ? undefined : indexOf.get(parent));
  });
});

describe('self time, as Jaeger’s UI counts it', () => {
  type Row = Readonly<{ name: string; count: number; self_total_ms: number }>;

  test.each(casesIn('jaeger-ui-self-time'))('%s', (folder) => {
    const expected = expectationOf<Readonly<{ by_service: readonly Row[]; by_operation: readonly Row[] }>>(folder);
    const trace = asItCame(folder);
    for (const row of expected.by_service) expectSelfTime(trace, row, (span) => trace.service(span));
    for (const row of expected.by_operation) expectSelfTime(trace, row, (span) => trace.operation(span));
  });

  /** The peer shows milliseconds with two decimals. */
  const ROUNDED_US = 5;

  function expectSelfTime(trace: Trace, row: Row, nameOf: (span: number) => string): void {
    const spans = Array.from({ length: trace.spanCount }, (_, span) => span).filter(
      (span) => nameOf(span) === row.name,
    );
    const totalUs = spans.reduce((sum, span) => sum + selfUs(trace, span), 0);
    expect([row.name, spans.length]).toEqual([row.name, row.count]);
    expect(Math.abs(totalUs - Math.round(row.self_total_ms * 1000)), row.name).toBeLessThanOrEqual(ROUNDED_US);
  }
});

describe('the critical path, as Jaeger’s UI draws it', () => {
  type Section = Readonly<{ spanID: string; sectionStart: number; sectionEnd: number }>;

  test.each(casesIn('jaeger-ui-critical-path'))('%s', (folder) => {
    const { sections } = expectationOf<Readonly<{ sections: readonly Section[] }>>(folder);
    const trace = asItCame(folder);
    const ours = criticalPath(trace).map(({ span, startUs, endUs }) => ({
      spanID: trace.spanId(span),
      sectionStart: trace.startEpochUs + startUs,
      sectionEnd: trace.startEpochUs + endUs,
    }));
    expect(ours.toReversed()).toEqual(sections);
  });
});

describe('errors, drag and slack, as CRISP counts them', () => {
  type Oracle = Readonly<{
    dropped_span_ids: readonly string[];
    errors: Readonly<{ self: readonly string[]; propagated: readonly string[]; stopped: readonly string[] }>;
    drag_us_by_span: Readonly<Record<string, number>>;
    slack_us_by_span: Readonly<Record<string, number>>;
  }>;
  type Expected = Readonly<{ peers_agree_on_critical_path?: boolean; oracle?: Oracle }>;

  test.each([...casesIn('crisp'), ...casesIn('crisp-oracle-synthetic')])('%s', (folder) => {
    const { oracle, peers_agree_on_critical_path: peersAgree } = expectationOf<Expected>(folder);
    if (peersAgree !== true || oracle === undefined) return;
    const trace = asItCame(folder);
    const spans = Array.from({ length: trace.spanCount }, (_, span) => span);

    // A span that failed outside its caller's time has failed all the same.
    const left = new Set([...loggedErrors(trace), ...oracle.dropped_span_ids]);
    const without = (ids: readonly string[]) => ids.filter((id) => !left.has(id)).sort();
    const having = (role: string) =>
      without(spans.filter((span) => errorRole(trace, span) === role).map((span) => trace.spanId(span)));
    expect(having('origin')).toEqual(without(oracle.errors.self));
    expect(having('propagated')).toEqual(without(oracle.errors.propagated));
    expect(having('stopped')).toEqual(without(oracle.errors.stopped));

    const drags = spans
      .filter((span) => dragUs(trace, span) > 0)
      .map((span) => [trace.spanId(span), dragUs(trace, span)]);
    expect(Object.fromEntries(drags)).toEqual(
      Object.fromEntries(Object.entries(oracle.drag_us_by_span).filter(([, us]) => us > 0)),
    );

    // CRISP has a slack for spans that ran outside their caller, too; nobody waited for those.
    const waitedFor = spans.filter((span) => slackUs(trace, span) !== undefined);
    const slacks = Object.fromEntries(waitedFor.map((span) => [trace.spanId(span), slackUs(trace, span)]));
    const expected = Object.entries(oracle.slack_us_by_span).filter(([id]) => id in slacks);
    expect(slacks).toEqual(Object.fromEntries(expected));
    for (const id of oracle.dropped_span_ids) expect(slackUs(trace, spanOf(trace, id))).toBeUndefined();
  });

  /** CRISP takes a log line `event=error` for a failure; here it takes a status, an error tag or a status code. */
  function loggedErrors(trace: Trace): string[] {
    return Array.from({ length: trace.spanCount }, (_, span) => span)
      .filter((span) => trace.events(span).some(({ name }) => name === 'error'))
      .map((span) => trace.spanId(span));
  }
});

function casesIn(group: string): string[] {
  return shared.files(`conformance/${group}/*/expect.json`).map((file) => dirname(file));
}

function expectationOf<T>(folder: string): T {
  return shared.json<T>(`${folder}/expect.json`);
}

function traceIn(folder: string, maxSkewUs?: number): Trace {
  const file = `${folder}/trace.json`;
  const body = traceBody('auto', file);
  body.push(shared.has(file) ? shared.bytes(file) : gunzipSync(shared.bytes(`${file}.gz`)));
  const [first] = body.end();
  if (first === undefined) throw new Error(`${file} holds no trace`);
  return buildTrace(first.spans, first.traceId, maxSkewUs);
}

/** These peers read the clocks as they are. */
function asItCame(folder: string): Trace {
  return traceIn(folder, 0);
}

function spanOf(trace: Trace, id: string): number {
  for (let span = 0; span < trace.spanCount; span += 1) if (trace.spanId(span) === id) return span;
  throw new Error(`no span ${id}`);
}
