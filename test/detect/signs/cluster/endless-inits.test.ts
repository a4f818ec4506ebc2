import { podPending } from '#detect/platform/pod-pending.ts';
import { logLine } from '#test/log-lines.ts';
import { ASKED_US, ago, pod, testPlatformDetector } from '#test/platform.ts';

/** The first container of the pod still runs, beside a sidecar that has started. */
function starting(message = 'containers with incomplete status: [agent-init]') {
  return pod({
    phase: 'Pending',
    conditions: [{ type: 'Initialized', status: 'False', message, lastTransitionTime: ago(1200) }],
    containers: [
      { name: 'mesh', init: true, running: { startedAt: ago(1198) } },
      { name: 'agent-init', init: true, running: { startedAt: ago(1190) } },
      { waiting: { reason: 'PodInitializing' } },
    ],
  });
}

/** Lines of one container, so many seconds ago. */
function lines(text: string, seconds: readonly number[], container = 'agent-init') {
  const labels = { pod: 'payment-7d4b9f6c8d-aaaaa', container };
  return seconds.map((at) => logLine(text, { labels, timeNs: `${ASKED_US - at * 1e6}000`, service: 'payment' }));
}

const DENIED = '[ERROR] agent.auth.handler: error authenticating: Code: 403. Errors: * permission denied backoff=4m22s';

testPlatformDetector(podPending, {
  found: {
    'an agent that gets no token': {
      objects: [starting()],
      logs: lines(DENIED, [600, 300, 60]),
      sightings: [
        {
          title: /^Pods of payment cannot start: the init container agent-init fails, tries again and does not end$/,
          explanation: /Waiting for 19 min 50 s.*permission denied/,
          facts: { cause: 'init-running', named: 'agent-init' },
        },
      ],
    },
    'a script that waits for a database': {
      objects: [starting('')],
      logs: lines('waiting for payment-db:5432 ...', [20, 10, 5], 'mesh'),
      sightings: [{ facts: { cause: 'init-running', named: 'mesh' } }],
    },
  },
  clear: {
    'a long migration': { objects: [starting()], logs: lines('copied 120000 rows of 9000000', [600, 300, 60]) },
    'an agent that succeeded later': { objects: [starting()], logs: lines(DENIED, [1100, 1000]) },
    'failures of the sidecar': { objects: [starting()], logs: lines(DENIED, [600, 300, 60], 'mesh') },
    'no lines': { objects: [starting()] },
  },
});
