/** Words for why a container does not stay up: what is wrong, what to do, and what would disprove it. */
import type { CauseWords } from '#detect/signs/cause-words.ts';
import type { CrashCause } from '#detect/signs/crash-cause.ts';

export const CRASH_CAUSES: Readonly<Record<CrashCause, (named: string) => CauseWords>> = {
  'missing-object': (named) => ({
    is: `${named === '' ? 'a required ConfigMap or Secret' : named} is missing`,
    remedy: `Create it in the pod’s namespace, or correct the name in the manifest.`,
    check: 'It exists under exactly this name and key, in the same namespace.',
  }),
  'missing-setting': (named) => ({
    is: `it exits at startup, because ${named === '' ? 'a required setting' : named} is missing`,
    remedy:
      'Add the variable or the file to the manifest, a ConfigMap or a Secret. Compare with the revision that worked.',
    check: 'The pod’s manifest has the setting, with a value.',
  }),
  'not-startable': () => ({
    is: 'its command cannot be started',
    remedy: 'Correct the command or the entry point: its path, its execute permission, the architecture of the image.',
    check: 'The image starts with the same command on another machine.',
  }),
  'liveness-probe': (because) => ({
    is: `its liveness probe fails${because === '' ? '' : ` (${because})`}, and the kubelet kills it each time`,
    remedy: /^it asks|^its path/.test(because)
      ? 'Correct the liveness probe in the manifest: its port, path and protocol must be those of the container.'
      : 'Find out why the probe’s endpoint does not answer in time. For a slow start, use a startup probe.',
    check: 'The probe’s endpoint answers from inside the container, well within its timeout.',
  }),
  'startup-probe': (because) => ({
    is: /^it asks|^its path/.test(because)
      ? `its startup probe fails (${because}), and the kubelet kills it each time`
      : 'it starts more slowly than its startup probe allows',
    remedy: 'Raise failureThreshold × periodSeconds above the slowest start. Then find out what makes the start slow.',
    check: 'It is ready well before the probe gives up.',
  }),
  credentials: (named) => ({
    is: `it exits, because ${named === '' ? 'a server' : named} rejects its login`,
    remedy:
      'Compare user and password in the Secret with those of the server. After a change of the password, restart the pods that use the old one.',
    check: 'A client in another pod can log in with the same user and password.',
  }),
  dependency: (named) => ({
    is: `it exits, because it cannot reach ${named === '' ? 'a dependency' : named}`,
    remedy: `Look at ${named === '' ? 'the dependency' : named} first. Then let the program wait and retry instead of exiting.`,
    check: 'Another pod of this namespace can reach it with the same name and credentials.',
  }),
  'port-taken': (named) => ({
    is: `its port is already in use${named === '' ? '' : ` (${named})`}`,
    remedy: 'Look for a second process or container of the pod on this port, and for hostPort and hostNetwork.',
    check: 'Nothing else in the pod, or on the node with hostNetwork, listens on this port.',
  }),
  permission: () => ({
    is: 'it lacks a permission at startup',
    remedy: 'Look at the user that it runs as, the mounted volumes, and the role of its service account.',
    check: 'It also fails as another user and with its previous role.',
  }),
  'native-crash': () => ({
    is: 'it crashes with a signal',
    remedy:
      'Keep a core dump or the last stack trace. Compare image, libraries and architecture with the revision that worked.',
    check: 'The signal came from outside, not from a fault of the program.',
  }),
  ended: () => ({
    is: 'it repeatedly exits without an error',
    remedy: 'A Deployment needs a program that keeps running: start it in the foreground, or make it a Job.',
    check: 'It is meant to exit, and its owner restarts it on purpose.',
  }),
  killed: () => ({
    is: 'it is repeatedly killed from outside',
    remedy:
      'The evidence does not show what kills it. Look for failing probes, evictions, low memory on the node (dmesg), and deleted pods.',
    check: 'It exited by itself, and the exit code only looks like a signal.',
  }),
  'own-error': () => ({
    is: 'it exits with its own error',
    remedy: 'Read its last log lines (kubectl logs --previous) and fix what they name.',
    check: 'The error is older than the restarts and does not stop the program.',
  }),
  unknown: () => ({
    is: 'it does not stay up',
    remedy: 'Read its last log lines with kubectl logs --previous: the evidence does not show why.',
    check: 'It has been running for ten minutes.',
  }),
};
