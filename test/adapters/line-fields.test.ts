/** The fields that a team set for a store's lines: each store asks for them, and its lines have their values. */
import { text as bodyOf } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { cloudWatchLogs } from '#adapters/cloudwatch/logs.ts';
import { settings as cloudWatchSettings } from '#adapters/cloudwatch/settings.ts';
import { datadog } from '#adapters/datadog/client.ts';
import { settings as datadogSettings } from '#adapters/datadog/settings.ts';
import { elasticsearchLogs } from '#adapters/elasticsearch/logs.ts';
import { cloudLogging } from '#adapters/google-cloud/logs.ts';
import { settings as googleSettings } from '#adapters/google-cloud/settings.ts';
import { byFields, type LineFields } from '#adapters/line-fields.ts';
import { loki } from '#adapters/loki/client.ts';
import { settings as lokiSettings } from '#adapters/loki/settings.ts';
import { newRelic } from '#adapters/newrelic/client.ts';
import { settings as newRelicSettings } from '#adapters/newrelic/settings.ts';
import { splunk } from '#adapters/splunk/client.ts';
import { settings as splunkSettings } from '#adapters/splunk/settings.ts';
import { victoriaLogs } from '#adapters/victorialogs/client.ts';
import { settings as victoriaLogsSettings } from '#adapters/victorialogs/settings.ts';
import { logBody } from '#decode/log-body.ts';
import type { LogQuery, LogSource } from '#gather/sources.ts';
import { awsAnswer, awsAt } from '#test/aws-services.ts';
import { datadogAt, jsonAnswer } from '#test/datadog-api.ts';
import { later } from '#test/later.ts';
import { newRelicAt, rowsAnswer } from '#test/newrelic-api.ts';
import { type Recorded, replay, startRecordedServer } from '#test/recorded-server.ts';
import { rowsAnswer as splunkAnswer, splunkAt } from '#test/splunk-api.ts';
import { logRows } from '#test/victorialogs-api.ts';

const TRACE_ID = '673f2a2800000000a3ce929d0e0e4736';
const AT_MS = Date.UTC(2026, 0, 6, 14, 30);
const ISO = new Date(AT_MS).toISOString();
const QUERY: LogQuery = {
  by: 'trace-field',
  traceId: TRACE_ID,
  ...{ services: ['cart'], fromUs: (AT_MS - 60_000) * 1e3, toUs: (AT_MS + 60_000) * 1e3, limit: 10 },
};
const FIELDS: LineFields = { traceField: 'correlation', levelField: 'grade' };
/** A store that has the usual names as well, with other values: the set ones count. */
const SAID = { correlation: TRACE_ID, grade: 'warn' };
const JSON_LINE = JSON.stringify({ message: 'no stock', ...SAID });

type Store = Readonly<{
  open(url: URL, set: LineFields): LogSource | undefined;
  /** `asked`: the body of the request, or its search. */
  answer(asked: string): Recorded;
  fields?: LineFields;
  /** Whether its own count of lines uses the field of the level. */
  counts?: true;
}>;

const lokiStore = (values: readonly unknown[]): Store => ({
  open: (url, set) => loki({ url, ...set }),
  answer: () =>
    jsonAnswer({ status: 'success', data: { resultType: 'streams', result: [{ stream: { app: 'cart' }, values }] } }),
  counts: true,
});

const splunkStore = (row: object): Store => ({
  open: (url, set) => splunk({ ...splunkAt(url), ...set }),
  answer: () => splunkAnswer([{ spanhound_time: `${AT_MS / 1_000}.000`, 'service.name': 'cart', ...row }]),
  counts: true,
});

const googleStore = (entry: object, fields: LineFields): Store => ({
  open: (url, set) => cloudLogging({ url, projects: ['p1'], accessToken: async () => 't', ...set }),
  answer: () => jsonAnswer({ entries: [{ timestamp: ISO, ...entry }] }),
  fields,
});

const NS = `${AT_MS}000000`;

