/** Differences between two sides as sentences. Recorded texts are redacted here by `shown` or `shownValue`. */

import { MARK_START } from '#model/redaction/mark.ts';
import type {
  AttributeChange,
  Comparison,
  DurationChange,
  LogChange,
  Range,
  ResponseChange,
  StructureChange,
  Telling,
  TimeChange,
} from '#model/requests/comparison.ts';
import { durationsApart, durationText } from '#model/text/duration.ts';
import { sizeText } from '#model/text/size-text.ts';
import { truncate } from '#present/slack/text.ts';
import { shown, shownNamed } from '#present/words/plain-text.ts';

/** The names of the two sides: healthy and failing, or before and after a fix. */
export type SideNames = Readonly<{
  first: string;
  second: string;
  /** The number of traces to compare with. */
  firstTraces: number;
  /** The noun for them, where they are not traces. */
  noun?: string;
}>;

const VALUE_CHARS = 80;
const NAME_CHARS = 120;

export function tellingText(telling: Telling, names: SideNames): string {
  switch (telling.kind) {
    case 'structure':
      return structureText(telling.change, names);
    case 'duration':
      return durationChangeText(telling.change, names);
    case 'whole':
      return `${callText(telling.change.at)} takes ${wholeText(telling.change)}; the time is spread over its calls, and no single call differs clearly`;
    case 'attribute':
      return attributeText(telling.change, names);
    case 'response':
      return responseText(telling.change, names);
    case 'log':
      return logText(telling.change, names);
  }
}

/** `order-service: GET /orders` */
export function callText({ service, operation }: Readonly<{ service: string; operation: string }>): string {
  return `${shown(service)}: ${truncate(shown(operation) || '(no name)', NAME_CHARS)}`;
}

export function structureText(change: StructureChange, names: SideNames): string {
  return `${callText(change.at)} ${STRUCTURE[change.change](change, names)}`;
}

const STRUCTURE: Readonly<Record<StructureChange['change'], (change: StructureChange, names: SideNames) => string>> = {
  failing: (change, names) => {
    const why = change.failure === '' ? '' : ` (${truncate(shown(change.failure), NAME_CHARS)})`;
    const isAgain = change.failingCount.median > change.healthyCount.median && change.healthyTraces > 0;
    const again = isAgain ? `; it is made ${timesText(change.failingCount)}, ${usualTimes(change, names)}` : '';
    return `fails${why}, ${noneOf(names)}${again}`;
  },
  more: (change, names) => {
    const attempts = change.failed > 0 ? '; some attempts fail' : '';
    return `is made ${timesText(change.failingCount)}, ${usualTimes(change, names)}${attempts}${pathText(change)}`;
  },
  fewer: (change, names) => `is made ${timesText(change.failingCount)}, ${usualTimes(change, names)}`,
  added: (change, names) => {
    const usual =
      change.healthyTraces === 0 ? noneOf(names) : `${names.first}: in ${change.healthyTraces} of ${names.firstTraces}`;
    return `is made ${timesText(change.failingCount)}${belowText(change)}, ${usual}${pathText(change)}`;
  },
  missing: (change, { first, firstTraces }) => {
    const makes = `${change.healthyTraces} of ${tracesText(first, firstTraces)} ${change.healthyTraces === 1 ? 'makes' : 'make'} it`;
    return `is not made${belowText(change)}; ${makes}${change.afterFailure ? ' (the request failed before this call)' : ''}`;
  },
  moved: (change, { first }) => `is made by ${placeText(change.at.path)}, ${first}: by ${placeText(change.from)}`,
};

function usualTimes({ healthyCount }: StructureChange, { first }: SideNames): string {
  return `${first}: ${timesText(healthyCount)}`;
}

function belowText({ below }: StructureChange): string {
  return below === 0 ? '' : `, with ${counted(below, 'call')} below it`;
}

function pathText({ pathUs }: StructureChange): string {
  return pathUs < LEAST_US ? '' : `, which adds ${durationText(pathUs)} to the critical path`;
}

/** Less is not mentioned. */
const LEAST_US = 1_000;

function noneOf({ first, firstTraces, noun }: Omit<SideNames, 'second'>): string {
  return firstTraces === 1
    ? `not in ${oneTraceText(first, noun)}`
    : `in none of the ${tracesText(first, firstTraces, noun)}`;
}

