/**
 * Errors by which a GraphQL server refuses a request. The server puts them into the body, answers 200 and works as it
 * should.
 */
import { NO_LINES } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { canonicalText } from '#model/trace/semconv.ts';
import type { Trace } from '#model/trace/trace.ts';
import { view } from '#model/trace/view.ts';
import { failureTexts } from '#model/trace/views/failure-text.ts';

/**
 * Apollo Server's codes that blame the client, those of its version 3 included.
 * https://www.apollographql.com/docs/apollo-server/data/errors
 */
const BLAMES_CLIENT =
  /(?:^|[^A-Za-z_])(?:GRAPHQL_PARSE_FAILED|GRAPHQL_VALIDATION_FAILED|BAD_USER_INPUT|BAD_REQUEST|UNAUTHENTICATED|FORBIDDEN|PERSISTED_QUERY_NOT_FOUND|PERSISTED_QUERY_NOT_SUPPORTED|OPERATION_RESOLUTION_FAILURE|INTROSPECTION_DISABLED|MAX_RECURSIVE_SELECTIONS_EXCEEDED|UserInputError|AuthenticationError|ForbiddenError|PersistedQueryNot(?:Found|Supported)(?:Error)?)(?:$|[^A-Za-z_])/;

/** `graphql.error.code`, `hive.graphql.error.codes`, `graphql.errors[0].extensions.code`. */
const CODE = /\bgraphql\b.{0,60}\bcodes?$/i;

/** The span belongs to GraphQL, and all that it records of its failure blames the client. */
export function isRefusedByGraphql(trace: Trace, span: SpanIndex): boolean {
  if (trace.httpStatus(span) >= 500) return false;
  const read = refusals(trace);
  const known = read.get(span);
  if (known !== undefined || read.size >= READ_AT_MOST) return known === true;
  const codes = isOfGraphql(trace, span) ? codesOf(trace, span) : [];
  const isRefused = codes.length > 0 && codes.every((code) => BLAMES_CLIENT.test(code));
  read.set(span, isRefused);
  return isRefused;
}

const refusals = view(() => new Map<SpanIndex, boolean>());
/** So many spans of a trace are read. */
const READ_AT_MOST = 400;

/** The recorded codes; without any, the types and texts of the failure. */
function codesOf(trace: Trace, span: SpanIndex): string[] {
  const codes = Object.entries(trace.attributesFor(span, CODE)).flatMap(([name, value]) =>
    CODE.test(name) ? String(value).split(',', MOST_CODES) : [],
  );
  if (codes.length > 0) return codes;
  const events = trace.hasEvents(span) ? trace.events(span) : [];
  const typed = events.flatMap(({ attributes }) => {
    const type = canonicalText(attributes, 'exception.type');
    return type === '' ? [] : `${type} ${canonicalText(attributes, 'exception.message')}`;
  });
  if (typed.length > 0) return typed;
  return [trace.text(span, 'error.type'), ...failureTexts(trace, span, NO_LINES).map(({ text }) => text)].filter(
    (text) => text !== '',
  );
}

/** More errors in one answer are no different. */
const MOST_CODES = 20;

/** By the span itself, or by the one above: a resolver has the name of its field. */
function isOfGraphql(trace: Trace, span: SpanIndex): boolean {
  const above = trace.parent(span);
  return isNamedSo(trace, span) || (above !== undefined && isNamedSo(trace, above));
}

const GRAPHQL = /\bgraphql\b/;

function isNamedSo(trace: Trace, span: SpanIndex): boolean {
  const names = [trace.operation(span), trace.text(span, 'http.route'), trace.text(span, 'url.path')];
  if (names.some((name) => /graphql/i.test(name))) return true;
  return trace.hasAttribute(span, GRAPHQL);
}
