/**
 * Windows of logs that are drawn with their answers: ordinary lines as several runtimes write them, and in some of them an
 * attack, a leak or a fault, in forms that are drawn as well. The same seed gives the same lines.
 */
import type { LogLine } from '#model/log-line.ts';
import { randomOf } from '#test/trace-changes.ts';
import { said, together } from '#test/window.ts';

export type DrawnWindow = Readonly<{
  name: string;
  /** The detector that has to speak; empty where all is well. */
  kind: string;
  service: string;
  lines: readonly LogLine[];
  baseline: readonly LogLine[];
}>;

type Draw = Readonly<{ below(end: number): number; pick<T>(values: readonly T[]): T }>;
type Write = (at: number, level: string, line: string) => LogLine;

/** Half an hour, and the hour of health two hours earlier. */
const MINUTES = 30;
const LINES = 400;
const HEALTHY_FROM = -7_200;

export const INJECTED = [
  'brute-force',
  'data-corruption',
  'error-burst',
  'latency',
  'new-error',
  'resource-exhausted',
  'secret-exposure',
  'sql-injection',
] as const;

/** So many windows of each kind and as many healthy ones as of three kinds. Every other one has a healthy time to compare with. */
export function drawnWindows(seed: number, perKind: number): DrawnWindow[] {
  const kinds = [...INJECTED, ...['', '', '']].flatMap((kind) => Array.from({ length: perKind }, () => kind));
  return kinds.map((kind, number) => {
    const random = randomOf(seed * 10_007 + number);
    const draw: Draw = {
      below: (end) => Math.floor(random() * end),
      pick: (values) => values[Math.floor(random() * values.length)] as (typeof values)[number],
    };
    const service = draw.pick(['shop', 'auth', 'billing', 'catalog', 'edge']);
    const runtime = draw.pick(RUNTIMES);
    const write: Write = (at, level, line) => runtime(at, service, level, line);
    // Nulls where there were none, and durations that are long for this page, show only against a healthy time.
    const compares = number % 2 === 0;
    return {
      name: `${kind || 'healthy'} ${number}`,
      kind,
      service,
      lines: together(ordinary(draw, write, 0, compares), kind === '' ? [] : injected(kind, draw, write)),
      baseline: compares ? ordinary(draw, write, HEALTHY_FROM, true) : [],
    };
  });
}

/** As each of them writes a line; the level where its store finds it. */
const RUNTIMES: readonly ((at: number, service: string, level: string, line: string) => LogLine)[] = [
  (at, service, level, line) => said(at, service, level, line),
  (at, service, level, line) => said(at, service, level, JSON.stringify({ level, service, msg: line, pid: 7 })),
  (at, service, level, line) =>
    said(at, service, level, `level=${level} caller=main.go:42 msg=${JSON.stringify(line)}`),
  (at, service, level, line) =>
    said(
      at,
      service,
      level,
      `2025-01-06 14:30:00,123 ${level.toUpperCase().padEnd(5)} [http-nio-8080-exec-7] c.e.s.Service : ${line}`,
    ),
  (at, service, level, line) => said(at, service, level, `[2025-01-06T14:30:00.123Z] ${level.toUpperCase()}: ${line}`),
];

const QUIET: readonly ((draw: Draw) => readonly [level: string, line: string])[] = [
  ({ below }) => ['info', `order ${below(90_000)} taken in ${1 + below(90)} ms`],
  ({ below }) => ['info', `GET /items?id=${below(999)}&sort=-price HTTP/1.1 200 ${below(90)} ms`],
  ({ below }) => ['info', `GET /users?name=O'Brien&page=${below(9)} HTTP/1.1 200`],
  ({ below }) => ['info', `POST /login HTTP/1.1 200 ${below(200)} ms from 198.51.100.${below(250)}`],
  ({ below }) => ['info', `Login successful for user u${below(400)} from 198.51.100.${below(250)}`],
  ({ below }) => ['debug', `select o.id from orders o where o.state = 'new' and o.id = ${below(999)} -- by hand`],
  ({ below }) => ['info', `pool status: ${below(18)}/20 connections active`],
  ({ below }) => ['info', `checkpoint complete: wrote ${below(400)} buffers in ${20_000 + below(9_000)} ms`],
  ({ below }) => ['info', `cache age=${below(50)} max_age=60 hits=${below(999)}`],
  ({ below }) => ['info', `checksum of segment ${below(99)} verified, 0 mismatches`],
  ({ below }) => ['warn', `slow client ${below(99)}, 404 for /favicon.ico`],
  ({ below }) => ['info', `password reset mail sent to customer ${below(999)}`],
  ({ below }) => [
    'info',
    `commit ${below(1e9).toString(16)}${below(1e9).toString(16)} deployed, trace_id=${'4bf92f35'.repeat(4)}`,
  ],
  ({ below }) => ['info', `health check ok, memory ${40 + below(20)} % of limit, 0 errors`],
  ({ below }) => ['info', `{"order":${below(999)},"price":${below(900)},"coupon_note":null}`],
];

