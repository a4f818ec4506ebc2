/**
 * Limits refused requests for each address, before the body is read and its signature is checked. Answered requests do
 * not count: a storm of alerts comes from one address.
 *
 * Behind a proxy, a load balancer or a cluster's network, all requests may come from one address, and one attacker would
 * lock out every sender. So there is a limit only where somebody said what is in front of the bot.
 */
import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { refuse } from '#web/request-bodies.ts';

const WINDOW_MS = 60_000;

/**
 * Above `MOST_CONNECTIONS`: a request counts until it is answered, and a connection has one request at a time. So senders
 * with valid requests never reach it. Slack and alerting systems send none that is refused.
 */
const MOST_REFUSED = 600;

export type RefusedLimit = Readonly<{
  /** Trusted proxies in front of the bot; 0 if senders reach it with their own address. */
  proxies: number;
  /** Refused requests of one address within a minute. */
  most?: number;
}>;

export function limitRefused({ most = MOST_REFUSED }: RefusedLimit): RequestHandler {
  return rateLimit({
    windowMs: WINDOW_MS,
    limit: most,
    standardHeaders: false,
    legacyHeaders: false,
    skipSuccessfulRequests: true,
    // 5xx are the bot's own trouble: its senders try again.
    requestWasSuccessful: (_request, { statusCode }) => statusCode < 400 || statusCode >= 500,
    validate: { xForwardedForHeader: false },
    handler: (request, response) => {
      response.set('retry-after', `${WINDOW_MS / 1_000}`);
      refuse(request, response, {
        status: 429,
        text: `more than ${most} refused requests from this address in a minute: wait a minute\n`,
      });
    },
  });
}
