/**
 * Probes the states of a circuit breaker: closed, tripped by a few quick requests, open, and after a wait half-open,
 * which one request closes again. A person has confirmed it first, and everything is limited: the number of requests,
 * their rate, the total time, and methods to those that change nothing.
 *
 *   closed? ──► up to N quick requests ──► open? ──► wait ──► half-open ──► closed
 */
import type { Clock } from '#core/clock.ts';
import { SpanhoundError } from '#core/errors.ts';
import { saysCircuitOpen } from '#model/trace/views/failure-text.ts';
import type { BreakerState, ProbedRequest, Probing } from '#present/tools/probe-text.ts';
import type { HttpAnswer, SendRequest } from '#utilities/http-request.ts';

export type ProbeRequest = Readonly<{
  /** The endpoint that shows whether the breaker lets requests through. */
  url: string;
  /** The failing or slow endpoint that trips it; the same if not given. */
  tripUrl?: string | undefined;
  /** Requests to trip it with. @default 10 */
  requests?: number | undefined;
  /** Seconds until it may be half-open. @default 30 */
  waitSeconds?: number | undefined;
}>;

export type ProbeParts = Readonly<{ send: SendRequest; clock: Clock; tell?: (line: string) => void }>;

export const PROBE_LIMITS = {
  requests: 20,
  waitSeconds: 120,
  /** Between the starts of two requests: ten per second at most. */
  apartMs: 100,
  /** Parallel requests; a slow endpoint trips a breaker. */
  atOnce: 5,
} as const;

const REQUESTS = 10;
const WAIT_SECONDS = 30;

export async function probeCircuit(asked: ProbeRequest, parts: ProbeParts, signal: AbortSignal): Promise<Probing> {
  const { clock, tell = () => undefined } = parts;
  const requests = within(asked.requests ?? REQUESTS, PROBE_LIMITS.requests);
  const waitSeconds = within(asked.waitSeconds ?? WAIT_SECONDS, PROBE_LIMITS.waitSeconds);
  const startUs = clock.elapsedUs();
  const steps: ProbedRequest[] = [];
  const ask = async (phase: ProbedRequest['phase'], url: string) => {
    const step = await probed(parts, { phase, url, startUs }, signal);
    steps.push(step);
    return step;
  };

  tell('Sending one request: is it closed?');
  let now = await ask('before', asked.url);
  if (now.state === 'failed') return { verdict: 'unreachable', steps, waitedSeconds: 0, tripped: 0 };
  let tripped = 0;
  if (now.state !== 'open') {
    tell(`Sending up to ${requests} quick requests…`);
    const tripUrl = asked.tripUrl ?? asked.url;
    const pause = () => clock.sleep(PROBE_LIMITS.apartMs, signal);
    tripped = await trip(requests, () => ask('trip', tripUrl), pause);
    now = await ask('after', asked.url);
    if (now.state !== 'open') return { verdict: 'stayed-closed', steps, waitedSeconds: 0, tripped };
  }
  const waited = Math.min(Math.max(waitSeconds, now.retryAfterSeconds), PROBE_LIMITS.waitSeconds);
  tell(`It is open. Waiting ${waited} s…`);
  await clock.sleep(waited * 1000, signal);
  signal.throwIfAborted();
  const trial = await ask('half-open', asked.url);
  if (trial.state !== 'closed') return { verdict: 'stays-open', steps, waitedSeconds: waited, tripped };
  const last = await ask('end', asked.url);
  const verdict = last.state === 'closed' ? 'closed-again' : 'opened-again';
  return { verdict, steps, waitedSeconds: waited, tripped };
}

/**
 * Stops when a request is refused, because more would only load a service that is already down. Returns how many were
 * sent.
 */
async function trip(requests: number, ask: () => Promise<ProbedRequest>, pause: () => Promise<void>): Promise<number> {
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  let isOpen = false;
  let sent = 0;
  while (sent < requests && !isOpen && failures.length === 0) {
    if (underWay.size >= PROBE_LIMITS.atOnce) await Promise.race(underWay);
    const one = ask()
      .then(
        ({ state }) => {
          isOpen ||= state === 'open';
        },
        (error: unknown) => void failures.push(error),
      )
      .finally(() => underWay.delete(one));
    underWay.add(one);
    sent += 1;
    await pause();
  }
  await Promise.all(underWay);
  if (failures.length > 0) throw failures[0];
  return sent;
}

async function probed(
  { send, clock }: ProbeParts,
  { phase, url, startUs }: Readonly<{ phase: ProbedRequest['phase']; url: string; startUs: number }>,
  signal: AbortSignal,
): Promise<ProbedRequest> {
  const atUs = clock.elapsedUs() - startUs;
  try {
    const answer = await send({ method: 'GET', url, headers: [], body: undefined }, signal);
    const tookUs = clock.elapsedUs() - startUs - atUs;
    return { phase, url, atUs, tookUs, status: answer.status, ...stateOf(answer) };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof SpanhoundError) || !error.retryable) throw error; // not allowed, or a bug
    const tookUs = clock.elapsedUs() - startUs - atUs;
    return { phase, url, atUs, tookUs, status: 0, state: 'failed', said: error.message, retryAfterSeconds: 0 };
  }
}

/** A breaker answers 503. The result is certain only if the response mentions the breaker. */
function stateOf({
  status,
  body,
  headers,
}: HttpAnswer): Readonly<{ state: BreakerState; said: string; retryAfterSeconds: number }> {
  const all = [body, ...headers.map(([name, value]) => `${name}: ${value}`)].join('\n');
  const retryAfter = Number(headers.find(([name]) => name.toLowerCase() === 'retry-after')?.[1]);
  const retryAfterSeconds = retryAfter > 0 ? Math.ceil(retryAfter) : 0;
  if (saysCircuitOpen(all))
    return { state: 'open', said: 'its response says that its circuit breaker is open', retryAfterSeconds };
  if (status === 503)
    return {
      state: 'open',
      said: 'it refuses, but its response does not mention a circuit breaker',
      retryAfterSeconds,
    };
  return { state: status >= 500 ? 'error' : 'closed', said: '', retryAfterSeconds: 0 };
}

function within(value: number, most: number): number {
  return Math.min(Math.max(Math.trunc(value), 1), most);
}
