import { expect, test } from 'vitest';
import { callGraphOf } from '#diagnose/window/call-graph.ts';
import { idleProcessors } from '#diagnose/window/idle-processors.ts';
import type { LogSwitch } from '#diagnose/window/log-switches.ts';
import type { NewFailure } from '#diagnose/window/new-failures.ts';
import type { Finding } from '#model/finding/finding.ts';
import { logLine } from '#test/log-line.ts';

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

test('a full processor of a service that nobody asked, and that has no trouble, is no reason for failures of others', () => {
  const said = (service: string, line: string) =>
    ({
      service,
      change: 'began',
      nats: 40,
      example: logLine(service, 0, line, { level: 'error' }),
    }) as unknown as LogSwitch;
  const complains = said('web', 'rates: upstream connect error or disconnect/reset before headers');
  const one = { headroom: [busy('labels', 0.99)], requests: 0, switches: [complains] };
  const finding = (service: string, facts: object) => ({ service, facts }) as unknown as Finding;
  const about = [finding('rates', { form: 'moved' }), finding('labels', { resource: 'CPU' })];
  expect(idle(one, about)).toEqual(['labels']);
  expect(idle({ ...one, headroom: [busy('rates', 0.99)] }, about)).toEqual([]);
  expect(idle({ ...one, headroom: [busy('web', 0.99)] }, about)).toEqual([]);
  expect(idle(one, [...about, finding('labels', { form: 'metric', isFelt: true })])).toEqual([]);
  expect(idle({ ...one, switches: [complains, said('web', 'cannot write the file')] }, about)).toEqual([]);
  expect(idle({ ...one, requests: 60 }, about)).toEqual([]);
});
