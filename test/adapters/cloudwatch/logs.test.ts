/** What CloudWatch Logs Insights is asked, as its documentation describes it, and what its answers mean. */
import { describe, expect, test } from 'vitest';
import { conditionsOf, TRACE_FIELDS } from '#adapters/cloudwatch/insights.ts';
import { type CloudWatchLogsOptions, cloudWatchLogs } from '#adapters/cloudwatch/logs.ts';
import { metricsBody } from '#decode/metrics-json.ts';
import { pagedLogSource } from '#gather/log-pages.ts';
import type { LogQuery, LogSource } from '#gather/sources.ts';
import { type AskedAws, answeringAws, awsAnswer, awsAt, awsError } from '#test/aws-services.ts';
import { textOf } from '#test/bytes.ts';
import { eventually } from '#test/eventually.ts';
import { testHttpSource } from '#test/http-source-contract.ts';
import { later } from '#test/later.ts';
import { linesFrom } from '#test/lines-from.ts';
import { hang, type Recorded, type Reply, refuse, startRecordedServer } from '#test/recorded-server.ts';

const TRACE_ID = '5759e988bd862e3fe1be46a994272793';
const FROM_US = Date.UTC(2026, 0, 6, 14, 30) * 1_000;
const WINDOW = { services: [], fromUs: FROM_US, toUs: FROM_US + 60_000_000, limit: 100 };
const OF_TRACE: LogQuery = { by: 'trace-field', traceId: TRACE_ID, ...WINDOW };
const GROUPS = ['/ecs/cart', '/aws/lambda/checkout'];
/** No wait takes time. */
const CLOCK = { sleep: async () => undefined, nowUs: () => FROM_US };

type Answering = (one: AskedAws) => Recorded | Reply;

async function against<T>(
  answer: Answering,
  use: (source: LogSource, asked: readonly AskedAws[]) => Promise<T>,
  options: Partial<CloudWatchLogsOptions> = {},
): Promise<T> {
  const asked: AskedAws[] = [];
  await using server = await startRecordedServer(answeringAws(asked, answer));
  return await use(cloudWatchLogs({ ...awsAt(server.url), groups: GROUPS, clock: CLOCK, ...options }), asked);
}

const row = (fields: Readonly<Record<string, string>>) =>
  Object.entries({ ...fields, '@ptr': 'CmEKJg' }).map(([field, value]) => ({ field, value }));

/** A query that runs for one look. */
function withRows(rows: readonly object[]): Answering {
  let looks = 0;
  return ({ action }) => {
    if (action === 'StartQuery') return awsAnswer({ queryId: '12ab3456-12ab-123a-789e-1234567890ab' });
    looks += 1;
    return awsAnswer(looks === 1 ? { status: 'Running', results: [] } : { status: 'Complete', results: rows });
  };
}

const ROWS = [
  row({
    '@timestamp': '2026-01-06 14:30:01.250',
    '@message':
      '{"level":"error","trace_id":"5759e988bd862e3fe1be46a994272793","message":"could not lock the items"}\n',
    '@log': '123456789012:/ecs/cart',
    '@logStream': 'cart/app/9f2',
    spanhound_service: 'cart',
  }),
  row({
    '@timestamp': '2026-01-06 14:30:02.000',
    '@message': 'REPORT RequestId: 1 XRAY TraceId: 1-5759e988-bd862e3fe1be46a994272793 Duration: 3 ms',
    '@log': '123456789012:/aws/lambda/checkout',
  }),
  row({ '@message': 'without a time' }),
];

testHttpSource('Amazon CloudWatch Logs', {
  // Of both requests: the query, and its rows.
  answer: awsAnswer({ queryId: '12ab3456', status: 'Complete', results: ROWS }),
  readsWhole: true,
  lacks: ['token', 'user'],
  connect({ url, headers, timeoutMs, maxBytes }) {
    const source = cloudWatchLogs({ ...awsAt(url), headers, timeoutMs, maxBytes, groups: GROUPS, clock: CLOCK });
    return { ask: (signal) => source.openLogs(OF_TRACE, signal), check: (signal) => source.check(signal) };
  },
});

