import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logBody } from '#decode/log-body.ts';
import { logTemplates } from '#model/logs/log-templates.ts';

const NOON = Date.UTC(2026, 10, 20, 12) / 1_000;
const encode = (text: string) => new TextEncoder().encode(text);

function read(text: string | Uint8Array, step = Number.POSITIVE_INFINITY) {
  const bytes = typeof text === 'string' ? encode(text) : text;
  const body = logBody('auto', 'app.log', () => NOON);
  for (let at = 0; at < bytes.length; at += step) body.push(bytes.slice(at, at + step));
  const lines = body.end();
  return { lines, damage: body.damage(), remarks: body.remarks().map(({ problem }) => problem) };
}
const one = (text: string) => read(text).lines[0];
const json = (value: unknown) => JSON.stringify(value);

/** 2026-11-20T06:25:23.5Z */
const AT = '1795155923500000000';
const AT_SECOND = '1795155923000000000';

describe('ids without a name', () => {
  const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
  const SPAN = 'a3ce929d0e0e4736';
  test.each([
    ['Spring Boot', `2026-11-20T06:25:23.5Z  WARN 6 --- [shop] [nio-1] [${TRACE}-${SPAN}] c.e.Shop : no stock`, SPAN],
    [
      'Spring Cloud Sleuth',
      `2026-11-20 06:25:23.500  WARN [shop,${TRACE},${SPAN},true] 6 --- [nio-1] c.e.Shop : no stock`,
      SPAN,
    ],
    [
      'AWS X-Ray',
      `2026-11-20T06:25:23.5Z REPORT RequestId: 8f XRAY TraceId: 1-${TRACE.slice(0, 8)}-${TRACE.slice(8)}`,
      '',
    ],
    [
      'Serilog’s compact format',
      json({ '@t': '2026-11-20T06:25:23.5Z', '@m': 'no stock', '@tr': TRACE, '@sp': SPAN }),
      SPAN,
    ],
    [
      'OpenTelemetry for Python',
      json({
        asctime: '2026-11-20 06:25:23,500',
        levelname: 'ERROR',
        message: 'no stock',
        otelTraceID: TRACE,
        otelSpanID: SPAN,
      }),
      SPAN,
    ],
    [
      'OpenTelemetry for Erlang and Elixir',
      `2026-11-20T06:25:23.500Z [error] otel_trace_id=${TRACE} otel_span_id=${SPAN} otel_trace_flags=01 no stock`,
      SPAN,
    ],
    [
      'Google Cloud',
      json({
        time: '2026-11-20T06:25:23.5Z',
        message: 'no stock',
        'logging.googleapis.com/trace': `projects/shop-1/traces/${TRACE}`,
      }),
      '',
    ],
  ])('%s', (_, text, spanId) => {
    expect(one(text)).toMatchObject({ traceId: TRACE, spanId });
  });

  test.each([
    `2026-11-20T06:25:23.5Z ERROR trace=${TRACE} no stock`,
    json({ time: '2026-11-20T06:25:23.5Z', trace: TRACE, message: 'no stock' }),
  ])('a plain trace with all digits names a trace: %s', (line) => {
    expect(one(line)?.traceId).toBe(TRACE);
    expect(one(line.replace(TRACE, TRACE.slice(16)))?.traceId).toBe('');
  });

  test('none is read from an empty bracket or a word', () => {
    expect(one('2026-11-20T06:25:23.5Z  INFO 6 --- [shop] [nio-1] [     ] c.e.Shop : traces/none 1-2-3')?.traceId).toBe(
      '',
    );
  });
});

