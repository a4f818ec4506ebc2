import { expect, test } from 'vitest';
import { serviceNamed } from '#model/trace/service-names.ts';

const named = serviceNamed(['Stock.API', 'com.acme.mail', 'geo', 'stock']);

test.each([
  ['stock', 'stock'],
  ['stock:8080', 'stock'],
  ['stock.shop', 'stock'],
  ['stock.shop.svc.cluster.local:8080', 'stock'],
  ['stock-api.internal', 'Stock.API'],
  ['Stock.API', 'Stock.API'],
  ['com-acme-mail', 'com.acme.mail'],
  ['geo.maps.example', undefined],
  ['stockroom', undefined],
  ['stock-7.shop', undefined],
  ['10.0.0.7', undefined],
  ['', undefined],
])('“%s” is %s', (peer, service) => expect(named(peer)).toBe(service));
