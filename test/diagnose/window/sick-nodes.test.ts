import { describe, expect, test } from 'vitest';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { judgeWindow } from '#diagnose/window/judge-window.ts';
import { sickNode } from '#diagnose/window/sick-nodes.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { Platform, Pod } from '#model/platform/platform.ts';
import { traceFrom } from '#model/trace/build/span-rows.ts';
import type { Trace } from '#model/trace/trace.ts';
import { logLine } from '#test/log-line.ts';
import { METRICS_WINDOW, series, seriesOf } from '#test/metrics.ts';
import { call, DRAWN_AT_US, rowsOf, server } from '#test/trace.ts';

const SERVICES = ['cart', 'price', 'search'] as const;
type Service = (typeof SERVICES)[number];

type Sick = Readonly<{
  /** Added to the own work of these, on these nodes; milliseconds. */
  slow?: readonly Service[];
  on?: readonly string[];
  ms?: number;
}>;

/** `GET /shop` on `web`, which runs on node-3 and asks three services, each with a pod on node-1 and one on node-2, in turn. */
function shop(count: number, { slow = [], on = ['node-1'], ms = 60 }: Sick = {}, from = 0): Trace[] {
  return Array.from({ length: count }, (_, number) => {
    const at = from + number;
    let cursor = 1;
    const calls = SERVICES.map((service, place) => {
      const node = (at + place) % 2 === 0 ? 'node-1' : 'node-2';
      const isSlow = slow.includes(service) && on.includes(node);
      const work = 8 + (at % 7) / 2 + (isSlow ? ms + (at % 5) : 0);
      const resource = { 'k8s.pod.name': `${service}-${node}` };
      const answered = server(service, `GET /${service}`, { at: cursor + 0.5, ms: work, resource });
      const asked = call('web', service, `GET /${service}`, { at: cursor, ms: work + 1 }, [answered]);
      cursor += work + 2;
      return asked;
    });
    const root = server('web', 'GET /shop', { at: 0, ms: cursor + 1, resource: { 'k8s.pod.name': 'web-1' } }, calls);
    const rows = rowsOf(root).map((row) => ({
      ...row,
      id: `${at}.${row.id}`,
      parentId: row.parentId === undefined ? undefined : `${at}.${row.parentId}`,
      startUs: row.startUs + at * 1_000_000,
    }));
    return traceFrom(rows, `request-${at}`);
  });
}

/** Ten minutes after the pods became as they are. */
const TAKEN_US = 600e6;
const NO_WINDOW = { service: '', fromUs: Number.NaN, toUs: Number.NaN };

const PODS = [
  ...SERVICES.flatMap((service) => ['node-1', 'node-2'].map((node) => ({ name: `${service}-${node}`, service, node }))),
  { name: 'web-1', service: 'web', node: 'node-3' },
];

function pod({ name, service, node }: (typeof PODS)[number], isReady: boolean): Pod {
  return {
    namespace: 'shop',
    name,
    uid: '',
    services: [service],
    owner: { kind: 'Deployment', namespace: 'shop', name: service },
    replicaSet: '',
    labels: {},
    scheduler: '',
    node,
    phase: 'Running',
    reason: '',
    message: '',
    createdUs: 0,
    deletedUs: Number.NaN,
    finalizers: [],
    conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False', reason: '', message: '', sinceUs: 0 }],
    containers: [],
  };
}

function platform(isReady: (one: (typeof PODS)[number]) => boolean = () => true): Platform {
  return {
    takenUs: TAKEN_US,
    isTimeTold: true,
    pods: PODS.map((one) => pod(one, isReady(one))),
    events: [],
    nodes: [],
    claims: [],
    rollouts: [],
    workloads: [],
    services: undefined,
    quotas: undefined,
    volumes: undefined,
    jobs: [],
    cronJobs: [],
    autoscalers: [],
    ingresses: [],
    policies: [],
    certificates: [],
    endpoints: undefined,
  };
}

function sickOf(sick: Sick) {
  return sickNode({ ...NO_WINDOW, traces: shop(60, sick, 1000), healthyTraces: shop(60), platform: platform() });
}

