import { describe, expect, it } from 'vitest';
import { bytesOf, diagnosed } from '../../bench/accuracy/diagnose.ts';
import { type DrawnTrace, drawTraces } from '../../bench/accuracy/draw.ts';
import { DETECTORS } from '../../bench/accuracy/label.ts';
import { families } from '../../bench/accuracy/scenarios/registry.ts';
import type { DrawnSpan, Step } from '../../bench/accuracy/span.ts';
import { recorded } from '../../bench/accuracy/wire/recorded.ts';

/** As many as the family with the most scenarios has, so that each is drawn. */
const PER_KIND = Math.max(...families.flatMap(({ positives, nearMisses }) => [positives.length, nearMisses.length]));
const traces = [...drawTraces('test', PER_KIND)];

describe('drawn traces', () => {
  it('come from a family for each detector of one trace', () => {
    expect(families.map(({ id }) => id)).toEqual([...DETECTORS]);
  });

  it('are the same for the same seed, and others for another', () => {
    const ofSeed = (seed: string) =>
      [...drawTraces(seed, 1)].map((trace) => Buffer.from(bytesOf(trace)).toString('base64'));
    const drawn = ofSeed('a');
    expect(ofSeed('a')).toEqual(drawn);
    expect(ofSeed('b').filter((bytes, index) => bytes === drawn[index])).toEqual([]);
  });

  it('each have a name of their own, and every scenario is among them', () => {
    expect(new Set(traces.map(({ id }) => id)).size).toBe(traces.length);
    const scenarios = families.flatMap(({ id, positives, nearMisses }) => [
      ...positives.map(({ name }) => `${id}/positive/${name}/0`),
      ...nearMisses.map(({ name }) => `${id}/near miss/${name}/0`),
    ]);
    const drawn = new Set(traces.map(({ id }) => id));
    expect(scenarios.filter((id) => !drawn.has(id))).toEqual([]);
  });

  it('are written in all three forms', () => {
    expect(new Set(traces.map(({ format }) => format))).toEqual(new Set(['jaeger', 'otlp', 'zipkin']));
  });

  it('are trees in which callers last as long as what they wait for', () => {
    expect(traces.flatMap((trace) => shapeProblems(trace))).toEqual([]);
  });

  it('are labelled without contradiction', () => {
    expect(traces.flatMap((trace) => labelProblems(trace))).toEqual([]);
  });

  it('log while their spans last', () => {
    const lines = traces.flatMap(({ spans, logs }) => {
      const byId = new Map(spans.map((span) => [span.id, span]));
      return logs.map(({ atUs, spanId, text }) => ({ text, atUs, span: byId.get(spanId) }));
    });
    expect(lines.length).toBeGreaterThan(0);
    const misplaced = lines.filter(({ atUs, span }) => span === undefined || atUs < span.startUs || atUs > span.endUs);
    expect(misplaced.map(({ text }) => text)).toEqual([]);
  });

  it('are read as they were drawn', { tags: ['deep'] }, async () => {
    for (const trace of drawTraces('read', 2)) {
      const sent = recorded(trace);
      const read = (await diagnosed(trace)).trace;
      const services = [...new Set(sent.map(({ service }) => service.name))].sort();
      const spans = new Set(sent.map(({ id }) => id)).size;
      expect([trace.id, read?.spanCount, read?.services.toSorted()]).toEqual([trace.id, spans, services]);
    }
  });
});

function shapeProblems({ id, spans }: DrawnTrace): string[] {
  const byId = new Map(spans.map((span) => [span.id, span]));
  const notWaitedFor = new Set(spans.flatMap(({ drawn }) => [...detachedIn(drawn.steps)]));
  const problems = byId.size < spans.length ? [`${id}: two spans with one id`] : [];
  for (const { parentId, startUs, endUs, drawn } of spans) {
    if (endUs < startUs) problems.push(`${id}: ${drawn.operation} ends before it starts`);
    if (parentId === undefined) continue;
    const parent = byId.get(parentId);
    if (parent === undefined) problems.push(`${id}: ${drawn.operation} has no parent`);
    else if (startUs < parent.startUs) problems.push(`${id}: ${drawn.operation} starts before its parent`);
    else if (endUs > parent.endUs && parent.drawn.cutMs === undefined && !notWaitedFor.has(drawn)) {
      problems.push(`${id}: ${drawn.operation} ends after its parent`);
    }
  }
  return problems;
}

function labelProblems({ id, part, family, label, spans }: DrawnTrace): string[] {
  const expected = label.expected.map(({ kind }) => kind);
  const problems: string[] = [];
  if (part === 'positive' && !expected.some((kind) => kind === family))
    problems.push('its own problem is not expected');
  if (part === 'near miss' && [...expected, ...label.allowed].some((kind) => kind === family)) {
    problems.push('a near miss may be found');
  }
  if (part === 'healthy' && expected.length + label.verdicts.length > 0) problems.push('healthy, and yet blamed');
  if (part === 'pair' && label.verdicts.length === 0) problems.push('no verdict to rank');
  for (const kind of expected) if (label.allowed.includes(kind)) problems.push(`${kind} is expected and allowed`);

  const said = spans.flatMap(({ drawn }) => [drawn.service.name, ...Object.values(drawn.attributes).map(String)]);
  for (const { kind, services } of [...label.expected, ...label.verdicts]) {
    if (!services.some((service) => said.some((text) => text.includes(service)))) {
      problems.push(`${kind} blames ${services.join()}, which nothing names`);
    }
  }
  return problems.map((problem) => `${id}: ${problem}`);
}

function* detachedIn(steps: readonly Step[]): Generator<DrawnSpan> {
  for (const step of steps) {
    if (typeof step === 'number') continue;
    if ('detached' in step) yield step.detached;
    else if ('together' in step) for (const lane of step.together) yield* detachedIn(lane);
  }
}
