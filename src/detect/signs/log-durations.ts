/** Durations in log lines, by message and service. */
import { tellsOfFailure } from '#model/logs/log-failure.ts';
import { logFields } from '#model/logs/log-fields.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { LogTemplates } from '#model/logs/log-templates.ts';

/** Work that somebody waits for; jobs, backups and checkpoints may take long. */
const WAITED_FOR =
  /\b(?:request(?:ed|s)?|respon(?:se|ded|ses)|page|render(?:ed|ing|s)?|quer(?:y|ies)|call(?:ed|s)?|rpc|http|GET|POST|PUT|DELETE|PATCH|served?|handled|fetch(?:ed)?|load(?:ed)?|statement|transaction|api|endpoint|answer(?:ed)?|lookup|search)\b/i;

/** By service and template; `placesFrom` is the position of the first line in the templates. */
export function durationsIn(
  lines: readonly LogLine[],
  templates: LogTemplates,
  placesFrom: number,
): ReadonlyMap<string, Readonly<{ service: string; places: number[]; ms: number[] }>> {
  const timed = new Map<string, { service: string; places: number[]; ms: number[] }>();
  lines.forEach((line, place) => {
    // A failure has its own duration.
    if (tellsOfFailure(line)) return;
    const { durationMs, message } = logFields(line);
    if (durationMs === undefined || !WAITED_FOR.test(message.slice(0, LONGEST_READ))) return;
    const key = `${line.service}\n${templates.templateOf(placesFrom + place).id}`;
    const known = timed.get(key) ?? { service: line.service, places: [], ms: [] };
    if (known.places.length === 0) timed.set(key, known);
    known.places.push(place);
    known.ms.push(durationMs);
  });
  return timed;
}

const LONGEST_READ = 1_000;
