import { describe, expect, test } from 'vitest';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { compareTraces } from '#diagnose/comparison.ts';
import { type JudgedTrace, verificationOf } from '#diagnose/verification.ts';
import type { GotWorse, Verification } from '#model/requests/comparison.ts';
import { traceFrom } from '#model/trace/build/span-rows.ts';
import { verificationSummary } from '#present/words/verification-summary.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { call, query, rowsOf, type SpanNode, server, times } from '#test/trace.ts';

const MINUTE_US = 60_000_000;

type Request = Readonly<{
  queryMs?: number;
  failed?: boolean;
  renderMs?: number;
  /** Before or after it something else is done. */
  calls?: readonly SpanNode[];
  status?: number;
  bytes?: number;
  operation?: string;
}>;

function judged(request: Request, minute: number): JudgedTrace {
  const { queryMs = 10, failed = false, renderMs = 20, calls = [], status = 200, bytes, operation } = request;
  const more = calls.reduce((ms, { span }) => ms + span.durationUs / 1_000, 0);
  const size = bytes === undefined ? {} : { 'http.response.body.size': bytes };
  const root = server(
    'web',
    operation ?? 'GET /page',
    { ms: queryMs + renderMs + more, failed, attributes: { 'http.response.status_code': status, ...size } },
    [...(queryMs > 0 ? [query('web', 'SELECT * FROM users WHERE id = 1', { at: 1, ms: queryMs })] : []), ...calls],
  );
  const rows = rowsOf(root).map((row) => ({ ...row, startUs: row.startUs + minute * MINUTE_US }));
  const trace = traceFrom(rows, `${minute}`);
  return { trace, judgement: diagnosed(trace) };
}

const minutes = (requests: readonly Request[], step = 1) => requests.map((request, at) => judged(request, at * step));

type Chosen = Readonly<Record<'isFaulty' | 'isSampled', (at: number) => boolean>>;

const ALL: Chosen = { isFaulty: () => true, isSampled: () => true };

function compared(before: readonly JudgedTrace[], after: readonly JudgedTrace[], chosen = ALL) {
  const side = (traces: readonly JudgedTrace[]) => ({ traces: traces.map(({ trace }) => trace), chosen: '' });
  const { comparison, sides } = compareTraces(side(before), side(after), undefined);
  const elsewhere = { before: { times: 0, of: 0 }, after: { times: 0, of: 0 }, request: '' };
  const [isFaulty, isSampled] = [
    before.map((_, at) => chosen.isFaulty(at)),
    before.map((_, at) => chosen.isSampled(at)),
  ];
  const verification = verificationOf({
    before,
    after,
    comparison,
    sides,
    isFaulty,
    isSampled,
    detectors: knownDetectors(detectors),
    elsewhere,
  });
  const { verdict: sentence, standing, subject, sections } = verificationSummary(verification, comparison);
  const evidence = sections.flatMap(({ lines }) => lines.map(({ text }) => text)).join('\n');
  return { verification, sentence, standing, subject, evidence };
}

function verified(before: readonly JudgedTrace[], after: readonly JudgedTrace[]): Verification {
  return compared(before, after).verification;
}

const kinds = ({ worse }: Verification) => worse.map(({ kind }) => kind);
const asked = (service: string, ms: number, at = 12) =>
  call('web', service, `GET /${service}`, { at, ms }, [server(service, `GET /${service}`, { at: at + 1, ms: ms - 2 })]);

const SLOW = minutes(times(10, (i) => ({ queryMs: 1500 + i })));
const WELL = times(10, (i) => ({ queryMs: 10 + (i % 3) }));

