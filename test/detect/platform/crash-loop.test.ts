import { expect, test } from 'vitest';
import { crashLoop } from '#detect/platform/crash-loop.ts';
import { logLine } from '#test/log-lines.ts';
import {
  ASKED_US,
  ago,
  type DrawnContainer,
  ended,
  event,
  NO_WINDOW,
  platformFindings,
  pod,
  printed,
  ready,
  replicaSet,
  testPlatformDetector,
  WINDOW,
} from '#test/platform.ts';

const BACKING_OFF = { reason: 'CrashLoopBackOff', message: 'back-off 1m20s restarting failed container=payment' };
const BACK_OFF = event('BackOff', 'Back-off restarting failed container payment in pod payment-7d4b9f6c8d-aaaaa', {
  count: 12,
});

const KEY = `MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj
MzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDuictGeurT8jNbvJZHtCSuYEvu`;

function looping(container: DrawnContainer = {}) {
  return [
    pod({ containers: [{ restarts: 7, waiting: BACKING_OFF, last: ended('Error', 1), ...container }] }),
    BACK_OFF,
  ];
}

/** Restarted three times while it started; up for so many seconds since, after a last run of so many. */
function restarted({ up, ran = 1, isReady = true }: { up: number; ran?: number; isReady?: boolean }) {
  const last = ended('Error', 1, { from: up + ran + 20, to: up + 20 });
  return [
    pod({
      created: up + ran + 60,
      conditions: [ready(isReady ? up - 2 : up + ran + 60, isReady ? 'True' : 'False')],
      containers: [{ restarts: 3, ready: isReady, running: { startedAt: ago(up) }, last }],
    }),
    event('BackOff', 'Back-off restarting failed container payment', { first: up + 50, last: up + 5, count: 6 }),
  ];
}

/** Ready just now. The kubelet has ended it nine times, each time after five minutes. */
function endless() {
  const last = ended('Error', 143, { from: 330, to: 3 });
  const killing = 'Container payment failed liveness probe, will be restarted';
  return [
    pod({
      created: 3500,
      conditions: [ready(1)],
      containers: [{ restarts: 9, ready: true, running: { startedAt: ago(2) }, last }],
    }),
    event('Killing', killing, { first: 3100, last: 33, count: 9, type: 'Normal' }),
    event('Started', 'Started container payment', { first: 3490, last: 2, count: 10, type: 'Normal' }),
  ];
}

/** Pods of one Deployment that the kubelet evicted so many seconds ago, beside one that serves. */
function evicted(message: string, seconds: readonly number[]) {
  return [
    pod({ created: 7200, conditions: [ready(7000)], containers: [{ ready: true }] }),
    ...seconds.map((at, place) =>
      pod({
        name: `payment-7d4b9f6c8d-e${place}`,
        created: at + 300,
        phase: 'Failed',
        conditions: [{ type: 'DisruptionTarget', status: 'True', lastTransitionTime: ago(at) }],
        containers: [{ terminated: ended('Error', 137, { from: at + 290, to: at }) }],
        status: { reason: 'Evicted', message },
      }),
    ),
  ];
}

const SCRATCH = 'Usage of EmptyDir volume "scratch" exceeds the limit "500Mi". ';

/** The kubelet ends it each time: the last run took half a minute. */
function probed(up: number) {
  const last = ended('Error', 137, { from: up + 40, to: up });
  return [
    pod({
      created: up + 100,
      conditions: [ready(up - 1)],
      containers: [{ restarts: 2, ready: true, running: { startedAt: ago(up) }, last }],
    }),
    event('Started', 'Started container payment', { first: up + 99, last: up, type: 'Normal' }),
    event('Unhealthy', 'Liveness probe failed: HTTP probe failed with statuscode: 404', {
      first: up + 80,
      last: up - 20,
      count: 7,
    }),
    event('Killing', 'Container payment failed liveness probe, will be restarted', {
      first: up + 60,
      last: up + 5,
      count: 2,
      type: 'Normal',
    }),
  ];
}

