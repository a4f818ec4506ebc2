import { expect, test } from 'vitest';
import { requireSharedKey } from '#compose/redaction.ts';
import { loadConfig } from '#config/load.ts';

const DATABASE_URL = 'postgres://spanhound@localhost/spanhound';
const KEY = '0123456789abcdef'.repeat(4);

test.each([
  ['one machine with SQLite', {}, false],
  ['replicas with a key of their own', { DATABASE_URL, SPANHOUND_REDACTION_KEY: KEY }, false],
  ['replicas without one', { DATABASE_URL }, true],
])('the key of redaction: %s', (_, environment, isRefused) => {
  const start = () => requireSharedKey(loadConfig(environment));
  if (isRefused) expect(start).toThrow(/SPANHOUND_REDACTION_KEY is required with DATABASE_URL/);
  else expect(start).not.toThrow();
});
