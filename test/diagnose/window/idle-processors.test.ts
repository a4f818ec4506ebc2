import { expect, test } from 'vitest';
import { callGraphOf } from '#diagnose/window/call-graph.ts';
import { idleProcessors } from '#diagnose/window/idle-processors.ts';
import type { NewFailure } from '#diagnose/window/new-failures.ts';
import type { Finding } from '#model/finding/finding.ts';

type Signs = Parameters<typeof idleProcessors>[0];

const calls = callGraphOf([], [], [{ caller: 'web', callee: 'rates' }]);

function busy(service: string, now: number, before = 0.4): Signs['headroom'][number] {
  const share = (now - before) / (1 - before);
  return { service, instance: '', share, before, now, isOfStore: false, unit: 'CPU' };
}

function failure(service: string, said: string): NewFailure {
  return { service, said, nats: 9 } as NewFailure;
}

function slow(service: string): Finding {
  return { service, facts: { form: 'metric', isFelt: true } } as unknown as Finding;
}

function idle(parts: Partial<Signs>, seen: readonly Finding[] = []): readonly string[] {
  const signs = { headroom: [], filled: new Set<string>(), failures: [], requests: 60, ...parts };
  return [...idleProcessors(signs, seen, calls)];
}

test('a processor with room leads to no failure that a callee of its service explains', () => {
  const failures = [failure('rates', 'the provider is under maintenance')];
  expect(idle({ headroom: [busy('web', 0.79)], failures })).toEqual(['web']);
  expect(idle({ headroom: [busy('web', 0.97)], failures })).toEqual([]);
  expect(idle({ headroom: [busy('web', 0.79)], filled: new Set(['web']), failures })).toEqual([]);
});

test('a busy service may lead to failures of its callers, and to failures that go with load', () => {
  expect(idle({ headroom: [busy('rates', 0.79)], failures: [failure('web', 'rates answered 500')] })).toEqual([]);
  expect(idle({ headroom: [busy('web', 0.79)], failures: [failure('rates', 'deadline exceeded')] })).toEqual([]);
  expect(idle({ headroom: [busy('web', 0.79)], failures: [failure('rates', '')] })).toEqual([]);
});

test('without requests, a processor with little more to do is no reason for slow answers of another service', () => {
  const one = { headroom: [busy('web', 0.49, 0.23)], requests: 0 };
  expect(idle(one, [slow('rates')])).toEqual(['web']);
  expect(idle(one, [slow('rates'), slow('web')])).toEqual([]);
  expect(idle(one)).toEqual([]);
  expect(idle({ headroom: [busy('web', 0.79, 0.23)], requests: 0 }, [slow('rates')])).toEqual([]);
  expect(idle({ ...one, requests: 60 }, [slow('rates')])).toEqual([]);
});
