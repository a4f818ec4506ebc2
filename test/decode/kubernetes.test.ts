import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { kubernetesBody, withoutSecrets } from '#decode/kubernetes-lists.ts';
import { platformOf } from '#decode/kubernetes-platform.ts';
import { eventsAbout, podName } from '#model/platform/platform.ts';
import { DEFAULT_REDACTION, numberedNaming, useRedaction } from '#model/redaction/redaction.ts';
import { ASKED_US, ago, cluster, ended, event, node, pod, printed, ready, replicaSet } from '#test/platform.ts';

function recorded(name: string): string {
  return readFileSync(`test/fixtures/wire/kubernetes/${name}.json`, 'utf8');
}

function decoded(...texts: readonly string[]) {
  const lists = texts.flatMap((text) => {
    const body = kubernetesBody('platform.json');
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length; at += 1000) body.push(bytes.subarray(at, at + 1000));
    return body.end();
  });
  return platformOf(withoutSecrets(lists));
}

afterEach(() => useRedaction(DEFAULT_REDACTION));

test('a static pod is named without its node, which made it', () => {
  const [scheduler] = cluster([
    pod({ name: 'kube-scheduler-cp-1', owner: ['Node', 'cp-1'], node: 'cp-1', labels: {} }),
  ]).pods;
  expect(scheduler).toMatchObject({ services: ['kube-scheduler'], owner: { kind: 'Pod', name: 'kube-scheduler' } });
});

