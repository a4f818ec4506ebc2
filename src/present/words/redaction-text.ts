/** Redacted values in words: how many of each kind, and how Spanhound recognised them. */
import type { Redaction } from '#model/redaction/redaction.ts';

type KindWords = Readonly<{ one: string; many: string; why: string }>;

const KINDS: Readonly<Record<string, KindWords>> = {
  email: { one: 'email address', many: 'email addresses', why: 'has the form of an email address' },
  card: {
    one: 'card number',
    many: 'card numbers',
    why: 'begins like a payment card number, and its check digit is right',
  },
  iban: { one: 'IBAN', many: 'IBANs', why: 'has the length of its country’s IBANs, and its check digits are right' },
  'person-name': {
    one: 'name of a person',
    many: 'names of persons',
    why: 'stands behind a label for the name of a person',
  },
  'birth-date': {
    one: 'date of birth',
    many: 'dates of birth',
    why: 'stands behind a label for a date of birth',
  },
  'national-id': {
    one: 'number of a person',
    many: 'numbers of persons',
    why: 'stands beside the name of such a number',
  },
  ip: { one: 'IP address', many: 'IP addresses', why: 'has the form of an IP address' },
  token: {
    one: 'token',
    many: 'tokens',
    why: 'is long and random, and nothing near it marks it as an id, a checksum or content',
  },
  jwt: { one: 'JSON web token', many: 'JSON web tokens', why: 'begins like a JSON web token' },
  'private-key': { one: 'private key', many: 'private keys', why: 'begins like a private key' },
  'user-info': {
    one: 'user with password',
    many: 'users with passwords',
    why: 'is in the user and password part of a URL',
  },
  secret: {
    one: 'value of a secret name',
    many: 'values of secret names',
    why: 'its name says that it is secret',
  },
  authorization: {
    one: 'credential of an Authorization header',
    many: 'credentials of Authorization headers',
    why: 'is in an Authorization header',
  },
  bearer: { one: 'bearer token', many: 'bearer tokens', why: 'follows “bearer”' },
  basic: { one: 'basic credential', many: 'basic credentials', why: 'follows “basic”' },
  cookie: { one: 'cookie header', many: 'cookie headers', why: 'is in a cookie header' },
};

function wordsOf(kind: string): KindWords {
  const name = kind.replaceAll('-', ' ').replace(/^aws(?= )/, 'AWS');
  return Object.hasOwn(KINDS, kind) && KINDS[kind]
    ? KINDS[kind]
    : { one: name, many: `${name}s`, why: `has the form of ${/^[aeio]/i.test(name) ? 'an' : 'a'} ${name}` };
}

/** Why a value was redacted, as a clause: `has the form of an AWS key`. */
export function whyTaken(kind: string): string {
  return wordsOf(kind).why;
}

/** `2 email addresses, 1 card number`; empty where nothing was redacted. */
export function takenText(redactions: readonly Redaction[]): string {
  return redactions
    .map(({ kind, count }) => `${count} ${count === 1 ? wordsOf(kind).one : wordsOf(kind).many}`)
    .join(', ');
}
