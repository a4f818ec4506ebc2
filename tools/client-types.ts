/**
 * Makes the types of the client, `src/client/schema.ts`, from the OpenAPI document of the REST API. `npm run generate`
 * writes them.
 *
 * openapi-typescript needs the compiler's API of TypeScript 5, which TypeScript 7 lacks. So npm fetches both, and only
 * after a change: the digest in the file shows a change of the document, of the generator, or of the types themselves.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openApiDocument } from '#api/openapi.ts';
import type { Generated } from './generated.ts';

const TYPES = 'src/client/schema.ts';
const PACKAGES = ['openapi-typescript@7.13.0', 'typescript@5.9.3'];
/** An argument with a default may be left out. */
const OPTIONS = ['--default-non-nullable=false'];

export async function clientTypes(): Promise<Generated> {
  const document = JSON.stringify(openApiDocument());
  const path = join(import.meta.dirname, '..', TYPES);
  const known = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const types = known.slice(known.indexOf('\n') + 1);
  return new Map([[TYPES, known === textOf(types, document) ? known : textOf(await made(document), document)]]);
}

function textOf(types: string, document: string): string {
  const digest = createHash('sha256').update([...PACKAGES, ...OPTIONS, document, types].join('\n'));
  return `/** Types of \`docs/openapi.json\`: \`npm run generate\`. ${digest.digest('hex')} */\n${types}`;
}

async function made(document: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'spanhound-'));
  try {
    const [source, types] = [join(folder, 'openapi.json'), join(folder, 'schema.ts')];
    writeFileSync(source, document);
    const packages = PACKAGES.map((name) => `--package=${name}`);
    const generate = ['exec', '--yes', ...packages, '--', 'openapi-typescript', source, '-o', types, ...OPTIONS];
    await promisify(execFile)('npm', generate, { cwd: folder });
    return readFileSync(types, 'utf8');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
