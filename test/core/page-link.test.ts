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
  const link = pageLinks('one').made(CLAIMS);
  expect(pageLinks('one').read(link)).toEqual(CLAIMS);
  expect(pageLinks('other').read(link)).toBeUndefined();
  expect(pageLinks('one').read(`${link}.`)).toBeUndefined();
});

test('redaction takes no link for a credential, so it arrives whole', () => {
  for (let at = 0; at < 50; at++) {
    const address = `https://x.example/timeline/${pageLinks(`${at}`).made({ ...CLAIMS, madeUs: CLAIMS.madeUs + at })}`;
    expect(redact(address)).toBe(address);
  }
});
