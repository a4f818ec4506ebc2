/** A Datadog for tests: its keys, and what it was asked, against answers of the form that its documentation gives. */
import { json as bodyOf } from 'node:stream/consumers';
import type { DatadogOptions } from '#adapters/datadog/api.ts';
import { type Recorded, type Reply, recorded, replay, type SeenRequest } from '#test/recorded-server.ts';

export const KEYS = { site: 'datadoghq.eu', apiKey: 'key-of-the-api', appKey: 'key-of-the-app' } as const;

/** Address and keys of the client under test. */
export function datadogAt(url: URL): DatadogOptions {
  return { url, ...KEYS };
}

export function jsonAnswer(body: unknown, headers: Readonly<Record<string, string>> = {}): Recorded {
  const type = { 'content-type': 'application/json' };
  return { status: 200, headers: { ...type, ...headers }, body: Buffer.from(JSON.stringify(body)) };
}

export type Asked = Readonly<{ path: string; body: unknown }>;

/** Answers each request by its body; `asked` collects them. */
export function answeringBodies(asked: Asked[], answer: (asked: Asked) => Recorded): (seen: SeenRequest) => Reply {
  return ({ path }) =>
    async (response, request) => {
      const one = { path, body: request.method === 'POST' ? await bodyOf(request) : undefined };
      asked.push(one);
      await replay(answer(one))(response, request);
    };
}

/** An answer about metrics in which nothing has a series. */
const NO_SERIES = { status: 'ok', series: [], from_date: 0, to_date: 60_000, res_type: 'time_series' };

export const TRACE_ID = '673f2a2800000000a3ce929d0e0e4736';

/** A Datadog with one trace and its lines. */
export function withOneTrace({ path, body }: Asked): Recorded {
  const said = JSON.stringify(body ?? '');
  if (path.endsWith('/v1/query')) return jsonAnswer(NO_SERIES);
  if (path.endsWith('/spans/analytics/aggregate')) {
    return recorded(said.includes('timeseries') ? 'datadog/spans-count' : 'datadog/services');
  }
  if (path.endsWith('/logs/analytics/aggregate')) return recorded('datadog/logs-count');
  if (path.endsWith('/logs/events/search')) return recorded('datadog/logs');
  const isHeld = said.includes(TRACE_ID) || said.includes('service:');
  return recorded(isHeld ? 'datadog/trace' : 'datadog/trace-none');
}
