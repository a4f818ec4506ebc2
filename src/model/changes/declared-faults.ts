/**
 * Faults that people make on purpose, to see what happens: an experiment declares its effect and its target. Sources: the
 * documentation of Chaos Mesh, Litmus, AWS Fault Injection Service, Gremlin and toxiproxy.
 */
import type { Change } from '#model/changes/change.ts';
import type { Effect, EffectKind } from '#model/changes/effect.ts';

type Told = Pick<Change, 'text' | 'diff'> & Partial<Pick<Change, 'id' | 'files'>>;
type Fault = Readonly<{ kind: EffectKind; said: string; words: RegExp }>;

/** The tools, and what people call such a day. */
const EXPERIMENT =
  /\b\w{2,10}chaos\b|\bchaos\b|litmus|gremlin|toxiproxy|\btoxics?\b|\baws[- ]?fis\b|\baws:(?:ec2|ecs|eks|rds|network|ssm|ebs):|fault[- ]injection|\bgame[- ]?day\b/i;

/** The first that fits counts: the latency of a volume is none of a network. */
const FAULTS: readonly Fault[] = [
  {
    kind: 'disk-full',
    said: 'it fills a disk on purpose',
    // Litmus: disk-fill; AWS: AWSFIS-Run-Disk-Fill; Gremlin: disk.
    words: /\bdisk[-_ ]?fill\b|\bgremlin\b.{0,60}\bdisk\b/i,
  },
  {
    kind: 'slower-disk',
    said: 'it slows a volume down on purpose',
    // Chaos Mesh: IOChaos; Litmus: pod-io-stress; Gremlin: io; AWS: aws:ebs:pause-volume-io.
    words: /\bio-?chaos\b|\b(?:pod|node)-io-stress\b|\bpause-volume-io\b|\bgremlin\b.{0,60}\bio\b/i,
  },
  {
    kind: 'less-cpu',
    said: 'it takes processor time on purpose',
    words:
      /\bstress-?chaos\b[\s\S]{0,200}\bcpu\b|\b(?:pod|node)-cpu-(?:hog|stress)(?:-exec)?\b|\btask-cpu-stress\b|\bcpu-stress\b|\bgremlin\b.{0,60}\bcpu\b/i,
  },
  {
    kind: 'less-memory',
    said: 'it takes memory on purpose',
    words:
      /\bstress-?chaos\b[\s\S]{0,200}\bmemory\b|\b(?:pod|node)-memory-(?:hog|stress)(?:-exec)?\b|\bmemory-stress\b|\bgremlin\b.{0,60}\bmemory\b/i,
  },
  {
    kind: 'other-clock',
    said: 'it sets a clock wrong on purpose',
    words: /\btime-?chaos\b|\bgremlin\b.{0,60}\btime travel\b/i,
  },
  {
    kind: 'other-resolver',
    said: 'it breaks the lookup of names on purpose',
    words: /\bdns-?chaos\b|\bpod-dns-(?:error|spoof)\b|\bgremlin\b.{0,60}\bdns\b/i,
  },
  {
    kind: 'failing-answers',
    said: 'it changes answers on purpose',
    words: /\bhttp-?chaos\b|\bpod-http-(?:status-code|latency|modify-\w{4,8}|reset-peer)\b/i,
  },
  {
    kind: 'lost-packets',
    said: 'it loses packets on purpose',
    words:
      /\bnetwork-?chaos\b[\s\S]{0,200}\b(?:loss|partition|corrupt|duplicate)\b|\bpod-network-(?:loss|corruption|partition|duplication|packet-loss|blackhole-port)\b|\bdisrupt-connectivity\b|\bgremlin\b.{0,60}\b(?:blackhole|packet loss)\b|\btox\w{2,8}\b.{0,80}\b(?:timeout|reset_peer|limit_data|down)\b/i,
  },
  {
    kind: 'slower-network',
    said: 'it delays packets on purpose',
    words:
      /\bnetwork-?chaos\b[\s\S]{0,200}\b(?:delay|bandwidth)\b|\b(?:pod|task)-network-latency\b|\bgremlin\b.{0,60}\blatency\b|\btox\w{2,8}\b.{0,80}\b(?:latency|bandwidth|slow_close|slicer)\b/i,
  },
  {
    kind: 'nodes-gone',
    said: 'it takes nodes away on purpose',
    words:
      /\bnode-(?:drain|taint|restart|poweroff)\b|\bkubelet-service-kill\b|\baws:ec2:(?:terminate|stop|reboot)-instances\b|\bterminate-nodegroup-instances\b|\bdrain-container-instances\b/i,
  },
  {
    kind: 'instances-stopped',
    said: 'it stops instances on purpose',
    words:
      /\bpod-?chaos\b|\bpod-(?:delete|kill|failure)\b|\b(?:container|process|task)-kill\b|\bbroker-pod-failure\b|\baws:ecs:stop-task\b|\bgremlin\b.{0,60}\b(?:shutdown|process killer)\b/i,
  },
];

/** It is over, nothing was done, or it was done elsewhere. */
const NO_EFFECT =
  /\b(?:ended|finished|completed|stopped|aborted|halted|cancell?ed|deleted|removed|paused|recovered|dry[- ]?run|rehearsal|staging|sandbox|stg|scheduled for|planned)\b/i;
/** A file of manifests is longer than what it declares. */
const LONGEST = 4_000;

/** Whether a text names a tool of such faults, or such a day. */
export function namesExperiment(text: string): boolean {
  return EXPERIMENT.test(text.slice(0, LONGEST));
}

function isExperiment({ id = '', text, diff, files = [] }: Told): boolean {
  return namesExperiment(saidBy({ id, text, diff, files }));
}

function saidBy({ id = '', text, diff, files = [] }: Told): string {
  return [text, id, diff, ...files].join('\n').slice(0, LONGEST);
}

/** Whether an experiment is over, or was none. */
export function isIdleExperiment(change: Told): boolean {
  return isExperiment(change) && NO_EFFECT.test(`${change.text}\n${change.diff.slice(0, LONGEST)}`);
}

/** Its declared effect; undefined where the change is no experiment, or declares nothing known. */
export function declaredFault(change: Told): Effect[] | undefined {
  if (!isExperiment(change)) return undefined;
  const said = saidBy(change);
  const found = FAULTS.find(({ words }) => words.test(said));
  if (found === undefined) return undefined;
  return isIdleExperiment(change) ? [] : [{ kind: found.kind, text: found.said, strength: 1 }];
}

/** `app=cart`, `app: cart`, `app.kubernetes.io/name: cart`: what the selector names. */
const SELECTED = /\bapp(?:\.kubernetes\.io\/(?:name|instance))?["']?\s{0,3}[:=]\s{0,3}["']?([a-z][\w-]{1,62})/i;
/** `target Kubernetes deployment shop/cart`, `target kafka in shop` */
const TARGET =
  /\btarget(?:s|ing)?:?\s{1,3}(?:kubernetes\s)?(?:(?:deployment|statefulset|daemonset|service|pods?)[\s/])?(?:[\w-]{1,62}\/)?([a-z][\w-]{1,62})/i;

/** The service that an experiment hits, as far as it names one; else empty. */
export function targetOfFault(change: Told): string {
  if (declaredFault(change) === undefined) return '';
  return SELECTED.exec(saidBy(change))?.[1] ?? TARGET.exec(change.text)?.[1] ?? '';
}
