/** Words for why a container does not stay up: what is wrong, what to do, and what would disprove it. */
import type { CauseWords } from '#detect/signs/cause-words.ts';
import type { CrashCause } from '#detect/signs/containers/crash-cause.ts';

/** `named`: what the evidence names, else ''. `who`: the workload or the job. */
type Words = (named: string, who: string) => CauseWords;

export const CRASH_CAUSES: Readonly<Record<CrashCause, Words>> = {
  'missing-object': (named, who) => ({
    is: `${named === '' ? 'a required ConfigMap or Secret' : named} is missing`,
    remedy: `Create ${named === '' ? 'what the message names' : named} in the namespace of ${who}, or correct the name in its manifest.`,
    check: 'It exists under exactly this name and key, in the same namespace.',
  }),
  'missing-setting': (named, who) => ({
    is: `it exits at startup, because ${named === '' ? 'a required setting' : named} is missing`,
    remedy: `Add ${named === '' ? 'the missing setting' : named} to the manifest of ${who}, its ConfigMap or its Secret. Compare with the revision that worked.`,
    check: 'The pod’s manifest has the setting, with a value.',
  }),
  'unknown-argument': (named, who) => ({
    is: `it exits at startup, because it does not know ${named === '' ? 'one of its arguments' : `the argument ${named}`}`,
    remedy: `Correct command and args of ${who} in its manifest. Compare them with the arguments that this version of the program knows (--help).`,
    check: `The same image starts with ${named === '' ? 'these arguments' : named}.`,
  }),
  'not-startable': (_, who) => ({
    is: 'its command cannot be started',
    remedy: `Correct the command or the entry point of ${who}: its path, its execute permission, the architecture of the image.`,
    check: 'The image starts with the same command on another machine.',
  }),
  'not-created': (_, who) => ({
    is: 'its container cannot be made',
    remedy: `Correct what the message names in the pod template of ${who}, or in its image: the user that it runs as, its environment, its mounts.`,
    check: 'The kubelet makes the container of another pod from the same template.',
  }),
  'liveness-probe': (because, who) => ({
    is: `its liveness probe fails${because === '' ? '' : ` (${because})`}, and the kubelet kills it each time`,
    remedy: isWrongProbe(because)
      ? correctProbe('liveness', because, who)
      : `Find out why ${who} does not answer its liveness probe in time. For a slow start, use a startup probe.`,
    check: 'The probe’s endpoint answers from inside the container, well within its timeout.',
  }),
  'startup-probe': (because, who) => ({
    is: isWrongProbe(because)
      ? `its startup probe fails (${because}), and the kubelet kills it each time`
      : 'it starts more slowly than its startup probe allows',
    remedy: isWrongProbe(because)
      ? correctProbe('startup', because, who)
      : `Raise failureThreshold × periodSeconds of the startup probe above the slowest start of ${who}. Then find out what makes the start slow.`,
    check: 'It is ready well before the probe gives up.',
  }),
  credentials: (named, who) => ({
    is: `it exits, because ${named === '' ? 'a server' : named} rejects its login`,
    remedy: `Compare user and password in the Secret of ${who} with those of ${named === '' ? 'the server' : named}. After a change of the password, restart the pods that use the old one.`,
    check: 'A client in another pod can log in with the same user and password.',
  }),
  dependency: (named, who) => ({
    is: `it exits, because it cannot reach ${named === '' ? 'a dependency' : named}`,
    remedy: `Look at ${named === '' ? `what ${who} cannot reach` : named} first. Then let ${who} wait and retry instead of exiting.`,
    check: 'Another pod of this namespace can reach it with the same name and credentials.',
  }),
  'port-taken': (named, who) => ({
    is: `its port is already in use${named === '' ? '' : ` (${named})`}`,
    remedy: `Look for what else uses the port of ${who}${named === '' ? '' : ` (${named})`}: a second process or container of the pod, hostPort, hostNetwork.`,
    check: 'Nothing else in the pod, or on the node with hostNetwork, listens on this port.',
  }),
  permission: (_, who) => ({
    is: 'it lacks a permission at startup',
    remedy: `Look at the user that ${who} runs as, its mounted volumes, and the role of its service account.`,
    check: 'It also fails as another user and with its previous role.',
  }),
  'native-crash': (_, who) => ({
    is: 'it crashes with a signal',
    remedy: `Keep a core dump or the last stack trace of ${who}. Compare image, libraries and architecture with the revision that worked.`,
    check: 'The signal came from outside, not from a fault of the program.',
  }),
  ended: (_, who) => ({
    is: 'it repeatedly exits without an error',
    remedy: `Start the program of ${who} in the foreground, or make it a Job: a Deployment needs a program that keeps running.`,
    check: 'It is meant to exit, and its owner restarts it on purpose.',
  }),
  killed: (_, who) => ({
    is: 'it is repeatedly killed from outside',
    remedy: `Look for what kills ${who}: failing probes, evictions, low memory on the node (dmesg), deleted pods. The evidence does not show it.`,
    check: 'It exited by itself, and the exit code only looks like a signal.',
  }),
  'own-error': (_, who) => ({
    is: 'it exits with its own error',
    remedy: `Read the last log lines of ${who} (kubectl logs --previous) and fix what they name.`,
    check: 'The error is older than the restarts and does not stop the program.',
  }),
  evicted: (exceeded, who) => ({
    is: `the kubelet evicts its pods repeatedly, because ${exceeded}`,
    remedy: `Find out what ${who} writes there and does not delete. If it needs the room, raise the limit (sizeLimit of the volume, limits.ephemeral-storage).`,
    check: 'Its pods stay for an hour without an eviction.',
  }),
  unknown: (_, who) => ({
    is: 'it does not stay up',
    remedy: `Read the last log lines of ${who} with kubectl logs --previous: the evidence does not show why.`,
    check: 'It has been running for ten minutes.',
  }),
};

/** `it asks port 8081, but the container declares port 8080` */
function isWrongProbe(because: string): boolean {
  return /^it asks|^its path/.test(because);
}

/** A probe that asks for what the container does not offer. */
export function correctProbe(probe: string, because: string, who: string): string {
  return `Correct the ${probe} probe of ${who} in the manifest: ${because}. Its port, path and protocol must be those of the container.`;
}
