/** What remains when an engineer sets the other changes aside; and what is set aside. */
import { describe, expect, test } from 'vitest';
import { symptomsWithoutRequest } from '#detect/signs/symptoms/request-symptoms.ts';
import type { Change } from '#model/changes/change.ts';
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import { quotedVersion } from '#model/changes/quoted-names.ts';
import type { Finding } from '#model/finding/finding.ts';
import { namedBehind, suspectedBehind } from '#test/change-stories.ts';
import { changed, usAt } from '#test/changes.ts';

const FAILS = { detector: 'error-origin', title: 'POST /orders of checkout failed', explanation: 'boom' };

function symptomsOf(more: Partial<ChangeSymptoms> = {}, finding: object = FAILS): ChangeSymptoms {
  const first = { service: 'checkout', operation: '', spans: [], facts: {}, evidence: [], ...finding } as unknown;
  const seen = { first: first as Finding, symptom: 'failed', nearLines: [], baselineLogs: [] } as const;
  return { ...symptomsWithoutRequest(seen, usAt(0)), isDated: true, isSure: true, ...more };
}

const factsOf = (trouble: ChangeSymptoms, changes: readonly Change[]) => suspectedBehind(trouble, changes)[0]?.facts;
const named = namedBehind;

const OPAQUE = changed(-300, {
  id: 'v7',
  text: 'Simplify the checkout',
  files: ['src/checkout.go'],
  diff: '-a(b)\n+c(b)',
});
const OF_REQUEST = { isDated: false, ofRequest: 'the failed spans and lines' } as const;
const LOOKS = changed(-60, { id: 'looks', text: 'Emoji on the buy button', files: ['src/buy.ts'] });

describe('what is left is suspect', () => {
  test('one change of the service at fault, beside others that cannot do it', () => {
    expect(named(symptomsOf(), [OPAQUE, LOOKS])).toBe('v7');
    expect(factsOf(symptomsOf(), [OPAQUE, LOOKS])).toMatchObject({ reasons: '', isLone: true, isNear: true });
  });

  test('one request shows no onset: for half an hour', () => {
    const own = symptomsOf({ ...OF_REQUEST, kinds: new Set(['own-failure']) });
    expect(factsOf(own, [OPAQUE, LOOKS])).toMatchObject({ id: 'v7', isLone: true, isNear: true });
    expect(named(own, [{ ...OPAQUE, diff: '', atUs: usAt(-1_700) }])).toBe('v7');
    expect(named(own, [{ ...OPAQUE, diff: '', atUs: usAt(-1_900) }])).toBeUndefined();
  });

  test('the only change of that half hour, whatever the service at fault did', () => {
    const waits = symptomsOf(OF_REQUEST, { ...FAILS, detector: 'slow-query' });
    expect(factsOf(waits, [OPAQUE])).toMatchObject({ id: 'v7', reasons: '', isLone: true, isNear: true });
    expect(named(waits, [{ ...OPAQUE, atUs: usAt(-1_900) }])).toBeUndefined();
    expect(named(waits, [OPAQUE, changed(-900, { id: 'other', service: 'stock', text: 'version 3' })])).toBeUndefined();
    expect(named(waits, [{ ...OPAQUE, service: 'stock' }])).toBeUndefined();
    expect(named({ ...waits, isSure: false }, [OPAQUE])).toBeUndefined();
    expect(named({ ...waits, isLoad: true }, [OPAQUE])).toBeUndefined();
    expect(named({ ...waits, isOutside: true }, [OPAQUE])).toBeUndefined();
  });

  test('none of a service that is only near, whatever its release takes along', () => {
    const near = symptomsOf({ near: new Set(['stock']), suffering: new Set(['stock']), kinds: new Set(['slow']) });
    const release = changed(-300, {
      id: 'r2',
      service: 'stock',
      text: 'helm upgrade stock (4.1.0)',
      files: [],
      diff: '',
    });
    expect(named(near, [release])).toBeUndefined();
    expect(named({ ...near, service: 'stock' }, [release])).toBe('r2');
  });

  test('none of a service that is only near', () => {
    const near = symptomsOf({ near: new Set(['stock']), suffering: new Set(['stock']) });
    expect(named(near, [{ ...OPAQUE, service: 'stock' }, LOOKS])).toBeUndefined();
    // What is too large came from there.
    expect(named({ ...near, kinds: new Set(['too-large']) }, [{ ...OPAQUE, service: 'stock' }, LOOKS])).toBe('v7');
  });

  test('none where two are left', () => {
    const other = { ...OPAQUE, id: 'v8', atUs: OPAQUE.atUs + 1e6 };
    expect(factsOf(symptomsOf(), [OPAQUE, other])?.tiedWith ?? 'none').not.toBe('');
  });

  test.each<[string, Partial<ChangeSymptoms>, object?]>([
    ['the verdict is unsure', { isSure: false }],
    ['a store or a provider failed', { isOutside: true }],
    ['one message is bad', {}, { ...FAILS, detector: 'poison-message' }],
    ['a service waits for what it calls', { isWaiting: true }],
  ])('none where %s', (_, more, finding) => {
    expect(named(symptomsOf(more, finding), [OPAQUE, LOOKS])).toBeUndefined();
  });

  test.each<[string, Partial<Change>]>([
    ['only counts', { diff: '@@ src/a.go @@\n+\tdone.Inc()' }],
    ['only changes spaces', { diff: "-import {trim} from './trim'\n+import { trim } from './trim';" }],
    ['only changes a comment', { diff: '+    # see the wiki', files: ['src/a.py'] }],
    ['is only markup', { diff: '-<img src="/spring.jpg">\n+<img src="/summer.jpg">', files: ['web/hero.tsx'] }],
    ['is of another environment', { files: ['staging/users.yaml'], diff: '+  - name: testuser7' }],
    ['lets more in', { text: 'Accept tokens of the second issuer too', diff: '' }],
    ['tunes a limit', { text: 'Client timeout 2 s to 3 s', diff: '' }],
    ['came half an hour before', { atUs: usAt(-1_900) }],
  ])('not one that %s', (_, more) => {
    expect(named(symptomsOf(), [{ ...OPAQUE, text: '', ...more }])).toBeUndefined();
  });
});