describe('lines of CloudWatch', () => {
  test('have service, level, ids and place; without a field, the log group names the service', () =>
    against(withRows(ROWS), async (source) => {
      const lines = await linesFrom(source, OF_TRACE);
      expect(lines.map(({ service, level, traceId, timeNs }) => [service, level, traceId, timeNs])).toEqual([
        ['cart', 'error', TRACE_ID, '1767709801250000000'],
        ['checkout', expect.anything(), TRACE_ID, '1767709802000000000'],
      ]);
      expect(lines[0]?.labels).toMatchObject({ log_group: '123456789012:/ecs/cart', log_stream: 'cart/app/9f2' });
    }));

  test('are asked for by a signed query, until it has ended', () =>
    against(withRows(ROWS), async (source, asked) => {
      await linesFrom(source, OF_TRACE);
      expect(asked.map(({ action }) => action)).toEqual(['StartQuery', 'GetQueryResults', 'GetQueryResults']);
      const [start] = asked;
      if (start === undefined) throw new Error('nothing was asked');
      const { json, headers } = start;
      expect(headers).toMatchObject({
        'x-amz-target': 'Logs_20140328.StartQuery',
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-date': '20260106T143000Z',
        'x-amz-security-token': 't0ken',
        authorization: expect.stringMatching(
          /^AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE\/20260106\/eu-west-1\/logs\/aws4_request, SignedHeaders=\S*content-type;host;\S*x-amz-target, Signature=[0-9a-f]{64}$/,
        ),
      });
      expect(json).toEqual({
        logGroupIdentifiers: GROUPS,
        startTime: 1_767_709_800,
        endTime: 1_767_709_860,
        queryString: expect.stringContaining('| sort @timestamp asc | limit 100'),
        limit: 100,
      });
      expect(json.queryString).toContain(
        'toMillis(@timestamp) >= 1767709800000 and toMillis(@timestamp) <= 1767709860000',
      );
      expect(asked[1]?.json).toEqual({ queryId: '12ab3456-12ab-123a-789e-1234567890ab' });
    }));

  const ids = `["${TRACE_ID}"]`;
  const fields = ['trace_id', 'traceId', 'trace.id', 'traceid', 'otelTraceID', 'TraceId'];
  test.each<[LogQuery, string]>([
    [{ by: 'service', ...WINDOW }, ''],
    [{ by: 'text', text: 'order-4711', ...WINDOW }, ' | filter @message like "order-4711"'],
    [{ by: 'text', text: 'x" | stats count(*)', ...WINDOW }, ' | filter @message like "x\\" | stats count(*)"'],
    [{ by: 'text', text: 'C:\\new\\', ...WINDOW }, ' | filter @message like "C:\\\\new\\\\"'],
    [{ by: 'text', text: 'two\nlines', ...WINDOW }, ' | filter (@message like "two" and @message like "lines")'],
    [{ by: 'any-text', texts: ['a', 'b'], ...WINDOW }, ' | filter (@message like "a" or @message like "b")'],
    [
      { by: 'words', words: ['lock', 'late'], ...WINDOW },
      ' | filter @message like "lock" | filter @message like "late"',
    ],
    [
      { by: 'field', names: ['request_id', 'x-request`-id'], values: ['7', '8'], ...WINDOW },
      ' | filter (request_id in ["7", "8"] or `x-request-id` in ["7", "8"])',
    ],
    [
      OF_TRACE,
      ` | filter (${fields.map((name) => `${name} in ${ids}`).join(' or ')} or @message like "1-5759e988-bd862e3fe1be46a994272793")`,
    ],
    [
      { by: 'service', ...WINDOW, services: ['cart'] },
      ' | filter spanhound_service in ["cart"] or (not ispresent(spanhound_service) and @log like "/cart")',
    ],
  ])('are asked for in the language of Insights, from whose quotes no value breaks out: %#', (query, filters) => {
    expect(conditionsOf(query, { services: ['team', 'app-name'], traces: TRACE_FIELDS })).toBe(
      `fields coalesce(team, \`app-name\`) as spanhound_service${filters}`,
    );
  });

  test('any text stays in its quotes', () => {
    for (const text of ['"', '\\', '\\"', '\\\\"', '"\\', 'a\\', '\u0000"', '`"`', '\ud800"']) {
      const literal = /^fields coalesce\(a\) as spanhound_service \| filter @message like ("(?:[^"\\]|\\["\\])*")$/;
      expect(conditionsOf({ by: 'text', text, ...WINDOW }, { services: ['a'], traces: [] })).toMatch(literal);
    }
  });

  test('come in pages, each from the last instant of the one before', async () => {
    const many = Array.from({ length: 1_500 }, (_, at) =>
      row({
        '@timestamp': new Date(FROM_US / 1_000 + at).toISOString().replace('T', ' ').replace('Z', ''),
        '@message': `line ${at}`,
      }),
    );
    let from = 0;
    const answer: Answering = ({ action, json }) => {
      if (action === 'StartQuery') {
        from = Number(/>= (\d+)/.exec(`${json.queryString}`)?.[1]) - FROM_US / 1_000;
        return awsAnswer({ queryId: 'q' });
      }
      return awsAnswer({ status: 'Complete', results: many.slice(from, from + 1_000) });
    };
    await against(answer, async (source, asked) => {
      const text = await textOf((await pagedLogSource(source).openLogs({ ...OF_TRACE, limit: 5_000 }, later())).chunks);
      expect(new Set(text.match(/line \d+/g)).size).toBe(1_500);
      expect(asked.filter(({ action }) => action === 'StartQuery')).toHaveLength(2);
    });
  });

  test('open in the console, and so do those of a trace', () =>
    against(withRows(ROWS), async (source) => {
      const { query } = await source.openLogs(OF_TRACE, later());
      expect(query.url).toMatch(
        /^https:\/\/eu-west-1\.console\.aws\.amazon\.com\/cloudwatch\/home\?region=eu-west-1#logsV2:logs-insights\$3FqueryDetail\$3D~\(end~'2026-01-06T14\*3a31/,
      );
      expect(query.url).toContain("source~(~'*2fecs*2fcart~'*2faws*2flambda*2fcheckout))");
      expect(source.links.logs).toContain('{traceId}');
    }));

  test('a query that nobody waits for is stopped', async () => {
    const caller = new AbortController();
    const answer: Answering = ({ action }) => {
      if (action === 'StartQuery') return awsAnswer({ queryId: 'q' });
      if (action === 'StopQuery') return awsAnswer({ success: true });
      caller.abort();
      return awsAnswer({ status: 'Running' });
    };
    await against(answer, async (source, asked) => {
      await expect(source.openLogs(OF_TRACE, caller.signal)).rejects.toMatchObject({ code: 'SH_UNREACHABLE' });
      await eventually(() => asked.find(({ action, json }) => action === 'StopQuery' && json.queryId === 'q'));
    });
  });

  test('nothing is waited for longer than the caller waits', async () => {
    await against(hang, async (source) => {
      await expect(source.openLogs(OF_TRACE, AbortSignal.timeout(30))).rejects.toThrow(/timed out$/);
    });
    const credentials = () => new Promise<never>(() => undefined);
    await against(
      withRows([]),
      async (source) => {
        await expect(source.openLogs(OF_TRACE, AbortSignal.timeout(30))).rejects.toThrow(/timed out$/);
      },
      { credentials },
    );
  });
});

