/**
 * Compiles `src/decode/assembly/follow-spans.ts` to WebAssembly, as text for `src/decode/follow-spans-code.ts`: nobody
 * needs the compiler to run the program. `npm run generate` writes it.
 *
 * The compiler has 102 MB, so npm fetches it only after a change of the sources. The digest in the file shows a change of
 * the sources, of the compiler, or of the code itself.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Generated } from './generated.ts';

const ROOT = join(import.meta.dirname, '..');
const SOURCE = 'src/decode/assembly/follow-spans.ts';
const CODE = 'src/decode/follow-spans-code.ts';
const COMPILER = 'assemblyscript@0.28.20';
/** `WINDOW` of `assembly/layout.ts` in pages: TypeScript lets the memory grow when it has a window. */
const OPTIONS = ['--runtime', 'stub', '--enable', 'simd', '-O3', '--noAssert', '--initialMemory', '15'];

export async function followSpansCode(): Promise<Generated> {
  const known = readFileSync(join(ROOT, CODE), 'utf8');
  const code = /'([\w+/=]+)'/.exec(known)?.[1] ?? '';
  return new Map([[CODE, known === textOf(code) ? known : textOf(await compiled())]]);
}

function textOf(code: string): string {
  return `/** \`assembly/follow-spans.ts\`, compiled: \`npm run generate\`. ${digestOf(code)} */
export const FOLLOW_SPANS =
  '${code}';
`;
}

function digestOf(code: string): string {
  const digest = createHash('sha256').update([COMPILER, ...OPTIONS, code].join('\n'));
  const sources = globSync('src/decode/assembly/*.ts', { cwd: ROOT }).sort();
  for (const source of sources) digest.update(`\n${source}\n${readFileSync(join(ROOT, source), 'utf8')}`);
  return digest.digest('hex');
}

async function compiled(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'spanhound-'));
  try {
    const code = join(folder, 'follow-spans.wasm');
    const asc = ['exec', '--yes', `--package=${COMPILER}`, '--', 'asc', SOURCE, '-o', code, ...OPTIONS];
    await promisify(execFile)('npm', asc, { cwd: ROOT });
    return readFileSync(code).toString('base64');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