describe('what stores and collectors write around a line', () => {
  test.each([
    ['a case', json({ ts: AT, labels: { service_name: 'shop' }, line: 'no stock' })],
    ['logcli', json({ labels: { service_name: 'shop' }, line: 'no stock', timestamp: '2026-11-20T06:25:23.5Z' })],
    ['Loki, as it is pushed', json({ streams: [{ stream: { service_name: 'shop' }, values: [[AT, 'no stock']] }] })],
    [
      'Loki, labels behind lines',
      json({ data: { result: [{ values: [[AT, 'no stock']], stream: { app: 'shop' } }] } }),
    ],
    [
      'Docker',
      json({ log: 'no stock\n', stream: 'stdout', attrs: { service: 'shop' }, time: '2026-11-20T06:25:23.5Z' }),
    ],
    ['containerd', 'shop-1  | 2026-11-20T06:25:23.5Z stdout F no stock'],
    [
      'Docker’s json-file with the label of Compose',
      json({
        log: 'no stock\n',
        stream: 'stdout',
        attrs: { 'com.docker.compose.service': 'shop' },
        time: '2026-11-20T06:25:23.5Z',
      }),
    ],
    [
      'kubectl, of a container that is only called main',
      '[pod/shop-7d9f8b6c5-x2kqz/main] 2026-11-20T06:25:23.5Z stderr F no stock',
    ],
    ['kubectl', '[pod/shop-7d9f8b6c5-x2kqz/shop] 2026-11-20T06:25:23.5Z stderr F no stock'],
    ['a list', json([{ timestamp: '2026-11-20T06:25:23.5Z', line: 'no stock', labels: { app: 'shop' } }])],
    [
      'OTLP',
      json({
        resourceLogs: [
          {
            resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
            scopeLogs: [
              { logRecords: [{ timeUnixNano: AT, severityText: 'Error', body: { stringValue: 'no stock' } }] },
            ],
          },
        ],
      }),
    ],
    [
      'OTLP, the resource last',
      json({
        resourceLogs: [
          {
            scopeLogs: [
              { logRecords: [{ observedTimeUnixNano: AT, severityNumber: 17, body: { stringValue: 'no stock' } }] },
            ],
            resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
          },
        ],
      }),
    ],
  ])('%s', (_, body) => {
    expect(one(body)).toMatchObject({ timeNs: AT, line: 'no stock', service: 'shop' });
  });

  test('several bodies of OTLP, one a line, as a collector writes them', () => {
    const body = (id: string) =>
      json({
        resourceLogs: [{ scopeLogs: [{ logRecords: [{ timeUnixNano: AT, traceId: id, body: { stringValue: id } }] }] }],
      });
    const { lines, damage } = read(`${body('a1')}\n${body('b2').slice(0, -6)}\n${body('c3')}\n`);
    expect(lines.map(({ traceId }) => traceId)).toEqual(['a1', 'b2', 'c3']);
    expect(damage).toMatchObject({ damagedLines: 1, firstDamaged: 2, isCut: false });
  });
});