function line(secondsAgo: number, text: string, { level = 'error', service = 'payment', pod: name = '' } = {}) {
  const timeNs = `${(ASKED_US / 1e6 - secondsAgo) * 1e3}000000`;
  return logLine(text, { service, level, timeNs, labels: name === '' ? {} : { pod: name } });
}

testPlatformDetector(crashLoop, {
  found: {
    'a variable that is missing, by the last line of the log': {
      objects: looping(),
      logs: [
        line(99, 'starting payment 1.4.2', { level: 'info' }),
        line(96, 'Error: environment variable DATABASE_URL is not set'),
        line(40, 'something later'),
        line(96, 'connect ECONNREFUSED 10.0.0.1:6379', { service: 'cart' }),
      ],
      sightings: [
        {
          service: 'payment',
          title:
            /^payment: it exits at startup, because DATABASE_URL is missing: “environment variable DATABASE_URL is not set”$/,
          explanation:
            /pod payment-7d4b9f6c8d-aaaaa of Deployment payment in shop, since 14:20:00 UTC\. Its last run took 5 s\./,
          facts: { cause: 'missing-setting' },
        },
      ],
    },
    'the same by the message that the container left': {
      objects: looping({ last: ended('Error', 1, { message: "KeyError: 'STRIPE_API_KEY'\n" }) }),
      sightings: [{ title: /STRIPE_API_KEY is missing/, facts: { cause: 'missing-setting' } }],
    },
    'a dependency that is not there': {
      objects: looping(),
      logs: [line(95, 'Error: connect ECONNREFUSED postgres:5432')],
      sightings: [
        {
          title: /^payment: it exits, because it cannot reach postgres:5432: “connect ECONNREFUSED postgres:5432”$/,
          facts: { cause: 'dependency' },
        },
      ],
    },
    'pods that are evicted again and again for what they write': {
      objects: evicted(SCRATCH, [1500, 900, 400]),
      sightings: [
        {
          service: 'payment',
          title: /evicts its pods repeatedly, because the volume scratch exceeds its limit of 500Mi$/,
          explanation: /evicted 3 pods\. Affected: 3 of 4 pods .* It has 1 other ready pod\./,
          facts: { cause: 'evicted' },
        },
      ],
    },
    'an argument that the program does not know, before it lists those that it knows': {
      objects: looping(),
      logs: [
        line(97, 'flag provided but not defined: -max-size', { level: 'info' }),
        line(97, 'Usage of /app/payment:', { level: 'info' }),
        line(96, '  -max-bytes string', { level: 'info' }),
        line(96, '    \tlargest accepted body (default "1MiB")', { level: 'info' }),
      ],
      sightings: [{ title: /it does not know the argument -max-size: /, facts: { cause: 'unknown-argument' } }],
    },
    'an argument that it ignores, and then what ends it': {
      objects: looping(),
      logs: [
        line(97, 'unknown option --max-size is ignored', { level: 'warn' }),
        line(95, 'Error: connect ECONNREFUSED postgres:5432'),
      ],
      sightings: [{ facts: { cause: 'dependency' } }],
    },
    'lines of this pod, not of its neighbour': {
      objects: looping(),
      logs: [
        line(96, 'listen EADDRINUSE: address already in use :::8080', { pod: 'payment-7d4b9f6c8d-aaaaa' }),
        line(95, 'Error: connect ECONNREFUSED postgres:5432', { pod: 'payment-7d4b9f6c8d-bbbbb' }),
      ],
      sightings: [
        {
          title: /^payment: its port is already in use: “listen EADDRINUSE: address already in use :::8080”$/,
          facts: { cause: 'port-taken' },
        },
      ],
    },
    'a config map that is missing': {
      objects: [
        pod({
          phase: 'Pending',
          containers: [
            { waiting: { reason: 'CreateContainerConfigError', message: 'configmap "payment-config" not found' } },
          ],
        }),
        event('Failed', 'Error: configmap "payment-config" not found', { first: 300 }),
      ],
      sightings: [
        {
          title:
            /^payment: ConfigMap payment-config is missing: “CreateContainerConfigError: configmap "payment-config" not found”$/,
          facts: { cause: 'missing-object' },
        },
      ],
    },
    'a key that is missing in a secret': {
      objects: [
        pod({
          phase: 'Pending',
          containers: [
            {
              waiting: {
                reason: 'CreateContainerConfigError',
                message: "couldn't find key api-key in Secret shop/payment",
              },
            },
          ],
        }),
      ],
      sightings: [{ title: /key api-key in Secret shop\/payment is missing/ }],
    },
    'a liveness probe that fails': {
      objects: [
        ...looping({ last: ended('Error', 137, { from: 160, to: 95 }) }),
        event('Unhealthy', 'Liveness probe failed: HTTP probe failed with statuscode: 500'),
        event('Killing', 'Container payment failed liveness probe, will be restarted', { type: 'Normal' }),
      ],
      sightings: [
        {
          title:
            /^payment: its liveness probe fails \(the container answers with status 500\), and the kubelet kills it each time: “Liveness probe failed: HTTP probe failed with statuscode: 500”$/,
          facts: { cause: 'liveness-probe' },
        },
      ],
    },
    'a start that is too slow for its probe': {
      objects: [
        ...looping({ last: ended('Error', 143) }),
        event('Unhealthy', 'Startup probe failed: dial tcp 10.1.1.1:80: connect: connection refused'),
      ],
      sightings: [{ facts: { cause: 'startup-probe' } }],
    },
    'a command that is not there': {
      objects: looping({
        last: ended('StartError', 128, {
          message:
            'failed to create containerd task: exec: "/app/sevrer": stat /app/sevrer: no such file or directory: unknown',
        }),
      }),
      sightings: [{ title: /its command cannot be started/, facts: { cause: 'not-startable' } }],
    },
    'a command that is not there, by the exit code alone': {
      objects: looping({ last: ended('Error', 127) }),
      sightings: [{ facts: { cause: 'not-startable', code: 127 } }],
    },
    'a signal': { objects: looping({ last: ended('Error', 139) }), sightings: [{ facts: { cause: 'native-crash' } }] },
    'a program that has nothing to keep it running': {
      objects: looping({ last: ended('Completed', 0) }),
      sightings: [{ title: /^payment: it repeatedly exits without an error$/, facts: { cause: 'ended' } }],
    },
    'an error of its own, in its words': {
      objects: looping(),
      logs: [line(95, 'panic: runtime error: index out of range [3] with length 3')],
      sightings: [{ title: /index out of range/, facts: { cause: 'own-error' } }],
    },
    'nothing but a code, and what to look at': {
      objects: looping(),
      sightings: [{ title: /does not stay up/, remedy: /logs --previous/, facts: { cause: 'unknown' } }],
    },
    'an init container': {
      objects: [
        pod({
          phase: 'Pending',
          containers: [
            {
              name: 'migrate',
              init: true,
              restarts: 3,
              waiting: BACKING_OFF,
              last: ended('Error', 1, { message: 'could not connect to server: Connection refused' }),
            },
            { waiting: { reason: 'PodInitializing' } },
          ],
        }),
      ],
      sightings: [
        {
          title:
            /^payment: it exits, because it cannot reach a dependency: “could not connect to server: Connection refused”$/,
          facts: { cause: 'dependency' },
        },
      ],
    },
    'what the revision changed': {
      objects: [
        ...looping(),
        replicaSet(6, {
          created: 86_400,
          containers: [{ image: 'payment:1.4.1', env: [{ name: 'DATABASE_URL', value: 'postgres://x' }] }],
        }),
        replicaSet(7, { name: 'payment-7d4b9f6c8d', containers: [{ image: 'payment:1.4.2' }] }),
      ],
      sightings: [
        {
          explanation: /The container payment was restarted 7 times, exit code 1\./,
          remedy: /roll back/,
        },
      ],
    },
    'between two ends, while it is up for seconds': {
      objects: [
        pod({
          containers: [{ restarts: 4, running: { startedAt: ago(8) }, last: ended('Error', 1, { from: 60, to: 50 }) }],
        }),
        BACK_OFF,
      ],
      sightings: [{ service: 'payment' }],
    },
    'it is up again, not ready, and the cluster forgot the events': {
      objects: [
        pod({
          containers: [
            { restarts: 4, running: { startedAt: ago(157) }, last: ended('Error', 1, { from: 246, to: 201 }) },
          ],
        }),
      ],
      sightings: [{ facts: { cause: 'unknown', restarts: 4 } }],
    },
    'another container of the pod has its port': {
      objects: [
        pod({
          containers: [
            { ports: [{ containerPort: 8080 }], restarts: 7, waiting: BACKING_OFF, last: ended('Error', 1) },
            {
              name: 'istio-proxy',
              ready: true,
              env: [{ name: 'PROXY_CONFIG', value: '{"proxyMetadata":{"A":"b"},"statusPort":8080}' }],
            },
          ],
        }),
        BACK_OFF,
      ],
      sightings: [{ title: /its port is already in use \(8080, as the container istio-proxy has it\)$/ }],
    },
    'restarts while it started, and none since, but it is not ready': {
      objects: restarted({ up: 391, isReady: false }),
      sightings: [{ title: /does not stay up/ }],
    },
    'one that is ready for seconds at a time': {
      objects: restarted({ up: 40, ran: 60 }),
      sightings: [{ service: 'payment' }],
    },
    'one that is ready until its liveness probe ends it, before the kubelet begins to wait': {
      objects: probed(50),
      sightings: [{ title: /its liveness probe fails.*statuscode: 404/, facts: { cause: 'liveness-probe' } }],
    },
    'the same, where nobody knows when it was asked: the probe failed after it was ready': {
      objects: probed(50),
      write: printed,
      window: NO_WINDOW,
      sightings: [{ facts: { cause: 'liveness-probe' } }],
    },
    'the same, where nobody knows when it was asked: it is up again after as many ends as the longest wait takes': {
      objects: endless(),
      write: printed,
      window: NO_WINDOW,
      sightings: [{ facts: { cause: 'liveness-probe' } }],
    },
    'the first wait for its start, where nobody knows for how long': {
      objects: looping({ restarts: 1 }),
      write: printed,
      window: NO_WINDOW,
      sightings: [{ title: /^payment: it does not stay up$/ }],
    },
    'a config map that is missing, where nobody knows for how long': {
      objects: [
        pod({
          phase: 'Pending',
          created: 1,
          containers: [{ waiting: { reason: 'CreateContainerConfigError', message: 'configmap "a" not found' } }],
        }),
      ],
      write: printed,
      window: NO_WINDOW,
      sightings: [{ facts: { cause: 'missing-object' } }],
    },
    'a time in which it did not stay up, though it is ready since': {
      objects: restarted({ up: 300 }),
      window: { ...WINDOW, toUs: WINDOW.toUs - 310e6 },
      sightings: [{ title: /^payment: it does not stay up; it recovered and is ready since 14:25:00 UTC$/ }],
    },
    'a job that is tried again and again': {
      objects: looping().map((object) =>
        object.kind === 'Pod'
          ? pod({
              owner: ['Job', 'report'],
              containers: [{ restarts: 4, waiting: BACKING_OFF, last: ended('Error', 1) }],
            })
          : object,
      ),
      sightings: [{ service: 'payment' }],
    },
    'a program that ends by itself, and a probe and a config map that it got over': {
      objects: [
        pod({
          created: 900,
          containers: [{ restarts: 5, waiting: BACKING_OFF, last: ended('Error', 1, { from: 60, to: 50 }) }],
        }),
        event('Unhealthy', 'Startup probe failed: connect: connection refused', { first: 890, last: 880, count: 2 }),
        event('Failed', 'Error: configmap "payment-config" not found', { first: 899, last: 895, count: 1 }),
        BACK_OFF,
      ],
      logs: [line(52, 'panic: runtime error: index out of range')],
      sightings: [{ facts: { cause: 'own-error' } }],
    },
    'a program beside another one whose probe fails, where events do not say whose it is': {
      objects: [
        pod({
          containers: [
            { restarts: 5, waiting: BACKING_OFF, last: ended('Error', 1, { from: 60, to: 50 }) },
            { name: 'proxy', ready: true },
          ],
        }),
        event('Unhealthy', 'Startup probe failed: connect: connection refused', { container: '' }),
        event('BackOff', 'Back-off restarting failed container payment in pod payment-7d4b9f6c8d-aaaaa', {
          container: '',
        }),
      ],
      sightings: [{ facts: { container: 'payment', cause: 'unknown' } }],
    },
  },
  clear: {
    'evictions that ended': {
      window: { ...WINDOW, fromUs: ASKED_US - 7200e6 },
      objects: evicted(SCRATCH, [6000, 5700, 5400]),
    },
    'evictions of a node that ran out of disk': {
      objects: evicted('The node was low on resource: ephemeral-storage. ', [1500, 900, 400]),
    },
    'restarts while it started, and ready for six minutes since': { objects: restarted({ up: 391 }) },
    'the same a minute after': { objects: restarted({ up: 62 }) },
    'the same, where nobody knows when it was asked': {
      objects: restarted({ up: 391 }),
      write: printed,
      window: NO_WINDOW,
    },
    'the same, seconds after it became ready, where nobody knows when it was asked': {
      objects: restarted({ up: 5 }),
      write: printed,
      window: NO_WINDOW,
    },
    'a liveness probe that failed before it was ready': {
      objects: [
        ...restarted({ up: 100, ran: 30 }),
        event('Unhealthy', 'Liveness probe failed: connection refused', { first: 150, last: 99, count: 3 }),
      ],
    },
    'a job that failed twice, was started again, and is done': {
      objects: [
        pod({
          owner: ['Job', 'report'],
          phase: 'Succeeded',
          containers: [
            { restarts: 2, terminated: ended('Completed', 0), last: ended('Error', 1, { from: 300, to: 250 }) },
          ],
        }),
        event('BackOff', 'Back-off restarting failed container payment', { first: 260, last: 110 }),
      ],
    },
    'an init container that waited for a database, and is done': {
      objects: [
        pod({
          conditions: [ready(60)],
          containers: [
            {
              name: 'wait',
              init: true,
              restarts: 4,
              ready: true,
              terminated: ended('Completed', 0),
              last: ended('Error', 1, { from: 300, to: 250 }),
            },
            { ready: true },
          ],
        }),
      ],
    },
    'one that runs for an hour each time': {
      objects: [
        pod({
          created: 45_000,
          containers: [
            {
              restarts: 13,
              terminated: ended('Error', 1, { from: 3601, to: 1 }),
              last: ended('Error', 1, { from: 7200, to: 3602 }),
            },
          ],
        }),
      ],
    },
    'a secret that its volume lacks: no container was made': {
      objects: [
        pod({ phase: 'Pending', containers: [{ waiting: { reason: 'ContainerCreating' } }] }),
        event('FailedMount', 'MountVolume.SetUp failed for volume "tls" : secret "payment-tls" not found', {
          container: '',
        }),
      ],
    },
    'a pod of the same name that was deleted': {
      objects: [
        pod({
          name: 'db-0',
          owner: ['StatefulSet', 'db'],
          created: 200,
          metadata: { uid: 'new' },
          conditions: [ready(20)],
          containers: [
            {
              restarts: 2,
              ready: false,
              running: { startedAt: ago(30) },
              last: ended('Error', 1, { from: 90, to: 60 }),
            },
          ],
        }),
        {
          ...event('BackOff', 'Back-off restarting failed container payment'),
          involvedObject: { kind: 'Pod', namespace: 'shop', name: 'db-0', uid: 'old' },
        },
      ],
    },
    'a pod that is on its way out': {
      objects: looping().map((object) =>
        object.kind === 'Pod'
          ? pod({
              metadata: { deletionTimestamp: ago(-20) },
              containers: [{ restarts: 7, waiting: BACKING_OFF, last: ended('Error', 1) }],
            })
          : object,
      ),
    },
    'a restart weeks ago': {
      objects: [
        pod({
          created: 4_000_000,
          containers: [
            {
              restarts: 3,
              running: { startedAt: ago(1_800_000) },
              last: ended('Error', 1, { from: 1_900_000, to: 1_800_001 }),
            },
          ],
        }),
      ],
    },
    'one restart now, and some weeks ago': {
      objects: [
        pod({
          containers: [
            { restarts: 3, running: { startedAt: ago(60) }, last: ended('Error', 1, { from: 1_800_000, to: 65 }) },
          ],
        }),
      ],
    },
    'a job that is done': {
      objects: [
        pod({
          name: 'payment-report-x1',
          owner: ['Job', 'payment-report'],
          phase: 'Succeeded',
          containers: [{ terminated: ended('Completed', 0) }],
        }),
      ],
    },
    'what the memory limit ended': { objects: looping({ last: ended('OOMKilled', 137) }) },
    'a single restart': { objects: looping({ restarts: 1 }) },
    'a loop that is over for ten minutes, though it is not ready': {
      objects: [
        pod({
          containers: [
            {
              restarts: 7,
              running: { startedAt: ago(600) },
              last: ended('Error', 1, { from: 640, to: 610 }),
            },
          ],
        }),
        event('BackOff', 'Back-off restarting failed container', { first: 1500, last: 640 }),
      ],
    },
    'a config map that comes a moment later': {
      objects: [
        pod({
          phase: 'Pending',
          created: 29,
          containers: [{ waiting: { reason: 'CreateContainerConfigError', message: 'configmap "a" not found' } }],
        }),
      ],
    },
    'another service': { objects: looping(), window: { ...WINDOW, service: 'cart' } },
    'a time before it began': {
      objects: looping(),
      window: { ...WINDOW, fromUs: WINDOW.fromUs - 7200e6, toUs: WINDOW.toUs - 7200e6 },
    },
    'a pod that only waits for its image': {
      objects: [pod({ phase: 'Pending', containers: [{ waiting: { reason: 'ContainerCreating' } }] })],
    },
  },
});

