/** Tokens of single vendors, and words and numbers that begin like them. */
import { expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';

const hex = (length: number) => '7b3e0c9a5f21d846'.repeat(20).slice(0, length);
const letters = (length: number) => 'k3v9zq0x7mw2p8ty'.repeat(20).slice(0, length);

test.each([
  `pnu_${letters(36)}`,
  `rdme_${letters(70)}`,
  `packagist_uat_${hex(68)}`,
  `depot_project_${hex(64)}`,
  `cu_${hex(32)}`,
  `11${hex(32)}`,
  `os_v2_app_${letters(100)}`,
  `standard_${hex(256)}`,
  `shpua_${hex(32)}`,
  `amzn1.oa2-cs.v1.${hex(64)}`,
  `1000.${hex(32)}.${hex(32)}`,
  `vk1.a.${letters(180)}`,
  `t1.9eu${letters(180)}`,
])('redacts %s', (token) => {
  expect(redact(`the build log has ${token} now`)).toMatch(/^the build log has \[redacted:[a-z-]+\] now$/);
});

test.each([
  [`ghost admin key ${hex(24)}:${hex(64)}`, hex(64)],
  [`aeg-sas-key: ${letters(43)}=`, letters(43)],
  ['application password jJoR SXM5 FL4E QeZ9 jShJ F9hP', 'jShJ'],
  [`https://endpoint1.collection.sumologic.com/receiver/v1/http/${letters(80)}==`, letters(40)],
  ['https://logs-01.loggly.com/inputs/4df62238-d78c-7db5-6629-d3f20890abe2/tag/http/', '4df62238'],
])('redacts the secret of %s', (text, secret) => {
  expect(redact(text)).not.toContain(secret);
});

test('keeps words and numbers that begin alike', () => {
  const text = 'cu_orders pnu_x standard_deviation 11 1000.5 t1.9 inputs/x 1112345678 vk1.a depot_project_x';
  expect(redact(text)).toBe(text);
});
