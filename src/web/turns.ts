/**
 * Requests take turns: a limited number is worked on at once, and the others wait in line. Whoever cannot begin in time
 * is told so: Slack waits three seconds, and a later answer tells nobody whether the request counted.
 */
import type { RequestHandler } from 'express';
import type { Clock } from '#core/clock.ts';
import type { WebhookReply } from '#core/webhook.ts';
import { rawBodyOf, refuse } from '#web/request-bodies.ts';

export type Turns = Readonly<{
  /** How many are worked on at once. */
  atOnce: number;
  /** How long a request waits in line. */
  waitMs: number;
  clock: Clock;
  /** The answer to a request that waited in vain. */
  busy(body: Uint8Array): WebhookReply;
}>;

export function inTurn({ atOnce, waitMs, clock, busy }: Turns): RequestHandler {
  let underWay = 0;
  const line = new Set<() => void>();

  const begin = (next: () => void) => {
    underWay += 1;
    next();
  };
  const end = () => {
    underWay -= 1;
    const [first] = line;
    first?.();
  };

  return (request, response, next) => {
    if (underWay < atOnce) {
      response.once('close', end);
      return begin(next);
    }
    const left = new AbortController();
    const leave = () => {
      line.delete(take);
      left.abort();
    };
    const take = () => {
      leave();
      response.off('close', leave).once('close', end);
      begin(next);
    };
    line.add(take);
    response.once('close', leave);
    void clock.sleep(waitMs, left.signal).then(() => {
      if (left.signal.aborted) return;
      leave();
      refuse(request, response, busy(rawBodyOf(request)));
    });
  };
}
