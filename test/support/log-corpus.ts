/**
 * Windows of logs that are drawn with their answers: ordinary lines as several runtimes write them, and in some of them an
 * attack, a leak or a fault, in forms that are drawn as well. The same seed gives the same lines.
 */
import type { LogLine } from '#model/logs/log-line.ts';
import { randomOf } from '#test/random.ts';
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

/**
 * So many windows of each kind, half as many of what only looks like it, and as many healthy ones as of three kinds. Every
 * other one has a healthy time to compare with.
 */
export function drawnWindows(seed: number, perKind: number): DrawnWindow[] {
  const drawn = [
    ...[...INJECTED, ...['', '', '']].flatMap((kind) => Array.from({ length: perKind }, () => ({ kind, miss: '' }))),
    ...INJECTED.flatMap((miss) => Array.from({ length: Math.floor(perKind / 2) }, () => ({ kind: '', miss }))),
  ];
  return drawn.map(({ kind, miss }, number) => {
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
      name: `${kind || (miss === '' ? 'healthy' : `like ${miss}`)} ${number}`,
      kind,
      service,
      lines: together(ordinary(draw, write, 0, compares), [
        ...(kind === '' ? [] : injected(kind, draw, write)),
        ...(miss === '' ? [] : lookalikes(miss, draw, write, 0)),
      ]),
      baseline: compares
        ? together(ordinary(draw, write, HEALTHY_FROM, true), lookalikes(miss, draw, write, HEALTHY_FROM))
        : [],
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
      return burst(draw, times);
    case 'latency':
      return slowPages(draw, times);
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

type Times = (count: number, seconds: number, line: (n: number) => readonly [level: string, line: string]) => LogLine[];

function burst(draw: Draw, times: Times): LogLine[] {
  const text = draw.pick<(n: number) => string>([
    (n) => `bank did not answer request ${n} in 5000 ms`,
    (n) => `order ${n} could not be stored: ERROR: deadlock detected`,
    (n) => `upstream prematurely closed connection while reading response header, request ${n}`,
    (n) => `consumer stock-${n % 4}: offset commit failed: rebalance in progress`,
  ]);
  return times(40 + draw.below(40), 200, (n) => ['error', text(n)]);
}

function slowPages(draw: Draw, times: Times): LogLine[] {
  const text = draw.pick<(ms: number) => string>([
    (ms) => `Page /checkout rendered in ${ms} ms`,
    (ms) => `GET /cart HTTP/1.1 200 took ${ms} ms`,
    (ms) => `query of the catalog took ${(ms / 1000).toFixed(3)} s`,
  ]);
  return times(30, 600, (n) => ['info', text(7_000 + ((n * 37) % 2_000))]);
}

/** What is nothing and looks like it; a line that comes every day stands in the healthy time, too. */
function lookalikes(kind: string, draw: Draw, write: Write, from: number): LogLine[] {
  const at = from + 600 + draw.below(600);
  const isHealthy = from < 0;
  const often = (count: number, level: string, line: (n: number) => string) =>
    Array.from({ length: count }, (_, n) => write(at + n * 40, level, line(n)));
  switch (kind) {
    case 'brute-force':
      return often(6, 'warn', (n) => `Failed login for user u${n * 7} from 198.51.100.${n * 11}: invalid password`);
    case 'data-corruption':
      return often(8, 'info', (n) => `scrub of volume ${n}: no checksum mismatch found, 0 blocks repaired`);
    case 'error-burst':
      return often(20, 'info', (n) => `retry ${n % 3} of 3 was not needed, error budget at ${99 - (n % 2)} %`);
    case 'latency':
      return often(20, 'info', (n) => `nightly export of shard ${n} finished in ${40_000 + n * 13} ms`);
    case 'new-error':
      return isHealthy ? [] : often(1, 'info', () => draw.pick(['error page deployed', 'no errors since the deploy']));
    case 'resource-exhausted':
      return often(15, 'info', (n) => `pool status: ${10 + (n % 9)}/20 connections active, 0 waiting, limit 20`);
    case 'secret-exposure':
      return often(
        9,
        'info',
        (n) => `password=******** of account ${n} rotated, token=[redacted], secret expires in 90d`,
      );
    case 'sql-injection':
      return often(12, 'info', (n) => `GET /search?q=${draw.pick(HARMLESS)}&page=${n} HTTP/1.1 200`);
    default:
      return [];
  }
}

const HARMLESS = [
  "rock 'n' roll",
  "O'Reilly or O'Brien",
  'select%20a%20union%20of%20workers',
  "d'or--argent",
  '1=1%20proof',
];

function bruteForce({ below, pick }: Draw, write: Write, at: number): LogLine[] {
  const address = `203.0.113.${below(250)}`;
  const manner = pick(['guessing', 'spraying', 'stuffing']);
  const told = pick<(account: string, origin: string) => string>([
    (account, origin) => `Failed login for user ${account} from ${origin}: invalid password`,
    (account, origin) => `Failed password for invalid user ${account} from ${origin} port 4711 ssh2`,
    (account, origin) => `authentication failure user=${account} ip=${origin} reason=bad_credentials`,
    (account, origin) => `POST /login HTTP/1.1 401 user=${account} client=${origin}`,
  ]);
  return Array.from({ length: 30 + below(40) }, (_, n) => {
    const account =
      manner === 'spraying' ? `user${n}` : manner === 'stuffing' ? 'alice' : pick(['admin', 'support', 'root']);
    const origin = manner === 'stuffing' ? `203.0.113.${n % 12}` : address;
    return write(at + n * 9 + below(6), 'warn', told(account, origin));
  });
}

const CORRUPTIONS = [
  'block 7 of store 3: checksum mismatch, expected 1a2b',
  'invalid page in block 123 of relation base/16384/2619',
  'page verification failed, calculated checksum 3482 but expected 1',
  'chunk 00012 is corrupted: crc32 mismatch, got 0x1f2e3d4c want 0x5a6b7c8d',
  'Error: data corruption detected in sstable me-42-big-Data.db',
  'btrfs: csum failed root 5 ino 257 off 131072 csum 0x98f94189 expected csum 0x5a6b7c8d',
];
const NEW_ERRORS = [
  'Peer down: stock-2.internal',
  'NullPointerException in PriceRules.apply',
  'certificate of bank.example has expired',
  'cannot reach api.example.com: connection refused',
  'unknown column coupon_id in statement',
  'feature flag service answered 500',
  'TypeError: Cannot read properties of undefined (reading total)',
  'x509: certificate signed by unknown authority',
  'panic: assignment to entry in nil map',
  'message of type order.v9 has no handler',
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
  'FATAL:  remaining connection slots are reserved for non-replication superuser connections',
  'Error: ENOSPC: no space left on device, write',
  'fatal error: runtime: out of memory',
  'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
  'MemoryError: Unable to allocate 2.1 GiB for an array',
  'QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00',
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
  "x') OR ('a'='a",
  '1 UNION ALL SELECT table_name,NULL FROM information_schema.tables',
  "1' AND 1=CONVERT(int,@@version)--",
  '%27+or+1%3D1--+-',
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

/** Lines of one request through several services, and who failed first; empty where all went well. */
export type DrawnRequest = Readonly<{ name: string; id: string; origin: string; lines: readonly LogLine[] }>;

/** Every fifth goes well, though somebody retries or warns. */
export function drawnRequests(seed: number, count: number): DrawnRequest[] {
  return Array.from({ length: count }, (_, number) => {
    const random = randomOf(seed * 20_011 + number);
    const draw: Draw = {
      below: (end) => Math.floor(random() * end),
      pick: (values) => values[Math.floor(random() * values.length)] as (typeof values)[number],
    };
    const way = CHAIN.slice(0, 3 + draw.below(CHAIN.length - 2));
    const failsAt = number % 5 === 4 ? -1 : draw.below(way.length);
    const id = `req-${(4_096 + number * 37).toString(16)}${draw.below(4_096).toString(16)}`;
    const origin = way[failsAt] ?? '';
    const lines = together(linesOf(way, failsAt, id, draw));
    return { name: `${origin || 'healthy'} of ${way.length}, ${number}`, id, origin, lines };
  });
}

const CHAIN = ['gateway', 'shop', 'orders', 'payments', 'bank-link'] as const;

/** Down the chain, and back. A service whose clock is off is off by less than a second. */
function linesOf(way: readonly string[], failsAt: number, id: string, draw: Draw): LogLine[] {
  const stepS = 0.02 + draw.below(50) / 1_000;
  const isSilent = failsAt > 0 && draw.below(8) === 0;
  const offS = draw.pick([0, 0, 0, 0.3]);
  const deepest = failsAt < 0 ? way.length - 1 : failsAt;
  const write = (at: number, service: string, level: string, text: string) =>
    said(300 + at + (service === way.at(-1) ? offS : 0), service, level, `request_id=${id} ${text}`);
  const down = way
    .slice(0, deepest + 1)
    .flatMap((service, at) => [
      write(at * stepS, service, 'info', draw.pick(['request received', 'begin of work', 'handling it'])),
      ...(at < deepest ? [write((at + 0.5) * stepS, service, 'info', `calling ${way[at + 1]}`)] : []),
    ]);
  const up = way.slice(0, deepest + 1).flatMap((service, at) => {
    const when = (2 * deepest - at + 1) * stepS;
    if (failsAt < 0)
      return [write(when, service, at === 1 ? 'warn' : 'info', at === 1 ? draw.pick(NO_FAILURES) : 'done with 200')];
    if (at === failsAt) return isSilent ? [] : [write(when, service, 'error', draw.pick(FIRST_FAILURES))];
    return [write(when, service, 'error', draw.pick(PASSED_ON)(way[at + 1] ?? ''))];
  });
  return [...down, ...up];
}

const NO_FAILURES = ['cache was cold, read from the store', 'second try went through', 'slow, but within its time'];
const FIRST_FAILURES = [
  'could not store the order: duplicate key value violates unique constraint',
  'unhandled exception: NullPointerException',
  'card was refused by the acquirer with code 51',
  'dial tcp 10.0.0.7:5432: connect: connection refused',
  'timeout after 3000 ms waiting for the ledger',
];
const PASSED_ON: readonly ((callee: string) => string)[] = [
  (callee) => `call to ${callee} failed with 500`,
  (callee) => `POST http://${callee}:8080/v1/do: 502`,
  () => 'answering 500 to the caller',
  (callee) => `upstream=${callee} failed`,
  () => 'request failed',
];
