/** A Loki on loopback that holds these lines and answers the queries that are asked of it, as the real one would. */
import type { LogLine } from '#model/logs/log-line.ts';
import { type RecordedServer, refuse, replay, type SeenRequest, startRecordedServer } from '#test/recorded-server.ts';

export function startLokiWithLines(lines: readonly LogLine[]): Promise<RecordedServer> {
  return startRecordedServer(({ path, search }: SeenRequest) => {
    if (path === '/ready') return replay(json('ready'));
    if (path === '/loki/api/v1/labels') return replay(json({ status: 'success', data: ['service_name'] }));
    if (path !== '/loki/api/v1/query_range') return refuse(404);
    return replay(
      json((search.get('query') ?? '').includes('rate(') ? counts(search, lines) : answerTo(search, lines)),
    );
  });
}

const COUNTED = /rate\(\{service_name=~("(?:[^"\\]|\\.)*")\}( \| detected_level=~[^[]+)? \[(\d+)s\]/;

/** A point for each step, of the lines of the step before it. */
function counts(search: URLSearchParams, lines: readonly LogLine[]) {
  const query = search.get('query') ?? '';
  const [, services, ofErrors, range] = COUNTED.exec(query) ?? [];
  const name = /"__name__", ("[^"]+")/.exec(query)?.[1];
  if (services === undefined || name === undefined) throw new Error(`this is no query of ours: ${query}`);
  const wanted = new RegExp(`^(?:${JSON.parse(services)})$`);
  const [start, end, step] = ['start', 'end', 'step'].map((of) => Number(search.get(of)));
  const byService = Map.groupBy(
    lines.filter(({ service }) => wanted.test(service)),
    ({ service }) => service,
  );
  const result = [...byService].map(([service, own]) => {
    const values: [number, string][] = [];
    for (let at = start ?? 0; at <= (end ?? 0); at += step ?? 60) {
      const within = own.filter(
        ({ timeNs }) => Number(timeNs) / 1e9 > at - Number(range) && Number(timeNs) / 1e9 <= at,
      );
      const counted = ofErrors ? within.filter(({ level }) => level === 'error') : within;
      if (within.length > 0) values.push([at, `${counted.length / Number(range)}`]);
    }
    return { metric: { __name__: JSON.parse(name), service, service_name: service }, values };
  });
  return {
    status: 'success',
    data: { resultType: 'matrix', result: result.filter(({ values }) => values.length > 0) },
  };
}

function answerTo(search: URLSearchParams, lines: readonly LogLine[]) {
  const matches = matcherOf(search.get('query') ?? '');
  const [start, end] = [BigInt(search.get('start') ?? 0), BigInt(search.get('end') ?? 0)];
  const found = lines
    .filter((line) => BigInt(line.timeNs) >= start && BigInt(line.timeNs) < end && matches(line))
    .sort((a, b) => (a.timeNs < b.timeNs ? -1 : Number(a.timeNs > b.timeNs)));
  if (search.get('direction') === 'backward') found.reverse();
  found.length = Math.min(found.length, Number(search.get('limit')));
  const streams = Map.groupBy(found, ({ service }) => service);
  const result = [...streams].map(([service, of]) => ({
    stream: { service_name: service },
    values: of.map(({ timeNs, line, labels, level, traceId }) => {
      const structuredMetadata = { ...labels, ...(level && { level }), ...(traceId && { trace_id: traceId }) };
      return [timeNs, line, { structuredMetadata }];
    }),
  }));
  return { status: 'success', data: { resultType: 'streams', result } };
}

const STRING = String.raw`"(?:[^"\\]|\\.)*"`;
const QUERY = new RegExp(
  String.raw`^\{service_name=~(${STRING})\}(?: (\|=|\|~) (${STRING})((?: \|= ${STRING})*)| \| (.+))?$`,
);
const FIELD = new RegExp(String.raw`([A-Za-z_]\w*)=(${STRING})`, 'g');

/** Throws for what is none of our forms: a query that changed its meaning must not pass. */
function matcherOf(query: string): (line: LogLine) => boolean {
  const [, services, operator, text, further = '', fields] = QUERY.exec(query) ?? [];
  if (services === undefined) throw new Error(`this is no query of ours: ${query}`);
  const service = new RegExp(`^(?:${JSON.parse(services)})$`);
  const wanted = [...(fields ?? '').matchAll(FIELD)].map(([, name = '', value = '""']) => [name, JSON.parse(value)]);
  const words = [text ?? '""', ...[...further.matchAll(new RegExp(STRING, 'g'))].map(([word]) => word)].map((word) =>
    JSON.parse(word),
  );
  return (line) => {
    if (!service.test(line.service)) return false;
    if (operator === '|=') return words.every((word) => line.line.includes(word));
    if (operator === '|~') return new RegExp(JSON.parse(text ?? '""')).test(line.line);
    if (fields === undefined) return true;
    const labels: Readonly<Record<string, string>> = { ...line.labels, trace_id: line.traceId };
    return wanted.some(([name, value]) => labels[name] === value);
  };
}

function json(body: unknown) {
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  };
}
