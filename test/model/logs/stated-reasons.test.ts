/** Lines that say why a time is taken, or what was given instead of what failed. */
import { describe, expect, test } from 'vitest';
import {
  exportedIn,
  givesFirstAnswer,
  givesReason,
  givesSubstitute,
  givesTurn,
  saysLaterAttempt,
  saysPersonRefused,
  tellsRefill,
  tellsWorkOf,
} from '#model/logs/stated-reasons.ts';

describe('a line gives a reason for the time', () => {
  test.each([
    'door 2 released, waits up to 60 s for the member',
    'recording until the surgeon ends the session',
    'sale opens at 12:07, visitor 18 waits in the room',
    'pages fetched one at a time to spare the archive',
    'page:archive is rebuilt once a day after the import',
    'plan for 412 ships, as fast as usual',
    'signed and rendered in 0.69 s as always',
    'waited 1.2 s for a stable reading',
    'player read 22 ranges while the user scrubbed',
    'kept until the sled stands, nothing missing',
    'valve 3 closed slowly over 6 s to spare the pipes',
    'client closed the tab after 4.2 s',
    'warm-up of the new release: compiled 912 scripts',
    'objection period of 24 h begins, as required',
    'saga 12 woke up after its timer of 45 s',
    'mail hidden for 90 s (time to undo), sending now',
    'press opened after 9.0 s of dwell as the recipe "calf" says, call timeout is 30000',
    'soft start of 12 s done, as the maker prescribes',
    'Presse nach 9 s offen, wie im Rezept vorgesehen',
    'presse ouverte après 9 s comme le prévoit la recette',
    'prensa abierta en 9 s según lo acordado',
    'smoke test of version 41, no traffic yet',
    'first call warms the alias',
    'scheduled pause',
    'pumps tried one by one, never two at the same time (rule of the works)',
    'politeness delay between pages',
    'geplante Pause',
    'pause prévue',
    'pausa programada',
    'export of the year streamed: 410000 rows, limited to 2 Mbit/s',
    'backup sent, paced at 40 files per minute',
    'night orders are taken at 06:00 when the shift begins',
    'handled after the pause 21:00-06:00',
    'bearbeitet nach der Nachtruhe 22:00 bis 06:00',
    'wie jede Nacht',
    'comme chaque nuit',
    'como cada noche',
    'wartet auf die Bestätigung der Kundin',
    'en attente de la signature',
    'esperando la firma',
    'customer took his time to confirm',
  ])('%s', (said) => {
    expect(givesReason(said)).toBe(true);
  });

  test.each([
    ['only that it is done', 'request completed'],
    ['only what came out', '120 lots'],
    ['of a limit on something else', 'disk limited to 2 MB/s'],
    ['of a transfer that failed at its limit', 'upload limited to 2 MB/s failed'],
    ['of an hour that was missed', 'orders of the pause 21:00-06:00 are overdue'],
    ['only an hour', 'order of 21:00 done'],
    ['only what was stored', 'estimate stored'],
    ['of a wait for somebody’s answer', 'waiting for the reply of pricing'],
    ['of a turn', 'queued for a worker'],
    ['of a lock', 'waited up to 6 s for a lock'],
    ['of a limit that was reached', 'waited until the timeout of 5000 as the client says'],
    ['of a wait for a database in German', 'wartet auf die Datenbank'],
    ['of an unplanned pause', 'pause of the collector'],
    ['the opposite in German', 'Presse offen, nicht wie im Rezept vorgesehen'],
    ['the opposite in French', 'pas comme le prévoit la recette'],
    ['of attempts', 'as agreed, attempt 3 of 5'],
    ['of a full pool', 'pool may have at most 10 connections'],
    ['of a delay', 'message delayed by 45 s'],
    ['of the opposite', 'this was not expected'],
    ['what it made', 'planned 40 segments duration=6187ms'],
  ])('but not where it tells %s', (_, said) => {
    expect(givesReason(said)).toBe(false);
  });
});

describe('a line tells the work of a time', () => {
  test.each([
    ['launch of 36.4 s, rope 920 m', 38_000_000],
    ['chromium printed 44 pages in 5.7 s', 5_700_000],
    ['upload of 1.4 MB took 1.5 s', 1_500_000],
    ['self test: open 10.0 s, close 10.0 s, open 10.0 s', 30_000_000],
  ])('%s', (said, us) => {
    expect(tellsWorkOf(said, us)).toBe(true);
  });

  test.each([
    ['a time that is much shorter', 'printed 44 pages in 0.2 s'],
    ['no amount of work', 'letter 3 shown in 3890 ms'],
    ['a request as each has it', 'GET /pages 200 in 3890 ms, 12 rows'],
    ['a time that was lost', '44 pages late after 3890 ms'],
  ])('but not with %s', (_, said) => {
    expect(tellsWorkOf(said, 3_900_000)).toBe(false);
  });
});

