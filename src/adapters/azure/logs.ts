/**
 * Reads log lines from a workspace of Log Analytics, in pages of time: those that programs send to Application Insights, and
 * those of containers.
 *
 * “AppTraces”: https://learn.microsoft.com/azure/azure-monitor/reference/tables/apptraces
 * “ContainerLogV2”: https://learn.microsoft.com/azure/azure-monitor/reference/tables/containerlogv2
 */
import { count, emptyTally, type Limits, pageOf, restOf, startOf, type Tally } from '#adapters/line-pages.ts';
import { type LabelledLine, lokiStreams } from '#adapters/rewritten-rows.ts';
import { rfc3339Ns } from '#adapters/rfc3339.ts';
import type { Health, LogQuery, LogSource, OpenBody } from '#gather/sources.ts';
import { NAME } from './access.ts';
import type { Found, LogAnalytics, Row } from './api.ts';
import { conditionsOf, linesQuery, NEWEST_LINE } from './kusto.ts';
import { textIn } from './spans.ts';

const LIMITS: Limits = { lines: 2_000 };

export function azureLogs({ find, shown, healthOf }: LogAnalytics): LogSource {
  async function openLogs(query: LogQuery, signal: AbortSignal, after = startOf(query)): Promise<OpenBody> {
    const page = pageOf(query, after, LIMITS);
    const kusto = linesQuery(conditionsOf(query), { ...page, isNewestFirst: query.newestFirst === true });
    const found = await find(kusto, signal);
    if (found.rows.length === 0 && found.lacks !== undefined) throw found.lacks;
    const tally = emptyTally();
    const bytes = streamsOf(found.rows, tally);
    return {
      source: NAME,
      format: 'loki-json',
      query: shown(kusto),
      chunks: lines(bytes, found),
      rest: () => restOf(query, page, tally),
    };
  }

  async function check(signal: AbortSignal): Promise<Health> {
    return await healthOf(async () => {
      const { rows } = await find(NEWEST_LINE, signal);
      const newest = textIn(rows[0] ?? {}, 'Newest');
      const said = newest === '' ? 'no line of the last day' : `the newest line is of ${newest}`;
      return { ok: true, detail: `answers; ${said}`, remedy: '' };
    });
  }

  return { name: NAME, title: 'Azure Monitor Logs', openLogs, links: { logs: '' }, check };
}

/** What came is handed on first, and then the reason why it is not all. */
async function* lines(bytes: Uint8Array, { lacks }: Found): AsyncGenerator<Uint8Array> {
  yield bytes;
  if (lacks !== undefined) throw lacks;
}

function streamsOf(rows: readonly Row[], tally: Tally): Uint8Array {
  return lokiStreams(
    rows.flatMap((row): LabelledLine[] => {
      const ns = rfc3339Ns(textIn(row, 'TimeGenerated'));
      if (ns === undefined) return [];
      count(tally, ns);
      return [{ ns, labels: labelsOf(row), line: textIn(row, 'Line') }];
    }),
  );
}

/** The levels of Application Insights, by their number: 0 is verbose. */
const LEVELS = ['debug', 'info', 'warn', 'error', 'critical'];

const LABELS: readonly (readonly [label: string, column: string])[] = [
  ['service_name', 'Service'],
  ['trace_id', 'OperationId'],
  ['span_id', 'ParentId'],
  ['namespace', 'Namespace'],
  ['pod', 'Pod'],
  ['container', 'Container'],
  ['host', 'Host'],
];

function labelsOf(row: Row): Readonly<Record<string, string>> {
  const level = textIn(row, 'Level');
  const said = LABELS.map(([label, column]) => [label, textIn(row, column)] as const);
  const all = [...said, ['level', LEVELS[Number(level || Number.NaN)] ?? level.toLowerCase()] as const];
  return Object.fromEntries(all.filter(([, value]) => value !== '' && value !== 'unknown'));
}
