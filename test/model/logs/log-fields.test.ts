import { describe, expect, test } from 'vitest';
import { levelIn, logFields } from '#model/logs/log-fields.ts';
import { logText } from '#model/logs/log-text.ts';
import { logLine } from '#test/log-lines.ts';

const of = (line: string) => logFields(logLine(line));
const json = (fields: object) => JSON.stringify(fields);

test('Redis names who it is, when, and by a mark how bad it is', () => {
  const text = logText("17:M 20 Nov 2026 06:25:23.500 # Can't save in background: fork: Cannot allocate memory");
  expect(text).toMatchObject({ message: "Can't save in background: fork: Cannot allocate memory" });
  expect(text.head?.time).toMatchObject({ year: 2026, month: 11, day: 20, nanosecond: 500_000_000 });
  const marks = ['.', '-', '*', '#'].map((mark) => levelIn(logText(`17:S 20 Nov 2026 06:25:23.500 ${mark} ready`)));
  expect(marks).toEqual(['debug', 'debug', 'info', 'warn']);
  expect(logText('17:M is a street').message).toBe('17:M is a street');
});

describe('what a line says, whoever wrote it', () => {
  test.each([
    [
      'zap',
      json({ level: 'error', ts: 1795155923.5, caller: 'shop/db.go:42', msg: 'no stock', error: 'timeout' }),
      'no stock',
      'timeout',
    ],
    [
      'pino',
      json({
        level: 50,
        time: 1795155923500,
        msg: 'no stock',
        err: { type: 'TypeError', message: 'x is null', stack: 'TypeError: x' },
      }),
      'no stock',
      'TypeError: x is null',
    ],
    [
      'logback',
      json({ '@timestamp': '2026-11-20T06:25:23Z', level: 'ERROR', message: 'no stock', logger_name: 'a.B' }),
      'no stock',
      '',
    ],
    [
      'Serilog',
      json({
        '@t': '2026-11-20T06:25:23Z',
        '@mt': 'no stock',
        '@l': 'Error',
        '@x': 'System.IO.IOException: gone\n   at A.B()',
      }),
      'no stock',
      'System.IO.IOException: gone',
    ],
    [
      'OpenTelemetry',
      json({
        Timestamp: '1795155923500000000',
        SeverityText: 'ERROR',
        Body: 'no stock',
        Attributes: { 'exception.type': 'KeyError', 'exception.message': 'sku' },
      }),
      'no stock',
      'KeyError: sku',
    ],
    [
      'logfmt',
      'ts=2026-11-20T06:25:23Z level=error msg="no \\"big\\" stock" err="timed out"',
      'no "big" stock',
      'timed out',
    ],
    ['JSON behind a time', `2026-11-20T06:25:23Z ${json({ msg: 'no stock' })}`, 'no stock', ''],
    ['nobody knows', json({ user: 'ann', b: 2, time: 'x', level: 'info' }), 'b=2 user=ann', ''],
  ])('%s', (_, line, message, error) => {
    expect(of(line)).toMatchObject({ message, error });
  });

  test.each([
    [json({ msg: 'done', status: 503 }), 503],
    [json({ msg: 'done', res: { statusCode: 404 } }), 404],
    [json({ msg: 'done', status: 'success' }), 0],
    ['10.0.3.7 - ann [20/Nov/2026:06:25:23 +0000] "GET /x HTTP/1.1" 502 12 "-" "curl"', 502],
    [haproxy('504', 'sHNN'), 504],
  ])('has the status of the answer: %s', (line, status) => {
    expect(of(line).status).toBe(status);
  });

  test.each([
    [json({ msg: 'done', duration_ms: 5000 }), 5000],
    [json({ msg: 'done', elapsed: '1m1.5s' }), 61_500],
    [json({ msg: 'done', duration: 5000 }), undefined],
    ['Page rendered in 8.2 seconds.', 8200],
    ['query took 31ms', 31],
    ['nothing took place', undefined],
  ])('has how long it took, where it says in what: %s', (line, ms) => {
    expect(of(line).durationMs).toBe(ms);
  });
});

