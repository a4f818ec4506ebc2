import { describe, expect, test } from 'vitest';
import { catalogueOf, otherNames } from '#model/services/catalogue.ts';
import type { FactKind, FactOrigin, ServiceFact } from '#model/services/service-fact.ts';

function fact(origin: FactOrigin, service: string, kind: FactKind, value: string, place: string = origin): ServiceFact {
  return { origin, service, kind, value, place };
}

const traced = (name: string) => fact('traces', name, 'name', name, 'jaeger');
const component = (service: string, kind: FactKind, value: string) =>
  fact('backstage', service, kind, value, 'catalog-info.yaml');
const answered = (said: string, service: string) => fact('person', service, 'alias', said, 'C1');

describe('names', () => {
  test('of a component lead to the service with traces', () => {
    const { services, named, contradictions } = catalogueOf([
      traced('payments-api'),
      component('payments', 'name', 'payments'),
      component('payments', 'alias', 'payments-api'),
      component('payments', 'alias', 'SRE-OTR-FTL'),
      component('payments', 'owner', 'group:default/payments-team'),
    ]);
    expect(services.map(({ name, hasTraces }) => [name, hasTraces])).toEqual([['payments-api', true]]);
    expect(named('sre otr ftl')?.name).toBe('payments-api');
    expect(services.map(({ facts }) => facts.find(({ kind }) => kind === 'owner')?.value)).toEqual([
      'group:default/payments-team',
    ]);
    expect(services.flatMap(otherNames)).toEqual(['payments', 'SRE-OTR-FTL']);
    expect(contradictions).toEqual([]);
  });

  test('that differ only in “service” are one, unless both send traces', () => {
    expect(
      catalogueOf([traced('payments'), component('payments-service', 'tier', '1')]).named('Payments Service')?.name,
    ).toBe('payments');
    const both = catalogueOf([traced('payments'), traced('payments-service')]);
    expect(both.services).toHaveLength(2);
    expect(both.named('payments-service')?.name).toBe('payments-service');
  });

  test('that people gave count before what a file says, the newest first, and both are shown', () => {
    const { named, contradictions } = catalogueOf([
      answered('SRE-OTR-FTL', 'checkout'),
      answered('SRE-OTR-FTL', 'payments-api'),
      traced('checkout'),
      traced('payments-api'),
      component('payments-api', 'alias', 'SRE-OTR-FTL'),
    ]);
    expect(named('SRE-OTR-FTL')?.name).toBe('checkout');
    expect(contradictions).toMatchObject([
      { subject: 'SRE-OTR-FTL', about: 'alias', claims: [{ value: 'checkout' }, { value: 'payments-api' }] },
    ]);
  });

  test('for which two components claim the same lead nowhere', () => {
    const { named, contradictions } = catalogueOf([
      component('checkout', 'alias', 'PABC123'),
      component('payments', 'alias', 'PABC123'),
    ]);
    expect(named('PABC123')).toBeUndefined();
    expect(contradictions).toMatchObject([{ subject: 'PABC123', about: 'alias' }]);
  });

  test('with traces of their own stay two services, and the contradiction is shown', () => {
    const { named, contradictions } = catalogueOf([
      traced('payments-api'),
      traced('payments-worker'),
      component('payments-api', 'alias', 'payments-worker'),
    ]);
    expect(named('payments-worker')?.name).toBe('payments-worker');
    expect(contradictions).toMatchObject([
      { subject: 'payments-worker', claims: [{ value: 'payments-worker' }, { value: 'payments-api' }] },
    ]);
  });

  test('of a label that many workloads share contradict nothing and lead nowhere', () => {
    const { named, contradictions } = catalogueOf([
      fact('kubernetes', 'orders-cache', 'alias', 'redis'),
      fact('kubernetes', 'stock-cache', 'alias', 'redis'),
    ]);
    expect(named('redis')).toBeUndefined();
    expect(contradictions).toEqual([]);
  });

  test('that lead to each other end', () => {
    const { named } = catalogueOf([component('a1', 'alias', 'b1'), component('b1', 'alias', 'a1')]);
    expect(named('a1')).toBeDefined();
  });

  test('without letters are no names', () => {
    expect(catalogueOf([component('***', 'owner', 'sre')]).services).toEqual([]);
    expect(catalogueOf([traced('a1')]).named('')).toBeUndefined();
  });
});

describe('facts', () => {
  test('of several places with the same owner are one, and all places are named', () => {
    const { services, contradictions } = catalogueOf([
      component('payments', 'owner', 'group:default/payments-team'),
      fact('codeowners', 'payments', 'owner', '@acme/payments-team', 'CODEOWNERS'),
      fact('codeowners', 'payments', 'owner', '@acme/sre', 'CODEOWNERS'),
    ]);
    expect(services[0]?.facts.map(({ value, from }) => [value, from.length])).toEqual([
      ['group:default/payments-team', 2],
      ['@acme/sre', 1],
    ]);
    expect(contradictions).toEqual([]);
  });

  test('that name other owners, tiers or lifecycles contradict each other, with their places', () => {
    const { contradictions } = catalogueOf([
      component('payments', 'tier', '1'),
      fact('kubernetes', 'payments', 'tier', '3', 'Deployment shop/payments'),
    ]);
    expect(contradictions).toEqual([
      {
        subject: 'payments',
        about: 'tier',
        claims: [
          { value: '1', from: [{ origin: 'backstage', place: 'catalog-info.yaml' }] },
          { value: '3', from: [{ origin: 'kubernetes', place: 'Deployment shop/payments' }] },
        ],
      },
    ]);
  });

  test('of a folder count only for a known service', () => {
    const folder: ServiceFact = { ...fact('codeowners', 'payments', 'owner', '@acme/pay'), ifKnown: true };
    expect(catalogueOf([folder]).services).toEqual([]);
    expect(catalogueOf([folder, traced('payments')]).services[0]?.facts).toHaveLength(2);
  });

  test('in any number take time in step with it', () => {
    const many = Array.from({ length: 20_000 }, (_, i) => component(`s${i}x`, 'alias', `n${i}x`));
    expect(catalogueOf(many).services).toHaveLength(20_000);
  });
});
