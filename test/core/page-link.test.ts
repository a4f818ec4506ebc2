import { expect, test } from 'vitest';
import { pageLinks } from '#core/page-link.ts';
import { redact } from '#model/redaction/redaction.ts';

const CLAIMS = {
  incidentId: '019b9000-0000-7000-8000-000000000001',
  workspaceId: 'T0123ABCD',
  userId: 'U0123ABCD',
  madeUs: 1_767_710_000_000_000,
};

test('a link is read by who has the secret, and by nobody else', () => {
  const link = pageLinks('one').made('timeline', CLAIMS);
  expect(pageLinks('one').read('timeline', link)).toEqual(CLAIMS);
  expect(pageLinks('other').read('timeline', link)).toBeUndefined();
  expect(pageLinks('one').read('timeline', `${link}.`)).toBeUndefined();
});

test('a link to one page opens no other page', () => {
  const { made, read } = pageLinks('one');
  expect(read('timeline', made('postmortem', CLAIMS))).toBeUndefined();
  expect(read('postmortem', made('timeline', CLAIMS))).toBeUndefined();
});

test('redaction takes no link for a credential, so it arrives whole', () => {
  for (let at = 0; at < 50; at++) {
    const address = `https://x.example/timeline/${pageLinks(`${at}`).made('timeline', { ...CLAIMS, madeUs: CLAIMS.madeUs + at })}`;
    expect(redact(address)).toBe(address);
  }
});
