import { describe, expect, test } from 'vitest';
import { blamedCallee, type CalleeFault, factsOfFault, faultyCallee } from '#detect/signs/failures/callee-faults.ts';
import { linesBySpan } from '#model/logs/log-line.ts';
import { logLine } from '#test/log-line.ts';
import { call, query, type SpanNode, type SpanOptions, server, span, traceOf } from '#test/trace.ts';

const HOST = 'api.partner.example';

type Beside = Readonly<{
  host?: string;
  line?: string;
  lastLine?: readonly [ms: number, text: string];
  below?: SpanNode[];
}>;

/** The one call of a request that failed with it, a line of the code that made the call, and the callee's last line. */
function failedCall(options: SpanOptions, { host = HOST, line = '', lastLine, below = [] }: Beside = {}) {
  const trace = traceOf(
    server('web', 'POST /pay', { ms: 90, failed: true }, [
      call('web', host, 'POST', { at: 5, ms: 60, failed: true, ...options }, below),
    ]),
  );
  const logs = line === '' ? [] : [logLine('web', 67, line, { spanId: '0', level: 'error' })];
  const last = lastLine === undefined ? [] : [logLine(host, lastLine[0], lastLine[1])];
  return faultyCallee(trace, [1], linesBySpan(logs), last);
}