describe('a fix', () => {
  test('is confirmed when the finding is gone, the call is back and nothing got worse, and says by how many requests', () => {
    const { verification, sentence } = compared(SLOW, minutes(WELL));
    expect(verification).toMatchObject({ result: 'confirmed', reason: 'gone', worse: [] });
    expect(sentence).toBe(
      'Fix confirmed: Slow query in web is gone and nothing else got worse (10 requests before and 10 after)',
    );
  });

  test('says of no time that it takes longer and does not differ', () => {
    const [before, after] = [minutes([{ queryMs: 900 }]), minutes([{ queryMs: 5, calls: [asked('tax', 1450)] }])];
    const { sentence, subject } = compared(before, after);
    expect(sentence).toContain('the request takes 1.5 s instead of 920 ms');
    expect(subject.join('\n')).toContain('took 1.5 s');
    expect(subject.join('\n')).not.toContain('no clear difference');
  });

  test('is not, where requests fail that did not fail', () => {
    const after = minutes(WELL.map((request, i) => ({ ...request, failed: i < 4 })));
    const verification = verified(SLOW, after);
    expect(verification).toMatchObject({ result: 'not-confirmed', reason: 'worse', failures: { before: 0, after: 4 } });
    expect(verification.worse).toContainEqual(
      expect.objectContaining({ kind: 'failures', told: 'clear', before: { times: 0, of: 10 } }),
    );
  });

  test('is not, where requests answer at once because they now fail', () => {
    const after = minutes(times(10, () => ({ queryMs: 0, renderMs: 3, failed: true, status: 500 })));
    const { verification, sentence } = compared(SLOW, after);
    expect(verification).toMatchObject({ result: 'not-confirmed', reason: 'worse' });
    expect(sentence).toMatch(/but 10 of 10 requests fail, none of 10 before/);
  });

  test('is not, where requests are refused that were answered', () => {
    const after = minutes(times(10, () => ({ queryMs: 0, renderMs: 3, status: 429 })));
    const { verification, sentence } = compared(SLOW, after);
    expect(verification).toMatchObject({ result: 'not-confirmed', reason: 'worse' });
    expect(sentence).toMatch(/but 10 of 10 requests are refused, none of 10 before/);
  });

  test('waits where one of ten fails and none did before: that may be chance, and a tenth is no health', () => {
    const { verification, sentence } = compared(SLOW, minutes(WELL.map((one, i) => ({ ...one, failed: i === 3 }))));
    expect(verification).toMatchObject({ result: 'too-few', reason: 'maybe-worse', failures: { after: 1 } });
    expect(verification.failures.chance).toBeCloseTo(1 - 11 / 21, 6);
    expect(sentence).toMatch(/^Too few requests to say .* is gone, but 1 of 10 requests fails, none of 10 before/);
  });

  test('is, with a word, where one of forty fails', () => {
    const forty = times(40, (i) => ({ ...WELL[i % 10], failed: i === 3 }));
    const { verification, evidence } = compared(SLOW, minutes(forty, 0.25));
    expect(verification).toMatchObject({ result: 'confirmed', failures: { before: 0, after: 1 } });
    expect(evidence).not.toMatch(/may be chance|verify again/);
    expect(evidence).toContain(
      '0 of 10 requests failed before, and 1 of 40 after: as many would fail with a chance of',
    );
  });

  test('is not, where requests failed of it and still fail of something else', () => {
    const broken = times(10, () => ({ failed: true, status: 500, calls: [asked('tax', 5)] })).map((one, i) =>
      judged({ ...one, calls: [call('web', 'tax', 'GET /tax', { at: 12, ms: 5, failed: true })] }, i),
    );
    const other = times(10, (i) => judged({ failed: true, status: 500, calls: [asked('tax', 5)] }, i));
    const { verification, sentence } = compared(broken, other);
    expect(verification.before.withFault).toBe(10);
    expect(verification).toMatchObject({ result: 'not-confirmed', reason: 'worse', after: { withFault: 0 } });
    expect(sentence).toMatch(/but 10 of 10 requests still fail/);
  });

  test('of a failure is confirmed though requests take longer, do more, and are no longer cut short', () => {
    const broken = times(10, (i) =>
      judged(
        { failed: true, status: 500, calls: [call('web', 'tax', 'GET /tax', { at: 12, ms: 5, failed: true })] },
        i,
      ),
    );
    const whole = times(10, (i) => judged({ calls: [asked('tax', 30), asked('mail', 80, 50)] }, i));
    const { verification, sentence } = compared(broken, whole);
    expect(verification).toMatchObject({ result: 'confirmed', worse: [], whole: undefined });
    expect(sentence).toMatch(/^Fix confirmed/);
  });

  test('of a failure is not, where requests take longer than those that went well before', () => {
    const broken = (failed: boolean) => ({
      failed,
      status: failed ? 500 : 200,
      calls: [failed ? call('web', 'tax', 'GET /tax', { at: 12, ms: 5, failed }) : asked('tax', 30)],
    });
    const before = minutes(times(20, (i) => broken(i % 2 === 0)));
    const after = minutes(times(20, () => ({ calls: [asked('tax', 30)], renderMs: 400 })));
    expect(verified(before, after)).toMatchObject({ result: 'not-confirmed', reason: 'worse' });
  });

  test('is not, where what is left got slower', () => {
    const after = minutes(WELL.map((request) => ({ ...request, renderMs: 900 })));
    const verification = verified(SLOW, after);
    expect(verification).toMatchObject({ result: 'not-confirmed', reason: 'worse' });
    expect(verification.worse).toMatchObject([{ kind: 'differs', telling: { kind: 'duration' } }]);
  });

  test('is not, where a call beside the critical path got slower', () => {
    const beside = (ms: number) => ({ calls: [asked('offers', ms, 0)] });
    const before = minutes(times(10, (i) => ({ queryMs: 1500 + i, ...beside(20) })));
    const after = minutes(times(10, () => ({ queryMs: 90, ...beside(85) })));
    const verification = verified(before, after);
    expect(verification).toMatchObject({ result: 'not-confirmed', reason: 'worse' });
    const slower = verification.worse.flatMap((one) => (one.kind === 'differs' ? one.telling : []));
    const offers = slower.find(({ change }) => 'at' in change && change.at.service === 'offers');
    expect(offers).toMatchObject({ kind: 'duration', change: { pathUs: 0, failingOwnUs: 83_000 } });
  });

  test('is not, where the request takes longer for a new call', () => {
    const after = minutes(WELL.map((request) => ({ ...request, calls: [asked('tax', 2400)] })));
    const { verification, sentence } = compared(SLOW, after);
    expect(verification).toMatchObject({ result: 'not-confirmed', reason: 'worse' });
    expect(kinds(verification)).toEqual(['whole', 'new-call']);
    expect(sentence).toBe(
      'Fix not confirmed: Slow query in web is gone, but the request takes 2.4 s instead of 1.5 s (1.6×); a new call takes 2.4 s: web: GET /tax',
    );
  });

  test('is not, where a new call takes part of what was won', () => {
    const after = minutes(WELL.map((request) => ({ ...request, calls: [asked('tax', 400)] })));
    const { verification, sentence } = compared(SLOW, after);
    expect(kinds(verification)).toEqual(['new-call']);
    expect(sentence).toMatch(/is gone, but a new call takes 400 ms: web: GET \/tax$/);
  });

  test('names whom a new call asks where its operation does not say', () => {
    const after = minutes(
      WELL.map((request) => ({ ...request, calls: [call('web', 'tax', 'GET', { at: 12, ms: 400 })] })),
    );
    expect(compared(SLOW, after).sentence).toMatch(/a new call takes 400 ms: web: GET to tax$/);
  });

  test('is not, where some requests alone make a new call that costs', () => {
    const after = minutes(WELL.map((request, i) => ({ ...request, calls: i % 3 === 0 ? [asked('tax', 1800)] : [] })));
    expect(kinds(verified(SLOW, after))).toContain('new-call');
  });

  test('is, where one query does what many did', () => {
    const loop = {
      calls: times(40, (i) => query('web', `SELECT * FROM items WHERE id = ${i}`, { at: 15 + i * 20, ms: 19 })),
    };
    const batch = query('web', 'SELECT * FROM items WHERE id IN (1, 2, 3)', { at: 15, ms: 60 });
    const joined = query('web', 'SELECT * FROM lists JOIN items ON items.list = lists.id', { at: 15, ms: 60 });
    const before = minutes(times(10, () => loop));
    for (const fixed of [batch, joined]) {
      const { verification, sentence } = compared(before, minutes(times(10, () => ({ calls: [fixed] }))));
      expect([sentence, verification.cause?.kind]).toEqual([
        expect.stringMatching(/^Fix confirmed/),
        'n-plus-one-queries',
      ]);
    }
    const slowBatch = query('web', 'SELECT * FROM items WHERE id IN (1, 2, 3)', { at: 15, ms: 700 });
    expect(verified(before, minutes(times(10, () => ({ calls: [slowBatch] }))))).toMatchObject({
      result: 'not-confirmed',
    });
    const other = query('web', 'SELECT * FROM audit', { at: 80, ms: 300 });
    expect(kinds(verified(before, minutes(times(10, () => ({ calls: [batch, other] })))))).toContain('new-call');
  });

  test('is not, where answers shrank, or what was asked is no longer asked', () => {
    const before = minutes(times(10, (i) => ({ queryMs: 1500 + i, bytes: 40_000, calls: [asked('offers', 20)] })));
    const small = minutes(WELL.map((one) => ({ ...one, bytes: 2_000, calls: [asked('offers', 20)] })));
    expect(verified(before, small)).toMatchObject({ result: 'not-confirmed', reason: 'worse' });
    const { verification, sentence } = compared(before, minutes(WELL.map((one) => ({ ...one, bytes: 40_000 }))));
    expect(verification).toMatchObject({ result: 'not-confirmed', reason: 'worse' });
    expect(sentence).toMatch(/but offers is no longer called: in none of 10 requests now, in 10 of 10 before$/);
  });

  test('is not, where nothing changed, or all of it got worse', () => {
    expect(verified(SLOW, SLOW)).toMatchObject({ result: 'not-confirmed', reason: 'remains' });
    const worse = minutes(times(10, (i) => ({ queryMs: 3000 + i, renderMs: 900 })));
    expect(verified(SLOW, worse)).toMatchObject({ result: 'not-confirmed', reason: 'remains' });
  });

  test('waits for load: a tenth of the requests a minute is another world', () => {
    expect(verified(SLOW, minutes(WELL, 10))).toMatchObject({ result: 'too-few', reason: 'load' });
  });
});

