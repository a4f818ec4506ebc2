/** Flags that were switched right before a service began to fail, or to work as much as it can. */
import type { Change } from '#model/changes/change.ts';
import { effectsOf } from '#model/changes/change-effects.ts';
import { EXACT_US, gapOf } from '#model/changes/change-gap.ts';
import { type ChangeSymptom, type ChangeSymptoms, failureSaid } from '#model/changes/change-symptoms.ts';
import { codeChangeOf } from '#model/changes/code-change.ts';
import { isQuietTitle } from '#model/changes/title-effects.ts';
import { LOCK_FAILED } from '#model/instruments/lock-words.ts';

/** Clients of flags learn of a change in this time at the latest: Unleash asks every 15 s, Flagsmith every 60 s. */
const SWITCHED_US = 60e6;

/**
 * Why a flag is suspected: its definition names the service at fault, and that service fails in its own code, or has a full
 * processor, right since the flag was switched. A flag of no service is suspected if it names the work that fills the
 * processor. Empty if another change of that service in that time could be the reason as well.
 */
export function switchedText(trouble: ChangeSymptoms, change: Change, changes: readonly Change[]): string {
  const { service, kinds, isDated = false, isSure = false } = trouble;
  const gapUs = gapOf(trouble, change.atUs);
  const isThen = change.kind === 'flag' && isDated && isSure && gapUs >= -EXACT_US && gapUs <= SWITCHED_US;
  const form = isThen ? otherFormText(failureSaid(trouble), service, change) || contendedText(trouble, change) : '';
  if (!isThen || !(kinds.has('own-failure') || kinds.has('cpu') || form !== '')) return '';
  const feature = form !== '' || isOfFlag(change, service) ? '' : featureOfWork(trouble, change);
  if (feature === undefined) return '';
  const isNearer = (one: Change) => one.service === service && Math.abs(gapOf(trouble, one.atUs)) <= SWITCHED_US;
  if (changes.some((one) => one.id !== change.id && isNearer(one) && codeChangeOf(one)?.isHarmless !== true)) return '';
  if (form !== '') return form;
  return feature === ''
    ? `it is a flag of ${service}, where this began within a minute`
    : `it is a flag of “${feature}”, which the busy calls of ${service} name, and this began within a minute`;
}

/** Whether a flag of no service may be of the service at fault, by what it names or by its time. */
export function isSwitchedBefore(trouble: ChangeSymptoms, change: Change, changes: readonly Change[]): boolean {
  return switchedText(trouble, change, changes) !== '' || isSwitchedThen(trouble, change, changes);
}

/** Only other code does this; what a service waits for may be slow by itself. */
const OF_CODE: readonly ChangeSymptom[] = ['own-failure', 'cpu', 'many-calls', 'new-call'];
/** A change of the service itself in this time is as suspect. */
const OWN_US = 300e6;
/** Audit logs note a flag when its clients have it already, and clocks differ. */
const NOTED_US = 20e6;

/**
 * Whether a flag of no service was switched on in the minute before it began, and nothing else that runs was changed then,
 * nor anything of the service in the minutes before. That is a matter of time alone.
 */
export function isSwitchedThen(trouble: ChangeSymptoms, change: Change, changes: readonly Change[]): boolean {
  const isNearer = ({ atUs }: Change) => Math.abs(gapOf(trouble, atUs)) <= SWITCHED_US;
  const isLater = gapOf(trouble, change.atUs) < -NOTED_US;
  const isOfNobody = change.kind === 'flag' && change.service === '';
  if (!isOfNobody || trouble.isDated !== true || isLater || !isNearer(change)) return false;
  if (!OF_CODE.some((kind) => trouble.kinds.has(kind))) return false;
  const isOwn = (one: Change) => one.service === trouble.service && Math.abs(gapOf(trouble, one.atUs)) <= OWN_US;
  const others = changes.filter((one) => one.id !== change.id && (isNearer(one) || isOwn(one)) && !isQuietTitle(one));
  return isSwitched(change, OF_STARTS) && others.every((one) => codeChangeOf(one)?.isHarmless === true);
}

