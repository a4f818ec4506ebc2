import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { clientTypes } from '../../tools/client-types.ts';

const TYPES = 'src/client/schema.ts';

test('the committed types are those of the document, without their generator', async () => {
  // Where nothing changed, npm is not asked.
  vi.stubEnv('PATH', '');
  expect((await clientTypes()).get(TYPES)).toBe(readFileSync(TYPES, 'utf8'));
});
