/**
 * Compiles `src/decode/assembly/follow-spans.ts` to WebAssembly and writes it, as text, to `src/decode/follow-spans-code.ts`:
 * an image without development packages has no compiler. `--check` verifies that the file is current.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const CODE = join(ROOT, 'src/decode/follow-spans-code.ts');
/** `WINDOW` of `assembly/layout.ts` in pages: TypeScript lets the memory grow when it has a window. */
const OPTIONS = ['--runtime', 'stub', '--enable', 'simd', '-O3', '--noAssert', '--initialMemory', '15'];

const folder = mkdtempSync(join(tmpdir(), 'spanhound-'));
const code = join(folder, 'follow-spans.wasm');
const source = 'src/decode/assembly/follow-spans.ts';
execFileSync(join(ROOT, 'node_modules/.bin/asc'), [source, '-o', code, ...OPTIONS], { cwd: ROOT, stdio: 'inherit' });
const written = `/** \`assembly/follow-spans.ts\`, compiled: \`node tools/compile-follow-spans.ts\`. */
export const FOLLOW_SPANS =
  '${readFileSync(code).toString('base64')}';
`;
rmSync(folder, { recursive: true });

if (!process.argv.includes('--check')) writeFileSync(CODE, written);
else if (readFileSync(CODE, 'utf8') !== written) {
  process.stderr.write(`${CODE} is not what its source says: run node tools/compile-follow-spans.ts\n`);
  process.exitCode = 1;
}
