/**
 * Reads log lines from Amazon CloudWatch by Logs Insights: a query is started, asked for until it has ended, and stopped if
 * nobody waits for it any more.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html
 */
import { z } from 'zod';
import { type AwsOptions, openAws } from '#adapters/aws-api.ts';
import { consolePage, consoleText } from '#adapters/aws-endpoint.ts';
import { lineSeries } from '#adapters/counted-lines.ts';
import { stepOf, wholeSteps } from '#adapters/counted-steps.ts';
import { fieldOr, type LineFields } from '#adapters/line-fields.ts';
import { emptyTally, pageOf, restOf, SMALL_PAGES, startOf } from '#adapters/line-pages.ts';
import { onlyChunk } from '#adapters/rewritten-rows.ts';
import { type Clock, isoFromUs, systemClock } from '#core/clock.ts';
import { BackendError } from '#core/errors.ts';
import type { Health, LogQuery, LogSource, OpenBody, Query, Statistics } from '#gather/sources.ts';
import {
  conditionsOf,
  countsQuery,
  type Fields,
  LEVEL_FIELDS,
  linesQuery,
  MOST_ROWS,
  SERVICE_FIELDS,
  TRACE_FIELDS,
} from './insights.ts';
import { countsIn, Results, type Row, streamsOf, timeIn } from './rows.ts';

export type CloudWatchLogsOptions = AwsOptions &
  LineFields &
  Readonly<{
    /** Names or ARNs: the lines of all of them are read. */
    groups: readonly string[];
    /** @default the first of the usual names that a line has */
    serviceField?: string | undefined;
    /** Waits between two looks at a query. */
    clock?: Pick<Clock, 'sleep' | 'nowUs'>;
  }>;

const NAME = 'cloudwatch';
const START = 'StartQuery';
const RESULTS = 'GetQueryResults';
/** The rights of an IAM policy. */
const RIGHTS = 'logs:StartQuery, logs:GetQueryResults and logs:StopQuery on these log groups';

const MAX_PAGE_BYTES = 32_000_000;
const NS_PER_MS = 1_000_000n;

/** A query usually takes one to five seconds. Each look at it is a request, and AWS allows five requests a second. */
const FIRST_LOOK_MS = 300;
const LONGEST_LOOK_MS = 2_000;
const STOP_MS = 3_000;

/** For `doctor`: each byte of the window costs. */
const CHECKED_US = 15 * 60 * 1_000_000;

type Asked = Readonly<{ text: string; fromS: number; toS: number; limit: number }>;

