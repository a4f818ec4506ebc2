/** How a system outside is asked who is on call: one small answer of JSON, and a sentence where there is none. */
import { z } from 'zod';
import { type Backend, type BackendOptions, openBackend, readJson, type Search } from '#adapters/http.ts';
import { SpanhoundError, TooLargeError } from '#core/errors.ts';
import { type OnCallAnswer, personEmail, personName } from '#model/incident/on-call.ts';

/** A page of a hundred people has about 100 KB. */
const MAX_BYTES = 2_000_000;
/** Somebody waits for the call. The whole call has its own deadline. */
const TIMEOUT_MS = 5_000;

export type Unknown = Extract<OnCallAnswer, { kind: 'unknown' }>;
export type Read<T> = Readonly<{ kind: 'read'; value: T }> | Unknown;

export function openOnCallApi(name: string, options: Omit<BackendOptions, 'maxBytes'>): Backend {
  return openBackend(name, '', { timeoutMs: TIMEOUT_MS, ...options, maxBytes: MAX_BYTES });
}

export function unknown(reason: string): Unknown {
  return { kind: 'unknown', reason };
}

/** `missing`: what a 404 means, and what to do. */
export async function readOnCall<T>(
  api: Backend,
  path: string,
  {
    search = [],
    signal,
    schema,
    missing,
  }: Readonly<{ search?: Search; signal: AbortSignal; schema: z.ZodType<T>; missing: string }>,
): Promise<Read<T>> {
  try {
    const answer = await api.get(path, { signal, search });
    if (answer.kind === 'refusal' && answer.status === 404) return unknown(missing);
    if (answer.kind !== 'body') return unknown(api.error(path, answer).advice);
    const read = schema.safeParse(await readJson(answer.chunks));
    if (read.success) return { kind: 'read', value: read.data };
    return unknown(`${api.name} answered, but not as its API does. Check its address in the configuration.`);
  } catch (error) {
    if (error instanceof TooLargeError) return unknown(`${api.name} sent more than ${MAX_BYTES / 1e6} MB.`);
    if (error instanceof SpanhoundError) return unknown(error.advice);
    throw error;
  }
}

/** The fields of people and places, as systems write them. Whatever is no text is ''. */
export const PersonName = z.unknown().optional().transform(personName);
export const PersonEmail = z.unknown().optional().transform(personEmail);

/** ISO 8601; undefined for what is no instant. */
export const ShiftEnd = z
  .unknown()
  .optional()
  .transform((value) => {
    const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
    return Number.isNaN(ms) ? undefined : ms * 1_000;
  });
