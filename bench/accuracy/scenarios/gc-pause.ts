import { at, type Family, type Piece } from '../label.ts';
import type { Service } from '../services.ts';
import type { DrawnEvent, Step } from '../span.ts';
import { heavy, listOf } from '../statements.ts';
import type { World } from '../world.ts';

/** As each runtime's agent names a pause. */
function pauseOf({ random }: World, { stack: { language } }: Service, ms: number, atMs: number): DrawnEvent {
  const whole = Math.round(ms);
  switch (language) {
    case 'java':
      return random.pick([
        {
          at: atMs,
          name: 'GC pause',
          attributes: {
            'jvm.gc.name': 'G1 Old Generation',
            'jvm.gc.action': 'end of major GC',
            'gc.duration_ms': whole,
          },
        },
        {
          at: atMs,
          name: 'jvm.gc',
          attributes: {
            'jvm.gc.name': 'PS MarkSweep',
            'jvm.gc.action': 'end of major GC',
            'jvm.gc.duration': ms / 1000,
          },
        },
      ]);
    case 'dotnet':
      return { at: atMs, name: 'GC pause', attributes: { 'gc.generation': 'gen2', 'gc.pause.duration_ms': whole } };
    case 'go':
      return { at: atMs, name: 'gc stop the world', attributes: { 'gc.pause_ms': whole } };
    case 'nodejs':
      return { at: atMs, name: 'gc', attributes: { 'v8js.gc.type': 'major', 'gc.duration_ms': whole } };
    default:
      return { at: atMs, name: 'garbage collection', attributes: { 'gc.generation': '2', 'gc.duration_ms': whole } };
  }
}

function found(here: Service, steps: readonly Step[]): Piece {
  return { steps, expected: [at('gc-pause', here)], allowed: ['unexplained-gap', 'pool-exhaustion', 'slow-query'] };
}

export const gcPause: Family = {
  id: 'gc-pause',
  pairs: true,
  positives: [
    {
      name: 'in the middle of its work',
      draw(world, here, ms) {
        const { random, own } = world;
        const work = own(here, 'build response', [4, ms, random.ms(6)], {
          events: [pauseOf(world, here, ms, random.chance(0.5) ? 4 : ms + 4)],
        });
        return found(here, [random.ms(2), work]);
      },
    },
    {
      name: 'between two queries',
      draw(world, here, ms) {
        const { random, own, query } = world;
        const first = random.ms(9);
        const work = own(
          here,
          'load',
          [
            query(here, listOf(here, here.noun, random), first),
            ms,
            query(here, listOf(here, 'tags', random), random.ms(7)),
          ],
          { events: [pauseOf(world, here, ms * 0.96, first + 1)] },
        );
        return found(here, [work]);
      },
    },
    {
      name: 'two pauses',
      draw(world, here, ms) {
        const { random, own } = world;
        const work = own(here, 'aggregate', [3, ms * 0.6, random.ms(20), ms * 0.4, 5], {
          events: [pauseOf(world, here, ms * 0.6, 3), pauseOf(world, here, ms * 0.4, ms * 0.6 + 24)],
        });
        return found(here, [work]);
      },
    },
    {
      name: 'a span of its own',
      draw({ random, own }, here, ms) {
        const name = here.stack.language === 'java' ? 'GC (Allocation Failure)' : 'gc.pause';
        return found(here, [own(here, 'handle', [random.ms(5), own(here, name, [ms]), random.ms(8)])]);
      },
    },
    {
      name: 'only the log tells of the pause',
      draw({ random, own }, here, ms) {
        const text = {
          java: `[gc] GC(512) Pause Full (Allocation Failure) 3891M->3705M(4096M) ${(ms * 0.97).toFixed(3)}ms`,
          python: `gc: done, 812345 unreachable, 0 uncollectable, ${(ms / 1000).toFixed(4)}s elapsed`,
          nodejs: `[7:0x5581] 81234 ms: Mark-sweep 1890.3 (2048.1) -> 1871.0 (2049.8) MB, ${ms.toFixed(1)} / 0.0 ms allocation failure`,
        }[here.stack.language];
        const logs = [
          {
            at: 'end' as const,
            level: 'warn' as const,
            text: text ?? `GC pause of ${Math.round(ms)} ms, generation 2`,
          },
        ];
        return found(here, [random.ms(3), own(here, 'build response', [4, ms, random.ms(5)], { logs })]);
      },
    },
    {
      name: 'an attribute tells of it',
      draw({ random, own }, here, ms) {
        const name = random.pick(['jvm.gc.pause_ms', 'gc.pause_ms', 'runtime.gc.pause_time_ms']);
        const work = own(here, 'build response', [4, ms, random.ms(6)], {
          attributes: { [name]: Math.round(ms * 0.95) },
        });
        return found(here, [random.ms(2), work]);
      },
    },
  ],
  nearMisses: [
    {
      name: 'a young collection of a few milliseconds',
      draw(world, here) {
        const { random, own } = world;
        const pause = pauseOf(world, here, random.between(2, 6), 3);
        return { steps: [own(here, 'build response', [random.ms(60)], { events: [pause] })], expected: [] };
      },
    },
    {
      name: 'concurrent, while a query runs',
      draw({ random, own, query }, here, ms) {
        const events = [{ at: 5, name: 'gc concurrent mark', attributes: { 'gc.concurrent': true, 'gc.pause_ms': 1 } }];
        const work = own(here, 'load', [2, query(here, heavy(here, here.noun, 'tags', random), ms), 3], { events });
        return { steps: [work], expected: [at('slow-query', here)] };
      },
    },
    {
      name: 'the same gap without a word of it',
      draw({ random, own }, here, ms) {
        return { steps: [own(here, 'build response', [ms]), random.ms(3)], expected: [], allowed: ['unexplained-gap'] };
      },
    },
    {
      name: 'garbage of a city',
      draw({ random, services, call, own }, here, ms) {
        const callee: Service = { ...services.another(), name: 'garbage-collection', noun: 'routes' };
        const where = { method: 'GET', route: '/gc/schedule', path: '/gc/schedule', rpc: 'GetSchedule' };
        return {
          steps: [call(here, callee, where, [own(callee, 'plan collection', [ms]), random.ms(4)])],
          expected: [],
          allowed: ['unexplained-gap'],
        };
      },
    },
  ],
};
