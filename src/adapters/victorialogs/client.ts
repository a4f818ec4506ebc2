/**
 * Reads log lines from VictoriaLogs, one server or a cluster. A search is sorted, so VictoriaLogs finds all its lines
 * before it answers, and an error comes instead of an answer. It stops a search whose connection ends.
 *
 * https://docs.victoriametrics.com/victorialogs/querying/
 */
import { lineSeries } from '#adapters/counted-lines.ts';
import { wholeSteps } from '#adapters/counted-steps.ts';
import { inTemplate } from '#adapters/explore-link.ts';
import { checked } from '#adapters/health.ts';
import { type Answer, addressUnder, type BackendOptions, openBackend, readJson, type Search } from '#adapters/http.ts';
import { fieldOr, type LineFields } from '#adapters/line-fields.ts';
import { emptyTally, pageOf, restOf, SMALL_PAGES, startOf } from '#adapters/line-pages.ts';
import { isoFromUs } from '#core/clock.ts';
import { BackendError, NotABackendError, SpanhoundError, UnreachableError } from '#core/errors.ts';
import type { Health, LineQuery, LogQuery, LogSource, OpenBody, Query, Statistics } from '#gather/sources.ts';
import { LEVEL_FIELDS, streamsOf } from './lines.ts';
import { type Fields, filterOf, SERVICE_FIELDS, TRACE_FIELDS, within } from './logsql.ts';
import { type Rows, rowsIn, timeIn } from './rows.ts';
import { countingForm, countingQuery, countsIn, TOO_MANY_KINDS } from './statistics.ts';

export type VictoriaLogsOptions = Omit<BackendOptions, 'tenant'> &
  LineFields &
  Readonly<{
    /** `12`, `12:34`: account and project. @default 0:0 */
    tenant?: string | undefined;
    /** @default the first of the usual names that a line has */
    serviceField?: string | undefined;
    /** The address of VictoriaLogs for people. @default its own */
    uiUrl?: URL | undefined;
  }>;

const NAME = 'victorialogs';
const LINES = 'select/logsql/query';
const COUNTS = 'select/logsql/hits';
const VERSION = 'select/buildinfo';

const MAX_PAGE_BYTES = 32_000_000;

const DEFAULT_TIMEOUT_MS = 15_000;

export function victoriaLogs(options: VictoriaLogsOptions): LogSource {
  const {
    tenant,
    serviceField,
    traceField,
    levelField,
    uiUrl = options.url,
    timeoutMs = DEFAULT_TIMEOUT_MS,
    maxBytes = MAX_PAGE_BYTES,
  } = options;
  const fields: Fields = {
    services: fieldOr(serviceField, SERVICE_FIELDS),
    traces: fieldOr(traceField, TRACE_FIELDS),
    levels: fieldOr(levelField, LEVEL_FIELDS),
  };
  const backend = openBackend(NAME, '', {
    ...options,
    timeoutMs,
    tenant: undefined,
    maxBytes: Math.min(maxBytes, MAX_PAGE_BYTES),
    headers: { ...tenantHeaders(tenant), ...options.headers },
  });
  /** A part of a cluster's lines is an error, and nobody waits for a slow search. */
  const bounds: Search = [
    ['timeout', `${Math.ceil(timeoutMs / 1_000)}s`],
    ['allow_partial_response', '0'],
  ];

  async function asked(path: string, form: Search, signal: AbortSignal): Promise<Answer & { kind: 'body' }> {
    const answer = await backend.post(path, { signal, form: [...form, ...bounds] });
    if (answer.kind === 'body') return answer;
    throw backend.error(path, answer.kind === 'page' ? answer : { ...answer, text: reasonIn(answer.text) });
  }

  async function found(query: string, signal: AbortSignal): Promise<Rows> {
    const { chunks, header } = await asked(LINES, [['query', query]], signal);
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks) parts.push(chunk);
    const rows = rowsIn(Buffer.concat(parts).toString('utf8'));
    // No line is an empty answer, which any server may give.
    const isAnswer = rows !== undefined && (rows.rows.length > 0 || header('content-type').includes('json'));
    if (!isAnswer) throw backend.misplaced(LINES);
    return rows;
  }

  async function openLogs(query: LogQuery, signal: AbortSignal, after = startOf(query)): Promise<OpenBody> {
    const page = pageOf(query, after, SMALL_PAGES);
    const filter = filterOf(query, fields);
    const order = query.newestFirst ? '_time desc' : '_time';
    const text = `${within(page.startNs, page.endNs)} ${filter} | sort by (${order}) limit ${page.limit}`;
    const { rows, isCut } = await found(text, signal);
    const tally = emptyTally();
    const bytes = streamsOf(rows, { services: fields.services, traceField, levelField }, tally);
    return {
      source: NAME,
      format: 'loki-json',
      query: shown(filter, query),
      chunks: chunksOf(bytes, isCut),
      rest: () => restOf(query, page, tally),
    };
  }

  /** What was found comes first, and then the reason why it is not all. */
  async function* chunksOf(bytes: Uint8Array, isCut: boolean): AsyncGenerator<Uint8Array> {
    yield bytes;
    if (isCut) throw new BackendError(NAME, 200, LINES, { reason: 'the answer ended within a line' });
  }

  const statistics: Statistics = {
    lack: 'the numbers of lines and errors cover only the lines that were read',
    findMetrics: async (search) => ({ queries: [countingQuery(search, fields)], warnings: [] }),
    async openMetrics(query, signal) {
      const { chunks } = await asked(COUNTS, countingForm(query, fields), signal);
      const counts = countsIn(await readJson(chunks), fields);
      if (counts === undefined) throw backend.misplaced(COUNTS);
      // A count of a part is too low, and nothing shows by how much.
      if (!counts.isWhole) throw new BackendError(NAME, 200, COUNTS, { reason: TOO_MANY_KINDS });
      const { start, end } = wholeSteps(query);
      return {
        source: NAME,
        format: 'prometheus-json',
        query: shown(query.text, { fromUs: start * 1e6, toUs: end * 1e6 }),
        chunks: chunksOf(lineSeries(counts.kinds, query, 'VictoriaLogs'), false),
      };
    },
  };

  function shown(filter: string, time: Time): Query {
    return {
      text: filter,
      url: pageLink(filter, `${Math.max(1, Math.ceil((time.toUs - time.fromUs) / 1e6))}s`, time.toUs),
    };
  }

  /** VictoriaLogs' own page. It reads whole seconds. */
  function pageLink(filter: string, range: string, toUs?: number): string {
    const [account = '', project = '0'] = (tenant ?? '').split(':');
    const state = new URLSearchParams({
      query: filter,
      'g0.range_input': range,
      ...(toUs !== undefined && {
        'g0.end_input': isoFromUs(Math.ceil(toUs / 1e6) * 1e6).slice(0, 19),
        'g0.relative_time': 'none',
      }),
      ...(account !== '' && { accountID: account, projectID: project }),
    });
    return `${addressUnder(uiUrl, 'select/vmui/')}#/?${state}`;
  }

  function check(signal: AbortSignal): Promise<Health> {
    return checked(async () => {
      try {
        const { rows } = await found(`_time:1d ${filterOf(ANY, fields)} | sort by (_time desc) limit 1`, signal);
        const says = await versionSaid(signal);
        const ns = rows[0] && timeIn(rows[0]);
        if (ns === undefined) return nothingIn(says);
        return { ok: true, detail: `${says}; the newest line is of ${isoFromUs(Number(ns / 1_000n))}`, remedy: '' };
      } catch (error) {
        const remedy = remedyFor(error);
        if (remedy === '' || !(error instanceof Error)) throw error;
        return { ok: false, detail: error.message, remedy };
      }
    });
  }

  /** A gateway may hide the version. */
  async function versionSaid(signal: AbortSignal): Promise<string> {
    try {
      const answer = await backend.get(VERSION, { signal });
      const version = answer.kind === 'body' ? versionIn(await readJson(answer.chunks)) : '';
      return version === '' ? 'answers' : `${backend.quoted(version)} answers`;
    } catch (error) {
      if (!(error instanceof SpanhoundError) || error instanceof UnreachableError) throw error;
      return 'answers';
    }
  }

  return {
    name: NAME,
    title: 'VictoriaLogs',
    serviceSetting: 'VICTORIALOGS_SERVICE_FIELD',
    holdsDays: true,
    openLogs,
    statistics,
    links: { logs: inTemplate(pageLink('*:"{traceId}"', '24h')) },
    check,
  };
}