describe('a call at fault that is no longer made', () => {
  const redis = call('web', 'redis', 'GET', { at: 15, ms: 3, attributes: { 'db.system.name': 'redis' } });
  const slowTax = minutes(times(10, (i) => ({ queryMs: 0, calls: [asked('tax', 1500 + i)] })));
  const loop = {
    calls: times(40, (i) => query('web', `SELECT * FROM items WHERE id = ${i}`, { at: 15 + i * 20, ms: 19 })),
  };

  test.each<[string, readonly JudgedTrace[], Request]>([
    ['a warm cache answers', SLOW, { queryMs: 0, calls: [redis] }],
    ['a flag is off', SLOW, { queryMs: 0 }],
    ['a slow service is not called', slowTax, { queryMs: 0 }],
    ['a cache answers instead of many queries', minutes(times(10, () => loop)), { calls: [redis] }],
  ])('is no proof where %s', (_, before, request) => {
    const { verification, sentence, standing } = compared(before, minutes(times(10, () => request)));
    expect(verification).toMatchObject({
      result: 'not-confirmed',
      reason: 'not-made',
      after: { made: 0, withFault: 0 },
    });
    expect(sentence).toBe('Fix not confirmed: the call at fault is not made any more in 10 requests');
    expect(standing).toContain('with an empty cache');
    expect(standing).toContain('If the fix was to remove the call: the request takes');
  });

  test('is no proof in few requests either', () => {
    const { verification, sentence } = compared(SLOW, minutes(times(3, () => ({ queryMs: 0 }))));
    expect(verification).toMatchObject({ result: 'not-confirmed', reason: 'not-made' });
    expect(sentence).toContain('not made any more in 3 requests');
  });

  test('is no proof where most requests do not make it, and half of them are', () => {
    const some = (made: number) => minutes(times(10, (i) => ({ queryMs: i < made ? 10 : 0 })));
    const { verification, sentence } = compared(SLOW, some(3));
    expect(verification).toMatchObject({ result: 'not-confirmed', reason: 'not-made', after: { made: 3 } });
    expect(sentence).toBe('Fix not confirmed: the call at fault is made in only 3 of 10 requests (before: 10 of 10)');
    expect(compared(SLOW, some(7)).verification).toMatchObject({ result: 'confirmed', after: { made: 7 } });
  });

  test('counts only the requests that make it', () => {
    const before = minutes([{ queryMs: 1500 }]);
    const after = minutes(times(6, (i) => ({ queryMs: i < 3 ? 10 : 0 })));
    const { verification, sentence } = compared(before, after);
    expect(verification).toMatchObject({ result: 'too-few', reason: 'chance', needed: 5 });
    expect(sentence).toContain('is made in 3 of 6 requests after it; 5 are needed that make it');
  });

  test('is not gone where requests end before it', () => {
    const { verification, sentence, standing } = compared(
      SLOW,
      minutes(times(10, () => ({ queryMs: 0, renderMs: 3, failed: true, status: 500 }))),
    );
    expect(verification).toMatchObject({ result: 'not-confirmed', reason: 'worse' });
    expect(sentence).toMatch(
      /^Fix not confirmed: the call at fault is not made any more in 10 requests, but 10 of 10 requests fail/,
    );
    expect(standing).toContain('A call that is not made proves nothing');
  });

  test('is made where it has another name or another route, and must be fast there', () => {
    const renamed = (ms: number) =>
      call('web', 'tax', 'POST /v2/tax', { at: 12, ms }, [server('tax', 'POST /v2/tax', { at: 13, ms: ms - 2 })]);
    const routed = (ms: number) =>
      call('web', 'gateway', 'GET /tax', { at: 12, ms: ms + 4 }, [
        server('gateway', 'GET /tax', { at: 13, ms: ms + 2 }, [
          call('gateway', 'tax', 'GET /tax', { at: 14, ms }, [server('tax', 'GET /tax', { at: 15, ms: ms - 2 })]),
        ]),
      ]);
    for (const made of [renamed, routed]) {
      const [fast, slow] = [30, 1500].map((ms) =>
        verified(slowTax, minutes(times(10, () => ({ queryMs: 0, calls: [made(ms)] })))),
      );
      expect(fast).toMatchObject({ result: 'confirmed', after: { made: 10 } });
      expect(slow?.result).toBe('not-confirmed');
    }
  });

  test('names what is new, because it may be the call under another name', () => {
    const { verification, standing } = compared(
      SLOW,
      minutes(times(10, () => ({ queryMs: 0, calls: [asked('users', 9)] }))),
    );
    expect(verification).toMatchObject({ result: 'not-confirmed', reason: 'not-made' });
    expect(standing).toContain('New since then: web: GET /users.');
  });
});

