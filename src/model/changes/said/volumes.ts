/**
 * A rollout that starts its new pod before the old one ends, where the failure says that a volume is still held. A volume
 * with ReadWriteOnce serves one node, so each pod waits for the other.
 *
 *   -  type: Recreate            Multi-Attach error for volume "pvc-…" Volume is already used by pod(s) …
 *   +  type: RollingUpdate       ◄── both pods want the volume
 *
 * https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#strategy
 */
import type { Sides } from '#model/changes/effect.ts';

/** Kubernetes' attach controller, and how Spanhound says it; in lower case. */
const SAYS_HELD =
  /\bmulti-attach error\b|\bvolume is already (?:used by pod|exclusively attached)|\bis still attached to another node\b/;
const ONE_BY_ONE =
  /\btype["']?\s{0,3}:\s{0,3}["']?(?:Recreate|OnDelete)\b|\bmax_?-?surge["']?\s{0,3}[:=]\s{0,3}["']?0(?![\d.])/i;
const TOGETHER =
  /\btype["']?\s{0,3}:\s{0,3}["']?RollingUpdate\b|\bmax_?-?surge["']?\s{0,3}[:=]\s{0,3}["']?[1-9]|\bmax_?-?unavailable["']?\s{0,3}[:=]\s{0,3}["']?0(?![\d.])/i;

/** Empty where the failure is about something else, or the rollout replaced its pods so before. `failure`: in lower case. */
export function podsTogether({ added, removed }: Pick<Sides, 'added' | 'removed'>, failure: string): string {
  const isChanged = ONE_BY_ONE.test(removed) && TOGETHER.test(added) && !ONE_BY_ONE.test(added);
  return SAYS_HELD.test(failure) && isChanged ? 'its rollout starts a new pod before the old one ends' : '';
}
