/**
 * The JSON APIs of Amazon Web Services: credentials from where every AWS SDK looks for them, a signature for each request,
 * and refusals by their code. AWS answers most mistakes with 400, so the code decides what an error means.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
 */
import { createHash, createHmac } from 'node:crypto';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { SignatureV4 } from '@smithy/signature-v4';
import { checked } from '#adapters/health.ts';
import { type Answer, addressUnder, type BackendOptions, openBackend, parsed, readJson } from '#adapters/http.ts';
import { whyAborted } from '#core/deadline.ts';
import { BackendError, type NotABackendError, UnreachableError } from '#core/errors.ts';
import type { Health } from '#gather/sources.ts';
import { isObject } from '#model/text/json-object.ts';

export type AwsCredentials = Readonly<{ accessKeyId: string; secretAccessKey: string; sessionToken?: string }>;

export type AwsOptions = Omit<BackendOptions, 'token' | 'tenant'> &
  Readonly<{
    /** `eu-west-1` */
    region: string;
    /** @default the environment, a profile, or the role of the machine or of the service account */
    credentials?: (() => Promise<AwsCredentials>) | undefined;
    /** The time of a signature, in milliseconds since the epoch. @default the system's clock */
    nowMs?: (() => number) | undefined;
  }>;

type Service = Readonly<{
  /** As a source: `xray`. */
  name: string;
  /** As signatures name it: `logs`. */
  signedAs: string;
  contentType: string;
}>;

type Request = Readonly<{ path: string; json: unknown; headers?: Readonly<Record<string, string>> }>;

export type AwsApi = Readonly<{
  /**
   * The JSON of the answer. `action` names the request in errors: `StartQuery`. Throws a BackendError whose status says
   * what the code means: 403 for credentials and rights, 429 for a limit.
   */
  ask(action: string, request: Request, signal: AbortSignal): Promise<unknown>;
  /** The error for an answer that is not one of this API. */
  misplaced(action: string): NotABackendError;
  /** The result of a check, with a remedy for what AWS refused. `rights`: those of the IAM policy. */
  healthOf(check: () => Promise<Health>, rights: string): Promise<Health>;
}>;

const NO_CREDENTIALS = 'there are no AWS credentials';
const CREDENTIALS =
  'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the role of the machine or of the service account,';

export function openAws({ name, signedAs, contentType }: Service, options: AwsOptions): AwsApi {
  const { region, credentials = defaultProvider(), nowMs = Date.now, url } = options;
  const backend = openBackend(name, '', options);
  const signer = new SignatureV4({ service: signedAs, region, credentials, sha256: Sha256 });

  /** AWS wants the host, the time and the body to be those that were signed. */
  async function signed({ path, json, headers = {} }: Request): Promise<Record<string, string>> {
    const { protocol, hostname, host, port, pathname } = new URL(addressUnder(url, path));
    const request = await signer.sign(
      {
        ...{ method: 'POST', protocol, hostname, path: pathname, query: {}, body: JSON.stringify(json) },
        ...(port !== '' && { port: Number(port) }),
        headers: { host, 'content-type': contentType, ...headers },
      },
      { signingDate: new Date(nowMs()) },
    );
    return Object.fromEntries(Object.entries(request.headers).map(([one, value]) => [one.toLowerCase(), value]));
  }

  async function ask(action: string, request: Request, signal: AbortSignal): Promise<unknown> {
    await unlessAborted(name, credentials(), signal);
    const { path, json } = request;
    const answer = await backend.post(path, { signal, json, headers: await signed(request) });
    if (answer.kind !== 'body') throw backend.error(action, answer.kind === 'page' ? answer : byCode(answer));
    const said = await readJson(answer.chunks);
    if (!isObject(said)) throw backend.misplaced(action);
    return said;
  }

  return {
    ask,
    misplaced: backend.misplaced,
    healthOf: (check, rights) => checked(check, (error) => remedyFor(error, rights)),
  };
}

/** The look for credentials asks the machine, and may take seconds. */
async function unlessAborted(name: string, found: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(new UnreachableError(name, whyAborted(signal)));
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  const failed = (cause: unknown) => {
    throw new UnreachableError(name, NO_CREDENTIALS, {
      cause,
      check: { address: CREDENTIALS, credentials: CREDENTIALS },
    });
  };
  try {
    await Promise.race([found.catch(failed), aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

type Refusal = Extract<Answer, { kind: 'refusal' }>;

const THROTTLED = /^(?:Throttl|TooManyRequests|RequestLimitExceeded|LimitExceeded|RequestThrottled)/;
const REFUSED =
  /^(?:AccessDenied|UnrecognizedClient|InvalidSignature|SignatureDoesNotMatch|ExpiredToken|InvalidClientTokenId|MissingAuthenticationToken|IncompleteSignature|NotAuthorized|OptInRequired|RequestExpired)/;

/** `{"__type":"com.amazonaws.logs#AccessDeniedException","message":"…"}`, or the code in a header. */
function byCode(answer: Refusal): Refusal {
  const body = parsed(answer.text);
  const said = isObject(body) ? body : {};
  const code = [answer.header('x-amzn-errortype'), said.__type, said.code]
    .map((one) => (typeof one === 'string' ? (/^(?:[^#:]{0,200}#)?(\w{1,100})/.exec(one)?.[1] ?? '') : ''))
    .find((one) => one !== '');
  if (code === undefined) return answer;
  const message = [said.message, said.Message].find((one) => typeof one === 'string') ?? '';
  const status = THROTTLED.test(code) ? 429 : REFUSED.test(code) ? 403 : answer.status;
  return { ...answer, status, text: message === '' ? code : `${code}: ${message}` };
}

/** '' if the error says it already. */
function remedyFor(error: unknown, rights: string): string {
  if (!(error instanceof BackendError)) return '';
  const { message, status } = error;
  if (/ExpiredToken|RequestExpired/.test(message))
    return 'The AWS credentials have expired: set new ones, or use a role.';
  if (/InvalidSignature|SignatureDoesNotMatch|IncompleteSignature/.test(message))
    return 'Check AWS_SECRET_ACCESS_KEY, and the clock of this machine: a signature is valid for five minutes.';
  if (/UnrecognizedClient|InvalidClientTokenId|MissingAuthentication/.test(message))
    return 'Check AWS_ACCESS_KEY_ID and AWS_SESSION_TOKEN: AWS does not know them. A token may be of another partition.';
  return status === 403 ? `Allow ${rights} in the IAM policy of the user or the role.` : '';
}

/** For the signatures. */
class Sha256 {
  readonly #hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.#hash.digest());
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return data instanceof ArrayBuffer
    ? new Uint8Array(data)
    : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