describe('few requests', () => {
  const told = ({ worse }: Verification): readonly GotWorse['told'][] => worse.map((one) => one.told);

  test.each([
    [1, 1],
    [1, 10],
    [3, 3],
    [4, 2],
    [5, 5],
  ])('%d before and %d after confirm nothing where the request takes half as long again', (before, after) => {
    const first = minutes(times(before, (i) => ({ queryMs: 900 + i })));
    const then = minutes(times(after, (i) => ({ queryMs: 10, renderMs: 20, calls: [asked('tax', 1500 + i)] })));
    const { verification, sentence } = compared(first, then);
    expect(verification.result).not.toBe('confirmed');
    expect(told(verification).length).toBeGreaterThan(0);
    expect(sentence).toMatch(/the request takes 1\.5 s instead of 920 ms .*a new call takes 1\.5 s: web: GET \/tax/);
  });

  test('one request on each side is no proof, and the sentence says that it is one each', () => {
    const { verification, sentence } = compared(SLOW.slice(0, 1), minutes([{}]));
    expect(verification).toMatchObject({ result: 'too-few', reason: 'chance' });
    expect(sentence).toBe(
      'Too few requests to say whether the fix works: one before it and one after; 5 are needed after',
    );
    const longer = compared(SLOW.slice(0, 1), minutes([{ calls: [asked('tax', 3000)] }]));
    expect(longer.sentence).toMatch(/ \(one request before and one after\)$/);
  });
});

