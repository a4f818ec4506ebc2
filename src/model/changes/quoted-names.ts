/** Names that a change has and the failures repeat: hardly anybody writes them by chance. */
import type { Change } from '#model/changes/change.ts';
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import type { Limit } from '#model/changes/changed-limits.ts';
import { codeChangeOf } from '#model/changes/code-change.ts';
import { isContact } from '#model/changes/contacts.ts';
import { diffLines, textOfMark } from '#model/changes/diff-lines.ts';
import { type ReplacedName, replacedNames } from '#model/changes/replaced-names.ts';
import { titleLimits } from '#model/changes/title-effects.ts';
import type { Complaint } from '#model/logs/complaint.ts';

/** What the failures say, in lower case. */
type Said = Pick<Complaint, 'text'> | undefined;

/** `k-2026-07`, `rule_2210`, `eu-west-1c`: a name with digits that nobody writes by chance. */
const TOKEN = /\b(?=[\w.:-]{0,60}\d)[a-z]\w{0,40}(?:[-_.:]\w{1,40}){1,6}/gi;
const STANDARD = /^(?:sha|md|utf|iso|tls|ssl|http|ipv|aes|rs|es|hs|x|v)[-_.]?\d/i;
const SHORTEST_TOKEN = 6;

/** A name with digits in its text that the failures repeat; empty where there is none. */
export function quotedToken({ text, diff }: Change, complaint: ChangeSymptoms['complaint']): string {
  if (complaint === undefined || diff !== '') return '';
  const tokens = (text.match(TOKEN) ?? []).filter((one) => one.length >= SHORTEST_TOKEN && !STANDARD.test(one));
  return tokens.find((one) => complaint.text.includes(one.toLowerCase())) ?? '';
}

/** `crane-manifests`: what people call a bucket, a topic, a role. */
const NAME = /\b[a-z][a-z\d]{1,40}(?:[-_.][a-z\d]{1,40}){1,6}\b/gi;

/** A name of several parts in its text that the failures repeat, such as that of a bucket; empty where there is none. */
export function quotedName({ text }: Pick<Change, 'text'>, complaint: ChangeSymptoms['complaint']): string {
  const said = complaint?.text ?? '';
  const names = (text.match(NAME) ?? []).filter((one) => one.length >= SHORTEST_TOKEN);
  return names.find((one) => isSaidWhole(one.toLowerCase(), said)) ?? '';
}

/**
 * How programs call a limit before its number: ClickHouse (`maximum: 9.31 GiB`), Kafka (`larger than 1048576`),
 * Elasticsearch (`larger than the limit of [986061209/940.3mb]`), PostgreSQL (`exceeds "temp_file_limit" (1048576kB)`).
 */
const SAID_LIMIT =
  /\b(?:max(?:imum)?|limit|quota|allowed|exceed(?:s|ed|ing)?|(?:larger|greater|more) than|less than or equal to|at most|up to)\b[^\d\n]{0,40}?(\d{1,15}(?:\.(\d{1,6}))?)\s?(bytes|b|[kmgt]i?b?)?\b(?!\.?\d)/g;
const THOUSANDS: readonly string[] = ['', 'k', 'm', 'g', 't'];
/** With fewer digits and without a unit, it may be any number. */
const FEWEST_DIGITS = 3;
/** Some write 1024 bytes as `kB`, others as `KiB`, and 1000 bytes as both. */
const BINARY = 1.024;

/** The number of a limit that the change lowers, as the failures say it: `190.73 mib`; empty where they do not. */
export function quotedLimit(change: Change, complaint: ChangeSymptoms['complaint']): string {
  const said = complaint?.text ?? '';
  const lowered = said === '' ? [] : limitsOf(change).filter((one) => one.after < one.before && isAbout(one, said));
  if (lowered.length === 0) return '';
  for (const [, number = '', decimals = '', unit = ''] of said.matchAll(SAID_LIMIT)) {
    if (unit === '' && number.length < FEWEST_DIGITS) continue;
    const power = Math.max(0, THOUSANDS.indexOf(unit.replace(/i?b$|^bytes$|^b$/, '')));
    const exact = 10 ** -decimals.length / 2;
    const isSame = ({ after }: Limit) =>
      [0, 1, 2, 3].some((times) =>
        [BINARY ** times, BINARY ** -times].some(
          (factor) => Math.abs((after * factor) / 1000 ** power - Number(number)) <= exact,
        ),
      );
    if (lowered.some(isSame)) return `${number} ${unit}`.trim();
  }
  return '';
}

function limitsOf(change: Change): readonly Limit[] {
  return change.diff === '' ? titleLimits(change) : (codeChangeOf(change)?.limits ?? []);
}

/** They have a word in common that says of what there may be so much. */
function isAbout({ text }: Limit, said: string): boolean {
  const words = text.toLowerCase().match(/[a-z]{4,40}/g) ?? [];
  return words.some((word) => !OF_LIMITS.test(word) && said.includes(word));
}

const OF_LIMITS = /^(?:limits?|max(?:imum)?|sizes?|values?|settings?|config\w{0,8}|users?|bytes|with|from|into)$/;

/** A name with several parts, such as `orders.out` or `bookings_v1`: one word is a word of many sentences. */
const OF_PARTS = /[a-z\d][._:/-][a-z\d]/i;

