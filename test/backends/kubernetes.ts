/**
 * A real API server whose objects are as a kubelet, a scheduler and controllers write them in each of the four troubles:
 * `investigate` names each cause end to end, by the role that docs/kubernetes.md gives and nothing more.
 */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Agent, request } from 'undici';
import { parseAllDocuments } from 'yaml';
import type { Report } from '#present/json/report.ts';
import { alertmanagerGroup, firing } from '#test/alertmanager.ts';
import { reportOf, spanhound } from './command-line.ts';
import type { Context } from './context.ts';
import { type Kubernetes, startKubernetes } from './servers.ts';

type Json = Readonly<Record<string, unknown>>;

const NAMESPACE = 'shop';
const ROLE_PAGE = new URL('../../docs/kubernetes.md', import.meta.url);

type Manifest = Readonly<{ apiVersion: string; kind: string }> & Json;

const MANIFESTS = new URL('../../deploy/kubernetes.yaml', import.meta.url);
const PLURALS: Readonly<Record<string, string>> = {
  ServiceAccount: 'serviceaccounts',
  ConfigMap: 'configmaps',
  PersistentVolumeClaim: 'persistentvolumeclaims',
  Deployment: 'deployments',
  Service: 'services',
  PodDisruptionBudget: 'poddisruptionbudgets',
  NetworkPolicy: 'networkpolicies',
};

/** One service in trouble, and what has to be said of it. */
type Trouble = Readonly<{
  service: string;
  /** The object that the finding names, if it is another one. */
  object?: string;
  kind: string;
  cause: string;
  says: RegExp;
  container?: Json;
  /** Of its only container; the pod has no node where there is none. */
  status?: Json;
  pod?: Json;
  events?: readonly Told[];
  /** The container of the revision before. */
  before?: Json;
  more?: readonly Readonly<{ path: string; object: Json }>[];
}>;

type Told = Readonly<{ reason: string; message: string; about?: string; type?: string; count?: number }>;

