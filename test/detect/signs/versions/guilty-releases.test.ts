import { describe, expect, test } from 'vitest';
import { suspectChange } from '#detect/changes/suspect-change.ts';
import { runDetector, thresholdsOf } from '#detect/run.ts';
import { guiltyReleases } from '#detect/signs/versions/guilty-releases.ts';
import type { Change } from '#model/changes/change.ts';
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import { changed } from '#test/changes.ts';
import { logLine } from '#test/log-lines.ts';
import { ASKED_US, cluster, ended, event, pod, ready, replicaSet } from '#test/platform.ts';
import { requestAt, timeOf, tracesOf } from '#test/requests.ts';
import { call, DRAWN_AT_US, server, times } from '#test/trace.ts';

const LIMITS = thresholdsOf(suspectChange);

describe('pods', () => {
  const release = (of: Partial<Change> = {}) =>
    changed(0, { service: 'payment', id: 'rel-2', atUs: ASKED_US - 910e6, ...of });
  const OLD = 'payment-68c9f7d6b8';
  const NEW = 'payment-f94b75d7c5';
  const running = (hash: string, end: string, created: number) =>
    pod({ name: `${hash}-${end}`, owner: hash, created, containers: [{ ready: true }] });
  const crashing = (hash: string, end: string, created: number) =>
    pod({
      name: `${hash}-${end}`,
      owner: hash,
      created,
      containers: [{ restarts: 4, waiting: { reason: 'CrashLoopBackOff' }, last: ended('Error', 139) }],
    });
  const sets = [
    replicaSet(7, { name: OLD, created: 90_000, replicas: 0 }),
    replicaSet(8, { name: NEW, created: 905, replicas: 2 }),
  ];
  const news = [crashing(NEW, 'aa2bb', 900), crashing(NEW, 'cc4dd', 899)];
  const found = (objects: Parameters<typeof cluster>[0], changes = [release()]) =>
    guiltyReleases({ changes, platform: cluster(objects) }, LIMITS).map(({ change }) => change.id);

  test('only the new ones end, and old ones run beside them', () => {
    expect(found([...sets, ...news, running(OLD, 'ee6ff', 90_000)])).toEqual(['rel-2']);
  });

  test('only the new ones end, and the old ones are gone without an end', () => {
    expect(found([...sets, ...news])).toEqual(['rel-2']);
  });

  const waiting = (hash: string, created: number) =>
    pod({ name: `${hash}-gg7hh`, owner: hash, created, conditions: [ready(created - 4, 'False')], containers: [{}] });

  test('only the new ones never become ready', () => {
    expect(found([...sets, waiting(NEW, 900), running(OLD, 'ee6ff', 90_000)])).toEqual(['rel-2']);
  });

  test('old ones are not ready either, or the new one started a minute ago', () => {
    expect(found([...sets, waiting(NEW, 900), waiting(OLD, 90_000)])).toEqual([]);
    const young = [sets[0] ?? {}, replicaSet(8, { name: NEW, created: 65, replicas: 2 })];
    const changes = [release({ atUs: ASKED_US - 70e6 })];
    expect(found([...young, waiting(NEW, 60), running(OLD, 'ee6ff', 90_000)], changes)).toEqual([]);
  });

  const unplaced = (hash: string, created: number, cpu: string) =>
    pod({
      name: `${hash}-kk3ll`,
      owner: hash,
      created,
      phase: 'Pending',
      node: '',
      conditions: [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'Unschedulable',
          message: '0/6 nodes are available: 6 Insufficient cpu.',
        },
      ],
      containers: [{ requests: { cpu } }],
    });
  const placed = pod({
    name: `${OLD}-ee6ff`,
    owner: OLD,
    created: 90_000,
    containers: [{ ready: true, requests: { cpu: '500m' } }],
  });

  test('a new one asks for more CPU than the old ones, and no node has that left', () => {
    expect(found([...sets, unplaced(NEW, 900, '12'), placed])).toEqual(['rel-2']);
  });

  test('a new one asks for as much as the old ones, and the cluster is full', () => {
    expect(found([...sets, unplaced(NEW, 900, '500m'), placed])).toEqual([]);
  });

  test('an old one waits for a node as well', () => {
    expect(found([...sets, unplaced(NEW, 900, '12'), unplaced(OLD, 90_000, '500m')])).toEqual([]);
  });

  test('one of the new ones is ready', () => {
    expect(found([...sets, waiting(NEW, 900), running(NEW, 'aa2bb', 905), running(OLD, 'ee6ff', 90_000)])).toEqual([]);
  });

  test('old ones end as well', () => {
    expect(found([...sets, ...news, crashing(OLD, 'ee6ff', 90_000)])).toEqual([]);
    const fell = event('BackOff', 'Back-off restarting failed container', { about: ['Pod', `${OLD}-ee6ff`] });
    expect(found([...sets, ...news, fell])).toEqual([]);
  });

  test('nothing shows what was before', () => {
    expect(found(news)).toEqual([]);
  });

  test('the pods are much younger than their revision', () => {
    const [old] = sets;
    expect(found([old ?? {}, replicaSet(8, { name: NEW, created: 50_000, replicas: 2 }), ...news])).toEqual([]);
  });

  test.each(['crash-loop', 'oom-killed'])('the release is the change behind %s, and a nearer one is not', (cause) => {
    const later = changed(0, { service: 'cart', id: 'rel-9', atUs: ASKED_US - 820e6 });
    const changes = [release(), later];
    const guilty = guiltyReleases({ changes, platform: cluster([...sets, ...news]) }, LIMITS);
    const symptoms: ChangeSymptoms = {
      service: 'payment',
      cause,
      onsetUs: ASKED_US - 800e6,
      complaint: undefined,
      suffering: new Set(),
      metricWords: new Set(),
      kinds: new Set(),
      isLoad: false,
      guilty,
    };
    const window = timeOf([{ at: 0 }, { at: 600 }], 'payment');
    const outcome = runDetector(suspectChange, { window, changes, symptoms });
    const [first] = outcome.kind === 'found' ? outcome.findings : [];
    expect(first?.facts).toMatchObject({
      id: 'rel-2',
      reasons: expect.stringContaining('only pods of its version end'),
    });
  });

  test('no release came with them', () => {
    expect(found([...sets, ...news], [release({ service: 'stock' })])).toEqual([]);
    expect(found([...sets, ...news], [release({ atUs: ASKED_US - 9000e6 })])).toEqual([]);
  });
});

