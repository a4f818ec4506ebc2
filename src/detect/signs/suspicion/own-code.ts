/**
 * Signs that the code at fault is the code that a change is of: its own mistakes, files with the name of what is slow or
 * fails, and flags with the name of what fails.
 */
import { MINUTE_US } from '#core/time-units.ts';
import type { Change } from '#model/changes/change.ts';
import { effectsOf, isSwitchedOn } from '#model/changes/change-effects.ts';
import { EXACT_US } from '#model/changes/change-gap.ts';
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import { codeChangeOf } from '#model/changes/code-change.ts';
import { diffLines, textOfMark } from '#model/changes/diff-lines.ts';
import { isQuietTitle, isRelaxed, titleLimits } from '#model/changes/title-effects.ts';
import { codeWords, isCompound } from '#model/text/code-words.ts';

/**
 * The feature that a flag of no service names, where the code that fails by its own mistake has that name, or the calls
 * that are made again and again: `tax-rounding-v2` and `Tax\\Calculator`, `guest-reviews` and a query of `reviews` for each
 * row; else empty.
 */
export function featureText({ complaint, kinds }: ChangeSymptoms, change: Change): string {
  const said = complaint?.text ?? '';
  const isOfMany = kinds.has('many-calls') || kinds.has('one-by-one');
  if (change.kind !== 'flag' || change.service !== '' || !(isOfMany || OF_PROGRAMS.test(said))) return '';
  if (!isSwitchedOn(change)) return '';
  const words = change.id.toLowerCase().match(/[a-z]{3,40}/g) ?? [];
  const feature = words.find((word) => !OF_FLAGS.test(word) && new RegExp(`(?<![a-z])${word}`).test(said));
  if (feature === undefined) return '';
  return `it is a flag of “${feature}”, as ${isOfMany ? 'the calls are that became many' : 'the code is that fails'}`;
}

/** Words of many flags and of many failures. */
const OF_FLAGS =
  /^(?:new|old|use|enabled?|feature|flag|beta|test|mode|check|service|engine|page|view|list|item|user|data|api|app|web|type|value|error|null|array|object|handler?|http|get|set|call|request|response|default|index|key|fast|async|for|the|and|with)s?$/;

/**
 * What programs say when their own code is wrong: Java, .NET, JavaScript, Python, Ruby, Go, PHP, Rust. Bad data may lead
 * to it as well, so it needs a second sign.
 */
const OF_PROGRAMS =
  /null ?pointer|nullreference|because "[^"\n]{1,200}" is null|nil (?:pointer|map)|close of (?:nil|closed) channel|slice bounds|interface conversion|nil:nilclass|for nil\b|nonetype|of (?:undefined|null)\b|is not a function|undefined is not|typeerror|keyerror|attributeerror|nameerror|indexerror|referenceerror|nomethoderror|class ?cast|invalidcast|index(?: was)? out of (?:range|bounds)|outofbounds|undefined (?:method|variable|array key|index)|must be of type [^\n]{1,80}, null given|unwrap\(\)|unhandled/;

function isOwnMistake({ kinds, complaint }: ChangeSymptoms): boolean {
  return kinds.has('own-failure') && OF_PROGRAMS.test(complaint?.text ?? '');
}

/** It changes a file with the name of the function that failed: `TaxRules.java` of `TaxRules.rate`. */
export function ownFileText(trouble: ChangeSymptoms, change: Change): string {
  const { failedWork = '', service } = trouble;
  if (!isOwnMistake(trouble) || change.service !== service) return '';
  const file = fileOf(change, failedWork);
  return file === undefined ? '' : `it changes ${file}, which has the name of what failed`;
}

