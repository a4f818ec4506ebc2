/** How often the fields of log lines are empty and filled. */
import { fieldsIn } from '#detect/signs/values/corrupt-data.ts';
import type { LogLine } from '#model/logs/log-line.ts';

/** `empty`: the positions of the lines where it is null. */
type FieldCount = { empty: number[]; filled: number };

/** By service and field. */
export function fieldCounts(lines: readonly LogLine[]): ReadonlyMap<string, ReadonlyMap<string, FieldCount>> {
  const counts = new Map<string, Map<string, FieldCount>>();
  lines.forEach(({ service, line }, place) => {
    const ofService = counts.get(service) ?? new Map<string, FieldCount>();
    if (ofService.size === 0) counts.set(service, ofService);
    const { empty, filled } = fieldsIn(line);
    for (const field of new Set([...empty, ...filled])) {
      const count = ofService.get(field) ?? { empty: [], filled: 0 };
      if (count.empty.length + count.filled === 0) ofService.set(field, count);
      if (empty.includes(field)) count.empty.push(place);
      else count.filled += 1;
    }
  });
  return counts;
}