export async function checkKubernetes({ folder, jaeger, check }: Context): Promise<void> {
  const kubernetes = await startKubernetes(folder);
  if (kubernetes === undefined) {
    console.log('  no kube-apiserver in the cache: run test/backends/build.sh');
    return;
  }
  const api = openApi(kubernetes);
  const nowMs = Date.now();
  const ago = (seconds: number) => new Date(nowMs - seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
  const troubles = troublesAt(ago);
  await api.make('/api/v1/namespaces', { metadata: { name: NAMESPACE } });
  await api.make('/api/v1/namespaces', { metadata: { name: 'staging' } });
  await makeNode(api, ago);
  for (const trouble of troubles) await makeService(api, trouble, ago);
  await makeQuiet(api, ago);

  const tokenOf = async (who: keyof Kubernetes['tokens']) => {
    const file = join(folder, `${who}.kubeconfig`);
    await writeFile(file, JSON.stringify(kubeconfig(kubernetes, who)));
    return { KUBECONFIG: file };
  };
  const [reader, nobody] = [await tokenOf('reader'), await tokenOf('nobody')];
  const time = ['--from', ago(1800), '--to', new Date(nowMs + 60_000).toISOString()];
  const investigate = (service: string, environment: Readonly<Record<string, string>>) =>
    spanhound(folder, ['investigate', '--service', service, ...time, '--json'], environment);

  await check('kubernetes: doctor names each rule that is missing', async () => {
    const { code, stdout } = await spanhound(folder, ['doctor', '--json'], nobody);
    assert.equal(code, 5);
    const { checks } = JSON.parse(stdout) as { checks: { name: string; detail: string; remedy: string }[] };
    const found = checks.find(({ name }) => name === 'kubernetes');
    assert.match(found?.detail ?? '', /v1\.36\.3; .*does not let it list pods/);
    assert.match(found?.remedy ?? '', /apiGroups: \["apps"\], resources: \["replicasets"\], verbs: \["list"\]/);
  });

  await makeRole(api);
  await check('kubernetes: the role of docs/kubernetes.md is enough', async () => {
    const { stdout } = await spanhound(folder, ['doctor', '--json'], reader);
    const { checks } = JSON.parse(stdout) as { checks: { name: string; state: string; detail: string }[] };
    const { state, detail } = checks.find(({ name }) => name === 'kubernetes') ?? {};
    assert.deepEqual([state, detail], ['ok', 'v1.36.3; may read all namespaces']);
  });

  await checkManifests(api, check);

  for (const { service, object = service, kind, cause, says } of troubles) {
    await check(`kubernetes: ${kind}, ${cause}`, async () => {
      const report = reportOf(await investigate(service, reader));
      assert.equal(report.diagnosis?.kind, kind, report.diagnosis?.verdict);
      assert.equal(report.diagnosis?.service, object);
      assert.match(report.diagnosis?.verdict ?? '', says);
      assert.ok(report.findings[0]?.evidence.some((item) => item.kind === 'event'));
      assert.deepEqual(
        report.gaps.filter(({ source }) => source === 'kubernetes'),
        [],
      );
    });
  }

  await check('kubernetes: an alert of Alertmanager is answered alike', async () => {
    const file = join(folder, 'kubernetes-alert.json');
    const labels = { alertname: 'KubePodCrashLooping', service: 'crash-config', severity: 'critical' };
    const alerts = [{ ...firing('f1'), labels, startsAt: ago(120) }];
    await writeFile(file, JSON.stringify(alertmanagerGroup(alerts, { groupLabels: {}, commonLabels: labels })));
    const report = reportOf(await spanhound(folder, ['investigate', '--alert', file, '--json'], reader));
    assert.equal(report.diagnosis?.kind, 'crash-loop');
    assert.match(report.diagnosis?.verdict ?? '', /ConfigMap crash-config-settings is missing/);
  });

  await check('kubernetes: beside a Jaeger that does not know the service', async () => {
    const report: Report = reportOf(await investigate('oom-lowered', { ...reader, JAEGER_URL: jaeger.url }));
    assert.equal(report.diagnosis?.kind, 'oom-killed');
    assert.ok(report.gaps.some(({ source }) => source === 'traces'));
  });

  for (const [service, environment, why] of [
    ['well', reader, 'pods that are well'],
    ['pulling', reader, 'a rollout that pulls for 20 s'],
    ['restarted', reader, 'a restart weeks ago'],
    ['report', reader, 'a job that is done'],
    ['twin', { ...reader, KUBERNETES_NAMESPACES: NAMESPACE }, 'a namesake in another namespace'],
    ['scaling', reader, 'a pod for which the autoscaler makes a node'],
  ] as const) {
    await check(`kubernetes: nothing is said of ${why}`, async () => {
      const { code, stderr } = await investigate(service, environment);
      assert.equal(code, 3, stderr);
    });
  }

  await check('kubernetes: who may read nothing is told which rule is missing', async () => {
    const { code, stderr } = await investigate('oom-lowered', nobody);
    assert.notEqual(code, 0);
    assert.match(stderr, /list pods/);
  });
  await kubernetes.stop();
}

type Api = Readonly<{
  make(path: string, object: Json): Promise<void>;
  patch(path: string, status: Json): Promise<void>;
}>;

function openApi({ url, tokens }: Kubernetes): Api {
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  const send = async (method: 'POST' | 'PATCH', path: string, type: string, body: Json) => {
    const headers = { authorization: `Bearer ${tokens.admin}`, 'content-type': type };
    const answer = await request(`${url}${path}`, { method, headers, body: JSON.stringify(body), dispatcher });
    const said = await text(answer.body);
    assert.ok(answer.statusCode < 300, `${method} ${path}: ${answer.statusCode} ${said.slice(0, 500)}`);
  };
  return {
    make: (path, object) => send('POST', path, 'application/json', object),
    patch: (path, status) => send('PATCH', `${path}/status`, 'application/merge-patch+json', { status }),
  };
}

function kubeconfig({ url, tokens }: Kubernetes, who: keyof Kubernetes['tokens']): Json {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'here',
    contexts: [{ name: 'here', context: { cluster: 'here', user: who } }],
    clusters: [{ name: 'here', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
    users: [{ name: who, user: { token: tokens[who] } }],
  };
}

/** The ClusterRole as the page has it, for the reader. */
async function makeRole(api: Api): Promise<void> {
  const page = await readFile(ROLE_PAGE, 'utf8');
  const yaml = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  for (const object of parseAllDocuments(yaml).map((document) => document.toJS() as { kind: string } & Json)) {
    if (object.kind === 'ClusterRole') await api.make(`${rbac}/clusterroles`, object);
    if (object.kind !== 'ClusterRoleBinding') continue;
    const subjects = [{ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'readers' }];
    await api.make(`${rbac}/clusterrolebindings`, { ...object, subjects });
  }
}

/** The server takes each object as if it were applied: it knows every field, and every value is one that it allows. */
async function checkManifests(api: Api, check: Context['check']): Promise<void> {
  const manifests = parseAllDocuments(await readFile(MANIFESTS, 'utf8')).map((document) => document.toJS() as Manifest);
  await api.make('/api/v1/namespaces', { metadata: { name: 'spanhound' } });
  const strictly = '?dryRun=All&fieldValidation=Strict';
  for (const { apiVersion, kind, ...object } of manifests) {
    const group = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
    const path = `${group}/namespaces/spanhound/${PLURALS[kind]}${strictly}`;
    await check(`kubernetes: the server takes the ${kind} of deploy/kubernetes.yaml`, async () => {
      await api.make(path, { apiVersion, kind, ...object });
      await assert.rejects(api.make(path, { apiVersion, kind, ...object, planted: true }), /unknown field \\?"planted/);
    });
  }
}

async function makeNode(api: Api, ago: (seconds: number) => string): Promise<void> {
  await api.make('/api/v1/nodes', { metadata: { name: 'node-1' } });
  const ready = { type: 'Ready', status: 'True', reason: 'KubeletReady', lastTransitionTime: ago(90_000) };
  const room = { cpu: '4', memory: '8Gi', pods: '110' };
  await api.patch('/api/v1/nodes/node-1', { conditions: [ready], allocatable: room, capacity: room });
}

const IMAGE = 'registry.example.com/app:1.4.2';

function containerOf({ service, container = {} }: Pick<Trouble, 'service' | 'container'>): Json {
  return { name: service, image: IMAGE, ...container };
}

/** A Deployment's ReplicaSets as its controller makes them, one pod, and what was said of it. */
async function makeService(
  api: Api,
  trouble: Trouble,
  ago: (seconds: number) => string,
  namespace = NAMESPACE,
): Promise<void> {
  const { service, before, events = [], status, pod = {}, more = [] } = trouble;
  const container = containerOf(trouble);
  const revisions = before === undefined ? [container] : [{ ...containerOf({ service }), ...before }, container];
  for (const [at, each] of revisions.entries()) {
    await makeReplicaSet(api, { service, namespace, revision: at + 1, container: each });
  }
  for (const { path, object } of more) await api.make(path, object);
  const name = `${service}-${revisions.length}-x2v9k`;
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name: `${service}-${revisions.length}`,
    uid: 'u',
    controller: true,
  };
  const spec = { containers: [container], ...(status && { nodeName: 'node-1' }) };
  await api.make(`/api/v1/namespaces/${namespace}/pods`, {
    metadata: { name, labels: { app: service }, ownerReferences: [owner] },
    spec,
  });
  const said = { name: service, image: IMAGE, imageID: '', ready: false, restartCount: 0, ...status };
  const phase = status === undefined || 'waiting' in ((status.state as Json) ?? {}) ? 'Pending' : 'Running';
  const states = status === undefined ? {} : { containerStatuses: [said] };
  await api.patch(`/api/v1/namespaces/${namespace}/pods/${name}`, { phase, ...states, ...pod });
  for (const [at, told] of events.entries()) await makeEvent(api, { ...told, at, name, namespace, service, ago });
}

async function makeReplicaSet(
  api: Api,
  {
    service,
    namespace,
    revision,
    container,
  }: Readonly<{ service: string; namespace: string; revision: number; container: Json }>,
): Promise<void> {
  const labels = { app: service, 'pod-template-hash': `${revision}` };
  await api.make(`/apis/apps/v1/namespaces/${namespace}/replicasets`, {
    metadata: {
      name: `${service}-${revision}`,
      labels,
      annotations: { 'deployment.kubernetes.io/revision': `${revision}` },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: service, uid: 'u', controller: true }],
    },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
    },
  });
}

