/** An address is shown without its credentials. */
import { expect, test } from 'vitest';
import { placeAt } from '#adapters/system.ts';
import { composeInvestigation } from '#compose/investigation.ts';
import { loadConfig } from '#config/load.ts';

test.each([
  'http://u:S3CRETpw@wiki.internal/ops',
  'http://S3CRETpw@wiki.internal/ops',
  'http://wiki.internal/ops?private_token=S3CRETpw#S3CRETpw',
])('links to runbooks have nothing of %s but its place', async (address) => {
  const { settings } = await composeInvestigation(loadConfig({ RUNBOOKS_URL: address }));
  expect(settings.links.runbooks).toBe('http://wiki.internal/ops');
  expect(placeAt('Wiki', new URL(address))).toBe('Wiki at http://wiki.internal/ops');
});
