/**
 * Questions to Slack for which a person waits: one without an answer is asked once more, a limit of Slack is kept, an
 * answer serves for a while.
 */
import { WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api';
import { type Clock, within } from '#core/clock.ts';
import type { Log } from '#core/log.ts';

/** If Slack has not answered after this time, the question is sent a second time. The first answer counts. */
const AGAIN_AFTER_MS = 500;
const MOST_REMEMBERED = 1_000;

export type Question<T> = (key: string) => Promise<T | undefined>;

export type QuestionOptions = Readonly<{
  clock: Clock;
  log: Log;
  /** How long somebody waits. */
  patienceMs: number;
  /** What Slack did not say. */
  what: string;
}>;

/** Makes questions of functions that ask Slack. */
export function askingTwice(options: QuestionOptions): <T>(asked: Question<T>) => Question<T> {
  return twice;

  /** Asks again if there is no answer; both may answer. Undefined if neither did. */
  function twice<T>(asked: Question<T>): Question<T> {
    const ask = askingOnce(options)(asked);
    return async (key) => {
      const first = ask(key);
      const early = await within(options.clock, AGAIN_AFTER_MS, first);
      if (early !== undefined) return early;
      const second = ask(key);
      return await Promise.race([first.then((answer) => answer ?? second), second.then((answer) => answer ?? first)]);
    };
  }
}

/** For questions of many calls, which a second try would double. Undefined if Slack did not answer. */
export function askingOnce({ clock, log, patienceMs, what }: QuestionOptions): <T>(ask: Question<T>) => Question<T> {
  return (ask) => {
    const paced = pacing(ask);
    return async (key) =>
      await paced(key).catch((error: unknown) => void log.info({ err: error }, `slack did not say ${what}`));
  };

  /**
   * Keeps to the wait that Slack orders when it limits its calls: a call before its end fails, and may make the wait
   * longer. Asks nothing if nobody can wait that long.
   */
  function pacing<T>(ask: Question<T>): Question<T> {
    let openUs = 0;
    return async (key) => {
      const waitMs = (openUs - clock.elapsedUs()) / 1_000;
      if (waitMs >= patienceMs) return undefined;
      if (waitMs > 0) await clock.sleep(waitMs);
      return await ask(key).catch((error: unknown) => {
        if (error instanceof WebAPIRateLimitedError) openUs = clock.elapsedUs() + error.retryAfter * 1_000_000;
        throw error;
      });
    };
  }
}

/** One request for all callers at the same time. Remembers an answer; a missing one is asked for again. */
export function remembering<T>(clock: Clock, rememberUs: number, ask: Question<T>): Question<T> {
  const known = new Map<string, Readonly<{ answer: Promise<T | undefined>; untilUs: number }>>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined && before.untilUs > clock.elapsedUs()) return before.answer;
    if (known.size >= MOST_REMEMBERED) known.clear();
    const answer = ask(key).then((found) => {
      if (found === undefined) known.delete(key);
      return found;
    });
    known.set(key, { answer, untilUs: clock.elapsedUs() + rememberUs });
    return answer;
  };
}

/**
 * As `remembering`, of one answer that takes long: after `freshUs` the old one serves up to twice that time, while Slack
 * is asked for a new one.
 */
export function refreshing<T>(clock: Clock, freshUs: number, ask: Question<T>): () => Promise<T | undefined> {
  let known: Readonly<{ answer: T; fromUs: number }> | undefined;
  let asking: Promise<T | undefined> | undefined;
  return async () => {
    const ageUs = clock.elapsedUs() - (known?.fromUs ?? Number.NEGATIVE_INFINITY);
    if (ageUs >= freshUs) asking ??= renewed().finally(() => (asking = undefined));
    return known !== undefined && ageUs < 2 * freshUs ? known.answer : await asking;
  };

  async function renewed(): Promise<T | undefined> {
    const fromUs = clock.elapsedUs();
    const answer = await ask('');
    if (answer !== undefined) known = { answer, fromUs };
    return answer;
  }
}

/** For a refusal that is an answer. */
export function refusedBy<T>(codes: ReadonlySet<string>, answer: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof WebAPIPlatformError && codes.has(error.data.error)) return answer;
    throw error;
  };
}
