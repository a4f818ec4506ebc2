/** The parts of a first message fit together: its first line, its reasons, and what tells candidates apart. */
import { describe, expect, test } from 'vitest';
import type { WindowAnalysis } from '#model/finding/analysis.ts';
import type { Headline } from '#model/finding/finding.ts';
import { SPAN_FLAW } from '#model/trace/build/span-flaws.ts';
import { type SpanRow, traceFrom } from '#model/trace/build/span-rows.ts';
import { affectedText, firstMessage } from '#present/words/first-message.ts';
import { headlineOf } from '#present/words/headline.ts';
import { summaryOf } from '#present/words/summary.ts';
import { analysisOf } from '#test/analysis.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { call, query, type SpanNode, server, span, times, traceOf } from '#test/trace.ts';

function shownOf(root: SpanNode) {
  const trace = traceOf(root);
  return summaryOf({ ...analysisOf(trace), judgement: diagnosed(trace) });
}

const firstOf = (root: SpanNode) => shownOf(root).first;

describe('a request without a usable length', () => {
  const row: SpanRow = {
    id: '01',
    parentId: undefined,
    service: 'web',
    operation: 'GET /orders',
    kind: 'server',
    startUs: 1_767_709_800_000_000,
    durationUs: 0,
    failed: undefined,
    attributes: {},
  };
  const firstOfRow = (more: Partial<SpanRow>) => {
    const trace = traceFrom([{ ...row, ...more }]);
    return summaryOf({ ...analysisOf(trace), judgement: diagnosed(trace) }).first;
  };

  test.each<[string, Partial<SpanRow>]>([
    ['that ends before it starts', { durationUs: -5_000_000 }],
    ['without an end', { flaws: SPAN_FLAW.unfinishedSpan }],
    ['without any time', { startUs: 0 }],
    ['in another unit', { startUs: 1_767_709_800, durationUs: 3 }],
    ['longer than ten years', { durationUs: 2 ** 53 }],
  ])('%s is not called healthy', (_, more) => {
    expect(firstOfRow(more).headline).toBe(
      'Nothing wrong found, but the times of this request are missing or impossible',
    );
  });

  test('that is only quick took no time at all, and is no answer of a language model', () => {
    expect(firstOfRow({}).headline).toBe('Nothing wrong found in this request: GET /orders took under 0.01 s');
  });

  test('without a date shows none', () => {
    expect(firstOfRow({ startUs: 0 }).pictureTitle).toBe('GET /orders');
  });
});

describe('nothing wrong: what one request cannot show stays open', () => {
  const answered = (status: number, ms: number) =>
    firstOf(
      server('web', 'GET /report', { ms, attributes: { 'http.response.status_code': status } }, [
        query('web', 'SELECT sum(x) FROM big', { at: 1, ms: ms - 2 }),
      ]),
    );

  test.each([404, 405, 410, 422])('a refusal with %i is not said to be right', (status) => {
    const { headline, lookedAt } = answered(status, 9);
    expect(headline).toBe(`Nothing wrong found in this request: GET /report was refused with ${status}`);
    expect(lookedAt).toContain('does not show whether the answer is right');
  });

  test('a rate limit is named', () => {
    expect(answered(429, 9).headline).toBe('Nothing wrong found in this request: GET /report was answered with 429');
  });

  test('a client that left after a long wait may have left because of it', () => {
    expect(answered(499, 2000).lookedAt).toContain(
      'may have left because it waited too long: SELECT of web took most of the time.',
    );
    expect(answered(499, 200).lookedAt).not.toContain('because it waited');
  });
});

