import { expect, test } from 'vitest';
import { sickNode } from '#diagnose/window/sick-nodes.ts';
import { traceFrom } from '#model/trace/build/span-rows.ts';
import type { Trace } from '#model/trace/trace.ts';
import { call, rowsOf, server } from '#test/trace.ts';

const SERVICES = ['fares', 'seats', 'loyalty'] as const;
type Service = (typeof SERVICES)[number];
const ZONES = ['north-1a', 'north-1b', 'north-1c'];

/** What becomes of a call that goes to a zone. */
type Fate = 'answered' | 'failed' | 'unanswered' | 'elsewhere';

/** `GET /trip` on `trips` asks three services, each with a pod in each of three zones, in turn. */
function trips(count: number, fateOf: (zone: string, service: Service) => Fate = () => 'answered', from = 0): Trace[] {
  return Array.from({ length: count }, (_, number) => {
    const at = from + number;
    let cursor = 1;
    const calls = SERVICES.map((service, place) => {
      const meant = ZONES[(at + place) % ZONES.length] ?? '';
      const fate = fateOf(meant, service);
      const zone = fate === 'elsewhere' ? 'north-1a' : meant;
      const resource = { 'cloud.availability_zone': zone };
      const failed = fate === 'failed';
      const answered = server(service, `GET /${service}`, { at: cursor + 0.5, ms: 8 + (at % 5), resource, failed });
      const isLost = fate === 'unanswered';
      const ms = isLost ? 1000 : 10 + (at % 5);
      const asked = call(
        'trips',
        service,
        `GET /${service}`,
        { at: cursor, ms, failed: isLost || failed },
        isLost ? [] : [answered],
      );
      cursor += ms + 1;
      return asked;
    });
    const resource = { 'cloud.availability_zone': ZONES[at % 2] ?? '' };
    const root = server('trips', 'GET /trip', { at: 0, ms: cursor + 1, resource }, calls);
    const rows = rowsOf(root).map((row) => ({
      ...row,
      id: `${at}.${row.id}`,
      parentId: row.parentId === undefined ? undefined : `${at}.${row.parentId}`,
      startUs: row.startUs + at * 1_000_000,
    }));
    return traceFrom(rows, `request-${at}`);
  });
}

const NO_WINDOW = { service: '', fromUs: Number.NaN, toUs: Number.NaN };

function sickOf(fateOf: Parameters<typeof trips>[1], well = 20) {
  const traces = [...trips(well, undefined, 1000), ...trips(40, fateOf, 1000 + well)];
  return sickNode({ ...NO_WINDOW, traces, healthyTraces: trips(40) });
}

test('calls end without an answer, and no answer comes from one zone any more: the zone', () => {
  const sick = sickOf((zone) => (zone === 'north-1b' ? 'unanswered' : 'answered'));
  expect(sick).toMatchObject({ node: 'north-1b', what: 'zone', by: 'answers', of: 3 });
  expect(sick?.services.map(({ service }) => service)).toEqual(['fares', 'loyalty', 'seats']);
  expect(sick?.services.every(({ unanswered = 0, elsewhere }) => unanswered > 0 && elsewhere[0] === 0)).toBe(true);
});

test('answers of one zone are errors: the zone as well', () => {
  const sick = sickOf((zone) => (zone === 'north-1c' ? 'failed' : 'answered'));
  expect(sick).toMatchObject({ node: 'north-1c', what: 'zone', by: 'requests' });
});

test('one service alone is its own affair', () => {
  expect(sickOf((zone, of) => (zone === 'north-1b' && of === 'seats' ? 'unanswered' : 'answered'))).toBeUndefined();
});

test('services moved out of a zone, and nothing fails: none', () => {
  expect(sickOf((zone) => (zone === 'north-1b' ? 'elsewhere' : 'answered'))).toBeUndefined();
});

test('calls fail whatever the zone: none', () => {
  let calls = 0;
  const every = () => {
    calls += 1;
    return calls % 4 === 0 ? 'unanswered' : 'answered';
  };
  expect(sickOf(every)).toBeUndefined();
});

test('all zones but one are silent: no fault of one zone', () => {
  expect(sickOf((zone) => (zone === 'north-1a' ? 'answered' : 'unanswered'))).toBeUndefined();
});