describe('what programs write', () => {
  test.each([
    ['zap', json({ level: 'error', ts: 1795155923.5, msg: 'no stock', service: 'shop' })],
    ['pino', json({ level: 50, time: 1795155923500, msg: 'no stock', service: 'shop' })],
    [
      'logback',
      json({ '@timestamp': '2026-11-20T07:25:23.500+01:00', level: 'ERROR', message: 'no stock', app: 'shop' }),
    ],
    [
      'OpenTelemetry',
      json({ Timestamp: AT, SeverityText: 'ERROR', Body: 'no stock', Resource: { 'service.name': 'shop' } }),
    ],
    ['log records alone', json({ timeUnixNano: AT, severityNumber: 17, body: 'no stock', service: { name: 'shop' } })],
    ['logfmt', 'time=2026-11-20T06:25:23.5Z level=error service=shop msg="no stock"'],
    [
      'Monolog',
      json({
        message: 'no stock',
        context: { service: 'called-one' },
        level_name: 'ERROR',
        datetime: '2026-11-20T06:25:23.500000+00:00',
        extra: { service: 'shop' },
      }),
    ],
    [
      'Cloud Run, as Google’s log stores it',
      json({
        severity: 'ERROR',
        timestamp: '2026-11-20T06:25:23.5Z',
        jsonPayload: { message: 'no stock' },
        resource: { type: 'cloud_run_revision', labels: { service_name: 'shop', location: 'europe-west4' } },
      }),
    ],
    [
      'JSON behind a collector’s time',
      `2026-11-20T06:25:23.5Z ${json({ level: 'error', msg: 'no stock', app: 'shop' })}`,
    ],
    ['journald', json({ PRIORITY: '3', SYSLOG_IDENTIFIER: 'shop', MESSAGE: 'no stock', timestamp: 1795155923500 })],
    ['syslog', '<11>1 2026-11-20T06:25:23.5Z web-1 shop 42 - - no stock'],
  ])('%s', (_, row) => {
    expect(one(row)).toMatchObject({ timeNs: AT, service: 'shop', level: 'error' });
  });

  test('Azure Monitor', () => {
    const row = json({ TimeGenerated: '2026-11-20T06:25:23.5Z', Message: 'no stock', AppRoleName: 'shop' });
    expect(one(row)).toMatchObject({ timeNs: AT, service: 'shop' });
  });

  test.each([
    ['2026-11-20 06:25:23,500 ERROR [main] c.e.Orders - no stock', AT, 'error'],
    ['E1120 06:25:23.500000       1 orders.go:42] no stock', AT, 'error'],
    ['06:25:23.500 [main] ERROR c.e.Orders - no stock', AT, 'error'],
    ['<11>Nov 20 06:25:23 web-1 orders[42]: no stock', AT_SECOND, 'error'],
    ['2026/11/20 06:25:23 [error] 31#31: *1 no stock', AT_SECOND, 'error'],
    ['10.0.3.7 - - [20/Nov/2026:06:25:23 +0000] "GET /stock HTTP/1.1" 502 12 "-" "curl/8"', AT_SECOND, 'error'],
    ['[Fri Nov 20 06:25:23.500000 2026] [core:error] no stock', AT, 'error'],
    ['2026-11-20T06:25:23.500Z\terror\torders/db.go:42\tno stock', AT, 'error'],
  ])('%s', (row, timeNs, level) => {
    expect(one(row)).toMatchObject({ timeNs, level, line: row });
  });

  test('an object over several rows', () => {
    const object = {
      timestamp: '2026-11-20T06:25:23.5Z',
      level: 'ERROR',
      service: 'shop',
      trace_id: 'abc123xyz',
      message: 'no stock',
    };
    const { lines } = read(
      `${JSON.stringify(object, null, 2)}\n${JSON.stringify({ ...object, message: 'b' }, null, 2)}`,
    );
    expect(lines).toMatchObject([
      { timeNs: AT, service: 'shop', level: 'error', traceId: 'abc123xyz', line: json(object) },
      { timeNs: AT, line: json({ ...object, message: 'b' }) },
    ]);
  });

  test('a traceparent names trace and span', () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    expect(one(json({ time: AT, msg: 'x', traceparent }))).toMatchObject({
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      spanId: 'f067aa0ba902b7',
    });
  });
});

describe('times that leave something out are the nearest, and that is said', () => {
  test.each([
    ['2026-11-20 06:25:23,500 INFO x', 'its times have no time zone'],
    ['Dec 31 23:00:00 web-1 shop[1]: x', 'its times have no year'],
    ['06:25:23.500 INFO x', 'its times have no date'],
    ['INFO x', 'no line has a time'],
  ])('%s', (row, problem) => {
    expect(read(row).remarks).toContain(problem);
  });
  test('a day at the other end of the year is one of last year', () => {
    const body = logBody('auto', 'x', () => Date.UTC(2026, 0, 1) / 1_000);
    body.push(encode('Dec 31 23:00:00 web-1 shop[1]: x'));
    expect(body.end()[0]?.timeNs).toBe(`${Date.UTC(2025, 11, 31, 23) / 1_000}000000000`);
  });
  test('what says all of it has no remark', () => {
    expect(read('2026-11-20T06:25:23Z INFO x').remarks).toEqual([]);
  });
});

