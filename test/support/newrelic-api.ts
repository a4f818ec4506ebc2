/** A New Relic for tests: what it was asked, against answers of the form that its documentation gives. */
import { json as bodyOf } from 'node:stream/consumers';
import type { NewRelicOptions } from '#adapters/newrelic/nerdgraph.ts';
import { type Recorded, type Reply, recorded, replay } from '#test/recorded-server.ts';

export const ACCOUNT = { region: 'eu', apiKey: 'NRAK-of-the-user', accountId: 1_234_567 } as const;

export function newRelicAt(url: URL): NewRelicOptions {
  return { url, ...ACCOUNT };
}

/** The queries of one request by their names; empty for a request without NRQL. */
export type AskedNrql = Readonly<Record<string, string>>;

/** Answers each request by its queries; `asked` collects them. */
export function answeringNrql(asked: AskedNrql[], answer: (nrql: AskedNrql) => Recorded): () => Reply {
  return () => async (response, request) => {
    const { variables = {} } = (await bodyOf(request)) as { variables?: Readonly<Record<string, unknown>> };
    const { account: _, timeout: _timeout, ...queries } = variables;
    const nrql = queries as AskedNrql;
    asked.push(nrql);
    await replay(answer(nrql))(response, request);
  };
}

/** The rows of each query, as NerdGraph has them. */
export function rowsAnswer(rows: Readonly<Record<string, readonly object[]>>, errors?: readonly object[]): Recorded {
  const account = Object.fromEntries(Object.entries(rows).map(([name, results]) => [name, { results }]));
  return nerdGraphAnswer({ data: { actor: { account } }, ...(errors && { errors }) });
}

export function nerdGraphAnswer(body: unknown): Recorded {
  const headers = { 'content-type': 'application/json' };
  return { status: 200, headers, body: Buffer.from(JSON.stringify(body)) };
}

export const TRACE_ID = '673f2a2800000000a3ce929d0e0e4736';

/** A New Relic with one trace and its lines. */
export function withOneTrace(nrql: AskedNrql): Recorded {
  const { spans, asked = '' } = nrql;
  if (spans !== undefined) return recorded(spans.includes(TRACE_ID) ? 'newrelic/trace' : 'newrelic/trace-none');
  if (asked.includes('FROM K8sContainerSample')) {
    return asked.includes('TIMESERIES') ? recorded('newrelic/containers') : rowsAnswer({ asked: [{ pods: 3 }] });
  }
  if (asked.includes('FROM Log'))
    return recorded(asked.includes('TIMESERIES') ? 'newrelic/logs-count' : 'newrelic/logs');
  if (asked.includes('TIMESERIES')) return recorded('newrelic/spans-count');
  if (asked.includes('FACET')) return recorded('newrelic/services');
  return rowsAnswer({ asked: [{ timestamp: 1_795_155_944_207, 'trace.id': TRACE_ID }] });
}
