/** Finds why no node accepts a pod, from the messages of the scheduler, the quota and the volumes. */

export type PendingCause =
  | 'quota'
  | 'refused'
  | 'account-missing'
  | 'limit-range'
  | 'limits-required'
  | 'volume-missing'
  | 'volume-unbound'
  | 'volume-elsewhere'
  | 'volume-mount'
  | 'volume-attached'
  | 'object-missing'
  | 'not-ended'
  | 'cpu'
  | 'memory'
  | 'storage'
  | 'device'
  | 'too-many-pods'
  | 'taint'
  | 'node-trouble'
  | 'cordoned'
  | 'affinity'
  | 'anti-affinity'
  | 'spread'
  | 'port'
  | 'gated'
  | 'init-running'
  | 'rejected'
  | 'rejected-room'
  | 'rejected-device'
  | 'rejected-topology'
  | 'rejected-setting'
  | 'volume-owner'
  | 'sandbox'
  | 'sandbox-network'
  | 'sandbox-memory'
  | 'no-nodes'
  | 'unknown';

export type Refusal = Readonly<{
  cause: PendingCause;
  /** Nodes that refuse for this reason; 0 where the message gives no count. */
  nodes: number;
  /** In the scheduler's words: `Insufficient cpu`. */
  words: string;
  /** The taint, the claim, the resource. */
  named: string;
}>;

/** The scheduler's reasons. The order decides when equally many nodes refuse for two of them. */
const REASONS: readonly (readonly [PendingCause, RegExp])[] = [
  ['cpu', /^Insufficient cpu/i],
  ['memory', /^Insufficient memory/i],
  ['storage', /^Insufficient ephemeral-storage/i],
  ['too-many-pods', /^(?:Too many pods|Insufficient pods)/i],
  ['device', /^Insufficient (\S+)/i],
  ['volume-unbound', /unbound immediate PersistentVolumeClaims|didn't find available persistent volumes/i],
  ['volume-elsewhere', /volume node affinity conflict|exceed max volume count|in different zone/i],
  ['spread', /topology spread/i],
  ['anti-affinity', /anti-affinity/i],
  ['affinity', /node affinity|node selector|pod affinity|node\(s\) didn't match/i],
  ['port', /free ports/i],
  [
    'node-trouble',
    /taint \{?node\.kubernetes\.io\/(?:not-ready|unreachable|memory-pressure|disk-pressure|pid-pressure|network-unavailable)|were not ready/i,
  ],
  ['cordoned', /were unschedulable|taint \{?node\.kubernetes\.io\/unschedulable/i],
  ['taint', /taint/i],
];

/**
 * `0/5 nodes are available: 1 node(s) had untolerated taint {…}, 4 Insufficient cpu. preemption: …`. The
 * reason of most nodes comes first. Control plane nodes refuse every pod and come last.
 */
export function refusalsIn(message: string): readonly Refusal[] {
  if (/no nodes available to schedule/i.test(message))
    return [{ cause: 'no-nodes', nodes: 0, words: message, named: '' }];
  const missing = /persistentvolumeclaim "([^"]+)" (?:not found|is being deleted)/i.exec(message);
  if (missing) return [{ cause: 'volume-missing', nodes: 0, words: missing[0], named: missing[1] ?? '' }];
  const [, said = message] = /nodes are available: (.*)$/s.exec(message) ?? [];
  const reasons = said
    .replace(/\bpreemption: .*$/s, '')
    .split(/[,.] (?=\d+ )|, (?=(?:Insufficient|Too many|node\(s\)|pod has) )/);
  return reasons
    .map((reason, place) => ({ ...refusalOf(reason), place }))
    .filter(({ cause }) => cause !== 'unknown')
    .sort((a, b) => rank(a) - rank(b) || b.nodes - a.nodes || order(a) - order(b) || a.place - b.place)
    .map(({ place: _, ...refusal }) => refusal);
}

function refusalOf(reason: string): Refusal {
  const [, count = '0', rest = ''] = /^(?:(\d+) )?(.*)$/s.exec(reason.trim()) ?? [];
  const words = rest.replace(/(?<![\s.])[\s.]+$/, '').trim();
  const cause = REASONS.find(([, pattern]) => pattern.test(words))?.[0] ?? 'unknown';
  const taint = /taint(?:\(s\))? \{([^{}]*)\}/i.exec(words)?.[1]?.replace(/:\s*$/, '').trim();
  const resource = cause === 'device' ? /^Insufficient (\S+)/i.exec(words)?.[1] : undefined;
  return { cause, nodes: Number(count), words, named: taint ?? resource ?? '' };
}

function rank({ named }: Refusal): number {
  return /^node-role\.kubernetes\.io\/(?:control-plane|master)\b/.test(named) ? 1 : 0;
}

function order({ cause }: Refusal): number {
  return REASONS.findIndex(([known]) => known === cause);
}

/** `exceeded quota: compute, requested: requests.cpu=2, used: requests.cpu=9, limited: requests.cpu=10` */
export function quotaIn(message: string): Refusal | undefined {
  const [words, name = ''] = /exceeded quota: ([^,\s]+)[^\n]*/i.exec(message) ?? [];
  return words === undefined ? undefined : { cause: 'quota', nodes: 0, words, named: name };
}
