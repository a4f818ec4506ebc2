import { podPending } from '#detect/platform/pod-pending.ts';
import { event, pod, testPlatformDetector } from '#test/platform.ts';

/** A pod that has its node and waits, and what the kubelet says of one of its volumes. */
function waiting(reason: string, message: string, times: Parameters<typeof event>[2] = {}) {
  return [
    pod({ phase: 'Pending', containers: [{ waiting: { reason: 'ContainerCreating' } }] }),
    event(reason, message, { container: '', ...times }),
  ];
}

const OF_VAULT =
  'MountVolume.SetUp failed for volume "secrets" : rpc error: code = Unknown desc = failed to mount secrets store objects for pod shop/payment, err: failed to get objectType:secret, objectName:card-key: GET https://kv-acme.vault.azure.net/secrets/card-key/ RESPONSE 403: 403 Forbidden';
const OF_CACHE =
  'MountVolume.SetUp failed for volume "tls" : failed to sync secret cache: timed out waiting for the condition';
const OF_OWNER =
  'Setting volume ownership for 70a9/volumes/kubernetes.io~csi/pvc-1/mount is taking longer than expected, consider using OnRootMismatch';

testPlatformDetector(podPending, {
  found: {
    'secrets that their store refuses': {
      objects: waiting('FailedMount', OF_VAULT),
      sightings: [{ title: /its volume secrets cannot be attached or mounted$/, explanation: /403 Forbidden/ }],
    },
    'a volume whose files get another owner': {
      objects: waiting('VolumePermissionChangeInProgress', OF_OWNER),
      sightings: [
        {
          title: /the kubelet changes the owner of all files on their volume first$/,
          explanation: /taking longer than expected/,
          facts: { cause: 'volume-owner' },
        },
      ],
    },
  },
  clear: {
    'a secret that the kubelet fetches for the first time': { objects: waiting('FailedMount', OF_CACHE) },
    'a volume whose files got their owner': {
      objects: waiting('VolumePermissionChangeInProgress', OF_OWNER, { first: 1100, last: 700 }),
    },
  },
});
