/**
 * A bucket of Amazon S3, or of a server that speaks its API (MinIO, Ceph, SeaweedFS, R2). It uses the four requests that
 * all of them have: list, get, put, delete. Credentials come from where every AWS SDK looks for them.
 */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { whyAborted } from '#core/deadline.ts';
import { BackendError, SpanhoundError, UnreachableError, UnreadableInputError } from '#core/errors.ts';
import { redact } from '#model/redaction/redaction.ts';

export type BucketOptions = Readonly<{
  bucket: string;
  /** Without it: Amazon S3. */
  endpoint?: URL | undefined;
  region: string;
  /** For one operation with all its requests and repetitions. */
  timeoutMs: number;
}>;

export type Bucket = Readonly<{
  /** The keys that begin so, in order. */
  list(prefix: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Throws UnreadableInputError if there is no such object. */
  get(key: string): AsyncIterable<Uint8Array>;
  put(key: string, bytes: Uint8Array, signal: AbortSignal): Promise<void>;
  /** Does nothing if it is gone. */
  remove(key: string, signal: AbortSignal): Promise<void>;
  /** The end of an operation that begins now. */
  deadline(): AbortSignal;
}>;

/** The first connection to a server that does not exist must not use up the time of the others. */
const CONNECT_MS = 3_000;
/** The SDK repeats what a busy server refused (429, 5xx) or a connection lost, with growing pauses. */
const MOST_ATTEMPTS = 3;
const CHECK = {
  address: 'CASES_URL and CASES_ENDPOINT',
  credentials: 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and the rights on the bucket (list, get, put, delete)',
};

class NoCredentialsError extends SpanhoundError {
  override readonly name = 'NoCredentialsError';
  readonly code = 'SH_S3_CREDENTIALS';
  readonly advice =
    'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the machine or the service account a role that may use the bucket.';

  constructor(cause: Error) {
    super('there are no credentials for S3', { cause });
  }
}

export function openBucket({ bucket, endpoint, region, timeoutMs }: BucketOptions): Bucket {
  const client = new S3Client({
    region,
    maxAttempts: MOST_ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: timeoutMs, throwOnRequestTimeout: true },
    // Servers other than Amazon's do not know the checksums that the SDK adds by default. Each case has its own.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(endpoint && { endpoint: endpoint.href, forcePathStyle: true }),
  });
  const place = endpoint === undefined ? 'S3' : `S3 at ${endpoint.host}`;

  async function asked<T>(what: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw asOurs(error, { place, what, bucket, signal });
    }
  }

  return {
    deadline: () => AbortSignal.timeout(timeoutMs),
    async list(prefix, signal) {
      const keys: string[] = [];
      for (let next: string | undefined, isFirst = true; isFirst || next !== undefined; isFirst = false) {
        const page = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: next });
        const answer = await asked('a list', signal, () => client.send(page, { abortSignal: signal }));
        keys.push(...(answer.Contents ?? []).flatMap(({ Key }) => Key ?? []));
        next = answer.IsTruncated === true ? answer.NextContinuationToken : undefined;
      }
      return keys;
    },
    async *get(key) {
      const signal = AbortSignal.timeout(timeoutMs);
      const get = new GetObjectCommand({ Bucket: bucket, Key: key });
      const { Body } = await asked(`GET ${key}`, signal, () => client.send(get, { abortSignal: signal }));
      try {
        yield* Body as unknown as AsyncIterable<Uint8Array>;
      } catch (error) {
        throw asOurs(error, { place, what: `GET ${key}`, bucket, signal });
      }
    },
    async put(key, bytes, signal) {
      const put = new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, ContentLength: bytes.length });
      await asked(`PUT ${key}`, signal, () => client.send(put, { abortSignal: signal }));
    },
    async remove(key, signal) {
      const remove = new DeleteObjectCommand({ Bucket: bucket, Key: key });
      await asked(`DELETE ${key}`, signal, () => client.send(remove, { abortSignal: signal }));
    },
  };
}

type Asked = Readonly<{ place: string; what: string; bucket: string; signal: AbortSignal }>;

function asOurs(error: unknown, { place, what, bucket, signal }: Asked): unknown {
  if (!(error instanceof Error)) return error;
  if (error.name === 'CredentialsProviderError') return new NoCredentialsError(error);
  const status = statusOf(error);
  if (error.name === 'NoSuchKey') {
    return new UnreadableInputError(`${what}: there is no such object in the bucket ${bucket}`, 'Restore it.', {
      cause: error,
    });
  }
  // 200 with an answer that is no XML comes from a server that is not S3.
  if (status !== undefined && status >= 300) {
    const reason = redact(`${error.name}: ${error.message}`);
    return new BackendError(place, status, what, { reason, check: CHECK, cause: error });
  }
  const why = signal.aborted ? whyAborted(signal) : redact(reasonOf(error));
  return new UnreachableError(place, why, { check: CHECK, cause: error });
}

function statusOf(error: Error): number | undefined {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode;
}

/** A refused connection has no message, and an error for each address. */
function reasonOf(error: Error): string {
  if (error instanceof AggregateError) return error.errors.map((one) => `${one?.message ?? one}`).join(', ');
  return error.message || error.name;
}
