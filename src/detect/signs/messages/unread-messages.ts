/**
 * Messages that a broker deleted before their reader came to them: the reader asks for a position that is no longer there,
 * and goes on at another one.
 *
 *   09:00   position 4711 is out of range for partition orders-2, resetting offset
 *   09:04   position 5090 is out of range for partition orders-2, resetting offset     ← again: each time some are lost
 *
 * A new group, or one that rested for a week, is reset once in each partition. Who is reset again and again is slower than
 * the retention of its topic. The clients of Kafka for Java, Python and Go, and librdkafka write this, most of them at the
 * level of information. https://kafka.apache.org/documentation/#consumerconfigs_auto.offset.reset
 */
import type { LogLine } from '#model/logs/log-line.ts';

const OUT_OF_RANGE =
  /\bfetch (?:position|offset) [^\n]{1,400}? is out of range for (?:topic-)?partition (?<partition>[^\s,]{1,250})|\b(?:OffsetOutOfRange(?:Exception|Error)?|offset out of range|offset is outside the range of offsets maintained by the server)\b/i;
/** The line itself says whose partition it is, also apart from the form above. */
const PARTITION = /\bpartition[=: ]{1,2}(?<partition>[^\s,;)\]}]{1,250})/i;

/** The places of the lines of each service that was reset again in at least one partition. */
export function unreadMessages(logs: readonly LogLine[]): ReadonlyMap<string, readonly number[]> {
  const found = logs.flatMap(({ service, line }, place) => {
    const partition = partitionIn(line);
    return partition === undefined ? [] : [{ service, partition, place }];
  });
  return new Map(
    [...Map.groupBy(found, ({ service }) => service)].flatMap(([service, own]) => {
      const partitions = new Set(own.map(({ partition }) => partition));
      return own.length > partitions.size ? [[service, own.map(({ place }) => place)] as const] : [];
    }),
  );
}

/** How many of these lines are not the first one of their partition. */
export function repeatedResets(logs: readonly LogLine[], places: readonly number[]): number {
  return places.length - new Set(places.map((place) => partitionIn(logs[place]?.line ?? ''))).size;
}

/** Undefined where the line says nothing of that; empty where it names no partition. */
function partitionIn(line: string): string | undefined {
  if (!/out ?of ?range|outside the range/i.test(line)) return undefined;
  const found = OUT_OF_RANGE.exec(line);
  return found === null ? undefined : (found.groups?.partition ?? PARTITION.exec(line)?.groups?.partition ?? '');
}
