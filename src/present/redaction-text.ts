/** What was taken out of texts, in words: how much of which kind, and by what it was known. */
import type { Redaction } from '#model/redaction/redaction.ts';

type KindWords = Readonly<{ one: string; many: string; why: string }>;

const KINDS: Readonly<Record<string, KindWords>> = {
  email: { one: 'e-mail address', many: 'e-mail addresses', why: 'has the form of an e-mail address' },
  card: {
    one: 'card number',
    many: 'card numbers',
    why: 'has the digits of an issuer of payment cards, and its check digit fits',
  },
  iban: { one: 'IBAN', many: 'IBANs', why: 'has the length of its country’s IBANs, and its check digits fit' },
  ip: { one: 'IP address', many: 'IP addresses', why: 'has the form of an IP address' },
  token: {
    one: 'token',
    many: 'tokens',
    why: 'is long, mixed and in no order, and nothing beside it says that it is an id, a sum or content',
  },
  jwt: { one: 'JSON web token', many: 'JSON web tokens', why: 'begins as a JSON web token does' },
  'private-key': { one: 'private key', many: 'private keys', why: 'begins as a private key does' },
  'user-info': {
    one: 'user with password',
    many: 'users with passwords',
    why: 'stands where an address has user and password',
  },
  secret: {
    one: 'value of a secret name',
    many: 'values of secret names',
    why: 'the name beside it says that it is secret',
  },
  authorization: {
    one: 'credential of an Authorization header',
    many: 'credentials of Authorization headers',
    why: 'stands in an Authorization header',
  },
  bearer: { one: 'bearer token', many: 'bearer tokens', why: 'stands behind “bearer”' },
  basic: { one: 'basic credential', many: 'basic credentials', why: 'stands behind “basic”' },
  cookie: { one: 'cookie header', many: 'cookie headers', why: 'stands in a cookie header' },
};

function wordsOf(kind: string): KindWords {
  const name = kind.replaceAll('-', ' ');
  return Object.hasOwn(KINDS, kind) && KINDS[kind]
    ? KINDS[kind]
    : { one: name, many: `${name}s`, why: `has the form of a ${name}` };
}

/** By what a value was known, as a clause: `has the form of a npm token`. */
export function whyTaken(kind: string): string {
  return wordsOf(kind).why;
}

/** `2 e-mail addresses, 1 card number`; empty where nothing was taken out. */
export function takenText(redactions: readonly Redaction[]): string {
  return redactions
    .map(({ kind, count }) => `${count} ${count === 1 ? wordsOf(kind).one : wordsOf(kind).many}`)
    .join(', ');
}
