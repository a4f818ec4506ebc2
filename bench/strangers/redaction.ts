/**
 * Counts leaks and false redactions in texts whose authors had not seen the rules.
 *
 *   node bench/strangers/redaction.ts [--show] [FILE…]
 *
 * A secret has leaked if six of its characters in a row are still there. A redaction is false if an innocent text loses a
 * word that an engineer needs.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { redactJson } from '#analyse/redacted-json.ts';
import { redact } from '#model/redaction/redaction.ts';

type Case = Readonly<{
  id: string;
  form: 'text' | 'json';
  input: string;
  secrets: readonly string[];
  keep: readonly string[];
  why: string;
}>;

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
/** Fewer characters of a secret tell nothing, and stand elsewhere by chance. */
const PART = 6;

const { values, positionals } = parseArgs({ options: { show: { type: 'boolean' } }, allowPositionals: true });
const rounds = positionals.length > 0 ? positionals : ownRounds();
for (const file of rounds) score(file, JSON.parse(gunzipSync(readFileSync(file)).toString()) as readonly Case[]);

function ownRounds(): string[] {
  const files = readdirSync(FOLDER).filter((name) => /^redaction-\d+\.json\.gz$/.test(name));
  return files.sort().map((name) => FOLDER + name);
}

function score(file: string, cases: readonly Case[]): void {
  let secrets = 0;
  let leaks = 0;
  let innocent = 0;
  let falseOnes = 0;
  let wordsLost = 0;
  for (const each of cases) {
    const output = redacted(each);
    const leaked = each.secrets.filter((secret) => stands(secret, output, besides(each)));
    const lost = each.keep.filter((word) => !output.includes(word));
    secrets += each.secrets.length;
    leaks += leaked.length;
    if (each.secrets.length > 0) wordsLost += lost.length;
    else {
      innocent += 1;
      falseOnes += lost.length > 0 ? 1 : 0;
    }
    if (values.show && leaked.length + lost.length > 0) show(each, output, { leaked, lost });
  }
  const share = (part: number, whole: number) => `${part} of ${whole} (${((100 * part) / whole).toFixed(1)} %)`;
  console.log(
    `${basename(file)}: leaks ${share(leaks, secrets)}, false in ${share(falseOnes, innocent)} innocent texts, ${wordsLost} words lost beside secrets`,
  );
}

function redacted({ form, input }: Case): string {
  return form === 'text' ? redact(input) : new TextDecoder().decode(redactJson(new TextEncoder().encode(input)).bytes);
}

/** The text around the secrets. */
function besides({ input, secrets }: Case): string {
  return secrets.reduce((text, secret) => text.replaceAll(secret, '\n'), input);
}

/** A part that the marks of redaction or the rest of the text have as well is no leak: `github` of `github_pat_…`. */
function stands(secret: string, output: string, rest: string): boolean {
  const shown = output.replace(/\[redacted:[^\]]*\]/g, '');
  if (secret.length <= PART) return shown.includes(secret);
  for (let from = 0; from + PART <= secret.length; from++) {
    const part = secret.slice(from, from + PART);
    if (shown.includes(part) && !rest.includes(part)) return true;
  }
  return false;
}

function show(
  { id, why, input }: Case,
  output: string,
  { leaked, lost }: Readonly<{ leaked: readonly string[]; lost: readonly string[] }>,
): void {
  console.log(`── ${id}: ${why}\n   in:  ${input}\n   out: ${output}`);
  if (leaked.length > 0) console.log(`   LEAKED ${JSON.stringify(leaked)}`);
  if (lost.length > 0) console.log(`   LOST ${JSON.stringify(lost)}`);
}
