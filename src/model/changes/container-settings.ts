/**
 * What decides whether a container starts and how it ends: its rights, its program, what is mounted, how a rollout
 * replaces it, and whether its pipeline pushed the image at all.
 *
 *   +  readOnlyRootFilesystem: true              open /app/tmp/cache: read-only file system
 *   -  mountPath: /etc/app  +  /config           open /etc/app/settings.yaml: no such file or directory
 *   -  preStop: sleep 15                         502 for the requests of each pod that ends
 *   -  push: true           +  push: false       ErrImagePull: not found
 */
import { type Effect, effect, MUCH_LESS, moreIn, type Sides, WEAK } from '#model/changes/effect.ts';

/** `context`: the unchanged lines of the diff. */
export function containerSettings(sides: Sides, context: string): Effect[] {
  const rights = moreIn(sides.added, sides.removed, TAKES_RIGHTS)[0] ?? '';
  return [
    ...effect('other-credentials', rights && 'it takes rights from its processes'),
    ...effect('other-trust', isOtherProtocol(sides) ? 'it changes which versions and ciphers of TLS are allowed' : ''),
    ...effect('other-settings', isMountedElsewhere(sides) ? 'it mounts files at another place' : ''),
    ...effect('other-settings', isOtherProgram(sides) ? 'it starts its container by another command' : '', WEAK),
    ...effect('instances-stopped', endsEarly(sides) ? 'its pods end before their requests do' : '', WEAK),
    ...effect('stricter-probe', losesStart(sides) ? 'no probe waits for a slow start any more' : ''),
    ...effect('other-image', pushesLess(sides, context) ? 'its pipeline does not push each image any more' : ''),
  ];
}

/** Kubernetes' security contexts and Pod Security labels, Docker Compose, Dockerfiles, systemd.exec(5). */
const TAKES_RIGHTS =
  /\bread_?-?only_?-?root_?-?filesystem["']?\s{0,3}[:=]\s{0,3}true|\brun_?-?as_?-?non_?-?root["']?\s{0,3}[:=]\s{0,3}true|\brun_?-?as_?-?user["']?\s{0,3}[:=]\s{0,3}[1-9]|\ballow_?-?privilege_?-?escalation["']?\s{0,3}[:=]\s{0,3}false|\bdrop["']?\s{0,3}[:=]\s{0,3}\[\s{0,3}["']?ALL\b|\bcap_drop\b|\bread_only["']?\s{0,3}:\s{0,3}true|\bpod-security\.kubernetes\.io\/enforce["']?\s{0,3}[:=]\s{0,3}["']?(?:restricted|baseline)|\bseccomp_?-?profile\b|^USER\s{1,4}(?!root\b|0\b)\S{1,60}|\b(?:ProtectSystem|ProtectHome|NoNewPrivileges|ReadOnlyPaths)\s{0,2}=/gim;

/** nginx, HAProxy, Envoy, Istio, Spring Boot, Go, .NET, Java, AWS, PostgreSQL, MySQL, Kafka. */
const PROTOCOLS =
  /^.{0,80}\b(?:ssl_?-?(?:protocols?|ciphers?|min_?-?(?:ver|protocol_version))|(?:ssl|tls)\.(?:enabled\.)?(?:protocols?|cipher\.suites)|tls_?-?(?:min(?:imum)?_?-?)?(?:protocol_?-?)?versions?|min(?:imum)?_?-?(?:tls|protocol)_?-?(?:protocol_?-?)?version|MinVersion|MinProtocol|cipher_?-?suites?|(?:ssl|security)_?-?policy|jdk\.tls\.disabledAlgorithms)\b.{0,200}$/gim;

function isOtherProtocol({ added, removed }: Sides): boolean {
  const lines = (text: string) => (text.match(PROTOCOLS) ?? []).map((line) => line.trim()).join('\n');
  const now = lines(added);
  return now !== '' && now !== lines(removed);
}