/** A name of the diff that only its old lines have, and the failures; undefined where there is none. */
export function replacedName(diff: string, complaint: Said): ReplacedName | undefined {
  if (complaint === undefined || diff === '') return undefined;
  const lines = diffLines(diff);
  const names = replacedNames({ added: textOfMark(lines, '+'), removed: textOfMark(lines, '-') });
  return names.find(
    ({ before }) =>
      before.length >= SHORTEST_TOKEN &&
      OF_PARTS.test(before) &&
      !isContact(before) &&
      complaint.text.includes(before.toLowerCase()),
  );
}

/** `sugar_pct`, `OrderPlaced2`: code joins words so, and people do not. */
const IN_CODE = /\b[A-Za-z][A-Za-z\d]{0,40}(?:_[A-Za-z\d]{1,40}|(?<=[a-z\d])[A-Z][A-Za-z\d]{0,40}){1,6}\b/g;
const SHORTEST_IN_CODE = 8;
/** `order_id`, `createdAt`: many services have these. */
const IN_ALL_CODE =
  /(?:_(?:ids?|at|by|on|names?|types?|counts?|keys?|urls?|dates?|times?|status|codes?|values?)|(?<=[a-z])(?:Ids?|At|By|On|Names?|Types?|Counts?|Keys?|Urls?|Dates?|Times?|Status|Codes?|Values?))$/;

/**
 * A name of code that the failures repeat and that only its new or only its old lines have; without a diff, one of its
 * text. Empty where there is none.
 */
export function changedName({ text, diff }: Pick<Change, 'text' | 'diff'>, complaint: Said): string {
  const said = complaint?.text ?? '';
  if (said === '') return '';
  const isSaid = (name: string) => name.length >= SHORTEST_IN_CODE && isSaidWhole(name.toLowerCase(), said);
  if (diff === '') return namesOfCode(text).find(isSaid) ?? '';
  const lines = diffLines(diff);
  const [added, removed] = [namesOfCode(textOfMark(lines, '+')), namesOfCode(textOfMark(lines, '-'))];
  return (
    [...added.filter((name) => !removed.includes(name)), ...removed.filter((name) => !added.includes(name))].find(
      isSaid,
    ) ?? ''
  );
}

function namesOfCode(text: string): readonly string[] {
  return (text.match(IN_CODE) ?? []).filter((name) => !IN_ALL_CODE.test(name));
}

/** `4.6.3`, `2.4`: numbers of people, not hashes. */
const OF_PEOPLE = /\bv?(\d{1,4}(?:\.\d{1,4}){1,3})\b/g;
/** What stands between a service and its version: `appointments/4.6.3`, `appointments:4.6.3`, `appointments v4.6.3`. */
const BEFORE_VERSION = /^(?:-(?:service|svc|api))?[/@: -]v?$/;

/** The version that it brings, where the failures name it with its service; empty where they do not. */
export function quotedVersion({ id, text, service }: Change, complaint: Said): string {
  const [said, name] = [complaint?.text ?? '', service.toLowerCase()];
  if (said === '' || name === '') return '';
  const versions = [...`${id} ${text}`.matchAll(OF_PEOPLE)].map(([, version = '']) => version);
  return versions.find((version) => isSaidOf(name, version, said)) ?? '';
}

function isSaidOf(name: string, version: string, said: string): boolean {
  for (let at = said.indexOf(version); at >= 0; at = said.indexOf(version, at + 1)) {
    const [before, after] = [
      said.slice(Math.max(0, at - name.length - LONGEST_BETWEEN), at),
      said[at + version.length] ?? ' ',
    ];
    const named = before.lastIndexOf(name);
    if (!/[\w.]/.test(after) && named >= 0 && BEFORE_VERSION.test(before.slice(named + name.length))) return true;
  }
  return false;
}

const LONGEST_BETWEEN = 12;

/** `alpenstrom and http.route /price`: two traits together have two values. */
const BETWEEN_VALUES = / and [\w.-]{1,60} /;

/** The value that only affected requests have, where the change names it: a tenant, a region, a client; else empty. */
export function namedTrait({ trait = '' }: ChangeSymptoms, { id, text, diff }: Change): string {
  const said = `${id} ${text} ${diff}`.toLowerCase();
  return trait.split(BETWEEN_VALUES).find((value) => isTelling(value) && isSaidWhole(value.toLowerCase(), said)) ?? '';
}

/** A feature flag that the failed or slow spans record and the change names; else empty. */
export function namedFlag({ flags = new Set() }: ChangeSymptoms, { id, text }: Change): string {
  const said = `${id} ${text}`.toLowerCase();
  return [...flags].find((flag) => flag.length >= SHORTEST_TRAIT && isSaidWhole(flag.toLowerCase(), said)) ?? '';
}

function isTelling(value: string): boolean {
  return value.length >= SHORTEST_TRAIT && !/^(?:true|false|[\d.]+|\/.*)$/i.test(value);
}

/** Whether the text has this name, and not only as a part of another one; both in lower case. */
export function isSaidWhole(value: string, said: string): boolean {
  for (let at = said.indexOf(value); at >= 0; at = said.indexOf(value, at + 1))
    if (!OF_NAME.test(said[at - 1] ?? ' ') && !OF_NAME.test(said[at + value.length] ?? ' ')) return true;
  return false;
}

/** Shorter values are words of many sentences. */
const SHORTEST_TRAIT = 4;
const OF_NAME = /[\w-]/;
