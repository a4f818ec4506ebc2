import { describe, expect, test } from 'vitest';
import { sparedByMemory } from '#detect/signs/versions/spared-releases.ts';
import { changed } from '#test/changes.ts';
import { ASKED_US, cluster, ended, pod } from '#test/platform.ts';

const release = changed(0, { service: 'payment', id: 'rel-2', atUs: ASKED_US - 910e6 });
const OLD = 'payment-68c9f7d6b8';
const NEW = 'payment-f94b75d7c5';

function running(hash: string, created: number, last?: object) {
  return pod({
    name: `${hash}-aa2bb`,
    owner: hash,
    created,
    containers: [{ ready: true, ...(last && { restarts: 1, last: { ...last } }) }],
  });
}

const killed = ended('OOMKilled', 137, { from: 90_000, to: 300 });
const spared = (objects: Parameters<typeof cluster>[0]) =>
  [...sparedByMemory({ changes: [release], platform: cluster(objects) }, undefined)].map(({ id }) => id);

describe('pods', () => {
  test('only the old ones are killed for want of memory', () => {
    expect(spared([running(OLD, 90_000, killed), running(NEW, 900)])).toEqual(['rel-2']);
  });

  test('the old ones were killed before the new ones came', () => {
    const before = ended('OOMKilled', 137, { from: 90_000, to: 2_000 });
    expect(spared([running(OLD, 90_000, before), running(NEW, 900)])).toEqual([]);
  });

  test('the new ones are killed, too', () => {
    const young = ended('OOMKilled', 137, { from: 800, to: 300 });
    expect(spared([running(OLD, 90_000, killed), running(NEW, 900, young)])).toEqual([]);
  });

  test('the old ones crash: the new version may have changed what they read', () => {
    const crashed = ended('Error', 1, { from: 400, to: 300 });
    expect(spared([running(OLD, 90_000, crashed), running(NEW, 900)])).toEqual([]);
  });

  test('all pods are of one version', () => {
    expect(spared([running(NEW, 900, killed)])).toEqual([]);
  });
});

describe('growth', () => {
  const of = (minutesBefore: number) =>
    sparedByMemory({ changes: [release] }, release.atUs - minutesBefore * 60e6).has(release);

  test('it began an hour before the change', () => {
    expect(of(60)).toBe(true);
  });

  test('it began at the change, or a few minutes before', () => {
    expect(of(0)).toBe(false);
    expect(of(8)).toBe(false);
  });
});