function placeText(path: readonly string[]): string {
  return truncate(shown(path.at(-1) ?? 'nothing'), NAME_CHARS);
}

function timesText({ median, low, high }: Range): string {
  if (low !== high && high - low > 1) return `${rounded(low)} to ${rounded(high)} times`;
  return median === 1 ? 'once' : `${rounded(median)} times`;
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(value < 1_000 && Number.isInteger(value) ? 3 : 2)));
}

export function durationChangeText(change: DurationChange, { first }: SideNames): string {
  const { at, healthyOwnUs, failingOwnUs, share, pathUs } = change;
  return `${callText(at)} alone takes ${durationsApart(failingOwnUs, healthyOwnUs).join(`, ${first}: `)}${ratioOf(failingOwnUs, healthyOwnUs)}${shareText(share, pathUs)}`;
}

/** A difference by its time; calls below it included where one side does not make it. */
export function timeChangeText(one: TimeChange, names: SideNames): string {
  if (one.kind === 'duration') return durationChangeText(one.change, names);
  const { change, share } = one;
  return `${callText(change.at)} ${madeTimeText(change, names)}${shareText(share, change.pathUs)}`;
}

function madeTimeText(change: StructureChange, names: SideNames): string {
  const { first } = names;
  const us = durationText(Math.abs(change.pathUs));
  if (change.change === 'missing') return `is not made, ${first}: ${us} on the critical path`;
  const below = change.below === 0 ? '' : ', with the calls below it';
  if (change.healthyTraces === 0) return `takes ${us} on the critical path${below}, ${first}: not made`;
  const howOften = `it is made ${timesText(change.failingCount)}, ${usualTimes(change, names)}`;
  return `takes ${us} ${change.pathUs > 0 ? 'more' : 'less'} on the critical path${below}: ${howOften}`;
}

function shareText(share: number, pathUs: number): string {
  return share < LEAST_SHARE
    ? ''
    : `: ${Math.round(share * 100)} % of the time that the request ${pathUs > 0 ? 'loses' : 'saves'}`;
}

const LEAST_SHARE = 0.01;

/** ` (20×)`, ` (0.4×)`; empty where one of the two is 0, or they are nearly equal. */
function ratioOf(now: number, before: number): string {
  const text = ratioText(now, before);
  return text === '' ? '' : ` (${text})`;
}

/** `20×`, `0.4×`; empty where one of the two is 0, or they are nearly equal. */
export function ratioText(now: number, before: number): string {
  if (now <= 0 || before <= 0) return '';
  const ratio = now / before;
  if (ratio < 0.1) return `1/${rounded(Math.round(1 / ratio))}`;
  return Math.abs(ratio - 1) < 0.05 ? '' : `${Number(ratio.toPrecision(2))}×`;
}

/** The duration of the whole request: `5 s instead of 250 ms (20×)`. */
export function wholeText({ healthyUs, failingUs }: DurationChange): string {
  return durationsText(failingUs.median, healthyUs.median);
}

export function durationsText(nowUs: number, beforeUs: number): string {
  return `${durationsApart(nowUs, beforeUs).join(' instead of ')}${ratioOf(nowUs, beforeUs)}`;
}

export function attributeText(change: AttributeChange, names: SideNames): string {
  const { name, of, at, also, healthyWith } = change;
  const place = PLACES[of](at);
  const further = also === 0 ? '' : `, and in ${counted(also, 'further call')}`;
  const having =
    healthyWith > 0
      ? ` (${healthyWith} of ${tracesText(names.first, names.firstTraces)} ${healthyWith === 1 ? 'has' : 'have'} it, too)`
      : '';
  return `${nameText(name)} of ${place}${further} ${valueChangeText(change, names)}${having}`;
}

const PLACES: Readonly<Record<AttributeChange['of'], (at: AttributeChange['at']) => string>> = {
  span: callText,
  event: callText,
  resource: ({ service }) => shown(service),
  line: ({ service }) => (service === '' ? 'the lines' : `the lines of ${shown(service)}`),
};

/** `request header authorization` */
function nameText(name: string): string {
  const [, side, header] = /^http\.(request|response)\.header\.(.+)$/.exec(name) ?? [];
  return header === undefined ? shown(name) : `${side} header ${shown(header)}`;
}