describe('a stack trace is a part of its line', () => {
  const JAVA = [
    'java.net.ConnectException: Connection refused',
    '\tat com.example.Stock.load(Stock.java:12)',
    'Caused by: java.io.IOException: gone',
    '\t... 12 more',
  ];
  const PYTHON = [
    'Traceback (most recent call last):',
    '  File "/app/stock.py", line 12, in load',
    '    load()',
    'shop.NoStock: sku 17',
  ];
  const GO = [
    'panic: no stock',
    'goroutine 1 [running]:',
    'main.load(0x1)',
    '\t/app/stock.go:12 +0x1d',
    'exit status 2',
  ];

  test.each([
    ['Java', JAVA],
    ['Python', PYTHON],
  ])('%s, in rows of text', (_, stack) => {
    const rows = ['2026-11-20 06:25:23 ERROR order failed', ...stack, '2026-11-20 06:25:24 INFO next'];
    const { lines } = read(rows.join('\n'));
    expect(lines.map(({ line }) => line)).toEqual([[rows[0], ...stack].join('\n'), rows.at(-1)]);
  });

  const asStream = (rows: readonly string[]) =>
    rows.map((log, i) => json({ log: `${log}\n`, stream: 'stderr', time: `2026-11-20T06:25:23.${100 + i}Z` }));
  test.each([
    ['Java', ['ERROR order failed', ...JAVA], 1],
    ['Python', PYTHON, 1],
    ['Go', GO, 1],
  ])('%s, in lines of their own', (_, rows, count) => {
    const { lines } = read(asStream([...rows, 'all is well']).join('\n'));
    expect(lines).toHaveLength(count + 1);
    expect(lines[0]).toMatchObject({ line: rows.join('\n'), level: 'error' });
  });

  test('and never of a line of another stream', () => {
    const line = (app: string, ns: string, text: string) => json({ ts: `${AT}${ns}`, labels: { app }, line: text });
    const { lines } = read(
      [line('a', '1', 'ERROR x'), line('b', '2', 'INFO y'), line('a', '3', '\tat a.B.c(B.java:1)')].join('\n'),
    );
    expect(lines.map(({ line }) => line)).toEqual(['ERROR x\n\tat a.B.c(B.java:1)', 'INFO y']);
  });

  test('nor of one that was long ago', () => {
    const line = (seconds: number, text: string) => json({ ts: `${seconds}000000000`, line: text });
    expect(read([line(1795155923, 'ERROR x'), line(1795155993, '\tat a.B.c(B.java:1)')].join('\n')).lines).toHaveLength(
      2,
    );
  });
});

describe('what is no log is refused with what it looks like', () => {
  test.each([
    ['hello\nworld\n', 'text without a time or a level (it begins with “hello world”)'],
    ['<html><body>no</body></html>', 'a web page'],
    ['', 'is empty'],
    [json({ resourceSpans: [] }), 'OTLP JSON'],
    ['PK\x03\x04\x00', 'a zip archive'],
  ])('%j', (text, kind) => {
    expect(() => read(text)).toThrow(kind);
  });
  test('and an answer without a line is one', () => {
    expect(read(json({ status: 'success', data: { resultType: 'streams', result: [] } })).lines).toEqual([]);
  });
  test.each(['', '\n \n'])('and so is an answer of rows that holds %j: the store has no such line', (text) => {
    const body = logBody('log-jsonl', 'samples');
    body.push(Buffer.from(text));
    expect(body.end()).toEqual([]);
    expect(body.remarks()).toEqual([]);
  });
});

