/**
 * A resolver of names that answers nobody: services of all kinds fail to look up different names, and the resolver’s own
 * log says that it gets no answer either.
 *
 *   orders     lookup ledger.shop.svc on 10.96.0.10:53: i/o timeout
 *   mailer     getaddrinfo EAI_AGAIN smtp.example.com
 *   coredns    plugin/errors: 2 ledger.shop.svc. A: read udp …->169.254.169.253:53: i/o timeout      ← the resolver
 *
 * `no such host` is an answer: the name is wrong, or its record is gone. Only lookups without an answer count: SERVFAIL,
 * EAI_AGAIN, a timeout (RFC 1035; getaddrinfo(3); Go’s net.DNSError; CoreDNS, plugin errors).
 */
import { logLevel, severityOf, WARN } from '#model/logs/log-level.ts';
import type { LogLine } from '#model/logs/log-line.ts';

export type SickResolver = Readonly<{
  /** The service of its lines. */
  service: string;
  /** Who asks it in vain, by name. */
  askedBy: readonly string[];
  names: readonly string[];
  /** How many lookups failed, and how many complaints the resolver wrote. */
  lookups: number;
  complaints: number;
  example: LogLine;
}>;

/** One service may ask for a wrong name, or have a network problem of its own. */
const FEWEST_SERVICES = 2;
const FEWEST_NAMES = 2;
/** A lost packet makes a lookup or two fail. */
const FEWEST_LINES = 5;
/** So many times as many as in the baseline. */
const TIMES_BEFORE = 5;

const RESOLVERS =
  /^(?:core-?dns|kube-?dns|node-?local-?dns\S{0,20}|dnsmasq|unbound|pdns\S{0,20}|powerdns|bind9?|named|systemd-resolved)$/i;
/** EAI_AGAIN is -3 in the GNU C library: MySQL’s clients write the number alone, and .NET the words of EAGAIN. */
const NO_ANSWER =
  /\bEAI_AGAIN\b|\bresource temporarily unavailable \([\w.-]{1,200}:\d{1,5}\)|\bserver host '\S{1,200}' \(-3\)|temporary failure in name resolution|server misbehaving|\bE?SERVFAIL\b|\bquery[A-Z]\w{0,6} ETIMEOUT\b|\blookup \S{1,200} on \S{1,60}:53: .{0,120}(?:i\/o timeout|connection refused)/i;
const OWN = /\bi\/o timeout\b|\bSERVFAIL\b|\bno route to host\b|\bunreachable\b|\bconnection refused\b|\btimed out\b/i;
/** The name in the messages of Go, Node.js, Java, .NET, PHP, Python, Ruby and the clients of MySQL. */
const HOST = String.raw`([\w-]{1,63}(?:\.[\w-]{1,63}){0,8})`;
const NAMES = [
  String.raw`\blookup ${HOST}\.?(?: on |:)`,
  String.raw`\bEAI_AGAIN ${HOST}`,
  String.raw`\bquery[A-Z]\w{0,6} \w{1,20} ${HOST}`,
  String.raw`\bUnknownHostException: ${HOST}: `,
  String.raw`\bgetaddrinfo for ${HOST} failed`,
  String.raw`\b(?:to resolve|host|server on) ['"]${HOST}['"]`,
  String.raw`(?:name resolution|temporarily unavailable) \(${HOST}:\d`,
].map((form) => new RegExp(form));

export function sickResolver(healthy: readonly LogLine[], now: readonly LogLine[]): SickResolver | undefined {
  const lookups = lookupsIn(now);
  const askedBy = [...new Set(lookups.map(({ service }) => service))].sort();
  if (askedBy.length < FEWEST_SERVICES || !isMore(lookupsIn(healthy), lookups)) return undefined;
  const complaints = ownIn(now);
  // Many clients do not say which name they asked for, and the resolver does.
  const said = namesOf(lookups, nameIn);
  const names = said.length < FEWEST_NAMES ? [...new Set([...said, ...namesOf(complaints, nameAsked)])].sort() : said;
  if (names.length < FEWEST_NAMES) return undefined;
  const [example] = complaints;
  if (example === undefined || !isMore(ownIn(healthy), complaints)) return undefined;
  const { service } = example;
  return { service, askedBy, names, lookups: countOf(lookups), complaints: countOf(complaints), example };
}

function namesOf(lines: readonly LogLine[], nameOf: (line: string) => string): readonly string[] {
  return [...new Set(lines.map(({ line }) => nameOf(line)))].filter((name) => name !== '').sort();
}

function isMore(before: readonly LogLine[], now: readonly LogLine[]): boolean {
  return countOf(now) >= FEWEST_LINES && countOf(now) >= TIMES_BEFORE * countOf(before);
}

function countOf(lines: readonly LogLine[]): number {
  return lines.reduce((sum, { standsFor = 1 }) => sum + standsFor, 0);
}

function lookupsIn(lines: readonly LogLine[]): readonly LogLine[] {
  return lines.filter((line) => isBad(line) && !RESOLVERS.test(line.service) && NO_ANSWER.test(start(line)));
}

function ownIn(lines: readonly LogLine[]): readonly LogLine[] {
  return lines.filter((line) => isBad(line) && RESOLVERS.test(line.service) && OWN.test(start(line)));
}

function isBad({ level }: LogLine): boolean {
  return severityOf(logLevel(level)) >= WARN;
}

const LONGEST_READ = 2_000;

function start({ line }: LogLine): string {
  return line.slice(0, LONGEST_READ);
}

function nameIn(line: string): string {
  const read = line.slice(0, LONGEST_READ);
  for (const form of NAMES) {
    const name = form.exec(read)?.[1];
    if (name !== undefined) return name.toLowerCase();
  }
  return '';
}

/** CoreDNS (`plugin/errors: 2 ledger.shop.svc. A: …`), Unbound and BIND (`SERVFAIL <ledger.example. A IN>`, `resolving 'ledger.example/A/IN'`). */
const ASKED = new RegExp(
  String.raw`(?:plugin/errors: \d{1,3} |<|resolving ['"])${HOST}\.?(?: (?:A|AAAA|SRV|CNAME|PTR|MX)\b|/(?:A|AAAA|SRV|CNAME|PTR|MX)/)`,
);

function nameAsked(line: string): string {
  return ASKED.exec(line.slice(0, LONGEST_READ))?.[1]?.toLowerCase() ?? '';
}
