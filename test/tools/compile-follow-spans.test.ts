import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { followSpansCode } from '../../tools/compile-follow-spans.ts';

const CODE = 'src/decode/follow-spans-code.ts';

test('the committed code is that of its sources, without a compiler', async () => {
  // Where nothing changed, npm is not asked.
  vi.stubEnv('PATH', '');
  expect((await followSpansCode()).get(CODE)).toBe(readFileSync(CODE, 'utf8'));
});
