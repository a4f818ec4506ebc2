import { quotaExceeded } from '#detect/platform/quota-exceeded.ts';
import {
  ago,
  event,
  NO_WINDOW,
  pod,
  quota,
  ready,
  replicaSet,
  service,
  testPlatformDetector,
  unschedulable,
  WINDOW,
} from '#test/platform.ts';

const RS = 'payment-7d4b9f6c8d';
const QUOTA =
  'Error creating: pods "payment-7d4b9f6c8d-x" is forbidden: exceeded quota: compute, requested: requests.cpu=2, used: requests.cpu=9, limited: requests.cpu=10';

function refused(more: Parameters<typeof event>[2] = {}, text = QUOTA) {
  return event('FailedCreate', text, { about: ['ReplicaSet', RS], first: 400, last: 10, ...more });
}

const STATEFUL = (replicas: number) => ({
  kind: 'StatefulSet',
  metadata: { name: 'kafka', namespace: 'shop', labels: { app: 'kafka' } },
  spec: { replicas, template: { metadata: { labels: { app: 'kafka' } } } },
  status: { replicas: 3 },
});
const CLAIM = event(
  'FailedCreate',
  'create Pod kafka-3 in StatefulSet kafka failed error: failed to create PVC data-kafka-3: persistentvolumeclaims "data-kafka-3" is forbidden: exceeded quota: storage, requested: persistentvolumeclaims=1, used: persistentvolumeclaims=5, limited: persistentvolumeclaims=5',
  { about: ['StatefulSet', 'kafka'], first: 400, last: 10 },
);

const MADE = event('SuccessfulCreate', 'Created pod: payment-7d4b9f6c8d-aaaaa', {
  about: ['ReplicaSet', RS],
  first: 390,
  last: 390,
  type: 'Normal',
});

const WELL = pod({ created: 390, conditions: [ready(380)], containers: [{ ready: true }] });

/** Two that call `cart`. */
function callers() {
  return ['web', 'till'].map((name) =>
    pod({
      name: `${name}-1-a`,
      owner: `${name}-1`,
      labels: { app: name },
      conditions: [ready(900)],
      containers: [{ ready: true, env: [{ name: 'CART_ADDR', value: 'cart:80' }] }],
    }),
  );
}

const WAITING = pod({
  phase: 'Pending',
  node: '',
  conditions: [unschedulable('0/2 nodes are available: persistentvolumeclaim "data" not found.')],
});

testPlatformDetector(quotaExceeded, {
  clear: {
    'a quota that is used up while nothing is missing': {
      window: NO_WINDOW,
      objects: [...callers(), service('web'), service('cart'), quota('most', { services: ['2', '2'] })],
    },
    'a missing Service beside a quota that leaves room': {
      window: NO_WINDOW,
      objects: [...callers(), service('web'), quota('most', { services: ['1', '2'], pods: ['2', '2'] })],
    },
    'a missing claim beside a quota of something else': {
      objects: [WAITING, quota('most', { services: ['2', '2'], persistentvolumeclaims: ['1', '5'] })],
    },
    'a quota that let the pods in meanwhile': {
      objects: [replicaSet(7, { name: RS, made: 1 }), WELL, refused({ last: 395 }), MADE],
    },
    'a StatefulSet that has all its pods again': { window: NO_WINDOW, objects: [STATEFUL(3), CLAIM] },
    'a revision that was replaced': { objects: [replicaSet(6, { name: RS, replicas: 0, made: 0 }), refused()] },
    'a refusal of another kind': {
      objects: [replicaSet(7, { name: RS, made: 0 }), refused({}, 'Error creating: violates PodSecurity "restricted"')],
    },
    'a refusal of 59 s': { objects: [replicaSet(7, { name: RS, made: 0 }), refused({ first: 59 })] },
  },
  found: {
    'a claim of a StatefulSet that its quota refuses': {
      window: NO_WINDOW,
      objects: [STATEFUL(4), CLAIM],
      sightings: [
        {
          service: 'shop',
          title: /^Namespace shop: the quota storage of .*claim.* is used up, so kafka cannot start pods$/i,
        },
      ],
    },
    'a Service that others call and for which no quota is left': {
      window: NO_WINDOW,
      objects: [...callers(), service('web'), quota('most', { 'count/services': ['1', '1'] })],
      sightings: [
        {
          service: 'shop',
          title: /^Namespace shop: the quota most of Services has nothing left for the Service cart$/,
          explanation: /^1 of 1 Services are in use\. Needed by till, web: /,
        },
      ],
    },
    'a claim of a waiting pod for which no quota of storage is left': {
      objects: [WAITING, quota('disk', { 'requests.storage': ['10Gi', '10Gi'] })],
      sightings: [{ service: 'shop', title: /the quota disk of storage has nothing left for the volume claim data$/ }],
    },
    'a quota, of which only the owner tells': {
      objects: [replicaSet(7, { name: RS }), refused()],
      sightings: [
        {
          service: 'shop',
          title: /^Namespace shop: the quota compute of CPU is used up, so payment cannot start pods$/,
          explanation: /limited: requests\.cpu=10/,
        },
      ],
    },
    'a Job whose pod is refused': {
      objects: [
        {
          kind: 'Job',
          metadata: { name: 'report-2', namespace: 'shop', labels: { app: 'payment' }, creationTimestamp: ago(600) },
          spec: {},
          status: {},
        },
        refused({ about: ['Job', 'report-2'] }),
      ],
      sightings: [
        { service: 'shop', title: /^Namespace shop: the quota compute of CPU is used up, so report-2 cannot/ },
      ],
    },
    'one quota that refuses two workloads': {
      objects: [
        replicaSet(7, { name: RS, made: 0 }),
        refused(),
        replicaSet(2, { name: 'cart-1', deployment: 'cart', made: 0 }),
        refused({ about: ['ReplicaSet', 'cart-1'] }, QUOTA.replace('requests.cpu=2', 'pods=1,requests.cpu=2')),
      ],
      window: { ...WINDOW, service: '' },
      sightings: [{ service: 'shop', facts: { workloads: 'cart, payment' } }],
    },
    'a quota that let two of three in': {
      objects: [replicaSet(7, { name: RS, replicas: 3, made: 2 }), WELL, MADE, refused()],
      sightings: [{ service: 'shop' }],
    },
    'a time in which it could not be made, though it could later': {
      objects: [replicaSet(7, { name: RS, made: 1 }), WELL, refused({ first: 1500, last: 500 }), MADE],
      window: { ...WINDOW, toUs: WINDOW.toUs - 450e6 },
      sightings: [{ title: /; resolved at 14:23:30 UTC$/ }],
    },
  },
});