/**
 * What a flag of no service switches on, where an operation has that name that needs all of the processor: `swap-suggestions`
 * and `GET /swaps`; else undefined.
 */
function featureOfWork({ kinds, complaint }: ChangeSymptoms, flag: Change): string | undefined {
  if (!kinds.has('cpu') || flag.service !== '' || !isSwitched(flag, OF_STARTS)) return undefined;
  const work = new Set(namesIn(complaint?.text ?? ''));
  return namesIn(`${flag.id} ${flag.text}`).find((name) => work.has(name));
}

/** In lower case: a store is asked for a value in another form than it has. Redis, Valkey and those that speak as they do. */
const OTHER_FORM = /\bwrongtype operation\b|\bwrong kind of value\b/;

/** Only other code asks a store for the same key in another form, and this flag switches on some of the service. */
function otherFormText(failure: string, service: string, flag: Change): string {
  if (!OTHER_FORM.test(failure) || !isSwitched(flag, OF_STARTS)) return '';
  const own = new Set(namesIn(service));
  const name = namesIn(flag.id).find((one) => own.has(one));
  if (name === undefined) return '';
  return `it is a flag of “${name}”, and within a minute the store has values in another form than ${service} asks for`;
}

/** A statement that changes rows, in lower case, and its table. */
const CHANGES_ROWS =
  /\b(?:update|insert into|merge into|delete from|upsert(?: into)?)\s{1,3}["'`]?(?:\w{1,60}\.)?(\w{2,60})/g;

/**
 * Statements of the service stand in each other's way, and one of them changes a table that has the name of what the flag
 * switches on: `season-total` and `update season set …`.
 */
function contendedText({ complaint, service }: ChangeSymptoms, flag: Change): string {
  const text = complaint?.text ?? '';
  if (flag.service !== '' || !LOCK_FAILED.test(text) || !isSwitched(flag, OF_STARTS)) return '';
  const tables = new Set(Array.from(text.matchAll(CHANGES_ROWS)).flatMap(([, table = '']) => namesIn(table)));
  const name = namesIn(`${flag.id} ${flag.text}`).find((one) => tables.has(one));
  if (name === undefined) return '';
  return `it is a flag of “${name}”, and within a minute the statements of ${service} on that table are in each other’s way`;
}

/** The names of things in a text, without the ending of the plural. */
function namesIn(text: string): readonly string[] {
  const words = text.toLowerCase().match(/[a-z]{4,40}/g) ?? [];
  return words
    .filter((word) => !OF_MANY.test(word))
    .map((word) => word.replace(/(?:(?<=[^aeiou]s|x|ch|sh)es|(?<!s)s)$/, ''));
}

/** Words of many flags, operations and statements. */
const OF_MANY =
  /^(?:enabled?|feature|flag|beta|test|mode|from|with|more|each|every(?:one)?|staff|user|customer|tenant|percent|rollout|switch|check|service|server|engine|page|view|list|item|data|type|value|index|fast|async|http|grpc|post|head|patch|delete|select|insert|update|into|where|handler?|handle|call|request|response|default|main|root|join|count|search|find|load|save|read|write|open|close|create|internal|public|first|last|next|cache|query|time|this|that|have|only)s?$/;

/** By the service that it was reported for, or by what its description and its tags say. */
function isOfFlag(flag: Change, service: string): boolean {
  if (service === '' || !isSwitched(flag, OF_SWITCHES)) return false;
  const said = `${flag.text}\n${flag.diff}`.toLowerCase();
  const at = said.indexOf(service.toLowerCase());
  const isWhole = at >= 0 && !/[\w-]/.test(said[at - 1] ?? ' ') && !/[\w-]/.test(said[at + service.length] ?? ' ');
  return flag.service === service || isWhole;
}

function isSwitched(flag: Change, ways: ReadonlySet<string>): boolean {
  return effectsOf(flag, codeChangeOf(flag)).some(({ kind }) => ways.has(kind));
}

const OF_STARTS: ReadonlySet<string> = new Set(['flag-on']);
const OF_SWITCHES: ReadonlySet<string> = new Set(['flag-on', 'flag-off']);
