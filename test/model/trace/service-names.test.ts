import { expect, test } from 'vitest';
import { isInternalHost, serviceNamed, withoutPrivateDomain } from '#model/trace/service-names.ts';

const named = serviceNamed(['Stock.API', 'com.acme.mail', 'geo', 'stock']);

test.each([
  ['stock', 'stock'],
  ['stock:8080', 'stock'],
  ['stock.shop', 'stock'],
  ['stock.shop.svc.cluster.local:8080', 'stock'],
  ['stock-api.internal', 'Stock.API'],
  ['stock.intern:8443', 'stock'],
  ['stock.warehouse.home.arpa', 'stock'],
  ['stock.intern.example.com', undefined],
  ['Stock.API', 'Stock.API'],
  ['com-acme-mail', 'com.acme.mail'],
  ['geo.maps.example', undefined],
  ['stockroom', undefined],
  ['stock-7.shop', undefined],
  ['10.0.0.7', undefined],
  ['', undefined],
])('“%s” is %s', (peer, service) => expect(named(peer)).toBe(service));

test.each([
  ['stock.intern:8443', 'stock'],
  ['stock.shop.corp', 'stock'],
  ['stock.localdomain', 'stock'],
  ['stock:8080', 'stock'],
  ['stock', 'stock'],
  ['stock.example:8443', 'stock.example:8443'],
  ['ip-10-0-0-7.ec2.internal', 'ip-10-0-0-7.ec2.internal'],
  ['i-7.eu-west-1.compute.internal', 'i-7.eu-west-1.compute.internal'],
])('“%s” without the domain that is known only inside is %s', (host, name) => {
  expect(withoutPrivateDomain(host)).toBe(name);
});

test.each([
  ['stock.intranet', true],
  ['stock.private', true],
  ['stock.example', false],
])('whether “%s” is a host inside: %s', (host, isInside) => expect(isInternalHost(host)).toBe(isInside));
