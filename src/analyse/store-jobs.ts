/**
 * Jobs that record no spans, and whose name says which store they use: they run only since their change.
 *
 *   tickets-cleanup     no line in the baseline, lines since its schedule changed       uses tickets-db by its name
 */
import type { Change } from '#model/changes/change.ts';
import { serviceKey } from '#model/incident/alert-service.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import type { StoreUse } from '#model/trace/views/stores-asked.ts';

/** What a store is, behind what it holds. */
const OF_STORE =
  /[-_.](?:db|database|mysql|mariadb|postgres(?:ql)?|pg|sql|mssql|mongo(?:db)?|redis|cache|store|primary|replica|master|reader|writer|rw|ro|cluster|\d{1,3})(?=$|[-_.])/gi;
/** Shorter words stand in many names. */
const SHORTEST_NAME = 4;

export function jobsByName(
  changes: readonly Change[],
  stores: readonly StoreUse[],
  { logs, baselineLogs }: Readonly<{ logs: readonly LogLine[]; baselineLogs: readonly LogLine[] }>,
): readonly StoreUse[] {
  return changes.flatMap(({ service, atUs }) => {
    if (service === '' || !runsSince(service, atUs, { logs, baselineLogs })) return [];
    const named = stores.filter(({ host }) => isNamedLike(service, host));
    return named.map(({ host, database }) => ({ service, host, database }));
  });
}

/** Both begin with the same words, and the store has no other than what a store is. */
function isNamedLike(service: string, host: string): boolean {
  const stem = host.replaceAll(OF_STORE, '').toLowerCase();
  if (stem === host.toLowerCase() || stem.length < SHORTEST_NAME) return false;
  const name = service.toLowerCase();
  return name.startsWith(stem) && /^(?:s?[-_.])/.test(name.slice(stem.length));
}

function runsSince(
  service: string,
  atUs: number,
  { logs, baselineLogs }: Readonly<{ logs: readonly LogLine[]; baselineLogs: readonly LogLine[] }>,
): boolean {
  const key = serviceKey(service);
  const isOwn = (line: LogLine) => serviceKey(line.service) === key;
  const own = logs.filter(isOwn);
  return own.length > 0 && own.every((line) => epochUsOf(line) >= atUs) && !baselineLogs.some(isOwn);
}