describe('what is damaged costs no more than itself', () => {
  const rows = [1, 2, 3, 4].map((n) => json({ ts: `${n}`, labels: {}, line: `line ${n}` }));
  test('a row', () => {
    const { lines, damage } = read([rows[0], '{"ts":"9","line":"bro', rows[2], rows[3]].join('\n'));
    expect(lines.map(({ line }) => line)).toEqual(['line 1', 'line 3', 'line 4']);
    expect(damage).toEqual({ isCut: false, damagedLines: 1, lines: 4, firstDamaged: 2 });
  });
  test('the end of rows', () => {
    const { lines, damage } = read(rows.join('\n').slice(0, -5));
    expect(lines).toHaveLength(3);
    expect(damage).toMatchObject({ isCut: true, damagedLines: 0 });
  });
  test('the end of an answer', () => {
    const whole = json({
      status: 'success',
      data: {
        result: [
          {
            stream: {},
            values: [
              ['1', 'a'],
              ['2', 'b'],
              ['3', 'c'],
            ],
          },
        ],
      },
    });
    const { lines, damage } = read(whole.slice(0, -12));
    expect(lines.map(({ line }) => line)).toEqual(['a', 'b']);
    expect(damage.isCut).toBe(true);
  });
  test('a row that is too long is cut', () => {
    const { lines, remarks } = read(`ERROR ${'x'.repeat(50_000_000)}\nERROR y`, 65_536);
    expect(lines.map(({ line }) => line.length)).toEqual([1_048_576, 7]);
    expect(remarks).toContain('1 of its lines are longer than 1 MB');
  });
});

describe('of very many lines', { tags: ['deep'] }, () => {
  const LINES = 150_000;
  const rows = Array.from({ length: LINES }, (_, n) => {
    const time = `2026-11-20T06:${`${Math.floor(n / 2_500)}`.padStart(2, '0')}:00Z`;
    return n % 1_000 === 999 ? `${time} ERROR no stock of ${n}` : `${time} INFO sold ${n} to word${'x'.repeat(n % 7)}`;
  });
  test('those that say the same are put together, failures stay as they came, and that is said', () => {
    const { lines, remarks } = read(`${rows.join('\n')}\n`, 1_000_000);
    expect(lines.length).toBeLessThan(LINES);
    expect(lines.reduce((sum, { standsFor = 1 }) => sum + standsFor, 0)).toBe(LINES);
    expect(lines.filter(({ level }) => level === 'error')).toHaveLength(LINES / 1_000);
    expect(lines.filter(({ level, standsFor }) => level === 'error' && standsFor)).toEqual([]);
    expect(remarks).toEqual([`it has ${LINES} lines, more than can be kept unchanged`]);
    expect(logTemplates(lines).all.reduce((sum, { count }) => sum + count, 0)).toBe(LINES);
  });

  test('of which no two say the same, what is kept is bounded', () => {
    const word = (n: number) =>
      n
        .toString(36)
        .replace(/\d/g, (digit) => 'ghijklmnop'[Number(digit)] ?? '')
        .padEnd(5, 'z');
    const body = logBody('auto', 'app.log');
    const TEXT = 'y'.repeat(300);
    for (let from = 0; from < LINES; from += 1_000) {
      const some = Array.from({ length: 1_000 }, (_, n) => `ERROR ${word(from + n)} ${TEXT} ${word(n)} ${word(from)}`);
      body.push(encode(`${some.join('\n')}\n`));
    }
    const lines = body.end();
    const chars = lines.reduce((sum, { line, standsFor }) => sum + (standsFor === undefined ? line.length : 0), 0);
    expect(chars).toBeLessThan(40_000_000);
    expect(lines.length).toBeLessThan(100_000);
    expect(logTemplates(lines).all.length).toBeLessThan(10_000);
    expect(lines.reduce((sum, { standsFor = 1 }) => sum + standsFor, 0)).toBe(LINES);
  });
});

