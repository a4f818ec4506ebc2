/** The import rules are only worth something if breaking one fails the check: each is broken here, in a copy, and caught. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';

/** What may not be imported where: for each folder something of ours, and something of others, that lies outside its list. */
const FORBIDDEN: readonly (readonly [file: string, ...imports: string[]])[] = [
  ['src/core/x.ts', '#model/trace/trace.ts', 'zod'],
  ['src/config/x.ts', '#gather/sources.ts', 'undici'],
  ['src/model/x.ts', '#core/clock.ts', 'dayjs'],
  ['src/decode/x.ts', '#detect/registry.ts', 'zod'],
  ['src/detect/x.ts', '#present/json/report.ts', 'node:fs'],
  ['src/diagnose/x.ts', '#detect/registry.ts', 'node:fs'],
  ['src/present/x.ts', '#diagnose/judge.ts', 'undici'],
  ['src/analyse/x.ts', '#gather/sources.ts', 'node:http'],
  ['src/gather/x.ts', '#adapters/jaeger/client.ts', 'undici'],
  ['src/record/x.ts', '#workflows/traces/investigate.ts', 'better-sqlite3'],
  ['src/workflows/x.ts', '#adapters/slack/app.ts', '@slack/bolt'],
  ['src/listeners/x.ts', '#record/outbox.ts', 'undici'],
  ['src/operations/x.ts', '#record/outbox.ts', '@modelcontextprotocol/sdk/types.js'],
  ['src/mcp/x.ts', '#workflows/traces/investigate.ts', 'undici'],
  ['src/api/x.ts', '#workflows/traces/investigate.ts', 'express'],
  ['src/client/x.ts', '#model/trace/trace.ts', 'undici'],
  ['src/web/x.ts', '#record/outbox.ts', '@slack/bolt'],
  ['src/web/playground/x.ts', '#adapters/slack/app.ts', 'undici'],
  ['src/web/playground/client/x.js', '#model/trace/trace.ts', 'dayjs'],
  ['src/cli/x.ts', '#adapters/jaeger/client.ts', '@slack/bolt'],
  ['src/adapters/jaeger/x.ts', '#workflows/traces/investigate.ts', 'express'],
];

const PURE = ['model', 'decode', 'detect', 'diagnose', 'present'];
const TIME_AND_OUTSIDE = ['Date', 'Temporal', 'process', 'performance', 'crypto', 'fetch', 'console', 'globalThis'];
const TIMERS = ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'];
const GLOBALS = [...TIME_AND_OUTSIDE, ...TIMERS];

const uses = (name: string) => `import type { X } from '${name}';\n\nexport type Y = X;\n`;

/** Files to plant, by path. */
const PLANTED: Readonly<Record<string, string>> = Object.fromEntries([
  ...FORBIDDEN.flatMap(([file, ...imports]) => imports.map((name, i) => [numbered(file, i), uses(name)])),
  ...PURE.map((folder) => [`src/${folder}/globals.ts`, `export const x = [${GLOBALS.join(', ')}];\n`]),
  ...PURE.map((folder) => [`src/${folder}/chance.ts`, 'export const x = Math.random();\n']),
  ['src/detect/allowed.ts', uses('#model/trace/trace.ts')],
  ['src/detect/upward.ts', uses('../model/trace.ts')],
  ['src/model/one.ts', "import { b } from '#model/other.ts';\n\nexport const a = () => b();\n"],
  ['src/model/other.ts', "import { a } from '#model/one.ts';\n\nexport const b = (): unknown => a();\n"],
]);

const said = new Map<string, string>();

beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), 'boundaries-'));
  try {
    for (const file of ['biome.json', 'package.json', 'tools/no-math-random.grit']) cpSync(file, join(folder, file));
    for (const [file, text] of Object.entries(PLANTED)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    const biome = join(process.cwd(), 'node_modules/.bin/biome');
    const run = spawnSync(biome, ['lint', '--vcs-enabled=false', '--max-diagnostics=none', '--reporter=json', '.'], {
      cwd: folder,
      encoding: 'utf8',
    });
    for (const diagnostic of JSON.parse(run.stdout).diagnostics) {
      const { path } = diagnostic.location;
      said.set(path, `${said.get(path) ?? ''}${JSON.stringify(diagnostic)}\n`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe.each(FORBIDDEN)('%s', (file, ...imports) => {
  test.each(imports.map((name, i) => [name, i] as const))('may not import %s', (_, i) => {
    expect(said.get(numbered(file, i))).toContain('noRestrictedImports');
  });
});

describe.each(PURE)('src/%s is pure', (folder) => {
  test.each(GLOBALS)('it may not touch %s', (name) => {
    expect(said.get(`src/${folder}/globals.ts`)).toContain(`global variable ${name}.`);
  });

  test('it may not roll dice', () => {
    expect(said.get(`src/${folder}/chance.ts`)).toContain('chance is handed in');
  });
});

test('reaching up a folder and cycles are caught', () => {
  expect(said.get('src/detect/upward.ts')).toContain('noRestrictedImports');
  expect(said.get('src/model/one.ts')).toContain('noImportCycles');
});

test('what is allowed passes, or the rules above would prove nothing', () => {
  expect(said.get('src/detect/allowed.ts')).toBeUndefined();
});

function numbered(file: string, i: number): string {
  return file.replace('x.', `x${i}.`);
}
