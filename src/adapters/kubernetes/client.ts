/**
 * Reads pods, nodes, events and rollouts from Kubernetes, only through lists of its API. It never changes anything, and
 * reads no secrets and no config maps.
 */

import { checked } from '#adapters/health.ts';
import { addressUnder, type Search } from '#adapters/http.ts';
import { NotABackendError, TooLargeError } from '#core/errors.ts';
import {
  type Health,
  type OpenBody,
  PLATFORM_LISTS,
  type PlatformList,
  type PlatformQuery,
  type PlatformSource,
} from '#gather/sources.ts';
import { ANSWER_SEPARATOR } from '#model/trace/build/body.ts';
import type { Access } from './access.ts';
import {
  type KubernetesOptions,
  MOST_BYTES,
  NAME,
  NotAuthenticatedError,
  NotPermittedError,
  openCluster,
  readAnswer,
  ruleText,
} from './cluster.ts';
import { missingLogRule } from './pod-logs.ts';

export type { KubernetesOptions };

type Resource = Readonly<{
  group: string;
  path: string;
  isNamespaced: boolean;
  /** For a list of an extension: the `kind` of its objects. A cluster without the extension answers 404. */
  kindOfExtension?: string;
}>;

/** The API group of each list, and whether it is namespaced. */
const RESOURCES: Readonly<Record<PlatformList, Resource>> = {
  pods: { group: '', path: 'api/v1', isNamespaced: true },
  events: { group: '', path: 'api/v1', isNamespaced: true },
  services: { group: '', path: 'api/v1', isNamespaced: true },
  persistentvolumeclaims: { group: '', path: 'api/v1', isNamespaced: true },
  replicasets: { group: 'apps', path: 'apis/apps/v1', isNamespaced: true },
  nodes: { group: '', path: 'api/v1', isNamespaced: false },
  persistentvolumes: { group: '', path: 'api/v1', isNamespaced: false },
  resourcequotas: { group: '', path: 'api/v1', isNamespaced: true },
  endpointslices: { group: 'discovery.k8s.io', path: 'apis/discovery.k8s.io/v1', isNamespaced: true },
  jobs: { group: 'batch', path: 'apis/batch/v1', isNamespaced: true },
  cronjobs: { group: 'batch', path: 'apis/batch/v1', isNamespaced: true },
  horizontalpodautoscalers: { group: 'autoscaling', path: 'apis/autoscaling/v2', isNamespaced: true },
  ingresses: { group: 'networking.k8s.io', path: 'apis/networking.k8s.io/v1', isNamespaced: true },
  networkpolicies: { group: 'networking.k8s.io', path: 'apis/networking.k8s.io/v1', isNamespaced: true },
  certificates: {
    group: 'cert-manager.io',
    path: 'apis/cert-manager.io/v1',
    isNamespaced: true,
    kindOfExtension: 'Certificate',
  },
};

/** The page size of kubectl. */
const PAGE = 500;
/** Twenty thousand pods; a larger cluster becomes a gap. */
const MOST_PAGES = 40;

function notPermitted(what: PlatformList, namespace: string): NotPermittedError {
  const { group, isNamespaced } = RESOURCES[what];
  const only =
    isNamespaced && namespace === '' ? ' If it may read only some namespaces, set KUBERNETES_NAMESPACES.' : '';
  const rule = `${ruleText(group, what, 'list')}.${only} docs/kubernetes.md has the whole role.`;
  return new NotPermittedError(`list ${what}`, namespace, rule);
}

