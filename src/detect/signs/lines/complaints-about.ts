/** Log lines that report a failed call to a service by its name. */
import { memoize } from '#core/memoize.ts';
import type { LogLine } from '#model/logs/log-line.ts';

/**
 * In order of time. `ports` are those that only this service offers: `dial tcp 10.0.0.7:8080: connection refused`. `address`:
 * its own in the cluster, which clients name where they resolved the name before; empty where it is unknown.
 */
export function complaintsAbout(
  name: string,
  logs: readonly LogLine[],
  { ports = [], address = '' }: Readonly<{ ports?: readonly number[]; address?: string }> = {},
): readonly LogLine[] {
  const ways = [
    `(?<![\\w.-])${RegExp.escape(name)}(?![\\w-])`,
    ...ports.map((port) => `[\\d\\]]:${port}(?!\\d)`),
    ...(address === '' ? [] : [`(?<![\\w.:])${RegExp.escape(address)}(?![\\w.])`]),
  ];
  const named = new RegExp(ways.join('|'));
  return failedCalls(logs).filter(({ line, service }) => service !== name && named.test(line));
}

/** Words of clients, resolvers and proxies for a call that reached nobody. */
const FAILED_CALL =
  /connection refused|ECONNREFUSED|no such host|ENOTFOUND|EAI_AGAIN|unknown ?host|name or service not known|temporary failure in name resolution|unavailable|unreachable|no (?:servers?|instances?|healthy upstream|endpoints?)\b.{0,20}available|no healthy upstream|timed? ?out|deadline exceeded|unable to ?connect|(?:could not|cannot|failed to) (?:connect|resolve|dial)/i;

const failedCalls = memoize((logs: readonly LogLine[]) => logs.filter(({ line }) => FAILED_CALL.test(line)));

/** Lines that report no answer from the cluster's DNS. `no such host` is an answer. */
export const dnsComplaints = memoize((logs: readonly LogLine[]) => logs.filter(({ line }) => NO_DNS.test(line)));

/** Go, glibc and Node.js. */
const NO_DNS =
  /server misbehaving|EAI_AGAIN|temporary failure in name resolution|:53\b.{0,80}(?:i\/o timeout|connection refused|timed out)|i\/o timeout.{0,80}:53\b/i;