describe('nothing wrong: what kind of request it is comes first', () => {
  test.each<[string, SpanNode]>([
    [
      'an event stream that was open for 5 min',
      server('notify', 'GET /events', {
        ms: 300_000,
        attributes: { 'http.response.header.content-type': 'text/event-stream' },
      }),
    ],
    [
      'a worker that waits for messages, for 30 s',
      span('worker', 'BLPOP', { ms: 30_000, kind: 'client', attributes: { 'db.system': 'redis' } }),
    ],
    [
      'an upload that took 45 s',
      server('media', 'PUT /upload/{id}', {
        ms: 45_000,
        attributes: { 'http.request.method': 'PUT', 'http.request.body.size': 734_003_200 },
      }),
    ],
    [
      'a gRPC stream that was open for 15 min',
      server('config', 'etcdserverpb.Watch/Watch', {
        ms: 900_000,
        attributes: { 'rpc.system': 'grpc', 'rpc.method': 'Watch', 'rpc.grpc.status_code': 1 },
      }),
    ],
  ])('%s', (words, root) => {
    const { headline, notSeen, lookedAt } = firstOf(root);
    expect(headline).toBe(`Nothing wrong found in this request: ${words}`);
    expect(notSeen).not.toContain('no span shows');
    expect(lookedAt).toContain('so its length is not judged');
  });

  test('where it is not known, little of it seen is a remark', () => {
    expect(firstOf(server('web', 'GET /', { ms: 300 })).headline).toBe(
      'Nothing wrong found, but no span shows what happened inside this request',
    );
  });
});

describe('an answer that lacks a part, while something else takes the time', () => {
  const page = (ms: number) =>
    server('stock', 'GET /stock', { ms: 1600 }, [
      ...times(36, (at) => query('stock', `SELECT qty FROM stock WHERE sku = ${at}`, { at: 10 + at * ms, ms: ms - 1 })),
      call('stock', 'price', 'GET /price', { at: 1540, ms: 40, failed: true }, [
        server('price', 'GET /price', { at: 1541, ms: 38, failed: true, statusText: "KeyError: 'EUR'" }),
      ]),
    ]);

  test('takes its time because of it, and the failure is named beside it', () => {
    const { first, standingBrief } = shownOf(page(40));
    expect(first.headline).toMatch(/^GET \/stock takes 1\.6 s, /);
    expect(first.reasons).toHaveLength(3);
    expect(first.reasons.at(-1)?.text).toContain("“KeyError: 'EUR'”");
    expect(standingBrief).toMatch(/% of the time$/);
  });
});

describe('time without a span', () => {
  const gap = (events: readonly { at: number; name: string }[]) =>
    firstOf(
      server('quotes', 'GET /quote', { ms: 1300, events: events.map((event) => ({ ...event, attributes: {} })) }, [
        query('quotes', 'SELECT * FROM m WHERE id = 1', { at: 1250, ms: 6 }),
      ]),
    ).headline;

  test('is not recorded at all, or only in a line or an event', () => {
    expect(gap([])).toMatch(/, and nothing records what$/);
    const said = [
      { at: 20, name: 'calling carrier api' },
      { at: 1240, name: 'carrier api answered' },
    ];
    expect(gap(said)).toMatch(/, and no span shows what$/);
  });
});

test('a candidate with a long name keeps the sign that tells it apart', () => {
  const trace = traceOf(server('web', 'GET /', { ms: 900, failed: true }));
  const quote = `“Cannot invoke "Member.tier()" because "m" is null, ${'as said before, '.repeat(4)}”`;
  const analysis = analysisOf(trace, {
    cause: { spans: [0] },
    diagnosis: {
      status: 'inconclusive',
      couldBe: [
        { what: `the failure of POST /points in loyalty (${quote})`, shownBy: 'the log of web mentions it' },
        { what: 'x'.repeat(200), shownBy: 'its metrics show it' },
      ],
    },
  });
  const { diagnosis, findings } = analysis.judgement;
  expect(firstMessage(analysis, diagnosis, findings[0]).toTellThemApart).toEqual([
    'the failure of POST /points in loyalty: the log of web mentions it',
    expect.stringMatching(/^x+…: its metrics show it$/),
  ]);
});

test('a cited line that a reason quotes already is no second reason', () => {
  const trace = traceOf(server('web', 'GET /', { ms: 900, failed: true }));
  const line = 'Out of memory: Killed process 4121 (node) total-vm:2212332kB, anon-rss:1048120kB';
  const analysis = analysisOf(trace, {
    cause: {
      spans: [0],
      title: 'renderer: out of memory',
      explanation: `The log says “${line}”, in a line at 08:26:40 UTC.`,
      evidence: [
        { kind: 'log', ref: '1', text: line, unsure: true },
        { kind: 'log', ref: '2', text: 'renderer exited with code 137' },
      ],
    },
  });
  const { diagnosis, findings } = analysis.judgement;
  const texts = firstMessage(analysis, diagnosis, findings[0]).reasons.map(({ text }) => text);
  expect(texts.filter((text) => text.includes('Killed process 4121'))).toHaveLength(1);
  expect(texts.at(-1)).toBe('Logged: “renderer exited with code 137”');
});