test('a line of an export counts what it reads', () => {
  expect(exportedIn('yearly audit export of all 2811002 bills started')).toBe(2_811_002);
  expect(exportedIn('export of 12 bills')).toBe(0);
  expect(exportedIn('2811002 bills listed')).toBe(0);
});

describe('a line says what was given instead', () => {
  test.each([
    'plain title search used instead (100 ms budget)',
    'over its limit, cart read from postgres as designed',
    'serving stale (age 61 s), revalidating in background',
    'collected 3 of 4 offers within 400 ms, b.example left out',
    'falling back to the second provider',
    'prices unavailable, last known good used',
    'recs answered 503, cached list used',
    'Preise nicht erreichbar, stattdessen die von gestern',
    'prix indisponibles, valeurs par défaut',
    'precios no disponibles, valores por defecto',
  ])('%s', (said) => {
    expect(givesSubstitute(said)).toBe(true);
  });

  test.each([
    'answering with an empty list instead',
    'forecast unavailable, falling back to none',
    'page shown without forecast as designed',
    'payment failed, settled later by design',
    'offer refused',
    'prices unavailable, showing zero instead',
    'prices unavailable, assuming none instead',
    'Preise nicht erreichbar, stattdessen leere Liste',
    'prix indisponibles, liste vide à la place',
  ])('but not where people get less: %s', (said) => {
    expect(givesSubstitute(said)).toBe(false);
  });
});

describe('a line says that a lock lets one at a time do the work', () => {
  test.each([
    'second runner waits for the first, that is how only one closes the day',
    'day was closed by the other runner, nothing to do',
    'single leader: this pod takes its turn',
    'imports run one at a time',
  ])('%s', (said) => {
    expect(givesTurn(said)).toBe(true);
  });

  test.each([
    ['only that it waits', 'waiting for lock 77'],
    ['of trouble', 'only one runner may close the day, lock 77 still held after 5 s'],
    ['of a process that died', 'lock held by the other worker, which is dead'],
  ])('but not where it tells %s', (_, said) => {
    expect(givesTurn(said)).toBe(false);
  });
});

test.each([
  ['lot 80 numbered at attempt 2', true],
  ['24 horses at try 3', true],
  ['stored on the second try', true],
  ['retry succeeded', true],
  ['failed at attempt 2', false],
  ['attempt 2 of 5 in 50 ms', false],
])('a later attempt did the work: %s', (said, isSo) => {
  expect(saysLaterAttempt(said)).toBe(isSo);
});

describe('a line says that a person or a bank refused', () => {
  test.each([
    'card declined by issuer (insufficient_funds), customer asked for another card',
    'recipient unsubscribed: they texted STOP',
    'payment_failed: expired_card, first mail goes out',
    'Karte abgelehnt, Kundin wird gefragt',
    'carte expirée, autre moyen proposé',
    'tarjeta caducada',
  ])('%s', (said) => {
    expect(saysPersonRefused(said)).toBe(true);
  });

  test.each([
    ['the key of the service', 'payment declined: invalid api key'],
    ['all of them', 'all cards declined since 10:00'],
    ['an account that was suspended', 'charge rejected, merchant account suspended'],
    ['nobody', '400 from the provider'],
  ])('but not where it blames %s', (_, said) => {
    expect(saysPersonRefused(said)).toBe(false);
  });
});

describe('a line says that the first answer was given again', () => {
  test.each([
    'duplicate token, returning boat 7',
    'idempotency key seen before, replaying the stored response',
    'form sent twice, gave the existing booking',
  ])('%s', (line) => {
    expect(givesFirstAnswer(line)).toBe(true);
  });

  test.each([
    'duplicate token, booking not stored',
    'duplicate key value violates boats_pkey, returning 500',
    'returning boat 7',
    'duplicate token',
  ])('not: %s', (line) => {
    expect(givesFirstAnswer(line)).toBe(false);
  });
});

describe('a line says that a cache was filled anew by plan', () => {
  test.each([
    'tariffs reread after the daily import, cached for 24 h',
    'menu: first visitor after the nightly expiry, kept for 86400 s',
  ])('%s', (said) => {
    expect(tellsRefill(said)).toBe(true);
  });

  test.each([
    'tariffs cached for 24 h',
    'tariffs reread after the import',
    'tariffs reread after a failed import, cached for 24 h',
    'tariffs reread after a timeout, cached for 24 h',
  ])('not: %s', (said) => {
    expect(tellsRefill(said)).toBe(false);
  });
});
