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

/** The id of one person: a group that a system outside names would call everybody in it. '' for anything else. */
export const PersonSlackId = z
  .unknown()
  .optional()
  .transform((value) => (typeof value === 'string' && /^[UW][A-Z0-9]{5,30}$/.test(value) ? value : ''));

/** ISO 8601; undefined for what is no instant. In microseconds. */
export const ShiftInstant = z
  .unknown()
  .optional()
  .transform((value) => {
    const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
    return Number.isNaN(ms) ? undefined : ms * 1_000;
  });

/** Both ends in microseconds. A shift without an end goes on. */
export type Shift = Readonly<{ startUs: number | undefined; endUs: number | undefined }>;

export function covers({ startUs = -Infinity, endUs = Infinity }: Shift, nowUs: number): boolean {
  return startUs <= nowUs && nowUs < endUs;
}

type Named = Readonly<{ id: string; name: string }>;

/** What a target means: the item with that id, or else with that name, or else with that name in another case. */
export function meantBy<T extends Named>(wanted: string, items: readonly T[]): readonly T[] {
  const name = personName(wanted);
  const ways = [
    (item: T) => item.id === wanted,
    (item: T) => item.name === name,
    (item: T) => item.name.toLowerCase() === name.toLowerCase(),
  ];
  return ways.map((isMeant) => items.filter(isMeant)).find((found) => found.length > 0) ?? [];
}

/** Two schedules with one name: nobody guesses which one is meant. */
export function ambiguous(title: string, system: string, items: readonly Named[]): Unknown {
  const ids = items.slice(0, 3).map(({ id }) => `${system}:schedule/${id}`);
  return unknown(`${title} has ${items.length} schedules with that name. Write the id of one: ${ids.join(', ')}.`);
}
