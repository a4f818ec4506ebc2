/**
 * Where something runs, listens and keeps its data: the machines that may go away, the address at which it is called, the
 * route that leads to it, the kind of its disk.
 *
 *   -  capacityType: ON_DEMAND      +  capacityType: SPOT            pods end with their nodes
 *   -  bind-address = 0.0.0.0       +  bind-address = 127.0.0.1      connection refused from all others
 *   -  pathType: Prefix             +  pathType: Exact               404 below the path
 *   -  volume_type = "gp3"          +  volume_type = "sc1"           writes take ten times as long
 *   -  suspend: false               +  suspend: true                 the job does not run
 */
import { type Effect, effect, moreIn, type Sides, WEAK } from '#model/changes/effect.ts';
import { oneConnection } from '#model/changes/one-connection.ts';

export function placementSettings(sides: Sides): Effect[] {
  const { added, removed } = sides;
  return [
    ...effect('other-host', isMadeLocal(sides) ? 'it listens only on its own machine' : ''),
    ...effect('route-gone', routesOtherwise(sides) ? 'it changes which requests its routes take' : ''),
    ...effect('slower-disk', isOnSlowerDisk(sides) ? 'it keeps its data on a slower kind of disk' : ''),
    ...effect(
      'instances-stopped',
      moreIn(added, removed, SUSPENDS).length > 0 ? 'it suspends a job or a schedule' : '',
    ),
    ...effect(
      'instances-stopped',
      moreIn(added, removed, MAY_GO).length > 0 ? 'it runs on machines that can be taken away at any time' : '',
      WEAK,
    ),
    ...oneConnection(sides),
    ...effect('costlier-work', isOtherCollector(sides) ? 'it collects garbage in another way' : '', WEAK),
  ];
}

/** Node.js, Go, Python, MySQL, PostgreSQL, Redis, RabbitMQ, Kafka. */
const OWN_MACHINE =
  /(?:\blisten\w{0,12}|\bbind(?:[-_ ]?(?:address|ip|host))?|\bhost|\baddr(?:ess)?|\bserver\.address)["'`]?\s{0,3}[:=( ]\s{0,3}(?:\d{2,5},\s{0,3})?["'`]?(?:PLAINTEXT:\/\/)?(?:127\.0\.0\.1|localhost|\[?::1\b)/i;
const ANY_MACHINE = /\b0\.0\.0\.0\b|\[?::\]?(?=[:"'\s]|$)|\blisten\w{0,12}["'`]?\s{0,3}[:=( ]\s{0,3}["'`]?[:\d*]/i;

function isMadeLocal({ added, removed }: Sides): boolean {
  return OWN_MACHINE.test(added) && !OWN_MACHINE.test(removed) && ANY_MACHINE.test(removed);
}

/** Kubernetes, ingress-nginx, Traefik, Istio, Gateway API, Kong, nginx. */
const ROUTING =
  /^.{0,60}\b(?:ingress_?-?class(?:_?-?name)?|path_?-?type|rewrite(?:-target)?|strip_?-?(?:prefix|path)|replace_?-?prefix_?-?match|use-regex)["']?\s{0,3}[:= ].{1,200}$/gim;
/** A Service that had an address of its own outside of the cluster. */
const OUTSIDE = /^\W{0,4}type["']?\s{0,3}:\s{0,3}["']?(?:LoadBalancer|NodePort)\b/im;
const INSIDE = /^\W{0,4}type["']?\s{0,3}:\s{0,3}["']?(?:ClusterIP|ExternalName)\b/im;

function routesOtherwise({ added, removed }: Sides): boolean {
  const lines = (text: string) => (text.match(ROUTING) ?? []).map((line) => line.trim()).join('\n');
  const isOther = lines(removed) !== '' && lines(removed) !== lines(added);
  return isOther || (OUTSIDE.test(removed) && INSIDE.test(added));
}

const OF_DISKS =
  /^\W{0,4}(?:volume_?-?type|storage_?-?(?:class(?:_?-?name)?|type|account_type)|disk_?-?type|sku_?-?name|type)["']?\s{0,3}[:=]\s{0,3}["']?([\w-]{2,60})/gim;
/** AWS' and Google's cold and magnetic disks, Azure's standard ones, and what people call their classes. */
const SLOW_DISK =
  /^(?:sc1|st1|standard|magnetic|pd-standard|standard_?(?:ssd)?_?lrs|cold)$|(?:^|-)(?:hdd|slow|cold|nfs|sata)(?:-|$)/i;

function isOnSlowerDisk({ added, removed }: Sides): boolean {
  const kinds = (text: string) => Array.from(text.matchAll(OF_DISKS), ([, kind = '']) => kind);
  const [before, now] = [kinds(removed), kinds(added)];
  return before.length > 0 && now.some((kind) => SLOW_DISK.test(kind)) && !before.some((kind) => SLOW_DISK.test(kind));
}

/** CronJobs and Jobs of Kubernetes, Argo, Flux, Airflow, Temporal. */
const SUSPENDS =
  /\bsuspend["']?\s{0,3}[:=]\s{0,3}["']?true\b|\b(?:is_)?paused(?:_upon_creation)?["']?\s{0,3}[:=]\s{0,3}["']?true\b/gi;
/** Spot and preemptible machines of EKS, GKE, AKS, ECS, Nomad. */
const MAY_GO =
  /\bcapacity_?-?(?:type|provider)["']?\s{0,3}[:=]\s{0,3}["']?(?:FARGATE_)?SPOT\b|\bpreemptible["']?\s{0,3}[:=]\s{0,3}["']?true\b|\bspot["']?\s{0,3}[:=]\s{0,3}["']?true\b|\bpriority["']?\s{0,3}[:=]\s{0,3}["']?(?:Spot|Low)\b|\bprovisioning_model["']?\s{0,3}[:=]\s{0,3}["']?SPOT\b/gi;

/** HotSpot's collectors. */
const COLLECTOR = /-XX:\+Use(\w{1,14}GC)\b/;

function isOtherCollector({ added, removed }: Sides): boolean {
  const [before, now] = [COLLECTOR.exec(removed)?.[1], COLLECTOR.exec(added)?.[1]];
  return before !== undefined && now !== undefined && before !== now;
}

/** Where a process listens, or where it is called: `":8080"`, `0.0.0.0:8080`, `port = 8080`, `EXPOSE 8080`, `listen(8080`. */
const PORT =
  /(?:["'`\d.\]*]:|\b\w{0,30}port["']?\s{0,3}[:=(,]\s{0,3}["']?|\bEXPOSE\s|\blisten[\s(])(\d{2,5})\b(?![.:\d])/gi;

/** Who still asks at the old port is refused there. */
export function movedPort({ added, removed }: Sides): Effect[] {
  const [before, after] = [removed, added].map(
    (text) => new Set(Array.from(text.matchAll(PORT), ([, port = '']) => port)),
  );
  const gone = [...(before ?? [])].filter((port) => after?.has(port) !== true);
  const [old] = gone;
  const [now] = [...(after ?? [])].filter((port) => before?.has(port) !== true);
  if (old === undefined || now === undefined) return [];
  return [{ kind: 'other-host', text: `it moves port ${old} to ${now}`, strength: 1, names: gone }];
}