const STORES: Readonly<Record<string, Store>> = {
  'Elasticsearch, and Sematext': {
    open: (url, set) => elasticsearchLogs({ url, indices: 'logs-*', timeField: '@timestamp', ...set }),
    answer() {
      const hits = [{ _source: { message: 'no stock', level: 'info', ...SAID }, fields: { '@timestamp': [ISO] } }];
      return jsonAnswer({ timed_out: false, _shards: { total: 1, failed: 0 }, hits: { hits } });
    },
    counts: true,
  },
  'Splunk, fields beside the line': splunkStore({ _raw: 'no stock', level: 'info', trace_id: 'f00d', ...SAID }),
  'Splunk, fields in the line': splunkStore({ _raw: `no stock correlation=${TRACE_ID} grade=warn` }),
  VictoriaLogs: {
    open: (url, set) => victoriaLogs({ url, ...set }),
    answer: () => logRows([{ _time: ISO, _msg: 'no stock', level: 'info', ...SAID }]),
    counts: true,
  },
  'Amazon CloudWatch': {
    open: (url, set) =>
      cloudWatchLogs({
        ...awsAt(url),
        ...{ groups: ['/ecs/shop'], clock: { sleep: async () => undefined, nowUs: () => AT_MS * 1e3 }, ...set },
      }),
    answer(asked) {
      if (asked.includes('queryString')) return awsAnswer({ queryId: 'q' });
      const row = { '@timestamp': ISO.replace('T', ' ').slice(0, -1), '@message': JSON_LINE, '@log': '1:/ecs/cart' };
      const results = [Object.entries(row).map(([field, value]) => ({ field, value }))];
      return awsAnswer({ status: 'Complete', results });
    },
    counts: true,
  },
  'Google Cloud Logging, a payload': googleStore(
    { severity: 'INFO', trace: 'projects/p1/traces/f00d', jsonPayload: { message: 'no stock', ...SAID } },
    { traceField: 'jsonPayload.correlation', levelField: 'jsonPayload.grade' },
  ),
  'Google Cloud Logging, labels': googleStore(
    { textPayload: 'no stock', labels: { 'acme/correlation': TRACE_ID, grade: 'warn' } },
    { traceField: 'labels."acme/correlation"', levelField: 'labels.grade' },
  ),
  'Loki, metadata': lokiStore([[NS, 'no stock', { structuredMetadata: { ...SAID, trace_id: 'f00d' } }]]),
  'Loki, a line of JSON': lokiStore([[NS, JSON_LINE]]),
  'Loki, a line of logfmt': lokiStore([[NS, `msg="no stock" correlation=${TRACE_ID} grade=warn`]]),
  Datadog: {
    open: (url, set) => datadog({ ...datadogAt(url), ...set }).logs,
    answer() {
      const attributes = { timestamp: ISO, message: 'no stock', status: 'info', service: 'cart', attributes: SAID };
      return jsonAnswer({ data: [{ attributes }], meta: { status: 'done' } });
    },
  },
  'New Relic': {
    open: (url, set) => newRelic({ ...newRelicAt(url), ...set }).logs,
    answer: () => rowsAnswer({ asked: [{ timestamp: AT_MS, message: 'no stock', level: 'info', ...SAID }] }),
    counts: true,
  },
};

async function against(
  { open, answer }: Store,
  set: LineFields,
  use: (source: LogSource, asked: readonly string[]) => Promise<void>,
): Promise<void> {
  const asked: string[] = [];
  await using server = await startRecordedServer(({ search }) => async (response, request) => {
    const body = `${search} ${await bodyOf(request)}`;
    asked.push(decodeURIComponent(body.replaceAll('+', ' ').replace(/%(?![\dA-F]{2})/gi, '%25')));
    await replay(answer(body))(response, request);
  });
  const source = open(server.url, set);
  if (source === undefined) throw new Error('the adapter reads no lines');
  await use(source, asked);
}

describe('lines whose trace id and level have names of their own', () => {
  test.each(Object.entries(STORES))('%s', async (_, store) => {
    const { traceField = '', levelField = '' } = { ...FIELDS, ...store.fields };
    await against(store, { traceField, levelField }, async (source, asked) => {
      const body = logBody('loki-json', source.name);
      for await (const chunk of (await source.openLogs(QUERY, later())).chunks) body.push(chunk);
      expect(body.end()).toMatchObject([{ traceId: TRACE_ID, level: 'warn', line: expect.stringMatching('no stock') }]);
      expect(asked.join('').replaceAll('\\', '')).toContain(traceField);
      expect(asked.join('')).not.toMatch(/trace[._]?id\W/i);
      const { queries = [] } = (await source.statistics?.findMetrics({ ...QUERY, services: ['cart'] }, later())) ?? {};
      if (store.counts && source.name !== 'victorialogs')
        expect(queries.map(({ text }) => text).join('\n')).toContain(levelField);
    });
  });

  test('a line without them has what the usual names say', () => {
    const line = { ns: '1', labels: { trace_id: 'f00d', level: 'error' }, line: '{"message":"no stock"}' };
    expect(byFields(FIELDS, line)).toEqual(line);
    expect(byFields({}, { ...line, line: JSON_LINE })).toEqual({ ...line, line: JSON_LINE });
  });

  test.each([
    ['grade=warn', 'warn'],
    ['upgrade=now grade="very bad" x=1', 'very bad'],
    ['[grade=warn] no stock', 'warn'],
    ['grade= correlation=', undefined],
    ['grade="', undefined],
    ['{"grade": {"a": 1}}', undefined],
    ['{"grade": 40}', '40'],
    ['{"grade": "warn"', undefined],
    ['upgrade=now', undefined],
  ])('in the line %s', (line, level) => {
    expect(byFields(FIELDS, { ns: '1', labels: {}, line }).labels.level).toBe(level);
  });
});

test('each store takes both settings under names of the same form', () => {
  const all = {
    cloudWatchSettings,
    datadogSettings,
    lokiSettings,
    newRelicSettings,
    splunkSettings,
    victoriaLogsSettings,
  };
  for (const [own] of Object.values(all).map((one) => Object.values(one))) {
    expect(own?.traceField.parse('mdc.correlation')).toBe('mdc.correlation');
    expect(own?.levelField.safeParse('a | b').success).toBe(false);
  }
  expect(googleSettings.googleCloud.logTraceField.parse('jsonPayload.correlation')).toBe('jsonPayload.correlation');
});
