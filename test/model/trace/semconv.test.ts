import { describe, expect, test } from 'vitest';
import type { Attributes } from '#model/trace/columns.ts';
import { canonicalNumber, canonicalText, hasConflictingNames } from '#model/trace/semconv.ts';
import { OLDER_NAMES } from '#model/trace/semconv-names.ts';
import { call, server, span, traceOf } from '#test/trace.ts';

describe('names', () => {
  test('every older name is read under the current one', () => {
    for (const [current, older] of Object.entries(OLDER_NAMES)) {
      for (const name of older)
        expect(canonicalText({ [name]: '//h/p?7' }, current), `${name} as ${current}`).not.toBe('');
    }
  });

  test.each<[string, Attributes, string, string]>([
    ['OpenTelemetry before 1.25', { 'db.statement': 'SELECT 1' }, 'db.query.text', 'SELECT 1'],
    ['OpenTracing', { 'db.instance': 'shop' }, 'db.namespace', 'shop'],
    ['Zipkin', { 'sql.query': 'SELECT 2' }, 'db.query.text', 'SELECT 2'],
    ['Zipkin', { 'http.path': '/orders' }, 'url.path', '/orders'],
    ['Datadog', { 'out.host': 'db-1' }, 'server.address', 'db-1'],
    ['Datadog', { 'error.msg': 'no stock' }, 'exception.message', 'no stock'],
    ['Datadog', { 'span.type': 'sql', 'resource.name': 'SELECT 3' }, 'db.query.text', 'SELECT 3'],
    ['Datadog', { 'span.type': 'sql', 'resource.name': 'SELECT 3' }, 'db.system.name', 'other_sql'],
    ['Datadog', { 'span.type': 'redis', 'resource.name': 'GET' }, 'db.system.name', 'redis'],
    ['system metrics', { 'system.device': 'eth0' }, 'system.device.name', 'eth0'],
    ['a resource that is a route', { 'span.type': 'web', 'resource.name': 'GET /orders' }, 'db.query.text', ''],
    ['a span type that is no database', { 'span.type': 'http' }, 'db.system.name', ''],
  ])('%s: %o', (_, attributes, name, value) => {
    expect(canonicalText(attributes, name)).toBe(value);
  });

  test('where both are there, the current name wins', () => {
    expect(canonicalText({ 'db.system': 'mysql', 'db.system.name': 'postgresql' }, 'db.system.name')).toBe(
      'postgresql',
    );
  });

  test('an empty value is none', () => {
    expect(canonicalText({ 'db.system': 'mysql', 'db.system.name': '' }, 'db.system.name')).toBe('mysql');
  });

  test("an old name returns the current one's value", () => {
    expect(canonicalText({ 'db.system.name': 'mssql' }, 'db.system')).toBe('microsoft.sql_server');
    expect(canonicalText({ 'rpc.grpc.status_code': 14 }, 'rpc.response.status_code')).toBe('UNAVAILABLE');
  });

  test('a bare label that became many names means itself alone', () => {
    expect(canonicalText({ 'system.memory.state': 'used' }, 'state')).toBe('');
    expect(canonicalText({ state: 'used' }, 'state')).toBe('used');
  });
});

describe('values', () => {
  test.each<[Attributes, string, string]>([
    [{ 'db.system': 'mssql' }, 'db.system.name', 'microsoft.sql_server'],
    [{ 'db.type': 'Postgres' }, 'db.system.name', 'postgresql'],
    [{ 'db.system.name': 'acme_db' }, 'db.system.name', 'acme_db'],
    [{ 'messaging.operation': 'publish' }, 'messaging.operation.type', 'send'],
    [{ 'net.transport': 'ip_tcp' }, 'network.transport', 'tcp'],
    [{ 'http.flavor': '1.1' }, 'network.protocol.name', 'http'],
    [{ 'http.flavor': '2.0' }, 'network.protocol.version', '2'],
    [{ 'http.flavor': 'QUIC' }, 'network.protocol.name', 'quic'],
    [{ 'http.flavor': 'QUIC' }, 'network.protocol.version', ''],
    [{ 'http.target': '/a?b=1&c=?' }, 'url.path', '/a'],
    [{ 'http.target': '/a?b=1&c=?' }, 'url.query', 'b=1&c=?'],
    [{ 'http.target': '/a' }, 'url.query', ''],
    [{ 'http.host': 'shop:8080' }, 'server.address', 'shop'],
    [{ 'http.host': '[::1]:8080' }, 'server.address', '::1'],
    [{ 'http.host': '2001:db8::1' }, 'server.address', '2001:db8::1'],
    [{ 'db.connection_string': 'postgres://app:s3cret@db-1:5432/shop' }, 'server.address', 'db-1'],
    [{ 'db.connection_string': 'Server=tcp:db-2,1433;Password=s3cret' }, 'server.address', 'db-2'],
    [{ 'db.connection_string': 'whatever s3cret' }, 'server.address', ''],
  ])('%o as %s is %s', (attributes, name, value) => {
    expect(canonicalText(attributes, name)).toBe(value);
  });

  test.each([
    ['rpc.grpc.status_code', 14],
    ['rpc.grpc.status_code', '14'],
    ['rpc.response.status_code', 'UNAVAILABLE'],
    ['rpc.connect_rpc.error_code', 'unavailable'],
    ['grpc.code', 'Unavailable'],
  ])('a gRPC code has one form: %s = %s', (name, value) => {
    expect(canonicalText({ [name]: value }, 'rpc.status_code')).toBe('UNAVAILABLE');
  });

  test('Go spells two of them in its own way', () => {
    expect(canonicalText({ 'grpc.code': 'DeadlineExceeded' }, 'rpc.status_code')).toBe('DEADLINE_EXCEEDED');
    expect(canonicalText({ 'grpc.code': 'Canceled' }, 'rpc.status_code')).toBe('CANCELLED');
  });

  test('a code of JSON-RPC is no code of gRPC', () => {
    expect(canonicalText({ 'rpc.jsonrpc.error_code': 4 }, 'rpc.status_code')).toBe('4');
  });

  test('numbers that were sent as text are numbers, other text is none', () => {
    expect(canonicalNumber({ 'http.status_code': '503' }, 'http.response.status_code')).toBe(503);
    expect(canonicalNumber({ 'http.status_code': 'n/a' }, 'http.response.status_code')).toBeUndefined();
    expect(canonicalNumber({ 'http.status_code': '' }, 'http.response.status_code')).toBeUndefined();
  });
});

