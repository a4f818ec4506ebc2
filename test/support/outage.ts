/**
 * An outage as it shows in many requests: the look-up of a user by email reads the whole table since its index is gone,
 * each run keeps a connection for half a second, the pool of twenty is used up, and logins wait or fail. Some requests
 * before it are healthy, some others of the same minutes have nothing to do with it.
 */
import { type Happening, happening } from '#test/otlp.ts';
import { answer, dressed, log, request, type Scenario, type ScenarioLog, sql } from '#test/scenarios.ts';
import { type SpanNode, server, span } from '#test/trace.ts';

export const OUTAGE = {
  name: 'login-outage',
  title: 'Logins fail',
  what: 'An alert without a trace ID: a missing index fills the connection pool of user-service.',
  /** 2025-01-06 14:30:00 UTC, in microseconds. */
  alertUs: Date.UTC(2025, 0, 6, 14, 30, 0) * 1000,
  service: 'user-service',
  expected: { kind: 'pool-exhaustion', service: 'user-service' },
} as const;

/** Seconds from the alert at which each request began. */
const requests = (): readonly (readonly [atSeconds: number, scenario: Scenario])[] => [
  [-720, healthyLogin(61)],
  [-655, healthyLogin(58)],
  [-590, healthyLogin(64)],
  [-140, avatar()],
  [-96, slowLogin(1900)],
  [-74, slowLogin(2600)],
  [-63, failedLogin(700)],
  [-51, slowLogin(3400)],
  [-42, failedLogin(900)],
  [-33, avatar()],
  [-24, slowLogin(4200)],
  [-11, failedLogin(1150)],
  [6, failedLogin(1300)],
];

/** The requests around an alert at that time. */
export function outageAround(alertUs: number, seed: string = OUTAGE.name): Happening[] {
  return requests().map(([atSeconds, scenario], i) =>
    happening(scenario, { seed: `${seed} ${i}`, startUs: alertUs + atSeconds * 1_000_000 }),
  );
}

/** What PagerDuty's Slack app posts of it: no trace ID, only a title and a service. */
export function outageAlert() {
  const link =
    '<https://acme.pagerduty.com/incidents/Q0LOGINOUTAGE1?utm_source=slack|[#4711] Error rate above 5 % on user-service>';
  return {
    ts: `${OUTAGE.alertUs / 1e6}.000000`,
    bot_profile: { app_id: 'A1FKYAUUX', name: 'PagerDuty' },
    text: `:red_circle: *${link}* triggered`,
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: `:red_circle: *${link}* triggered` } },
      {
        type: 'section',
        fields: [
          { type: 'mrkdwn', text: '*Service:*\n<https://acme.pagerduty.com/services/P0USERS|user-service>' },
          { type: 'mrkdwn', text: '*Urgency:*\nHigh' },
        ],
      },
    ],
  };
}

const BY_EMAIL = 'SELECT id, email, password_hash FROM users WHERE email = $1';

function healthyLogin(ms: number): Scenario {
  return login(
    `login in ${ms} ms`,
    ms,
    200,
    [sql('user-service', 'SELECT', 'users', BY_EMAIL, { at: 12, ms: 4 }), newSession(30)],
    [log(ms - 1, 'user-service', 'info', `POST /sessions 200 ${ms}ms`)],
  );
}

/** Waits for a connection, then reads the whole table. */
function slowLogin(waitMs: number): Scenario {
  const ms = waitMs + 640;
  return login(
    `login that waits ${waitMs} ms`,
    ms,
    200,
    [connect(8, waitMs), lookUp(waitMs + 12), newSession(waitMs + 585)],
    [
      log(waitMs + 555, 'user-service', 'warn', SLOW_QUERY),
      log(ms - 1, 'user-service', 'info', `POST /sessions 200 ${ms}ms`),
    ],
  );
}

/** The look-up gets a connection at last; the session does not. */
function failedLogin(waitMs: number): Scenario {
  const from = waitMs + 570;
  const ms = from + 5030;
  return login(
    `login that fails after ${ms} ms`,
    ms,
    503,
    [connect(8, waitMs), lookUp(waitMs + 12), noConnection(from)],
    [
      log(waitMs + 555, 'user-service', 'warn', SLOW_QUERY),
      log(
        from + 5001,
        'user-service',
        'error',
        JSON.stringify({ type: 'DatabaseError', code: 'ECONNREFUSED', message: REFUSED, retries: 3, ...FULL }),
      ),
      log(ms - 1, 'api-gateway', 'error', 'POST /login 503 upstream user-service'),
    ],
  );
}

/** Another operation of the same service, which needs no database. */
function avatar(): Scenario {
  const root = server('api-gateway', 'GET /avatar', { ms: 38, attributes: answer('GET', '/avatar', 200) }, [
    request('api-gateway', 'user-service', 'GET', '/avatar', { at: 4, ms: 31 }, [
      span('user-service', 'read_file', { at: 9, ms: 20 }),
    ]),
  ]);
  return scenario('avatar', root, [log(37, 'user-service', 'info', 'GET /avatar 200 31ms')]);
}

const SLOW_QUERY = 'slow query 530 ms on users: Seq Scan, rows removed by filter 1893004, missing index on users.email';
const REFUSED = 'connect ECONNREFUSED 10.0.1.5:5432';
const FULL = { database_pool_size: 20, active_connections: 21 };

function login(
  name: string,
  ms: number,
  status: number,
  below: readonly SpanNode[],
  logs: readonly ScenarioLog[],
): Scenario {
  const failed = status >= 500 ? { failed: true } : {};
  const root = server('api-gateway', 'POST /login', { ms, ...failed, attributes: answer('POST', '/login', status) }, [
    request('api-gateway', 'user-service', 'POST', '/sessions', { at: 3, ms: ms - 6, status, ...failed }, below),
  ]);
  return scenario(name, root, logs);
}

function connect(at: number, ms: number): SpanNode {
  return span('user-service', 'pg-pool.connect', {
    at,
    ms,
    kind: 'client',
    scope: 'opentelemetry.instrumentation.pg',
    attributes: POOL,
  });
}

function noConnection(at: number): SpanNode {
  return span('user-service', 'pg-pool.connect', {
    at,
    ms: 5000,
    kind: 'client',
    scope: 'opentelemetry.instrumentation.pg',
    failed: true,
    statusText: REFUSED,
    attributes: { ...POOL, 'error.type': 'ECONNREFUSED' },
    events: [
      {
        at: at + 5000,
        name: 'exception',
        attributes: { 'exception.type': 'DatabaseError', 'exception.message': REFUSED, ...FULL },
      },
    ],
  });
}

const POOL = {
  'db.system.name': 'postgresql',
  'db.client.connection.pool.name': 'users',
  'server.address': 'pg-main.shop.internal',
};

function lookUp(at: number): SpanNode {
  return sql('user-service', 'SELECT', 'users', BY_EMAIL, { at, ms: 530 });
}

function newSession(at: number): SpanNode {
  return sql('user-service', 'INSERT', 'sessions', 'INSERT INTO sessions (user_id, expires_at) VALUES ($1, $2)', {
    at,
    ms: 6,
  });
}

function scenario(name: string, root: SpanNode, logs: readonly ScenarioLog[]): Scenario {
  return { name, title: OUTAGE.title, what: OUTAGE.what, roots: [dressed(root)], logs, expected: undefined };
}
