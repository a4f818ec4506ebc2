import { describe, expect, test } from 'vitest';
import { isOfOtherInstance } from '#model/logs/line-instance.ts';
import type { Attributes } from '#model/trace/columns.ts';
import { logLine } from '#test/log-line.ts';

const isOther = (resource: Attributes, labels: Readonly<Record<string, string>>, text = 'GC pause 1900 ms') =>
  isOfOtherInstance({ ...logLine('ledger', 0, text), labels }, resource);

const POD = { 'k8s.pod.name': 'ledger-1', 'k8s.node.name': 'node-3' };

describe('a line that names another instance by the same attribute', () => {
  test.each<[Attributes, Record<string, string>]>([
    [POD, { k8s_pod_name: 'ledger-2' }],
    [POD, { pod: 'ledger-2' }],
    [POD, { 'k8s.pod.name': 'ledger-2', host: 'node-3' }],
    [POD, { resource_k8s_pod_name: 'ledger-2' }],
    [{ 'service.instance.id': 'a1' }, { service_instance_id: 'b2' }],
    [{ 'service.instance.id': '10.0.0.1:8080' }, { instance: '10.0.0.2:8080' }],
    [{ 'container.id': 'a'.repeat(64) }, { container_id: 'b'.repeat(12) }],
    [{ 'host.name': 'ip-10-0-0-1' }, { host: 'ip-10-0-0-2' }],
    [{ 'host.name': 'ip-10-0-0-1' }, { hostname: 'ip-10-0-0-2.internal' }],
  ])('%o %o', (resource, labels) => {
    expect(isOther(resource, labels)).toBe(true);
  });

  test('also in the fields of a JSON line', () => {
    expect(isOther(POD, {}, '{"msg":"gc","k8s_pod_name":"ledger-2"}')).toBe(true);
    expect(isOther(POD, {}, '{"msg":"gc","kubernetes":{"pod_name":"ledger-2"}}')).toBe(true);
    expect(isOther(POD, {}, '{"msg":"gc","kubernetes.pod_name":"ledger-2"}')).toBe(true);
    expect(isOther({ 'host.name': 'web-1' }, {}, '{"msg":"gc","hostname":"web-2"}')).toBe(true);
  });
});

describe('no line of another instance', () => {
  test.each<[string, Attributes, Record<string, string>]>([
    ['the line names none', POD, {}],
    ['the resource names none', {}, { pod: 'ledger-2' }],
    ['they name different attributes', POD, { service_instance_id: 'b2' }],
    ['the same pod', POD, { pod: 'Ledger-1' }],
    [
      'the same pod on a host of another name',
      { ...POD, 'host.name': 'ledger-1' },
      { pod: 'ledger-1', host: 'node-3' },
    ],
    ['its node', { ...POD, 'host.name': 'ledger-1' }, { host: 'node-3.internal' }],
    ['a pod and perhaps its node', { 'host.name': 'ledger-7c9f8d5b6c-x2x4q' }, { host: 'node-3' }],
    ['a short and a long host', { 'host.name': 'web-1' }, { host: 'web-1.shop.internal' }],
    ['a short and a long container', { 'container.id': 'a'.repeat(64) }, { container_id: 'a'.repeat(12) }],
    [
      'a UUID and an address',
      { 'service.instance.id': '627cc493-f310-47de-96bd-71410b7dec09' },
      { instance: '10.0.0.1:80' },
    ],
    ['an empty label', POD, { pod: '' }],
  ])('%s', (_, resource, labels) => {
    expect(isOther(resource, labels)).toBe(false);
  });

  test('text that is no JSON object names none', () => {
    expect(isOther(POD, {}, '{"pod":"ledger-2"')).toBe(false);
    expect(isOther(POD, {}, '["pod"]')).toBe(false);
  });
});
