/**
 * A service that takes more of what others share, where the failure says that nothing is left and names who holds it.
 *
 *   -  replicas: 2       too many clients already … by application: mailer 180, orders 12
 *   +  replicas: 24      ◄── the change lets the mailer open more connections
 */
import type { Sides } from '#model/changes/effect.ts';
import { isSaidWhole } from '#model/changes/quoted-names.ts';

/**
 * How servers say that they take no more connections, in lower case: PostgreSQL 53300, PgBouncer, MySQL 1040 and 1203, SQL
 * Server 10928, ORA-00018 and ORA-00020, MongoDB, Redis, RabbitMQ, Cassandra.
 */
const SAYS_FULL =
  /\btoo many (?:clients|connections)\b|\bremaining connection slots\b|\bno more connections allowed\b|\bmax(?:imum)? (?:number of )?(?:clients|connections|sessions|processes)\b.{0,20}\b(?:reached|exceeded)\b|\bmax_(?:user_)?connections\b|\bmax_client_conn\b|\bora-000(?:18|20)\b|\b(?:session|request|connection|worker) limit\b.{0,40}\breached\b|\bconnection(?:s)? (?:limit|quota) (?:is )?(?:reached|exceeded)\b|\bmaxclients\b/;
/** What decides how many connections a service opens. */
const OPENS =
  /replica|instance|worker|thread|process|concurren|consumer|parallel|pool|connection|scale|prefetch|shard|partition|desired_?count/i;
const NUMBER = /(?<![\w.])\d{1,7}(?![\w.])/;
/** A shorter name is a word of many lines. */
const SHORTEST_NAME = 4;

/** `service`: whose change it is. Empty where the failure does not name it among those who hold connections. */
export function connectionsTaken({ added, removed }: Sides, failure: string, service: string): string {
  if (service.length < SHORTEST_NAME || !SAYS_FULL.test(failure) || !isSaidWhole(service.toLowerCase(), failure))
    return '';
  const before = limitsIn(removed);
  for (const [form, after] of limitsIn(added)) {
    const was = before.get(form);
    if (was !== undefined && after > was) return `it lets ${service} open more connections, and the failure names it`;
  }
  return '';
}

/** The number on each line, by the rest of the line. */
function limitsIn(text: string): ReadonlyMap<string, number> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const [number] = NUMBER.exec(line) ?? [];
      return number === undefined || !OPENS.test(line)
        ? []
        : [[line.replace(NUMBER, '·').replaceAll(/\s+/g, ''), Number(number)] as const];
    }),
  );
}
