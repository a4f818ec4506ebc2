/** An alert whose service has only a few requests, and no healthy time: drawn scenarios in the order of time. */
import { openSession } from '#analyse/open-session.ts';
import type { AnalysedTrace } from '#analyse/session.ts';
import { systemClock } from '#core/clock.ts';
import type { LogQuery, LogSource, OpenBody, TraceSource } from '#gather/sources.ts';
import { type Happening, happening, otlpOf } from '#test/otlp.ts';
import type { Scenario } from '#test/scenarios.ts';
import { DRAWN_AT_US } from '#test/trace.ts';
import { diagnoseAlert } from '#workflows/alerts/diagnose-alert.ts';
import type { DiagnoseTraceParts } from '#workflows/traces/diagnose-trace.ts';

const STEP_US = 7_000_000;
const ALERT_US = DRAWN_AT_US + 60_000_000;
const check = async () => ({ ok: true, detail: '', remedy: '' });

/** `ids`: what the trace ids follow from. `order`: of the spans' resources in the answer of the backend. */
type Handful = Readonly<{
  ids?: string;
  order?: 'as drawn' | 'turned';
  withLines?: boolean;
  sources?: Partial<DiagnoseTraceParts>;
}>;

/** The last answer; `undefined` where nothing was answered. */
export async function answerTo(
  requests: readonly Scenario[],
  { ids = '', order = 'as drawn', withLines = false, sources = {} }: Handful = {},
): Promise<AnalysedTrace | undefined> {
  const happened = requests.map((scenario, at) =>
    happening(scenario, { seed: `${ids} ${scenario.name} ${at}`, startUs: DRAWN_AT_US + at * STEP_US }),
  );
  const service = requests[0]?.roots[0]?.span.service ?? '';
  const parts: DiagnoseTraceParts = {
    traceSources: [traceSource(service, order === 'turned' ? happened.toReversed() : happened)],
    logSources: withLines ? [logSource(happened)] : [],
    openSession,
    clock: systemClock,
    settings: { thresholds: {}, links: { trace: '', span: '', logs: '', runbooks: '' }, maxClockSkewUs: 0 },
    ...sources,
  };
  const alert = { title: `${service} is slow`, service, labels: {}, traceId: '', atUs: ALERT_US };
  let last: AnalysedTrace | undefined;
  for await (const { analysed } of diagnoseAlert(parts, { alert, forms: { slack: true, markdown: true } }))
    last = analysed;
  return last;
}

function traceSource(service: string, happened: readonly Happening[]): TraceSource {
  const body = JSON.stringify({ resourceSpans: happened.flatMap((one) => otlpOf(one).resourceSpans) });
  return {
    name: 'tempo',
    links: { trace: '', span: '' },
    check,
    openTrace: () => Promise.reject(new Error('nobody asks for one trace')),
    services: async () => [service],
    search: async () => [bodyOf('tempo', 'otlp-json', body)],
  };
}

function logSource(happened: readonly Happening[]): LogSource {
  const written = happened.flatMap((one) =>
    one.scenario.logs.map((log) => ({ one, log, us: one.startUs + Math.round(log.at * 1000) })),
  );
  type Written = (typeof written)[number];
  const isAsked = (query: LogQuery, { one, log, us }: Written) => {
    if (us < query.fromUs || us > query.toUs) return false;
    if (query.by === 'trace-field') return log.tie === 'fields' && one.traceId === query.traceId;
    if (query.by === 'service') return query.services.includes(log.service);
    return query.by === 'text' && log.tie === 'text' && one.traceId.includes(query.text);
  };
  const textOf = ({ one, log, us }: Written) =>
    JSON.stringify({
      ts: `${us}000`,
      labels: {
        service_name: log.service,
        level: log.level,
        ...(log.tie === 'fields' && { trace_id: one.traceId }),
      },
      line: log.tie === 'text' ? `${log.text} trace_id=${one.traceId}` : log.text,
    });
  return {
    name: 'loki',
    links: { logs: '' },
    check,
    async openLogs(query) {
      const found = written.filter((each) => isAsked(query, each)).sort((a, b) => a.us - b.us);
      return bodyOf('loki', 'log-jsonl', found.map(textOf).join('\n'));
    },
  };
}

function bodyOf(source: string, format: OpenBody['format'], text: string): OpenBody {
  const chunks = (async function* () {
    yield Buffer.from(text);
  })();
  return { source, format, query: { text: 'all', url: '' }, chunks };
}
