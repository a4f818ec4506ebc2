/**
 * A server refuses what a change takes from its users: a right to a topic, a queue or a table, or connections without
 * encryption. The server's own settings decide it, so the change is of the server, and who asks it fails.
 *
 *   - resource: { type: topic, name: sold }        Not authorized to access topics: [sold]
 *  -  operations: [Describe, Write]                ◄── the right to the very topic that the failure names
 *  +  operations: [Describe, Read]
 */
import type { Change } from '#model/changes/change.ts';
import { type DiffLine, diffLines, textOfMark } from '#model/changes/diff-lines.ts';

/** In lower case: Kafka, PostgreSQL, MySQL, SQL Server, RabbitMQ, NATS, MongoDB. */
const REFUSED =
  /\bnot authorized to access (?:topics?|groups?|transactional[ _]?ids?)\b[^[\n]{0,40}\[([^\]\n]{1,200})\]|\bpermission denied for (?:table|relation|schema|sequence|function|view|database) ["'`]?([\w.-]{2,120})|\bcommand denied to user \S{1,120} for (?:table|column|routine) ["'`]([\w.-]{2,120})|\bpermission was denied on the object ["'`]([\w.-]{2,120})|\baccess to (?:queue|exchange|topic) ["'`]([\w.-]{2,120})["'`]|\bpermissions violation for (?:publish|subscription) to ["'`]([\w.>*-]{2,120})|\bnot authorized on ([\w-]{2,80}) to execute\b/g;
const RIGHT =
  /\b(?:read|write|describe|create|delete|alter|select|insert|update|truncate|execute|usage|publish|subscribe|consume|produce|configure|readWrite)\b/gi;
/** What names a list of rights, or one of them. */
const OF_RIGHTS =
  /\b(?:operations?|permissions?|privileges?|acls?|grants?|allow\w{0,10}|actions?|rights?|roles?|publish|subscribe)\b/i;
/** What a list of rights is for. */
const OF_OBJECTS =
  /\b(?:publish|subscribe|name|topics?|queues?|exchanges?|tables?|resources?|subjects?|groups?|db|database|on)\b/i;

/** The right that it takes away from whom the failure refuses; empty where it is a right to something else. */
export function grantGone(diff: string, failure: string): string {
  const refused = Array.from(failure.matchAll(REFUSED)).flatMap(([, ...names]) =>
    names.flatMap((name) => (name ?? '').split(/[,\s]+/)).filter((name) => name !== ''),
  );
  if (refused.length === 0) return '';
  const lines = diffLines(diff);
  const kept = rightsIn(textOfMark(lines, '+'));
  for (const [at, { mark, text }] of lines.entries()) {
    if (mark !== '-' || !OF_RIGHTS.test(text)) continue;
    const right = [...rightsIn(text)].find((one) => !kept.has(one));
    const object = objectOf(lines, at);
    const name = refused.find((one) => names(object, one));
    if (right !== undefined && name !== undefined) return `it takes the right “${right}” to ${name} away`;
  }
  return '';
}

/** The line itself, or the nearest one above it that names an object. */
function objectOf(lines: readonly DiffLine[], at: number): string {
  const above = lines.slice(0, at + 1).filter(({ mark }) => mark !== '+');
  return above.findLast(({ text }) => OF_OBJECTS.test(text))?.text ?? '';
}

function rightsIn(text: string): ReadonlySet<string> {
  return new Set((text.match(RIGHT) ?? []).map((right) => right.toLowerCase()));
}

function names(text: string, name: string): boolean {
  const said = text.toLowerCase();
  const isPart = (at: number) => /[\w.-]/.test(said[at] ?? ' ');
  for (let at = said.indexOf(name); at >= 0; at = said.indexOf(name, at + 1))
    if (!isPart(at - 1) && !isPart(at + name.length)) return true;
  return false;
}

/**
 * In lower case: a server refuses who does not encrypt. PostgreSQL, MySQL 3159, Azure's databases, MongoDB.
 * https://www.postgresql.org/docs/current/auth-pg-hba-conf.html,
 * https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html#error_er_secure_transport_required
 */
const REFUSES_PLAIN =
  /\bno pg_hba\.conf entry\b.{0,300}\b(?:no encryption|ssl off)\b|\binsecure transport (?:are|is) prohibited\b|\bssl connection is required\b|\bconfigured to only allow ssl connections\b/;
/** Settings that let in only who encrypts. */
const ASKS_ENCRYPTION =
  /^[^\S\n]{0,20}(?:hostssl|hostgssenc)\b|\b(?:require_?-?secure_?-?transport|(?:rds\.)?force_?-?ssl|ssl_?-?enforcement\w{0,10})\b["'\s:=]{1,6}(?:on|1|true|enabled)\b|\brequire\s{1,3}(?:ssl|x509)\b|\b(?:mode|tlsmode|sslmode)\b["'\s:=]{1,6}require(?:tls|ssl)\b/im;
const LETS_ALL_IN = /^[^\S\n]{0,20}host\s{1,20}all\s{1,20}all\s/m;

/** It lets in only encrypted connections; empty where it did before, or where a rule for plain ones stays. */
export function encryptionAsked(diff: string, failure: string): string {
  if (!REFUSES_PLAIN.test(failure)) return '';
  const lines = diffLines(diff);
  const [added, removed, kept] = [textOfMark(lines, '+'), textOfMark(lines, '-'), textOfMark(lines, ' ')];
  const isNew = ASKS_ENCRYPTION.test(added) && !ASKS_ENCRYPTION.test(removed);
  return isNew && !LETS_ALL_IN.test(`${added}\n${kept}`) ? 'it lets in only connections that are encrypted' : '';
}

/** In lower case: see `toldActions`. */
const NOT_LOADED = /\b(nginx|prometheus|alertmanager) could not load its configuration\b/;
/** What the configuration of each of these servers is made of. */
const CONFIGURATION: Readonly<Record<string, RegExp>> = {
  nginx:
    /\bnginx\.(?:ingress\.kubernetes\.io|org)\/|\b(?:server|configuration|location|http|main|stream)-snippets?\b|\bnginx\.conf\b/i,
  prometheus: /\bscrape_configs\b|\bprometheus\.ya?ml\b|\brule_files\b|\b(?:metric_)?relabel_configs\b|\bexpr\s{0,3}:/i,
  alertmanager: /\breceivers\s{0,3}:|\balertmanager\.ya?ml\b|\b(?:route|inhibit_rules|matchers|group_by)\s{0,3}:/i,
};

/** It writes configuration that the server could not load; empty where it only takes some out. */
function configurationRefused(diff: string, failure: string): string {
  const [, server = ''] = NOT_LOADED.exec(failure) ?? [];
  if (server === '') return '';
  const lines = diffLines(diff);
  const added = textOfMark(lines, '+');
  const isMeant = added !== '' && CONFIGURATION[server]?.test(`${added}\n${textOfMark(lines, ' ')}`) === true;
  return isMeant ? `it changes the configuration of ${server}, which could not load it` : '';
}

/** What the server refuses since the change, whosever it is. `failure`: in lower case. */
export function refusedByServer(diff: string, failure: string): string {
  return grantGone(diff, failure) || encryptionAsked(diff, failure) || configurationRefused(diff, failure);
}

/** Whether it is a change of a server that refuses just what the failure says. */
export function refusesThis({ diff }: Pick<Change, 'diff'>, failure: string): boolean {
  return diff !== '' && refusedByServer(diff, failure) !== '';
}