describe('an answer of CloudWatch that is no line', () => {
  const started: Answering = () => awsAnswer({ queryId: 'q' });
  const results =
    (answer: Recorded | Reply): Answering =>
    (one) =>
      one.action === 'StartQuery' ? started(one) : answer;

  test.each<[string, Answering, object]>([
    ['no rights', () => awsError('AccessDeniedException', 'User: arn:… is not authorized'), { status: 403 }],
    ['an unknown key', () => awsError('com.amazon#UnrecognizedClientException', 'token is invalid'), { status: 403 }],
    ['a wrong secret', () => awsError('InvalidSignatureException', 'does not match'), { status: 403 }],
    ['a limit of requests', () => awsError('ThrottlingException', 'Rate exceeded'), { status: 429, retryable: true }],
    ['too many queries', () => awsError('LimitExceededException', 'too many'), { status: 429, retryable: true }],
    ['no such group', () => awsError('ResourceNotFoundException', 'does not exist'), { status: 400 }],
    ['a code in a header', () => refuse(400, { 'x-amzn-errortype': 'ThrottlingException:' }, '{}'), { status: 429 }],
    ['404', () => refuse(404, {}, '{}'), { status: 404 }],
    ['429', () => refuse(429, { 'retry-after': '2' }), { status: 429, retryAfterMs: 2_000 }],
    ['a failure', () => awsError('InternalFailure', 'try again', 500), { status: 500, retryable: true }],
    ['503 of a proxy', () => refuse(503, {}, 'upstream'), { status: 503, retryable: true }],
    ['a page', () => refuse(200, { 'content-type': 'text/html' }, '<p>'), { code: 'SH_NOT_A_BACKEND' }],
    ['other JSON', () => awsAnswer([1]), { code: 'SH_NOT_A_BACKEND' }],
    ['no JSON', () => refuse(200, {}, '{"queryId":'), { code: 'SH_NOT_A_BACKEND' }],
    ['no id', () => awsAnswer({ queryId: 7 }), { code: 'SH_NOT_A_BACKEND' }],
    ['rows of another form', results(awsAnswer({ status: 'Complete', results: [7] })), { code: 'SH_NOT_A_BACKEND' }],
    ['a query that failed', results(awsAnswer({ status: 'Failed' })), { message: expect.stringContaining('Failed') }],
    ['a query that timed out', results(awsAnswer({ status: 'Timeout' })), { code: 'SH_BACKEND', retryable: false }],
    ['results that are gone', results(awsError('ResourceNotFoundException', 'no query')), { status: 400 }],
  ])('%s', (_, answer, error) =>
    against(answer, async (source) => {
      await expect(source.openLogs(OF_TRACE, later())).rejects.toMatchObject(error);
    }),
  );

  test('is read no further than the cap', () =>
    against(
      withRows([row({ '@timestamp': '2026-01-06 14:30:01.250', '@message': 'x'.repeat(50_000) })]),
      async (source) => {
        await expect(source.openLogs(OF_TRACE, later())).rejects.toMatchObject({ code: 'SH_TOO_LARGE' });
      },
      { maxBytes: 10_000 },
    ));

  test('a redirect is not followed', () =>
    against(
      () => refuse(302, { location: 'https://login.example/?token=s3cret' }),
      async (source) => {
        await expect(source.openLogs(OF_TRACE, later())).rejects.toMatchObject({
          status: 302,
          advice: expect.stringMatching(/https:\/\/login\.example(?!.*s3cret)/),
        });
      },
    ));

  test('without credentials, nothing is asked', () =>
    against(
      withRows([]),
      async (source, asked) => {
        await expect(source.openLogs(OF_TRACE, later())).rejects.toThrow('there are no AWS credentials');
        expect(asked).toEqual([]);
        expect(await source.check(later())).toMatchObject({
          ok: false,
          remedy: expect.stringContaining('AWS_ACCESS_KEY_ID'),
        });
      },
      { credentials: () => Promise.reject(new Error('Could not load credentials from any providers')) },
    ));
});

