/** Why a container does not stay up, in words: what is wrong, what to do, and what would show that it is something else. */
import type { CrashCause } from '#detect/signs/crash-cause.ts';

type Said = Readonly<{ is: string; remedy: string; check: string }>;

export const CRASH_CAUSES: Readonly<Record<CrashCause, (named: string) => Said>> = {
  'missing-object': (named) => ({
    is: `${named === '' ? 'a config map or a secret that it needs' : named} is missing`,
    remedy: `Create it in the pod’s namespace, or correct the name in the manifest.`,
    check: 'It is there under just this name and key, in the same namespace.',
  }),
  'missing-setting': (named) => ({
    is: `${named === '' ? 'a setting that it needs' : named} is missing, and it ends at its start`,
    remedy:
      'Add the variable or the file to the manifest, a config map or a secret; compare with the revision that worked.',
    check: 'The setting is there in the pod’s manifest, with a value.',
  }),
  'not-startable': () => ({
    is: 'its command cannot be started',
    remedy: 'Correct the command or the entry point: the path, the right to execute it, the architecture of the image.',
    check: 'The image starts with the same command on another machine.',
  }),
  'liveness-probe': () => ({
    is: 'its liveness probe fails, and the kubelet ends it each time',
    remedy:
      'See why the probe’s address does not answer in time; give a slow start a startup probe instead of a shorter life.',
    check: 'The probe’s address answers from inside the container, well within its time-out.',
  }),
  'startup-probe': () => ({
    is: 'it does not start within the time that its startup probe allows',
    remedy: 'Raise failureThreshold × periodSeconds above the slowest start, then see what makes the start slow.',
    check: 'It is ready well before the probe gives up.',
  }),
  dependency: (named) => ({
    is: `it cannot reach ${named === '' ? 'what it depends on' : named}, and ends`,
    remedy: `Look at ${named === '' ? 'the dependency' : named} first; then let the program wait and try again instead of ending.`,
    check: 'From another pod of this namespace it can be reached under the same name and with the same credentials.',
  }),
  'port-taken': (named) => ({
    is: `the port that it wants is taken${named === '' ? '' : ` (${named})`}`,
    remedy: 'Look for a second process or container of the pod on this port, and for hostPort and hostNetwork.',
    check: 'Nothing else in the pod, or on the node with hostNetwork, listens on this port.',
  }),
  permission: () => ({
    is: 'it may not do what it needs at its start',
    remedy: 'Look at the user that it runs as, the mounted volumes, and the role of its service account.',
    check: 'It starts as another user or with the role that it had before.',
  }),
  'native-crash': () => ({
    is: 'it crashes with a signal',
    remedy:
      'Keep a core dump or the last stack; compare image, libraries and architecture with the revision that worked.',
    check: 'It was somebody’s signal from outside and no fault of its own.',
  }),
  ended: () => ({
    is: 'it ends without an error, again and again',
    remedy: 'A Deployment wants a program that stays: start it in the foreground, or make it a Job.',
    check: 'It is meant to end, and whoever started it restarts it on purpose.',
  }),
  killed: () => ({
    is: 'it is killed from outside again and again',
    remedy:
      'The evidence does not tell by whom: look for failing probes, evictions, the node’s own memory (dmesg), and who deletes pods.',
    check: 'It ended by itself, and the code only looks like a signal.',
  }),
  'own-error': () => ({
    is: 'it ends with an error of its own',
    remedy: 'Read its last lines (kubectl logs --previous) and mend what they name.',
    check: 'The error is older than the restarts, and the program lives with it.',
  }),
  unknown: () => ({
    is: 'it does not stay up',
    remedy: 'The evidence does not tell why: read its last lines with kubectl logs --previous.',
    check: 'It has been up for ten minutes.',
  }),
};
