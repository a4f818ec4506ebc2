/** The result of a system's check, for `doctor`. */
import { SpanhoundError, UnreachableError } from '#core/errors.ts';
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

/** So that the line fits a terminal. */
const SERVICES_NAMED = 5;

/** The result in `doctor` for a backend that lists its services. */
export function healthOfServices(services: readonly string[]): Health {
  if (services.length === 0) {
    return {
      ok: true,
      detail: 'answers, but knows no service yet',
      remedy: 'Send it traces, or check the tenant if there are some already.',
    };
  }
  const named = services.toSorted().slice(0, SERVICES_NAMED).join(', ');
  const more = services.length > SERVICES_NAMED ? ', …' : '';
  return {
    ok: true,
    detail: `${services.length} ${services.length === 1 ? 'service' : 'services'}: ${named}${more}`,
    remedy: '',
  };
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