/** What programs quote in such a message: a method, a key, a property, a variable. */
const NAMED = /[`'"‘“]([a-z_]\w{2,60})[?!]?[`'"’”]/g;
const MOST_NAMED = 8;

/** Its lines have the name that the service's own mistake is about: `list_price.cents` of “undefined method `cents'”. */
export function ownNameText(trouble: ChangeSymptoms, change: Change): string {
  if (!isOwnMistake(trouble) || change.service !== trouble.service || change.diff === '') return '';
  const lines = diffLines(change.diff);
  const code = `${textOfMark(lines, '+')}\n${textOfMark(lines, '-')}`.toLowerCase();
  const said = [...(trouble.complaint?.text ?? '').matchAll(NAMED)].slice(0, MOST_NAMED).map(([, name = '']) => name);
  const named = said.find((name) => !OF_LANGUAGES.test(name) && new RegExp(`\\b${name}\\b`).test(code));
  return named === undefined ? '' : `its lines have “${named}”, which the failure names`;
}

/** Types and values that each program has. */
const OF_LANGUAGES =
  /^(?:null|undefined|none|nil|nonetype|object|string|str|int|list|dict|array|function|value|true|false)$/;

const ONLY_US = 60 * MINUTE_US;

/** The one change of that service in the hour before that may do anything, and its code fails by its own mistake. */
export function onlyOwnText(trouble: ChangeSymptoms, change: Change, changes: readonly Change[]): string {
  const { service, ofRequest, onsetUs } = trouble;
  const mayDo = (one: Change) => {
    const gapUs = onsetUs - one.atUs;
    const isThen = gapUs >= -EXACT_US && gapUs <= ONLY_US;
    return isThen && one.service === service && one.kind !== 'scale' && isUnseen(one);
  };
  if (ofRequest === undefined || !isOwnMistake(trouble) || !mayDo(change)) return '';
  if (changes.some((one) => one.id !== change.id && mayDo(one))) return '';
  return `no other change of ${service} in the hour before may do this`;
}

/** Nobody sees what it does, and its title is no harmless one. */
function isUnseen(change: Change): boolean {
  if (change.diff !== '' || isQuietTitle(change) || isRelaxed(change)) return false;
  const code = codeChangeOf(change);
  if (code?.isHarmless || code?.isOfVersions) return false;
  const effects = effectsOf(change, code);
  return change.kind === 'flag' ? effects.some(({ kind }) => kind === 'flag-on') : titleLimits(change).length === 0;
}

/** The failure's stack trace has a line that the change wrote: `Cart.java:33`. */
export function failingLineText({ complaint, service }: ChangeSymptoms, change: Change): string {
  if (complaint === undefined || complaint.files.size === 0) return '';
  if (change.service !== '' && change.service !== service) return '';
  const own = writtenPlaces(change.diff).find((place) => complaint.files.has(place));
  return own === undefined ? '' : `the failure passes through ${own}, a line that it writes`;
}

/** Each line that a diff adds, as `cart.java:33`. */
function writtenPlaces(diff: string): readonly string[] {
  let file = '';
  let at = 0;
  const places: string[] = [];
  for (const line of diff.split('\n').slice(0, MOST_DIFF_LINES)) {
    const path = /^\+\+\+ (?:b\/)?(\S{1,300})/.exec(line)?.[1];
    const start = /^@@ -\d{1,9}(?:,\d{1,9})? \+(\d{1,9})/.exec(line)?.[1];
    if (path !== undefined) file = path.split('/').at(-1)?.toLowerCase() ?? '';
    else if (start !== undefined) at = Number(start);
    else {
      if (line.startsWith('+')) places.push(`${file}:${at}`);
      if (!line.startsWith('-')) at += 1;
    }
  }
  return places;
}

const MOST_DIFF_LINES = 5_000;

/** A file of the service at fault that has the name of the slow operation, such as `src/ranking.py` of `ranking.run`. */
export function fileOfWork({ slowWork = '', service }: ChangeSymptoms, change: Change): string {
  const own = change.service === service && !isQuietTitle(change) ? fileOf(change, slowWork) : undefined;
  return own === undefined ? '' : `it changes ${own}, which has the name of what is slow`;
}

/** The changed file whose name stands in that of an operation. */
function fileOf(change: Change, work: string): string | undefined {
  const operation = new Set(codeWords(work));
  const names = change.files.map((path) => path.split('/').at(-1) ?? '').filter((name) => !OF_TESTS.test(name));
  return names.find((name) => {
    const words = codeWords(name.replace(/\.\w{1,5}$/, '')).filter((word) => !isCompound(word));
    return words.length > 0 && words.every((word) => operation.has(word));
  });
}

const OF_TESTS = /(?:^|[_.-])(?:tests?|spec|mock)(?:[_.-]|$)|\.(?:md|css|svg|html)$/i;
