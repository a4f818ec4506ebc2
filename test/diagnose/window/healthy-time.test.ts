/** Which time stands for health: never one in which something was wrong. */
import { describe, expect, test } from 'vitest';
import { type HealthAsked, healthOf } from '#diagnose/window/healthy-time.ts';
import type { TroubleTime } from '#model/incident/trouble-time.ts';
import type { SeenRequest } from '#model/requests/seen-request.ts';

const MINUTE_US = 60_000_000;

type Drawn = Readonly<{ from: number; to: number; everyS?: number; failEvery?: number; ms?: number }>;

/** Minutes count from when the window began. */
function requests(...times: readonly Drawn[]): SeenRequest[] {
  return times.flatMap(({ from, to, everyS = 30, failEvery = 0, ms = 40 }) => {
    const count = Math.floor(((to - from) * 60) / everyS);
    return Array.from({ length: count }, (_, at): SeenRequest => {
      const startUs = Math.round((from + (at * everyS) / 60) * MINUTE_US);
      const durationUs = (ms + ((at * 7) % 5)) * 1_000;
      const failed = failEvery > 0 && at % failEvery === 0;
      return {
        traceId: `${from}/${at}`,
        source: 'jaeger',
        sample: 'all',
        startUs,
        endUs: startUs + durationUs,
        durationUs,
        operation: 'web GET /orders',
        failed,
        failedInside: failed,
        services: ['web'],
        caller: '',
      };
    });
  });
}

const trouble = (from: number, to: number, what = 'the alert “Orders fail” was firing'): TroubleTime => ({
  fromUs: from * MINUTE_US,
  toUs: to * MINUTE_US,
  what,
});

function health(all: readonly SeenRequest[], more: Partial<HealthAsked> = {}) {
  const asked: HealthAsked = {
    window: { fromUs: 0, toUs: 20 * MINUTE_US },
    before: { fromUs: -30 * MINUTE_US, toUs: -1 },
    onset: undefined,
    troubles: [],
    unread: [],
    requests: all,
    ...more,
  };
  const { healthy, unhealthy } = healthOf(asked);
  const minutes = healthy && [healthy.fromUs, healthy.toUs].map((us) => Math.round(us / MINUTE_US));
  return { minutes, why: healthy?.why ?? '', unhealthy };
}

const WELL = { from: -30, to: 0 };
const NOW = { from: 0, to: 20, failEvery: 4 };

describe('the time before', () => {
  test('stands for health where nothing speaks against it', () => {
    expect(health(requests(WELL, NOW))).toMatchObject({
      minutes: [-30, -0],
      why: 'the 30 min before it; nothing changed since',
    });
  });

  test('does not with one request in twenty that fails: the same time yesterday does', () => {
    const yesterday = { from: -24 * 60, to: -24 * 60 + 20 };
    const all = requests({ ...WELL, failEvery: 10 }, NOW, yesterday);
    expect(health(all)).toMatchObject({
      minutes: [-1440, -1420],
      why: 'the same time yesterday, because in the 30 min before it 6 of 60 requests fail',
    });
  });

  test('stands for health with one failure among few: that is bad luck', () => {
    expect(health(requests({ ...WELL, everyS: 120, failEvery: 15 }, NOW)).minutes).toEqual([-30, -0]);
  });

  test('is searched for the part behind an outage that nobody was told of', () => {
    const all = requests({ from: -30, to: -20, failEvery: 1 }, { from: -20, to: 0 }, NOW);
    const { minutes, why } = health(all);
    expect(minutes).toEqual([-20, -0]);
    expect(why).toBe('20 min of the 30 min before it; in the rest 20 of 20 requests fail');
  });

  test('is searched for the part before an outage that went on', () => {
    const all = requests({ from: -30, to: -12 }, { from: -12, to: 0, ms: 400 }, NOW);
    expect(health(all)).toMatchObject({
      minutes: [-30, -12],
      why: '18 min of the 30 min before it; in the rest requests take more than twice as long',
    });
  });

  test('stays whole where requests took a third longer for a while', () => {
    const all = requests({ from: -30, to: -12 }, { from: -12, to: 0, ms: 55 }, NOW);
    expect(health(all).minutes).toEqual([-30, -0]);
  });
});