describe("names that mean the other end of the call, depending on the span's kind", () => {
  const attributes = { 'net.peer.name': 'other', 'net.host.name': 'own', 'peer.service': 'other-service' };

  test('a client’s peer is the server', () => {
    expect(canonicalText(attributes, 'server.address', 'client')).toBe('other');
    expect(canonicalText({ 'net.host.name': 'own' }, 'server.address', 'client')).toBe('');
    expect(canonicalText(attributes, 'client.address', 'client')).toBe('');
    expect(canonicalText(attributes, 'server.service.name', 'client')).toBe('other-service');
  });

  test('a server’s peer is the client, and its host the server', () => {
    expect(canonicalText(attributes, 'server.address', 'server')).toBe('own');
    expect(canonicalText(attributes, 'client.address', 'server')).toBe('other');
    expect(canonicalText(attributes, 'client.service.name', 'server')).toBe('other-service');
    expect(canonicalText(attributes, 'server.service.name', 'server')).toBe('');
  });

  test('to a consumer the broker is the server', () => {
    expect(canonicalText({ 'net.peer.name': 'kafka-1' }, 'server.address', 'consumer')).toBe('kafka-1');
  });

  test('a trace reads them by the kind of the span', () => {
    const trace = traceOf(
      server('web', 'GET /', { ms: 10, attributes: { 'net.peer.name': 'browser' } }, [
        call('web', '', 'GET', { at: 1, ms: 5, attributes: { 'net.host.name': 'web-1', 'http.host': 'stock:80' } }),
      ]),
    );
    expect(trace.text(0, 'server.address')).toBe('');
    expect(trace.text(0, 'client.address')).toBe('browser');
    expect(trace.text(1, 'server.address')).toBe('stock');
  });
});

describe('an old and a current name that contradict each other', () => {
  test.each<[Attributes, boolean]>([
    [{ 'db.system': 'mysql', 'db.system.name': 'postgresql' }, true],
    [{ 'http.status_code': 200, 'http.response.status_code': 503 }, true],
    [{ 'rpc.grpc.status_code': 0, 'rpc.status_code': 'UNAVAILABLE' }, true],
    [{ 'peer.service': 'stock', 'service.peer.name': 'price' }, true],
    [{ 'db.system': 'mssql', 'db.system.name': 'microsoft.sql_server' }, false],
    [{ 'http.status_code': '503', 'http.response.status_code': 503 }, false],
    [{ 'rpc.grpc.status_code': 14, 'rpc.response.status_code': 'UNAVAILABLE' }, false],
    [{ 'messaging.operation': 'publish', 'messaging.operation.type': 'send' }, false],
    [{ 'db.operation': 'select', 'db.operation.name': 'SELECT' }, false],
    // A method that OpenTelemetry does not know has lost its name on purpose.
    [{ 'http.method': 'PURGE', 'http.request.method': '_OTHER' }, false],
    // The current form masks what the old one showed.
    [{ 'http.url': 'https://a:b@c/', 'url.full': 'https://REDACTED@c/' }, false],
    [{ 'db.system': 'mysql' }, false],
  ])('%o: %s', (attributes, conflicting) => {
    expect(hasConflictingNames(attributes)).toBe(conflicting);
  });

  test('is counted once a span, and the current name is read', () => {
    const attributes = { 'db.system': 'mysql', 'db.system.name': 'postgresql', 'http.method': 'GET' };
    const trace = traceOf(span('web', 'work', { ms: 10 }, [call('web', '', 'q', { at: 1, attributes })]));
    expect(trace.repairs.conflictingName).toBe(1);
    expect(trace.databaseSystem(1)).toBe('postgresql');
  });
});