function valueChangeText(change: AttributeChange, { first, firstTraces, noun }: SideNames): string {
  const { name, healthy, failing, isEmptied, ratio } = change;
  const before = valuesText(name, healthy);
  const now = valuesText(name, failing);
  if (failing.length === 0) return `is missing, ${first}: ${before}`;
  if (isEmptied) return `is empty, ${first}: ${before}`;
  if (healthy.length === 0) return `is ${now}, ${first}: missing`;
  const state = stateIn(failing, healthy);
  // Credentials are never shown.
  if (now === before || [now, before].every((text) => text.includes(MARK_START)))
    return `differs from ${firstTraces === 1 ? oneTraceText(first, noun) : `the ${tracesText(first, firstTraces, noun)}`}${state}`;
  return `is ${now}${state}, ${first}: ${before}${ratio > 0 ? ratioOf(ratio, 1) : ''}`;
}

/** The state in a redacted credential's text, such as `expired`. It may be shown where the value may not. */
function stateIn(values: readonly string[], others: readonly string[]): string {
  const said = STATES.find((state) => values.some((one) => state.test(one)) && !others.some((one) => state.test(one)));
  const word = values.map((value) => said?.exec(value)?.[0]).find((text) => text !== undefined);
  return word === undefined ? '' : `, and says that it is ${word.toLowerCase()}`;
}

const STATES = [/expired/i, /revoked/i, /(?<![a-z])invalid/i, /disabled/i];

function valuesText(name: string, values: readonly string[]): string {
  return values.map((value) => `“${shownValue(name, value)}”`).join(' or ');
}

export function shownValue(name: string, value: string): string {
  return truncate(shownNamed(name, value), VALUE_CHARS);
}

export function responseText({ at, measure, healthy, failing }: ResponseChange, { first }: SideNames): string {
  const text = (value: number) => (measure === 'bytes' ? sizeText(value) : counted(value, 'row'));
  return `${callText(at)} returns ${text(failing)}, ${first}: ${text(healthy.median)}${ratioOf(failing, healthy.median)}`;
}

export function logText(change: LogChange, names: SideNames): string {
  const { first, firstTraces, noun } = names;
  const line = `“${truncate(shown(change.template), 2 * VALUE_CHARS)}”`;
  const from = [shown(change.service), shown(change.level)].filter((part) => part !== '').join(', ');
  const who = from === '' ? '' : ` (${from})`;
  switch (change.change) {
    case 'appeared':
      return `the log says ${line}${who}, ${noneOf(names)}`;
    case 'vanished':
      return `the log does not say ${line}${who}, but does in ${change.healthyTraces} of ${tracesText(first, firstTraces, noun)}`;
    case 'more':
    case 'fewer':
      return `the log says ${line}${who} ${rounded(change.failingCount)} times, ${first}: ${rounded(change.healthyCount)}`;
  }
}

/** `10 healthy traces`, `10 traces before` */
export function tracesText(side: string, count: number, noun = 'trace'): string {
  return IS_TIME.test(side) ? `${counted(count, noun)} ${side}` : counted(count, `${side} ${noun}`);
}

/** `the healthy trace`, `the trace before` */
export function oneTraceText(side: string, noun = 'trace'): string {
  return IS_TIME.test(side) ? `the ${noun} ${side}` : `the ${side} ${noun}`;
}

const IS_TIME = /^(?:before|after)$/;

export function counted(count: number, what: string): string {
  return `${rounded(count)} ${what}${count === 1 ? '' : 's'}`;
}

/** `failed with 500 (healthy: 200)`; empty where both sides end alike. */
export function outcomeText(
  { healthy, failing }: Pick<Comparison, 'healthy' | 'failing'>,
  { first }: SideNames,
): string {
  if (failing.failed === 0 && healthy.failed === 0 && failing.statuses.join() === healthy.statuses.join()) return '';
  const [now, before] = [endText(failing), endText(healthy)];
  return now === before ? '' : `${now} (${first}: ${before})`;
}

/** `answered with 200`, `failed in 2 of 3 with 500` */
export function endText(side: Comparison['failing']): string {
  const status = side.statuses.join(' or ');
  if (side.failed === 0) return status === '' ? 'answered' : `answered with ${status}`;
  const failed = side.failed === side.traces.length ? 'failed' : `failed in ${side.failed} of ${side.traces.length}`;
  return status === '' ? failed : `${failed} with ${status}`;
}