describe('callers', () => {
  const release = changed(0, { service: 'points', id: 'points-3.1.0', text: '3.1.0', atUs: DRAWN_AT_US + 235e6 });
  const pods: Readonly<Record<string, string>> = {
    '3.0.8': 'points-68c9f7d6b8-4kq2m',
    '3.1.0': 'points-f94b75d7c5-q8n4t',
  };
  const asking = (version: string, isUnread: boolean, isRefused = false) =>
    server('web', 'POST /pay', { ms: 50, failed: isUnread || isRefused }, [
      call('web', 'points', 'GET /points', { at: 2, ms: 20, failed: isRefused }, [
        server('points', 'GET /points', {
          at: 3,
          ms: 10,
          failed: isRefused,
          resource: { 'service.version': version, 'k8s.pod.name': pods[version] ?? '' },
        }),
      ]),
    ]);
  const found = (now: (n: number) => ReturnType<typeof asking>, old: (n: number) => ReturnType<typeof asking>) => {
    const requests = tracesOf([
      ...times(120, (n) => requestAt(n * 5, old(n))),
      ...times(40, (n) => requestAt(240 + n * 8, now(n))),
    ]);
    return guiltyReleases({ changes: [release], requests }, LIMITS);
  };
  const healthy = () => asking('3.0.8', false);

  test('the caller fails where the new version answers, which itself counts no failure', () => {
    expect(found((n) => asking('3.1.0', n % 5 > 0), healthy)).toEqual([
      {
        change: release,
        services: ['web', 'points'],
        text: 'web fails in 82 % of the requests that its version answers, and in 0 % of those that the old one answers',
      },
    ]);
  });

  test('the caller fails as often with the old version', () => {
    const now = (n: number) => asking('3.1.0', n % 3 === 0);
    expect(found(now, (n) => asking('3.0.8', n > 40 && n % 3 === 0))).toEqual([]);
  });

  test('the answer itself failed', () => {
    expect(found(() => asking('3.1.0', false, true), healthy)).toEqual([]);
  });
});