describe('the check', () => {
  test('names the newest line', () =>
    against(withRows([row({ '@timestamp': '2026-01-06 14:29:58.000' })]), async (source, asked) => {
      expect(await source.check(later())).toEqual({
        ok: true,
        detail: '2 log groups in eu-west-1; the newest line is of 2026-01-06T14:29:58.000Z',
        remedy: '',
      });
      expect(asked[0]?.json).toMatchObject({ startTime: 1_767_708_900, endTime: 1_767_709_800, limit: 1 });
    }));

  test('says where there is no line', () =>
    against(withRows([]), async (source) => {
      expect(await source.check(later())).toMatchObject({
        ok: true,
        detail: expect.stringContaining('no line of the last'),
      });
    }));

  test.each([
    ['AccessDeniedException', /^Allow logs:StartQuery/],
    ['UnrecognizedClientException', /AWS_ACCESS_KEY_ID/],
    ['InvalidSignatureException', /clock of this machine/],
    ['ExpiredTokenException', /expired/],
    ['ResourceNotFoundException', /CLOUDWATCH_LOG_GROUPS.*eu-west-1/],
  ])('%s has a remedy', (code, remedy) =>
    against(
      () => awsError(code, 'no'),
      async (source) => {
        expect(await source.check(later())).toMatchObject({ ok: false, remedy: expect.stringMatching(remedy) });
      },
    ),
  );
});

describe('counts of lines', () => {
  const SEARCH = { services: ['cart'], fromUs: FROM_US, toUs: FROM_US + 120_000_000 };
  const counted = (time: string, lines: string, fields: Readonly<Record<string, string>>) =>
    row({ 'bin(60s)': `2026-01-06 ${time}.000`, spanhound_lines: lines, '@log': '1:/ecs/cart', ...fields });

  test('are those of each service and level, by the minute', () =>
    against(
      withRows([
        counted('14:30:00', '120', { spanhound_level: 'info' }),
        counted('14:30:00', '60', { spanhound_level: 'error', spanhound_service: 'cart' }),
        counted('14:31:00', '30', { spanhound_level: 'fatal', spanhound_service: 'pay' }),
        row({ 'bin(60s)': 'never', spanhound_lines: 'many' }),
      ]),
      async ({ statistics }, asked) => {
        const [query] = (await statistics?.findMetrics(SEARCH, later()))?.queries ?? [];
        if (statistics === undefined || query === undefined) throw new Error('nothing is counted');
        const decoder = metricsBody('cloudwatch');
        for await (const chunk of (await statistics.openMetrics(query, later())).chunks) decoder.push(chunk);
        expect(decoder.end().map(({ name, labels, values }) => [name, labels.service, [...values]])).toEqual([
          ['service:log_lines', 'cart', [3, 0]],
          ['service:log_errors', 'cart', [1, 0]],
          ['service:log_lines', 'pay', [0, 0.5]],
          ['service:log_errors', 'pay', [0, 0.5]],
        ]);
        expect(asked[0]?.json).toMatchObject({ startTime: 1_767_709_800, endTime: 1_767_709_919, limit: 10_000 });
        expect(asked[0]?.json.queryString).toContain('| stats count(*) as spanhound_lines by bin(60s), @log,');
      },
    ));

  test('are none where there are too many', () =>
    against(withRows(Array.from({ length: 10_000 }, () => counted('14:30:00', '1', {}))), async ({ statistics }) => {
      const [query] = (await statistics?.findMetrics(SEARCH, later()))?.queries ?? [];
      if (statistics === undefined || query === undefined) throw new Error('nothing is counted');
      await expect(statistics.openMetrics(query, later())).rejects.toThrow('more than 10,000 combinations');
    }));
});
