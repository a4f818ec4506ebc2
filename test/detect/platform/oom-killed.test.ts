import { expect, test } from 'vitest';
import { oomKilled } from '#detect/platform/oom-killed.ts';
import type { Series } from '#model/metrics/series.ts';
import {
  ASKED_US,
  ago,
  type DrawnContainer,
  ended,
  event,
  NO_WINDOW,
  node,
  platformFindings,
  pod,
  printed,
  ready,
  replicaSet,
  testPlatformDetector,
  WINDOW,
} from '#test/platform.ts';

const LIMIT = { limits: { memory: '256Mi' } };

function killed(container: DrawnContainer = {}, more: Parameters<typeof pod>[0] = {}) {
  const last = ended('OOMKilled', 137, { from: 4000, to: 95 });
  return pod({ containers: [{ restarts: 4, running: { startedAt: ago(90) }, last, ...LIMIT, ...container }], ...more });
}

/** Over the run that ended, every 60 s. */
function memory(valueAt: (share: number) => number, name = 'container_memory_working_set_bytes'): Series {
  const seconds = Array.from({ length: 65 }, (_, at) => 4000 - at * 60);
  return {
    name,
    labels: { pod: 'payment-7d4b9f6c8d-aaaaa', container: 'payment', namespace: 'shop' },
    atUs: Float64Array.from(seconds, (second) => ASKED_US - second * 1e6),
    values: Float64Array.from(seconds, (_, at) => valueAt(at / 64) * 2 ** 20),
  };
}