describe('traces that were chosen because they show the fault', () => {
  // Three exemplars of an alert, and forty requests of the same time of which one has it.
  const before = minutes(times(43, (i) => (i < 4 ? { queryMs: 1500 + i } : { queryMs: 10 + (i % 3) })));
  const chosen = {
    isFaulty: (at: number) => at < 3,
    isSampled: (at: number) => at >= 3,
  };

  test('say what the fault is, and the others how often requests had it', () => {
    const { verification } = compared(before, minutes(WELL), chosen);
    expect(verification).toMatchObject({
      result: 'too-few',
      reason: 'chance',
      cause: { kind: 'slow-query' },
      before: { traces: 40, withFault: 1, us: 1_501_500 },
      after: { traces: 10, withFault: 0 },
    });
    // 40·41 / (41 + m)(40 + m) below one in twenty
    expect(verification.needed).toBeGreaterThan(100);
  });

  test('are no measure of how long requests took', () => {
    const after = minutes(times(10, () => ({ renderMs: 300 })));
    const { verification } = compared(before, after, chosen);
    expect(verification).toMatchObject({ result: 'not-confirmed', reason: 'worse' });
    expect(verification.whole?.beforeUs).toBeLessThan(40_000);
  });
});

describe('the fault before', () => {
  const slow = { queryMs: 1500 };
  const failing = { failed: true, status: 500 };
  const causeOf = (before: readonly Request[]) => verified(minutes(before), minutes(WELL)).cause;

  test('is the one that most requests show, in any order of them', () => {
    const most = [slow, failing, slow, failing, slow];
    expect(causeOf(most)).toMatchObject({ kind: 'slow-query', service: 'web' });
    expect(causeOf(most.toReversed())).toEqual(causeOf(most));
    expect(causeOf([failing, slow, failing, slow, failing])).toMatchObject({ kind: 'error-origin', service: 'web' });
  });

  test('may only say where the time goes', () => {
    expect(causeOf(times(3, () => ({ renderMs: 4000 })))).toMatchObject({ kind: 'unexplained-gap', service: 'web' });
  });

  test('is none where nothing was wrong', () => expect(causeOf([{}, {}])).toBeUndefined());
});

describe('how many traces it takes', () => {
  // By Laplace's rule of succession, over and over.
  test.each([
    [1, 1, 5],
    [10, 10, 2],
    // 6·7·8·9·10·11 / 12·13·14·15·16·17 = 0.037
    [5, 10, 6],
    // 10·11 / (10 + m)(11 + m)
    [1, 10, 37],
  ])('with the fault in %d of %d: %d', (faulty, of, needed) => {
    const before = minutes(times(of, (i) => (i < faulty ? { queryMs: 1500 } : {})));
    const few = verified(before, minutes(WELL.slice(0, Math.min(10, needed - 1))));
    expect(few.needed).toBe(needed);
    expect(few.result).toBe('too-few');
    if (needed <= 10) expect(verified(before, minutes(WELL.slice(0, needed))).chance).toBeLessThanOrEqual(0.05);
  });
});
