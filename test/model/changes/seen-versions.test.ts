import { describe, expect, test } from 'vitest';
import type { Change } from '#model/changes/change.ts';
import { versionChanges } from '#model/changes/seen-versions.ts';
import { changesWith } from '#model/platform/platform-changes.ts';
import type { Trace } from '#model/trace/trace.ts';
import { DRAWN_AT_US, server, times, traceOf } from '#test/trace.ts';

const MINUTE_MS = 60_000;

/** A request to `cart` in each of some minutes. */
function minutes(from: number, count: number, version: string): readonly Trace[] {
  const resource = version === '' ? {} : { 'service.version': version };
  return times(count, (n) => traceOf(server('cart', 'GET /cart', { at: (from + n) * MINUTE_MS, ms: 40, resource })));
}

const told = (atMinute: number, change: Partial<Change> = {}): Change => ({
  atUs: DRAWN_AT_US + atMinute * MINUTE_MS * 1_000,
  kind: 'deploy',
  service: 'cart',
  id: '7c41e0b',
  text: '',
  url: '',
  files: [],
  diff: '',
  ...change,
});

/** Those that are added to the reported ones. */
function added(requests: readonly Trace[], reported: readonly Change[]): readonly Change[] {
  const all = changesWith(reported, undefined, [], versionChanges(requests)) ?? [];
  return all.filter((change) => !reported.includes(change));
}

describe('a release that only the spans show', () => {
  test('stands at the last answer of the old version, with both versions', () => {
    const requests = [...minutes(0, 10, 'v2.0'), ...minutes(10, 10, 'v2.1')];
    const [change, ...others] = versionChanges(requests.toReversed());
    expect(others).toEqual([]);
    expect(change).toMatchObject({ kind: 'deploy', service: 'cart', id: 'v2.1', atUs: DRAWN_AT_US + 9 * 60e6 });
    expect(change?.text).toBe('version v2.1 in place of v2.0, as its spans say');
  });

  test('of three, the newest counts', () => {
    const requests = [...minutes(0, 6, 'v1'), ...minutes(6, 6, 'v2'), ...minutes(12, 6, 'v1-hotfix')];
    expect(versionChanges(requests).map(({ id }) => id)).toEqual(['v1-hotfix']);
  });

  test.each<[string, readonly Trace[], readonly Change[]]>([
    ['one version', minutes(0, 20, 'v2.0'), []],
    ['no version', minutes(0, 20, ''), []],
    ['too few answers of the old one', [...minutes(0, 3, 'v2.0'), ...minutes(3, 10, 'v2.1')], []],
    ['too few answers of the new one', [...minutes(0, 10, 'v2.0'), ...minutes(10, 3, 'v2.1')], []],
    ['an hour without requests between them', [...minutes(0, 10, 'v2.0'), ...minutes(70, 10, 'v2.1')], []],
    ['the pipeline reported it', [...minutes(0, 10, 'v2.0'), ...minutes(10, 10, 'v2.1')], [told(8)]],
  ])('is not named where there is %s', (_, requests, changes) => {
    expect(added(requests, changes)).toEqual([]);
  });

  test('stands beside a reported commit, and beside a deploy of another service', () => {
    const requests = [...minutes(0, 10, 'v2.0'), ...minutes(10, 10, 'v2.1')];
    const others = [told(9, { kind: 'commit' }), told(9, { service: 'pricing' }), told(-60)];
    expect(added(requests, others)).toHaveLength(1);
  });
});
