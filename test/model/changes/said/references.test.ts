/** Names and certificates that a change takes away or makes older, and twins that miss something else. */
import { describe, expect, test } from 'vitest';
import { saidEffects } from '#model/changes/said/effects.ts';
import { changed } from '#test/changes.ts';

const found = (diff: string, failure: string, text = '') =>
  saidEffects(changed(-60, { diff, text }), failure.toLowerCase()).map(({ kind, text: says }) => [kind, says]);

describe('A name that the change takes away', () => {
  test.each([
    [
      'dbt',
      'rename from models/stg_boats.sql\nrename to models/stg_ferries.sql',
      "Model 'model.pier.tours' (models/tours.sql) depends on a node named 'stg_boats' which was not found",
      'stg_boats',
    ],
    [
      'Jinja',
      '--- a/mails/ticket.html\n+++ /dev/null',
      'jinja2.exceptions.TemplateNotFound: mails/ticket.html',
      'ticket',
    ],
    [
      'Rails',
      'rename from app/views/tours/_boat.html.erb\nrename to app/views/tours/_ship.html.erb',
      'Missing partial tours/_boat with {:locale=>[:en]}',
      'boat',
    ],
    [
      'GraphQL',
      '-fragment BoatParts on Boat {\n+fragment ShipParts on Boat {',
      'Unknown fragment "BoatParts".',
      'boatparts',
    ],
    [
      'Go',
      '-{{ define "boat-row" }}\n+{{ define "ship-row" }}',
      'template: no template "boat-row" associated',
      'boat-row',
    ],
    [
      'a bundler',
      'rename from src/boatMap.ts\nrename to src/shipMap.ts',
      "Module not found: Can't resolve './boatMap'",
      'boatmap',
    ],
  ])('is missed: %s', (_, diff, failure, name) => {
    expect(found(diff, failure).map(([, says]) => says)).toContainEqual(expect.stringContaining(name));
    expect(
      found(diff, failure.replace(/boat/gi, 'crew').replace('ticket', 'crew')).map(([, says]) => says),
    ).not.toContainEqual(expect.stringContaining('which the failure misses'));
  });

  test('It is no reason where the name stays', () => {
    const diff = '-{{ define "boat-row" }}\n+{{- define "boat-row" -}}';
    expect(found(diff, 'no template "boat-row" associated')).toEqual([]);
  });
});

describe('A certificate that the change makes older', () => {
  const GO = 'x509: certificate has expired or is not yet valid: current time is after 2031-02-28T23:59:59Z';

  test.each([
    ['an earlier end', '-notAfter=2032-02-28\n+notAfter=2031-02-28', '', 'ends on 2031-02-28'],
    [
      'an end as OpenSSL writes it',
      '-Not After : Feb 28 23:59:59 2032 GMT\n+Not After : Feb 8 23:59:59 2031 GMT',
      '',
      'ends on 2031-02-08',
    ],
    ['an old key store', '+keystore: piers.jks', 'restored the old key store', 'an older certificate'],
    ['no renewal', '-cert-manager.io/cluster-issuer: piers\n-tls: piers', '', 'renews'],
  ])('It counts: %s', (_, diff, title, says) => {
    expect(found(diff, GO, title)).toContainEqual(['other-trust', expect.stringContaining(says)]);
    expect(found(diff, 'connection refused', title)).not.toContainEqual(['other-trust', expect.stringContaining(says)]);
  });

  test('It is no reason where the new one ends later', () => {
    const texts = found('-notAfter=2031-02-28\n+notAfter=2032-02-28', GO, 'restored the key store').map(
      ([, says]) => says,
    );
    expect(texts).not.toContainEqual(expect.stringMatching(/ends on|older certificate/));
  });
});
