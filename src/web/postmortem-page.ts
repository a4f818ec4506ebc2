/**
 * Serves the page of a postmortem. The address holds the personal link, so the answer is kept nowhere and no other site
 * learns the address.
 *
 *   GET   link ──► limit ──► person ──► may they see it? ──► page
 *   POST  link ──► limit ──► same site ──► length ──► body ──► token of the form ──► person ──► saved · conflict · refused
 */
import { randomUUID } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import type { PageClaims } from '#core/page-link.ts';
import { noPageHtml, postmortemEditHtml } from '#present/documents/postmortem-edit.ts';
import { PERSONAL_HEADERS, type PersonalDoor } from '#web/personal-door.ts';
import { rawBodyOf } from '#web/request-bodies.ts';
import type { WebApp } from '#web/server.ts';
import type { EditPage, EditPages, SentFields } from '#workflows/postmortem/edit-page.ts';

/** Seventy fields of 2,000 characters, each in three bytes that are percent-encoded. */
const LARGEST_BODY_BYTES = 1_500_000;
/** A night and the morning after. */
const EDITS_FOR_US = 8 * 3_600e6;
const ASK = 'Ask for a new link: /postmortem INC-12 edit, or the button under the draft in Slack.';

export type PostmortemPages = Readonly<{ pages: EditPages; door: PersonalDoor }>;

export function servePostmortemPages({ express: app, bodies }: WebApp, { pages, door }: PostmortemPages): void {
  const path = '/postmortem/:token';
  app.use('/postmortem', (_request, response, next) => {
    response.set(PERSONAL_HEADERS);
    next();
  });
  const limited = (what: 'read' | 'save', then: string) =>
    door.limit(what, (response, status, text) => sendNone(response, status, `${text} ${then}`));

  app.get(path, limited('read', 'Then load the page again.'), async (request, response) => {
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
  app.post(
    path,
    limited('save', 'Nothing was saved: go back, and save again.'),
    admit,
    read as RequestHandler<{ token: string }>,
    async (request, response) => {
      const { token } = request.params;
      const opened = await claimsOf(token);
      const form = new URLSearchParams(new TextDecoder().decode(rawBodyOf(request as never)));
      if (opened === undefined || !door.isFormToken(token, form.get('form') ?? '')) {
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
    },
  );

  async function claimsOf(token: string): Promise<Readonly<{ claims: PageClaims; mayEdit: boolean }> | undefined> {
    const opened = await door.open('postmortem', token);
    return opened && { claims: opened.claims, mayEdit: opened.ageUs <= EDITS_FOR_US };
  }

  function sendPage(
    response: Response,
    status: number,
    page: EditPage,
    { token, notice = '' }: Readonly<{ token: string | undefined; notice: string | undefined }>,
  ): void {
    const formToken = token === undefined ? undefined : door.formToken(token);
    response
      .status(status)
      .type('text/html')
      .send(postmortemEditHtml({ ...page, formToken, notice }));
  }
}

const SAVED: ReadonlyMap<string, string> = new Map([['1', 'Saved. The timeline and the draft have your words.']]);

function sendNone(response: Response, status: number, problem: string): void {
  response.status(status).type('text/html').send(noPageHtml('postmortem', problem));
}

/** `text:answer:luck` and `base:answer:luck` are one field. */
function sentIn(form: URLSearchParams): SentFields {
  const fields = [...form].flatMap(([name, text]) => (name.startsWith('text:') ? [{ name: name.slice(5), text }] : []));
  return new Map(fields.map(({ name, text }) => [name, { text, base: form.get(`base:${name}`) ?? '' }]));
}
