/**
 * Reads errors from Sentry as log lines: those of a trace, with a text, or of a service in a time window. The table of
 * events has no frames, so the first event of each issue is read as a whole.
 *
 * https://docs.sentry.io/api/explore/query-explore-events-in-table-format/
 * https://docs.sentry.io/api/organizations/list-an-organizations-projects/
 */
import { z } from 'zod';
import { namedText } from '#adapters/health.ts';
import type { Search } from '#adapters/http.ts';
import { lokiStreams } from '#adapters/rewritten-rows.ts';
import { isoFromUs } from '#core/clock.ts';
import { BackendError, SpanhoundError } from '#core/errors.ts';
import type { Health, LogQuery, LogSource, OpenBody, Query } from '#gather/sources.ts';
import { NAME, openApi, type SentryOptions } from './api.ts';
import { type Exception, FIELDS, lineOf, Row, Thrown } from './exceptions.ts';
import { searchFor } from './search.ts';

/** The most rows that Sentry gives at once. */
const MOST_ROWS = 100;
/** Issues whose newest event is read with its frames. Each is a request. */
const MOST_STACKS = 5;
/** The list of projects is read again after so long. */
const PROJECTS_MS = 5 * 60_000;

export function sentryErrors(options: SentryOptions, nowMs: () => number = Date.now): LogSource {
  const { organization } = options;
  const api = openApi(options);
  const events = `organizations/${organization}/events/`;
  let known: Readonly<{ slugs: readonly string[]; untilMs: number }> | undefined;

  async function projects(signal: AbortSignal): Promise<readonly string[]> {
    if (known !== undefined && nowMs() < known.untilMs) return known.slugs;
    const path = `organizations/${organization}/projects/`;
    const slugs = (await api.get(path, [['per_page', `${MOST_ROWS}`]], Projects, signal)).map(({ slug }) => slug);
    known = { slugs, untilMs: nowMs() + PROJECTS_MS };
    return slugs;
  }

  /** Undefined if none of the services is a project: Sentry refuses a search for a project that it does not know. */
  async function searchOf(query: LogQuery, signal: AbortSignal): Promise<string | undefined> {
    const named = query.services.filter((service) => service !== '').map(slugOf);
    if (named.length === 0) return searchFor(query, []);
    const slugs = (await projects(signal)).filter((slug) => named.includes(slug.toLowerCase()));
    return slugs.length === 0 ? undefined : searchFor(query, slugs);
  }

  async function openLogs(query: LogQuery, signal: AbortSignal): Promise<OpenBody> {
    const search = await searchOf(query, signal);
    if (search === undefined) return { ...body('nothing can fit', query), chunks: linesOf([], new Map()) };
    const most = Math.max(1, Math.min(Math.trunc(query.limit), MOST_ROWS));
    const asked: Search = [
      ...FIELDS.map((field) => ['field', field] as const),
      ...timesOf(query),
      ...[['dataset', 'errors'] as const, ['query', search] as const, ['per_page', `${most}`] as const],
      ['sort', query.newestFirst ? '-timestamp' : 'timestamp'],
    ];
    const { data } = await api.get(events, asked, Table, signal);
    const { thrown, error } = await stacksOf(data, signal);
    const isCut = data.length === MOST_ROWS && query.limit > MOST_ROWS;
    return { ...body(search, query), chunks: linesOf(data, thrown, isCut ? tooMany() : error) };
  }

  /** By the id of the event; and why some are missing. */
  async function stacksOf(rows: readonly Row[], signal: AbortSignal) {
    const newest = [...Map.groupBy(rows, (row) => `${row['issue.id'] ?? row.id}`).values()].map(([first]) => first);
    const thrown = new Map<string, readonly Exception[]>();
    let error: SpanhoundError | undefined;
    await Promise.all(
      newest.slice(0, MOST_STACKS).map(async (row) => {
        if (row === undefined) return;
        try {
          const path = `projects/${organization}/${row['project.name']}/events/${row.id}/`;
          thrown.set(row.id, await api.get(path, [], Thrown, signal));
        } catch (failure) {
          if (!(failure instanceof SpanhoundError)) throw failure;
          // An event may be deleted between two requests.
          if (!(failure instanceof BackendError && failure.status === 404)) error = failure;
        }
      }),
    );
    return { thrown, error };
  }

  function body(search: string, query: LogQuery): Pick<OpenBody, 'source' | 'format' | 'query'> {
    return { source: NAME, format: 'loki-json', query: shown(search, timesOf(query)) };
  }

  function shown(search: string, times: Search): Query {
    const columns = ['title', 'project', 'issue', 'timestamp'].map((field) => ['field', field] as const);
    return { text: search, url: api.page('discover/results/', [...columns, ['query', search], ...times]) };
  }

  function check(signal: AbortSignal): Promise<Health> {
    return api.healthOf(async () => {
      const slugs = await projects(signal);
      const search: Search = [
        ['field', 'id'],
        ['dataset', 'errors'],
        ['per_page', '1'],
        ['statsPeriod', '1h'],
      ];
      await api.get(events, search, z.object({ data: z.array(z.unknown()) }), signal);
      if (slugs.length === 0)
        return { ok: true, detail: 'answers, but knows no project', remedy: 'Give the integration’s token projects.' };
      return { ok: true, detail: namedText('project', slugs), remedy: '' };
    });
  }

  return {
    name: NAME,
    title: 'Sentry',
    openLogs,
    links: { logs: api.page('issues/', [['query', 'trace:traceIdHere']]).replace('traceIdHere', '{traceId}') },
    check,
  };
}

const Table = z.object({
  data: z.array(z.unknown()).transform((rows) => rows.flatMap((row) => Row.safeParse(row).data ?? [])),
});
const Projects = z.array(z.object({ slug: z.string().regex(/^[\w-]{1,100}$/) }));

/** As Sentry makes a slug of a name. */
function slugOf(service: string): string {
  return service.toLowerCase().replaceAll(/[^a-z0-9_-]+/g, '-');
}

/** In UTC, without a zone: https://docs.sentry.io/api/explore/ */
function timesOf({ fromUs, toUs }: Pick<LogQuery, 'fromUs' | 'toUs'>): Search {
  const [from, to] = [Math.floor(fromUs / 1_000), Math.ceil(Math.max(toUs, fromUs + 1_000) / 1_000)];
  const written = (ms: number) => isoFromUs(ms * 1_000).replace('Z', '');
  return [
    ['start', written(from)],
    ['end', written(to)],
  ];
}

/** What was read comes first, and then the reason why it is not all. */
async function* linesOf(
  rows: readonly Row[],
  thrown: ReadonlyMap<string, readonly Exception[]>,
  lack?: SpanhoundError,
): AsyncGenerator<Uint8Array> {
  yield lokiStreams(rows.flatMap((row) => lineOf(row, thrown.get(row.id) ?? []) ?? []));
  if (lack !== undefined) throw lack;
}

function tooMany(): BackendError {
  return new BackendError(NAME, 200, 'events', {
    reason: `there are more than ${MOST_ROWS} errors, and the rest was not read`,
  });
}
