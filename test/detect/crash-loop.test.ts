import { expect, test } from 'vitest';
import { crashLoop } from '#detect/crash-loop.ts';
import { logLine } from '#test/log-lines.ts';
import {
  ASKED_US,
  ago,
  type DrawnContainer,
  ended,
  event,
  platformFindings,
  pod,
  replicaSet,
  testPlatformDetector,
  WINDOW,
} from '#test/platform.ts';

const BACKING_OFF = { reason: 'CrashLoopBackOff', message: 'back-off 1m20s restarting failed container=payment' };
const BACK_OFF = event('BackOff', 'Back-off restarting failed container payment in pod payment-7d4b9f6c8d-aaaaa', {
  count: 12,
});

function looping(container: DrawnContainer = {}) {
  return [
    pod({ containers: [{ restarts: 7, waiting: BACKING_OFF, last: ended('Error', 1), ...container }] }),
    BACK_OFF,
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
            /^payment: DATABASE_URL is missing, and it ends at its start \(container payment, started again 7 times, exit code 1\): “.*DATABASE_URL is not set”$/,
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
      sightings: [{ title: /it cannot reach postgres:5432, and ends/, facts: { cause: 'dependency' } }],
    },
    'lines of this pod, not of its neighbour': {
      objects: looping(),
      logs: [
        line(96, 'listen EADDRINUSE: address already in use :::8080', { pod: 'payment-7d4b9f6c8d-aaaaa' }),
        line(95, 'Error: connect ECONNREFUSED postgres:5432', { pod: 'payment-7d4b9f6c8d-bbbbb' }),
      ],
      sightings: [{ title: /port that it wants is taken/, facts: { cause: 'port-taken' } }],
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
          title: /^payment: ConfigMap payment-config is missing \(container payment, never started\)/,
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
    'a secret that cannot be mounted': {
      objects: [
        pod({ phase: 'Pending', containers: [{ waiting: { reason: 'ContainerCreating' } }] }),
        event('FailedMount', 'MountVolume.SetUp failed for volume "tls" : secret "payment-tls" not found', {
          container: '',
        }),
      ],
      sightings: [{ title: /Secret payment-tls is missing/ }],
    },
    'a liveness probe that fails': {
      objects: [
        ...looping({ last: ended('Error', 137, { from: 160, to: 95 }) }),
        event('Unhealthy', 'Liveness probe failed: HTTP probe failed with statuscode: 500'),
        event('Killing', 'Container payment failed liveness probe, will be restarted', { type: 'Normal' }),
      ],
      sightings: [
        { title: /its liveness probe fails.*exit code 137.*statuscode: 500/, facts: { cause: 'liveness-probe' } },
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
      sightings: [{ title: /ends without an error/, facts: { cause: 'ended' } }],
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
      sightings: [{ title: /init container migrate/, facts: { cause: 'dependency' } }],
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
          explanation:
            /of revision 7 \(14:10:00 UTC\), which changed image of payment from payment:1\.4\.1 to payment:1\.4\.2; environment of payment: DATABASE_URL\./,
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
  },
  clear: {
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
    'a loop that is over for ten minutes': {
      objects: [
        pod({
          containers: [
            {
              restarts: 7,
              ready: true,
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
});
