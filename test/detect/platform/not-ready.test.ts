import { notReady } from '#detect/platform/not-ready.ts';
import { event, NO_WINDOW, node, pod, printed, ready, replicaSet, testPlatformDetector } from '#test/platform.ts';

const PROBED = {
  ports: [{ containerPort: 8080 }],
  probes: { readinessProbe: { httpGet: { port: 8080, path: '/ready' }, initialDelaySeconds: 5, periodSeconds: 10 } },
};

function unready(since = 300, container: object = PROBED) {
  return pod({ created: since + 5, conditions: [ready(since, 'False')], containers: [{ ...container }] });
}

function failed(message: string) {
  return event('Unhealthy', `Readiness probe failed: ${message}`, { first: 290, last: 10, count: 28 });
}

/** Deployment payment, whose rollout to revision 2 made one pod, which gets no word of the kubelet. */
function rolling(condition: object, { owner = 'payment-2', since = 900, image = 'payment:1.4.2' } = {}) {
  return [
    replicaSet(1, { replicas: 2, containers: [{ image: 'payment:1.4.1' }] }),
    replicaSet(2, { created: since + 5, containers: [{ image }] }),
    pod({ name: `${owner}-aaaaa`, owner, created: since + 5, conditions: [ready(since, 'False')] }),
    {
      kind: 'Deployment',
      metadata: { name: 'payment', namespace: 'shop' },
      spec: { replicas: 2 },
      status: { replicas: 3, updatedReplicas: 1, conditions: [{ type: 'Progressing', ...condition }] },
    },
  ];
}

const STOPPED = {
  status: 'False',
  reason: 'ProgressDeadlineExceeded',
  message: 'ReplicaSet "payment-2" has timed out progressing.',
};

/** A start that may take 150 s, in lists of which nobody knows when they were asked for. */
function starting(failures: number) {
  const startupProbe = { httpGet: { port: 8080, path: '/up' }, periodSeconds: 5, failureThreshold: 30 };
  return [
    pod({ created: 26, conditions: [ready(26, 'False')], containers: [{ probes: { startupProbe } }] }),
    event('Unhealthy', 'Startup probe failed: dial tcp 10.0.0.7:8080: connect: connection refused', {
      first: 20,
      last: 5,
      count: failures,
    }),
  ];
}

/** A pod whose readiness probe was refused 15 and 5 s before the answer, and which nobody knows to be older. */
function justMade(created: number) {
  return [
    pod({ created, conditions: [ready(created - 1, 'False')], containers: [PROBED] }),
    event('Unhealthy', 'Readiness probe failed: dial tcp 10.0.0.7:8080: connect: connection refused', {
      first: 15,
      last: 5,
      count: 2,
    }),
  ];
}

testPlatformDetector(notReady, {
  clear: {
    'a pod that was just made, at an unknown time': { write: printed, window: NO_WINDOW, objects: justMade(25) },
    'a startup probe that has failed less often than it may, at an unknown time': {
      write: printed,
      window: NO_WINDOW,
      objects: starting(4),
    },
    'a rollout that still has time': {
      objects: rolling({ status: 'True', reason: 'ReplicaSetUpdated' }),
    },
    'a rollout that somebody paused': { objects: rolling({ status: 'Unknown', reason: 'DeploymentPaused' }) },
    'a pod of the revision before beside a rollout that stopped': {
      objects: rolling(STOPPED, { owner: 'payment-1' }),
    },
    'the word about an earlier pod of a StatefulSet': {
      objects: [
        pod({
          name: 'db-0',
          owner: ['StatefulSet', 'db'],
          created: 305,
          metadata: { uid: 'new' },
          conditions: [ready(300, 'False')],
          containers: [PROBED],
        }),
        {
          ...failed('HTTP probe failed with statuscode: 404'),
          involvedObject: { kind: 'Pod', namespace: 'shop', name: 'db-0', uid: 'old' },
        },
      ],
    },
    'a pod that started 10 s ago': {
      objects: [unready(10), failed('dial tcp 10.0.0.7:8080: connect: connection refused')],
    },
    'a start that its probe allows for': {
      objects: [
        unready(90, {
          ...PROBED,
          probes: { startupProbe: { httpGet: { port: 8080 }, periodSeconds: 10, failureThreshold: 30 } },
        }),
      ],
    },
    'a probe that failed while it started': {
      objects: [
        pod({ conditions: [ready(280)], containers: [{ ready: true, ...PROBED }] }),
        failed('dial tcp 10.0.0.7:8080: connect: connection refused'),
      ],
    },
    'no word of the kubelet': { objects: [unready()] },
    'a job that is done': { objects: [pod({ phase: 'Succeeded', conditions: [ready(300, 'False')] })] },
    'a pod on a lost node': {
      objects: [
        unready(),
        node('node-1', {
          conditions: [{ type: 'Ready', status: 'Unknown', message: 'Kubelet stopped posting node status.' }],
        }),
      ],
    },
  },
  found: {
    'a pod that was made long before the last failed probe, at an unknown time': {
      write: printed,
      window: NO_WINDOW,
      objects: justMade(300),
      sightings: [{ facts: { probe: 'readiness' } }],
    },
    'a rollout that stopped, without a word of the kubelet': {
      objects: rolling(STOPPED),
      sightings: [
        {
          service: 'payment',
          title:
            /^payment runs but is not ready: its rollout stopped, because no pod of the new version becomes ready in time$/,
          remedy: /^Roll payment back/,
        },
      ],
    },
    'a probe at another port': {
      objects: [
        unready(300, { ...PROBED, probes: { readinessProbe: { tcpSocket: { port: 8081 } } } }),
        failed('dial tcp 10.0.0.7:8081: connect: connection refused'),
      ],
      sightings: [
        {
          title:
            /^payment runs but is not ready: its readiness probe fails: it asks port 8081, but the container declares port 8080$/,
          remedy: /^Correct the readiness probe/,
        },
      ],
    },
    'a probe by another protocol': {
      objects: [
        unready(),
        failed('Get "http://10.0.0.7:8080/": net/http: HTTP/1.x transport connection broken: malformed HTTP response'),
      ],
      sightings: [{ title: /it asks by HTTP, but the container answers in another protocol/ }],
    },
    'a path that is not there': {
      objects: [unready(), failed('HTTP probe failed with statuscode: 404')],
      sightings: [{ title: /its path \/ready does not exist \(404\)$/ }],
    },
    'a server that answers with an error': {
      objects: [unready(), failed('HTTP probe failed with statuscode: 503')],
      sightings: [{ title: /the container answers with status 503$/, remedy: /^Find out why/ }],
    },
    'a readiness gate that somebody else decides': {
      objects: [
        pod({
          created: 305,
          conditions: [{ ...ready(300, 'False'), reason: 'ReadinessGatesNotReady', message: 'gate "x" is "False"' }],
          containers: [{ ready: true }],
        }),
      ],
      sightings: [{ title: /a readiness gate of the pod is not met/ }],
    },
  },
});