/** `withErrors`: those that every service has now and then, and that stand in the healthy time, too. */
function ordinary(draw: Draw, write: Write, from: number, withErrors: boolean): LogLine[] {
  return Array.from({ length: LINES }, (_, n) => {
    const at = from + (n * MINUTES * 60) / LINES;
    if (withErrors && n % 50 === 7) return write(at, 'error', `client ${draw.below(99)} closed the connection early`);
    const [level, line] = draw.pick(QUIET)(draw);
    return write(at, level, line);
  });
}

function injected(kind: string, draw: Draw, write: Write): LogLine[] {
  const at = 600 + draw.below(900);
  const times = (count: number, seconds: number, line: (n: number) => readonly [level: string, line: string]) =>
    Array.from({ length: count }, (_, n) => {
      const [level, text] = line(n);
      return write(at + (n * seconds) / count, level, text);
    });
  switch (kind) {
    case 'brute-force':
      return bruteForce(draw, write, at);
    case 'data-corruption':
      return times(6, 60, () => ['error', draw.pick(CORRUPTIONS)]);
    case 'error-burst':
      return times(40 + draw.below(40), 200, (n) => [
        'error',
        `${draw.pick(['bank', 'bank', 'bank'])} did not answer request ${n} in 5000 ms`,
      ]);
    case 'latency':
      return times(30, 600, (n) => ['info', `Page /checkout rendered in ${7_000 + ((n * 37) % 2_000)} ms`]);
    case 'new-error':
      return times(1, 1, () => ['error', draw.pick(NEW_ERRORS)]);
    case 'resource-exhausted':
      return times(1 + draw.below(5), 30, () => ['error', draw.pick(LIMITS)]);
    case 'secret-exposure':
      return times(1 + draw.below(9), 300, (n) => ['info', `calling partner ${n} with ${secret(draw)}`]);
    default:
      return times(1 + draw.below(20), 120, () => ['info', `GET /items?id=${draw.pick(ATTACKS)} HTTP/1.1 200`]);
  }
}

function bruteForce({ below, pick }: Draw, write: Write, at: number): LogLine[] {
  const address = `203.0.113.${below(250)}`;
  const manner = pick(['guessing', 'spraying', 'stuffing']);
  return Array.from({ length: 30 + below(40) }, (_, n) => {
    const account =
      manner === 'spraying' ? `user${n}` : manner === 'stuffing' ? 'alice' : pick(['admin', 'support', 'root']);
    const origin = manner === 'stuffing' ? `203.0.113.${n % 12}` : address;
    return write(at + n * 9 + below(6), 'warn', `Failed login for user ${account} from ${origin}: invalid password`);
  });
}

const CORRUPTIONS = [
  'block 7 of store 3: checksum mismatch, expected 1a2b',
  'invalid page in block 123 of relation base/16384/2619',
  'page verification failed, calculated checksum 3482 but expected 1',
];
const NEW_ERRORS = [
  'Peer down: stock-2.internal',
  'NullPointerException in PriceRules.apply',
  'certificate of bank.example has expired',
  'cannot reach api.example.com: connection refused',
  'unknown column coupon_id in statement',
  'feature flag service answered 500',
];
const LIMITS = [
  'java.lang.OutOfMemoryError: Java heap space',
  'accept4: too many open files',
  'write /var/data/7: no space left on device',
  'could not acquire connection from pool after 30s',
  'HikariPool-1 - Connection is not available, request timed out after 30000ms.',
  'sorry, too many clients already',
  "can't start new thread",
  'Container shop was OOMKilled',
  'rpc error: code = ResourceExhausted desc = quota',
  'pool status: 20/20 connections active, 31 waiting',
];
const ATTACKS = [
  "1' OR '1'='1",
  '1%27%20OR%20%271%27=%271',
  '1%2527%2520OR%2520%25271%2527=%25271',
  '-1 UNION SELECT null,version(),3',
  "1;WAITFOR DELAY '0:0:5'--",
  "1' AND SLEEP(5)-- -",
  "admin'--",
  '1;DROP TABLE users;--',
  '1 AND extractvalue(1,concat(0x7e,version()))',
  "1'||pg_sleep(10)--",
];

/** Put together here, so that no scanner of repositories takes one for real. */
function secret({ below, pick }: Draw): string {
  const word = (length: number) =>
    Array.from({ length }, () => 'ABCDEFGHJKMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789'[below(54)]).join('');
  return pick([
    () => `password=${word(12)}`,
    () => `Authorization: Bearer ${word(40)}`,
    () => `token ${['ghp', word(36)].join('_')}`,
    () =>
      `key ${[
        'AKIA',
        word(16)
          .toUpperCase()
          .replaceAll(/[^A-Z2-7]/g, 'Q'),
      ].join('')}`,
    () => `postgres://app:${word(14)}@db.internal:5432/shop`,
  ])();
}
