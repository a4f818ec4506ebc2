/** The API of a cluster: its address, the credentials, and how a request is made. Nothing is ever changed. */
import { type Answer, type Backend, openBackend, readJson, type Search } from '#adapters/http.ts';
import { SpanhoundError } from '#core/errors.ts';
import { type Access, type Kubeconfig, kubeconfigAccess, type ReadAccess, serviceAccountAccess } from './access.ts';

export type KubernetesOptions = Readonly<{
  /** From outside the cluster. Otherwise the mounted service account is used. */
  kubeconfig?: Kubeconfig | undefined;
  /** The namespaces to read. @default all, which needs a ClusterRole */
  namespaces?: readonly string[] | undefined;
  timeoutMs?: number | undefined;
  maxBytes?: number | undefined;
  /** For tests: the path of a service account, and the API's address. */
  serviceAccount?: Readonly<{ folder: string; url: string }> | undefined;
}>;

export const NAME = 'kubernetes';

/** The cluster does not accept the credentials, or no longer. */
export class NotAuthenticatedError extends SpanhoundError {
  override readonly name = 'NotAuthenticatedError';
  readonly code = 'SH_NOT_AUTHENTICATED';
  readonly advice =
    'The token or the certificate has expired or belongs to another cluster. Run kubectl auth whoami (with the same KUBECONFIG and context), or check the mounted service account.';

  constructor() {
    super(`${NAME} rejected the credentials (HTTP 401)`);
  }
}

/** The role lacks a rule. */
export class NotPermittedError extends SpanhoundError {
  override readonly name = 'NotPermittedError';
  readonly code = 'SH_NOT_PERMITTED';
  readonly advice: string;

  /** `what`: `list pods`. `rule`: what to add to the role, and what else helps. `namespace`: '' for the whole cluster. */
  constructor(what: string, namespace: string, rule: string) {
    super(`${NAME} does not let it ${what}${namespace === '' ? '' : ` in the namespace ${namespace}`}`);
    this.advice = `Add to its ${namespace === '' ? 'ClusterRole' : `Role in ${namespace}`}: ${rule}`;
  }
}

/** A rule of a role. */
export function ruleText(group: string, resource: string, verb: 'list' | 'get'): string {
  return `{apiGroups: ["${group}"], resources: ["${resource}"], verbs: ["${verb}"]}`;
}

type AnswerOfCluster = Answer & Readonly<{ backend: Backend; access: Access }>;

export type Cluster = Readonly<{
  /** Never throws for a refusal; throws UnreachableError. */
  ask(path: string, search: Search, signal: AbortSignal): Promise<AnswerOfCluster>;
}>;

/** A small answer. Throws NotAuthenticatedError, or the error of another refusal. `json`: undefined if it is none. */
export async function readAnswer(
  { ask }: Cluster,
  path: string,
  search: Search,
  signal: AbortSignal,
): Promise<Readonly<{ json: unknown; backend: Backend }>> {
  const answer = await ask(path, search, signal);
  if (answer.kind === 'refusal' && answer.status === 401) throw new NotAuthenticatedError();
  if (answer.kind !== 'body') throw answer.backend.error(path, answer);
  return { json: await readJson(answer.chunks), backend: answer.backend };
}

/** For one list; a pod takes 5 to 10 kB. */
export const MOST_BYTES = 128_000_000;

/** One for all that is read, because a kubeconfig takes a process. */
export function openCluster(options: KubernetesOptions): Cluster {
  const { timeoutMs, maxBytes = MOST_BYTES } = options;
  const connect = connector(options, { timeoutMs, maxBytes: Math.min(maxBytes, MOST_BYTES) });

  /** A token may have expired since it was read: then it is read again, once. */
  async function ask(path: string, search: Search, signal: AbortSignal): Promise<AnswerOfCluster> {
    for (let isAgain = false; ; isAgain = true) {
      const { backend, access } = await connect.open(signal);
      const answer: Answer = await backend.get(path, { signal, search, headers: { accept: 'application/json' } });
      const isUnknown = answer.kind === 'refusal' && answer.status === 401;
      if (!isUnknown || isAgain) return { ...answer, backend, access };
      connect.forget();
    }
  }

  return { ask };
}

/** One connection pool as long as the credentials stay the same. */
function connector(
  { kubeconfig, serviceAccount }: KubernetesOptions,
  limits: Readonly<{ timeoutMs: number | undefined; maxBytes: number }>,
) {
  const config = kubeconfig && kubeconfigAccess(kubeconfig);
  const read: ReadAccess = config ?? serviceAccountAccess(serviceAccount);
  let open: Readonly<{ key: string; backend: Backend }> | undefined;
  return {
    async open(signal: AbortSignal): Promise<Readonly<{ backend: Backend; access: Access }>> {
      const access = await read(signal);
      const key = JSON.stringify(access);
      if (open?.key !== key) open = { key, backend: backendOf(access, limits) };
      return { backend: open.backend, access };
    },
    forget: () => config?.forget(),
  };
}

function backendOf(access: Access, limits: Readonly<{ timeoutMs: number | undefined; maxBytes: number }>): Backend {
  const url = new URL(access.url);
  const [name = '', ...password] = access.basic.split(':');
  url.username = encodeURIComponent(name);
  url.password = encodeURIComponent(password.join(':'));
  const { ca, cert, key, serverName, isVerified } = access;
  const tls = {
    ...(ca !== '' && { ca }),
    ...(cert !== '' && { cert, key }),
    ...(serverName !== '' && { servername: serverName }),
    ...(!isVerified && { rejectUnauthorized: false }),
  };
  return openBackend(NAME, '', { ...limits, url, tls, ...(access.token !== '' && { token: access.token }) });
}
