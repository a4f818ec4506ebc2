import { describe, expect, test } from 'vitest';
import { imagePull } from '#detect/platform/image-pull.ts';
import { pullFailure } from '#detect/signs/containers/pull-failure.ts';
import {
  ago,
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

const IMAGE = 'registry.example.com/payment:1.4.3';
const WAITING = { reason: 'ImagePullBackOff', message: `Back-off pulling image "${IMAGE}"` };

function stuck(message: string, more: Parameters<typeof event>[2] = {}) {
  return [
    pod({ phase: 'Pending', containers: [{ image: IMAGE, waiting: WAITING }] }),
    event('Pulling', `Pulling image "${IMAGE}"`, { type: 'Normal' }),
    event('Failed', `Failed to pull image "${IMAGE}": ${message}`, more),
    event('Failed', 'Error: ErrImagePull', more),
    event('BackOff', `Back-off pulling image "${IMAGE}"`, { type: 'Normal', count: 40 }),
  ];
}

const NOT_FOUND = `rpc error: code = NotFound desc = failed to pull and unpack image "${IMAGE}": failed to resolve reference "${IMAGE}": ${IMAGE}: not found`;

testPlatformDetector(imagePull, {
  found: {
    'a tag that does not exist, with the image that the revision before runs': {
      objects: [
        ...stuck(NOT_FOUND),
        replicaSet(6, { created: 86_400 }),
        replicaSet(7, { name: 'payment-7d4b9f6c8d', containers: [{ image: IMAGE }] }),
      ],
      sightings: [
        {
          service: 'payment',
          title:
            /^Pods of payment cannot start: registry\.example\.com\/payment:1\.4\.3 does not exist in its registry$/,
          explanation: /The kubelet cannot pull registry\.example\.com\/payment:1\.4\.3 since 14:20:00 UTC\./,
          remedy:
            /Correct the tag of registry\.example\.com\/payment:1\.4\.3 in the manifest, or push the missing image\./,
          facts: { failure: 'not-found' },
        },
      ],
    },
    'credentials that the registry refuses': {
      objects: stuck('failed to authorize: failed to fetch anonymous token: unexpected status: 401 Unauthorized'),
      sightings: [
        {
          title:
            /^Pods of payment cannot start: the registry rejects the credentials for registry\.example\.com\/payment:1\.4\.3$/,
          facts: { failure: 'not-allowed' },
        },
      ],
    },
    'a pull secret that is not there': {
      objects: [
        ...stuck(
          'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
        ),
        event(
          'FailedToRetrieveImagePullSecret',
          'Unable to retrieve some image pull secrets (regcred); attempting to pull the image may not succeed.',
          { container: '' },
        ),
      ],
      sightings: [{ title: /the pull secret for .* is missing/, facts: { failure: 'missing-secret' } }],
    },
    'what can mean two things, said as that': {
      objects: stuck('pull access denied, repository does not exist or may require authorization'),
      sightings: [{ title: /does not exist or needs credentials/, facts: { failure: 'not-found-or-not-allowed' } }],
    },
    'a registry that is not reached': {
      objects: stuck('dial tcp 10.1.2.3:443: i/o timeout'),
      sightings: [{ title: /the registry of .* does not answer/, facts: { failure: 'unreachable' } }],
    },
    'a registry whose name nobody knows': {
      objects: stuck('dial tcp: lookup registry.example.com on 10.96.0.10:53: no such host'),
      sightings: [{ facts: { failure: 'unknown-host' } }],
    },
    'a limit of pulls': {
      objects: stuck('429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit.'),
      sightings: [
        {
          title:
            /^Pods of payment cannot start: the registry of registry\.example\.com\/payment:1\.4\.3 limits the rate of pulls$/,
          facts: { failure: 'rate-limit' },
        },
      ],
    },
    'an image that may not be pulled': {
      objects: [
        pod({
          phase: 'Pending',
          containers: [
            {
              image: IMAGE,
              waiting: {
                reason: 'ErrImageNeverPull',
                message: `Container image "${IMAGE}" is not present with pull policy of Never`,
              },
            },
          ],
        }),
      ],
      sightings: [{ facts: { failure: 'never-pulled' } }],
    },
    'no reason at all': {
      objects: [pod({ phase: 'Pending', containers: [{ image: IMAGE, waiting: WAITING }] })],
      sightings: [
        {
          title: /cannot be pulled/,
          remedy:
            /^Read the events of a pod with registry\.example\.com\/payment:1\.4\.3 .*: the evidence does not show why\./,
          facts: { failure: 'unknown' },
        },
      ],
    },
    'the reason in the state alone, as newer kubelets say it': {
      objects: [
        pod({
          phase: 'Pending',
          containers: [
            { image: IMAGE, waiting: { ...WAITING, message: `${WAITING.message}: ErrImagePull: manifest unknown` } },
          ],
        }),
      ],
      sightings: [{ facts: { failure: 'not-found' } }],
    },
    'the first failure, where nobody knows when it was asked': {
      objects: [
        pod({
          phase: 'Pending',
          created: 2,
          containers: [{ image: IMAGE, waiting: { ...WAITING, reason: 'ErrImagePull' } }],
        }),
        event('Failed', `Failed to pull image "${IMAGE}": ${NOT_FOUND}`, { first: 1, last: 1, count: 1 }),
      ],
      write: printed,
      window: NO_WINDOW,
      sightings: [
        {
          title:
            /^Pods of payment cannot start: registry\.example\.com\/payment:1\.4\.3 does not exist in its registry$/,
        },
      ],
    },
    'a pull that fails now for another reason than it did before the image came': {
      objects: [
        pod({
          created: 9000,
          containers: [
            { image: IMAGE, waiting: WAITING, restarts: 1, last: ended('Error', 1, { from: 8000, to: 400 }) },
          ],
        }),
        event('Failed', `Failed to pull image "${IMAGE}": 429 Too Many Requests`, { first: 1200, last: 1000 }),
        event('Pulled', `Successfully pulled image "${IMAGE}"`, { first: 900, last: 900, type: 'Normal' }),
        event('Failed', `Failed to pull image "${IMAGE}": x509: certificate has expired`, { first: 300, last: 30 }),
      ],
      sightings: [
        {
          title:
            /^Pods of payment cannot start: the node does not trust the certificate of the registry of registry\.example\.com\/payment:1\.4\.3$/,
          facts: { failure: 'certificate' },
        },
      ],
    },
    'two pods of one revision once': {
      objects: [
        ...stuck('manifest unknown'),
        pod({
          name: 'payment-7d4b9f6c8d-bbbbb',
          phase: 'Pending',
          containers: [{ image: IMAGE, waiting: { ...WAITING, message: 'manifest unknown' } }],
        }),
        pod({ name: 'payment-5c6-ccccc', owner: 'payment-5c6', containers: [{ ready: true }] }),
      ],
      sightings: [
        {
          title:
            /^Pods of payment cannot start: registry\.example\.com\/payment:1\.4\.3 does not exist in its registry$/,
          explanation: /It has 1 other ready pod\.$/,
          facts: { ready: 1 },
        },
      ],
    },
  },
  clear: {
    'a rollout that has been pulling for 20 s': {
      objects: [
        pod({ phase: 'Pending', created: 20, containers: [{ waiting: { reason: 'ContainerCreating' } }] }),
        event('Pulling', `Pulling image "${IMAGE}"`, { first: 18, last: 18, count: 1, type: 'Normal' }),
      ],
    },
    'a failure 29 s ago': {
      objects: stuck(NOT_FOUND, { first: 29, last: 14 }).filter(({ reason }) => reason !== 'BackOff'),
    },
    'a pull that failed and then worked': {
      objects: [
        pod({ containers: [{ image: IMAGE }] }),
        event('Failed', `Failed to pull image "${IMAGE}": i/o timeout`),
      ],
    },
    'the same, where nobody knows when it was asked': {
      objects: [
        pod({ conditions: [ready(30)], containers: [{ image: IMAGE, ready: true }] }),
        event('Failed', `Failed to pull image "${IMAGE}": i/o timeout`),
        event('BackOff', `Back-off pulling image "${IMAGE}"`, { type: 'Normal', count: 4, last: 60 }),
      ],
      write: printed,
      window: NO_WINDOW,
    },
    'another service': { objects: stuck(NOT_FOUND), window: { ...WINDOW, service: 'cart' } },
    'a time before it began': {
      objects: stuck(NOT_FOUND),
      window: { ...WINDOW, fromUs: WINDOW.fromUs - 3600e6, toUs: WINDOW.toUs - 3600e6 },
    },
    'a pod that is on its way out': {
      objects: [
        pod({
          phase: 'Pending',
          metadata: { deletionTimestamp: ago(10) },
          containers: [{ image: IMAGE, waiting: WAITING }],
        }),
      ],
    },
  },
});

test('speaks from 30 s on, and as configured', () => {
  const objects = [pod({ phase: 'Pending', created: 30, containers: [{ image: IMAGE, waiting: WAITING }] })];
  expect(platformFindings(imagePull, { objects })).toHaveLength(1);
  expect(platformFindings(imagePull, { objects, thresholds: { minSeconds: 31 } })).toEqual([]);
});

describe('the words of runtimes and registries', () => {
  test.each([
    ['Error response from daemon: manifest for nginx:1.99 not found: manifest unknown: manifest unknown', 'not-found'],
    ['reading manifest 1.99 in docker.io/library/nginx: manifest unknown', 'not-found'],
    [
      'Error: initializing source docker://quay.io/x/y:z: reading manifest z in quay.io/x/y: unauthorized: access to the requested resource is not authorized',
      'not-allowed',
    ],
    ['no basic auth credentials', 'not-allowed'],
    [
      'failed to resolve reference "ghcr.io/a/b:c": unexpected status from HEAD request to https://ghcr.io/v2/a/b/manifests/c: 403 Forbidden',
      'not-allowed',
    ],
    ['x509: certificate signed by unknown authority', 'certificate'],
    ['Get "https://registry.example.com/v2/": net/http: TLS handshake timeout', 'unreachable'],
    ['Get "https://registry.example.com/v2/": dial tcp 127.0.0.1:443: connect: connection refused', 'unreachable'],
    ['unexpected status code 503 Service Unavailable', 'unreachable'],
    ['write /var/lib/containerd/x: no space left on device', 'no-space'],
    ['no match for platform in manifest: not found', 'other-platform'],
    [
      'Failed to apply default image tag "payment::1": couldn\'t parse image name "payment::1": invalid reference format',
      'invalid-name',
    ],
    ['Back-off pulling image "registry.example.com/not-found:429"', 'unknown'],
  ])('%s', (words, failure) => {
    expect(pullFailure([words], false)).toBe(failure);
  });
});
