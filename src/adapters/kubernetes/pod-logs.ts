/**
 * Reads the log lines of a service's pods, as `kubectl logs` by selector does: what runs now, and of a container that
 * ended, what it wrote before. The API has no search: lines of other requests come with it, and those that do not fit are
 * left out here.
 *
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#get-read-log-of-the-specified-pod
 */
import { z } from 'zod';
import type { Search } from '#adapters/http.ts';
import { type LabelledLine, lokiStreams } from '#adapters/rewritten-rows.ts';
import { rfc3339Ns } from '#adapters/rfc3339.ts';
import { type Clock, isoFromUs, systemClock } from '#core/clock.ts';
import { SpanhoundError } from '#core/errors.ts';
import type { Health, LogQuery, LogSource, OpenBody } from '#gather/sources.ts';
import { traceIdForms } from '#model/trace/trace-id.ts';
import { type Cluster, type KubernetesOptions, NAME, NotPermittedError, readAnswer, ruleText } from './cluster.ts';

/** `crashed`: only what containers wrote before they ended. */
export type PodLogs = 'all' | 'crashed';

export type PodLogsOptions = Pick<KubernetesOptions, 'namespaces'> &
  Readonly<{ reads: PodLogs; check(signal: AbortSignal): Promise<Health>; clock?: Pick<Clock, 'nowUs'> }>;

/** The labels by which a service's pods are known, as `docs/kubernetes.md` says. */
const SERVICE_LABELS = ['app.kubernetes.io/name', 'app', 'k8s-app'] as const;
/** A value of a label, as the API requires it. */
const LABEL_VALUE = /^[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/;
const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

const MOST_LISTED = 100;
const MOST_PODS = 10;
const MOST_BYTES_OF_LOG = 1_000_000;
/** A window that ends this shortly before now is read from its end. */
const NEWEST_US = 60_000_000;

function logsNotPermitted(namespace: string): NotPermittedError {
  const rule = `${ruleText('', 'pods/log', 'get')}, or leave KUBERNETES_LOGS out.`;
  return new NotPermittedError('read the logs of pods', namespace, rule);
}

/** Not all was read. */
class PartOfLogsError extends SpanhoundError {
  override readonly name = 'PartOfLogsError';
  readonly code = 'SH_PART_OF_LOGS';
  readonly advice = 'Ask about a shorter time, or connect a store of logs.';
}

export function podLogs(
  cluster: Cluster,
  { namespaces = [], reads, check, clock = systemClock }: PodLogsOptions,
): LogSource {
  const places = namespaces.length === 0 ? [''] : namespaces;

  async function podsOf(services: readonly string[], signal: AbortSignal): Promise<readonly Pod[]> {
    const asked = places.flatMap((namespace) => SERVICE_LABELS.map((label) => ({ namespace, label })));
    const lists = await Promise.all(
      asked.map(({ namespace, label }) => listed(cluster, namespace, `${label} in (${services.join(',')})`, signal)),
    );
    const pods = new Map(
      lists.flat().map((pod) => [`${pod.metadata.namespace}/${pod.metadata.name}`, { ...pod, services }]),
    );
    return [...pods.values()].sort((a, b) => restartsOf(b) - restartsOf(a) || (nameOf(a) < nameOf(b) ? -1 : 1));
  }

  async function openLogs(query: LogQuery, signal: AbortSignal): Promise<OpenBody> {
    const services = query.services.filter((service) => LABEL_VALUE.test(service));
    const text = `logs of pods of ${services.join(', ') || 'no service'}`;
    const body = { source: NAME, format: 'loki-json', query: { text, url: '' } } as const;
    if (services.length === 0) return { ...body, chunks: lines([], undefined) };
    const pods = await podsOf(services, signal);
    const logs = pods.slice(0, MOST_PODS).flatMap((pod) => logsOf(pod, reads));
    const read = await Promise.all(logs.map((log) => linesOf(log, query, signal)));
    const found = read.flatMap((one) => one.lines).sort((a, b) => (a.ns < b.ns ? -1 : a.ns > b.ns ? 1 : 0));
    const kept = query.newestFirst ? found.slice(-query.limit) : found.slice(0, query.limit);
    const failure = read.find((one) => one.failure !== undefined)?.failure;
    return { ...body, chunks: lines(kept, failure ?? partOf(pods.length, read)) };
  }

  async function linesOf(log: Log, query: LogQuery, signal: AbortSignal): Promise<ReadLog> {
    try {
      const text = await textOf(cluster, log, searchOf(log, query, clock.nowUs()), signal);
      const isCut = Buffer.byteLength(text) >= MOST_BYTES_OF_LOG;
      // The last line of a log that was cut has no end.
      const rows = text.split('\n').slice(0, isCut ? -1 : undefined);
      return { lines: rows.flatMap((row) => lineIn(row, log, query) ?? []), isCut };
    } catch (error) {
      if (!(error instanceof SpanhoundError)) throw error;
      return { lines: [], isCut: false, failure: error };
    }
  }

  return { name: NAME, openLogs, links: { logs: '' }, check };
}

/** The missing rule, if there is one. A pod of that name need not exist: rights are checked before. */
export async function missingLogRule(
  { ask }: Cluster,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly NotPermittedError[]> {
  const path = `api/v1/namespaces/${encodeURIComponent(namespace || 'default')}/pods/spanhound-doctor/log`;
  const answer = await ask(path, [['limitBytes', '1']], signal);
  if (answer.kind === 'body') for await (const _ of answer.chunks); // an unread body would block the connection
  return answer.kind === 'refusal' && answer.status === 403 ? [logsNotPermitted(namespace)] : [];
}

const Listed = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string().max(300),
        namespace: z.string().max(100),
        labels: z.record(z.string(), z.string()).nullish(),
        annotations: z.record(z.string(), z.string()).nullish(),
      }),
      spec: z.object({ containers: z.array(z.object({ name: z.string().max(100) })) }),
      status: z
        .object({
          containerStatuses: z.array(z.object({ name: z.string(), restartCount: z.number().catch(0) })).nullish(),
        })
        .nullish(),
    }),
  ),
});
type Pod = z.output<typeof Listed>['items'][number] & Readonly<{ services: readonly string[] }>;

