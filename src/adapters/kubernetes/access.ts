/**
 * Where the cluster's API answers and what proves who asks: from inside the cluster the service account that is mounted,
 * from outside a kubeconfig. Read anew when it may have changed: tokens live for an hour.
 */
import { fork } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { whyAborted } from '#core/deadline.ts';
import { ConfigError, type ErrorRecord, RelayedError, UnreachableError } from '#core/errors.ts';

/** Plain data: it crosses from a process. Certificates and keys in PEM. */
export type Access = Readonly<{
  /** The API's address, its base path included. */
  url: string;
  token: string;
  /** `name:password` of the oldest clusters; empty otherwise. */
  basic: string;
  ca: string;
  cert: string;
  key: string;
  /** In the certificate, where it is another than the address's; empty otherwise. */
  serverName: string;
  isVerified: boolean;
}>;

export type ReadAccess = (signal: AbortSignal) => Promise<Access>;

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
/** Every cluster with DNS knows it, and its certificate has the name. */
const INSIDE = 'https://kubernetes.default.svc';

/** Small files on a disk of memory: they are read for each question, since the kubelet renews them. */
export function serviceAccountAccess({ folder = SERVICE_ACCOUNT, url = INSIDE } = {}): ReadAccess {
  return async () => {
    const [token, ca] = await Promise.all(['token', 'ca.crt'].map((name) => mounted(join(folder, name))));
    return {
      url,
      token: token?.trim() ?? '',
      basic: '',
      ca: ca ?? '',
      cert: '',
      key: '',
      serverName: '',
      isVerified: true,
    };
  };
}

async function mounted(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new ConfigError(
      `KUBERNETES_IN_CLUSTER is set, and ${path} cannot be read: mount a service account (automountServiceAccountToken)`,
      { cause: error },
    );
  }
}

export type Kubeconfig = Readonly<{
  /** One file, or several as KUBECONFIG lists them. */
  files: string;
  /** @default the current one */
  context?: string | undefined;
}>;

/** What a kubeconfig says may change under us: certificates that are renewed, tokens that a command hands out. */
const KEPT_MS = 10 * 60_000;

/** Read in a process of its own, which ends with it: the library for it takes a second and 90 MB, and blocks whoever loads it. */
export function kubeconfigAccess(
  kubeconfig: Kubeconfig,
  now: () => number = Date.now,
): ReadAccess & { forget(): void } {
  let kept: Readonly<{ access: Promise<Access>; untilMs: number }> | undefined;
  const forget = () => {
    kept = undefined;
  };
  /** All lists are asked for at once: one process answers them all. */
  const read = async (signal: AbortSignal): Promise<Access> => {
    if (kept === undefined || now() >= kept.untilMs) {
      const access = inProcess(kubeconfig, signal);
      access.catch(forget);
      kept = { access, untilMs: now() + KEPT_MS };
    }
    return await kept.access;
  };
  return Object.assign(read, { forget });
}

export type AccessReply = Readonly<{ access: Access } | { error: ErrorRecord }>;

function inProcess(kubeconfig: Kubeconfig, signal: AbortSignal): Promise<Access> {
  const { promise, resolve, reject } = Promise.withResolvers<Access>();
  const child = fork(new URL('./kubeconfig-process.ts', import.meta.url), [], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const onAbort = () => reject(new UnreachableError('kubernetes', whyAborted(signal)));
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  child.once('message', (reply: AccessReply) =>
    'access' in reply ? resolve(reply.access) : reject(new RelayedError(reply.error)),
  );
  child.once('error', (error) => reject(new ConfigError('the kubeconfig could not be read', { cause: error })));
  child.once('exit', () => reject(new ConfigError('the kubeconfig could not be read')));
  child.send(kubeconfig);
  return promise.finally(() => {
    signal.removeEventListener('abort', onAbort);
    child.kill();
  });
}
