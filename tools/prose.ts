/**
 * Checks the prose that people read, by the rules of docs/writing.md: the pages, and the sentences in the sources.
 *
 *   node tools/prose.ts [FILE …]   shows each place, of all files or of these
 *   node tools/prose.ts --check    fails where a file has more places than tools/prose/exceptions.json allows it
 *   node tools/prose.ts --write    writes the exceptions anew; refuses where there are more of them altogether
 */
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { TextlintKernel, type TextlintKernelOptions } from '@textlint/kernel';
import { plainWords } from './prose/plain-words.ts';
import { sourceTexts } from './prose/source-text.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const EXCEPTIONS = `${ROOT}tools/prose/exceptions.json`;

/** These are generated; their sentences are checked where they are written. */
const GENERATED = ['docs/detectors.md', 'docs/configuration.md', 'docs/detectors/*.md'];

const PAGES = ['*.md', 'docs/**/*.md', 'runbooks/*.md', 'bench/**/*.md', 'manifest.json'];

/** Folders whose strings people read, in Slack, in a report or in a terminal. */
const SOURCES = [
  'detect',
  'diagnose',
  'present',
  'workflows',
  'listeners',
  'cli',
  'compose',
  'config',
  'core',
  'adapters',
  'gather',
  'analyse',
  'model',
  'utilities',
].map((folder) => `src/${folder}/**/*.ts`);

/** Each concept has one spelling. */
const TERMS = [
  'Alertmanager',
  'Grafana',
  'GitHub',
  'GitLab',
  'Jaeger',
  'Kubernetes',
  'LaunchDarkly',
  'OpenTelemetry',
  'PagerDuty',
  'Postgres',
  'Prometheus',
  'SQLite',
  ['e-mail(s?)', 'email$1'],
  ['post-mortem(s?)', 'postmortem$1'],
  ['run book(s?)', 'runbook$1'],
  ['log-line(s?)', 'log line$1'],
  ['time-stamp(s?)', 'timestamp$1'],
  ['web hook(s?)', 'webhook$1'],
];

export type Place = Readonly<{ file: string; line: number; message: string }>;

/** Where a page breaks a rule. */
export async function proseOfPage(file: string, text: string): Promise<Place[]> {
  return (await lint(text)).map(({ line, message }) => ({ file, line, message }));
}

/** Where the strings of a source file break a rule; each string is a paragraph of its own. */
export async function proseOfSource(file: string, source: string): Promise<Place[]> {
  const texts = sourceTexts(file, source);
  const found = await lint(texts.map(({ text }) => text.replace(/^(?=[-#>*\d|])/, '\u200b')).join('\n\n'));
  return found.map(({ line, message }) => ({ file, line: texts[(line - 1) / 2]?.line ?? 0, message }));
}

async function lint(text: string): Promise<readonly { line: number; message: string }[]> {
  const { messages } = await new TextlintKernel().lintText(text, OPTIONS);
  return messages.map(({ line, message }) => ({ line, message: message.split('\n', 1)[0] ?? '' }));
}

// Node and Vitest disagree on the default export of a CommonJS module; both require it alike.
const require = createRequire(import.meta.url);
const { default: markdown } = require('@textlint/textlint-plugin-markdown');
const { default: terminology } = require('textlint-rule-terminology');

const OPTIONS: TextlintKernelOptions = {
  ext: '.md',
  plugins: [{ pluginId: 'markdown', plugin: markdown }],
  rules: [
    { ruleId: 'terminology', rule: terminology, options: { defaultTerms: false, terms: TERMS } },
    { ruleId: 'plain-words', rule: plainWords(detectorIds()) },
  ],
};

/** Every detector has a runbook of its name. */
function detectorIds(): readonly string[] {
  return globSync('runbooks/*.md', { cwd: ROOT }).map((path) => path.replace(/^.*\/|\.md$/g, ''));
}

function proseOf(file: string): Promise<Place[]> {
  const text = readFileSync(ROOT + file, 'utf8');
  if (file.endsWith('.md')) return proseOfPage(file, text);
  return proseOfSource(file, file.endsWith('.json') ? `(${text})` : text);
}

function filesWithProse(): readonly string[] {
  const generated = new Set(globSync(GENERATED, { cwd: ROOT }));
  return globSync([...PAGES, ...SOURCES], { cwd: ROOT })
    .filter((file) => !generated.has(file))
    .sort();
}

if (import.meta.main) {
  const [option = '', ...more] = process.argv.slice(2);
  const named = option.startsWith('-') || option === '' ? more : [option, ...more];
  const files = named.length > 0 ? named : filesWithProse();
  const places = (await Promise.all(files.map(proseOf))).flat();
  const counts = Object.fromEntries(
    [...Map.groupBy(places, ({ file }) => file)].map(([file, found]) => [file, found.length]),
  );
  const allowed: Record<string, number> = existsSync(EXCEPTIONS) ? JSON.parse(readFileSync(EXCEPTIONS, 'utf8')) : {};
  const sum = (numbers: Record<string, number>) => Object.values(numbers).reduce((total, count) => total + count, 0);

  if (option === '--write') {
    if (sum(allowed) > 0 && sum(counts) > sum(allowed)) {
      console.error(`${sum(counts)} places break a rule, and ${sum(allowed)} may. Rewrite the new ones.`);
      process.exitCode = 1;
    } else {
      writeFileSync(EXCEPTIONS, `${JSON.stringify(counts, null, 2)}\n`);
    }
  }
  const shown = option === '--check' ? places.filter(({ file }) => (counts[file] ?? 0) > (allowed[file] ?? 0)) : places;
  if (option !== '--write') for (const { file, line, message } of shown) console.log(`${file}:${line}  ${message}`);
  console.log(`${sum(counts)} places in ${files.length} files`);
  if (option === '--check' && shown.length > 0) {
    console.error('These files break the rules of docs/writing.md more often than before.');
    process.exitCode = 1;
  }
}
