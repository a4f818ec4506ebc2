import { describe, expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import { whyAborted } from '#core/deadline.ts';
import { BackendError, UnreachableError } from '#core/errors.ts';
import { guardMetricSource } from '#gather/guard.ts';
import type { MetricQuery, MetricSearch, MetricSource } from '#gather/sources.ts';
import type { Gap } from '#model/finding/gap.ts';
import { later } from '#test/later.ts';
import { METRICS_WINDOW, series } from '#test/metrics.ts';
import { patientClock } from '#test/patient-clock.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { gatherMetrics } from '#workflows/evidence/gather-metrics.ts';

const { fromUs, toUs } = METRICS_WINDOW;
const OF_CHECKOUT = { services: ['checkout', 'checkout'], fromUs, toUs };
const DAY_US = 86_400_000_000;

const CPU = series('pod_cpu_usage_percent', { service: 'checkout', pod: 'checkout-0' }, (minute) =>
  minute < 2 ? 30 : 97,
);

type Asked = Readonly<{ searches: MetricSearch[]; queries: MetricQuery[] }>;

/** `answers`: by the text of the question, its body or its failure. */
function storeOf(
  answers: Readonly<Record<string, string | Error>>,
  { warnings = [] }: { warnings?: readonly string[] } = {},
): Readonly<{ source: MetricSource; asked: Asked }> {
  const asked: Asked = { searches: [], queries: [] };
  const source: MetricSource = {
    name: 'prometheus',
    async findMetrics(search) {
      asked.searches.push(search);
      const failure = answers[''];
      if (failure instanceof Error) throw failure;
      const texts = Object.keys(answers);
      return {
        queries: texts.map((text) => ({ text, fromUs: search.fromUs, toUs: search.toUs, stepSeconds: 60 })),
        warnings,
      };
    },
    async openMetrics(query) {
      asked.queries.push(query);
      const answer = answers[query.text] ?? '';
      if (answer instanceof Error) throw answer;
      const chunks = (async function* () {
        yield Buffer.from(query.fromUs < fromUs - DAY_US / 2 ? '[]' : answer);
      })();
      return { source: 'prometheus', format: 'prometheus-json', query: { text: query.text, url: '' }, chunks };
    },
    check: async () => ({ ok: true, detail: '', remedy: '' }),
  };
  return { source: guardMetricSource(source, { retries: 0 }), asked };
}

async function gathered(source: MetricSource, of = OF_CHECKOUT) {
  const session = openSession({
    thresholds: {},
    links: { trace: '', span: '', logs: '', runbooks: '' },
    maxClockSkewUs: 0,
    evidence: { maxBytes: 10_000_000 },
  });
  const gaps: Gap[] = [];
  const watched = {
    ...session,
    gap: (gap: Gap) => {
      gaps.push(gap);
      session.gap(gap);
    },
  };
  const found = await gatherMetrics({ metricSources: [source], clock: patientClock, signal: later() }, watched, of);
  const { files } = await session.evidence();
  const [only] = await session.reports({ window: { kind: 'window', service: 'checkout', fromUs, toUs } });
  await session.close();
  return { ...found, gaps, files, report: only?.report };
}

describe('metrics of a window', () => {
  test('are queried for the last hour, once per service, and for earlier days if they exist', async () => {
    const { source, asked } = storeOf({ cpu: JSON.stringify([CPU]), nothing: '[]' });
    const { items, report } = await gathered(source);
    expect(items).toBe(1);
    expect(asked.searches).toEqual([{ services: ['checkout'], fromUs: fromUs - 3_600_000_000, toUs, sinceUs: fromUs }]);
    expect(asked.queries.map(({ text, toUs: us }) => [text, (us - toUs) / DAY_US])).toEqual([
      ['cpu', 0],
      ['nothing', 0],
      ['cpu', -1],
      ['cpu', -7],
    ]);
    expect(report?.diagnosis).toMatchObject({ service: 'checkout', verdict: expect.stringContaining('97 %') });
  });

  test('are kept as one list, which gives the same answer again', async () => {
    const { source } = storeOf({
      cpu: JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [CPU] } }),
    });
    const { files, report } = await gathered(source);
    expect(files.map(({ path, query }) => [path, query])).toEqual([['metrics.json', 'cpu']]);
    const text = Buffer.from(files[0]?.bytes ?? []).toString();
    expect(JSON.parse(text)).toEqual([CPU]);
    const again = await gathered(storeOf({ cpu: text }).source);
    expect(again.report?.diagnosis).toEqual(report?.diagnosis);
  });

  test('a question that fails costs only itself, and says so once', async () => {
    const down = new BackendError('prometheus', 503, 'api/v1/query_range', {
      reason: 'too busy',
      retryAfterMs: undefined,
    });
    const { items, gaps, failure } = await gathered(storeOf({ cpu: JSON.stringify([CPU]), memory: down }).source);
    expect(items).toBe(1);
    expect(failure).toBe(down);
    expect(gaps).toEqual([
      { source: 'prometheus', problem: expect.stringContaining('503'), consequence: 'not all metrics were looked at' },
    ]);
  });

  test('gaps name a store that is down, a store without data, and omitted series', async () => {
    const gone = new UnreachableError('prometheus', 'the connection was refused');
    const nothing = { source: 'prometheus', consequence: 'no metric was looked at' };
    expect((await gathered(storeOf({ '': gone }).source)).gaps).toEqual([
      { ...nothing, problem: 'did not answer: the connection was refused' },
    ]);
    expect((await gathered(storeOf({}).source)).gaps).toEqual([
      { ...nothing, problem: 'has no known metrics of checkout' },
    ]);
    const cut = storeOf({ cpu: JSON.stringify([CPU]) }, { warnings: ['results truncated due to limit'] });
    expect((await gathered(cut.source)).gaps).toEqual([
      expect.objectContaining({ problem: 'results truncated due to limit' }),
    ]);
  });

  describe('that a log store counts itself', () => {
    const LACK = 'nobody counted them';
    const lines = (answer: string | Error) => {
      const { source, asked } = storeOf({ counted: answer });
      const { findMetrics, openMetrics } = source;
      return { logSources: [{ name: 'loki', statistics: { findMetrics, openMetrics, lack: LACK } }], asked };
    };
    const ERRORS = series('service:log_errors', { service: 'checkout' }, (minute) => (minute < 2 ? 0 : 3));

    async function gatheredFrom({ logSources }: Pick<ReturnType<typeof lines>, 'logSources'>) {
      const session = openSession({
        thresholds: {},
        links: { trace: '', span: '', logs: '', runbooks: '' },
        maxClockSkewUs: 0,
      });
      const found = await gatherMetrics({ logSources, clock: patientClock, signal: later() }, session, OF_CHECKOUT);
      const [only] = await session.reports({ window: { kind: 'window', service: 'checkout', fromUs, toUs } });
      await session.close();
      return { found, findings: only?.report.findings ?? [], gaps: only?.report.gaps ?? [] };
    }

    test('earlier days are not asked for, and it is no metric of anybody', async () => {
      const store = lines(JSON.stringify([ERRORS]));
      const { found, findings } = await gatheredFrom(store);
      expect(store.asked.queries.map(({ text }) => text)).toEqual(['counted']);
      expect(found).toEqual({ items: 0 });
      expect(findings.map(({ title }) => title)).toEqual([expect.stringContaining('errors logged a second is 3')]);
    });

    test('a store that cannot count is recognised by its missing answer', async () => {
      const { logSources } = lines('[]');
      const [{ statistics: spoken }] = logSources as [(typeof logSources)[number]];
      const silent = [{ name: 'tempo', statistics: { ...spoken, nothing: 'counted nothing' } }];
      const gap = { source: 'tempo', problem: 'counted nothing', consequence: LACK };
      expect((await gatheredFrom({ logSources: silent })).gaps).toContainEqual(gap);
      expect((await gatheredFrom({ logSources })).gaps).not.toContainEqual(
        expect.objectContaining({ consequence: LACK }),
      );
    });

    test('it is kept in the form of all metrics, whoever counted', async () => {
      const answer = {
        series: [
          {
            labels: [
              { key: 'resource.service.name', value: { stringValue: 'checkout' } },
              { key: 'status', value: { stringValue: 'error' } },
            ],
            samples: [{ timestampMs: `${fromUs / 1000}`, value: 2.5 }, { timestampMs: `${fromUs / 1000 + 60_000}` }],
          },
        ],
      };
      const counted = { name: 'service:requests', metric: 'requests in Tempo' };
      const { files } = await gathered(storeOf({ rate: JSON.stringify({ counted, answer }) }).source);
      const [kept] = JSON.parse(Buffer.from(files[0]?.bytes ?? []).toString());
      expect(kept).toEqual({
        metric: { __name__: 'service:requests', metric: 'requests in Tempo', service: 'checkout', status: 'error' },
        values: [
          [fromUs / 1e6, '2.5'],
          [fromUs / 1e6 + 60, '0'],
        ],
      });
    });

    test('a slow count does not delay the answer', async () => {
      const clock = steppedClock();
      const { logSources } = lines('[]');
      const [{ statistics }] = logSources as [(typeof logSources)[number]];
      const openMetrics = (_: MetricQuery, signal: AbortSignal) =>
        new Promise<never>((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new UnreachableError('loki', whyAborted(signal))));
        });
      const gaps: Gap[] = [];
      const session = openSession({
        thresholds: {},
        links: { trace: '', span: '', logs: '', runbooks: '' },
        maxClockSkewUs: 0,
      });
      const watched = { ...session, gap: (gap: Gap) => void gaps.push(gap) };
      const stores = { logSources: [{ name: 'loki', statistics: { ...statistics, openMetrics } }] };
      const gathering = gatherMetrics({ ...stores, clock, signal: new AbortController().signal }, watched, OF_CHECKOUT);
      await clock.tick(10_000);
      await gathering;
      await session.close();
      expect(gaps).toEqual([
        { source: 'loki', problem: expect.stringContaining('timed out after 10 s'), consequence: LACK },
      ]);
    });

    test('its failure has the same consequence as its absence', async () => {
      const { gaps } = await gatheredFrom(lines(new UnreachableError('loki', 'the connection was refused')));
      expect(gaps).toContainEqual(expect.objectContaining({ consequence: LACK }));
    });
  });
});
