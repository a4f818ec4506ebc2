/**
 * The outputs of the command line that pages quote: a block `console` with a call behind `$` and its output. `…` as the
 * last line leaves out the rest. `npm run generate` writes them.
 */
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Generated } from './generated.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const PAGES = ['*.md', 'docs/**/*.md', 'runbooks/*.md'];
const QUOTED = /^```console\n\$ \.\/spanhound (.+)\n([\s\S]*?)\n(…\n)?```$/gm;

type Quoted = Readonly<{ page: string; call: string; output: string }>;

export function quotedOutputs(page: string, text: string): readonly Quoted[] {
  return [...text.matchAll(QUOTED)].map(([, call = '', output = '']) => ({ page, call, output }));
}

export function currentOutputs(): Generated {
  const pages = globSync(PAGES, { cwd: ROOT }).map((page) => [page, readFileSync(`${ROOT}${page}`, 'utf8')] as const);
  return new Map(
    pages
      .filter(([page, text]) => quotedOutputs(page, text).length > 0)
      .map(([page, text]) => [page, withOutputs(text, printed)] as const),
  );
}

/** A shortened output keeps its number of lines. */
export function withOutputs(text: string, print: (call: string) => string): string {
  return text.replace(QUOTED, (_, call: string, output: string, shortened = '') => {
    const lines = print(call).trimEnd().split('\n');
    const shown = shortened === '' ? lines : lines.slice(0, output.split('\n').length);
    return `\`\`\`console\n$ ./spanhound ${call}\n${shown.join('\n')}\n${shortened}\`\`\``;
  });
}

/** As a shell runs it, so that a call may have patterns and quotes. */
function printed(call: string): string {
  return execFileSync('sh', ['-ec', `./spanhound ${call}`], {
    encoding: 'utf8',
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
