/**
 * NerdGraph, New Relic's GraphQL API: it runs queries in NRQL for one account, several in one request.
 *
 * GraphQL reports most errors with status 200, in a list `errors` beside `data`: a wrong key, an account that the key may
 * not read, a limit that is spent, a query that took too long. Each becomes the error that HTTP would have for it. One
 * query of a request may fail while the others have rows.
 *
 * https://docs.newrelic.com/docs/apis/nerdgraph/examples/nerdgraph-nrql-tutorial/
 * https://docs.newrelic.com/docs/nrql/using-nrql/rate-limits-nrql-queries/
 */
import { z } from 'zod';
import { checked } from '#adapters/health.ts';
import { type BackendOptions, openBackend, readJson } from '#adapters/http.ts';
import type { LineFields } from '#adapters/line-fields.ts';
import { BackendError, type NotABackendError } from '#core/errors.ts';
import type { Health } from '#gather/sources.ts';

export type NewRelicOptions = BackendOptions &
  LineFields &
  Readonly<{
    region: 'us' | 'eu';
    apiKey: string;
    accountId: number;
    /** The address of New Relic for people. @default that of the region */
    uiUrl?: URL | undefined;
  }>;

export const NAME = 'newrelic';

const PATH = 'graphql';

/** The most rows that a query returns: `LIMIT MAX`. */
export const MOST_ROWS = 5_000;
/** An answer is parsed at once. */
const MAX_ANSWER_BYTES = 64_000_000;

export type Row = Readonly<Record<string, unknown>>;

/** The rows of each query that has some, by its name; and the error of those that failed. */
export type Found<Name extends string> = Readonly<{
  rows: Readonly<Partial<Record<Name, readonly Row[]>>>;
  error: BackendError | NotABackendError | undefined;
}>;

export type NerdGraph = Readonly<{
  /** Rejects if no query has rows. */
  find<Name extends string>(queries: Readonly<Record<Name, string>>, signal: AbortSignal): Promise<Found<Name>>;
  /** The rows of one query. */
  rows(nrql: string, signal: AbortSignal): Promise<readonly Row[]>;
  /** The error for an answer that is not whole. */
  incomplete(reason: string): BackendError;
  /** The result of a check, with a remedy for the key, the region or the account that is wrong. */
  healthOf(check: () => Promise<Health>, signal: AbortSignal): Promise<Health>;
}>;

/** How long a query may run: NerdGraph's own limit is 5 s. A pause of the answer would end the request before. */
const LEAST_TIMEOUT_S = 5;
const MOST_TIMEOUT_S = 60;
const DEFAULT_TIMEOUT_MS = 15_000;