test('speaks from its thresholds on', () => {
  expect(platformFindings(crashLoop, { objects: looping({ restarts: 2 }) })).toHaveLength(1);
  expect(platformFindings(crashLoop, { objects: looping(), thresholds: { minRestarts: 8 } })).toEqual([]);
  const objects = restarted({ up: 100, ran: 30 });
  expect(platformFindings(crashLoop, { objects, thresholds: { maxLongerSeconds: 71 } })).toHaveLength(1);
  expect(platformFindings(crashLoop, { objects, thresholds: { maxLongerSeconds: 70 } })).toEqual([]);
});

test('shows no line of a key that is the last thing it printed', () => {
  const [found] = platformFindings(crashLoop, {
    objects: looping({ last: ended('Error', 1, { message: `dump of the key\n${KEY}\n` }) }),
  });
  expect(found?.title).toBe('payment: it exits with its own error: “[redacted:private-key]”');
});

test('what the kubelet could not even make is no loop', () => {
  const message = 'container has runAsNonRoot and image will run as root';
  const waiting = { reason: 'CreateContainerConfigError', message };
  const objects = [pod({ created: 600, containers: [{ restarts: 0, waiting }] })];
  const [found] = platformFindings(crashLoop, { objects });
  expect(found).toMatchObject({ facts: { cause: 'not-created', isNeverMade: true } });
});
