import { expect, test } from 'vitest';
import { askingMore, isNewWork, newlyAsked, repeatingMore } from '#diagnose/window/asking-more.ts';
import type { Change } from '#model/changes/change.ts';
import { call, type SpanNode, server, times, traceOf } from '#test/trace.ts';

/** `GET /` of portal, which asks tags so many times. */
function shown(calls: number) {
  const children = Array.from(
    { length: calls },
    (_, at): SpanNode =>
      call('portal', 'tags', 'GET /tags', { at: 2 + at * 5, ms: 4 }, [
        server('tags', 'GET /tags', { at: 3 + at * 5, ms: 2 }),
      ]),
  );
  return traceOf(server('portal', 'GET /', { ms: 40 }, children));
}

const of = (calls: number, requests = 10) => times(requests, () => shown(calls));

test('a caller asks more often for each request, also one that did not ask before', () => {
  expect([...askingMore('tags', of(4), of(1))]).toEqual(['portal']);
  expect([...askingMore('tags', of(1), of(0))]).toEqual(['portal']);
});

test('more requests are no more calls each, and a few requests say nothing', () => {
  expect([...askingMore('tags', of(1, 40), of(1))]).toEqual([]);
  expect([...askingMore('tags', of(4, 3), of(1))]).toEqual([]);
});

test('what is asked now and by no healthy request of the kind', () => {
  const [asks, none] = [of(1), of(0)];
  expect([...newlyAsked('portal', asks, none)]).toEqual(['tags']);
  // One healthy request asks it, too.
  expect([...newlyAsked('portal', asks, [...none, shown(1)])]).toEqual([]);
  // Few healthy ones, and one of many now, show nothing; nor is a caller what it calls.
  expect([...newlyAsked('portal', asks, of(0, 9))]).toEqual([]);
  expect([...newlyAsked('portal', [shown(1), ...of(0, 30)], of(0, 30))]).toEqual([]);
  expect([...newlyAsked('tags', asks, none)]).toEqual([]);
});

test('an operation that no healthy request of the kind has is new work', () => {
  const [asks, none] = [of(1), of(0)];
  const [shownBy] = asks;
  const span = shownBy === undefined ? 0 : Array.from({ length: shownBy.spanCount }, (_, at) => at).at(-1);
  if (shownBy === undefined || span === undefined) throw new Error('no request');
  expect(isNewWork(shownBy, span, asks, none)).toBe(true);
  expect(isNewWork(shownBy, span, asks, [...none, shown(1)])).toBe(false);
  // A few healthy requests, and requests of another kind, do not show that it is new.
  expect(isNewWork(shownBy, span, asks, of(0, 9))).toBe(false);
  const others = times(10, () => traceOf(server('portal', 'GET /other', { ms: 40 }, [])));
  expect(isNewWork(shownBy, span, asks, others)).toBe(false);
});

test('those that repeat more by a change of theirs', () => {
  const change = (service: string, diff: string): Change => ({
    id: 'c-1',
    kind: 'config',
    service,
    atUs: 0,
    text: 'sturdier client',
    files: ['client.yaml'],
    diff,
    url: '',
  });
  const more = '@@ -3,3 +3,3 @@\n tags:\n-  max-retries: 1\n+  max-retries: 6';
  const asking = new Set(['portal']);
  expect([...repeatingMore(asking, [change('portal', more)])]).toEqual(['portal']);
  expect([...repeatingMore(asking, [change('mail', more)])]).toEqual([]);
  expect([...repeatingMore(asking, [change('portal', '@@ -3 +3 @@\n-  page-size: 10\n+  page-size: 60')])]).toEqual([]);
});
