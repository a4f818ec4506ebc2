import { describe, expect, test } from 'vitest';
import type { Attributes } from '#model/trace/columns.ts';
import { recordedOutcome } from '#model/trace/recorded-outcome.ts';
import { span, traceOf } from '#test/trace.ts';

describe('an attribute says how an operation ended', () => {
  test.each<[string, Attributes, ReturnType<typeof recordedOutcome>]>([
    ['New Relic', { 'error.class': 'builtins:KeyError', 'error.message': "'GB'", 'error.expected': false }, 'failed'],
    ['New Relic, expected', { 'error.class': 'NotFound', 'error.expected': true }, 'expected'],
    ['New Relic, a status as the class', { 'error.class': '500' }, undefined],
    ['Elastic APM', { 'event.outcome': 'failure' }, 'failed'],
    ['Elastic APM, unknown', { 'event.outcome': 'unknown' }, undefined],
    ['Micrometer', { outcome: 'SERVER_ERROR', exception: 'IllegalStateException' }, 'failed'],
    ['Micrometer, a rejected request', { outcome: 'CLIENT_ERROR' }, undefined],
    ['Application Insights', { success: 'False', resultCode: '500' }, 'failed'],
    ['Application Insights, a rejected request', { success: false, resultCode: '404' }, undefined],
    ['a business result', { success: false }, undefined],
    ['X-Ray', { 'aws.xray.fault': true }, 'failed'],
    ['X-Ray, no fault', { fault: false, throttle: false }, undefined],
    ['Airflow', { 'airflow.task.state': 'failed', 'airflow.task.try_number': 2 }, 'failed'],
    ['Airflow, another task failed before', { 'airflow.task.state': 'upstream_failed' }, undefined],
    ['Airflow, success', { 'airflow.dag_run.state': 'success' }, undefined],
    ['Spring Batch', { 'spring.batch.job.status': 'FAILED' }, 'failed'],
    ['a pipeline', { 'cicd.pipeline.result': 'failure' }, 'failed'],
    ['a skipped pipeline', { 'cicd.pipeline.result': 'skip' }, undefined],
    ['a WebSocket that broke', { 'ws.close_code': 1011 }, 'failed'],
    ['a WebSocket that was closed', { 'ws.close_code': 1000 }, undefined],
    ['SOAP', { 'soap.fault.code': 'soap:Server', 'http.status_code': 200 }, 'failed'],
    ['JSON-RPC', { 'rpc.jsonrpc.error_code': -32603 }, 'failed'],
    ['GraphQL', { 'graphql.errors.count': 2 }, 'failed'],
    ['GraphQL without errors', { 'graphql.errors.count': 0 }, undefined],
    ['a word in the body', { 'response.body.status': 'error' }, 'failed'],
    ['nothing', { 'http.request.method': 'GET' }, undefined],
  ])('%s', (_, attributes, outcome) => {
    expect(recordedOutcome(attributes)).toBe(outcome);
  });
});

describe('a span without a status', () => {
  const failed = (attributes: Attributes) => traceOf(span('web', 'work', { attributes })).failed(0);

  test('failed by what its agent recorded, and by its status under any name', () => {
    expect(failed({ 'error.class': 'KeyError' })).toBe(true);
    expect(failed({ httpResponseCode: '500' })).toBe(true);
    expect(failed({ error: 1, 'error.msg': 'no route' })).toBe(true);
  });

  test('did not fail where the error was expected, or is zero', () => {
    expect(failed({ 'error.type': 'NotFound', 'error.expected': true })).toBe(false);
    expect(failed({ error: 0 })).toBe(false);
  });
});