describe('answers of a real API', () => {
  const names = ['pods', 'events', 'nodes', 'replicasets'];
  const platform = decoded(...names.map(recorded));

  test('pods with what they wait for, how they ended, and what they may use', () => {
    const [looping, well] = platform.pods;
    expect(looping).toMatchObject({
      namespace: 'shop',
      name: 'payment-7d4b9-aaaaa',
      services: ['payment', 'payment-7d4b9-aaaaa'],
      node: 'node-1',
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }],
      containers: [
        {
          name: 'payment',
          image: 'registry.example.com/payment:1.4.2',
          restarts: 4,
          state: { is: 'waiting', reason: 'CrashLoopBackOff' },
          last: { exitCode: 137, reason: 'OOMKilled' },
          limits: { cpu: Number.NaN, memory: 256 * 2 ** 20 },
        },
      ],
    });
    expect(well?.containers[0]).toMatchObject({ isReady: true, last: undefined, state: { is: 'running' } });
  });

  test('events of either kind, those without count and times too', () => {
    expect(platform.events).toHaveLength(5);
    expect(platform.events.find(({ reason }) => reason === 'BackOff')).toMatchObject({
      about: { kind: 'Pod', namespace: 'shop', name: 'payment-7d4b9-aaaaa' },
      count: 12,
      isWarning: true,
      firstUs: Date.UTC(2026, 10, 20, 6, 45, 46) * 1000,
      lastUs: Date.UTC(2026, 10, 20, 6, 55, 16) * 1000,
    });
    const scaled = platform.events.find(({ message }) => message.startsWith('Scaled down'));
    expect(scaled).toMatchObject({ reason: 'ScalingReplicaSet', count: 1, about: { kind: 'Deployment' } });
    expect(scaled?.lastUs).toBeGreaterThan(Date.UTC(2026, 10, 20, 6, 55) * 1000);
    expect(decoded(recorded('events-v1')).events).toEqual(platform.events);
  });

  test('nodes with their conditions, and revisions with what each changed', () => {
    expect(platform.nodes[0]).toMatchObject({
      name: 'node-1',
      taints: ['node.kubernetes.io/not-ready:NoSchedule'],
      allocatable: { cpu: 4, memory: 8 * 2 ** 30 },
      conditions: [{ type: 'Ready' }, { type: 'MemoryPressure', status: 'True' }],
    });
    expect(platform.rollouts.map(({ revision, differences }) => [revision, differences])).toEqual([
      [6, []],
      [7, ['image of payment from registry.example.com/payment:1.4.1 to registry.example.com/payment:1.4.2']],
    ]);
  });

  test('one after another, in one list, one a line, and as kubectl prints them, are the same', () => {
    const lists = names.map((name) => JSON.parse(recorded(name)));
    expect(decoded(JSON.stringify(lists))).toEqual(platform);
    expect(decoded(names.map((name) => recorded(name).trim()).join('\n'))).toEqual(platform);
    const items = lists.flatMap(({ kind, items }) =>
      items.map((item: object) => ({ kind: kind.replace(/List$/, ''), ...item })),
    );
    expect(decoded(JSON.stringify({ kind: 'List', apiVersion: 'v1', items }, null, 2))).toEqual(platform);
    const indented = lists.map((list) => JSON.stringify(list, null, 4));
    expect(decoded(indented.join('\n'))).toEqual(platform);
    const asked = JSON.stringify({ kind: 'Asked', at: ago(0) });
    const told = { ...platform, takenUs: ASKED_US, isTimeTold: true };
    expect(decoded(`${asked}\n${indented.join('\r\n')}`)).toEqual(told);
    expect(decoded(`${indented.join('\n')}\n${asked}\n`)).toEqual(told);
  });

  test('one of several that kubectl printed one after another and that is cut off costs only itself', () => {
    const body = kubernetesBody('kubernetes');
    const [pods = '', events = ''] = ['pods', 'events'].map((name) =>
      JSON.stringify(JSON.parse(recorded(name)), null, 4),
    );
    body.push(new TextEncoder().encode(`${pods}\n${events.slice(0, -50)}`));
    expect(body.end()).toHaveLength(1);
    expect(body.damaged()).toBe(1);
  });

  test('a line of something else between two of them costs nothing but itself', () => {
    const body = kubernetesBody('kubernetes');
    const asked = JSON.stringify({ kind: 'Asked', at: ago(0) });
    body.push(new TextEncoder().encode(`warning: 2 kinds\n${recorded('pods').trim()}\noops\n${asked}\n`));
    expect(body.end().map(({ kind }) => kind)).toEqual(['PodList', 'Asked']);
    expect(body.damaged()).toBe(2);
  });

  test('pages are put together, and an object that two of them have counts once', () => {
    const paged = decoded(recorded('pods-selector-limit'), recorded('pods-continue'), recorded('pods'));
    expect(paged.pods.map(({ name }) => name)).toEqual(['payment-7d4b9-aaaaa', 'payment-7d4b9-bbbbb']);
  });

  test('a page that is cut off costs only itself', () => {
    const body = kubernetesBody('kubernetes');
    body.push(new TextEncoder().encode(`${recorded('pods').trim()}\n${recorded('events').slice(0, 500)}`));
    expect(body.end()).toHaveLength(1);
    expect(body.damaged()).toBe(1);
  });

  test.each(['{"kind":"PodList","items":null}', '[]', '{"kind":"PodList","apiVersion":"v1","items":[]}'])(
    '%s is empty',
    (text) => {
      expect(decoded(text).pods).toEqual([]);
    },
  );

  test.each(['', '{', '"pods"', '{"items":[]}', recorded('viewer-403'), '<html>', '{"kind":"PodList","items":7}'])(
    '%j is refused, with what is accepted',
    (text) => {
      expect(() => decoded(text)).toThrow('platform.json holds no readable response of the Kubernetes API in JSON');
    },
  );

  test('anything in any place is survived', () => {
    const odd = { kind: 'PodList', items: [7, null, {}, { metadata: 7, spec: [], status: { containerStatuses: {} } }] };
    expect(decoded(JSON.stringify(odd)).pods).toHaveLength(1);
    const spec = { containers: [7, { name: 1, env: 7, resources: { limits: { memory: {} } } }], template: 7 };
    const [one] = decoded(JSON.stringify({ kind: 'PodList', items: [{ metadata: { name: 'x' }, spec }] })).pods;
    expect(one?.containers[0]).toMatchObject({ name: '1', limits: { memory: Number.NaN } });
  });
});

