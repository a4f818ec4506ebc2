/** What a trace does not show, where nothing wrong was found in it. */
import { describe, expect, test } from 'vitest';
import { isThin, seenShare, unseenGaps } from '#diagnose/unseen.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { call, query, type SpanNode, server, span, traceOf } from '#test/trace.ts';

describe('the time of which spans tell', () => {
  test('is what runs below the request, but not inside of a service that recorded only that it was asked', () => {
    const trace = traceOf(
      server('web', 'GET /', { ms: 1000 }, [
        query('web', 'SELECT * FROM t WHERE id = 1', { at: 0, ms: 300 }),
        call('web', 'stock', 'GET /stock', { at: 300, ms: 400 }, [server('stock', 'GET /stock', { at: 310, ms: 380 })]),
      ]),
    );
    expect(seenShare(trace)).toBeCloseTo(0.32);
    expect(isThin(trace)).toBe(true);
  });

  test('is all where the request took none', () => {
    expect(seenShare(traceOf(server('web', 'GET /', { ms: 0 })))).toBe(1);
  });

  test('matters only where somebody could suffer from the rest', () => {
    expect(isThin(traceOf(server('web', 'GET /', { ms: 90 })))).toBe(false);
    expect(isThin(traceOf(server('web', 'GET /', { ms: 110 })))).toBe(true);
    expect(unseenGaps(traceOf(server('web', 'GET /', { ms: 110 })))[0]?.problem).toBe(
      'no span shows what happened in 110 ms of the request’s 110 ms',
    );
  });
});

describe('a trace in which nothing wrong was found', () => {
  const gaps = (root: SpanNode) => unseenGaps(traceOf(root)).map(({ problem }) => problem);

  test('is judged with the share of its time that was seen, where that is little', () => {
    const judgement = diagnosed(traceOf(server('web', 'GET /', { ms: 300 })));
    expect([judgement.diagnosis, judgement.seenShare]).toEqual([undefined, 0]);
    const full = diagnosed(traceOf(server('web', 'GET /', { ms: 300 }, [span('web', 'render', { at: 5, ms: 290 })])));
    expect(full.seenShare).toBeUndefined();
  });

  test('names the services that sent no spans, and no databases', () => {
    expect(
      gaps(
        server('web', 'GET /', { ms: 90 }, [
          call('web', 'stock', 'GET /stock', { at: 5, ms: 20 }),
          call('web', 'prices', 'GET /prices', { at: 30, ms: 20 }, [
            server('prices', 'GET /prices', { at: 31, ms: 18 }),
          ]),
          query('web', 'SELECT * FROM t WHERE id = 1', { at: 60, ms: 5 }),
        ]),
      ),
    ).toEqual(['1 of 3 services sent no spans (stock)']);
  });

  test('says that most spans say nothing of what they are', () => {
    const mute = [1, 2, 3].map((at) => span('web', `step ${at}`, { at, ms: 1, kind: 'unspecified' }));
    expect(gaps(server('web', 'GET /', { ms: 10 }, mute))).toEqual([
      '3 of 4 spans record neither their kind nor the service that they call',
    ]);
  });
});
