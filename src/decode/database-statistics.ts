/** Merges readings of databases: the last one of each database, with the counts since the first. */
import type { DatabaseReading } from '#decode/database-readings.ts';
import { statisticsOf, timeIn } from '#decode/database-rows.ts';
import { textIn } from '#decode/json-value.ts';
import type { DatabaseStatistics } from '#model/sql/database-statistics.ts';

/** In order of their names. */
export function databaseStatisticsOf(readings: readonly DatabaseReading[]): readonly DatabaseStatistics[] {
  const bySource = Map.groupBy(readings, (one) => textIn(one, 'source'));
  return [...bySource]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, own]) => {
      const ordered = own.toSorted((a, b) => timeIn(a, 'at') - timeIn(b, 'at'));
      const [first, last] = [ordered[0], ordered.at(-1)];
      return first === undefined || last === undefined ? [] : [statisticsOf({ first, last })];
    });
}