const rowText = fc.oneof(
  fc.constantFrom(
    '2026-11-20 06:25:23 ERROR x',
    '\tat a.B.c(B.java:1)',
    '{"ts":"1","line":"x"}',
    '{',
    '}',
    '',
    'Nov 20 06:25:23 a b[1]: c',
  ),
  fc.constantFrom(
    '[{"ts":"1","line":"x"}',
    '{"streams":[{"stream":{},"values":[["1","a"]]}]}',
    'a=b c=d',
    '{"msg":"é😀","time":1795155923}',
  ),
  fc.string({ maxLength: 12, unit: 'binary' }),
);
const bodies = fc.array(rowText, { maxLength: 12 }).map((rows) => encode(rows.join('\n')));
const outcome = (bytes: Uint8Array, step: number) => {
  try {
    return read(bytes, step);
  } catch (error) {
    expect(error).toHaveProperty('code', 'SH_UNREADABLE');
    return String(error);
  }
};

/** Each form once more, some lines of it. */
const BODIES = [
  [1, 2, 3].map((n) => json({ ts: `${n}`, labels: { app: 'a' }, line: `line ${n} of "x"` })).join('\n'),
  json({
    status: 'success',
    data: {
      resultType: 'streams',
      result: [
        {
          stream: { app: 'a' },
          values: [
            ['1', 'a'],
            ['2', 'b', { structuredMetadata: { trace_id: 'c' } }],
          ],
        },
      ],
    },
  }),
  json({
    resourceLogs: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'a' } }] },
        scopeLogs: [{ logRecords: [{ timeUnixNano: AT, body: { kvlistValue: { values: [] } } }] }],
      },
    ],
  }),
  [
    '2026-11-20 06:25:23,500 ERROR [main] c.e.Orders - no stock',
    'java.lang.Error: x',
    '\tat a.B.c(B.java:1)',
    'Nov 20 06:25:24 web a[1]: b',
  ].join('\n'),
  [
    'a=b c="d\\"e" time=2026-11-20T06:25:23Z',
    '10.0.0.1 - - [20/Nov/2026:06:25:23 +0000] "GET / HTTP/1.1" 200 1',
    'E1120 06:25:23.5  1 a.go:1] x',
  ].join('\n'),
  [json({ log: 'x\n', stream: 'stdout', time: '2026-11-20T06:25:23Z' }), '{', '  "msg": "y"', '}'].join('\n'),
].map(encode);

describe('a body that is cut, or has bytes changed, taken out or doubled', () => {
  test('is read or refused', () => {
    const at = fc.double({ min: 0, max: 1, noNaN: true });
    const hits = fc.array(
      fc.record({
        at,
        drop: fc.nat(9),
        with: fc.oneof(fc.constantFrom(...'"\\{}[],:\n\0'.split('')).map(encode), fc.uint8Array({ maxLength: 4 })),
      }),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(fc.constantFrom(...BODIES), hits, at, (body, changes, cut) => {
        let bytes: Uint8Array = body;
        for (const { at: where, drop, with: instead } of changes) {
          const from = Math.floor(bytes.length * where);
          bytes = Buffer.concat([bytes.subarray(0, from), instead, bytes.subarray(from + drop)]);
        }
        outcome(bytes.subarray(0, Math.ceil(bytes.length * Math.min(1, cut * 2))), 1_000);
      }),
    );
  });
});

describe('any bytes', () => {
  test('may be overwritten by whoever handed them over', () => {
    const bytes = Buffer.from('2026-11-20T06:25:23Z INFO one\n'.repeat(200));
    const body = logBody('auto', 'app.log');
    const chunk = Buffer.alloc(40);
    for (let from = 0; from < bytes.length; from += chunk.length) {
      body.push(chunk.subarray(0, bytes.copy(chunk, 0, from)));
      chunk.fill(0);
    }
    expect(body.end().map(({ line }) => line)).toEqual(bytes.toString().trim().split('\n'));
  });
  test('are read or refused, and however they are cut into chunks, in the same way', () => {
    fc.assert(
      fc.property(bodies, fc.integer({ min: 1, max: 40 }), (bytes, step) => {
        expect(outcome(bytes, step)).toEqual(outcome(bytes, 1_000_000));
      }),
    );
  });
  test('of nobody, too', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 40 }), (bytes, step) => {
        expect(outcome(bytes, step)).toEqual(outcome(bytes, 1_000_000));
      }),
    );
  });
});