const MOUNTED =
  /^\W{0,4}(?:mount_?-?path|sub_?-?path|mount_?point|container_?-?path)["']?\s{0,3}[:=]\s{0,3}["']?([\w./-]{2,200})/gim;

function isMountedElsewhere({ added, removed }: Sides): boolean {
  const places = (text: string) => Array.from(text.matchAll(MOUNTED), ([, place = '']) => place);
  const [before, now] = [places(removed), places(added)];
  return before.some((place) => !now.includes(place));
}

/** Kubernetes, Docker, Compose, Nomad, ECS, systemd, Procfiles. */
const PROGRAM =
  /^\W{0,4}(?:command|args|entry_?-?point|cmd|ExecStart|web)["']?(?:\s{0,3}[:=]\s{0,3}|\s{1,4})(\S.{0,200})$/gim;

function isOtherProgram({ added, removed }: Sides): boolean {
  const programs = (text: string) =>
    Array.from(text.matchAll(PROGRAM), ([, line = '']) => line.replaceAll(/\d+/g, '0').trim());
  const [before, now] = [programs(removed), programs(added)];
  return before.length > 0 && now.some((line) => !before.includes(line));
}

/** A pause before a pod ends, in which the others learn of it, and a budget of pods that stay. */
const WAITS_FOR_REQUESTS =
  /\bpre_?-?stop\b|\bPodDisruptionBudget\b|\bserver\.shutdown["']?\s{0,3}[:=]\s{0,3}["']?graceful|\bgraceful_?-?(?:shutdown|timeout)\b|\bderegistration_?-?delay\b|\bdrain_?-?(?:time\w{0,4}|duration)\b/gi;
const ALL_AT_ONCE =
  /\btype["']?\s{0,3}:\s{0,3}["']?Recreate\b|\bmax_?-?unavailable["']?\s{0,3}[:=]\s{0,3}["']?100\s{0,2}%|\bserver\.shutdown["']?\s{0,3}[:=]\s{0,3}["']?immediate/gi;
const GRACE =
  /\b(?:terminationGracePeriodSeconds|stop_?-?(?:grace_?-?period|timeout)|kill_?-?timeout|TimeoutStopSec)["']?\s{0,3}[:=]\s{0,3}["']?(\d{1,5})/i;

function endsEarly({ added, removed }: Sides): boolean {
  const [was, now] = [removed, added].map((text) => Number(GRACE.exec(text)?.[1] ?? Number.NaN));
  const isShorter = Number(now) * MUCH_LESS <= Number(was);
  const isAtOnce = moreIn(added, removed, ALL_AT_ONCE).length > 0;
  return isShorter || isAtOnce || moreIn(removed, added, WAITS_FOR_REQUESTS).length > 0;
}

/** Until it is well, the other probes do not ask; and a pause before their first question. */
const WAITS_FOR_START = /\bstartup_?-?probe\b|\binitial_?-?delay_?-?seconds\b|\bstart_?-?period\b/gi;

function losesStart({ added, removed }: Sides): boolean {
  return moreIn(removed, added, WAITS_FOR_START).length > 0;
}

/** GitHub's build-push-action, Docker, Podman, Buildah, crane, skopeo, ko, Jib, GitLab, Cloud Build. */
const PUSHES =
  /\bpush["']?\s{0,3}[:=]\s{0,3}["']?(?:true|yes|always)\b|\s--push\b(?!=false)|\b(?:docker|podman|buildah|nerdctl|crane|ko)\s{1,3}(?:image\s{1,3}|manifest\s{1,3}|compose\s{1,3})?push\b|\bskopeo\s{1,3}copy\b|\bjib:build\b|\bjib(?=\s|$)|\bdockerPush\b|\s--destination[= ]/gim;
const KEEPS_IMAGE =
  /\bpush["']?\s{0,3}[:=]\s{0,3}["']?(?:false|no|never)\b|--(?:no-push|push=false|load)\b|\bskip[_-]?push\b/gim;
const OF_IMAGES = /\b(?:image|docker|container|registry|buildx?|kaniko|buildah|podman|jib)\b|build-push-action/i;

function pushesLess(sides: Sides, context: string): boolean {
  const { added, removed } = sides;
  if (!OF_IMAGES.test(`${context}\n${removed}\n${added}`)) return false;
  return moreIn(removed, added, PUSHES).length > 0 || moreIn(added, removed, KEEPS_IMAGE).length > 0;
}
