import { describe, expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import type { AnalysedTrace } from '#analyse/session.ts';
import { systemClock } from '#core/clock.ts';
import { BackendError } from '#core/errors.ts';
import { once } from '#core/memoize.ts';
import type { ChangeSource, LogQuery, LogSource, MetricSource } from '#gather/sources.ts';
import type { KnownTroubles } from '#model/incident/trouble-time.ts';
import { type BusyShop, busyShop, type ShopRequest, type ShopTimes } from '#test/busy-shop.ts';
import { inGate } from '#test/in-gate.ts';
import { patientClock } from '#test/patient-clock.ts';
import { type DiagnoseAlertRequest, diagnoseAlert } from '#workflows/alerts/diagnose-alert.ts';
import type { DiagnoseTraceParts } from '#workflows/traces/diagnose-trace.ts';

const MINUTE_US = 60_000_000;
const HOUR_US = 60 * MINUTE_US;
const ALERT_US = Date.UTC(2026, 0, 6, 14, 30) * 1_000;
const BEGAN_US = ALERT_US - 4 * MINUTE_US;
const STOCK: ShopTimes = { stockUs: 20_000 };

/** As long as the shop has been watched, and until the alert. */
function shop(timesOf: (request: ShopRequest) => ShopTimes, fromUs = ALERT_US - 2 * HOUR_US): BusyShop {
  return busyShop(timesOf, { fromUs, toUs: ALERT_US + 5 * MINUTE_US });
}

async function answersTo(
  source: BusyShop,
  asked: { fromUs: number; toUs: number } | undefined = undefined,
  logSources: readonly LogSource[] = [],
  service = 'checkout',
  { known, ...more }: Partial<DiagnoseTraceParts> & Pick<DiagnoseAlertRequest, 'known'> = {},
) {
  const parts = {
    traceSources: [source],
    logSources,
    openSession,
    clock: patientClock,
    settings: { thresholds: {}, links: { trace: '', span: '', logs: '', runbooks: '' }, maxClockSkewUs: 0 },
    ...more,
  };
  const alert = { title: 'checkout is bad', service, labels: {}, traceId: '', atUs: ALERT_US };
  const stages: AnalysedTrace[] = [];
  const forms = { text: { width: 100, colour: false } };
  for await (const { analysed } of diagnoseAlert(parts, { alert, forms, known, ...(asked && { window: asked }) }))
    stages.push(analysed);
  return { stages, report: stages.at(-1)?.report, text: stages.at(-1)?.text ?? '' };
}

const secondsFrom = (us: number, iso = '') => Math.abs(Date.parse(iso) * 1_000 - us) / 1e6;

/** An answer that two tests look at. */
const slowShop = once(async () => {
  const source = shop(({ atUs }) => (atUs < BEGAN_US ? STOCK : { stockUs: 220_000 }));
  return { source, ...(await answersTo(source)) };
});

describe('an alert of a busy service', () => {
  test('asks every part of the time, and for the failing and the slowest by themselves, and says that it did not see all', async () => {
    const { source, report } = await slowShop();
    const survey = source.asked.slice(0, 20);
    expect(Math.max(...survey.map(({ fromUs, toUs }) => toUs - fromUs))).toBeLessThanOrEqual(3 * MINUTE_US);
    expect(source.asked.filter(({ failing }) => failing)).toHaveLength(1);
    expect(source.asked.filter(({ minDurationUs = 0 }) => minDurationUs > 220_000)).toHaveLength(1);
    expect(JSON.stringify(report?.gaps)).toContain(
      'has more traces of checkout in the time window than Spanhound reads',
    );
  });

  test('asks a source that has few requests to give in few parts, and comes to the same answer', {
    tags: ['deep'],
  }, async () => {
    const all = shop(({ atUs }) => (atUs < BEGAN_US ? STOCK : { stockUs: 220_000 }));
    await answersTo(all);
    const source = shop(({ atUs }) => (atUs < BEGAN_US ? STOCK : { stockUs: 220_000 }));
    const { report } = await answersTo({ ...source, mostParts: 3 });
    expect(source.asked.length).toBeLessThan(all.asked.length / 3);
    expect(report?.diagnosis).toMatchObject({ service: 'stock' });
    expect(secondsFrom(BEGAN_US, report?.onset?.at)).toBeLessThan(5);
    expect(report?.compared?.requests).toBeGreaterThanOrEqual(100);
  });

  test('is answered with what differs from the time before it began, not from the alert on', async () => {
    const { report, stages } = await slowShop();
    expect(report?.diagnosis).toMatchObject({ service: 'stock' });
    expect(secondsFrom(BEGAN_US, report?.onset?.at)).toBeLessThan(5);
    expect(report?.onset).toMatchObject({ signal: 'latency' });
    expect(report?.subject.from).toBe(report?.onset?.at);
    expect(report?.healthy?.why).toMatch(/^the \d+ min before it began$/);
    expect(report?.compared?.requests).toBeGreaterThanOrEqual(100);
    expect(report?.compared?.healthyRequests).toBeGreaterThanOrEqual(100);
    expect(stages.map((stage) => stage.report.diagnosis?.service)).toEqual(['stock', 'stock', 'stock']);
    const { requests = 0, slow } = report?.affected ?? {};
    expect(report?.affected).toMatchObject({ failed: 0 });
    expect(slow).toBeGreaterThan(0.9 * requests);
    const [healthy, now] = report?.affected?.overTime ?? [];
    expect(healthy).toMatchObject({ isHealthy: true });
    expect(now?.slots.every(({ requests, medianUs }) => requests === 0 || medianUs > 200_000)).toBe(true);
  });

  test('that began long before the alert is compared with the time before that', { tags: ['deep'] }, async () => {
    const beganUs = ALERT_US - 35 * MINUTE_US;
    const { report } = await answersTo(
      shop(({ atUs }) => (atUs < beganUs ? STOCK : { stockUs: 20_000, stockFails: true })),
    );
    expect(report?.diagnosis).toMatchObject({ service: 'stock', kind: 'error-return' });
    expect(secondsFrom(beganUs, report?.onset?.at)).toBeLessThan(20);
    expect(report?.onset?.signal).toBe('failures');
  });

  test('is compared with a time that was over before anything failed, though most requests still go well', {
    tags: ['deep'],
  }, async () => {
    const { report } = await answersTo(
      shop(({ atUs, number }) => ({ ...STOCK, stockFails: atUs >= BEGAN_US && number % 4 === 0 })),
    );
    expect(report?.diagnosis).toMatchObject({ service: 'stock' });
    expect(Date.parse(report?.healthy?.to ?? '') * 1_000).toBeLessThanOrEqual(BEGAN_US);
    expect(secondsFrom(BEGAN_US, report?.healthy?.to)).toBeLessThan(15);
    const { requests = 0, failed = 0, slow } = report?.affected ?? {};
    expect(failed / requests).toBeCloseTo(0.25, 1);
    expect(slow).toBe(0);
  });

  test('whose requests repeat one call has a verdict in the words of one of them, which no healthy request shares', {
    tags: ['deep'],
  }, async () => {
    const often = ({ atUs }: ShopRequest) => (atUs < BEGAN_US ? STOCK : { ...STOCK, stockCalls: 8 });
    const { report } = await answersTo(shop(often));
    expect(report?.diagnosis).toMatchObject({ service: 'checkout', kind: 'n-plus-one-calls' });
    expect(report?.healthyRequest).toMatchObject({ operation: report?.trace?.rootOperation });
    expect(report?.onset?.signal).toBe('latency');
    const always = ({ atUs }: ShopRequest) => ({ stockCalls: 8, stockUs: atUs < BEGAN_US ? 20_000 : 60_000 });
    const { report: usual } = await answersTo(shop(always));
    expect(usual?.diagnosis).toMatchObject({ service: 'stock' });
  });

  test('asks for the metrics and the changes of all that its requests pass', async () => {
    const asked = { metrics: [] as readonly string[], changes: [] as readonly string[] };
    const metrics: MetricSource = {
      name: 'prometheus',
      check: async () => ({ ok: true, detail: '', remedy: '' }),
      findMetrics: async ({ services }) => {
        asked.metrics = services;
        return { queries: [], warnings: [] };
      },
      openMetrics: () => Promise.reject(new Error('nothing was found')),
    };
    const changes: ChangeSource = {
      name: 'store',
      check: async () => ({ ok: true, detail: '', remedy: '' }),
      findChanges: async ({ services }) => {
        asked.changes = services;
        return { query: { text: '', url: '' }, changes: [], warnings: [] };
      },
    };
    const slow = ({ atUs }: ShopRequest) => (atUs < BEGAN_US ? STOCK : { stockUs: 220_000 });
    await answersTo(shop(slow), undefined, [], 'web', { metricSources: [metrics], changeSources: [changes] });
    expect(asked.metrics.toSorted()).toEqual(['checkout', 'payment', 'stock', 'web']);
    expect(asked.changes.toSorted()).toEqual(['checkout', 'payment', 'stock', 'web']);
  });

  test('that was as bad before is compared with another day, and the report says which and why', async () => {
    const yesterdayUs = ALERT_US - 26 * HOUR_US;
    const slowUs = ALERT_US - 12 * HOUR_US;
    const { report } = await answersTo(shop(({ atUs }) => (atUs < slowUs ? STOCK : { stockUs: 220_000 }), yesterdayUs));
    expect(report?.onset).toBeUndefined();
    expect(report?.healthy?.why).toMatch(
      /^the same time yesterday, because the 30 min before are no better: .* latency is /,
    );
    expect(report?.diagnosis).toMatchObject({ service: 'stock' });
  });

  test('in which nothing changed is told as healthy', async () => {
    const { report } = await answersTo(shop(() => STOCK, ALERT_US - 26 * HOUR_US));
    expect(report?.diagnosis).toBeNull();
    expect(report?.compared?.requests).toBeGreaterThanOrEqual(100);
    expect(report?.healthy?.why).toBe('the 30 min before it; nothing changed since');
  });

  test('does not miss what one request in a hundred passes', async () => {
    const { report } = await answersTo(
      shop(({ atUs }) => (atUs < BEGAN_US ? STOCK : { ...STOCK, paymentUs: 900_000 })),
    );
    expect(report?.diagnosis).toMatchObject({ service: 'payment' });
  });

  test('says how its exemplars were chosen', { tags: ['deep'] }, async () => {
    const { report } = await answersTo(
      shop(({ atUs, number }) => (atUs < BEGAN_US ? STOCK : { stockUs: 220_000, stockFails: number % 2 === 0 })),
    );
    const roles = report?.exemplars.map(({ role }) => role) ?? [];
    expect(roles.filter((role) => role === 'failing').length).toBeGreaterThanOrEqual(3);
    expect(roles).toEqual(expect.arrayContaining(['slow', 'healthy']));
    expect(report?.exemplars.some(({ why }) => why.startsWith('few requests go through payment: '))).toBe(true);
    expect(report?.exemplars.every(({ why }) => why.length > 20)).toBe(true);
  });

  test('that no longer answers is seen in the requests of those that ask it', async () => {
    const goneUs = ALERT_US - 7 * MINUTE_US;
    const source = shop(({ atUs }) => (atUs < goneUs ? STOCK : { stockUs: 2_000_000, stockIsGone: true }));
    const { report } = await answersTo(source, undefined, [], 'stock');
    expect(secondsFrom(goneUs, report?.onset?.at)).toBeLessThan(20);
    expect(report?.compared?.requests).toBeGreaterThanOrEqual(90);
    expect(report?.gaps).toContainEqual({
      source: 'traces',
      problem: expect.stringMatching(/^stock has had no requests since 2026-01-06T14:2[23]/),
      consequence: 'the requests of checkout were read instead',
    });
  });

  test('names what could not be had, and goes on', async () => {
    const source = shop(({ atUs }) => (atUs < BEGAN_US ? STOCK : { stockUs: 220_000 }));
    const { search } = source;
    const failsOnce: BusyShop = {
      ...source,
      search: (query, signal) =>
        query.failing ? Promise.reject(new BackendError('jaeger', 503, 'api')) : (search?.(query, signal) ?? never()),
    };
    const { report } = await answersTo(failsOnce);
    expect(report?.diagnosis).toMatchObject({ service: 'stock' });
    expect(report?.gaps).toContainEqual({
      source: 'jaeger',
      problem: 'answered 503 to api',
      consequence: 'not all traces of the time window were examined',
    });
  });
});

describe('an outage that comes again', () => {
  /** A request every hundred seconds: twelve in twenty minutes. */
  const seldom = (timesOf: (request: ShopRequest) => ShopTimes, hours: number) =>
    busyShop(timesOf, {
      fromUs: ALERT_US - hours * HOUR_US,
      toUs: ALERT_US + 5 * MINUTE_US,
      everyUs: 100_000_000,
    });
  const within = (atUs: number, from: number, to: number) =>
    atUs >= ALERT_US + from * MINUTE_US && atUs < ALERT_US + to * MINUTE_US;
  const twice = ({ atUs }: ShopRequest) => ({
    ...STOCK,
    stockFails: within(atUs, -29, -20) || within(atUs, -5, 0),
  });
  /** What the record of alerts would say: it fired for eight minutes. */
  const known: KnownTroubles = async () => [
    { fromUs: ALERT_US - 27 * MINUTE_US, toUs: ALERT_US - 19 * MINUTE_US, what: 'the alert “Orders fail” was firing' },
  ];

  test('is compared with a time before the first one, where the record says when that was', async () => {
    const { report, text } = await answersTo(seldom(twice, 5), undefined, [], 'checkout', { known });
    expect(text).not.toMatch(/nothing differs|nothing wrong/i);
    expect(report?.diagnosis).toMatchObject({ service: 'stock' });
    expect(Date.parse(report?.healthy?.to ?? '') * 1_000).toBeLessThan(ALERT_US - 29 * MINUTE_US);
    expect(report?.healthy?.why).toContain('the alert “Orders fail” was firing');
  });

  test('is not compared with the first one, where nobody has a record', async () => {
    const { report, text } = await answersTo(seldom(twice, 5));
    expect(text).not.toMatch(/nothing differs|nothing wrong/i);
    expect(report?.diagnosis).toMatchObject({ service: 'stock' });
  });

  test('is judged by itself where no other time is kept, and says what that costs', async () => {
    const open: KnownTroubles = async () => [
      { fromUs: ALERT_US - 27 * MINUTE_US, toUs: ALERT_US + HOUR_US, what: 'the alert “Orders fail” was firing' },
    ];
    const { report, text } = await answersTo(seldom(twice, 0.6), undefined, [], 'checkout', { known: open });
    expect(text.split('\n')[0]).not.toMatch(/nothing differs|nothing wrong/i);
    expect(report?.diagnosis).toMatchObject({ service: 'stock' });
    expect(report?.healthy).toBeUndefined();
    expect(report?.gaps).toContainEqual({
      source: 'health',
      problem: expect.stringMatching(
        /^no healthy time window was found: the 30 min before it: the alert “Orders fail” was/,
      ),
      consequence: 'failures were counted without a comparison, and slow calls were judged one request at a time',
    });
  });

  test('of a busy service is called new', { tags: ['deep'] }, async () => {
    const { report } = await answersTo(shop(twice));
    expect(report?.diagnosis).toMatchObject({ service: 'stock', status: 'inconclusive' });
    const healthy = [report?.healthy?.from, report?.healthy?.to].map(
      (iso) => (Date.parse(iso ?? '') * 1_000 - ALERT_US) / MINUTE_US,
    );
    expect(twiceIn(healthy)).toBe(false);
  });

  test('asks whether its errors are new of the days before the first one', { tags: ['deep'] }, async () => {
    const asked: LogQuery[] = [];
    const store: LogSource = {
      name: 'loki',
      links: { logs: '' },
      holdsDays: true,
      check: async () => ({ ok: true, detail: '', remedy: '' }),
      async openLogs(query) {
        asked.push(query);
        const isNow = query.toUs > ALERT_US;
        const line = (at: number) =>
          JSON.stringify({
            ts: `${query.fromUs + at * 1_000_000}000`,
            labels: { service_name: 'stock', level: isNow ? 'error' : 'info' },
            line: isNow ? 'reservation ledger is locked by another transaction' : `took order ${at}`,
          });
        const chunks = (async function* () {
          yield Buffer.from([0, 1, 2, 3].map(line).join('\n'));
        })();
        return { source: 'loki', format: 'log-jsonl', query: { text: 'lines', url: '' }, chunks };
      },
    };
    const ofDays = async (more: Pick<DiagnoseAlertRequest, 'known'>) => {
      asked.length = 0;
      await answersTo(
        shop(({ atUs }) => ({ ...STOCK, stockFails: within(atUs, -5, 5) })),
        undefined,
        [store],
        'stock',
        more,
      );
      const days = asked.filter(({ fromUs, toUs }) => toUs - fromUs > 24 * HOUR_US);
      expect(days.length).toBeGreaterThan(0);
      return Math.max(...days.map(({ toUs }) => (toUs - ALERT_US) / MINUTE_US));
    };
    expect(await ofDays({})).toBeGreaterThan(-10);
    expect(await ofDays({ known })).toBeLessThan(-40);
  });

  /** Whether the first outage lies in it. */
  function twiceIn([from = 0, to = 0]: readonly number[]): boolean {
    return from < -20.5 && to > -28.5;
  }

  test('while another alert has been firing for hours is compared with the time before that', {
    tags: ['deep'],
  }, async () => {
    const open: KnownTroubles = async () => [
      { fromUs: ALERT_US - 3 * HOUR_US, toUs: ALERT_US + HOUR_US, what: 'INC-7 was open' },
    ];
    const { report } = await answersTo(
      shop(({ atUs }) => ({ ...STOCK, stockFails: within(atUs, -180, 5) }), ALERT_US - 5 * HOUR_US),
      undefined,
      [],
      'checkout',
      { known: open },
    );
    expect(report?.diagnosis).toMatchObject({ service: 'stock' });
    expect(Date.parse(report?.healthy?.to ?? '') * 1_000).toBeLessThanOrEqual(ALERT_US - 195 * MINUTE_US);
  });
});

describe('an outage that nobody recorded', () => {
  const isHit = (number: number, every: number) => Math.imul(number, 2654435761) >>> 0 < 2 ** 32 / every;
  const minutesOf = (iso = '') => (Date.parse(iso) * 1_000 - ALERT_US) / MINUTE_US;
  const isIn = (atUs: number, [from, to]: readonly [number, number]) =>
    atUs >= ALERT_US + from * MINUTE_US && atUs < ALERT_US + to * MINUTE_US;
  const SECOND = [-5, 5] as const;
  const DAY = -24 * 60;

  /** The shop has ordinary traffic between two outages. */
  async function secondAfter(first: readonly [number, number], fault: (number: number) => ShopTimes, everyUs: number) {
    const timesOf = ({ atUs, number }: ShopRequest) =>
      isIn(atUs, first) || isIn(atUs, SECOND) ? fault(number) : STOCK;
    const fromUs = ALERT_US - 26 * HOUR_US;
    const { report, text } = await answersTo(busyShop(timesOf, { fromUs, toUs: ALERT_US + 5 * MINUTE_US, everyUs }));
    const healthy = [minutesOf(report?.healthy?.from), minutesOf(report?.healthy?.to)] as const;
    return { report, text, healthy, holdsFirst: healthy[0] < first[1] - 0.5 && healthy[1] > first[0] + 0.5 };
  }

  const FAULTS: readonly (readonly [string, (number: number) => ShopTimes])[] = [
    ['all requests fail', () => ({ ...STOCK, stockFails: true })],
    ['half of the requests fail', (number) => ({ ...STOCK, stockFails: isHit(number, 2) })],
    ['all requests are slow', () => ({ stockUs: 220_000 })],
  ];
  const FIRSTS: readonly (readonly [string, readonly [number, number]])[] = [
    ['an hour', [-65, -55]],
    ['20 minutes', [-25, -20]],
    ['20 minutes, and only for two', [-27, -25]],
    ['a day', [DAY - 5, DAY + 5]],
    ['half an hour, and began before what is read', [-120, -30]],
  ];
  const CASES = FAULTS.flatMap(([fault, timesOf]) =>
    FIRSTS.flatMap(([apart, first]) =>
      [250_000, 5_000_000].map((everyUs) => ({ fault, apart, everyUs, first, timesOf })),
    ),
  );

  async function isNoHealth({ first, timesOf, everyUs }: (typeof CASES)[number]): Promise<void> {
    const { report, holdsFirst } = await secondAfter(first, timesOf, everyUs);
    expect(report?.healthy?.why).not.toBe('');
    expect(holdsFirst, report?.healthy?.why).toBe(false);
    expect(report?.diagnosis).toMatchObject({ service: 'stock' });
    expect(Math.abs(minutesOf(report?.onset?.at) + 5)).toBeLessThan(0.5);
  }

  const { gate, deep } = inGate(CASES, 7);
  const NO_HEALTH = 'is no health: $fault, apart by $apart, a request every $everyUs µs';
  test.each(gate)(NO_HEALTH, isNoHealth);
  test.each(deep)(NO_HEALTH, { tags: ['deep'] }, isNoHealth);

  test('is named in the reason', async () => {
    const { report } = await secondAfter([-25, -20], () => ({ ...STOCK, stockFails: true }), 250_000);
    expect(report?.healthy?.why).toMatch(/^\d+ min of the 40 min before it; in the rest \d+ of \d+ requests fail$/);
  });

  test('differs from failures that are usual: those of every day are health', async () => {
    const { report } = await answersTo(
      shop(
        ({ atUs, number }) => ({ ...STOCK, stockFails: isHit(number, isIn(atUs, SECOND) ? 3 : 50) }),
        ALERT_US - 26 * HOUR_US,
      ),
    );
    expect(report?.healthy?.why).toBe('the 40 min before it began');
    expect(report?.diagnosis).toMatchObject({ service: 'stock' });
  });

  test('is no health where the backend does not answer for a part of the time', async () => {
    const source = shop(({ atUs }) => (atUs < BEGAN_US ? STOCK : { stockUs: 220_000 }));
    const { search } = source;
    const [fromUs, toUs] = [ALERT_US - 41 * MINUTE_US, ALERT_US - 31 * MINUTE_US];
    const silent: BusyShop = {
      ...source,
      search: (query, signal) =>
        query.fromUs < toUs && query.toUs > fromUs
          ? Promise.reject(new BackendError('jaeger', 503, 'api'))
          : (search?.(query, signal) ?? never()),
    };
    const { report } = await answersTo(silent);
    expect(minutesOf(report?.healthy?.from)).toBeGreaterThan(-32);
    expect(report?.healthy?.why).toMatch(/; in the rest no requests /);
    expect(report?.diagnosis).toMatchObject({ service: 'stock' });
  });
});

describe('the lines of both times', () => {
  test('are asked of the services in question and of those on the way, and beside the requests where there are too many', async () => {
    const asked: LogQuery[] = [];
    const store: LogSource = {
      name: 'loki',
      links: { logs: '' },
      check: async () => ({ ok: true, detail: '', remedy: '' }),
      async openLogs(query) {
        asked.push(query);
        const count = query.services.includes('stock') ? query.limit : 3;
        const lines = Array.from({ length: count }, (_, at) => {
          const us = query.fromUs + Math.floor(((query.toUs - query.fromUs) * at) / count);
          return JSON.stringify({
            ts: `${us}000`,
            labels: { service_name: query.services[0] },
            line: `took order ${at}`,
          });
        });
        const chunks = (async function* () {
          yield Buffer.from(lines.join('\n'));
        })();
        return { source: 'loki', format: 'log-jsonl', query: { text: 'lines', url: '' }, chunks };
      },
    };
    const source = shop(({ atUs }) => (atUs < BEGAN_US ? STOCK : { stockUs: 220_000 }));
    const { report } = await answersTo(source, undefined, [store]);
    const near = asked.filter(({ fromUs, toUs }) => toUs - fromUs < MINUTE_US);
    const whole = asked.filter((query) => !near.includes(query));
    expect(new Set(whole.map(({ services }) => services.join()))).toEqual(new Set(['checkout,stock', 'payment,web']));
    expect(whole.filter(({ fromUs }) => fromUs < BEGAN_US).length).toBe(10);
    expect(whole.length).toBe(20);
    expect(near.length).toBeGreaterThan(5);
    expect(near.every(({ services }) => services.includes('stock'))).toBe(true);
    expect(JSON.stringify(report?.gaps)).toContain('has more log lines of these services than Spanhound reads');
    expect(report?.checked.skipped.flatMap(({ missing }) => missing)).not.toContain('logs');
  });

  test('that cannot be had are a gap, and the verdict stands', { tags: ['deep'] }, async () => {
    const down: LogSource = {
      name: 'loki',
      links: { logs: '' },
      check: async () => ({ ok: false, detail: '', remedy: '' }),
      openLogs: () => Promise.reject(new BackendError('loki', 503, 'query_range')),
    };
    const { report } = await answersTo(
      shop(({ atUs }) => (atUs < BEGAN_US ? STOCK : { stockUs: 220_000 })),
      undefined,
      [down],
    );
    expect(report?.diagnosis).toMatchObject({ service: 'stock' });
    expect(report?.gaps).toContainEqual({
      source: 'loki',
      problem: 'answered 503 to query_range',
      consequence: 'no log lines were compared with a healthy time window',
    });
  });
});

/** How often the time in question is searched. */
const SEARCHES_OF_THE_TIME = 15;

test('a backend that is slow to answer keeps nobody from what is there already', async () => {
  const source = shop(({ atUs }) => (atUs < BEGAN_US ? STOCK : { stockUs: 220_000 }));
  const told = Promise.withResolvers<void>();
  const here = Promise.withResolvers<void>();
  let answered = 0;
  let bodies = 0;
  let read = 0;
  const look = () => {
    if (answered === SEARCHES_OF_THE_TIME && read === bodies) here.resolve();
  };
  const slow: BusyShop = {
    ...source,
    async search(query, signal) {
      if (query.toUs < ALERT_US - 15 * MINUTE_US) await told.promise; // the time before hangs until somebody was told
      const found = (await source.search?.(query, signal)) ?? [];
      answered += 1;
      bodies += found.length;
      look();
      return found;
    },
  };
  const openCounted: typeof openSession = (settings) => {
    const session = openSession(settings);
    return {
      ...session,
      async end(id) {
        const count = await session.end(id);
        read += 1;
        look();
        return count;
      },
    };
  };
  // The wait for a first verdict ends when the time in question is read, the deadline never.
  const clock = {
    ...systemClock,
    sleep: (ms: number) => (ms === 8_000 ? here.promise : new Promise<void>(() => undefined)),
  };
  const sources = { traceSources: [slow], logSources: [], metricSources: [], platformSources: [] };
  const parts = { ...sources, openSession: openCounted, clock };
  const settings = { thresholds: {}, links: { trace: '', span: '', logs: '', runbooks: '' }, maxClockSkewUs: 0 };
  const alert = { title: 'checkout is slow', service: 'checkout', labels: {}, traceId: '', atUs: ALERT_US };
  const found: (string | undefined)[] = [];
  for await (const { analysed } of diagnoseAlert({ ...parts, settings }, { alert, forms: {}, firstVerdictMs: 8_000 })) {
    found.push(analysed.report.diagnosis?.service);
    told.resolve();
  }
  expect(found[0]).toBe('stock');
  expect(found.length).toBeGreaterThanOrEqual(3);
  expect(found.at(-1)).toBe('stock');
});

test('a time that is asked about stays what it is, though trouble began earlier', async () => {
  const source = shop(({ atUs }) => (atUs < BEGAN_US ? STOCK : { stockUs: 220_000 }));
  const { report } = await answersTo(source, { fromUs: ALERT_US, toUs: ALERT_US + 5 * MINUTE_US });
  expect(report?.subject.from).toBe(new Date(ALERT_US / 1_000).toISOString());
  expect(secondsFrom(BEGAN_US, report?.onset?.at)).toBeLessThan(5);
  expect(report?.diagnosis).toMatchObject({ service: 'stock' });
});

function never(): never {
  throw new Error('this source searches');
}
