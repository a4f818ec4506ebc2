/**
 * Checks the prose that people read, by the rules of docs/writing.md: the pages, and the sentences in the sources.
 *
 *   node tools/prose.ts [FILE …]   shows each place, of all files or of these
 *   node tools/prose.ts --check    fails for sentences that tools/prose/exceptions.json does not list
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
  'client',
  'compose',
  'config',
  'core',
  'adapters',
  'gather',
  'analyse',
  'model',
  'utilities',
].map((folder) => `src/${folder}/**/*.ts`);

/** Patterns of the words of seven languages, and no sentences. */
const WORD_LISTS = [
  'src/model/blameless/{english,german,french,spanish,portuguese,japanese,chinese}.ts',
  'src/model/blameless/idioms/{english,german,french,spanish,portuguese,japanese,chinese}.ts',
];

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

export type Place = Readonly<{ file: string; line: number; message: string; sentence: string }>;

/** Where a page breaks a rule. */
export async function proseOfPage(file: string, text: string): Promise<Place[]> {
  return (await lint(text)).map((found) => ({ file, ...found }));
}

/** Where the strings of a source file break a rule; each string is a paragraph of its own. */
export async function proseOfSource(file: string, source: string): Promise<Place[]> {
  const texts = sourceTexts(file, source);
  if (texts.length === 0) return [];
  const found = await lint(texts.map(({ text }) => text.replace(/^(?=[-#>*\d|])/, '\u200b')).join('\n\n'));
  return found.map(({ line, ...more }) => ({ file, ...more, line: texts[(line - 1) / 2]?.line ?? 0 }));
}

async function lint(text: string): Promise<readonly Omit<Place, 'file'>[]> {
  const { messages } = await new TextlintKernel().lintText(text, OPTIONS);
  return messages.map(({ line, message, range: [index] }) => ({
    line,
    message: message.split('\n', 1)[0] ?? '',
    sentence: sentenceAt(text, index),
  }));
}

/** An end mark with a space behind it, a paragraph's end, or the edge of a table's cell. */
const END_OF_SENTENCE = /[.!?;]\s|\n\s*\n|\n(?=[|#-])|\|/g;

/** One line, wherever the page breaks it. */
function sentenceAt(text: string, index: number): string {
  const ends = [...text.matchAll(END_OF_SENTENCE)].map(({ 0: end, index }) => index + end.length);
  const from = ends.findLast((end) => end <= index) ?? 0;
  const to = ends.find((end) => end > index) ?? text.length;
  return text
    .slice(from, to)
    .replace(/[\s|\u200b]+/g, ' ')
    .trim();
}

/** By the rule, the sentences that may break it, and how often each may occur in all files together. */
export type Exceptions = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** The places that no exception allows. */
export function notAllowed(places: readonly Place[], exceptions: Exceptions): readonly Place[] {
  const alike = Map.groupBy(places, ({ message, sentence }) => `${ruleOf(message)}\n${sentence}`);
  return [...alike.values()].flatMap((found) => {
    const [{ message, sentence }] = found as [Place];
    return found.slice(exceptions[ruleOf(message)]?.[sentence] ?? 0);
  });
}

export function exceptionsFor(places: readonly Place[]): Exceptions {
  const rules = sortedGroups(places, ({ message }) => ruleOf(message));
  return Object.fromEntries(
    rules.map(([rule, found]) => {
      const sentences = sortedGroups(found, ({ sentence }) => sentence);
      return [rule, Object.fromEntries(sentences.map(([sentence, { length }]) => [sentence, length]))];
    }),
  );
}

function sortedGroups(places: readonly Place[], by: (place: Place) => string): readonly [string, Place[]][] {
  return [...Map.groupBy(places, by)].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The message without what it counts and quotes. */
function ruleOf(message: string): string {
  return message.replace(/^\d+ /, '').replace(/ \(“.*”\)/, '');
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
  return globSync([...PAGES, ...SOURCES], { cwd: ROOT, exclude: WORD_LISTS })
    .filter((file) => !generated.has(file))
    .sort();
}

if (import.meta.main) {
  const [option = '', ...more] = process.argv.slice(2);
  const named = option.startsWith('-') || option === '' ? more : [option, ...more];
  const files = named.length > 0 ? named : filesWithProse();
  // One after the other: the trees of all files together would keep the garbage collector at work.
  const places: Place[] = [];
  for (const file of files) places.push(...(await proseOf(file)));
  const exceptions: Exceptions = existsSync(EXCEPTIONS) ? JSON.parse(readFileSync(EXCEPTIONS, 'utf8')) : {};
  const allowed = Object.values(exceptions)
    .flatMap((sentences) => Object.values(sentences))
    .reduce((total, count) => total + count, 0);

  if (option === '--write') {
    if (allowed > 0 && places.length > allowed) {
      console.error(`${places.length} places break a rule, and ${allowed} may. Rewrite the new ones.`);
      process.exitCode = 1;
    } else {
      writeFileSync(EXCEPTIONS, `${JSON.stringify(exceptionsFor(places), null, 2)}\n`);
    }
  }
  const shown = option === '--check' ? notAllowed(places, exceptions) : places;
  if (option !== '--write') {
    for (const { file, line, message, sentence } of shown) console.log(`${file}:${line}  ${message}\n    ${sentence}`);
  }
  console.log(`${places.length} places in ${files.length} files`);
  if (option === '--check' && shown.length > 0) {
    console.error('These sentences break the rules of docs/writing.md. Rewrite them.');
    process.exitCode = 1;
  }
}
