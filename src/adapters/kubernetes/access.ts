/**
 * The address and credentials of the cluster's API: the mounted service account inside the cluster, a kubeconfig
 * outside. They are read again regularly, because tokens live for an hour.
 */
import { fork } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { whyAborted } from '#core/deadline.ts';
import { ConfigError, type ErrorRecord, RelayedError, UnreachableError } from '#core/errors.ts';

/** Plain data, because it comes from another process. Certificates and keys in PEM. */
export type Access = Readonly<{
  /** The API's address, including its base path. */
  url: string;
  token: string;
  /** `name:password` of very old clusters; empty otherwise. */
  basic: string;
  ca: string;
  cert: string;
  key: string;
  /** The name in the certificate if it differs from the address; empty otherwise. */
  serverName: string;
  isVerified: boolean;
}>;

export type ReadAccess = (signal: AbortSignal) => Promise<Access>;

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
/** Every cluster with DNS resolves it, and its certificate contains the name. */
const INSIDE = 'https://kubernetes.default.svc';

/** Small files in memory. They are read for each query, because the kubelet renews them. */
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
  /** One file, or several as in KUBECONFIG. */
  files: string;
  /** @default the current one */
  context?: string | undefined;
}>;

/** A kubeconfig may change while we run: renewed certificates, new tokens from a command. */
const KEPT_MS = 10 * 60_000;

/**
 * Read in its own process, which ends afterwards: the library takes a second and 90 MB to load, and blocks its process.
 */
export function kubeconfigAccess(
  kubeconfig: Kubeconfig,
  now: () => number = Date.now,
): ReadAccess & { forget(): void } {
  let kept: Readonly<{ access: Promise<Access>; untilMs: number }> | undefined;
  const forget = () => {
    kept = undefined;
  };
  /** All lists are requested at once: one process answers them all. */
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
