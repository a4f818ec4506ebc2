/** Lines about what a client did are no loss of the service. */
import { describe, expect, test } from 'vitest';
import { blamesClient } from '#model/logs/client-mistakes.ts';

describe('a line is about its client', () => {
  test.each([
    'client disconnected',
    'client closed connection before the answer',
    'write EPIPE: client went away',
    'user cancelled the upload',
    'AbortError: aborted by the user',
    'validation failed: email is required',
    'invalid coupon SUMMER',
    'wrong PIN entered (2 of 3)',
    'user 18 not found',
    'no results for query abc',
    'rate limit of client 12 reached, 429',
    'Benutzer 18 nicht gefunden',
    'Kunde hat abgebrochen',
    'mot de passe invalide',
    "l'utilisateur a annulé",
    'usuario 18 no existe',
  ])('%s', (said) => {
    expect(blamesClient(said, true)).toBe(true);
  });

  test.each([
    ['it says what was lost', 'user 18 not found, event dropped'],
    ['another system broke the pipe', 'broken pipe while writing to redis'],
    ['a thing of the service is missing', 'price of tent 4 not found'],
    ['mail was not sent', 'mail for customer 18 could not be sent'],
    ['it is about every client', 'validation failed for every order'],
    ['the service has a wrong setting', 'invalid password in config'],
    ['a service left', 'pricing closed the connection'],
  ])('but not where %s', (_, said) => {
    expect(blamesClient(said, true)).toBe(false);
  });

  test('and in a message, only where it left', () => {
    expect(blamesClient('validation failed: email is required', false)).toBe(false);
    expect(blamesClient('user 18 not found', false)).toBe(false);
    expect(blamesClient('client disconnected', false)).toBe(true);
  });
});