describe('whose pod it is', () => {
  test.each([
    ['the variable of OpenTelemetry', { containers: [{ env: [{ name: 'OTEL_SERVICE_NAME', value: 'pay' }] }] }, 'pay'],
    ['its annotation', { annotations: { 'resource.opentelemetry.io/service.name': 'pay' } }, 'pay'],
    [
      'its attributes',
      { containers: [{ env: [{ name: 'OTEL_RESOURCE_ATTRIBUTES', value: 'a=b,service.name=pay,c=d' }] }] },
      'pay',
    ],
    ['the label of charts', { labels: { 'app.kubernetes.io/name': 'pay', app: 'other' } }, 'pay'],
    ['the plain label', { labels: { app: 'pay' } }, 'pay'],
  ])('by %s', (_, drawn, name) => {
    expect(cluster([pod(drawn)]).pods[0]?.services[0]).toBe(name);
  });

  test('by the Services that lead to it, and by what made it', () => {
    const service = (name: string, selector: object, namespace = 'shop') => ({
      kind: 'Service',
      metadata: { name, namespace },
      spec: { selector },
    });
    const { pods } = cluster([
      pod({ labels: { tier: 'pay', x: 'y' } }),
      service('pay-api', { tier: 'pay' }),
      service('everything', {}),
      service('other', { tier: 'pay', x: 'z' }),
      service('elsewhere', { tier: 'pay' }, 'staging'),
      replicaSet(1, { name: 'payment-7d4b9f6c8d', deployment: 'pay-deployment' }),
    ]);
    expect(pods[0]?.services).toEqual(['pay-api', 'pay-deployment']);
    expect(pods[0]?.owner).toEqual({ kind: 'Deployment', namespace: 'shop', name: 'pay-deployment' });
  });

  test('by the name of a ReplicaSet that was not to be had', () => {
    expect(cluster([pod()]).pods[0]?.owner).toMatchObject({ kind: 'Deployment', name: 'payment' });
    expect(cluster([pod({ owner: ['StatefulSet', 'db-7'] })]).pods[0]?.owner).toMatchObject({ name: 'db-7' });
  });
});

describe('what is kept', () => {
  const SECRET = 'hunter2-S3CR3T';
  const drawn = (value: string) => ({
    kind: 'List',
    items: [
      pod({
        containers: [
          {
            env: [
              { name: 'DB', value },
              { name: 'OTEL_SERVICE_NAME', value: 'pay' },
            ],
          },
        ],
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': SECRET, 'vault.example/token': SECRET },
        metadata: { managedFields: [{ manager: 'kubelet' }] },
      }),
      replicaSet(7, { containers: [{ env: [{ name: 'DB', value }] }] }),
    ],
  });

  test('holds no value of a variable, no annotation that repeats the object, nothing of who set what', () => {
    const text = JSON.stringify(withoutSecrets([drawn(SECRET)]));
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain('managedFields');
    expect(text).toContain('pay');
    expect(JSON.stringify(withoutSecrets(JSON.parse(text)))).toBe(text);
  });

  test('holds the port of a sidecar’s agent, and nothing else of its configuration', () => {
    const value = `{"proxyMetadata":{"TOKEN":"${SECRET}"},"statusPort":8080}`;
    const one = {
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { containers: [{ env: [{ name: 'PROXY_CONFIG', value }] }] },
    };
    const text = JSON.stringify(withoutSecrets([one]));
    expect(text).not.toContain(SECRET);
    expect(text).toContain('statusPort');
    expect(JSON.stringify(withoutSecrets(JSON.parse(text)))).toBe(text);
  });

  test('holds no value in the template of a job or of a CronJob', () => {
    const spec = { template: { spec: { containers: [{ name: 'c', env: [{ name: 'DB', value: SECRET }] }] } } };
    const job = { kind: 'Job', metadata: { name: 'j' }, spec };
    const cronJob = { kind: 'CronJob', metadata: { name: 'c' }, spec: { schedule: '@daily', jobTemplate: { spec } } };
    const text = JSON.stringify(withoutSecrets([job, cronJob]));
    expect(text).not.toContain(SECRET);
    expect(text).toContain('@daily');
  });

  test('still tells that a variable changed, without its values', () => {
    useRedaction(DEFAULT_REDACTION, numberedNaming());
    const revision = (number: number, value: string) =>
      replicaSet(number, {
        containers: [
          {
            env: [
              { name: 'DB', value },
              { name: 'SAME', value: 'x' },
            ],
          },
        ],
      });
    expect(cluster([revision(1, 'a'), revision(2, 'b')]).rollouts[1]?.differences).toEqual([
      'environment of payment: DB',
    ]);
  });
});

test('ReplicaSets of an Argo Rollout are its revisions', () => {
  const set = (revision: number, created: number) =>
    replicaSet(revision, {
      created,
      metadata: {
        annotations: { 'rollout.argoproj.io/revision': `${revision}` },
        ownerReferences: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'payment', controller: true }],
      },
    });
  const { rollouts } = cluster([set(8, 100), set(7, 90_000)]);
  expect(rollouts.map(({ deployment, revision }) => [deployment, revision])).toEqual([
    ['payment', 7],
    ['payment', 8],
  ]);
});

