import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Forms } from '#analyse/session.ts';
import { newFolder, replayed } from '#test/cases.ts';
import { ago, ended, event, listed, node, pod, printed, ready, replicaSet } from '#test/platform.ts';

const FORMS: Forms = { markdown: true, text: { width: 200, colour: false }, slack: true };
type Json = Readonly<Record<string, unknown>>;

/** A folder of such files and nothing else. */
async function judged(files: Readonly<Record<string, string>>) {
  const folder = newFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const { report, markdown = '', text = '', slack } = await replayed(folder, FORMS);
  const ofCluster = report.gaps.filter(({ source }) => source === 'kubernetes').map(({ problem }) => problem);
  return { report, markdown, all: JSON.stringify([report, markdown, text, slack]), ofCluster };
}

const IMAGE = 'registry.example.com/payment:1.4.3';
const STUCK = stuck(3);

/** Since so many seconds. */
function stuck(since: number): Json[] {
  const message = `Failed to pull image "${IMAGE}": manifest unknown`;
  return [
    pod({
      phase: 'Pending',
      created: since,
      conditions: [ready(since, 'False')],
      containers: [{ image: IMAGE, waiting: { reason: 'ErrImagePull', message: 'manifest unknown' } }],
    }),
    event('Failed', message, { first: since - 2, last: 1, count: 1 }),
  ];
}
const WELL = pod({ name: 'cart-1', created: 900, conditions: [ready(800)], containers: [{ ready: true }] });

