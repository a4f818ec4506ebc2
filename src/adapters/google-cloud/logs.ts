/**
 * Reads log lines from Google Cloud Logging, in pages by its token.
 *
 * “Method: entries.list”: https://cloud.google.com/logging/docs/reference/v2/rest/v2/entries/list
 * “Quotas and limits”: https://cloud.google.com/logging/quotas
 */
import { z } from 'zod';
import { inTemplate } from '#adapters/explore-link.ts';
import { fieldOr, type LineFields } from '#adapters/line-fields.ts';
import { nextPages } from '#adapters/next-pages.ts';
import type { TokenOptions } from '#adapters/oauth-tokens.ts';
import { onlyChunk } from '#adapters/rewritten-rows.ts';
import { type Clock, isoFromUs, systemClock } from '#core/clock.ts';
import type { Health, LogCursor, LogQuery, LogSource, OpenBody, Query } from '#gather/sources.ts';
import { consolePage, NAME, openGoogleApi } from './api.ts';
import { streamsOf, timeIn } from './entries.ts';
import { conditionsOf, SERVICE_FIELDS, TRACE_FIELDS } from './filter.ts';

export type CloudLoggingOptions = TokenOptions &
  LineFields &
  Readonly<{
    /** At least one: the lines of all of them are read. */
    projects: readonly string[];
    /** A further project that traces may belong to. */
    traceProject?: string | undefined;
    /** As a filter names it: `jsonPayload.service`. @default the first of the usual ones that an entry has */
    serviceField?: string | undefined;
    clock?: Pick<Clock, 'nowUs'>;
  }>;

const API = {
  service: 'logging.googleapis.com',
  role: 'roles/logging.viewer',
  setting: 'GOOGLE_CLOUD_LOG_PROJECTS',
} as const;

const PATH = 'v2/entries:list';
/** The most that an answer has. */
const PAGE_LINES = 1_000;
const MAX_PAGE_BYTES = 64_000_000;
/** A search may answer with empty pages while it looks on: so many follow each other at most. */
const MOST_EMPTY_PAGES = 10;
const CHECKED_US = 15 * 60 * 1e6;

const START: LogCursor = { fromNs: '0', read: 0, atFrom: 0, skipped: false };

type Wanted = Readonly<{ filter: string; orderBy: string; pageSize: number }>;

export function cloudLogging(options: CloudLoggingOptions): LogSource {
  const {
    projects,
    traceProject,
    serviceField,
    traceField,
    levelField,
    clock = systemClock,
    maxBytes = MAX_PAGE_BYTES,
  } = options;
  const services = fieldOr(serviceField, SERVICE_FIELDS);
  const traces = fieldOr(traceField, TRACE_FIELDS);
  const traced = [...new Set([...projects, ...(traceProject === undefined ? [] : [traceProject])])];
  const api = openGoogleApi(API, { ...options, maxBytes: Math.min(maxBytes, MAX_PAGE_BYTES) });
  const resourceNames = projects.map((project) => `projects/${project}`);

  async function page(wanted: Wanted, signal: AbortSignal, token = ''): Promise<Page> {
    const asked = { resourceNames, ...wanted, ...(token !== '' && { pageToken: token }) };
    const found = List.safeParse(await api.jsonOf(PATH, await api.post(PATH, asked, signal)));
    if (!found.success) throw api.misplaced(PATH);
    return found.data;
  }

  /** The next page with an entry, or the last one. */
  async function filledPage(wanted: Wanted, signal: AbortSignal, token?: string): Promise<Page> {
    let found = await page(wanted, signal, token);
    const next = nextPages(NAME, PATH);
    for (let count = 1; found.entries.length === 0 && found.nextPageToken !== ''; count += 1) {
      if (count === MOST_EMPTY_PAGES) throw api.lacking(PATH, 'the search did not end');
      found = await page(wanted, signal, next(found.nextPageToken));
    }
    return found;
  }

  async function openLogs(query: LogQuery, signal: AbortSignal, after = START): Promise<OpenBody> {
    const conditions = conditionsOf(query, { services, traces, projects: traced });
    const limit = Math.max(1, Math.trunc(query.limit));
    const wanted = {
      filter: [conditions, ...timesOf(query)].filter((part) => part !== '').join(' AND '),
      orderBy: query.newestFirst ? 'timestamp desc' : 'timestamp asc',
      // The token belongs to a size.
      pageSize: Math.min(PAGE_LINES, limit),
    };
    const { entries, nextPageToken } = await filledPage(wanted, signal, after.token);
    const own = entries.slice(0, limit - after.read);
    const read = after.read + own.length;
    return {
      source: NAME,
      format: 'loki-json',
      query: shown(conditions, query),
      chunks: onlyChunk(streamsOf(own, { services, traceField, levelField })),
      rest: () => (nextPageToken === '' || read >= limit ? undefined : { ...START, read, token: nextPageToken }),
    };
  }

  function shown(text: string, times: Times): Query {
    const [from, to] = [isoFromUs(floored(times.fromUs)), isoFromUs(ceiled(times.toUs))];
    return { text, url: logsPage(`${encodeURIComponent(text)};startTime=${from};endTime=${to}`) };
  }

  function logsPage(query: string): string {
    return consolePage(`logs/query;query=${query}`, projects[0] ?? '');
  }

  function check(signal: AbortSignal): Promise<Health> {
    return api.healthOf(async () => {
      const toUs = clock.nowUs();
      const filter = timesOf({ fromUs: toUs - CHECKED_US, toUs }).join(' AND ');
      const { entries } = await filledPage({ filter, orderBy: 'timestamp desc', pageSize: 1 }, signal);
      const [newest, count] = [timeIn(entries), projects.length];
      const said = newest === '' ? 'no line of the last 15 minutes' : `the newest line is of ${newest}`;
      return { ok: true, detail: `logs of ${count === 1 ? '1 project' : `${count} projects`}; ${said}`, remedy: '' };
    });
  }

  return {
    name: NAME,
    title: 'Google Cloud Logging',
    serviceSetting: 'GOOGLE_CLOUD_LOG_SERVICE_FIELD',
    openLogs,
    links: { logs: inTemplate(logsPage(encodeURIComponent('"{traceId}"'))) },
    check,
  };
}

const List = z.object({
  entries: z
    .array(z.unknown())
    .nullish()
    .transform((entries) => entries ?? []),
  nextPageToken: z
    .string()
    .nullish()
    .transform((token) => token ?? ''),
});
type Page = z.output<typeof List>;

type Times = Readonly<{ fromUs: number; toUs: number }>;

/** Whole milliseconds around both ends. */
function timesOf({ fromUs, toUs }: Times): readonly string[] {
  return [`timestamp>="${isoFromUs(floored(fromUs))}"`, `timestamp<="${isoFromUs(ceiled(toUs))}"`];
}

function floored(us: number): number {
  return Math.floor(us / 1_000) * 1_000;
}

function ceiled(us: number): number {
  return Math.ceil(us / 1_000) * 1_000;
}