/** `readsLogs`: `check` also tests the right to read them. */
export function kubernetes(
  options: KubernetesOptions & Readonly<{ readsLogs?: boolean }>,
  cluster = openCluster(options),
): PlatformSource {
  const { namespaces = [], maxBytes = MOST_BYTES } = options;
  const most = Math.min(maxBytes, MOST_BYTES);
  const { ask } = cluster;

  async function openPlatform({ what, namespace }: PlatformQuery, signal: AbortSignal): Promise<OpenBody> {
    const path = pathOf(what, namespace);
    const first = await page(what, namespace, { path, search: [['limit', `${PAGE}`]], signal });
    const query = { text: `GET /${path}`, url: addressUnder(new URL(first.access.url), path) };
    return { source: NAME, format: 'kubernetes-json', query, chunks: pages(first, { what, namespace, path, signal }) };
  }

  type Page = Readonly<{ access: Access; chunks: AsyncIterable<Uint8Array>; dateMs: number }>;
  type Ask = Readonly<{ path: string; search: Search; signal: AbortSignal }>;

  async function page(what: PlatformList, namespace: string, { path, search, signal }: Ask): Promise<Page> {
    const answer = await ask(path, search, signal);
    if (answer.kind === 'body') return answer;
    const { kindOfExtension } = RESOURCES[what];
    if (answer.kind === 'refusal' && answer.status === 404 && kindOfExtension !== undefined)
      return { access: answer.access, chunks: emptyList(kindOfExtension), dateMs: Number.NaN };
    if (answer.kind === 'refusal' && answer.status === 403) throw notPermitted(what, namespace);
    if (answer.kind === 'refusal' && answer.status === 401) throw new NotAuthenticatedError();
    throw answer.backend.error(path, answer);
  }

  /** One response per line, after a line with the time of the query, because durations depend on it. */
  async function* pages(
    first: Page,
    { what, namespace, path, signal }: PlatformQuery & Readonly<{ path: string; signal: AbortSignal }>,
  ): AsyncGenerator<Uint8Array> {
    yield* askedAt(first.dateMs);
    let next: Page | undefined = first;
    const room = { left: most };
    for (let count = 1; next !== undefined; count += 1) {
      const head = continuation();
      yield* passed(next.chunks, room, head);
      const token = head.token(path);
      if (token !== '' && count === MOST_PAGES) throw new TooLargeError(NAME, most);
      const search = [
        ['limit', `${PAGE}`],
        ['continue', token],
      ] as const;
      next = token === '' ? undefined : await page(what, namespace, { path, search, signal });
    }
  }

  async function* passed(
    chunks: AsyncIterable<Uint8Array>,
    room: { left: number },
    head: ReturnType<typeof continuation>,
  ): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      room.left -= chunk.length;
      if (room.left < 0) throw new TooLargeError(NAME, most);
      head.push(chunk);
      yield chunk;
    }
    yield Buffer.from(ANSWER_SEPARATOR);
  }

  function check(signal: AbortSignal): Promise<Health> {
    return checked(async () => {
      const version = await versionOf(signal);
      const lists = questions(namespaces).map((query) => missingRule(query, signal));
      const places = namespaces.length === 0 ? [''] : namespaces;
      const logs = options.readsLogs ? places.map((place) => missingLogRule(cluster, place, signal)) : [];
      const missing = (await Promise.all([...lists, ...logs])).flat();
      const where = namespaces.length === 0 ? 'all namespaces' : namespaces.join(', ');
      if (missing.length === 0) return { ok: true, detail: `${version}; may read ${where}`, remedy: '' };
      return {
        ok: false,
        detail: `${version}; ${missing.map(({ message }) => message).join('; ')}`,
        remedy: [...new Set(missing.map(({ advice }) => advice))].join('\n'),
      };
    });
  }

  async function versionOf(signal: AbortSignal): Promise<string> {
    const { json: said } = await readAnswer(cluster, 'version', [], signal);
    const version = typeof said === 'object' && said !== null && 'gitVersion' in said ? said.gitVersion : undefined;
    if (typeof version !== 'string') throw new NotABackendError(NAME, 'version');
    return version;
  }

  async function missingRule({ what, namespace }: PlatformQuery, signal: AbortSignal): Promise<NotPermittedError[]> {
    try {
      const { chunks } = await page(what, namespace, {
        path: pathOf(what, namespace),
        search: [['limit', '1']],
        signal,
      });
      for await (const _ of chunks); // an unread body would block the connection
      return [];
    } catch (error) {
      if (error instanceof NotPermittedError) return [error];
      throw error;
    }
  }

  return { name: NAME, queries: questions(namespaces), openPlatform, check };
}

async function* emptyList(kind: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(JSON.stringify({ kind: `${kind}List`, metadata: {}, items: [] }));
}

function* askedAt(ms: number): Generator<Uint8Array> {
  if (!Number.isFinite(ms)) return;
  yield Buffer.from(`${JSON.stringify({ kind: 'Asked', at: new Date(ms).toISOString() })}${ANSWER_SEPARATOR}`);
}

/** Every list of every permitted namespace. */
function questions(namespaces: readonly string[]): readonly PlatformQuery[] {
  return PLATFORM_LISTS.flatMap((what) => {
    const wanted = RESOURCES[what].isNamespaced && namespaces.length > 0 ? namespaces : [''];
    return wanted.map((namespace) => ({ what, namespace }));
  });
}

function pathOf(what: PlatformList, namespace: string): string {
  const { path } = RESOURCES[what];
  return namespace === '' ? `${path}/${what}` : `${path}/namespaces/${encodeURIComponent(namespace)}/${what}`;
}

/** A list's metadata comes before its items: the token of the next page is in the first bytes. */
const HEAD_BYTES = 16_384;

function continuation() {
  const parts: Uint8Array[] = [];
  let size = 0;
  return {
    push(chunk: Uint8Array): void {
      if (size >= HEAD_BYTES) return;
      parts.push(chunk.subarray(0, HEAD_BYTES - size));
      size += chunk.length;
    },
    /** Empty if there is no next page. */
    token(path: string): string {
      const head = Buffer.concat(parts).toString('utf8');
      const [, metadata] =
        /^\s*\{\s*(?:"(?:kind|apiVersion)"\s*:\s*"[^"]*"\s*,\s*)*"metadata"\s*:\s*(\{[^{}]*\})/.exec(head) ?? [];
      if (metadata === undefined) throw new NotABackendError(NAME, path);
      return /"continue"\s*:\s*"([^"\\]+)"/.exec(metadata)?.[1] ?? '';
    },
  };
}