export function cloudWatchLogs(options: CloudWatchLogsOptions): LogSource {
  const {
    groups,
    serviceField,
    traceField,
    levelField,
    region,
    clock = systemClock,
    maxBytes = MAX_PAGE_BYTES,
  } = options;
  const fields: Fields = {
    services: fieldOr(serviceField, SERVICE_FIELDS),
    traces: fieldOr(traceField, TRACE_FIELDS),
    levels: fieldOr(levelField, LEVEL_FIELDS),
  };
  const aws = openAws(
    { name: NAME, signedAs: 'logs', contentType: 'application/x-amz-json-1.1' },
    { ...options, maxBytes: Math.min(maxBytes, MAX_PAGE_BYTES) },
  );

  async function call<Said>(action: string, json: unknown, said: z.ZodType<Said>, signal: AbortSignal): Promise<Said> {
    const headers = { 'x-amz-target': `Logs_20140328.${action}` };
    const answer = said.safeParse(await aws.ask(action, { path: '', json, headers }, signal));
    if (!answer.success) throw aws.misplaced(action);
    return answer.data;
  }

  async function found({ text, fromS, toS, limit }: Asked, signal: AbortSignal): Promise<readonly Row[]> {
    const window = { startTime: fromS, endTime: toS, queryString: text, limit };
    const { queryId } = await call(START, { logGroupIdentifiers: groups, ...window }, Started, signal);
    try {
      return await ended(queryId, signal);
    } catch (error) {
      // Nobody waits for it: a query that goes on costs, and one of a few may run at once.
      void call('StopQuery', { queryId }, z.unknown(), AbortSignal.timeout(STOP_MS)).catch(() => undefined);
      throw error;
    }
  }

  async function ended(queryId: string, signal: AbortSignal): Promise<readonly Row[]> {
    for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_LOOK_MS)) {
      await clock.sleep(pauseMs, signal);
      const { status, results } = await call(RESULTS, { queryId }, Results, signal);
      if (status === 'Complete') return results ?? [];
      if (status !== 'Scheduled' && status !== 'Running') {
        throw new BackendError(NAME, 200, RESULTS, {
          reason: `the query ended with the status ${status.slice(0, 50)}`,
        });
      }
    }
  }

  async function openLogs(query: LogQuery, signal: AbortSignal, after = startOf(query)): Promise<OpenBody> {
    const page = pageOf(query, after, SMALL_PAGES);
    const [fromMs, toMs] = [(page.startNs + NS_PER_MS - 1n) / NS_PER_MS, (page.endNs - 1n) / NS_PER_MS];
    const conditions = conditionsOf(query, fields);
    const text = linesQuery(conditions, { fromMs, toMs }, query.newestFirst === true, page.limit);
    const times = { fromS: Number(fromMs / 1_000n), toS: Number(toMs / 1_000n) };
    const rows = await found({ text, ...times, limit: page.limit }, signal);
    const tally = emptyTally();
    return {
      source: NAME,
      format: 'loki-json',
      query: shown(conditions, query),
      chunks: onlyChunk(streamsOf(rows, { traceField, levelField }, tally)),
      rest: () => restOf(query, page, tally),
    };
  }

  const statistics: Statistics = {
    lack: 'the numbers of lines and errors cover only the lines that were read',
    async findMetrics({ services: named, fromUs, toUs }) {
      const stepSeconds = stepOf({ fromUs, toUs });
      const conditions = conditionsOf({ by: 'service', services: named, fromUs, toUs }, fields);
      return {
        queries: [{ text: countsQuery(conditions, stepSeconds, fields.levels), fromUs, toUs, stepSeconds }],
        warnings: [],
      };
    },
    async openMetrics(query, signal) {
      const { start, end } = wholeSteps(query);
      // The last second of the last step: both ends are included.
      const rows = await found(
        { text: query.text, fromS: start, toS: Math.max(start, end - 1), limit: MOST_ROWS },
        signal,
      );
      // A count of a part is too low, and nothing shows by how much.
      if (rows.length >= MOST_ROWS) throw new BackendError(NAME, 200, RESULTS, { reason: TOO_MANY_COUNTS });
      return {
        source: NAME,
        format: 'prometheus-json',
        query: shown(query.text, { fromUs: start * 1e6, toUs: end * 1e6 }),
        chunks: onlyChunk(lineSeries(countsIn(rows), query, 'CloudWatch')),
      };
    },
  };

  function shown(text: string, { fromUs, toUs }: Readonly<{ fromUs: number; toUs: number }>): Query {
    const range = [isoFromUs(Math.floor(fromUs / 1_000) * 1_000), isoFromUs(Math.ceil(toUs / 1_000) * 1_000)] as const;
    return { text, url: consoleLink({ region, groups, text, range }) };
  }

  function check(signal: AbortSignal): Promise<Health> {
    return aws.healthOf(async () => {
      const nowS = Math.floor(clock.nowUs() / 1e6);
      const text = 'fields @timestamp | sort @timestamp desc | limit 1';
      try {
        const [row] = await found({ text, fromS: nowS - CHECKED_US / 1e6, toS: nowS, limit: 1 }, signal);
        const ms = row && timeIn(row);
        const newest =
          ms === undefined ? 'no line of the last 15 minutes' : `the newest line is of ${isoFromUs(ms * 1e3)}`;
        return { ok: true, detail: `${countOf(groups)} in ${region}; ${newest}`, remedy: '' };
      } catch (error) {
        if (!(error instanceof BackendError && /ResourceNotFound/.test(error.message))) throw error;
        const remedy = `Check CLOUDWATCH_LOG_GROUPS, and CLOUDWATCH_REGION (now ${region}): each log group must exist there.`;
        return { ok: false, detail: error.message, remedy };
      }
    }, RIGHTS);
  }

  return {
    name: NAME,
    title: 'Amazon CloudWatch',
    serviceSetting: 'CLOUDWATCH_SERVICE_FIELD',
    openLogs,
    statistics,
    links: { logs: traceLink(region, groups) },
    check,
  };
}

const Started = z.object({ queryId: z.string().min(1).max(256) });

const TOO_MANY_COUNTS = `more than ${MOST_ROWS.toLocaleString('en')} combinations of times, services and levels, so not all were counted`;

function countOf(groups: readonly string[]): string {
  return groups.length === 1 ? '1 log group' : `${groups.length} log groups`;
}

type Linked = Readonly<{
  region: string;
  groups: readonly string[];
  text: string;
  /** Two instants; without them, the last day. */
  range?: readonly [from: string, to: string];
}>;

/** In this page of the console, `%` is `$`. */
function consoleLink({ region, groups, text, range }: Linked): string {
  const source = `(${groups.map((group) => `~${consoleText(group)}`).join('')})`;
  const time = range
    ? `end~${consoleText(range[1])}~start~${consoleText(range[0])}~timeType~'ABSOLUTE~tz~'UTC`
    : "end~0~start~-86400~timeType~'RELATIVE~unit~'seconds";
  const detail = `~(${time}~editorString~${consoleText(text)}~source~${source})`;
  return consolePage(region, `logsV2:logs-insights${dollars(`?queryDetail=${detail}`)}`);
}

function dollars(text: string): string {
  return encodeURIComponent(text).replaceAll('%', '$');
}

/** The placeholder stands in the template as it is. */
function traceLink(region: string, groups: readonly string[]): string {
  const text = 'fields @timestamp, @message | filter @message like "traceIdHere" | sort @timestamp asc';
  return consoleLink({ region, groups, text }).replace('traceIdHere', '{traceId}');
}
