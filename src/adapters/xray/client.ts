/**
 * Reads traces from AWS X-Ray. A search finds ids; the segments of five traces come with one request.
 *
 * https://docs.aws.amazon.com/xray/latest/api/API_BatchGetTraces.html
 * https://docs.aws.amazon.com/xray/latest/api/API_GetTraceSummaries.html
 */
import { z } from 'zod';
import { type AwsOptions, openAws } from '#adapters/aws-api.ts';
import { consolePage } from '#adapters/aws-endpoint.ts';
import { healthOfServices } from '#adapters/health.ts';
import { nextPages } from '#adapters/next-pages.ts';
import { otlpBytes } from '#adapters/otlp-spans.ts';
import { type Clock, systemClock } from '#core/clock.ts';
import { BackendError, TraceNotFoundError } from '#core/errors.ts';
import type { Health, OpenBody, TraceSearch, TraceSource } from '#gather/sources.ts';
import { ANSWER_SEPARATOR } from '#model/trace/build/body.ts';
import { xrayTraceId } from '#model/trace/trace-id.ts';
import { segmentReader } from './segments.ts';

export type XrayOptions = AwsOptions & Readonly<{ clock?: Pick<Clock, 'nowUs'> }>;

const NAME = 'xray';
const TRACES = { action: 'BatchGetTraces', path: 'Traces' } as const;
const SUMMARIES = { action: 'GetTraceSummaries', path: 'TraceSummaries' } as const;
const SERVICES = { action: 'GetServiceGraph', path: 'ServiceGraph' } as const;
/** The rights of an IAM policy. */
const RIGHTS = 'xray:BatchGetTraces, xray:GetTraceSummaries and xray:GetServiceGraph';

/** The most that X-Ray takes. */
const IDS_OF_REQUEST = 5;
/** The most pages that are read of five traces. X-Ray keeps about 500 kB of one trace. */
const MOST_PAGES = 20;
/** The most pages that are read of a list of ids or services. A page may be empty although more pages follow. */
const MOST_LIST_PAGES = 10;
const MAX_PAGE_BYTES = 32_000_000;
/** X-Ray looks through at most six hours at once. */
const LONGEST_S = 6 * 60 * 60;
/** Services that were at work in the last hour. */
const SERVICES_S = 60 * 60;

export function xrayTraces(options: XrayOptions): TraceSource {
  const { region, clock = systemClock, maxBytes = MAX_PAGE_BYTES } = options;
  const aws = openAws(
    { name: NAME, signedAs: 'xray', contentType: 'application/json' },
    { ...options, maxBytes: Math.min(maxBytes, MAX_PAGE_BYTES) },
  );

  type Action = Readonly<{ action: string; path: string }>;

  async function call<Said>({ action, path }: Action, json: object, said: z.ZodType<Said>, signal: AbortSignal) {
    const answer = said.safeParse(await aws.ask(action, { path, json }, signal));
    if (!answer.success) throw aws.misplaced(action);
    return answer.data;
  }

  /** All pages of a list, at most so many items. */
  async function listed<Item>(
    action: Action,
    json: object,
    { page, most }: Readonly<{ page: z.ZodType<Listed<Item>>; most: number }>,
    signal: AbortSignal,
  ): Promise<readonly Item[]> {
    const found: Item[] = [];
    const next = nextPages(NAME, action.action);
    let token: string | undefined;
    for (let count = 0; count < MOST_LIST_PAGES && found.length < most; count += 1) {
      const said = await call(action, { ...json, ...(token !== undefined && { NextToken: token }) }, page, signal);
      found.push(...said.items);
      if (said.token === undefined) break;
      token = next(said.token);
    }
    return found.slice(0, most);
  }

  async function openTrace(traceId: string, signal: AbortSignal): Promise<OpenBody> {
    const id = /^[0-9a-f]{1,32}$/i.test(traceId) ? xrayTraceId(traceId) : undefined;
    if (id === undefined) throw new TraceNotFoundError(traceId, NAME);
    const first = await call(TRACES, { TraceIds: [id] }, Traces, signal);
    const isThere = first.Traces.some(({ Segments }) => Segments.length > 0) || first.NextToken !== undefined;
    if (!isThere && first.UnprocessedTraceIds.length === 0) throw new TraceNotFoundError(traceId, NAME);
    const query = { text: `BatchGetTraces ${id}`, url: consolePage(region, `xray:traces/${id}`) };
    return { source: NAME, format: 'otlp-json', query, chunks: segments([id], first, signal) };
  }

  async function search(asked: TraceSearch, signal: AbortSignal): Promise<readonly OpenBody[]> {
    const filter = filterOf(asked);
    const toS = asked.toUs / 1e6;
    const window = { StartTime: Math.max(asked.fromUs / 1e6, toS - LONGEST_S), EndTime: toS };
    const ids = await listed(
      SUMMARIES,
      { ...window, TimeRangeType: 'TraceId', Sampling: false, FilterExpression: filter },
      { page: Summaries, most: asked.limit },
      signal,
    );
    if (ids.length === 0) return [];
    const first = await call(TRACES, { TraceIds: ids.slice(0, IDS_OF_REQUEST) }, Traces, signal);
    const query = { text: filter, url: consolePage(region, `xray:traces/query?filter=${encodeURIComponent(filter)}`) };
    return [{ source: NAME, format: 'otlp-json', query, chunks: segments(ids, first, signal) }];
  }

  /** Each page is a value of its own. What came is handed on first, and then the reason why it is not all. */
  async function* segments(ids: readonly string[], first: Page, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const lacks = new Set<string>();
    const reader = segmentReader();
    const failures: unknown[] = [];
    try {
      for await (const page of pages(ids, first, signal)) {
        yield otlpBytes(page.Traces.flatMap(({ Id, Segments }) => reader.read(hexOf(Id), Segments)));
        yield SEPARATOR;
        if (page.UnprocessedTraceIds.length > 0) lacks.add('X-Ray did not read all of these traces');
        if (page.Traces.some(({ LimitExceeded }) => LimitExceeded)) lacks.add('a trace is larger than X-Ray keeps');
      }
    } catch (error) {
      failures.push(error);
    }
    yield otlpBytes(reader.rest());
    if (failures.length > 0) throw failures[0];
    if (lacks.size > 0) throw lacking([...lacks].join('; '));
  }

  /** `first`: the first page of the first five traces. */
  async function* pages(ids: readonly string[], first: Page, signal: AbortSignal): AsyncGenerator<Page> {
    for (let at = 0; at < ids.length; at += IDS_OF_REQUEST) {
      const TraceIds = ids.slice(at, at + IDS_OF_REQUEST);
      let page = at === 0 ? first : await call(TRACES, { TraceIds }, Traces, signal);
      yield page;
      const next = nextPages(NAME, TRACES.action);
      for (let count = 1; page.NextToken !== undefined; count += 1) {
        if (count === MOST_PAGES) throw lacking(`there are more than ${MOST_PAGES} pages of segments`);
        page = await call(TRACES, { TraceIds, NextToken: next(page.NextToken) }, Traces, signal);
        yield page;
      }
    }
  }

  async function services(signal: AbortSignal): Promise<readonly string[]> {
    const toS = Math.floor(clock.nowUs() / 1e6);
    const window = { StartTime: toS - SERVICES_S, EndTime: toS };
    const found = await listed(SERVICES, window, { page: Graph, most: Number.POSITIVE_INFINITY }, signal);
    const reporting = found.filter(({ Name, Type }) => Name !== '' && !REPORTS_NOTHING.test(Type));
    return [...new Set(reporting.map(({ Name }) => Name))];
  }

  function check(signal: AbortSignal): Promise<Health> {
    return aws.healthOf(async () => healthOfServices(await services(signal)), RIGHTS);
  }

  return {
    name: NAME,
    title: 'AWS X-Ray',
    openTrace,
    search,
    services,
    // The console names a trace by an id with hyphens, which a template cannot write.
    links: { trace: '', span: '' },
    check,
  };
}