describe('by requests', () => {
  test('what runs on one machine is slow there and nowhere else: the machine', () => {
    const sick = sickOf({ slow: SERVICES });
    expect(sick).toMatchObject({ node: 'node-1', of: 3, by: 'requests' });
    expect(sick?.services.map(({ service }) => service)).toEqual(['cart', 'price', 'search']);
    expect(sick?.services.every(({ here, elsewhere }) => here[0] === here[1] && elsewhere[0] < elsewhere[1] / 4)).toBe(
      true,
    );
  });

  test('two of the three that run there are enough', () => {
    expect(sickOf({ slow: ['cart', 'price'] })?.node).toBe('node-1');
  });

  test('two of the four that run there are enough where the machine itself ran out of something', () => {
    const { pods, ...rest } = platform();
    const crowded = { ...rest, pods: pods.map((one) => (one.name === 'web-1' ? { ...one, node: 'node-1' } : one)) };
    const at = { ...NO_WINDOW, traces: shop(60, { slow: ['cart', 'price'] }, 1000), healthyTraces: shop(60) };
    const full = { resource: 'connections', of: 'of their limit', level: 1, before: 0.2, metric: 'm' };
    const sick = (node: string) => sickNode({ ...at, platform: crowded, full: new Map([[node, full]]) });
    expect(sick('node-2')).toBeUndefined();
    expect(sick('node-1')).toMatchObject({ node: 'node-1', of: 4, full });
  });

  test('one service alone is its own affair, also where its machine holds others that are well', () => {
    expect(sickOf({ slow: ['cart'] })).toBeUndefined();
  });

  test('what is slow on all machines has it from somewhere else', () => {
    expect(sickOf({ slow: SERVICES, on: ['node-1', 'node-2'] })).toBeUndefined();
  });

  test('nothing is slow, or within what is usual: none', () => {
    expect(sickOf({})).toBeUndefined();
    expect(sickOf({ slow: SERVICES, ms: 0.2 })).toBeUndefined();
  });

  test('nobody says what runs where: none', () => {
    const both = { ...NO_WINDOW, traces: shop(60, { slow: SERVICES }, 1000), healthyTraces: shop(60) };
    expect(sickNode(both)).toBeUndefined();
  });
});

describe('by pods', () => {
  const of = (isReady: Parameters<typeof platform>[0]) =>
    sickNode({ ...NO_WINDOW, traces: [], healthyTraces: [], platform: platform(isReady) });

  test('those of several services are not ready on one machine, and are on the others', () => {
    expect(of(({ node }) => node !== 'node-2')).toMatchObject({ node: 'node-2', of: 3, by: 'pods' });
  });

  test('those of one service, wherever they run, are not the machine', () => {
    expect(of(({ service }) => service !== 'cart')).toBeUndefined();
    expect(of(({ name }) => name !== 'cart-node-1')).toBeUndefined();
  });

  test('all are ready', () => {
    expect(of(() => true)).toBeUndefined();
  });

  const sick = platform(({ node }) => node !== 'node-2');
  const both = { ...NO_WINDOW, traces: [], healthyTraces: [] };

  test('those that were made seconds ago are not the machine', () => {
    expect(sickNode({ ...both, platform: { ...sick, takenUs: 59e6 } })).toBeUndefined();
    expect(sickNode({ ...both, platform: { ...sick, takenUs: 60e6 } })?.node).toBe('node-2');
    // Where nobody noted when it was asked, they may have been so for long.
    expect(sickNode({ ...both, platform: { ...sick, takenUs: 59e6, isTimeTold: false } })?.node).toBe('node-2');
  });

  test('those that became so after the time that was asked about are not of it', () => {
    expect(sickNode({ ...both, toUs: -60e6, platform: sick })).toBeUndefined();
  });

  test('those that were evicted, and are listed still, are not the machine as it is now', () => {
    const pods = sick.pods.map((one) => (one.node === 'node-2' ? { ...one, phase: 'Failed', reason: 'Evicted' } : one));
    expect(sickNode({ ...both, platform: { ...sick, pods } })).toBeUndefined();
  });
});

test('the verdict names the machine, and what is slow on it follows', () => {
  const fromUs = DRAWN_AT_US + 1000 * 1_000_000;
  const { diagnosis, findings } = judgeWindow(
    {
      service: 'web',
      fromUs,
      toUs: fromUs + 60_000_000,
      traces: shop(60, { slow: SERVICES }, 1000),
      healthyTraces: shop(60),
      logs: [],
      healthyLogs: [],
      series: [],
      seen: [],
      detectors: knownDetectors(detectors),
      platform: platform(),
    },
    { symptom: { kind: 'none', text: '' }, findings: [], diagnosis: undefined, seenShare: undefined },
  );
  expect(diagnosis).toMatchObject({ service: 'node-1', kind: 'node', status: 'likely' });
  expect(diagnosis?.verdict).toBe('node-1: cart, price, search work longer or fail on this node, but not on others');
  const price = findings.findIndex(({ service }) => service === 'price');
  expect(diagnosis?.chain).toContainEqual({ finding: price, because: 0 });
});