async function makeEvent(
  api: Api,
  {
    reason,
    message,
    about = 'container',
    type = 'Warning',
    count = 4,
    at,
    name,
    namespace,
    service,
    ago,
  }: Told & Readonly<{ at: number; name: string; namespace: string; service: string; ago(seconds: number): string }>,
): Promise<void> {
  const ofReplicaSet = about === 'ReplicaSet';
  const kind = ofReplicaSet ? 'ReplicaSet' : 'Pod';
  const object = ofReplicaSet ? name.replace(/-x2v9k$/, '') : name;
  await api.make(`/api/v1/namespaces/${namespace}/events`, {
    metadata: { name: `${object}.${at}` },
    involvedObject: {
      kind,
      namespace,
      name: object,
      ...(about === 'container' && { fieldPath: `spec.containers{${service}}` }),
    },
    reason,
    message,
    type,
    count,
    firstTimestamp: ago(600),
    lastTimestamp: ago(20),
    source: { component: 'kubelet', host: 'node-1' },
  });
}

/** What must not be told: it is well, it is on its way, it is long ago, or it is somebody else's. */
async function makeQuiet(api: Api, ago: (seconds: number) => string): Promise<void> {
  const running = { state: { running: { startedAt: ago(1_800_000) } }, ready: true };
  const last = { terminated: { exitCode: 1, reason: 'Error', startedAt: ago(1_900_000), finishedAt: ago(1_800_005) } };
  const oom = { terminated: { exitCode: 137, reason: 'OOMKilled', startedAt: ago(900), finishedAt: ago(120) } };
  const done = {
    state: { terminated: { exitCode: 0, reason: 'Completed', startedAt: ago(300), finishedAt: ago(200) } },
  };
  const quiet = (service: string, more: Partial<Trouble>) => ({ service, kind: '', cause: '', says: /./, ...more });
  await makeService(api, quiet('well', { status: running }), ago);
  await makeService(api, quiet('restarted', { status: { ...running, restartCount: 3, lastState: last } }), ago);
  await makeService(api, quiet('pulling', { status: { state: { waiting: { reason: 'ContainerCreating' } } } }), ago);
  await makeService(api, quiet('report', { status: done, pod: { phase: 'Succeeded' } }), ago);
  await makeService(api, quiet('twin', { status: running }), ago);
  await makeService(api, quiet('twin', { status: { ...running, restartCount: 1, lastState: oom } }), ago, 'staging');
  await makeService(
    api,
    quiet('scaling', {
      pod: { conditions: [refused('0/1 nodes are available: 1 Insufficient cpu.', ago(10))] },
      events: [
        { reason: 'TriggeredScaleUp', message: 'pod triggered scale-up: [{group 1->2 (max: 9)}]', about: 'pod' },
      ],
    }),
    ago,
  );
}