describe('the words of a failed call say what its callee did', () => {
  test.each<[CalleeFault, string]>([
    ['no-name', 'getaddrinfo ENOTFOUND api.partner.example'],
    ['answered', '[StatusCode.UNAVAILABLE] Request timeout expired'],
    ['answered', 'request rejected: time-out in queue'],
    ['answered', 'The batch scheduling queue to which this task was submitted is full'],
    ['answered', 'BackPressureError: Request dropped due to backpressure (num_queued_requests=10)'],
    ['no-resolver', 'getaddrinfo EAI_AGAIN api.partner.example'],
    [
      'no-name',
      'Post "https://api.partner.example/pay": dial tcp: lookup api.partner.example on 10.96.0.10:53: no such host',
    ],
    ['no-resolver', 'dial tcp: lookup api.partner.example on 10.96.0.10:53: server misbehaving'],
    ['no-name', 'java.net.UnknownHostException: api.partner.example: Name or service not known'],
    [
      'no-name',
      'cURL error 6: Could not resolve host: api.partner.example (see https://curl.haxx.se/libcurl/c/libcurl-errors.html)',
    ],
    ['no-name', 'No such host is known. (api.partner.example:443)'],
    ['no-name', '** (Mint.TransportError) non-existing domain - :nxdomain'],
    [
      'expired',
      'x509: certificate has expired or is not yet valid: current time 2026-11-05T07:11:02Z is after 2026-11-05T00:05:00Z',
    ],
    ['expired', 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid'],
    ['expired', 'CERT_HAS_EXPIRED'],
    ['expired', 'PKIX path validation failed: java.security.cert.CertPathValidatorException: validity check failed'],
    ['expired', '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1006)'],
    ['other-names', 'x509: certificate is valid for shop.example, not api.partner.example'],
    [
      'other-names',
      "Hostname/IP does not match certificate's altnames: Host: api.partner.example. is not in the cert's altnames",
    ],
    [
      'other-names',
      "certificate verify failed: Hostname mismatch, certificate is not valid for 'api.partner.example'. (_ssl.c:1006)",
    ],
    ['gone', 'cURL error 52: Empty reply from server'],
    ['gone', 'cURL error 56: Recv failure: Connection reset by peer'],
    ['gone', 'socket hang up'],
    ['gone', 'Post "https://api.partner.example/pay": unexpected EOF'],
    ['gone', "('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))"],
    ['gone', 'httpx.RemoteProtocolError: Server disconnected without sending a response.'],
    ['gone', 'connection closed before message completed'],
    ['gone', 'EOFError: end of file reached'],
    ['gone', 'connect ECONNREFUSED 203.0.113.7:443'],
    [
      'not-started',
      'KMSDisabledException: Lambda was unable to decrypt the environment variables because the KMS key used is disabled.',
    ],
  ])('%s: %s', (fault, statusText) => {
    expect(failedCall({ statusText })).toMatchObject({ service: HOST, fault, item: { text: statusText } });
  });

  test('a resolver that gives no answer is that of the caller', () => {
    const blamed = (statusText: string) => {
      const trace = traceOf(
        server('web', 'POST /pay', { ms: 90, failed: true }, [
          call('web', HOST, 'POST', { at: 5, ms: 60, failed: true, statusText }),
        ]),
      );
      return blamedCallee(trace, 1, faultyCallee(trace, [1], linesBySpan([]), []));
    };
    expect(blamed('getaddrinfo EAI_AGAIN api.partner.example')).toBe('');
    expect(blamed('getaddrinfo ENOTFOUND api.partner.example')).toBe(HOST);
  });

  test('in the line of the code that called, beside a span that says less', () => {
    const line =
      'NameResolutionError("Failed to resolve \'api.partner.example\' ([Errno -3] Temporary failure in name resolution)")';
    expect(failedCall({ statusText: 'Max retries exceeded' }, { line })).toMatchObject({
      fault: 'no-resolver',
      item: { kind: 'log', text: line },
    });
  });

  test('in the name of an exception alone', () => {
    expect(failedCall({ attributes: { 'error.type': 'java.net.UnknownHostException' } })?.fault).toBe('no-name');
  });

  test('in the line of a proxy that names the service', () => {
    const line =
      'rescue{client.addr=10.1.1.4}: Unexpected error error=logical service tiles.geo.svc.cluster.local:8080: route default.http: backend default.service: service in fail-fast';
    const options = { attributes: { 'http.response.status_code': 504 } };
    expect(failedCall(options, { host: 'tiles.geo', line })?.fault).toBe('gone');
  });

  test('a callee that answers 503, 507 or 529 is at fault', () => {
    for (const code of [503, 507, 522, 529])
      expect(failedCall({ attributes: { 'http.response.status_code': code } })).toEqual({
        service: HOST,
        fault: 'answered',
        item: undefined,
      });
  });

  test('a domain that is known only inside is left out, unless it is what does not resolve', () => {
    const host = 'vault.internal';
    expect(failedCall({ statusText: 'socket hang up' }, { host })?.service).toBe('vault');
    expect(failedCall({ statusText: 'getaddrinfo ENOTFOUND vault.internal' }, { host })?.service).toBe(host);
    const ofPart = 'vault.opera.internal';
    expect(failedCall({ statusText: 'socket hang up' }, { host: ofPart })?.service).toBe('vault');
    const machine = 'ip-10-0-3-8.eu-west-1.compute.internal';
    expect(failedCall({ statusText: 'socket hang up' }, { host: machine })?.service).toBe(machine);
  });
});

describe('a proxy that made no span for its call', () => {
  const said = (words: string, upstream: string) =>
    `${words}, client: 203.0.113.9, server: _, request: "GET /pages HTTP/1.1", upstream: "http://${upstream}/pages"`;
  const proxied = (line: string, { status = 504, called = '' } = {}) => {
    const own = { ms: 3000, failed: true, attributes: { 'http.response.status_code': status } };
    const proxy = server('gw', 'GET /pages', own);
    const root =
      called === '' ? proxy : call('web', '', 'GET', { ...own, attributes: { 'server.address': called } }, [proxy]);
    const trace = traceOf(root);
    const at = called === '' ? 0 : 1;
    const logs = [logLine('gw', 2999, line, { spanId: trace.spanId(at), level: 'error' })];
    return faultyCallee(trace, [at], linesBySpan(logs), []);
  };
  const TIMED_OUT = 'upstream timed out (110: Connection timed out) while reading response header from upstream';

  test.each<[CalleeFault, string]>([
    ['late', TIMED_OUT],
    ['gone', 'connect() failed (111: Connection refused) while connecting to upstream'],
    ['gone', 'upstream prematurely closed connection while reading response header from upstream'],
  ])('%s: its line names the upstream: %s', (fault, words) => {
    expect(proxied(said(words, 'pages:8080'))).toMatchObject({ service: 'pages', fault });
    expect(proxied(said(words, '10.2.0.9:8080'))).toMatchObject({ service: '10.2.0.9', fault });
  });

  test('the name by which it was called stands for an address', () => {
    expect(proxied(said(TIMED_OUT, '10.2.0.9:8080'), { called: 'pages' })?.service).toBe('pages');
    expect(proxied(said(TIMED_OUT, '10.2.0.9:8080'), { called: 'www.shop.example' })?.service).toBe('10.2.0.9');
  });

  test('the name of the call stands for an address in the line of its proxy', () => {
    const words = 'recv() failed (104: Connection reset by peer) while reading response header from upstream';
    const failed = { at: 5, ms: 60, failed: true, attributes: { 'http.response.status_code': 502 } };
    const trace = traceOf(server('web', 'GET /', { ms: 70 }, [call('web', 'pages', 'GET', failed)]));
    const line = logLine('gw', 60, said(words, '10.2.0.9:9000'), { spanId: trace.spanId(1), level: 'error' });
    expect(faultyCallee(trace, [1], linesBySpan([line]), [])).toMatchObject({ service: 'pages', fault: 'gone' });
  });

  test('the upstream lost its own span, and what it called names it', () => {
    const cut = 'upstream prematurely closed connection while reading response header from upstream';
    const lost = (line: string, { status = 502, below = [] as SpanNode[] } = {}) => {
      const own = { ms: 900, failed: true, attributes: { 'http.response.status_code': status } };
      const trace = traceOf(server('gw', 'GET /pages', own, [query('pages', 'SELECT ?', { at: 9, ms: 4 }), ...below]));
      const logs = [
        logLine('gw', 899, line, { spanId: '0', level: 'error' }),
        logLine('pages', 896, 'Worker (pid:7) was sent SIGSEGV!'),
      ];
      return faultyCallee(trace, [0], linesBySpan(logs), logs);
    };
    expect(lost(said(cut, '10.2.0.9:8080'))).toMatchObject({ service: 'pages', fault: 'ended' });
    expect(lost(cut)).toBeUndefined();
    expect(lost(said(cut, '10.2.0.9:8080'), { status: 404 })).toBeUndefined();
    const other = [query('auth', 'SELECT ?', { at: 20, ms: 4 })];
    expect(lost(said(cut, '10.2.0.9:8080'), { below: other })).toBeUndefined();
  });

  test('a client that left, an answer, and a line without an upstream blame nobody', () => {
    const left =
      'epoll_wait() reported that client prematurely closed connection, so upstream connection is closed too while reading upstream';
    expect(proxied(said(left, 'pages:8080'))).toBeUndefined();
    expect(proxied(said(TIMED_OUT, 'pages:8080'), { status: 404 })).toBeUndefined();
    expect(proxied('upstream timed out (110: Connection timed out)')).toBeUndefined();
  });
});

describe('innocent words', () => {
  test.each<[string, SpanOptions]>([
    ['within an address', { statusText: 'POST https://api.partner.example/errors/ENOTFOUND?q=ECONNRESET failed' }],
    [
      'of an answer that refuses what a user wrote',
      { statusText: 'unknown domain: NXDOMAIN', attributes: { 'http.response.status_code': 422 } },
    ],
    [
      'of a look-up that found nothing',
      { statusText: 'no such host', attributes: { 'http.response.status_code': 404 } },
    ],
    ['of too many requests', { attributes: { 'http.response.status_code': 429 } }],
    [
      'of a clock that is wrong',
      {
        statusText:
          'x509: certificate has expired or is not yet valid: current time 2020-01-01T00:00:00Z is before 2026-01-01T00:00:00Z',
      },
    ],
    ['of a certificate of the caller that was refused', { statusText: 'remote error: tls: expired certificate' }],
    [
      'of a caller that pings too often',
      {
        statusText:
          'error reading from server: EOF, received prior goaway: code: ENHANCE_YOUR_CALM, debug data: "too_many_pings"',
      },
    ],
    [
      'of an open breaker',
      {
        statusText: "CircuitBreaker 'partner' is OPEN and does not permit further calls",
        attributes: { 'http.response.status_code': 503 },
      },
    ],
    [
      'of a failure that a proxy injected',
      { statusText: 'fault filter abort', attributes: { 'http.response.status_code': 503 } },
    ],
    ['of bad data', { statusText: 'unexpected token < in JSON' }],
  ])('%s', (_, options) => {
    expect(failedCall(options)).toBeUndefined();
  });

  test('an address without a name, and the caller itself, are no services', () => {
    expect(failedCall({ statusText: 'socket hang up' }, { host: '203.0.113.7' })).toBeUndefined();
    expect(failedCall({ statusText: 'socket hang up' }, { host: 'localhost' })).toBeUndefined();
  });

  test('a callee with spans and a store say themselves what happened', () => {
    const trace = traceOf(
      server('web', 'GET /', { ms: 90, failed: true }, [
        call('web', 'stock', 'GET', { ms: 40, failed: true, statusText: 'socket hang up' }, [
          server('stock', 'GET', { ms: 38, failed: true }),
        ]),
        query('web', 'SELECT 1', { at: 50, ms: 20, failed: true, statusText: 'read ECONNRESET' }),
      ]),
    );
    expect([[1], [3]].map((spans) => faultyCallee(trace, spans, linesBySpan([]), []))).toEqual([undefined, undefined]);
  });

  test('a line of the caller is about none of two calls that failed', () => {
    const trace = traceOf(
      server('web', 'GET /', { ms: 90, failed: true }, [
        call('web', HOST, 'GET', { ms: 40, failed: true }),
        call('web', 'other.example', 'GET', { at: 41, ms: 20, failed: true }),
      ]),
    );
    const logs = [logLine('web', 63, 'read ECONNRESET', { spanId: '0', level: 'error' })];
    expect(faultyCallee(trace, [2], linesBySpan(logs), [])).toBeUndefined();
  });

  test('a phone loses its own line', () => {
    const trace = traceOf(
      span('app', 'submit', { ms: 90, failed: true, resource: { 'os.name': 'Android' } }, [
        call('app', HOST, 'POST', {
          ms: 60,
          failed: true,
          statusText: 'Unable to resolve host "api.partner.example": No address associated with hostname',
          resource: { 'os.name': 'Android' },
        }),
      ]),
    );
    expect(faultyCallee(trace, [1], linesBySpan([]), [])).toBeUndefined();
  });
});

describe('a callee whose connection broke', () => {
  const cut: SpanOptions = { statusText: 'connection closed before message completed' };

  test.each([
    'fatal error: concurrent map writes',
    'memory allocation of 8589934592 bytes failed',
    'Fatal Python error: Segmentation fault',
    'free(): invalid pointer',
    'panic: runtime error: invalid memory address or nil pointer dereference',
    'Worker (pid:7) was sent SIGSEGV!',
    'DAMN ! worker 1 (pid: 12) died, killed by signal 11 :( trying respawn ...',
    '[pool www] child 31 exited on signal 11 (SIGSEGV - core dumped) after 12.9 seconds from start',
    'reaped #<Process::Status: pid 31 SIGABRT (signal 6) (core dumped)> worker=0',
    'AH00052: child pid 31 exit signal Bus error (7)',
    'AH00051: child pid 31 exit signal Segmentation fault (11), possible coredump in /tmp',
    'server process (PID 31) was terminated by signal 11: Segmentation fault',
    "Process 'ForkPoolWorker-2' pid:31 exited with 'signal 11 (SIGSEGV)'",
    'billiard.exceptions.WorkerLostError: Worker exited prematurely: signal 11 (SIGSEGV) Job: 4.',
    'tiles.service: Main process exited, code=dumped, status=6/ABRT',
    'App [tiles:0] exited with code [0] via signal [SIGSEGV]',
    'worker 31 died (SIGSEGV). restarting...',
    '[ pid=31, timestamp=1767710000 ] Process aborted! signo=SIGSEGV(11), reason=SEGV_MAPERR',
    'tiles-1 exited with code 139',
    'Supervisor Tiles.Supervisor terminating: shutdown: reached_max_restart_intensity',
    'Application tiles exited: shutdown',
  ])('ended, as its own line says: %s', (text) => {
    expect(failedCall(cut, { host: 'tiles', lastLine: [64, text] })).toMatchObject({
      service: 'tiles',
      fault: 'ended',
      item: { kind: 'log', text },
    });
  });

  test.each([
    ['wrote such a line long before', { host: 'tiles', lastLine: [-9000, 'fatal error: concurrent map writes'] }],
    ['says nothing of the kind', { host: 'tiles', lastLine: [60, 'closing idle connections'] }],
    ['was asked to end', { host: 'tiles', lastLine: [60, 'Worker (pid:7) was sent SIGTERM!'] }],
    ['ended as it should', { host: 'tiles', lastLine: [60, 'reaped #<Process::Status: pid 31 exit 0> worker=0'] }],
    ['got a signal to read its settings', { host: 'tiles', lastLine: [60, 'child 31 exited on signal 1 (SIGHUP)'] }],
    ['speaks of another signal', { host: 'tiles', lastLine: [60, 'worker 7 picked up job 11 (signal 11 dBm)'] }],
  ] as const)('is only gone where it %s', (_, beside) => {
    expect(failedCall(cut, beside)).toMatchObject({ service: 'tiles', fault: 'gone' });
  });

  test('by a type beside a message that says less', () => {
    const options = { statusText: 'socket closed', attributes: { 'error.type': 'Mint.TransportError' } };
    expect(failedCall(options)?.fault).toBe('gone');
    expect(failedCall({ statusText: 'socket closed' })).toBeUndefined();
  });

  test('is the name service where its own line says that it got no answer', () => {
    const options = {
      statusText: 'lookup api.partner.example on 10.96.0.10:53: read udp 10.1.4.7:412->10.96.0.10:53: i/o timeout',
    };
    const text =
      '[ERROR] plugin/errors: 2 api.partner.example. A: read udp 10.1.0.4:50->169.254.169.253:53: i/o timeout';
    const trace = traceOf(
      server('web', 'POST /pay', { ms: 90, failed: true }, [
        call('web', HOST, 'POST', { at: 5, ms: 60, failed: true, ...options }),
      ]),
    );
    const said = [logLine('coredns', 40, text, { level: 'error' })];
    expect(faultyCallee(trace, [1], linesBySpan([]), said)).toMatchObject({ service: 'coredns', fault: 'unresolving' });
    expect(faultyCallee(trace, [1], linesBySpan([]), [])).toMatchObject({ service: HOST, fault: 'no-resolver' });
  });

  test('is known by what it called where its own span was lost', () => {
    const below = [query('sessions', 'SELECT ?', { at: 9, ms: 4 })];
    expect(failedCall(cut, { host: 'sessions', below })).toMatchObject({ service: 'sessions', fault: 'gone' });
  });

  test('did answer where its own span is there', () => {
    expect(failedCall(cut, { host: 'sessions', below: [server('sessions', 'GET /me', { at: 8, ms: 50 })] })).toBe(
      undefined,
    );
  });
});

describe('a call that failed without a word for why', () => {
  const bare: SpanOptions = { attributes: { 'http.response.status_code': 502 } };
  const PANIC = "thread 'main' panicked at src/draw.rs:40:17:";

  test.each<[CalleeFault, string]>([
    ['ended', `${PANIC} index out of bounds`],
    ['ended', 'panic: runtime error: integer divide by zero'],
    ['overdue', '[1] [CRITICAL] WORKER TIMEOUT (pid:42)'],
    ['overdue', 'Task timed out after 29.03 seconds'],
  ])('%s: the line of the callee says it: %s', (fault, text) => {
    const said = { service: 'tiles', fault, item: { kind: 'log', text } };
    expect(failedCall(bare, { host: 'tiles', lastLine: [64, text] })).toMatchObject(said);
    expect(failedCall({}, { host: 'tiles', lastLine: [64, text] })).toMatchObject(said);
  });

  test('also under a name that is spelled otherwise', () => {
    expect(faultOf([logLine('tiles-service', 64, `${PANIC} index out of bounds`)])?.fault).toBe('ended');
    expect(faultOf([logLine('tiles-cache', 64, `${PANIC} index out of bounds`)])).toBeUndefined();
    expect(faultOf([logLine('', 64, `${PANIC} index out of bounds`)])).toBeUndefined();
  });

  test('a message in a line of its own belongs to the panic', () => {
    const message = 'index out of bounds: the len is 4';
    const whole = faultOf([logLine('tiles', 64, PANIC), logLine('tiles', 64, message)]);
    expect(whole?.item?.text).toBe(`${PANIC} ${message}`);
    expect(faultOf([logLine('tiles', 64, PANIC), logLine('web', 64, message)])?.item?.text).toBe(PANIC);
  });

  test.each([
    ['the line is from before the call', { host: 'tiles', lastLine: [-9000, 'panic: nil map'] }],
    ['the callee reports something else', { host: 'tiles', lastLine: [60, 'answered in 12 ms'] }],
    ['the callee was killed, which the memory explains', { host: 'tiles', lastLine: [60, 'was sent SIGKILL!'] }],
  ] as const)('stays a call without a word where %s', (_, beside) => {
    expect(failedCall(bare, beside)).toBeUndefined();
  });

  test('its own words, and the answer that the request is wrong, count more', () => {
    const lastLine = [64, 'panic: nil map'] as const;
    expect(failedCall({ ...bare, statusText: 'unknown currency' }, { host: 'tiles', lastLine })).toBeUndefined();
    const refused = { attributes: { 'http.response.status_code': 422 } };
    expect(failedCall(refused, { host: 'tiles', lastLine })).toBeUndefined();
  });

  function faultOf(logs: readonly ReturnType<typeof logLine>[]) {
    const trace = traceOf(
      server('web', 'GET /map', { ms: 90, failed: true }, [
        call('web', 'tiles', 'GET', { at: 5, ms: 60, failed: true, ...bare }),
      ]),
    );
    return faultyCallee(trace, [1], linesBySpan(logs), logs);
  }
});

/** https://cloud.google.com/appengine/docs/standard/how-instances-are-managed */
const NO_INSTANCE = 'Request was aborted after waiting too long to attempt to service your request.';

test('its platform had no instance of it, whatever status its caller got', () => {
  const status = (code: number) => ({ attributes: { 'http.response.status_code': code } });
  const said = { lastLine: [60, NO_INSTANCE] as const };
  expect(failedCall(status(429), said)?.fault).toBe('no-instance');
  expect(failedCall(status(503), said)?.fault).toBe('no-instance');
  expect(failedCall(status(429))?.fault).toBeUndefined();
  expect(failedCall(status(429), { lastLine: [9000, NO_INSTANCE] })?.fault).toBeUndefined();
});

test('all places of a function are taken, as the code that asked for it says', () => {
  const asked = (line: string) =>
    failedCall({ attributes: { 'http.response.status_code': 429 } }, { host: 'lambda.eu-north-1.amazonaws.com', line });
  expect(asked('Rate Exceeded. Reason: ReservedFunctionConcurrentInvocationLimitExceeded')).toMatchObject({
    service: 'lambda.eu-north-1.amazonaws.com',
    fault: 'no-instance',
  });
  expect(asked('Rate Exceeded. Reason: CallerRateLimitExceeded')).toBeUndefined();
});

test('the platform made the host from the name of the service', () => {
  const at = (host: string, lines: readonly ReturnType<typeof logLine>[]) => {
    const trace = traceOf(
      server('web', 'POST /pay', { ms: 90, failed: true }, [
        call('web', host, 'POST', {
          at: 5,
          ms: 60,
          failed: true,
          attributes: { 'http.response.status_code': 429, 'server.address': host },
        }),
      ]),
    );
    return faultyCallee(trace, [1], linesBySpan([]), lines);
  };
  const none = (service: string) => logLine(service, 60, NO_INSTANCE);
  expect(at('till-q7w2.run.app', [none('till')])).toMatchObject({ service: 'till', fault: 'no-instance' });
  expect(at('till-q7w2.run.app', [none('shop')])).toBeUndefined();
  // Another service has just the name of the label.
  expect(at('till-back.run.app', [none('till'), logLine('till-back', 8, 'ready')])).toBeUndefined();
  expect(at('till-q7w2.tills.example', [none('till')])).toBeUndefined();
});

describe('a callee that only the method of the call names', () => {
  const lastLine = "terminate called after throwing an instance of 'std::bad_variant_access'";
  const ofMethod = (service: string, ms: number, options: SpanOptions = {}) => {
    const attributes = { 'rpc.system': 'grpc', 'rpc.service': 'opera.seats.v1.Plans', 'rpc.grpc.status_code': 14 };
    const trace = traceOf(
      server('web', 'POST /pay', { ms: 90, failed: true }, [
        call('web', '', 'opera.seats.v1.Plans/Draw', { at: 5, ms: 60, failed: true, attributes, ...options }),
      ]),
    );
    return faultyCallee(trace, [1], linesBySpan([]), [logLine(service, ms, lastLine)]);
  };

  test('is that whose process ended during the call', () => {
    expect(ofMethod('seats', 60)).toMatchObject({ service: 'seats', fault: 'ended' });
  });

  test.each([
    ['a process of another name', ofMethod('tickets', 60)],
    ['a process that ended long after', ofMethod('seats', 900)],
    ['its own process', ofMethod('web', 60)],
  ])('is not %s', (_, found) => {
    expect(found).toBeUndefined();
  });
});

describe('a callee whose call has no address', () => {
  const grain = (lines: readonly ReturnType<typeof logLine>[]) => {
    const trace = traceOf(
      server('web', 'GET /count', { ms: 90, failed: true }, [
        call('web', '', 'IYard/Count', { at: 5, ms: 60, failed: true, attributes: { 'rpc.system': 'orleans' } }),
      ]),
    );
    return faultyCallee(
      trace,
      [1],
      linesBySpan([]),
      lines.map((line) => ({ ...line, traceId: trace.traceId })),
    );
  };
  const full = (service: string, ms = 60) =>
    logLine(service, ms, 'yard has 1000 requests, exceeding its limit', { level: 'error' });

  test('is the only other service with a failing line of the request during the call', () => {
    expect(grain([full('host'), full('web')])).toMatchObject({ service: 'host', fault: 'answered' });
  });

  test.each([
    ['two services have one', [full('host'), full('store')]],
    ['the line came afterwards', [full('host', 80)]],
    ['only the caller has one', [full('web')]],
  ])('is unknown where %s', (_, lines) => {
    expect(grain(lines)).toBeUndefined();
  });
});

describe('AWS Lambda says only that the function failed', () => {
  const invoked = (lines: readonly ReturnType<typeof logLine>[]) => {
    const trace = traceOf(
      call('intake', '', 'Lambda.Invoke', {
        ms: 60,
        failed: true,
        statusText: 'Unhandled',
        attributes: { 'faas.invoked_name': 'photos' },
      }),
    );
    return faultyCallee(trace, [0], linesBySpan([]), lines);
  };

  test('then the function is at fault', () => {
    expect(invoked([])).toMatchObject({ service: 'photos', fault: 'answered' });
  });

  test('and its own line says more', () => {
    const line = "Runtime.ImportModuleError: Unable to import module 'app'";
    expect(invoked([logLine('photos', 58, line)])).toMatchObject({ service: 'photos', fault: 'not-started' });
  });
});

test('the host of a cloud begins with the name of the service whose line it is', () => {
  const found = failedCall(
    { attributes: { 'http.response.status_code': 503 } },
    { host: 'reader.workers.example', lastLine: [62, 'Worker exceeded CPU time limit.'] },
  );
  expect(found).toMatchObject({ fault: 'overdue' });
});

test.each([
  ['thumbs', 'wall clock time limit reached', 'overdue'],
  ['thumbs-fn', 'Task timed out after 29.03 seconds', 'overdue'],
  ['thumbs-lambda', "Function execution took 60002 ms, finished with status: 'timeout'", 'overdue'],
  ['thumbs_function', 'Timeout value of 00:05:00 was exceeded by function: Functions.Thumbs', 'overdue'],
  ['thumbs-handler', 'CPU time limit reached. isolate: 7', 'overdue'],
  ['stamps-fn', 'wall clock time limit reached', undefined],
  ['thumbs-fn', 'thumbs are ready', undefined],
])('a function behind a gateway, %s: %s', (service, line, fault) => {
  const trace = traceOf(
    call('app', HOST, 'POST', {
      ms: 60,
      failed: true,
      attributes: { 'url.full': `https://${HOST}/v1/thumbs?w=40`, 'http.response.status_code': 546 },
    }),
  );
  const found = faultyCallee(trace, [0], linesBySpan([]), [logLine(service, 58, line)]);
  expect(found?.fault).toBe(fault);
  if (fault !== undefined) expect(found?.service).toBe(service);
});

test.each<[string, Record<string, string | number>]>([
  ['auth.internal:443', { 'url.full': 'https://auth.internal/t' }],
  ['auth.internal:8443', { 'url.full': 'https://auth.internal:8443/t' }],
  ['auth.internal:9443', { 'server.address': 'auth.internal', 'server.port': 9443 }],
])('the command about a certificate connects to %s', (address, attributes) => {
  const trace = traceOf(
    server('web', 'GET /', { ms: 90, failed: true }, [
      call('web', '', 'GET', { at: 5, ms: 60, failed: true, statusText: 'certificate has expired', attributes }),
    ]),
  );
  const faulty = faultyCallee(trace, [1], linesBySpan([]), []);
  expect(factsOfFault(trace, 1, faulty)).toMatchObject({ calleeFault: 'expired', address });
});