test('a cited line is quoted without its time, level, thread and logger', () => {
  const trace = traceOf(server('web', 'GET /', { ms: 900, failed: true }));
  const text =
    '2026-07-27T12:25:29.507Z ERROR 1 --- [nio-8080-exec-3] o.h.engine.jdbc.spi.SqlExceptionHelper : no stock of sku-31';
  const evidence = [{ kind: 'log', ref: '1', text }] as const;
  const analysis = analysisOf(trace, { cause: { spans: [0], title: 'web: no stock', explanation: '', evidence } });
  const { diagnosis, findings } = analysis.judgement;
  const texts = firstMessage(analysis, diagnosis, findings[0]).reasons.map((reason) => reason.text);
  expect(texts).toContain('Logged: “no stock of sku-31”');
});

test('a cited change keeps its time', () => {
  const trace = traceOf(server('web', 'GET /', { ms: 900, failed: true }));
  const evidence = [{ kind: 'change', ref: 'v7', text: '21:14:05 UTC deploy of web: other fields' }] as const;
  const analysis = analysisOf(trace, { cause: { spans: [0], title: 'web: no stock', explanation: '', evidence } });
  const { diagnosis, findings } = analysis.judgement;
  const texts = firstMessage(analysis, diagnosis, findings[0]).reasons.map((reason) => reason.text);
  expect(texts).toContain('Changed: 21:14:05 UTC deploy of web: other fields');
});

test('requests that failed as often before are told with those of before', () => {
  const counts = { requests: 37, failed: 37, slow: null };
  expect(affectedText(counts)).toBe('37 of 37 requests failed');
  expect(affectedText({ ...counts, before: { requests: 19, failed: 19 } })).toBe(
    '37 of 37 requests failed, 19 of 19 before',
  );
});

test('the log to start with is not set against an alert that nobody gave', () => {
  const one = server('front', 'GET /x', { ms: 50, failed: true, statusText: 'boom' });
  expect(firstOf(one).doNow).toBe('start with this message and the log of front at that time');
  const passed = server('edge', 'GET /x', { ms: 60, failed: true }, [
    call('edge', 'front', 'GET /x', { at: 2, ms: 55, failed: true }, [
      server('front', 'GET /x', { at: 4, ms: 50, failed: true, statusText: 'boom' }),
    ]),
  ]);
  expect(firstOf(passed).doNow).toMatch(/, not with the services that passed the error on$/);
});

describe('requests of a window that neither fail nor take longer, since a change', () => {
  const at = Date.parse('2026-11-22T13:20:00Z') * 1000;
  const said = (headline: Headline | undefined) => {
    const drawn = analysisOf(traceOf(server('web', 'GET /', { ms: 9 })), {
      cause: { spans: [0], ...(headline && { headline }) },
      symptom: { kind: 'degraded', text: 'requests take 14 ms on average, 15 ms in the baseline' },
      diagnosis: { change: { id: 'v2', kind: 'config', service: 'assess', atUs: at, knownBy: 'evidence' } },
    });
    const window: WindowAnalysis = {
      ...drawn,
      trace: undefined,
      window: { kind: 'window', service: 'web', fromUs: at, toUs: at, requestId: undefined },
      logs: [],
      request: undefined,
      comparedWithBad: undefined,
      shownBy: undefined,
      requests: 42,
      healthyRequests: 30,
      seen: { exemplars: [], requests: [], healthy: [], way: [], changes: [] },
      cluster: undefined,
    };
    const { diagnosis, findings } = window.judgement;
    if (diagnosis === undefined) throw new Error('no verdict');
    return headlineOf(window, diagnosis, findings[0]);
  };

  test('are said to have what the finding says, not to have got worse', () => {
    const queue = { what: '`assess` cannot keep up with its queue: messages wait 5 min' };
    expect(said(queue)).toBe('`assess` cannot keep up with its queue since its 13:20 UTC config change');
    expect(said({ why: 'x '.repeat(90) })).toBe(
      'Requests to `web` behave differently since the 13:20 UTC config change of `assess`',
    );
  });
});