describe('a sick machine of a zone', () => {
  const zoned = (zones: Readonly<Record<string, string>>): Platform => ({
    ...platform(),
    nodes: Object.entries(zones).map(([name, zone]) => ({
      name,
      conditions: [],
      allocatable: { cpu: 8, memory: 1e10 },
      taints: [],
      isCordoned: false,
      isControlPlane: false,
      zone,
    })),
  });
  const sick = (zones: Readonly<Record<string, string>>) =>
    sickNode({
      ...NO_WINDOW,
      traces: shop(60, { slow: SERVICES }, 1000),
      healthyTraces: shop(60),
      platform: zoned(zones),
    });

  test('one service that is well on another machine of the zone does not clear the zone', () => {
    const found = sick({ 'node-1': 'zone-a', 'node-2': 'zone-b', 'node-3': 'zone-a' });
    expect(found).toMatchObject({ node: 'node-1', what: 'node', zone: 'zone-a' });
  });

  test('the other machine of the zone is well: the machine', () => {
    const found = sick({ 'node-1': 'zone-a', 'node-2': 'zone-a', 'node-3': 'zone-b' });
    expect(found).toMatchObject({ node: 'node-1', what: 'node', zone: undefined });
  });

  test('a zone of one machine: the machine', () => {
    const found = sick({ 'node-1': 'zone-a', 'node-2': 'zone-b', 'node-3': 'zone-b' });
    expect(found).toMatchObject({ node: 'node-1', what: 'node', zone: undefined });
  });
});

describe('a zone that only the labels of nodes name', () => {
  // Each pod on a machine of its own; those of node-1 stand in one zone.
  const machines = PODS.map((one) => ({ ...one, machine: `m-${one.name}` }));
  const zoned = (zoneOf: (node: string) => string): Platform => ({
    ...platform(),
    pods: machines.map((one) => ({ ...pod(one, true), node: one.machine })),
    nodes: machines.map(({ machine, node }) => ({
      name: machine,
      conditions: [],
      allocatable: { cpu: 8, memory: 1e10 },
      taints: [],
      isCordoned: false,
      isControlPlane: false,
      zone: zoneOf(node),
    })),
  });
  const sick = (zoneOf: (node: string) => string, slow: Sick = { slow: SERVICES }) =>
    sickNode({ ...NO_WINDOW, traces: shop(60, slow, 1000), healthyTraces: shop(60), platform: zoned(zoneOf) });
  const byNode = (node: string) => (node === 'node-1' ? 'zone-a' : 'zone-b');

  test('what runs there is slow, and nowhere else: the zone', () => {
    expect(sick(byNode)).toMatchObject({ node: 'zone-a', what: 'zone', by: 'requests' });
  });

  test('not where all is well', () => {
    expect(sick(byNode, {})).toBeUndefined();
  });

  test('not where the sick machines stand in several zones', () => {
    expect(sick(byNode, { slow: SERVICES, on: ['node-1', 'node-2'] })).toBeUndefined();
  });

  test('not where no node has such a label', () => {
    expect(sick(() => '')).toBeUndefined();
  });
});

/** A pod of each service on each node, by name. */
const LABELLED = ['node-1', 'node-2', 'node-3'].flatMap((node) =>
  ['cart', 'price'].map((service) => ({ service, node, pod: `${service}-7c5f94b75d-${node.at(-1)}gnvt` })),
);