test('what else a revision changes is named', () => {
  const { rollouts } = cluster([
    replicaSet(1, { containers: [{ limits: { cpu: '1' } }, { name: 'old' }] }),
    replicaSet(2, {
      containers: [{ limits: { cpu: '2' } }, { name: 'proxy' }],
      template: {
        metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2025-01-06T14:00:00Z' } },
        spec: {
          nodeSelector: { disk: 'ssd' },
          containers: [
            {
              name: 'payment',
              image: 'registry.example.com/payment:1.4.2',
              env: [],
              resources: { limits: { cpu: '2' }, requests: {} },
            },
            { name: 'proxy' },
          ],
        },
      },
    }),
  ]);
  expect(rollouts[1]?.differences).toEqual([
    'resources of payment',
    'container proxy is new',
    'container old is gone',
    'settings of the pod',
    'a restart that somebody requested',
  ]);
});

test('an event without any time has that of its making; one without a count happened once', () => {
  const { events } = cluster([
    {
      ...event('Failed', 'x', { count: null }),
      metadata: { name: 'a', namespace: 'shop', creationTimestamp: '2025-01-06T14:00:00Z' },
      firstTimestamp: null,
      lastTimestamp: null,
    },
  ]);
  expect(events[0]).toMatchObject({ count: 1, lastUs: Date.UTC(2025, 0, 6, 14) * 1000 });
});

describe('when the cluster was asked', () => {
  const AT = ago(60);
  const old = (object: object) => ({
    kind: 'Pod',
    ...object,
    metadata: { name: 'x', namespace: 'shop', creationTimestamp: ago(9000) },
  });

  test('somebody noted it: that counts, also where something later stands', () => {
    expect(cluster([pod({ created: -500 })])).toMatchObject({ takenUs: ASKED_US, isTimeTold: true });
  });

  test.each<[string, Record<string, unknown>]>([
    ['the last time of an event', event('Failed', 'x', { first: 600, last: 60 })],
    ['the time of an event of the newer API', { ...old({ kind: 'Event' }), eventTime: AT }],
    ['the last time of a series of events', { ...old({ kind: 'Event' }), series: { count: 3, lastObservedTime: AT } }],
    ['a condition of a pod', pod({ created: 9000, conditions: [ready(60)] })],
    ['a probe', old({ status: { conditions: [{ type: 'Ready', status: 'True', lastProbeTime: AT }] } })],
    ['the heartbeat of a node', node('n', { conditions: [{ type: 'Ready', status: 'True', lastHeartbeatTime: AT }] })],
    ['the start of a container', pod({ created: 9000, containers: [{ running: { startedAt: AT } }] })],
    [
      'the end of a container',
      pod({ created: 9000, containers: [{ terminated: ended('Error', 1, { from: 70, to: 60 }) }] }),
    ],
    ['the making of an object', pod({ created: 60, containers: [{ running: {} }] })],
    [
      'who set a field, and when',
      pod({ created: 9000, metadata: { managedFields: [{ manager: 'kubelet', time: AT }] } }),
    ],
    ['the renewal of a lease', { ...old({ kind: 'Lease' }), spec: { renewTime: AT } }],
    [
      'a condition of a Deployment',
      old({ kind: 'Deployment', status: { conditions: [{ type: 'Available', lastUpdateTime: AT }] } }),
    ],
  ])('nobody noted it: %s is the latest time', (_, object) => {
    expect(cluster([object], printed)).toMatchObject({ takenUs: ASKED_US - 60e6, isTimeTold: false });
  });

  test('what lies ahead, or what people wrote, is no time at which it was asked', () => {
    const metadata = {
      deletionTimestamp: ago(-30),
      annotations: { 'kubectl.kubernetes.io/restartedAt': ago(-40) },
      labels: { lastTimestamp: ago(-50) },
    };
    const spec = { activeUntil: { lastTransitionTime: ago(-60) } };
    const config = { ...old({ kind: 'ConfigMap' }), data: { startedAt: ago(-70), creationTimestamp: ago(-70) } };
    expect(
      cluster([pod({ created: 60, containers: [{ running: {} }], metadata, spec }), config], printed).takenUs,
    ).toBe(ASKED_US - 60e6);
  });

  test('its answers contain no time: it is not known', () => {
    const { metadata: _, ...bare } = pod({ containers: [{ running: {} }] });
    expect(cluster([{ ...bare, metadata: { name: 'x', namespace: 'shop' } }], printed)).toMatchObject({
      takenUs: Number.NaN,
      isTimeTold: false,
    });
  });

  test('is kept with what is kept, however often that is read', () => {
    const object = pod({ created: 9000, metadata: { managedFields: [{ manager: 'kubelet', time: AT }] } });
    const kept = withoutSecrets([object]);
    expect(kept).toContainEqual({ kind: 'Latest', at: AT });
    expect(JSON.stringify(kept)).not.toContain('managedFields');
    expect(withoutSecrets(kept)).toEqual(kept);
    expect(platformOf(kept).takenUs).toBe(ASKED_US - 60e6);
  });

  test('a body that nests deeper than any stack is survived', () => {
    const deep = `${'{"status":'.repeat(5000)}{}${'}'.repeat(5000)}`;
    expect(decoded(`{"kind":"Pod","metadata":{"name":"x"},"status":${deep}}`).pods).toHaveLength(1);
  });
});

