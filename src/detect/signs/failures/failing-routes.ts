/**
 * Requests whose path names a service all get the answer of a proxy that cannot pass them on, while its pods are ready and
 * other paths of the same access log work.
 *
 *   web   "POST /api/v1/orderservice/order HTTP/1.1" 404    23 of 23      pod shop-order-service   ready
 *   web   "POST /api/v1/users/login HTTP/1.1" 200           40 of 40
 */
import type { Found } from '#detect/signs/cluster/dead-service.ts';
import { answerIn } from '#model/logs/log-answers.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { citedLines } from '#model/logs/log-sighting.ts';
import type { Platform, Pod } from '#model/platform/platform.ts';
import { isReady, type servicesInQuestion } from '#model/platform/platform-pods.ts';

type ServiceOf = ReturnType<typeof servicesInQuestion>;
type Answer = Readonly<{ line: LogLine; place: number; status: number; owner: Pod | undefined }>;

/** Fewer requests may all ask for something that does not exist. */
const FEWEST = 10;

/** No route fits (404), or no valid response came from the next server (502 to 504; RFC 9110, 15.6.3 to 15.6.5). */
const OF_PROXIES: ReadonlySet<number> = new Set([404, 502, 503, 504]);

/** The client gave up before there was a response (nginx). */
const GIVEN_UP = 499;

export function failingRoutes({ pods }: Platform, logs: readonly LogLine[], serviceOf: ServiceOf): readonly Found[] {
  const ownerOf = ownersOf(pods);
  const answers = logs.flatMap((line, place): Answer[] => {
    const answer = answerIn(line);
    if (answer === undefined || answer.status === GIVEN_UP) return [];
    return [{ line, place, status: answer.status, owner: ownerOf(answer.path) }];
  });
  return [...Map.groupBy(answers, ({ line }) => line.service)].flatMap(([writer, all]) => {
    const worksElsewhere = (owner: Pod) => all.some((one) => one.owner !== owner && one.status < 400);
    return [...Map.groupBy(all, ({ owner }) => owner)].flatMap(([owner, own]) => {
      if (owner === undefined || own.length < FEWEST || owner.services.includes(writer) || !isReady(owner)) return [];
      const service = serviceOf(owner);
      const [{ status }] = own as [Answer, ...Answer[]];
      const isDead = OF_PROXIES.has(status) && own.every((one) => one.status === status) && worksElsewhere(owner);
      return service === undefined || !isDead ? [] : [foundOf(service, owner, writer, own, logs)];
    });
  });
}

function foundOf(
  service: string,
  { namespace }: Pod,
  writer: string,
  own: readonly Answer[],
  logs: readonly LogLine[],
): Found {
  const [first] = own;
  const status = first?.status ?? 0;
  return {
    cause: status === 404 ? 'no-route' : 'unanswered-route',
    service,
    namespace,
    called: service,
    says: `${status}`,
    found: `${own.length}`,
    callers: [writer],
    isProved: true,
    evidence: citedLines(
      logs,
      own.map(({ place }) => place),
    ),
  };
}

type Named = Readonly<{ pod: Pod; dropped: number; isShared: boolean }>;

/** The pod of the workload that a part of the path names; undefined where none or several do. */
function ownersOf(pods: readonly Pod[]): (path: string) => Pod | undefined {
  const byName = new Map<string, Named>();
  for (const pod of pods) {
    const parts = (pod.services[0] ?? '').toLowerCase().split(/[-_]/);
    for (const dropped of parts.keys()) {
      const name = parts.slice(dropped).join('');
      byName.set(name, nearer(byName.get(name), { pod, dropped, isShared: false }));
    }
  }
  return (path) => {
    const [plain = ''] = path.split('?', 1);
    const names = plain.split('/').map((segment) => segment.toLowerCase().replaceAll(/[-_]/g, ''));
    const owner = names
      .filter((name) => name.length >= SHORTEST && !GENERIC.has(name))
      .flatMap((name) => byName.get(name) ?? [])
      .find(({ isShared }) => !isShared);
    return owner?.pod;
  };
}

/**
 * `/api/v1/orderservice/…` is of `shop-order-service`, and not of `shop-wait-order-service`, whose name has more in front.
 * Hyphens and underscores do not count.
 */
function nearer(known: Named | undefined, other: Named): Named {
  if (known === undefined || other.dropped < known.dropped) return other;
  if (other.dropped > known.dropped) return known;
  if (known.pod.services[0] !== other.pod.services[0]) return { ...known, isShared: true };
  return isReady(known.pod) ? known : { ...known, pod: other.pod };
}

/** Shorter parts of a path are versions and ids. */
const SHORTEST = 4;
/** The last parts of many names. */
const GENERIC: ReadonlySet<string> = new Set(['service', 'server', 'worker', 'proxy', 'gateway', 'external']);