function lacking(reason: string): BackendError {
  return new BackendError(NAME, 200, TRACES.action, { reason });
}

const SEPARATOR = new TextEncoder().encode(ANSWER_SEPARATOR);

const Token = z
  .string()
  .min(1)
  .nullish()
  .transform((token) => token ?? undefined);

const Traces = z.object({
  Traces: z.array(
    z.object({
      Id: z.string().regex(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/i),
      LimitExceeded: z.boolean().nullish(),
      Segments: z
        .array(z.object({ Document: z.string() }))
        .nullish()
        .transform((all) => (all ?? []).map(({ Document }) => Document)),
    }),
  ),
  UnprocessedTraceIds: z
    .array(z.string())
    .nullish()
    .transform((ids) => ids ?? []),
  NextToken: Token,
});
type Page = z.output<typeof Traces>;

type Listed<Item> = Readonly<{ items: readonly Item[]; token: string | undefined }>;

const Summaries = z
  .object({ TraceSummaries: z.array(z.object({ Id: z.string() })), NextToken: Token })
  .transform(({ TraceSummaries, NextToken }) => ({ items: TraceSummaries.map(({ Id }) => Id), token: NextToken }));

const Graph = z
  .object({ Services: z.array(z.object({ Name: z.string().catch(''), Type: z.string().catch('') })), NextToken: Token })
  .transform(({ Services, NextToken }) => ({ items: Services, token: NextToken }));

/** Nodes that X-Ray made of calls: no program with this name sends segments. */
const REPORTS_NOTHING =
  /^(?:client|remote)$|^database::|^AWS::(?:DynamoDB|SQS|SNS|S3|Kinesis|KMS|SSM|SecretsManager)\b/i;

function hexOf(id: string): string {
  return id.slice(2).replace('-', '').toLowerCase();
}

/** X-Ray filters by the service itself, wherever it stands in the trace. It cannot filter by an operation. */
function filterOf({ service, failing, minDurationUs }: TraceSearch): string {
  const node = `service(${quoted(service)})`;
  const conditions = [
    ...(failing ? ['(fault = true OR error = true)'] : []),
    ...(minDurationUs === undefined ? [] : [`responsetime >= ${minDurationUs / 1e6}`]),
  ];
  return conditions.length === 0 ? node : `${node} { ${conditions.join(' AND ')} }`;
}

/** Names of services have letters, digits and `_.:/%&#=+\-@` alone: what else stands in one is no service of X-Ray. */
function quoted(text: string): string {
  return `"${text.replace(/[^\p{L}\p{N}\p{Zs}_.:/%&#=+\-@]/gu, '?')}"`;
}