describe('how many pods there are of how many', () => {
  test('by the ReplicaSet itself, else by those that are listed and stay', () => {
    const { rollouts } = cluster([
      replicaSet(6, { replicas: 0, made: 0 }),
      replicaSet(7, { name: 'payment-7d4b9f6c8d', replicas: 3 }),
      pod({ created: 500 }),
      pod({ name: 'payment-7d4b9f6c8d-bbbbb', created: 400 }),
      pod({ name: 'payment-7d4b9f6c8d-ccccc', created: 300, metadata: { deletionTimestamp: ago(1) } }),
    ]);
    expect(rollouts.map(({ wanted, made, lastMadeUs }) => [wanted, made, lastMadeUs])).toEqual([
      [0, 0, Number.NEGATIVE_INFINITY],
      [3, 2, ASKED_US - 400e6],
    ]);
  });

  test('of each kind that keeps a number of them', () => {
    const of = (kind: string, spec: object, status: object) => ({
      kind,
      metadata: { name: kind.toLowerCase(), namespace: 'shop' },
      spec,
      status,
    });
    const { workloads } = cluster([
      of('Deployment', { replicas: 3 }, { replicas: 3, updatedReplicas: 1 }),
      of('StatefulSet', {}, { replicas: 0 }),
      of('DaemonSet', {}, { desiredNumberScheduled: 4, currentNumberScheduled: 4 }),
      { ...of('Deployment', {}, {}), metadata: { name: 'of-a-manifest', namespace: 'shop' } },
      replicaSet(7, { deployment: 'other', replicas: 2, made: 1 }),
    ]);
    expect(workloads.map(({ name, wanted, made }) => [name, wanted, made])).toEqual([
      ['deployment', 3, 1],
      ['statefulset', 1, 0],
      ['daemonset', 4, 4],
      ['other', 2, 1],
    ]);
  });
});

describe('whose event it is', () => {
  const about = (uid: string, seconds: number) => {
    const drawn = event('BackOff', `of ${uid}`, { first: seconds, last: seconds });
    return { ...drawn, involvedObject: { ...(drawn.involvedObject as object), uid } };
  };

  test('of objects that had one name one after another, only of the one that is there', () => {
    const platform = cluster([pod({ metadata: { uid: 'new' } }), about('old', 100), about('new', 50)]);
    const [one] = platform.pods;
    expect(one && eventsAbout(platform, podName(one)).map(({ message }) => message)).toEqual(['of new']);
  });

  test('where nobody says which, not of one that was gone before this was made', () => {
    const platform = cluster([pod({ created: 300 }), about('', 900), about('', 310), about('', 50)]);
    const [one] = platform.pods;
    expect(one && eventsAbout(platform, podName(one)).map(({ lastUs }) => (ASKED_US - lastUs) / 1e6)).toEqual([
      310, 50,
    ]);
  });
});

describe('lists that were read and hold nothing', () => {
  const empty = (kind: string) => JSON.stringify({ kind: `${kind}List`, items: [] });

  test('are no lists that nobody read', () => {
    const platform = decoded(recorded('pods'), empty('ResourceQuota'), empty('EndpointSlice'));
    expect(platform).toMatchObject({ quotas: [], endpoints: [], volumes: undefined, jobs: [] });
  });

  test('a quota is used up by its amounts, not by their text', () => {
    const quota = (used: string, hard: string) => ({
      kind: 'ResourceQuota',
      metadata: { name: 'q', namespace: 'shop' },
      status: { used: { 'requests.storage': used }, hard: { 'requests.storage': hard } },
    });
    const isUsedUp = (used: string, hard: string) => cluster([quota(used, hard)]).quotas?.[0]?.limits[0]?.isUsedUp;
    expect([isUsedUp('1024Mi', '1Gi'), isUsedUp('900Mi', '1Gi'), isUsedUp('0', '0')]).toEqual([true, false, true]);
  });
});