type Time = Readonly<{ fromUs: number; toUs: number }>;

function tenantHeaders(tenant: string | undefined): Record<string, string> {
  if (tenant === undefined) return {};
  const [account = '0', project = '0'] = tenant.split(':');
  return { accountid: account, projectid: project };
}

/** VictoriaLogs repeats the query in brackets before the reason, and only the beginning of an error is shown. */
function reasonIn(text: string): string {
  const end = text.lastIndexOf(REPEATED_END);
  const [repeated] = REPEATED.filter((beginning) => text.startsWith(`${beginning} [`));
  return repeated === undefined || end < 0 ? text : `${repeated}: ${text.slice(end + REPEATED_END.length)}`;
}

const REPEATED = ['cannot parse `query` arg', 'cannot execute query'];
const REPEATED_END = ']: ';

const ANY: LineQuery = { by: 'service', services: [], fromUs: 0, toUs: 0 };

function nothingIn(says: string): Health {
  return {
    ok: true,
    detail: `${says}, but has no line of the last day`,
    remedy: 'Send it lines, or check VICTORIALOGS_TENANT if there are some already.',
  };
}

function versionIn(answer: unknown): string {
  if (typeof answer !== 'object' || answer === null || !('data' in answer)) return '';
  const { data } = answer;
  const version = typeof data === 'object' && data !== null && 'version' in data ? data.version : '';
  return typeof version === 'string' && version !== '' ? `VictoriaLogs ${version}` : '';
}

/** '' if the error says it already. */
function remedyFor(error: unknown): string {
  const status = error instanceof BackendError ? error.status : 0;
  if (status === 401) return 'Check VICTORIALOGS_TOKEN, or the user and the password in VICTORIALOGS_URL.';
  if (status === 403) return 'Let the user of vmauth, or of the proxy, read /select/.*';
  const isElsewhere = status === 400 && error instanceof BackendError && NO_SUCH_PATH.test(error.message);
  if (status === 404 || isElsewhere || error instanceof NotABackendError) {
    return 'Check VICTORIALOGS_URL: it must lead to VictoriaLogs, vlselect or vmauth (port 9428, 9471 or 8427 by default), with its base path, and not to VictoriaMetrics.';
  }
  return '';
}

/** VictoriaMetrics’ servers and vmauth answer 400 for a path that they do not have. */
const NO_SUCH_PATH = /unsupported path|missing route|disabled with -select\.disable/i;
