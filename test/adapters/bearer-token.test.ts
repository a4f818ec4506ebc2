import { expect, test } from 'vitest';
import { isAllowedByToken } from '#adapters/bearer-token.ts';

test('the token is the whole header and nothing less', () => {
  expect(isAllowedByToken('t0ken', 'Bearer t0ken')).toBe(true);
  for (const header of [undefined, '', 't0ken', 'Bearer t0ke', 'Bearer t0ken ', 'Basic t0ken']) {
    expect(isAllowedByToken('t0ken', header)).toBe(false);
  }
});

test.each(['bearer t0ken', 'BEARER t0ken'])('the scheme has no case: %s', (header) => {
  expect(isAllowedByToken('t0ken', header)).toBe(true);
});

test.each([',', ' ', ' , '])('a setting without a token allows nobody: "%s"', (setting) => {
  for (const header of [`Bearer ${setting}`, 'Bearer ', 'Bearer ,']) {
    expect(isAllowedByToken(setting, header)).toBe(false);
  }
});
