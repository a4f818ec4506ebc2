/** What a change of the number of instances does: as its text or the limits of its diff say it. */
import type { Change } from '#model/changes/change.ts';
import type { Limit } from '#model/changes/changed-limits.ts';
import { type Effect, effect, MUCH_MORE } from '#model/changes/effect.ts';

/** `replicas 8 -> 2` */
const SCALED = /(\d{1,6})\s{0,3}(?:->|→|=>|to)\s{0,3}(\d{1,6})/;

/** An autoscaler may add no more: `HPA min 3 max 8 -> min 1 max 1`, `maxReplicas: 12 -> max 3` */
const MOST_SCALED =
  /\bmax[a-z_]{0,15}\s{0,3}[=:]?\s{0,3}(\d{1,6})\b[^\d\n]{0,20}(?:->|→|=>|\bto\b)[^\n]{0,30}?\bmax[a-z_]{0,15}\s{0,3}[=:]?\s{0,3}(\d{1,6})\b/i;

/** `ps:scale web=12 (was 4)` */
const SCALED_FROM = /=\s{0,3}(\d{1,6})\s{0,3}\(was (\d{1,6})\)/i;

export function scaled({ kind, text }: Pick<Change, 'kind' | 'text'>, [shown]: readonly Limit[]): Effect[] {
  if (kind !== 'scale') return [];
  const [, now, was] = SCALED_FROM.exec(text) ?? [];
  const sides = MOST_SCALED.exec(text) ?? SCALED.exec(text) ?? [];
  const [, before = was ?? shown?.before, after = now ?? shown?.after] = sides;
  if (Number(after) === 0 && Number(before) > 0)
    return effect('instances-stopped', `it scales from ${before} down to 0`);
  if (Number(after) < Number(before)) return effect('fewer-workers', `it scales from ${before} down to ${after}`);
  const isMuch = Number(after) > Number(before) && Number(after) >= Number(before) * MUCH_MORE;
  return effect('more-workers', isMuch ? `it scales from ${before} up to ${after}` : '');
}
