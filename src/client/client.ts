/**
 * A typed client of the REST API, for other projects: openapi-fetch with the types of the API's document.
 * `npm run pack:client` packs it, and `docs/api.md` shows its use.
 */
import createClient, {
  type Client,
  type ClientPathsWithMethod,
  type MaybeOptionalInit,
  type MethodResponse,
} from 'openapi-fetch';
import type { components, paths } from './schema.ts';

/** How the API says what was wrong (RFC 9457). */
export type Problem = components['schemas']['Problem'];

/** Requests and answers by the names of the document, such as `Schemas['InvestigateRequest']`. */
export type Schemas = components['schemas'];

/** A call without an answer. The message says what was wrong and what to do. */
export class SpanhoundError extends Error {
  override readonly name = 'SpanhoundError';
  /** The HTTP status; undefined if nothing answered in time. */
  readonly status: number | undefined;
  /** What the API said; undefined if something else answered, such as a proxy, or nothing. */
  readonly problem: Problem | undefined;

  constructor(message: string, options: ErrorOptions & Readonly<{ status?: number; problem?: Problem }> = {}) {
    super(message, options);
    this.status = options.status;
    this.problem = options.problem;
  }
}

export type SpanhoundOptions = Readonly<{
  /** Where the bot listens, such as `https://spanhound.example.com`, without `/api/v1`. */
  address: string;
  /** As `spanhound token create` printed it. */
  token: string;
  /**
   * For one call with its whole answer. The API ends a call itself after 120 s (`API_DEADLINE_SECONDS`), and says why.
   *
   * @default 130,000
   */
  timeoutMs?: number;
}>;

type Method = 'get' | 'post';
type Paths<M extends Method> = ClientPathsWithMethod<Client<paths>, M>;

/** What a call may set; the rest of openapi-fetch's options would change the form of the answer. */
type Given<Init> = Pick<NonNullable<Init>, keyof NonNullable<Init> & ('params' | 'body' | 'signal')>;
type Arguments<Init> = undefined extends Init ? [given?: Given<Init>] : [given: Given<Init>];

/** @throws {SpanhoundError} */
type Call<M extends Method> = <Path extends Paths<M>>(
  path: Path,
  ...given: Arguments<MaybeOptionalInit<paths[Path], M>>
) => Promise<MethodResponse<Client<paths>, M, Path>>;

export type Spanhound = Readonly<{ GET: Call<'get'>; POST: Call<'post'> }>;

/** @throws {SpanhoundError} if the address or the token cannot be one */
export function spanhoundClient({ address, token, timeoutMs = 130_000 }: SpanhoundOptions): Spanhound {
  if (!/^https?:\/\//.test(address)) {
    throw new SpanhoundError(`address must be such as https://spanhound.example.com, and is "${address}"`);
  }
  // Otherwise fetch would quote the token in its error.
  if (!/^[!-~]+$/.test(token)) throw new SpanhoundError('token is empty, or has a blank or a line break');
  const api = createClient<paths>({
    baseUrl: `${address.replace(/\/$/, '')}/api/v1`,
    headers: { authorization: `Bearer ${token}` },
    fetch: (request) => fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]) }),
  });
  const ask = async (method: Method, path: string, given: object = {}): Promise<unknown> => {
    const answer: Answer = await api.request(method, path as never, given as never).catch((error: unknown) => {
      throw new SpanhoundError(`${address} ${whyNoAnswer(error, timeoutMs)}`, { cause: error });
    });
    if (answer.data !== undefined) return answer.data;
    throw refusal(address, answer);
  };
  return {
    GET: ((path, given) => ask('get', path, given)) as Call<'get'>,
    POST: ((path, given) => ask('post', path, given)) as Call<'post'>,
  };
}

type Answer = Readonly<{ data?: unknown; error?: unknown; response: Response }>;

function whyNoAnswer(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return `does not answer: ${error}`;
  if (error.name === 'TimeoutError') return `did not answer within ${timeoutMs / 1_000} s`;
  if (error instanceof SyntaxError) return 'answers without JSON: this is not the API of Spanhound';
  // Node says "fetch failed", and the reason in the cause.
  const reason = error.cause instanceof Error && error.cause.message ? error.cause : error;
  return `does not answer: ${reason.message}`;
}

/** Enough to recognise a page of a proxy. */
const MOST_QUOTED = 200;

function refusal(address: string, { error, response: { status, statusText } }: Answer): SpanhoundError {
  if (isProblem(error)) return new SpanhoundError(`${error.detail} ${error.advice}`, { status, problem: error });
  const text = typeof error === 'string' ? error : JSON.stringify(error ?? '');
  const said = `${status} ${statusText}`.trim();
  return new SpanhoundError(
    `${address} answers ${said}, and not as the API of Spanhound: ${text.slice(0, MOST_QUOTED)}`,
    {
      status,
    },
  );
}

function isProblem(error: unknown): error is Problem {
  return typeof error === 'object' && error !== null && 'detail' in error && 'advice' in error;
}