export function openNerdGraph(options: NewRelicOptions): NerdGraph {
  const { region, apiKey, accountId, timeoutMs = DEFAULT_TIMEOUT_MS, maxBytes = MAX_ANSWER_BYTES, errors } = options;
  const backend = openBackend(NAME, '', {
    ...options,
    maxBytes: Math.min(maxBytes, MAX_ANSWER_BYTES),
    headers: { 'api-key': apiKey, ...options.headers },
  });
  const timeout = Math.min(MOST_TIMEOUT_S, Math.max(LEAST_TIMEOUT_S, Math.floor(timeoutMs / 1_000) - 1));

  async function answerTo(json: unknown, signal: AbortSignal): Promise<z.output<typeof Answer>> {
    const answer = await backend.post(PATH, { signal, json });
    if (answer.kind !== 'body') throw backend.error(PATH, answer);
    const read = Answer.safeParse(await readJson(answer.chunks));
    if (!read.success) throw backend.misplaced(PATH);
    return read.data;
  }

  async function find<Name extends string>(
    queries: Readonly<Record<Name, string>>,
    signal: AbortSignal,
  ): Promise<Found<Name>> {
    const names = Object.keys(queries) as Name[];
    const variables = { account: accountId, timeout, ...queries };
    const { data, errors: said } = await answerTo({ query: documentOf(names), variables }, signal);
    const account = data?.actor?.account;
    const rows: Partial<Record<Name, readonly Row[]>> = {};
    for (const name of names) {
      const { success, data: found } = Results.safeParse(account?.[name]);
      if (success) rows[name] = found.results;
    }
    const error = said.length > 0 ? errorFor(said) : undefined;
    if (names.every((name) => rows[name] === undefined)) throw error ?? withoutRows(account);
    return {
      rows,
      error: error ?? (names.some((name) => rows[name] === undefined) ? withoutRows(account) : undefined),
    };
  }

  function errorFor(said: readonly GraphQlError[]): BackendError | NotABackendError {
    const status = statusOf(said);
    const text = said.map(({ message }) => message).join('; ') || 'gave no reason';
    const retryAfterMs = status === 429 ? LIMIT_MS : undefined;
    return backend.error(PATH, { kind: 'refusal', status, text, retryAfterMs, header: () => '' });
  }

  /** An account that the key may not read is `null`, and not always with an error. */
  function withoutRows(account: unknown): BackendError | NotABackendError {
    const text = `the account ${accountId} has no answer`;
    return account === null || account === undefined
      ? backend.error(PATH, { kind: 'refusal', status: 403, text, retryAfterMs: undefined, header: () => '' })
      : backend.misplaced(PATH);
  }

  async function rows(nrql: string, signal: AbortSignal): Promise<readonly Row[]> {
    const { rows, error } = await find({ asked: nrql }, signal);
    if (rows.asked === undefined) throw error ?? backend.misplaced(PATH);
    return rows.asked;
  }

  async function healthOf(ask: () => Promise<Health>, signal: AbortSignal): Promise<Health> {
    try {
      return await ask();
    } catch (error) {
      return await checked(async () => {
        if (!(error instanceof BackendError) || (error.status !== 401 && error.status !== 403)) throw error;
        return await refusedBecause(error, signal);
      });
    }
  }

  /** The list of the key's accounts tells a wrong key from a wrong account. */
  async function refusedBecause(refusal: BackendError, signal: AbortSignal): Promise<Health> {
    const accounts = await answerTo({ query: '{ actor { accounts { id } } }' }, signal).catch((error: unknown) => {
      if (error instanceof BackendError && (error.status === 401 || error.status === 403)) return undefined;
      throw error;
    });
    const known = accounts?.data?.actor?.accounts;
    if (known === undefined) {
      const isUserKey = /^NRAK-/.test(apiKey);
      return {
        ok: false,
        detail: `does not know the key in the region ${region}`,
        remedy: `Check NEW_RELIC_API_KEY${isUserKey ? '' : ': it must be a user key, which begins with NRAK-'}, and NEW_RELIC_REGION (now ${region}): a key works in one region.`,
      };
    }
    if (known.some(({ id }) => id === accountId)) return { ok: false, detail: refusal.message, remedy: refusal.advice };
    const listed = known.slice(0, ACCOUNTS_NAMED).map(({ id }) => id);
    const which =
      listed.length === 0 ? 'no account' : `the ${listed.length > 1 ? 'accounts' : 'account'} ${listed.join(', ')}`;
    return {
      ok: false,
      detail: `the key is right, but may not read the account ${accountId}`,
      remedy: `Check NEW_RELIC_ACCOUNT_ID: the key reads ${which}${known.length > listed.length ? ', …' : ''}. Or give its user a role in the account.`,
    };
  }

  return {
    find,
    rows,
    incomplete: (reason) => new BackendError(NAME, 200, PATH, { reason, check: errors }),
    healthOf,
  };
}

/** So that the line fits a terminal. */
const ACCOUNTS_NAMED = 5;

/** The limits count queries by the minute. */
const LIMIT_MS = 60_000;

const GraphQlError = z.object({
  message: z.string().catch(''),
  extensions: z
    .object({ errorClass: z.string().catch(''), error_code: z.string().catch(''), code: z.string().catch('') })
    .nullish()
    .catch(undefined),
});
type GraphQlError = z.output<typeof GraphQlError>;

const Accounts = z.array(z.object({ id: z.number() })).optional();
const Answer = z
  .object({
    data: z
      .object({
        actor: z
          .object({ account: z.record(z.string(), z.unknown()).nullish(), accounts: Accounts.catch(undefined) })
          .nullish(),
      })
      .nullish(),
    errors: z.array(GraphQlError).nullish(),
  })
  .refine(({ data, errors }) => data !== undefined || (errors?.length ?? 0) > 0)
  .transform(({ data, errors }) => ({ data, errors: errors ?? [] }));

const Results = z.object({ results: z.array(z.record(z.string(), z.unknown())) });

/** Each query under its own name; their texts are variables, so nothing in them can change the document. */
function documentOf(names: readonly string[]): string {
  const types = ['$account: Int!', '$timeout: Seconds', ...names.map((name) => `$${name}: Nrql!`)].join(', ');
  const fields = names.map((name) => `${name}: nrql(query: $${name}, timeout: $timeout) { results }`).join(' ');
  return `query (${types}) { actor { account(id: $account) { ${fields} } } }`;
}

/** https://github.com/newrelic/newrelic-client-go/blob/main/pkg/http/errors.go names the classes that its client knows. */
const STATUSES: readonly (readonly [RegExp, number])[] = [
  [/bad_?api_?key|unauthenticated/i, 401],
  [/access_?denied|unauthori[sz]ed|forbidden/i, 403],
  [/rate_?limit|too_?many_?requests|limit_?exceeded/i, 429],
  [/time_?out/i, 504],
  [/server_?error|unavailable/i, 500],
];

/** The status of the first error with a known class; if no class is known, of the first one with known words. */
function statusOf(said: readonly GraphQlError[]): number {
  const classes = said.map(({ extensions }) => Object.values(extensions ?? {}).join(' '));
  const words = said.map(({ message }) => message.slice(0, MOST_WORDS).replaceAll(' ', '_'));
  for (const text of [...classes, ...words]) {
    const known = STATUSES.find(([form]) => form.test(text));
    if (known !== undefined) return known[1];
  }
  return 400;
}

const MOST_WORDS = 300;
