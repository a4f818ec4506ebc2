/**
 * Compiles `src/decode/assembly/follow-spans.ts` to WebAssembly, as text for `src/decode/follow-spans-code.ts`: an image
 * without development packages has no compiler. `npm run generate` writes it.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Generated } from './generated.ts';

const ROOT = join(import.meta.dirname, '..');
/** `WINDOW` of `assembly/layout.ts` in pages: TypeScript lets the memory grow when it has a window. */
const OPTIONS = ['--runtime', 'stub', '--enable', 'simd', '-O3', '--noAssert', '--initialMemory', '15'];

export async function followSpansCode(): Promise<Generated> {
  const folder = mkdtempSync(join(tmpdir(), 'spanhound-'));
  try {
    const code = join(folder, 'follow-spans.wasm');
    const source = 'src/decode/assembly/follow-spans.ts';
    await promisify(execFile)(join(ROOT, 'node_modules/.bin/asc'), [source, '-o', code, ...OPTIONS], { cwd: ROOT });
    const text = `/** \`assembly/follow-spans.ts\`, compiled: \`npm run generate\`. */
export const FOLLOW_SPANS =
  '${readFileSync(code).toString('base64')}';
`;
    return new Map([['src/decode/follow-spans-code.ts', text]]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
