/** "Remove PII/credentials before sharing logs externally": the guide's rule on its own examples, drawn again. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import { startRedaction } from '#analyse/start-redaction.ts';
import { DEFAULT_REDACTION, redact, useRedaction } from '#model/redaction/redaction.ts';

const SETTINGS = { ...DEFAULT_REDACTION, key: 'a key of this installation' };

beforeEach(() => startRedaction(SETTINGS));
afterEach(() => useRedaction(DEFAULT_REDACTION));

/** A request that worked and one that failed, as the gateway logs them. */
const request = (traceId: string, authorization: string, status: number, durationMs: number) =>
  JSON.stringify({
    timestamp: '2025-01-06T14:30:45Z',
    trace_id: traceId,
    service: 'api-gateway',
    request_headers: { authorization, 'content-type': 'application/json' },
    response_status: status,
    duration_ms: durationMs,
  });

describe('the request that worked and the one that failed', () => {
  const worked = () => redact(request('working_001', 'Bearer valid_token', 200, 250));
  const failed = () => redact(request('failed_001', 'Bearer expired_token', 500, 5000));

  test('show no token, and still differ by it', () => {
    expect(worked() + failed()).not.toMatch(/valid_token|expired_token/);
    const [one, other] = [worked(), failed()].map((line) => /\[redacted:authorization:(\w{6})\]/.exec(line)?.[1]);
    expect(one).toBeDefined();
    expect(other).not.toBe(one);
    expect(redact(request('failed_002', 'Bearer expired_token', 500, 4800))).toContain(
      `[redacted:authorization:${other}]`,
    );
  });

  test('keep what they are compared and found by', () => {
    for (const kept of [
      'failed_001',
      'api-gateway',
      '2025-01-06T14:30:45Z',
      '"response_status":500',
      '5000',
      'Bearer',
    ]) {
      expect(failed()).toContain(kept);
    }
  });
});

test('47 attempts from one address are 47 attempts from one address, where addresses are taken out', () => {
  startRedaction({ ...SETTINGS, addresses: true });
  const lines = Array.from({ length: 47 }, (_, n) =>
    redact(`WARN auth Failed login for ${['admin', 'support', 'root'][n % 3]} from 203.0.113.45 password=try${n}`),
  );
  expect(lines.join('\n')).not.toMatch(/203\.0\.113\.45|try\d/);
  expect(new Set(lines.map((line) => /from (\S+)/.exec(line)?.[1])).size).toBe(1);
  expect(new Set(lines.map((line) => /password=(\S+)/.exec(line)?.[1])).size).toBe(47);
});

test('the evidence of an incident can be handed on: nobody and nothing secret is in it, and its lines still belong together', async () => {
  const session = openSession({
    thresholds: {},
    links: { trace: '', span: '', logs: '', runbooks: '' },
    maxClockSkewUs: 0,
    redaction: SETTINGS,
    evidence: { maxBytes: 1_000_000 },
  });
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const trace = {
    data: [
      {
        traceID: traceId,
        spans: [
          {
            traceID: traceId,
            spanID: '00f067aa0ba902b7',
            operationName: 'GET /users',
            references: [],
            startTime: 1_736_173_845_000_000,
            duration: 5_000_000,
            processID: 'p1',
            tags: [
              { key: 'db.statement', type: 'string', value: 'SELECT * FROM users WHERE email = $1' },
              { key: 'db.parameter', type: 'string', value: 'jo@example.org' },
              { key: 'http.request.header.authorization', type: 'string', value: 'Bearer expired_token' },
            ],
          },
        ],
        processes: { p1: { serviceName: 'user-service', tags: [] } },
      },
    ],
  };
  const line = (said: string, n: number) =>
    JSON.stringify({
      ts: `173617384${n}000000000`,
      labels: { service_name: 'user-service' },
      line: `${said} trace_id=${traceId}`,
    });
  const lines = [
    line('lookup of jo@example.org is slow', 5),
    line('charged card 4111 1111 1111 1111 of jo@example.org', 6),
    line('lookup of mia@example.org is slow', 7),
    line('connecting to postgres://app:hunter2@users-db:5432/users', 8),
  ];
  for (const [id, kind, text] of [
    ['t', 'trace', JSON.stringify(trace)],
    ['l', 'logs', lines.join('\n')],
  ] as const) {
    session.body(id, { kind, format: 'auto', source: id, file: '', query: { text: '', url: '' } });
    await session.bytes(id, Buffer.from(text));
    await session.end(id);
  }
  const { files } = await session.evidence();
  const [answer] = await session.reports({ logs: true, text: { width: 100, colour: false } });
  await session.close();

  const kept = files.map(({ bytes }) => Buffer.from(bytes).toString()).join('\n');
  const shown = `${answer?.logs}${answer?.text}${JSON.stringify(answer?.report)}`;
  for (const text of [kept, shown]) expect(text).not.toMatch(/jo@|mia@|4111|expired_token|hunter2/);
  const names = [...kept.matchAll(/\[redacted:email:(\w+)\]/g)].map(([, name]) => name);
  expect(names).toHaveLength(4);
  expect(new Set(names).size).toBe(2);
  for (const id of [traceId, '00f067aa0ba902b7', 'users-db:5432', 'email = $1']) expect(kept).toContain(id);
  expect(
    files.flatMap(({ path, redactions }) => redactions.map(({ kind, count }) => `${path} ${kind} ${count}`)),
  ).toEqual([
    'traces.json authorization 1',
    'traces.json email 1',
    'logs.jsonl card 1',
    'logs.jsonl email 3',
    'logs.jsonl secret 1',
  ]);
});
