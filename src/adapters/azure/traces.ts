/** Reads traces from Application Insights, whose rows a workspace of Log Analytics holds. */
import { healthOfServices } from '#adapters/health.ts';
import { otlpBytes } from '#adapters/otlp-spans.ts';
import { TraceNotFoundError } from '#core/errors.ts';
import type { Health, OpenBody, TraceSearch, TraceSource } from '#gather/sources.ts';
import { NAME } from './access.ts';
import type { Found, LogAnalytics } from './api.ts';
import { SERVICES_QUERY, searchQuery, traceQuery } from './kusto.ts';
import { spansIn, textIn } from './spans.ts';

export function azureTraces({ find, shown, healthOf }: LogAnalytics): TraceSource {
  async function openTrace(traceId: string, signal: AbortSignal): Promise<OpenBody> {
    if (!/^[0-9a-f]{1,32}$/i.test(traceId)) throw new TraceNotFoundError(traceId, NAME);
    const kusto = traceQuery(traceId);
    const found = await find(kusto, signal);
    if (found.rows.length === 0) throw found.lacks ?? new TraceNotFoundError(traceId, NAME);
    return opened(kusto, found);
  }

  async function search(asked: TraceSearch, signal: AbortSignal): Promise<readonly OpenBody[]> {
    const kusto = searchQuery(asked);
    const found = await find(kusto, signal);
    if (found.rows.length === 0 && found.lacks !== undefined) throw found.lacks;
    return found.rows.length === 0 ? [] : [opened(kusto, found)];
  }

  function opened(kusto: string, found: Found): OpenBody {
    return { source: NAME, format: 'otlp-json', query: shown(kusto), chunks: spans(found) };
  }

  async function services(signal: AbortSignal): Promise<readonly string[]> {
    const { rows } = await find(SERVICES_QUERY, signal);
    return rows.map((row) => textIn(row, 'Service')).filter((name) => name !== '');
  }

  return {
    name: NAME,
    title: 'Azure Application Insights',
    openTrace,
    search,
    services,
    // The portal names a trace by a state that a template cannot write.
    links: { trace: '', span: '' },
    check: (signal): Promise<Health> => healthOf(async () => healthOfServices(await services(signal))),
  };
}

/** What came is handed on first, and then the reason why it is not all. */
async function* spans({ rows, lacks }: Found): AsyncGenerator<Uint8Array> {
  yield otlpBytes(spansIn(rows));
  if (lacks !== undefined) throw lacks;
}