testPlatformDetector(oomKilled, {
  found: {
    'one that ran for an hour, without its metric': {
      objects: [killed()],
      sightings: [
        {
          service: 'payment',
          title:
            /^payment: container payment was killed at its memory limit of 256 MiB: a leak or a large request filled it within 1 h 5 min$/,
          remedy: /^Raise the memory limit of payment from 256 MiB, or find what fills it\./,
          facts: { cause: 'after-a-while' },
        },
      ],
    },
    'a leak, with its metric': {
      objects: [killed()],
      metrics: [memory((share) => 60 + 190 * share)],
      sightings: [
        { title: /it grew steadily, from 60 MiB to 250 MiB, 17\d MiB an hour: a leak/, facts: { cause: 'leak' } },
      ],
    },
    'one large request, with its metric': {
      objects: [killed()],
      metrics: [memory((share) => (share > 0.97 ? 250 : 60))],
      sightings: [
        {
          title:
            /^payment: container payment was killed at its memory limit of 256 MiB: its memory jumped from 60 MiB to 250 MiB$/,
          facts: { cause: 'jump' },
        },
      ],
    },
    'a start that does not fit': {
      objects: [
        killed({ last: ended('OOMKilled', 137, { from: 110, to: 95 }), waiting: { reason: 'CrashLoopBackOff' } }),
      ],
      sightings: [
        {
          title:
            /^payment: container payment was killed at its memory limit of 256 MiB: it does not complete its start$/,
          facts: { cause: 'at-start' },
        },
      ],
    },
    'a limit that was lowered': {
      objects: [
        killed(),
        replicaSet(6, { created: 90_000, containers: [{ limits: { memory: '512Mi' } }] }),
        replicaSet(7, { name: 'payment-7d4b9f6c8d', created: 4100, containers: [LIMIT] }),
      ],
      sightings: [{ title: /the limit was lowered from 512 MiB to 256 MiB/, facts: { cause: 'limit-lowered' } }],
    },
    'a limit where there was none': {
      objects: [
        killed(),
        replicaSet(6, { created: 90_000, containers: [{}] }),
        replicaSet(7, { name: 'payment-7d4b9f6c8d', created: 4100, containers: [LIMIT] }),
      ],
      sightings: [{ title: /lowered from none to 256 MiB/, explanation: /had no limit/ }],
    },
    'a new image under the old limit': {
      objects: [
        killed({ last: ended('OOMKilled', 137, { from: 1000, to: 95 }) }),
        replicaSet(6, { created: 90_000, containers: [{ ...LIMIT, image: 'payment:1.4.1' }] }),
        replicaSet(7, { name: 'payment-7d4b9f6c8d', created: 1100, containers: [LIMIT] }),
      ],
      sightings: [
        {
          title: /new image needs more/,
          explanation: /Affected: pod payment-7d4b9f6c8d-aaaaa of Deployment payment in shop, killed at 14:28:25 UTC\./,
          facts: { cause: 'new-image' },
        },
      ],
    },
    'a node that ran out': {
      objects: [
        killed({ limits: {} }),
        node('node-1', { conditions: [{ type: 'MemoryPressure', status: 'True', lastTransitionTime: ago(120) }] }),
      ],
      sightings: [{ title: /the node node-1 ran out of memory/, facts: { cause: 'node' } }],
    },
    'none of its own limit, on a node that is well': {
      objects: [killed({ limits: {} }), node('node-1')],
      sightings: [{ facts: { cause: 'no-limit' } }],
    },
    'one that is ended and not started again yet': {
      objects: [killed({ running: {}, terminated: ended('OOMKilled', 137, { from: 500, to: 20 }), last: {} })],
      sightings: [{ facts: { at: '14:29:40 UTC' } }],
    },
    'again and again, the last time after the window': {
      objects: [
        killed({ last: ended('OOMKilled', 137, { from: 30, to: 10 }), waiting: { reason: 'CrashLoopBackOff' } }),
        event('BackOff', 'Back-off restarting failed container payment', { first: 1500, last: 5 }),
      ],
      window: { ...WINDOW, toUs: WINDOW.toUs - 600e6 },
      sightings: [{ service: 'payment' }],
    },
    'one that is ready again, said of the past, and that it serves': {
      objects: [killed({ ready: true }, { conditions: [ready(80)] })],
      sightings: [
        {
          title:
            /^payment: container payment was killed at its memory limit of 256 MiB: a leak or a large request filled it within 1 h 5 min$/,
          explanation: /Affected: pod payment-7d4b9f6c8d-aaaaa of Deployment payment in shop, killed at 14:28:25 UTC\./,
          facts: { ready: 1 },
        },
      ],
    },
    'one that is not ready again, where nobody asked about a time': {
      objects: [
        killed({ last: ended('OOMKilled', 137, { from: 4000, to: 2000 }), waiting: { reason: 'CrashLoopBackOff' } }),
      ],
      write: printed,
      window: NO_WINDOW,
      sightings: [{ service: 'payment' }],
    },
    'one that is ready again for minutes only, where nobody asked about a time': {
      objects: [killed({ ready: true, last: ended('OOMKilled', 137, { from: 4000, to: 300 }) })],
      window: NO_WINDOW,
      sightings: [
        {
          explanation: /Affected: pod payment-7d4b9f6c8d-aaaaa of Deployment payment in shop, killed at 14:25:00 UTC\./,
        },
      ],
    },
    'a container, on a node that came under pressure hours later': {
      objects: [
        killed({
          limits: {},
          running: { startedAt: ago(8990) },
          last: ended('OOMKilled', 137, { from: 20_000, to: 9000 }),
        }),
        node('node-1', { conditions: [{ type: 'MemoryPressure', status: 'True', lastTransitionTime: ago(120) }] }),
      ],
      window: { ...WINDOW, fromUs: ASKED_US - 10_000e6 },
      sightings: [{ facts: { cause: 'no-limit' } }],
    },
  },
  clear: {
    'days ago, and ready since, where nobody asked about a time': {
      objects: [
        killed({
          ready: true,
          running: { startedAt: ago(260_000) },
          last: ended('OOMKilled', 137, { from: 300_000, to: 260_005 }),
        }),
      ],
      window: NO_WINDOW,
    },
    'the same, where nobody noted when it was asked': {
      objects: [
        killed({
          ready: true,
          running: { startedAt: ago(260_000) },
          last: ended('OOMKilled', 137, { from: 300_000, to: 260_005 }),
        }),
        event('Pulled', 'an event of now', { last: 1 }),
      ],
      write: printed,
      window: NO_WINDOW,
    },
    'at a time that nobody knows, and ready since': {
      objects: [killed({ ready: true, last: { reason: 'OOMKilled', exitCode: 137 } })],
    },
    'a job of yesterday, which its next one replaced': {
      objects: [
        killed(
          { terminated: ended('OOMKilled', 137, { from: 90_000, to: 86_400 }), last: {} },
          { owner: ['Job', 'report-1'], phase: 'Failed', created: 90_000 },
        ),
      ],
      window: NO_WINDOW,
    },
    'the namesake in another namespace, where the name of the service is another': {
      objects: [killed({}, { namespace: 'staging', labels: { app: 'report' }, owner: 'report-7d4b9f6c8d' })],
    },
    'weeks ago': { objects: [killed({ last: ended('OOMKilled', 137, { from: 2e6, to: 1.9e6 }) })] },
    'ended by somebody else with the same code': { objects: [killed({ last: ended('Error', 137) })] },
    'after the window': { objects: [killed()], window: { ...WINDOW, toUs: WINDOW.toUs - 600e6 } },
    'another service': { objects: [killed()], window: { ...WINDOW, service: 'cart' } },
  },
});

test('counts containers of one owner', () => {
  const objects = [killed(), killed({}, { name: 'payment-7d4b9f6c8d-bbbbb' })];
  expect(platformFindings(oomKilled, { objects, thresholds: { minKills: 2 } })).toHaveLength(1);
  expect(platformFindings(oomKilled, { objects: objects.slice(1), thresholds: { minKills: 2 } })).toEqual([]);
});