/** Without any time. */
function timeless(objects: readonly Json[]): Json[] {
  return JSON.parse(JSON.stringify(objects).replaceAll(/"\d{4}-\d\d-\d\dT[^"]*"/g, 'null'));
}

describe('what kubectl printed', () => {
  const perKind = (kind: string) => printed([...STUCK, WELL].filter((object) => object.kind === kind));

  test.each<[string, Record<string, string>]>([
    ['in one list of several kinds', { 'platform.json': printed([...STUCK, WELL]) }],
    ['in a file for each kind', { 'platform-pods.json': perKind('Pod'), 'platform-events.json': perKind('Event') }],
    ['one after another in one file', { 'platform.json': `${perKind('Pod')}\n${perKind('Event')}\n` }],
  ])('%s: what cannot start is a fault, however young, as of the latest time in it', async (_, files) => {
    const { report, all, ofCluster } = await judged(files);
    expect(report.diagnosis).toMatchObject({ kind: 'image-pull', service: 'payment' });
    expect(report.subject).toMatchObject({ from: '2025-01-06T14:29:59.000Z', to: '2025-01-06T14:29:59.000Z' });
    expect(ofCluster).toEqual([
      'nobody recorded when it was asked: 14:29:59 UTC, the latest time in its answers, is used instead',
    ]);
    expect(all).not.toContain('1970');
  });

  test('without any time: what cannot start is a fault, and no time is made up', async () => {
    const { report, markdown, all, ofCluster } = await judged({ 'platform.json': printed(timeless([...STUCK, WELL])) });
    expect(report.diagnosis).toMatchObject({ kind: 'image-pull', service: 'payment' });
    expect(report.subject).toMatchObject({ from: '', to: '' });
    expect(markdown).toContain('2 pods · time unknown');
    expect(ofCluster).toEqual(['its answers contain no time']);
    expect(all).not.toMatch(/1970|"timestamp":/);
  });

  test('without any time and with pods that are well: no all-clear', async () => {
    const { report, markdown, all } = await judged({ 'platform.json': printed(timeless([WELL])) });
    expect(report.diagnosis).toBeNull();
    expect(markdown).toContain('# No verdict on 1 pod: the cluster data has no time');
    expect(all).not.toMatch(/1970|Nothing wrong/);
  });
});

describe('all is well', () => {
  test('is said where all pods are ready, with what they went through when they started', async () => {
    const early = (reason: string, message: string, more = {}) =>
      event(reason, message, { about: ['Pod', 'cart-1'], first: 899, last: 890, ...more });
    const { markdown } = await judged({
      'platform.json': listed([
        WELL,
        replicaSet(7, { name: 'payment-7d4b9f6c8d', made: 1 }),
        early('FailedScheduling', '0/1 nodes are available: 1 Insufficient cpu.', { container: '' }),
        early('Failed', `Failed to pull image "${IMAGE}": i/o timeout`),
        early('Unhealthy', 'Startup probe failed: connection refused'),
        early('FailedCreate', 'Error creating: serviceaccount "payment" not found', {
          about: ['ReplicaSet', 'payment-7d4b9f6c8d'],
        }),
        early('NodeNotReady', 'Node is not ready', { container: '' }),
        node('node-1', { conditions: [{ ...ready(600) }] }),
        event('NodeNotReady', 'Node node-1 status is now: NodeNotReady', { about: ['Node', 'node-1'], last: 700 }),
        pod({ name: 'report-1', owner: ['Job', 'report'], phase: 'Failed', conditions: [ready(800, 'False')] }),
        pod({ name: 'report-2', owner: ['Job', 'report'], phase: 'Succeeded', conditions: [ready(500, 'False')] }),
        pod({ name: 'cart-0', metadata: { deletionTimestamp: ago(-10) } }),
      ]),
    });
    expect(markdown).toContain('# Nothing wrong found in 3 pods');
  });

  test.each<[string, readonly Json[], string, string]>([
    [
      'a pod that is not ready, and nobody says why',
      [WELL, pod({ name: 'cart-2', conditions: [ready(300, 'False')], containers: [{ ready: true }] })],
      'No cause found in 2 pods, but not everything is ready',
      'pod cart-2',
    ],
    [
      'a Deployment that lacks pods',
      [
        WELL,
        {
          kind: 'Deployment',
          metadata: { name: 'web', namespace: 'shop' },
          spec: { replicas: 4 },
          status: { replicas: 1, updatedReplicas: 1 },
        },
      ],
      'No cause found in 1 pod, but not everything is ready',
      'Deployment web with 1 of 4 pods',
    ],
    [
      'a ReplicaSet that lacks pods',
      [WELL, replicaSet(7, { replicas: 2, made: 0 })],
      'No cause found in 1 pod, but not everything is ready',
      'Deployment payment with 0 of 2 pods',
    ],
    [
      'no pod among its answers',
      [event('Pulled', 'x', { type: 'Normal' })],
      'No verdict: no matching pod was found',
      '',
    ],
  ])('is not said over %s', async (_, objects, verdict, unready) => {
    const { report, markdown } = await judged({ 'platform.json': listed(objects) });
    expect(report.diagnosis).toBeNull();
    expect(report.gaps.filter(({ source }) => source === 'kubernetes')).toHaveLength(1);
    expect(markdown).toContain(`# ${verdict}\n`);
    if (unready !== '') expect(markdown).toContain(`Not ready: ${unready}.`);
    expect(markdown).not.toContain('Nothing wrong');
  });

  test('is not said where none of the pods is of the service that was asked about', async () => {
    const subject = { kind: 'window', service: 'checkout', from: ago(1800), to: ago(0) };
    const { markdown, ofCluster } = await judged({
      'platform.json': listed([WELL]),
      'case.json': JSON.stringify({ schema: 'spanhound.case/1', subject }),
    });
    expect(markdown).toContain('# No verdict: no matching pod was found');
    expect(ofCluster).toEqual(['1 pod in its answers, but none of the service in question']);
  });

  test('of log lines is not said where a pod is not ready', async () => {
    const line = (second: number) => ({
      ts: `${1736173800 + second}000000000`,
      labels: { app: 'payment' },
      line: 'paid',
    });
    const { markdown } = await judged({
      'platform.json': listed([pod({ conditions: [ready(300, 'False')] })]),
      'logs.jsonl': [line(1), line(2)].map((one) => JSON.stringify(one)).join('\n'),
    });
    expect(markdown).toContain('# No cause found in 2 log lines, but not everything is ready\n');
    expect(markdown).toContain('Not ready: pod payment-7d4b9f6c8d-aaaaa.');
  });
});

describe('a service that is well, beside one that is not', () => {
  const CART = pod({
    name: 'cart-1-a',
    owner: 'cart-1',
    labels: { app: 'cart' },
    created: 9000,
    conditions: [ready(8000)],
    containers: [{ ready: true }],
  });
  const asked = (service: string) =>
    JSON.stringify({
      schema: 'spanhound.case/1',
      subject: { kind: 'window', service, from: ago(1800), to: ago(0) },
      window: { from: ago(1800), to: ago(0) },
    });
  const files = (service: string, objects: readonly Json[]) => ({
    'case.json': asked(service),
    'platform.json': listed(objects),
  });

  test('leads to an unsure answer about the other one of its namespace', async () => {
    const { report, markdown } = await judged(files('cart', [...stuck(400), CART]));
    expect(report.diagnosis).toMatchObject({
      kind: 'image-pull',
      service: 'payment',
      status: 'inconclusive',
      statusReason: expect.stringContaining(
        'cart itself shows nothing wrong, and nothing recorded shows whether it needs payment',
      ),
    });
    expect(markdown).not.toContain('Nothing wrong found');
  });

  test('is well where the other one is of another namespace', async () => {
    const elsewhere = JSON.parse(JSON.stringify(stuck(400)).replaceAll('"shop"', '"warehouse"')) as Json[];
    const { report } = await judged(files('cart', [...elsewhere, CART]));
    expect(report.diagnosis).toBeNull();
  });
});

test('what a container says as it ends does not hide that it does not stay up', async () => {
  const said = 'exec /app/payment: exec format error';
  const line = (seconds: number) =>
    JSON.stringify({ time: ago(seconds), level: 'error', service: 'payment', pod: 'payment-7d4b9-aaaaa', msg: said });
  const { report } = await judged({
    'platform.json': listed([
      pod({
        conditions: [ready(600, 'False')],
        containers: [
          {
            restarts: 6,
            waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' },
            last: ended('Error', 1, { from: 61, to: 60 }),
          },
        ],
      }),
      pod({ name: 'payment-old', created: 9000, conditions: [ready(8000)], containers: [{ ready: true }] }),
    ]),
    'logs.jsonl': [500, 400, 300, 200, 100, 60].map(line).join('\n'),
  });
  expect(report.diagnosis).toMatchObject({ kind: 'crash-loop', service: 'payment', status: 'likely' });
  expect(report.diagnosis?.verdict).toContain(said);
});

test('a machine on which nothing is ready is found by its pods alone', async () => {
  const on = (name: string, place: string, status: string) =>
    pod({
      name: `${name}-${place}`,
      labels: { app: name },
      owner: name,
      node: place,
      conditions: [ready(300, status)],
    });
  const names = ['cart', 'price', 'search'];
  const objects = names.flatMap((name) => [on(name, 'node-1', 'False'), on(name, 'node-2', 'True')]);
  const { report } = await judged({ 'platform.json': listed(objects) });
  expect(report.diagnosis).toMatchObject({ kind: 'node', service: 'node-1' });
});
