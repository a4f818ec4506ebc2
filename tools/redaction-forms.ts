/**
 * `src/model/redaction/maintained-forms.ts`, from secretlint's recommended rules: the patterns of credentials with a
 * distinctive beginning. Each rule gets a text object that matches nothing and records the patterns that the rule searches.
 * `--check` writes nothing and fails if the file is out of date.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';
import type { Form } from '#model/redaction/forms.ts';

const PATH = 'src/model/redaction/maintained-forms.ts';
const PACKAGE = '@secretlint/secretlint-rule-preset-recommend';

/** Omitted rules, with the reason: their patterns have no fixed beginning, or our own rules are more precise. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  aws: 'by the name before it: model/redaction/names.ts; its keys: model/redaction/forms.ts',
  gcp: 'reads whole files',
  privatekey: 'model/redaction/pem.ts, where a cut key counts too',
  basicauth: 'model/redaction/addresses.ts, for every protocol',
  'database-connection-string': 'model/redaction/addresses.ts, for every database',
  slack: 'model/redaction/forms.ts, where a cut token counts too',
  sendgrid: 'takes any three words with dots between them; model/redaction/forms.ts',
  'filter-comments': 'no credential',
};

/** Services whose credentials are called keys. */
const KEYS: ReadonlySet<string> = new Set(['stripe', 'openai', 'anthropic', 'groq']);

type Asked = Readonly<{ service: string; patterns: readonly RegExp[] }>;

/** The patterns that each rule searches in a text. */
function askedPatterns(): Asked[] {
  const asked: Asked[] = [];
  const registerRule = (rule: Rule) => {
    const patterns: RegExp[] = [];
    const content = {
      matchAll: (pattern: RegExp) => {
        patterns.push(pattern);
        return [];
      },
    };
    const context = { createTranslator: () => () => ({}), report: () => undefined, ignore: () => undefined };
    rule.create(context, {}).file?.({ content, filePath: 'line.log', ext: '.log', contentType: 'text' });
    asked.push({ service: rule.meta.id.replace(/^.*rule-/, ''), patterns });
  };
  (creator as unknown as Preset).create({ registerRule }, {});
  return asked;
}

/** The used parts of secretlint's interfaces. */
type Rule = Readonly<{
  meta: Readonly<{ id: string }>;
  create(context: object, options: object): Readonly<{ file?: (source: object) => unknown }>;
}>;
type Preset = Readonly<{ create(context: Readonly<{ registerRule(rule: Rule): void }>, options: object): void }>;

export function maintainedForms(): Form[] {
  return askedPatterns()
    .filter(({ service }) => LEFT_OUT[service] === undefined)
    .flatMap(({ service, patterns }) => {
      if (patterns.length === 0) throw new Error(`the rule ${service} asks nothing of a text any more`);
      return patterns.flatMap((pattern) => formsOf(service, pattern));
    });
}

function formsOf(service: string, { source, flags }: RegExp): Form[] {
  if (flags.includes('i')) throw new Error(`${service} ignores case: its beginnings cannot be looked up`);
  if (/[)*+]\+|\)\*|[^\\]\.[*+]/.test(source)) throw new Error(`${service} may read without bound: ${source}`);
  const kind = `${service.replace('hashicorp-', '')}-${KEYS.has(service) ? 'key' : 'token'}`;
  return alternatives(source).map((alternative) => {
    const pattern = alternative.replace(/^\(\?<!\\p\{L\}\)/, '').replace(/\((?:\?<\w+>)?(?!\?)/g, '(?:');
    const beginnings = beginningsOf(pattern);
    if (beginnings.some((beginning) => beginning.length < 3))
      throw new Error(`${service} begins with anything: ${source}`);
    return { kind, beginnings, pattern };
  });
}

/** Alternatives at the top level. */
function alternatives(source: string): string[] {
  const found = [''];
  let depth = 0;
  for (const [token] of source.matchAll(/\\.|\[(?:\\.|[^\]])*\]|./gs)) {
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    if (token === '|' && depth === 0) found.push('');
    else found[found.length - 1] += token;
  }
  return found;
}

/** The literal beginnings of a pattern. */
function beginningsOf(pattern: string): string[] {
  let beginnings = [''];
  for (const [token, literals] of pattern.matchAll(/\\[.-]|\(\?:(\w+(?:\|\w+)*)\)(?![?*+{])|[\w-](?![?*+{])|./gs)) {
    const choices = literals?.split('|') ?? (/^(?:\\[.-]|[\w-])$/.test(token) ? [token.at(-1) ?? ''] : undefined);
    if (choices === undefined) break;
    beginnings = beginnings.flatMap((beginning) => choices.map((choice) => beginning + choice));
  }
  return beginnings;
}

export function maintainedFormsFile(): string {
  const forms = maintainedForms();
  const manifest = createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`);
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  const licence = readFileSync(new URL('LICENSE', pathToFileURL(manifest)), 'utf8').trim();
  const rows = forms.map(
    ({ kind, beginnings, pattern }) =>
      `  { kind: ${text(kind)}, beginnings: [${beginnings.map(text).join(', ')}], pattern: ${text(pattern)} },`,
  );
  return `/**
 * Written by tools/redaction-forms.ts from ${PACKAGE} ${version}.
 * Update the package, then run: node tools/redaction-forms.ts
 *
${licence
  .split('\n')
  .map((line) => ` * ${line}`.trimEnd())
  .join('\n')}
 */
type Form = Readonly<{ kind: string; beginnings: readonly string[]; pattern: string }>;

// biome-ignore format: one row a form, as it is written
export const MAINTAINED_FORMS: readonly Form[] = [
${rows.join('\n')}
];
`;
}

function text(value: string): string {
  return `'${value.replaceAll('\\', '\\\\')}'`;
}

if (import.meta.main) {
  const path = fileURLToPath(new URL(`../${PATH}`, import.meta.url));
  const written = maintainedFormsFile();
  if (!process.argv.includes('--check')) {
    writeFileSync(path, written);
    console.log(`${PATH}: ${maintainedForms().length} forms`);
  } else if (!existsSync(path) || readFileSync(path, 'utf8') !== written) {
    console.error(`${PATH} is out of date. Run: node tools/redaction-forms.ts`);
    process.exitCode = 1;
  }
}
