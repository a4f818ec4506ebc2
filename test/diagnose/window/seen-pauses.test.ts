import { describe, expect, test } from 'vitest';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { judgeWindow } from '#diagnose/window/judge-window.ts';
import { seenPauses } from '#diagnose/window/seen-pauses.ts';
import type { Series } from '#model/metrics/series.ts';
import { logLine } from '#test/log-line.ts';
import { shopRequests } from '#test/shop-requests.ts';
import { DRAWN_AT_US, times } from '#test/trace.ts';

const SECOND_US = 1_000_000;
const FROM_US = DRAWN_AT_US + 1000 * SECOND_US;
const TO_US = FROM_US + 60 * SECOND_US;

const pausing = (text: (n: number) => string, every = 5, service = 'price') =>
  times(12, (n) => logLine(service, (1000 + n * every) * 1000, `[gc] GC(${n}) ${text(n)}`));
const full = pausing((n) => `Pause Full (G1 Compaction Pause) 1020M->1011M(1024M) ${900 + n}.112ms`);
const young = pausing(() => 'Pause Young (Normal) (G1 Evacuation Pause) 600M->200M(1024M) 9.112ms');

function seen(parts: Partial<Parameters<typeof seenPauses>[0]>) {
  return seenPauses({ fromUs: FROM_US, toUs: TO_US, logs: [], healthyLogs: [], series: [], ...parts });
}

describe('collections of garbage that stop a service', () => {
  test('stop it for much of the time', () => {
    expect(seen({ logs: full, healthyLogs: young }).get('price')?.text).toContain('Pause Full');
  });

  test.each([
    ['short ones', young],
    ['concurrent ones', pausing(() => 'Concurrent Mark Cycle 1900.211ms')],
    ['a long one now and then', pausing(() => 'Pause Full (System.gc()) 800M->90M(1024M) 410.2ms', 60)],
  ])('not by %s', (_, logs) => {
    expect(seen({ logs }).size).toBe(0);
  });

  test('not where they did so before', () => {
    expect(seen({ logs: full, healthyLogs: full }).size).toBe(0);
  });

  test('by a metric of the time in them', () => {
    const atUs = Float64Array.from(times(70, (n) => FROM_US + (n - 60) * 10 * SECOND_US));
    let sum = 4000;
    const values = atUs.map((us) => {
      sum += us < FROM_US ? 0.01 : 4;
      return sum;
    });
    const series: Series = { name: 'jvm_gc_pause_seconds_sum', labels: { service: 'price' }, atUs, values };
    expect(seen({ series: [series] }).get('price')?.text).toContain('of the time in garbage collection');
  });
});

function judged(own: number) {
  return judgeWindow(
    {
      service: 'web',
      fromUs: FROM_US,
      toUs: TO_US,
      traces: shopRequests(60, own === 0 ? {} : { own: { price: own } }, { from: 1000 }),
      healthyTraces: shopRequests(60),
      logs: full,
      healthyLogs: young,
      series: [],
      seen: [],
      detectors: knownDetectors(detectors),
    },
    { symptom: { kind: 'none', text: '' }, findings: [], diagnosis: undefined, seenShare: undefined },
  ).diagnosis;
}

test('a service whose own work takes longer meanwhile: that is why', () => {
  expect(judged(90)).toMatchObject({ service: 'price', kind: 'gc-pause' });
});

test('requests that are as fast as ever: nothing is wrong', () => {
  expect(judged(0)?.status ?? 'inconclusive').toBe('inconclusive');
});