describe('a time in which an alert fired', () => {
  test('is none: what is left of the time before is taken, with a margin on both sides', () => {
    // From a quarter of an hour before the alert, for rules wait, until five minutes after it.
    const all = requests({ from: -60, to: 0 }, NOW);
    const before = { fromUs: -60 * MINUTE_US, toUs: -1 };
    expect(health(all, { before, troubles: [trouble(-25, -22)] })).toMatchObject({
      minutes: [-60, -40],
      why: '20 min of the 1 h before it; in the rest the alert “Orders fail” was firing',
    });
  });

  test('with hardly anything left of the time before it is the time before the alert', () => {
    const all = requests({ from: -90, to: 0 }, NOW);
    expect(health(all, { troubles: [trouble(-29, -9)] })).toMatchObject({
      minutes: [-74, -44],
      why: 'the 30 min before that, because only 7 requests came in 4 min of the 30 min before it; in the rest the alert “Orders fail” was firing',
    });
  });

  test('does not stand for health on another day either', () => {
    const day = 24 * 60;
    const all = requests(NOW, { from: -day, to: -day + 20 }, { from: -7 * day, to: -7 * day + 20 });
    const troubles = [trouble(-29, -1), trouble(-day - 5, -day + 5, 'INC-7 was open')];
    expect(health(all, { troubles })).toMatchObject({ minutes: [-7 * day, -7 * day + 20] });
  });

  test('that is not over covers all since: what lies before it is taken', () => {
    const all = requests({ from: -400, to: 0, everyS: 60 }, NOW);
    expect(health(all, { troubles: [trouble(-300, 60)] }).minutes).toEqual([-345, -315]);
  });

  test('leaves nothing where no other time is kept, and says what was wrong with each', () => {
    const all = requests({ ...WELL, failEvery: 3 }, NOW);
    expect(health(all, { troubles: [trouble(-20, -2)] })).toEqual({
      minutes: undefined,
      why: '',
      unhealthy:
        'the 30 min before it: the alert “Orders fail” was firing; the 30 min before that: the store has only 0 requests; the same time yesterday: the store has only 0 requests; the same time a week ago: the store has only 0 requests',
    });
  });
});

describe('an outage that nobody recorded', () => {
  test('is left out of the middle of the time before', () => {
    const all = requests({ from: -30, to: -16 }, { from: -16, to: -13, failEvery: 1 }, { from: -13, to: 0 }, NOW);
    expect(health(all)).toMatchObject({
      minutes: [-30, -16],
      why: '14 min of the 30 min before it; in the rest 6 of 6 requests fail',
    });
  });

  test('is left out of another day', () => {
    const day = -24 * 60;
    const yesterday = [
      { from: day, to: day + 5, ms: 400 },
      { from: day + 5, to: day + 20 },
    ];
    expect(health(requests({ ...WELL, failEvery: 3 }, NOW, ...yesterday))).toMatchObject({
      minutes: [-1435, -1420],
      why: '15 min of the same time yesterday, because in the 30 min before it 20 of 60 requests fail',
    });
  });

  test('that fills the same time yesterday is seen beside the week before', () => {
    const [day, week] = [-24 * 60, -7 * 24 * 60];
    const all = [
      { from: day, to: day + 20, ms: 400 },
      { from: week, to: week + 20 },
    ];
    expect(health(requests({ ...WELL, failEvery: 3 }, NOW, ...all)).why).toMatch(/^the same time a week ago, /);
  });
});

describe('a time that nobody looked at', () => {
  test('is none: the store could not be read for two minutes', () => {
    const all = requests({ from: -30, to: -20 }, { from: -18, to: 0 }, NOW);
    const unread = [{ fromUs: -20 * MINUTE_US, toUs: -18 * MINUTE_US - 1 }];
    expect(health(all, { unread })).toMatchObject({
      minutes: [-18, -0],
      why: '18 min of the 30 min before it; in the rest no requests could be read',
    });
  });

  test('is none: no requests came for ten minutes', () => {
    const all = requests({ from: -30, to: -25 }, { from: -15, to: 0 }, NOW);
    expect(health(all)).toMatchObject({
      minutes: [-15, -0],
      why: '15 min of the 30 min before it; in the rest no requests came',
    });
  });

  test('is none: nobody asked before, but yesterday', () => {
    const yesterday = { from: -24 * 60, to: -24 * 60 + 20 };
    expect(health(requests(NOW, yesterday)).why).toMatch(/^the same time yesterday, because only 0 requests came in/);
  });

  test('may be a pause of a service that is rarely asked', () => {
    expect(health(requests({ from: -30, to: 0, everyS: 120 }, NOW)).minutes).toEqual([-30, -0]);
  });
});

test('another day is taken where the time before is clearly worse, though it does not fail', () => {
  const yesterday = { from: -24 * 60, to: -24 * 60 + 20 };
  const all = requests({ ...WELL, ms: 200 }, { from: 0, to: 20, ms: 200 }, yesterday);
  expect(health(all).why).toMatch(/^the same time yesterday, because the 30 min before are no better: .* latency is /);
});

test('the choice does not depend on the order in which requests came', () => {
  const all = requests({ from: -30, to: -20, failEvery: 1 }, { from: -20, to: 0 }, NOW);
  expect(health(all.toReversed())).toEqual(health(all));
});

test('a service that is a day old has no yesterday, and its first requests begin its health', () => {
  const all = requests({ from: -12, to: 0 }, NOW);
  expect(health(all)).toMatchObject({ minutes: [-12, -0], why: 'the 12 min before it; nothing changed since' });
});
