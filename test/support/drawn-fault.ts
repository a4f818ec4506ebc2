/** One request with a fault of the accuracy bench's generator, any number of times, and the same request without it. */
import type { DrawnTrace } from '../../bench/accuracy/draw.ts';
import type { Family, Piece } from '../../bench/accuracy/label.ts';
import { logsOf } from '../../bench/accuracy/logs.ts';
import { randomOf } from '../../bench/accuracy/random.ts';
import { recordingOf } from '../../bench/accuracy/recording.ts';
import type { Attributes, DrawnSpan, Step } from '../../bench/accuracy/span.ts';
import { placed } from '../../bench/accuracy/span.ts';
import { aroundOf, requestAround } from '../../bench/accuracy/surroundings.ts';
import { worldOf } from '../../bench/accuracy/world.ts';

export type DrawnFault = Readonly<{
  name: string;
  /** The services that the request passes, in no order. */
  services: readonly string[];
  /** The request at this time, a little longer or shorter by its number. */
  faulty(number: number, beginsUs: number): DrawnTrace;
  healthy(number: number, beginsUs: number): DrawnTrace;
}>;

/** `variant`: which of the family's positives, counted round. */
export function drawnFault(seed: string, { id, positives }: Family, variant: number): DrawnFault {
  const chosen = positives[variant % positives.length];
  if (chosen === undefined) throw new Error(`${id} has no positive`);
  const random = randomOf(`${seed}/${id}/${chosen.name}`);
  const world = worldOf(random);
  const here = world.services.another();
  const ms = random.between(900, 2_500);
  const piece: Piece = chosen.draw(world, here, ms);
  const hole: DrawnSpan = world.own(here, 'the piece', []);
  const root = requestAround(world, here, { ...piece, steps: [hole] }, aroundOf(world, ms));
  const filled = { faulty: withSteps(root, hole, piece.steps), healthy: healed(withSteps(root, hole, [HANDLED_MS])) };
  const recording = recordingOf(random.fork('recording'), false);
  const copy = (kind: 'faulty' | 'healthy', number: number, beginsUs: number): DrawnTrace => {
    const ids = randomOf(`${seed}/${kind}/${number}`);
    const spans = placed(paced(filled[kind], paceOf(number)), () => ids.hex(16));
    return {
      id: `${id}/positive/${chosen.name}/${variant}`,
      part: 'positive',
      family: id,
      label: { expected: [], allowed: [], verdicts: [] },
      traceId: ids.hex(32),
      beginsUs,
      spans,
      clocksMs: new Map(),
      missing: [],
      recording,
      logs: logsOf(randomOf(`${seed}/logs`), spans),
      format: 'jaeger',
    };
  };
  return {
    name: `${id}: ${chosen.name}`,
    services: [...new Set(placed(root, () => '').map(({ drawn }) => drawn.service.name))],
    faulty: (number, beginsUs) => copy('faulty', number, beginsUs),
    healthy: (number, beginsUs) => copy('healthy', number, beginsUs),
  };
}

const HANDLED_MS = 3;

/** No two requests last equally long: within five per cent. */
function paceOf(number: number): number {
  return 0.95 + ((number * 7) % 11) / 100;
}

function mapped(span: DrawnSpan, step: (of: number | DrawnSpan) => readonly Step[]): DrawnSpan {
  const follow = (steps: readonly Step[]): readonly Step[] =>
    steps.flatMap((one): readonly Step[] => {
      if (typeof one === 'number') return step(one);
      if ('together' in one) return [{ together: one.together.map(follow) }];
      if ('detached' in one) return step(one.detached).flatMap((each) => asDetached(each, one.afterMs));
      return step(one);
    });
  return { ...span, steps: follow(span.steps) };
}

function asDetached(step: Step, afterMs: number): readonly Step[] {
  return typeof step === 'object' && 'operation' in step ? [{ detached: step, afterMs }] : [];
}

function withSteps(root: DrawnSpan, hole: DrawnSpan, steps: readonly Step[]): DrawnSpan {
  return mapped(root, (one) => {
    if (one === hole) return steps;
    return typeof one === 'number' ? [one] : [withSteps(one, hole, steps)];
  });
}

function paced(root: DrawnSpan, pace: number): DrawnSpan {
  const own = root.cutMs === undefined ? root : { ...root, cutMs: root.cutMs * pace };
  return mapped(own, (one) => [typeof one === 'number' ? one * pace : paced(one, pace)]);
}

/** Nothing failed in it. */
function healed(root: DrawnSpan): DrawnSpan {
  const { failure: _, ...span } = root;
  const own = { ...span, attributes: withoutFailure(span.attributes), events: [], logs: [] };
  return mapped(own, (one) => [typeof one === 'number' ? one : healed(one)]);
}

function withoutFailure(attributes: Attributes): Attributes {
  const kept = Object.entries(attributes).filter(([name]) => !/^(?:error|exception)\b|^otel\.status/.test(name));
  return Object.fromEntries(
    kept.map(([name, value]) => {
      if (!/status_?code$|\.code$/.test(name)) return [name, value];
      if (typeof value === 'string' && !/^\d+$/.test(value)) return [name, 'OK'];
      if (/http/.test(name)) return [name, Number(value) >= 400 ? 200 : value];
      return [name, 0];
    }),
  );
}
