/** A pasted HTTP request or response, as a document that can be compared part by part. */
import { type HttpHeader, type HttpRequest, readCurl } from '#utilities/http-request.ts';
import { type JsonMember, type JsonNode, readJson } from '#utilities/json-document.ts';

/**
 * A curl command, a message (`GET /x HTTP/1.1`, `HTTP/1.1 200 OK` …), or headers alone; undefined for any other text.
 */
export function readHttpMessage(text: string): JsonNode | undefined {
  const clean = text.replaceAll('\r\n', '\n').trim();
  if (/^curl\s/.test(clean)) {
    const read = readCurl(clean);
    return 'request' in read ? ofRequest(read.request) : undefined;
  }
  const [head = '', ...body] = clean.split(/\n[ \t]*\n/);
  const [first = '', ...lines] = head.split('\n');
  const start = startLine(first);
  const headers = headersIn(start === undefined ? [first, ...lines] : lines);
  if (headers === undefined || (start === undefined && !headers.some(([name]) => SURELY_HEADER.test(name))))
    return undefined;
  return object([...(start ?? []), ['headers', headersNode(headers)], ...bodyMember(body.join('\n\n'))]);
}

type Named = readonly [name: string, node: JsonNode];

function ofRequest({ method, url, headers, body = '' }: HttpRequest): JsonNode {
  const { origin, pathname, searchParams } = new URL(url);
  return object([
    ['method', string(method)],
    ['host', string(origin)],
    ...target(pathname, searchParams),
    ['headers', headersNode(headers)],
    ...bodyMember(body),
  ]);
}

/** Other names before a colon are as likely settings, or a sentence. */
const SURELY_HEADER = /^(?:accept|authorization|cache-control|content-|cookie|set-cookie|traceparent|user-agent|x-)/i;

/** curl's own output of requests and answers has signs before each line. */
function startLine(line: string): readonly Named[] | undefined {
  const request = /^(?:> )?([A-Z]{3,10}) (\S+) HTTP\/[\d.]+$/.exec(line);
  if (request) {
    const [, method = '', path = ''] = request;
    const url = URL.canParse(path, 'http://x') ? new URL(path, 'http://x') : undefined;
    return [
      ['method', string(method)],
      ...(url ? target(url.pathname, url.searchParams) : [['path', string(path)] as Named]),
    ];
  }
  const answer = /^(?:< )?HTTP\/[\d.]+ (\d{3})(?: .*)?$/.exec(line);
  return answer ? [['status', { kind: 'number', text: answer[1] ?? '' }]] : undefined;
}

function target(path: string, search: URLSearchParams): readonly Named[] {
  const query = [...search].map(([name, value]): Named => [name, string(value)]);
  return [['path', string(path)], ...(query.length === 0 ? [] : [['query', object(query)] as Named])];
}

function headersIn(lines: readonly string[]): readonly HttpHeader[] | undefined {
  const headers = lines.map((line) => /^(?:[<>] )?([\w!#$%&'*+.^`|~-]+): ?(.*)$/.exec(line));
  return headers.every((match) => match !== null)
    ? headers.map(([, name = '', value = '']) => [name, value])
    : undefined;
}

/** Names of headers mean the same in any case. */
function headersNode(headers: readonly HttpHeader[]): JsonNode {
  const named = Map.groupBy(headers, ([name]) => name.toLowerCase());
  return object([...named].map(([name, all]) => [name, string(all.map(([, value]) => value).join(', '))]));
}

function bodyMember(body: string): readonly Named[] {
  if (body.trim() === '') return [];
  const read = readJson(body);
  const [only, ...others] = 'documents' in read ? read.documents : [];
  return [['body', only !== undefined && others.length === 0 ? only : string(body)]];
}

function object(members: readonly Named[]): JsonNode {
  return { kind: 'object', members: members.map(([name, value]): JsonMember => ({ name, value })) };
}

function string(text: string): JsonNode {
  return { kind: 'string', text };
}