describe('the exception of a stack trace is the one that caused it, with its own innermost place', () => {
  test.each([
    [
      'Java',
      `2026-11-20 06:25:23 ERROR [main] c.e.Orders - order failed
com.example.OrderException: cannot place order 17
\tat com.example.Orders.place(Orders.java:42)
\tat java.base/java.lang.Thread.run(Thread.java:840)
Caused by: java.net.ConnectException: Connection refused
\tat java.base/sun.nio.ch.Net.connect0(Native Method)
\tat org.postgresql.core.PGStream.create(PGStream.java:260)
\tat com.example.Stock.load(Stock.java:12)
\t... 12 more`,
      {
        type: 'java.net.ConnectException',
        message: 'Connection refused',
        frame: 'com.example.Stock.load(Stock.java:12)',
      },
    ],
    [
      'Python',
      `ERROR order failed
Traceback (most recent call last):
  File "/app/shop/orders.py", line 42, in place
    stock.load(sku)
  File "/app/shop/stock.py", line 12, in load
    return requests.get(url)
  File "/usr/lib/python3.12/site-packages/requests/api.py", line 73, in get
    return request("get", url)
requests.exceptions.ConnectTimeout: no answer from stock

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/app/shop/web.py", line 7, in post
    place()
shop.OrderError: cannot place order`,
      {
        type: 'requests.exceptions.ConnectTimeout',
        message: 'no answer from stock',
        frame: '/app/shop/stock.py, line 12, in load',
      },
    ],
    [
      'Go',
      `panic: runtime error: index out of range [3] with length 3

goroutine 1 [running]:
runtime.panicIndex(0x3)
\t/usr/local/go/src/runtime/panic.go:114 +0x74
main.place(...)
\t/app/orders.go:42 +0x1d
main.main()
\t/app/main.go:7 +0x85
exit status 2`,
      { type: 'panic', message: 'runtime error: index out of range [3] with length 3', frame: '/app/orders.go:42' },
    ],
    [
      'Node.js',
      `Error: connect ECONNREFUSED 10.0.3.7:5432
    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1555:16)
    at Client.connect (/app/node_modules/pg/lib/client.js:132:11)
    at async load (/app/src/stock.js:12:9) {
  code: 'ECONNREFUSED'
}`,
      { type: 'Error', message: 'connect ECONNREFUSED 10.0.3.7:5432', frame: 'async load (/app/src/stock.js:12:9)' },
    ],
    [
      '.NET',
      `Unhandled exception. System.InvalidOperationException: cannot place order
 ---> System.TimeoutException: no answer from stock
   at System.Net.Http.HttpClient.Send()
   at Shop.Stock.Load(String sku) in /app/Stock.cs:line 12
   --- End of inner exception stack trace ---
   at Shop.Orders.Place() in /app/Orders.cs:line 42`,
      {
        type: 'System.TimeoutException',
        message: 'no answer from stock',
        frame: 'Shop.Stock.Load(String sku) in /app/Stock.cs:line 12',
      },
    ],
    [
      'Ruby',
      `/app/stock.rb:12:in 'load': no answer from stock (Net::ReadTimeout)
\tfrom /usr/lib/ruby/3.4.0/net/http.rb:960:in 'connect'
\tfrom /app/orders.rb:42:in 'place'`,
      { type: 'Net::ReadTimeout', message: 'no answer from stock', frame: "/app/orders.rb:42:in 'place'" },
    ],
  ])('%s', (_, line, exception) => {
    expect(of(line).exception).toEqual(exception);
  });

  test('and where a field has the stack', () => {
    const line = json({ msg: 'order failed', stack_trace: 'a.OrderException: no\n\tat com.example.A.b(A.java:1)' });
    expect(of(line)).toMatchObject({
      error: 'a.OrderException: no',
      exception: { type: 'a.OrderException', frame: 'com.example.A.b(A.java:1)' },
    });
  });

  test('and where an error is an object with a list of places', () => {
    const error = {
      type: 'StoreError',
      code: 'ECONNREFUSED',
      message: 'connect ECONNREFUSED 10.9.8.7:5432',
      stack: ['at Pool.take (/app/node_modules/pg/pool.js:9)', 'at Stock.load (stock.js:12)'],
      context: { service: 'stock-service', active_connections: 31 },
    };
    expect(of(json({ error }))).toMatchObject({
      error: 'StoreError: connect ECONNREFUSED 10.9.8.7:5432',
      exception: { type: 'StoreError', frame: 'Stock.load (stock.js:12)' },
    });
  });

  test.each(['GET /error 200', 'an exception to the rule', 'ErrorHandler started', 'Timeout is 5 s'])(
    'but not in “%s”',
    (line) => {
      expect(of(line).exception).toBeUndefined();
    },
  );
});

