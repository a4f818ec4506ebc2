/**
 * Which services a failure names as what it called or asked, for evidence that has no spans between the two.
 *
 *   connect ECONNREFUSED 10.0.3.7:8080 while calling parcels        parcels
 *   lookup tariffs.shop.svc.cluster.local on 10.96.0.10:53          tariffs
 *   token of issuer=accounts is not yet valid                       accounts
 *   feign.FeignException: [ledger] status 500                       ledger
 *   status 500 reading LedgerClient#get(Long)                       ledger
 *   ledger: no healthy upstream                                     ledger, in the words of Envoy
 *   Connection refused: ledger/10.0.4.7:8080                        ledger, as Java writes an address
 */

import { tellsOfFailure, wordedAsFailure } from '#model/logs/log-failure.ts';
import { logLevel, severityOf, WARN } from '#model/logs/log-level.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';

export type SaidCall = Readonly<{ caller: string; callee: string }>;

/** More distinct lines, or more names, say the same. */
const MOST_LINES = 500;
const MOST_NAMES = 300;

/** Who names whom in failing lines, among services with these names. */
export function saidCalls(lines: readonly LogLine[], names: ReadonlySet<string>): readonly SaidCall[] {
  const distinct = new Map<string, LogLine>();
  for (const line of lines) {
    if (distinct.size >= MOST_LINES) break;
    if (isFailing(line)) distinct.set(`${line.service}\n${line.line.replaceAll(/\d+/g, '0')}`, line);
  }
  const found = new Map<string, SaidCall>();
  for (const { service: caller, line } of distinct.values())
    for (const callee of [...names].slice(0, MOST_NAMES))
      if (callee !== caller && saysCallee(line, callee)) found.set(`${caller}\n${callee}`, { caller, callee });
  return [...found.values()];
}

/** A caller that goes on warns of a call that failed. */
function isFailing(line: LogLine): boolean {
  return tellsOfFailure(line) || (severityOf(logLevel(line.level)) >= WARN && wordedAsFailure(logMessage(line)));
}

/** Shorter names are parts of other words. */
const SHORTEST = 4;
/** What stands right before the name of a callee: an address, a verb of calls, a field. */
const BEFORE =
  /(?:\/\/(?:[^\s/@]{1,80}@)?|\b(?:call(?:ing|ed|s)?|invok(?:e|ing|ed)|reach(?:ing)?|ask(?:ing|ed)?|dial(?:ing)?|look ?up|connect(?:ing)? to|connection to|request(?:s|ing)? to|respon(?:se|ded) from|(?:error|failure|(?:HTTP|status|got|received) (?:code )?[45]\d\d) from|answer(?:ed)? (?:of|from|by)|upstream|backend|GET|POST|PUT|PATCH|DELETE|RPC)["'\s]{1,3}|\b(?:iss|issuer|host|peer|upstream(?:_(?:cluster|host|service))?|server|target|service|backend|callee|destination|dependency|remote)["']?\s?[=:]\s?["']?)$/i;
/** What stands right after it. */
const AFTER =
  /^(?::\d{2,5}\b|\/(?:\d{1,3}\.){3}\d{1,3}:\d{2,5}\b|(?:\]|:)\s(?:unexpected |bad )?(?:HTTP )?(?:status|HTTP)(?: code)?:?\s[45]\d\d\b|:\s(?:no healthy (?:upstream|hosts?)|upstream connect error|no (?:available|live) (?:servers?|upstreams?|backends?)|connection refused|(?:connect )?econnrefused)\b|\.[\w.-]{1,80}\b(?:svc|local|internal)\b|["']?\s{1,3}(?:->|→|=>)|\s{1,3}(?:call |request |lookup )?(?:failed|fails|timed? ?out|is down|unavailable|unreachable|refused|returned|responded|answered|did not (?:answer|respond))\b)/i;
/** How far around the name these are looked for. */
const AROUND = 100;
const LONGEST = 20_000;

/** Whether the text, in any case, names this service as a callee. */
export function saysCallee(text: string, service: string): boolean {
  if (service.length < SHORTEST) return false;
  const [whole, name] = [text.slice(0, LONGEST).toLowerCase(), service.toLowerCase()];
  for (let at = whole.indexOf(name); at >= 0; at = whole.indexOf(name, at + name.length)) {
    const end = at + name.length;
    const isPart = /[\w-]/.test(whole[at - 1] ?? ' ') || /[\w-]/.test(whole[end] ?? ' ');
    if (isPart) continue;
    const before = whole.slice(Math.max(0, at - AROUND), at);
    if (BEFORE.test(before) || AFTER.test(whole.slice(end, end + AROUND))) return true;
  }
  return namesClient(text.slice(0, LONGEST), service);
}

/** The class and the method of a client, as Feign writes them. */
const CLIENT = /(?<![\w$])([A-Z]\w{0,80}?)(?:Feign)?Client#/g;
/** What the name of a service or its client may have at its end, and the other lacks. */
const KIND = /(?:service|svc|api)$/;

/** `LedgerClient#get` is the client of `ledger` and of `ledger-service`. */
function namesClient(text: string, service: string): boolean {
  if (!text.includes('Client#')) return false;
  const name = joined(service);
  return [...text.matchAll(CLIENT)].some(([, of = '']) => joined(of) === name);
}

function joined(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z\d]/g, '')
    .replace(KIND, '');
}
