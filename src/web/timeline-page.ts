/**
 * Serves the page of a timeline, the same as Markdown, JSON and a picture (`?as=markdown`), and the copies of its files (`?file=…`).
 * A relative address leads there, so it works behind every proxy.
 *
 *   GET  link ──► limit ──► person ──► may they see it? ──► page · file
 */
import type { Response } from 'express';
import { incidentName } from '#model/incident/incident.ts';
import { noPageHtml } from '#present/documents/postmortem-edit.ts';
import {
  type TimelineDocument,
  timelineFile,
  timelineHtml,
  timelineMarkdown,
} from '#present/documents/timeline-documents.ts';
import { shown } from '#present/words/plain-text.ts';
import { PERSONAL_HEADERS, type PersonalDoor } from '#web/personal-door.ts';
import type { WebApp } from '#web/server.ts';
import type { CopiedFile, TimelinePages } from '#workflows/timeline/pages.ts';

const ASK = 'Ask for a new link: /incident INC-12 timeline.';

type Form = Readonly<{
  name: string;
  type: string;
  ending: string;
  write(document: TimelineDocument, pages: TimelinePages): MaybeLate;
}>;

/** Undefined if it was not ready in time. */
type MaybeLate = string | Promise<Uint8Array | undefined>;

const FORMS: Readonly<Record<string, Form>> = {
  markdown: { name: 'Markdown', type: 'text/markdown; charset=utf-8', ending: 'md', write: timelineMarkdown },
  json: { name: 'JSON', type: 'application/json; charset=utf-8', ending: 'json', write: timelineFile },
  picture: { name: 'Picture', type: 'image/png', ending: 'png', write: (document, pages) => pages.picture(document) },
};

const DOWNLOADS = Object.entries(FORMS).map(([id, { name }]) => ({ name, url: `?as=${id}` }));

export function serveTimelinePages(
  { express: app }: WebApp,
  { pages, door }: Readonly<{ pages: TimelinePages; door: PersonalDoor }>,
): void {
  app.use('/timeline', (_request, response, next) => {
    response.set(PERSONAL_HEADERS);
    next();
  });
  const limit = door.limit('read', (response, status, text) =>
    sendNone(response, status, `${text} Then load the page again.`),
  );
  app.get('/timeline/:token', limit, async (request, response) => {
    const opened = await door.open('timeline', request.params.token);
    if (opened === undefined) return sendNone(response, 404, `This link opens nothing. ${ASK}`);
    const { as, file } = request.query;
    if (typeof file === 'string') return void sendCopy(response, await pages.file(opened.claims, file));
    const form = formNamed(String(as));
    const what = form === undefined ? ('page of the timeline' as const) : (`timeline as ${form.name}` as const);
    const document = await pages.open(opened.claims, what);
    if ('problem' in document) return sendNone(response, 403, document.problem);
    if (form === undefined) {
      response.type('text/html').send(timelineHtml(document, DOWNLOADS));
      return;
    }
    const body = await form.write(document, pages);
    if (body === undefined) return sendNone(response, 503, 'The picture was not ready in time. Load it once more.');
    response.set('content-disposition', `attachment; filename="${fileName(document, form.ending)}"`);
    response.type(form.type).send(typeof body === 'string' ? body : Buffer.from(body));
  });
}

function formNamed(asked: string): Form | undefined {
  return Object.hasOwn(FORMS, asked) ? FORMS[asked] : undefined;
}

/** As a download of unknown type: a browser must not run what somebody uploaded. */
function sendCopy(response: Response, copy: CopiedFile | Readonly<{ problem: string }>): void {
  if ('problem' in copy) return void sendNone(response, 404, copy.problem);
  response.attachment(shown(copy.name));
  response.type('application/octet-stream').set('x-content-type-options', 'nosniff').send(Buffer.from(copy.bytes));
}

function fileName({ incident }: TimelineDocument, ending: string): string {
  return `${incidentName(incident)}-timeline.${ending}`;
}

function sendNone(response: Response, status: number, problem: string): void {
  response.status(status).type('text/html').send(noPageHtml('timeline', problem));
}