test('a flag of nobody that may do anything is not the cause of all that is sure', () => {
  const waits = symptomsOf({}, { ...FAILS, detector: 'lock-contention' });
  const flag = changed(-120, { kind: 'flag', service: '', id: 'live-discounts', text: 'live-discounts: off to on' });
  expect(named(waits, [flag])).toBeUndefined();
  expect(named(waits, [{ ...flag, id: 'checkout-row-locks', text: 'checkout-row-locks: off to on' }])).toBe(
    'checkout-row-locks',
  );
  // A deploy of the service said what stands behind it.
  const behind = { ...OPAQUE, atUs: usAt(-9_000), id: 'v6', text: 'Live discounts behind a flag', diff: '' };
  expect(named(waits, [behind, flag])).toBe('live-discounts');
  // Only other code makes more calls.
  const calls = symptomsOf({}, { ...FAILS, detector: 'n-plus-one-queries' });
  expect(named(calls, [flag])).toBe('live-discounts');
});

describe('content outweighs the unknown', () => {
  test('a change that fits, of nobody, before a nearer one of the service that says nothing', () => {
    const mesh = changed(-500, {
      id: 'mesh',
      kind: 'config',
      service: '',
      text: 'mesh: PERMISSIVE -> STRICT',
      diff: ' kind: PeerAuthentication\n   mtls:\n-    mode: PERMISSIVE\n+    mode: STRICT',
    });
    const reset = symptomsOf({ kinds: new Set(['refused']) });
    expect(named(reset, [mesh, OPAQUE])).toBe('mesh');
  });

  test('a change that people took back', () => {
    const back = changed(600, { id: 'v8', text: 'Revert "Simplify the checkout"' });
    expect(factsOf(symptomsOf({ isSure: false }), [OPAQUE, back])?.reasons).toBe('people took it back after that');
  });

  test('the version that alone fails', () => {
    const trouble = symptomsOf({ said: '82 % of requests with service.version 91cb08f2e5 fail', isSure: false });
    const deploy = { ...OPAQUE, id: '91cb08f2e5' };
    expect(factsOf(trouble, [deploy])?.reasons).toMatch(/only requests of its version 91cb08f2e5/);
  });

  test('a deploy that the finding itself mentions because of its time shows no version', () => {
    const leak = {
      detector: 'memory-leak',
      title: 'checkout: memory grows by 150 MB an hour since 10:47 UTC',
      explanation: 'It was deployed shortly before (zbmd769gw6 at 10:48 UTC): compare with what that changed.',
    };
    const deploy = { ...OPAQUE, id: 'zbmd769gw6' };
    const quoted = symptomsOf({}, { ...leak, facts: { deploy: 'zbmd769gw6 at 10:48 UTC' } });
    expect(factsOf(quoted, [deploy])?.reasons).not.toMatch(/version zbmd769gw6/);
    const pods = { ...leak, explanation: 'The pod checkout-zbmd769gw6-aa2bb.', facts: { deploy: '' } };
    expect(factsOf(symptomsOf({}, pods), [deploy])?.reasons).toMatch(/what was found names its version zbmd769gw6/);
  });

  test('a hash of a pod’s template is no word', () => {
    const complaint = { detector: 'not-ready', evidence: [{ kind: 'event', text: 'plt6xw2q2f-bw99g is not ready' }] };
    const deploy = { ...OPAQUE, id: 'plt6xw2q2f', diff: '' };
    expect(factsOf(symptomsOf({}, { ...FAILS, ...complaint }), [deploy])?.reasons).not.toMatch(/plt_xw/);
  });

  test('sorted locks that are no longer sorted, and a loop in one line of Ruby', () => {
    const waits = symptomsOf({}, { ...FAILS, detector: 'lock-contention' });
    const diff = '-\tsort.Slice(ids, less)\n-\tfor _, id := range ids { lock(tx, id) }\n+\tlock(tx, a)\n+\tlock(tx, b)';
    expect(named(waits, [{ ...OPAQUE, diff }])).toBe('v7');
    const many = symptomsOf({}, { ...FAILS, detector: 'n-plus-one-queries' });
    const loop = '-  render json: titles\n+  render json: titles.map { |t| t.copies.where(back: true).count }';
    expect(named(many, [{ ...OPAQUE, diff: loop }])).toBe('v7');
  });
});