describe('by what pods show of themselves, without requests', () => {
  /** `seconds`: how long answers take from the window's begin on. */
  function timed(seconds: (node: string, service: string) => number) {
    const drawn = LABELLED.flatMap(({ service, node, pod }) => [
      series('http_request_duration_p95_seconds', { service, pod }, (at) => (at < 0 ? 0.024 : seconds(node, service))),
      series('container_memory_working_set_bytes', { container: service, pod, node }, () => 1e8),
    ]);
    return sickNode({ ...METRICS_WINDOW, traces: [], healthyTraces: [], series: seriesOf(drawn) });
  }

  test('all pods on one machine take long, and the others of their services do not: the machine', () => {
    const sick = timed((node) => (node === 'node-1' ? 0.24 : 0.024));
    expect(sick).toMatchObject({ node: 'node-1', of: 2, by: 'times' });
    expect(sick?.services.map(({ service, here, elsewhere }) => [service, here, elsewhere])).toEqual([
      ['cart', [1, 1], [0, 2]],
      ['price', [1, 1], [0, 2]],
    ]);
  });

  test('a rise of one bucket, one service alone and a rise everywhere are none', () => {
    expect(timed((node) => (node === 'node-1' ? 0.048 : 0.024))).toBeUndefined();
    expect(timed((node, service) => (node === 'node-1' && service === 'cart' ? 0.24 : 0.024))).toBeUndefined();
    expect(timed(() => 0.24)).toBeUndefined();
  });

  const told = seriesOf(
    LABELLED.map(({ service, node, pod }) => series('kube_pod_info', { container: service, pod, node }, () => 1)),
  );
  const logged = (isFailing: (node: string) => boolean) =>
    LABELLED.flatMap(({ service, node, pod }) => {
      const [text, level] = isFailing(node) ? ['connect ETIMEDOUT', 'error'] : ['served', 'info'];
      return Array.from({ length: 40 }, (_, at) => ({
        ...logLine(service, at * 1_000, text, { level }),
        labels: { pod },
      }));
    });
  const complaining = (isFull: boolean, isFailing: (node: string) => boolean = (node) => node === 'node-1') =>
    sickNode({
      ...{ ...NO_WINDOW, traces: [], healthyTraces: [], series: told },
      ...{ logs: logged(isFailing), healthyLogs: logged(() => false) },
      full: new Map(
        isFull
          ? [['node-1', { resource: 'connections', of: 'of their limit', level: 1, before: 0.2, metric: 'm' }]]
          : [],
      ),
    });

  test('errors of the pods on one machine that ran out of something: the machine', () => {
    expect(complaining(true)).toMatchObject({ node: 'node-1', by: 'complaints', full: { resource: 'connections' } });
  });

  const kernel = (node: string, said: string) => logLine('journald', 500, `Dec 22 10:24:24 ${node} kernel: ${said}`);
  const READ_ONLY = 'EXT4-fs (nvme0n1p2): Remounting filesystem read-only';
  const byLines = (
    now: readonly LogLine[],
    healthy: readonly LogLine[] = [],
    isFailing: (node: string) => boolean = (node) => node === 'node-1',
  ) => {
    const placed = (failing: (node: string) => boolean) =>
      logged(failing).map((line) => {
        const node = LABELLED.find(({ pod }) => pod === line.labels.pod)?.node ?? '';
        return { ...line, labels: { ...line.labels, node_name: node } };
      });
    const logs = [...placed(isFailing), ...now];
    return sickNode({
      ...NO_WINDOW,
      traces: [],
      healthyTraces: [],
      logs,
      healthyLogs: [...placed(() => false), ...healthy],
    });
  };

  test('errors of the pods on one machine whose kernel reports a fault: the machine', () => {
    expect(byLines([kernel('node-1', READ_ONLY)])).toMatchObject({
      node: 'node-1',
      by: 'complaints',
      fault: READ_ONLY,
    });
  });

  test.each<[string, readonly LogLine[], readonly LogLine[]]>([
    ['no kernel says anything', [], []],
    ['the kernel of another machine reports a fault', [kernel('node-2', READ_ONLY)], []],
    ['the kernel said so in the healthy time, too', [kernel('node-1', READ_ONLY)], [kernel('node-1', READ_ONLY)]],
    [
      'the kernel ends a container at its limit',
      [kernel('node-1', 'Memory cgroup out of memory: Killed process 7')],
      [],
    ],
    ['a program quotes the fault', [logLine('cart', 500, `cannot write: ${READ_ONLY}`)], []],
  ])('errors of the pods on one machine are none where %s', (_, now, healthy) => {
    expect(byLines(now, healthy)).toBeUndefined();
  });

  test('errors on all machines are none, whatever one kernel says', () => {
    expect(byLines([kernel('node-1', READ_ONLY)], [], () => true)).toBeUndefined();
  });

  test('such errors alone, or beside those of pods elsewhere, are none', () => {
    expect(complaining(false)).toBeUndefined();
    expect(complaining(true, () => true)).toBeUndefined();
  });
});
