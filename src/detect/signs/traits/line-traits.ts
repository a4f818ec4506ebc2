/**
 * What the failing lines share and the other lines of their service do not: the value of a field, or of a label.
 *
 *   user_region   US-East    2 of 130 lines    2 %
 *                 EU-West   54 of 120 lines   45 %   ← the failing lines share it
 */
import { isApart, type Limits } from '#detect/signs/traits/traits-apart.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { epochUsOf } from '#model/logs/log-line.ts';
import { logName } from '#model/logs/log-names.ts';
import { comparedNameOf, type RequestAttribute } from '#model/requests/request-attributes.ts';
import { type Told, toldBy, traitsOf } from '#model/requests/request-traits.ts';
import { deviationsFor } from '#model/stats/proportion.ts';
import type { AttributeValue } from '#model/trace/columns.ts';

/** The defaults of a partial outage, for lines instead of requests. */
const LIMITS: Limits = { minSuffering: 5, minRequests: 10, minDifference: 0.1, minRatio: 3, slowRatio: 2 };

/** With so many lines a share is known within two percentage points; more would delay the answer. */
const MOST_READ = 4_000;
const LONGEST_VALUE = 200;

/** `row`: the places of all lines of the service; `failing`: those that report the failure. The best separating trait. */
export function sharedTrait(
  logs: readonly LogLine[],
  row: readonly number[],
  failing: readonly number[],
): Told | undefined {
  if (failing.length < LIMITS.minSuffering) return undefined;
  const step = Math.max(1, row.length / MOST_READ);
  const read = Array.from({ length: Math.min(row.length, MOST_READ) }, (_, at) => row[Math.floor(at * step)] ?? 0);
  const fails = new Set(failing);
  const suffers = new Set(read.flatMap((place, at) => (fails.has(place) ? [at] : [])));
  const lines = read.flatMap((place) => logs[place] ?? []);
  const traits = traitsOf(attributesOf(lines), lines.map(epochUsOf), LIMITS.minRequests);
  const deviations = deviationsFor(traits.length);
  return traits
    .map((trait) => toldBy(trait, suffers))
    .filter((told) => isApart(told, deviations, LIMITS))
    .sort((a, b) => b.phi - a.phi || (a.trait.name < b.trait.name ? -1 : 1))[0];
}

/** Each line is compared with those that have the same field. */
function attributesOf(lines: readonly LogLine[]): readonly RequestAttribute[] {
  const byName = new Map<string, Map<number, ReadonlySet<AttributeValue>>>();
  const names = new Map<string, string>();
  for (const [at, line] of lines.entries()) {
    for (const [sent, value] of [...Object.entries(line.labels), ...fieldsOf(line)]) {
      const name = names.get(sent) ?? (logName(sent) === undefined ? comparedNameOf(sent) : '');
      names.set(sent, name);
      if (name === '' || value === '' || String(value).length > LONGEST_VALUE) continue;
      const values = byName.get(name) ?? new Map<number, ReadonlySet<AttributeValue>>();
      byName.set(name, values.set(at, new Set([value])));
    }
  }
  return [...byName].map(([name, values]) => ({ service: '', name, values, among: new Set(values.keys()) }));
}

/** Of a line of JSON; nested ones are left out. */
function fieldsOf({ line }: LogLine): [string, AttributeValue][] {
  if (!line.startsWith('{')) return [];
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed !== 'object' || parsed === null) return [];
    return Object.entries(parsed).filter((entry): entry is [string, AttributeValue] =>
      ['string', 'number', 'boolean'].includes(typeof entry[1]),
    );
  } catch {
    return [];
  }
}