/** `isPrevious`: of the container before its last start. */
type Log = Readonly<{ service: string; namespace: string; pod: string; container: string; isPrevious: boolean }>;
type ReadLog = Readonly<{
  lines: readonly (LabelledLine & { ns: bigint })[];
  isCut: boolean;
  failure?: SpanhoundError;
}>;

async function listed(cluster: Cluster, namespace: string, labelSelector: string, signal: AbortSignal) {
  const path = namespace === '' ? 'api/v1/pods' : `api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
  const search: Search = [
    ['labelSelector', labelSelector],
    ['limit', `${MOST_LISTED}`],
  ];
  const { json, backend } = await readAnswer(cluster, path, search, signal);
  const read = Listed.safeParse(json);
  if (!read.success) throw backend.misplaced(path);
  return read.data.items;
}

/** The main container of the pod, as kubectl chooses it, and each that was restarted. */
function logsOf(pod: Pod, reads: PodLogs): readonly Log[] {
  const { name, namespace, annotations } = pod.metadata;
  const main = annotations?.[DEFAULT_CONTAINER] ?? pod.spec.containers[0]?.name ?? '';
  const one = { service: serviceOf(pod), namespace, pod: name };
  const restarted = (pod.status?.containerStatuses ?? []).filter(({ restartCount }) => restartCount > 0);
  const now = reads === 'all' ? [...new Set([main, ...restarted.map((container) => container.name)])] : [];
  return [
    ...now.map((container) => ({ ...one, container, isPrevious: false })),
    ...restarted.map((container) => ({ ...one, container: container.name, isPrevious: true })),
  ];
}

/** The name in the question: the selector found the pod by it. */
function serviceOf({ metadata: { labels }, services }: Pod): string {
  const values = SERVICE_LABELS.map((label) => labels?.[label] ?? '');
  return values.find((value) => services.includes(value)) ?? '';
}

function restartsOf({ status }: Pod): number {
  return (status?.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0);
}

function nameOf({ metadata }: Pod): string {
  return `${metadata.namespace}/${metadata.name}`;
}

/** The API knows no end of a time: with `tailLines` it reads from the end, without it from the beginning. */
function searchOf(
  { container, isPrevious }: Log,
  { fromUs, toUs, limit, newestFirst }: LogQuery,
  nowUs: number,
): Search {
  const isLatest = newestFirst === true && toUs >= nowUs - NEWEST_US;
  return [
    ['container', container],
    ['timestamps', 'true'],
    ['limitBytes', `${MOST_BYTES_OF_LOG}`],
    ['sinceTime', `${isoFromUs(fromUs).slice(0, 19)}Z`],
    ...(isLatest ? [['tailLines', `${limit}`] as const] : []),
    ...(isPrevious ? [['previous', 'true'] as const] : []),
  ];
}

/** Empty where the container has not started yet, has no log of that kind, or is gone. */
async function textOf({ ask }: Cluster, { namespace, pod }: Log, search: Search, signal: AbortSignal): Promise<string> {
  const path = `api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`;
  const answer = await ask(path, search, signal);
  if (answer.kind === 'refusal' && (answer.status === 400 || answer.status === 404)) return '';
  if (answer.kind === 'refusal' && answer.status === 403) throw logsNotPermitted(namespace);
  if (answer.kind !== 'body') throw answer.backend.error(path, answer);
  const parts: Uint8Array[] = [];
  let read = 0;
  for await (const part of answer.chunks) {
    parts.push(part);
    read += part.length;
    if (read >= MOST_BYTES_OF_LOG) break;
  }
  return Buffer.concat(parts).toString('utf8');
}

/** `2026-01-06T14:30:00.123456789Z checkout failed`, within the time of the query, and with what it asks for. */
function lineIn(row: string, { isPrevious, ...of }: Log, query: LogQuery): (LabelledLine & { ns: bigint }) | undefined {
  const space = row.indexOf(' ');
  const ns = space < 0 ? undefined : rfc3339Ns(row.slice(0, space));
  if (ns === undefined || ns < BigInt(query.fromUs) * 1_000n || ns > BigInt(query.toUs) * 1_000n) return undefined;
  const line = row.slice(space + 1);
  const { service, namespace, pod, container } = of;
  return fits(query, line) ? { ns, labels: { service_name: service, namespace, pod, container }, line } : undefined;
}

function fits(query: LogQuery, line: string): boolean {
  if (query.by === 'service') return true;
  if (query.by === 'trace-field') return traceIdForms(query.traceId).some((id) => line.includes(id));
  if (query.by === 'text') return line.includes(query.text);
  if (query.by === 'any-text') return query.texts.some((text) => line.includes(text));
  if (query.by === 'field') return query.values.some((value) => line.includes(value));
  return query.words.every((word) => line.includes(word));
}

function partOf(pods: number, read: readonly ReadLog[]): SpanhoundError | undefined {
  const cut = read.filter(({ isCut }) => isCut).length;
  if (pods > MOST_PODS) return new PartOfLogsError(`${NAME} was asked for the logs of ${MOST_PODS} of ${pods} pods`);
  const size = `${MOST_BYTES_OF_LOG / 1e6} MB`;
  return cut === 0 ? undefined : new PartOfLogsError(`${NAME} has more than ${size} of ${cut} logs of that time`);
}

/** The lines are used whatever follows. */
async function* lines(found: readonly LabelledLine[], failure: SpanhoundError | undefined): AsyncGenerator<Uint8Array> {
  yield lokiStreams(found);
  if (failure !== undefined) throw failure;
}
