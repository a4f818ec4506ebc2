/**
 * Whether the addresses of calls in a row show that no call needs the answer of another: each address holds only values
 * that were known before the row.
 *
 *   GET /users/42/dashboard        the request
 *     GET /profiles/42             42 came with the request
 *     GET /offers                  without a value
 *     GET /rates/817               817 may have come with an answer: not shown
 *
 * Only reads count: the body of any other call may hold anything.
 */

import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { calleeSpan } from '#model/trace/views/call-span.ts';

/** Reads the addresses of this many calls of a row. */
const MOST_READ = 20;
/** Spans between a request and a call are seldom nested deeper. */
const MOST_LEVELS = 50;

/** `loop`: the row repeats one call with different values. */
export function areShownIndependent(trace: Trace, calls: readonly SpanIndex[], loop: boolean): boolean {
  const addresses = calls.slice(0, MOST_READ).map((call) => readAddress(trace, call));
  if (addresses.some((address) => address === '')) return false;
  // Calls of one name to different resources are no loop: `GET` of `/account`, then of `/account/77/requests`.
  if (loop && new Set(addresses.map(levelsOf)).size === 1)
    return new Set(addresses).size === addresses.length && !addresses.some((address) => PAGES.test(address));
  const [first] = calls;
  if (first === undefined) return false;
  const known = new Set([...brought(trace, first), ...valuesIn(addresses[0] ?? '')]);
  return addresses.slice(1).every((address) => valuesIn(address).every((value) => known.has(value)));
}

/** Each call has an address of its own, and none names a page: another element, or another host. */
export function haveOwnAddresses(trace: Trace, calls: readonly SpanIndex[]): boolean {
  const urls = calls.map((call) => trace.text(call, 'url.full') || trace.text(calleeSpan(trace, call), 'url.full'));
  return new Set(urls).size === urls.length && !urls.some((url) => url === '' || PAGES.test(url));
}

function levelsOf(address: string): number {
  return address.replace(/[?#].*$/s, '').split('/').length;
}

/** Names of pages, where each answer may name the next one, and of polling. */
const PAGES =
  /[?&](?:page|cursor|offset|after|before|next|start|since|(?:next_?)?(?:page_?)?token|continue|marker)[\w-]*=/i;

/** The address of a read; empty where the call is no read or has no recorded address. */
function readAddress(trace: Trace, call: SpanIndex): string {
  const method = trace.text(call, 'http.request.method') || trace.text(calleeSpan(trace, call), 'http.request.method');
  if (!/^(?:GET|HEAD)$/i.test(method)) return '';
  return addressOf(trace, call) || addressOf(trace, calleeSpan(trace, call));
}

/** Path and query. */
function addressOf(trace: Trace, span: SpanIndex): string {
  const full = trace.text(span, 'url.full').replace(/^\w+:\/\/[^/?#]*/, '');
  if (full !== '') return full;
  const path = trace.text(span, 'url.path');
  const query = trace.text(span, 'url.query');
  return query === '' ? path : `${path}?${query.replace(/^\?/, '')}`;
}

/** Values in the addresses of the requests above. */
function brought(trace: Trace, call: SpanIndex): string[] {
  const values: string[] = [];
  let above = trace.parent(call);
  for (let level = 0; level < MOST_LEVELS && above !== undefined; level += 1) {
    if (trace.kind(above) === 'server') values.push(...valuesIn(addressOf(trace, above)));
    above = trace.parent(above);
  }
  return values;
}

/** Parts that probably differ from request to request: numbers, ids, lists. */
function valuesIn(address: string): string[] {
  const [path = '', query = ''] = address.replace(/#.*$/s, '').split('?', 2);
  const ofQuery = query.split('&').flatMap((pair) => {
    const [name = '', value = ''] = pair.split('=', 2);
    return SHAPES_THE_ANSWER.test(name) ? [] : [value];
  });
  return [...path.split('/'), ...ofQuery].filter((part) => /\d|[@,]|%/.test(part) && !/^v\d+(?:\.\d+)?$/i.test(part));
}

/** Parameters for the amount and the form of the answer, not for its content. */
const SHAPES_THE_ANSWER =
  /^(?:limit|size|per_?page|page_?size|count|max\w*|top|depth|days|width|height|w|h|version|v|format)$/i;