function refused(message: string, lastTransitionTime: string): Json {
  return { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message, lastTransitionTime };
}

/** Each of the guide's causes, in the words of containerd, the kubelet, the scheduler and the controllers. */
function troublesAt(ago: (seconds: number) => string): readonly Trouble[] {
  return [...pullsAt(), ...crashesAt(ago), ...killsAt(ago), ...pendingAt(ago)];
}

function pullsAt(): readonly Trouble[] {
  const pull = (service: string, cause: string, message: string, says: RegExp, more: readonly Told[] = []): Trouble => {
    const image = `registry.example.com/${service}:1.4.3`;
    return {
      service,
      kind: 'image-pull',
      cause,
      says,
      container: { image },
      before: {},
      status: {
        image,
        state: { waiting: { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}"` } },
      },
      events: [
        ...more,
        { reason: 'Failed', message: `Failed to pull image "${image}": ${message}` },
        { reason: 'Failed', message: 'Error: ErrImagePull' },
        { reason: 'BackOff', message: `Back-off pulling image "${image}"`, type: 'Normal', count: 30 },
      ],
    };
  };
  const secret = 'Unable to retrieve some image pull secrets (regcred); attempting to pull the image may not succeed.';
  return [
    pull(
      'pull-tag',
      'wrong tag',
      'rpc error: code = NotFound desc = failed to resolve reference: not found',
      /does not exist/,
    ),
    pull(
      'pull-secret',
      'missing secret',
      'pull access denied, repository does not exist or may require authorization',
      /pull secret .* is missing/,
      [{ reason: 'FailedToRetrieveImagePullSecret', message: secret, about: 'pod' }],
    ),
    pull(
      'pull-name',
      'wrong name, or no credentials',
      'pull access denied, repository does not exist or may require authorization',
      /does not exist or needs credentials/,
    ),
    pull(
      'pull-host',
      'unknown registry',
      'dial tcp: lookup registry.example.com on 10.96.0.10:53: no such host',
      /the DNS of the node cannot resolve/,
    ),
    pull('pull-denied', 'refused credentials', 'unexpected status: 401 Unauthorized', /rejects the credentials/),
    pull('pull-network', 'unreachable registry', 'dial tcp 10.9.8.7:443: i/o timeout', /does not answer/),
    pull(
      'pull-limit',
      'rate limit',
      '429 Too Many Requests - toomanyrequests: You have reached your pull rate limit',
      /limits the rate of pulls/,
    ),
  ];
}

function crashesAt(ago: (seconds: number) => string): readonly Trouble[] {
  const crash = (service: string, cause: string, end: Json, says: RegExp, events: readonly Told[] = []): Trouble => ({
    service,
    kind: 'crash-loop',
    cause,
    says,
    status: {
      restartCount: 6,
      state: {
        waiting: { reason: 'CrashLoopBackOff', message: `back-off 2m40s restarting failed container=${service}` },
      },
      lastState: { terminated: { reason: 'Error', startedAt: ago(98), finishedAt: ago(95), ...end } },
    },
    events: [
      ...events,
      { reason: 'BackOff', message: `Back-off restarting failed container ${service} in pod`, count: 20 },
    ],
  });
  return [
    crash(
      'crash-setting',
      'missing setting',
      { exitCode: 1, message: 'Error: environment variable DATABASE_URL is not set\n' },
      /DATABASE_URL is missing/,
    ),
    crash(
      'crash-dependency',
      'dependency not there',
      { exitCode: 1, message: 'dial tcp: connect to postgres.shop:5432: connection refused' },
      /cannot reach postgres\.shop:5432/,
    ),
    crash('crash-probe', 'failing probe', { exitCode: 137 }, /liveness probe fails/, [
      { reason: 'Unhealthy', message: 'Liveness probe failed: HTTP probe failed with statuscode: 503' },
      { reason: 'Killing', message: 'Container crash-probe failed liveness probe, will be restarted', type: 'Normal' },
    ]),
    crash('crash-command', 'command not found', { exitCode: 127 }, /command cannot be started/),
    crash(
      'crash-rights',
      'missing rights',
      { exitCode: 1, message: "Error: EACCES: permission denied, open '/data/orders.db'\n" },
      /lacks a permission at startup/,
    ),
    crash(
      'crash-code',
      'error in its code',
      { exitCode: 2, message: 'panic: runtime error: index out of range [3] with length 3\n' },
      /exits with its own error/,
    ),
    crash('crash-silent', 'no reason given', { exitCode: 1 }, /does not stay up/),
    {
      service: 'crash-config',
      kind: 'crash-loop',
      cause: 'missing config map',
      says: /ConfigMap crash-config-settings is missing/,
      status: {
        state: {
          waiting: { reason: 'CreateContainerConfigError', message: 'configmap "crash-config-settings" not found' },
        },
      },
      events: [{ reason: 'Failed', message: 'Error: configmap "crash-config-settings" not found' }],
    },
  ];
}

function killsAt(ago: (seconds: number) => string): readonly Trouble[] {
  const kill = (
    service: string,
    cause: string,
    ranSeconds: number,
    says: RegExp,
    more: Partial<Trouble> = {},
  ): Trouble => ({
    service,
    kind: 'oom-killed',
    cause,
    says,
    container: { resources: { limits: { memory: '256Mi' } } },
    status: {
      restartCount: 2,
      state: { running: { startedAt: ago(60) } },
      lastState: {
        terminated: { exitCode: 137, reason: 'OOMKilled', startedAt: ago(65 + ranSeconds), finishedAt: ago(65) },
      },
    },
    ...more,
  });
  const limits = (memory: string) => ({ resources: { limits: { memory } } });
  return [
    kill('oom-start', 'limit below the start', 12, /does not complete its start/),
    kill('oom-loop', 'limit that it never fits into', 9, /does not complete its start/, {
      status: {
        restartCount: 7,
        state: {
          waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container=oom-loop' },
        },
        lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', startedAt: ago(74), finishedAt: ago(65) } },
      },
    }),
    kill('oom-growth', 'growth or load', 5400, /a leak or a large request filled it/),
    kill('oom-lowered', 'lowered limit', 600, /limit was lowered from 512 MiB to 256 MiB/, { before: limits('512Mi') }),
    kill('oom-unbounded', 'no limit', 600, /has no limit/, { container: {} }),
  ];
}

function pendingAt(ago: (seconds: number) => string): readonly Trouble[] {
  const pending = (
    service: string,
    cause: string,
    message: string,
    says: RegExp,
    more: Partial<Trouble> = {},
  ): Trouble => ({
    service,
    kind: 'pod-pending',
    cause,
    says,
    pod: { conditions: [refused(message, ago(600))] },
    events: [{ reason: 'FailedScheduling', message, about: 'pod' }],
    ...more,
  });
  const asks = (requests: Json) => ({ container: { resources: { requests } } });
  return [
    pending(
      'wait-cpu',
      'no CPU',
      '0/1 nodes are available: 1 Insufficient cpu.',
      /no node has enough CPU left \(each pod requests 2 CPU\)/,
      asks({ cpu: '2' }),
    ),
    pending(
      'wait-memory',
      'too much memory',
      '0/1 nodes are available: 1 Insufficient memory.',
      /requests 16 GiB, and the largest node has 8 GiB/,
      asks({ memory: '16Gi' }),
    ),
    pending(
      'wait-taint',
      'taint',
      '0/1 nodes are available: 1 node(s) had untolerated taint {dedicated: gpu}.',
      /taint .*dedicated: gpu/,
    ),
    pending(
      'wait-affinity',
      'affinity',
      "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.",
      /no node has the labels/,
    ),
    pending(
      'wait-volume',
      'unbound volume',
      '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.',
      /no volume: data-wait \(storage class fast, 1Gi, ReadWriteOnce\)/,
      {
        more: [
          {
            path: `/api/v1/namespaces/${NAMESPACE}/persistentvolumeclaims`,
            object: {
              metadata: { name: 'data-wait' },
              spec: {
                storageClassName: 'fast',
                accessModes: ['ReadWriteOnce'],
                resources: { requests: { storage: '1Gi' } },
              },
            },
          },
        ],
      },
    ),
    {
      service: 'wait-quota',
      kind: 'quota-exceeded',
      object: NAMESPACE,
      cause: 'quota',
      says: /the quota compute of CPU is used up, so wait-quota cannot start pods/,
      status: { state: { running: { startedAt: ago(9000) } }, ready: true },
      events: [
        {
          reason: 'FailedCreate',
          about: 'ReplicaSet',
          message:
            'Error creating: pods "wait-quota-1-abcde" is forbidden: exceeded quota: compute, requested: requests.cpu=2, used: requests.cpu=9, limited: requests.cpu=10',
        },
      ],
    },
  ];
}