test('a queue: the change of the consumer comes after the first message was published', () => {
  const slow = symptomsOf({ untilUs: usAt(120), kinds: new Set(['backlog']) }, { ...FAILS, detector: 'queue-backlog' });
  const diff = '-channel.basic_qos(prefetch_count=20)\n+channel.basic_qos(prefetch_count=1)';
  expect(named(slow, [{ ...OPAQUE, atUs: usAt(100), diff }])).toBe('v7');
  expect(named({ ...slow, untilUs: slow.onsetUs }, [{ ...OPAQUE, atUs: usAt(100), diff }])).toBeUndefined();
});

describe('what the failures or the affected requests name', () => {
  const said = (text: string) => symptomsOf({}, { ...FAILS, evidence: [{ kind: 'log', ref: '', text }] });
  const release = changed(-120, { service: 'bookings', id: 'x2ww4np7kt', text: 'bookings 4.6.3: contact block' });

  test.each([
    ['field "phone" is missing (producer bookings/4.6.3)', '4.6.3'],
    ['bookings v4.6.3 sent no phone', '4.6.3'],
    ['bookings:4.6.3 sent no phone', '4.6.3'],
    ['field "phone" is missing (producer bookings/4.6.2)', ''],
    ['field "phone" is missing (producer bookings/4.6.31)', ''],
    ['field "phone" is missing (producer offers/4.6.3)', ''],
    ['bookings failed after 4.6.3', ''],
  ])('%s', (text, version) => {
    expect(quotedVersion(release, said(text).complaint)).toBe(version);
  });

  test('is evidence for the release that brought this version', () => {
    const trouble = { ...said('field "phone" is missing (producer bookings/4.6.3)'), near: new Set(['bookings']) };
    expect(factsOf(trouble, [OPAQUE, release])).toMatchObject({ id: 'x2ww4np7kt', isNear: false });
  });

  const ofTenant = (value: string, isType = false) =>
    symptomsOf({}, { ...FAILS, detector: 'partial-outage', facts: { value, isType } });
  const flag = changed(-60, {
    kind: 'flag',
    service: '',
    id: 'dynamic-fares',
    text: 'dynamic-fares: on for tenant alpenfink',
  });

  test('a flag for those who are affected, and for nobody else', () => {
    expect(factsOf(ofTenant('alpenfink'), [flag])).toMatchObject({ id: 'dynamic-fares', isNear: false });
    expect(factsOf(ofTenant('alpenfink and http.route /fares'), [flag])).toMatchObject({ id: 'dynamic-fares' });
    expect(factsOf(ofTenant('alpenfink', true), [flag])?.id).toBeUndefined();
    expect(factsOf(ofTenant('alpen'), [flag])?.id).toBeUndefined();
    expect(factsOf(ofTenant('true'), [{ ...flag, text: 'dynamic-fares: true' }])?.id).toBeUndefined();
  });
});

test('what any version may do is not suspect a quarter of an hour later', () => {
  const made = (at: number) => [changed(at, { id: 'v9', text: 'base image: Debian 13.2' })];
  const slow = symptomsOf({ kinds: new Set(['slow', 'cpu']) }, { ...FAILS, detector: 'resource-saturation' });
  expect(factsOf(slow, made(-300))).toMatchObject({ id: 'v9', isNear: true });
  expect(factsOf(slow, made(-800))).toBeUndefined();
});

test('what may lead to anything is no evidence', () => {
  const image = { ...OPAQUE, files: ['Dockerfile'], diff: '@@ Dockerfile @@\n-FROM node:22.1\n+FROM node:22.2' };
  const throws = symptomsOf({}, { ...FAILS, detector: 'exception' });
  expect(factsOf(throws, [image])?.isNear ?? true).toBe(true);
  const calls = symptomsOf({}, { ...FAILS, detector: 'n-plus-one-queries' });
  const flag = changed(-60, { kind: 'flag', id: 'live-discounts', text: 'live-discounts: off to on' });
  expect(factsOf(calls, [flag])).toMatchObject({ isNear: false });
});