describe('stored forms', () => {
  const release = changed(0, { service: 'rooms', id: 'rooms-3.1.0', text: '3.1.0', atUs: DRAWN_AT_US + 235e6 });
  const answer = (version: string, said: string) =>
    server('rooms', 'GET /rooms', {
      ms: 10,
      failed: said !== '',
      resource: { 'service.version': version },
      events: said === '' ? [] : [{ at: 5, name: 'exception', attributes: { 'exception.message': said } }],
    });
  const found = (said: string, since: number) => {
    const requests = tracesOf([
      ...times(120, (n) => requestAt(n * 5, answer('3.0.8', n * 5 > since && n % 4 === 0 ? said : ''))),
      ...times(40, (n) => requestAt(240 + n * 8, answer('3.1.0', n % 4 === 0 ? said : ''))),
    ]);
    return guiltyReleases({ changes: [release], requests }, LIMITS).map(({ text }) => text);
  };
  const UNREAD =
    'java.io.InvalidClassException: shop.Room; local class incompatible: stream classdesc serialVersionUID';

  test('both versions cannot read entries of the other one, since the new one answers', () => {
    expect(found(UNREAD, 240)).toEqual([
      'since its version answers, entries that another version wrote cannot be read',
    ]);
  });

  test.each([
    "AttributeError: Can't get attribute 'RoomV2' on <module 'shop.rooms' from '/app/rooms.py'>",
    'ArgumentError: undefined class/module RoomV2',
    'KryoException: Unable to find class: shop.RoomV2',
    'gob: name not registered for interface: "main.RoomV2"',
  ])('%s is an entry of another version', (said) => {
    expect(found(said, 240)).toHaveLength(1);
  });

  test('the old version could not read them before', () => {
    expect(found(UNREAD, 60)).toEqual([]);
  });

  test('both versions fail in another way', () => {
    expect(found('stock answered 503', 240)).toEqual([]);
  });
});

describe('lines', () => {
  const release = changed(0, { id: '9557ab', text: 'checkout 4.2', atUs: ASKED_US });
  const at = (seconds: number, pod: string, level: string, text: string) =>
    logLine(text, { service: 'checkout', level, labels: { pod }, timeNs: `${ASKED_US + seconds * 1e6}000` });
  const OLD = 'checkout-68c9f7d6b8-4kq2m';
  const NEW = 'checkout-9557rlsb9-q8n4t';
  const earlier = times(60, (n) => at(n * 10 - 600, OLD, 'info', `order ${n} placed`));
  const written = (from: number, text: string) =>
    times(60, (n) => at(from + n * 5, NEW, n % 3 === 0 ? 'error' : 'info', n % 3 === 0 ? text : `order ${n} placed`));
  const found = (logs: ReturnType<typeof earlier.slice>) =>
    guiltyReleases({ changes: [release], logs }, LIMITS).map(({ text }) => text);
  const OWN = "'latin-1' codec can't encode character";

  test('errors from its first lines on, after the old one fell silent', () => {
    expect(found([...earlier, ...written(20, OWN)])).toEqual([
      'its version writes 20 errors in 60 lines, the old one before it 0 in 60',
    ]);
  });

  test('it did well at first', () => {
    const well = times(12, (n) => at(20 + n * 5, NEW, 'info', `order ${n} placed`));
    expect(found([...earlier, ...well, ...written(90, OWN)])).toEqual([]);
  });

  test('the errors name a store', () => {
    expect(found([...earlier, ...written(20, 'postgres: could not extend file')])).toEqual([]);
  });

  test('the old one goes on to write, so that both are compared in the same minutes', () => {
    const beside = times(30, (n) => at(25 + n * 9, OLD, 'info', `order ${n} placed`));
    expect(found([...earlier, ...written(20, OWN), ...beside])).toEqual([]);
  });
});
