/** The result of a system's check, for `doctor`. */
import { BackendError, SpanhoundError, UnreachableError } from '#core/errors.ts';
import type { Health } from '#gather/sources.ts';

/** An expected error is a result, too: its text and its advice. `remedyFor`: '' where the error says it already. */
export async function checked(
  check: () => Promise<Health>,
  remedyFor: (error: SpanhoundError) => string = () => '',
): Promise<Health> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof SpanhoundError)) throw error;
    const usual = error instanceof UnreachableError ? error.remedy : error.advice;
    return { ok: false, detail: error.message, remedy: remedyFor(error) || usual };
  }
}

/** A remedy for `checked`: by the status of the answer, and '' for another error. */
export function remedyByStatus(remedies: Readonly<Record<number, string>>): (error: SpanhoundError) => string {
  return (error) => (error instanceof BackendError ? (remedies[error.status] ?? '') : '');
}

/** So that the line fits a terminal. */
const MOST_NAMED = 5;

/** `7 projects: a, b, c, d, e, …`, for the detail of a check. */
export function namedText(noun: string, names: readonly string[]): string {
  const named = names.toSorted().slice(0, MOST_NAMED).join(', ');
  const more = names.length > MOST_NAMED ? ', …' : '';
  return `${names.length} ${names.length === 1 ? noun : `${noun}s`}: ${named}${more}`;
}

/** The result in `doctor` for a backend that lists its services. */
export function healthOfServices(services: readonly string[]): Health {
  if (services.length === 0) {
    return {
      ok: true,
      detail: 'answers, but knows no service yet',
      remedy: 'Send it traces, or check the tenant if there are some already.',
    };
  }
  return { ok: true, detail: namedText('service', services), remedy: '' };
}

/** One result for all that a system offers. What fails all of them alike is said once. */
export async function healthOfAll(
  sources: Readonly<Record<string, Readonly<{ check(signal: AbortSignal): Promise<Health> }>>>,
  signal: AbortSignal,
): Promise<Health> {
  const parts = await Promise.all(
    Object.entries(sources).map(async ([kind, source]) => ({ kind, ...(await source.check(signal)) })),
  );
  const [first] = parts;
  const areAlike = parts.every(({ ok, detail }) => ok === first?.ok && detail === first.detail);
  return {
    ok: parts.every(({ ok }) => ok),
    detail: areAlike ? (first?.detail ?? '') : parts.map(({ kind, detail }) => `${kind}: ${detail}`).join('; '),
    remedy: [...new Set(parts.map(({ remedy }) => remedy))].filter((remedy) => remedy !== '').join(' '),
  };
}
