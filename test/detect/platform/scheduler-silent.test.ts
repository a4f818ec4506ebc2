import { schedulerSilent } from '#detect/platform/scheduler-silent.ts';
import {
  ago,
  event,
  NO_WINDOW,
  node,
  pod,
  ready,
  testPlatformDetector,
  unschedulable,
  WINDOW,
} from '#test/platform.ts';

const RUNNING = pod({
  name: 'payment-7d4b9f6c8d-bbbbb',
  created: 900,
  conditions: [ready(880)],
  containers: [{ ready: true }],
});
const STARTED = event('Started', 'Started container payment', {
  about: ['Pod', 'payment-7d4b9f6c8d-bbbbb'],
  type: 'Normal',
});
const MASTER = {
  kind: 'Node',
  metadata: { name: 'control-1', labels: { 'node-role.kubernetes.io/control-plane': '' } },
  spec: {},
  status: {},
};

function untouched(created: number, more: Parameters<typeof pod>[0] = {}) {
  return pod({ phase: 'Pending', node: '', created, ...more });
}

const ASKED = { ...WINDOW, service: 'stocktake' };

/** Every five minutes; `last`: its last run, in seconds before the list. */
function stocktake(spec: object = {}, last = 900, status: object = {}) {
  return {
    kind: 'CronJob',
    metadata: { name: 'stocktake', namespace: 'shop' },
    spec: { schedule: '*/5 * * * *', ...spec },
    status: { lastScheduleTime: ago(last), ...status },
  };
}

const FORBID = { concurrencyPolicy: 'Forbid' };

const RUNS_ON = {
  kind: 'Job',
  metadata: {
    name: 'stocktake-1',
    namespace: 'shop',
    creationTimestamp: ago(900),
    ownerReferences: [{ kind: 'CronJob', name: 'stocktake', controller: true }],
  },
  spec: {},
  status: {},
};

testPlatformDetector(schedulerSilent, {
  clear: {
    'a pod that was created 10 s ago': { objects: [untouched(10), RUNNING, STARTED, MASTER] },
    'a pod that it refused': {
      objects: [
        untouched(300, { conditions: [unschedulable('0/2 nodes are available: 2 Insufficient cpu.')] }),
        RUNNING,
        STARTED,
      ],
    },
    'a refusal of which only an event tells': {
      objects: [
        untouched(300),
        RUNNING,
        event('FailedScheduling', '0/2 nodes are available: 2 Insufficient cpu.', { container: '', first: 299 }),
      ],
    },
    'a younger pod that got a node': {
      objects: [untouched(1000), RUNNING, STARTED],
    },
    'a suspended job that nobody asks about': { window: NO_WINDOW, objects: [stocktake({ suspend: true })] },
    'a job whose next start is not due': { window: ASKED, objects: [stocktake({}, 200)] },
    'a job whose run goes on': { window: ASKED, objects: [stocktake(), RUNS_ON] },
    'a job whose runs may overlap': {
      window: ASKED,
      objects: [stocktake({}, 900, { lastSuccessfulTime: ago(1170) }), RUNS_ON],
    },
    'a job whose runs always take longer than the time between two starts': {
      window: ASKED,
      objects: [stocktake(FORBID, 900, { lastSuccessfulTime: ago(1300) }), RUNS_ON],
    },
    'a job whose list shows no run that ended': { window: ASKED, objects: [stocktake(FORBID), RUNS_ON] },
    'a job of one day of the week': { window: ASKED, objects: [stocktake({ schedule: '*/5 * * * 1' })] },
    'a job that had rested for long': { window: ASKED, objects: [stocktake({ suspend: true }, 90_000)] },
    'lists without events': { objects: [untouched(300), RUNNING] },
  },
  found: {
    'a job that was suspended, and somebody asks where it is': {
      window: ASKED,
      objects: [stocktake({ suspend: true })],
      sightings: [
        { service: 'stocktake', title: /^CronJob stocktake has not run at \d start times since .*: it is suspended$/ },
      ],
    },
    'a job whose run hangs and keeps the next ones from starting': {
      window: ASKED,
      objects: [stocktake(FORBID, 900, { lastSuccessfulTime: ago(1170) }), RUNS_ON],
      sightings: [
        {
          service: 'stocktake',
          title: /^CronJob stocktake has not run at \d start times since .*: its run stocktake-1 does not end$/,
          remedy: /activeDeadlineSeconds/,
        },
      ],
    },
    'a job that its controller no longer starts': {
      window: ASKED,
      objects: [stocktake()],
      sightings: [
        { service: 'stocktake', title: /its controller does not start it$/, remedy: /kube-controller-manager/ },
      ],
    },
    'a scheduler that does nothing': {
      objects: [untouched(120), RUNNING, STARTED, MASTER, node('node-1')],
      sightings: [
        {
          service: 'control-1',
          title: /^The scheduler kube-scheduler does not act: 1 pod has no node, and it has not tried$/,
        },
      ],
    },
    'a scheduler that nobody runs': {
      objects: [untouched(120, { spec: { schedulerName: 'gpu-scheduler' } }), RUNNING, STARTED, MASTER],
      sightings: [
        {
          service: 'payment',
          explanation: /No listed pod looks like gpu-scheduler/,
          remedy: /spec\.schedulerName of payment/,
        },
      ],
    },
    'another scheduler whose pod is listed': {
      objects: [
        untouched(120, { spec: { schedulerName: 'gpu-scheduler' } }),
        pod({ name: 'gpu-scheduler-0', labels: { app: 'gpu-scheduler' }, owner: 'gpu-scheduler', created: 900 }),
        RUNNING,
        STARTED,
      ],
      sightings: [{ service: 'gpu-scheduler' }],
    },
  },
});
