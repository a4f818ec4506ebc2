import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { logBody } from '#decode/log-body.ts';
import type { BodyFormat } from '#model/trace/build/body.ts';

const WIRE = 'test/fixtures/wire/loki';

function decode(bytes: Uint8Array | string, format: BodyFormat = 'auto') {
  const decoder = logBody(format, 'loki');
  decoder.push(typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes);
  return decoder.end();
}

describe('an answer of Loki', () => {
  test('has its lines in order of time, with service, level, trace and span', () => {
    const lines = decode(readFileSync(`${WIRE}/hotrod/mutex12-05.json`), 'loki-json');
    expect(lines.length).toBeGreaterThan(30);
    expect(lines.map(({ timeNs }) => timeNs)).toEqual(lines.map(({ timeNs }) => timeNs).sort());
    expect(lines.find(({ line }) => line.includes('Waiting for lock'))).toMatchObject({
      service: 'customer',
      level: 'info',
      traceId: 'd95201149cae4a7cb2d3d8fc7098df8a',
      spanId: '1895bc8a0a2cd06c',
    });
  });

  test('has the lines of another one behind it, as cat joins files', () => {
    const answers = ['mutex12-05', 'errors-02'].map((name) =>
      readFileSync(`${WIRE}/hotrod/${name}.json`, 'utf8').trim(),
    );
    const sum = answers.reduce((lines, answer) => lines + decode(answer, 'loki-json').length, 0);
    const indented = answers.map((answer) => JSON.stringify(JSON.parse(answer), null, 1));
    expect(decode(answers.join(''), 'loki-json')).toHaveLength(sum);
    expect(decode(indented.join('\n'), 'loki-json')).toHaveLength(sum);
  });

  test('with labels apart gives the same as with labels flat', () => {
    const entry = (stream: object, value: unknown[]) =>
      JSON.stringify({ status: 'success', data: { resultType: 'streams', result: [{ stream, values: [value] }] } });
    const id = '4bf92f3577b34da6a3ce929d0e0e4736';
    const flat = decode(entry({ service_name: 'web', trace_id: id }, ['1795155921141000005', 'hello']));
    const apart = decode(
      entry({ service_name: 'web' }, ['1795155921141000005', 'hello', { structuredMetadata: { trace_id: id } }]),
    );
    expect(apart).toEqual(flat);
    expect(apart[0]?.traceId).toBe(id);
  });

  test('that is an error is refused', () => {
    expect(() => decode('parse error at line 1', 'loki-json')).toThrow('did not answer with log lines');
  });
});

describe('lines of JSON', () => {
  test('are read one by one, and a damaged one costs only itself', () => {
    const lines = decode('{"ts":"2000","labels":{"app":"web"},"line":"b"}\n{"ts":"1000","line":"a"}\n{"ts":\n\n');
    expect(lines.map(({ line, service }) => [line, service])).toEqual([
      ['a', ''],
      ['b', 'web'],
    ]);
  });

  test.each([
    [{ ContainerAppName: 'orders', RevisionName: 'orders--5w2v', ReplicaName: 'orders--5w2v-84d9c' }, 'orders'],
    [{ ContainerAppName_s: 'orders', ContainerName_s: 'main' }, 'orders'],
    [{ AppRoleName: 'orders', AppRoleInstance: 'i-1' }, 'orders'],
    [{ app_kubernetes_io_name: 'orders', job: 'loki/pods' }, 'orders'],
    [{ 'faas.name': 'orders', log_group: '/aws/lambda/orders' }, 'orders'],
    [{ service: 'orders', ContainerAppName: 'orders-prod' }, 'orders'],
  ])('have the service that their platform names: %j', (labels, service) => {
    expect(decode(JSON.stringify({ ts: '1000', labels, line: 'a' }))[0]?.service).toBe(service);
  });

  test('without a single good one are refused', () => {
    expect(() => decode('hello\nworld')).toThrow('no readable log line');
  });
});

describe('what only the text of a line tells', () => {
  const of = (line: string) => decode(JSON.stringify({ ts: '1', line }))[0];

  test.each([
    [
      '{"trace_id":"4BF92F3577B34DA6A3CE929D0E0E4736","span_id":"00f067aa0ba902b7"}',
      '4bf92f3577b34da6a3ce929d0e0e4736',
      'f067aa0ba902b7',
    ],
    ['level=error traceID=0000000000000000a1b2c3d4e5f60718 msg="no"', 'a1b2c3d4e5f60718', ''],
    ['the trace id is in the header', '', ''],
    ['user 4bf92f3577b34da6a3ce929d0e0e4736 logged in', '', ''],
  ])('%s', (line, traceId, spanId) => {
    expect(of(line)).toMatchObject({ traceId, spanId });
  });

  test.each([
    ['2026-11-20T06:25:23.500Z\tERROR\tdriver/redis.go:70\tredis timeout', 'error'],
    ['{"level":"warn","msg":"slow"}', 'warn'],
    ['[INFO] started', 'info'],
    ['GET /error 200 in 3 ms', ''],
  ])('%s has the level “%s”', (line, level) => {
    expect(of(line)?.level).toBe(level);
  });
});
