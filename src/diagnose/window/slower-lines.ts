/**
 * A new complaint that only says how long something takes now: what a service waits for is slow, and nothing failed.
 *
 *   mail.post.example: POST /send took 2469 ms (usual: 45)     the host that it calls is slow
 *   rebuild took 840 s (yesterday 25 s)                        its own work is
 */
import type { SlowKind } from '#diagnose/window/slow-kinds.ts';
import { usualTime } from '#model/logs/usual-time.ts';

/** As long as this many times the usual is no matter of chance. */
const TIMES = 3;
/** A request of HTTP, an address, or a host with two dots at least. */
const OF_CALLEE =
  /\b(?:GET|POST|PUT|PATCH|DELETE)\b|\b[a-z]{2,10}:\/\/|(?<![\w.-])(?:[a-z\d][a-z\d-]{0,62}\.){2,5}[a-z]{2,20}(?![\w.-])/;

/** A log of slow statements, and a store's own words for a search without an index. */
const SLOW_STATEMENT =
  /\bslow[ -:]{1,3}(?:\w{1,20} ){0,3}(?:query|queries|statement|sql|select|scan|command)\b|\b(?:full|sequential|collection|table) scan\b|\bCOLLSCAN\b/i;
/** `routes for parcel 32834 took 4553 ms`: one second or more. The caller gives only lines that are new. */
const TOOK_SECONDS = /\btook (?:\d{1,3}(?:\.\d{1,3})? ?s(?:ec\w{0,5})?\b|\d{4,6}(?:\.\d{1,3})? ?ms\b)/i;

/** Undefined where the line says more, or no time that is long. */
export function kindOfSlower(
  line: string,
): Extract<SlowKind, 'dependency' | 'slow-answers' | 'slow-statement'> | undefined {
  if (SLOW_STATEMENT.test(line)) return 'slow-statement';
  const told = usualTime(line);
  if (told === undefined && !TOOK_SECONDS.test(line)) return undefined;
  if (told !== undefined && Math.max(...told.tookUs) < TIMES * told.highUs) return undefined;
  return OF_CALLEE.test(line) ? 'dependency' : 'slow-answers';
}
