/**
 * The door of all pages behind personal links. It reads the link, and limits how often one person asks. The address holds
 * the link, so the answer is kept nowhere and no other site learns the address.
 */
import type { Request, RequestHandler, Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import { PAGE_NAMES, type PageClaims, type PageLinks, type PageName } from '#core/page-link.ts';

export const PERSONAL_HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cache-control': 'no-store',
  // Forms of these pages name their origin; other sites learn nothing.
  'referrer-policy': 'same-origin',
  'x-robots-tag': 'noindex',
};

/** Until the review. */
const OPENS_FOR_US = 7 * 24 * 3_600e6;
const WINDOW_MS = 60_000;
/**
 * Each request asks Slack twice, and Slack answers about 100 such questions a minute for the whole workspace (Tier 4):
 * https://docs.slack.dev/apis/web-api/rate-limits
 */
const MOST_REQUESTS = 20;

type OfToken = RequestHandler<{ token: string }>;

export type PersonalDoor = Pick<PageLinks, 'formToken' | 'isFormToken'> &
  Readonly<{
    /** Undefined for a link that nobody made for this page, or that is too old. `ageUs`: of the link. */
    open(page: PageName, token: string): Promise<Readonly<{ claims: PageClaims; ageUs: number }> | undefined>;
    /** All pages count together, and saving on its own. `refuse` sends the page of a request that is one too many. */
    limit(what: 'read' | 'save', refuse: (response: Response, status: number, text: string) => void): OfToken;
  }>;

/** `mostRequests`: of one person within a minute, as many to read as to save. */
export function personalDoor({
  links,
  nowUs,
  mostRequests = MOST_REQUESTS,
}: Readonly<{ links: PageLinks; nowUs(): Promise<number>; mostRequests?: number }>): PersonalDoor {
  const claims = ({ params }: Request) =>
    PAGE_NAMES.map((page) => links.read(page, String(params.token))).find((read) => read !== undefined);
  const refusals = new WeakMap<Response, () => void>();
  // For each person: several links of one person count together. A link that nobody made asks Slack nothing.
  const counter = () =>
    rateLimit({
      windowMs: WINDOW_MS,
      limit: mostRequests,
      skip: (request) => claims(request) === undefined,
      keyGenerator: (request) => `${claims(request)?.workspaceId} ${claims(request)?.userId}`,
      standardHeaders: false,
      legacyHeaders: false,
      validate: { xForwardedForHeader: false },
      handler: (_request, response) => {
        response.set('retry-after', `${WINDOW_MS / 1_000}`);
        refusals.get(response)?.();
      },
    });
  const counters = { read: counter(), save: counter() };
  return {
    formToken: links.formToken,
    isFormToken: links.isFormToken,
    async open(page, token) {
      const read = links.read(page, token);
      const ageUs = (await nowUs()) - (read?.madeUs ?? 0);
      return read === undefined || ageUs > OPENS_FOR_US ? undefined : { claims: read, ageUs };
    },
    limit: (what, refuse) => (request, response, next) => {
      const text = `More than ${mostRequests} requests in a minute. Wait a minute.`;
      refusals.set(response, () => refuse(response, 429, text));
      return counters[what](request as never, response, next);
    },
  };
}
