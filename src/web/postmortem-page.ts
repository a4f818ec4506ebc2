/**
 * Serves the page of a postmortem. The address holds the personal link, so the answer is kept nowhere and no other site
 * learns the address.
 *
 *   GET   link ──► limit ──► person ──► may they see it? ──► page
 *   POST  link ──► limit ──► same site ──► length ──► body ──► token of the form ──► person ──► saved · conflict · refused
 */
import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import type { PageClaims, PageLinks } from '#core/page-link.ts';
import { noPageHtml, postmortemEditHtml } from '#present/documents/postmortem-edit.ts';
import { rawBodyOf } from '#web/request-bodies.ts';
import type { WebApp } from '#web/server.ts';
import type { EditPage, EditPages, SentFields } from '#workflows/postmortem/edit-page.ts';

const POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Seventy fields of 2,000 characters, each in three bytes that are percent-encoded. */
const LARGEST_BODY_BYTES = 1_500_000;
const HOUR_US = 3_600e6;
/** A night and the morning after. */
const EDITS_FOR_US = 8 * HOUR_US;
/** Until the review. */
const OPENS_FOR_US = 7 * 24 * HOUR_US;

const ASK = 'Ask for a new link: /postmortem INC-12 edit, or the button under the draft in Slack.';

const WINDOW_MS = 60_000;
/**
 * Each request asks Slack twice, and Slack answers about 100 such questions a minute for the whole workspace (Tier 4):
 * https://docs.slack.dev/apis/web-api/rate-limits
 */
const MOST_REQUESTS = 20;

export type PostmortemPages = Readonly<{
  pages: EditPages;
  links: PageLinks;
  nowUs(): Promise<number>;
  /** Requests of one person within a minute: as many to read as to save. */
  mostRequests?: number;
}>;

export function servePostmortemPages(
  { express: app, bodies }: WebApp,
  { pages, links, nowUs, mostRequests = MOST_REQUESTS }: PostmortemPages,
): void {
  const path = '/postmortem/:token';
  app.use('/postmortem', (_request, response, next) => {
    response.set({
      'content-security-policy': POLICY,
      'cache-control': 'no-store',
      // Forms of this page name their origin; other sites learn nothing.
      'referrer-policy': 'same-origin',
      'x-robots-tag': 'noindex',
    });
    next();
  });

  app.get(path, limited(), async (request, response) => {
    const { token } = request.params;
    const opened = await claimsOf(token);
    if (opened === undefined) return sendNone(response, 404, `This link opens nothing. ${ASK}`);
    const page = await pages.open(opened.claims);
    if ('problem' in page) return sendNone(response, 403, page.problem);
    const notice = opened.mayEdit ? SAVED.get(String(request.query.saved)) : `This link is older than 8 hours. ${ASK}`;
    sendPage(response, 200, page, { token: opened.mayEdit ? token : undefined, notice });
  });

  const admit: RequestHandler<{ token: string }> = async (request, response, next) => {
    const opened = await claimsOf(request.params.token);
    const isSameSite = ['same-origin', undefined].includes(request.get('sec-fetch-site'));
    if (opened?.mayEdit === true && isSameSite) return next();
    sendNone(response, 403, `Nothing was saved: this link does not edit any more. ${ASK}`);
  };
  const read = bodies.read({
    maxBytes: LARGEST_BODY_BYTES,
    refuse: ({ header }) =>
      /^application\/x-www-form-urlencoded\b/i.test(header('content-type') ?? '')
        ? undefined
        : { status: 415, text: 'send the form of the page\n' },
  });
  app.post(path, limited(), admit, read as RequestHandler<{ token: string }>, async (request, response) => {
    const { token } = request.params;
    const opened = await claimsOf(token);
    const form = new URLSearchParams(new TextDecoder().decode(rawBodyOf(request as never)));
    if (opened === undefined || !links.isFormToken(token, form.get('form') ?? '')) {
      return sendNone(response, 403, 'Nothing was saved: the form is not from this page. Open the link again.');
    }
    const sent = sentIn(form);
    const saved = await pages.save(opened.claims, sent, `page:${randomUUID()}`);
    if (saved.kind === 'saved') return response.redirect(303, '?saved=1');
    if (saved.kind === 'conflict') {
      const notice = 'Nothing was saved yet: somebody else changed the same words. Look for the marked fields.';
      return sendPage(response, 409, saved.page, { token, notice });
    }
    const page = await pages.open(opened.claims, sent);
    if ('problem' in page) return sendNone(response, 403, page.problem);
    sendPage(response, 200, page, { token, notice: saved.text });
  });

  /** For each person: several links of one person count together. A link that nobody made asks Slack nothing. */
  function limited(): RequestHandler<{ token: string }> {
    const claims = ({ params }: Request) => links.read(String(params.token));
    return rateLimit({
      windowMs: WINDOW_MS,
      limit: mostRequests,
      skip: (request) => claims(request) === undefined,
      keyGenerator: (request) => `${claims(request)?.workspaceId} ${claims(request)?.userId}`,
      standardHeaders: false,
      legacyHeaders: false,
      validate: { xForwardedForHeader: false },
      handler: ({ method }, response) => {
        response.set('retry-after', `${WINDOW_MS / 1_000}`);
        const then = method === 'POST' ? 'Nothing was saved: go back, and save again.' : 'Then load the page again.';
        sendNone(response, 429, `More than ${mostRequests} requests in a minute. Wait a minute. ${then}`);
      },
    }) as RequestHandler<{ token: string }>;
  }

  async function claimsOf(token: string): Promise<Readonly<{ claims: PageClaims; mayEdit: boolean }> | undefined> {
    const claims = links.read(token);
    const ageUs = (await nowUs()) - (claims?.madeUs ?? 0);
    return claims === undefined || ageUs > OPENS_FOR_US ? undefined : { claims, mayEdit: ageUs <= EDITS_FOR_US };
  }

  function sendPage(
    response: Response,
    status: number,
    page: EditPage,
    { token, notice = '' }: Readonly<{ token: string | undefined; notice: string | undefined }>,
  ): void {
    const formToken = token === undefined ? undefined : links.formToken(token);
    response
      .status(status)
      .type('text/html')
      .send(postmortemEditHtml({ ...page, formToken, notice }));
  }
}

const SAVED: ReadonlyMap<string, string> = new Map([['1', 'Saved. The timeline and the draft have your words.']]);

function sendNone(response: Response, status: number, problem: string): void {
  response.status(status).type('text/html').send(noPageHtml(problem));
}

/** `text:answer:luck` and `base:answer:luck` are one field. */
function sentIn(form: URLSearchParams): SentFields {
  const fields = [...form].flatMap(([name, text]) => (name.startsWith('text:') ? [{ name: name.slice(5), text }] : []));
  return new Map(fields.map(({ name, text }) => [name, { text, base: form.get(`base:${name}`) ?? '' }]));
}
