import { expect, test } from 'vitest';
import { isRefusedByGraphql } from '#model/trace/views/graphql-answers.ts';
import { type SpanOptions, server, span, traceOf } from '#test/trace.ts';

const executed = (options: SpanOptions, status = 200) => {
  const trace = traceOf(
    server('api', 'POST /graphql', { ms: 60, attributes: { 'http.response.status_code': status } }, [
      span('api', 'graphql.execute', { at: 2, ms: 50, failed: true, ...options }),
    ]),
  );
  return isRefusedByGraphql(trace, trace.firstChild(trace.root) ?? -1);
};
const thrown = (type: string, message: string) => [
  { at: 40, name: 'exception', attributes: { 'exception.type': type, 'exception.message': message } },
];

test.each([
  [{ statusText: 'BAD_USER_INPUT: email is invalid' }],
  [{ statusText: 'GRAPHQL_VALIDATION_FAILED' }],
  [{ attributes: { 'graphql.error.code': 'UNAUTHENTICATED' }, statusText: 'no session' }],
  [{ attributes: { 'hive.graphql.error.codes': 'FORBIDDEN,BAD_USER_INPUT' } }],
  [{ events: thrown('ForbiddenError', 'not yours') }],
  [{ events: thrown('GraphQLError', 'PERSISTED_QUERY_NOT_FOUND') }],
])('%o is an answer', (options) => {
  expect(executed(options)).toBe(true);
});

test.each([
  [{ statusText: 'INTERNAL_SERVER_ERROR: x is undefined' }],
  [{ statusText: 'Cannot read properties of undefined' }],
  [{ attributes: { 'hive.graphql.error.codes': 'FORBIDDEN,INTERNAL_SERVER_ERROR' } }],
  [{ events: [...thrown('ForbiddenError', 'not yours'), ...thrown('TypeError', 'x is undefined')] }],
  [{}],
])('%o is a failure', (options) => {
  expect(executed(options)).toBe(false);
});

test('the same words mean nothing outside of GraphQL', () => {
  const trace = traceOf(server('api', 'GET /users', { failed: true, statusText: 'FORBIDDEN' }));
  expect(isRefusedByGraphql(trace, trace.root)).toBe(false);
});