describe('the level of a line', () => {
  test.each([
    [json({ level: 50, msg: 'x' }), 'error'],
    // Serilog leaves the level out where it is information.
    [json({ '@t': '2026-11-20T06:25:23Z', '@mt': 'panic handler installed' }), 'info'],
    [json({ '@t': '2026-11-20T06:25:23Z', '@l': 'Error', '@mt': 'panic handler installed' }), 'error'],
    [json({ time: '2026-11-20T06:25:23Z', msg: 'panic: no stock' }), 'error'],
    [json({ severityNumber: 17, body: 'x' }), 'error'],
    [json({ PRIORITY: '3', MESSAGE: 'x' }), 'error'],
    [json({ msg: 'x', status: 500 }), 'error'],
    // GELF, and a document of Graylog: syslog's numbers.
    [json({ version: '1.1', host: 'web-1', short_message: 'no stock', timestamp: 1795155923.5, level: 3 }), 'error'],
    [json({ gl2_message_id: '01H', message: 'x', level: 4, timestamp: '2026-11-20 06:25:23.500' }), 'warn'],
    [json({ message: 'x', level: 3 }), ''],
    // Datadog's name of the level.
    [json({ message: 'day closed', status: 'info' }), 'info'],
    [json({ message: 'day closed', status: 'Warning' }), 'warn'],
    [json({ message: 'day closed', status: 'done' }), ''],
    [json({ level: 'WARNING', msg: 'x' }), 'warn'],
    ['W1120 06:25:23.500123       1 orders.go:42] x', 'warn'],
    ['<11>Nov 20 06:25:23 web-1 orders[42]: x', 'error'],
    ['10.0.3.7 - - [20/Nov/2026:06:25:23 +0000] "GET /x HTTP/1.1" 404 12', 'warn'],
    [haproxy('504', 'sHNN'), 'error'],
    [haproxy('200', '----'), 'info'],
    ['[2026-11-20T06:25:23Z] INFO:app:x', 'info'],
    ['2026-11-20 06:25:23.500 UTC [42] FATAL:  too many connections', 'fatal'],
    ['java.net.ConnectException: Connection refused', 'error'],
    ['Failed to connect to the database', 'error'],
    ['user info updated', ''],
    ['no error was found', ''],
  ])('%s is “%s”', (line, level) => {
    expect(levelIn(logText(line))).toBe(level);
  });
});

test('a line of HAProxy says what failed, and how long it took', () => {
  const said = 'server timeout before the response of be_http:shop:web';
  expect(of(haproxy('504', 'sHNN'))).toMatchObject({ message: 'POST /orders', error: said, durationMs: 201 });
  expect(of(haproxy('200', '----'))).toMatchObject({ message: 'POST /orders', error: '' });
  expect(of(haproxy('499', 'CHNN'))).toMatchObject({ error: '' });
  const documented =
    'haproxy[14389]: 10.0.1.2:33317 [06/Feb/2009:12:14:14.655] http-in~ static/srv1 10/0/30/69/+109 200 +2750 - - ---- 1/1/1/1/0 0/0 {1wt.eu} {} "GET /index.html HTTP/1.1"';
  expect(of(documented)).toMatchObject({ message: 'GET /index.html', status: 200, durationMs: 109 });
});

/** As OpenShift's router writes it. */
function haproxy(status: string, state: string): string {
  return `haproxy[31]: 10.128.2.30:55879 [2026-12-26T07:10:38.000Z] public be_http:shop:web/pod:web:8080 0/0/1/-1/201 ${status} 218 - - ${state} 44/23/6/2/0 0/0 "POST /orders HTTP/1.1"`;
}
