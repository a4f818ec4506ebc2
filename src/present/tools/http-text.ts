/** HTTP requests and responses as text, with the time of each phase and without credentials. */

import { redactNamed } from '#model/redaction/redaction.ts';
import { exactDuration } from '#model/text/duration.ts';
import { shownJson } from '#present/json/json-text.ts';
import { shown, shownLines } from '#present/words/plain-text.ts';
import { type HttpAnswer, type HttpHeader, type HttpRequest, writeCurl } from '#utilities/http-request.ts';
import { readJson, writeJson } from '#utilities/json-document.ts';

/** Nobody reads a longer response. */
const BODY_CHARS = 20_000;

export type ShownRequest = Readonly<{
  method: string;
  url: string;
  headers: readonly HttpHeader[];
  body: string | undefined;
  curl: string;
}>;

export type ShownAnswer = Readonly<
  Omit<HttpAnswer, 'headers' | 'body'> & { headers: readonly HttpHeader[]; body: string; bodyCut: boolean }
>;

export function shownRequest(request: HttpRequest): ShownRequest {
  const clean = {
    method: shown(request.method),
    url: shownUrl(request.url),
    headers: shownHeaders(request.headers),
    body: request.body === undefined ? undefined : shownBody(request.body, { indented: false }).text,
  };
  return { ...clean, curl: writeCurl(clean) };
}

export function shownAnswer(answer: HttpAnswer): ShownAnswer {
  const { text, cut } = shownBody(answer.body, { indented: true });
  return {
    ...answer,
    statusText: shown(answer.statusText),
    headers: shownHeaders(answer.headers),
    followed: answer.followed.map(shownUrl),
    leadsTo: shownUrl(answer.leadsTo),
    body: text,
    bodyCut: cut || answer.truncated,
  };
}

export function answerText(request: ShownRequest, answer: ShownAnswer): string {
  const { status, statusText, timing, address, followed, leadsTo, headers, body, bodyCut } = answer;
  const parts = [
    ['DNS', timing.dnsMs],
    ['connect', timing.connectMs],
    ['TLS', timing.tlsMs],
    ['first byte after', timing.firstByteMs],
    ['total', timing.totalMs],
  ] as const;
  const took = parts.filter(([name, ms]) => name !== 'TLS' || ms > 0).map(([name, ms]) => `${name} ${millis(ms)}`);
  const lines = [
    `${request.method} ${request.url}`,
    ...followed.map((url) => `  redirected to ${url}`),
    `${status} ${statusText}`.trimEnd(),
    `  ${took.join(' · ')} · from ${address}`,
    ...headers.map(([name, value]) => `  ${name}: ${value}`),
    ...(leadsTo === '' || status < 300 || status >= 400
      ? []
      : [`It redirects to ${leadsTo}; the redirect was not followed.`]),
    ...(body === '' ? [] : ['', body.trimEnd()]),
    ...(bodyCut ? ['… truncated'] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function millis(ms: number): string {
  return exactDuration(Math.round(ms * 1000));
}

/** Names and values together, because a header's name marks a credential. */
function shownHeaders(headers: readonly HttpHeader[]): HttpHeader[] {
  return headers.map(([name, value]) => [shown(name), redactNamed(name, shown(value))]);
}

/** `?token=…` is a credential too, and percent-encoding does not hide it. */
function shownUrl(url: string): string {
  return shown(url);
}

function shownBody(body: string, how: { indented: boolean }): { text: string; cut: boolean } {
  const read = readJson(body);
  const text =
    'documents' in read
      ? read.documents.map((document) => writeJson(shownJson(document), how)).join('\n')
      : shownLines(body);
  return text.length > BODY_CHARS
    ? { text: text.slice(0, BODY_CHARS).toWellFormed(), cut: true }
    : { text, cut: false };
}
