/**
 * A line that compares a time with its usual one, in the words of the service:
 *
 *   export took 2.1 s, usual for a full one (p50 2.0 s)     as long as always
 *   rebuild took 840 s (yesterday 25 s)                     far longer than always
 *   Export in 4,1 s (üblich 4 bis 5 s)                      in the language of the house
 *   reindex done, 60 s of 300 s budget                      within what its people planned for it
 *   invoices written in 48 s (April: 47 s, March: 45 s)     among the times of earlier runs
 */
import { plainDurations } from '#model/text/plain-durations.ts';
import { usPerUnit } from '#model/trace/wait-amounts.ts';

/** In microseconds. */
export type UsualTime = Readonly<{
  /** The times that the line names beside the usual one. */
  tookUs: readonly number[];
  lowUs: number;
  highUs: number;
}>;

const AMOUNT = String.raw`(\d{1,6}(?:\.\d{1,6})?) ?(ms|milliseconds?|s|secs?|seconds?|m|min|minutes?|h|hours?)\b`;
const RANGE = String.raw`(?:(\d{1,6}(?:\.\d{1,6})?) ?(?:ms|s|secs?|min)? ?(?:-|–|to|bis|à|a|y|\.\.) ?)?${AMOUNT}`;

/** `yesterday 31 s`, `usually 2 s`, `p50 1.9 s`, `normal: 40 ms`, `previous run took 31 s`, `instead of 30 s`. */
const BEFORE =
  '(?:yesterday|last (?:week|night|month|run|time)|(?:the )?(?:previous|prior|last) (?:run|night|one)|usual(?:ly)?|normal(?:ly)?|typical(?:ly)?|on average|average|avg|median|p50|baseline|instead of|' +
  // German, French, Spanish, Italian, Portuguese, Dutch.
  "(?:sonst|meist|gestern|üblich(?:erweise)?|gewöhnlich|normalerweise|im (?:Schnitt|Mittel|Durchschnitt))|(?:d[’']habitude|habituellement|d[’']ordinaire|normalement|en moyenne)|(?:(?:lo )?(?:normal|habitual)|(?:normal|habitual)mente|de media|en promedio|de costumbre|ayer|suele (?:tardar|durar))|(?:di solito|normalmente|in media|ieri|(?:mese|anno|settimana|volta) scors[oa]|(?:em média|geralmente|ontem|(?:mês|ano|semana|vez) passad[oa])|(?:gewoonlijk|normaal|gemiddeld|gisteren|vorige (?:keer|maand|week|nacht))|(?:letzte[nrs]?|vorige[nrs]?|vergangene[nrs]?) (?:Monat|Woche|Nacht|Jahr|Mal|Lauf|Quartal)|(?:Vormonat|Vorjahr|Vorwoche|Vortag)|(?:mois|an|année|semaine|fois|nuit) (?:dernier|dernière|passée?|précédente?)|hier|(?:mes|año|semana|vez|noche) (?:pasad[oa]|anterior)))" +
  '(?: (?:of|over|in|for) (?:the )?(?:last |past )?\\d{1,3} (?:days?|runs?|weeks?|hours?))?' +
  '(?: (?:it|this|that|is|was|were|takes?|took|lasts?|needs?|runs?|time|duration|about|around|in|only|within)){0,3}[ :=~≈]{1,3}';
/** `reads take 2-3 s`: in the present, for all of its kind. */
const ALWAYS = String.raw`\b[a-z]{3,30}s (?:always |usually |normally )?(?:take|need|last) (?:about |around |up to )?`;

/** `runs about 2 min every night`. */
const EVERY = String.raw`(?:,? (?:on )?(?:every|each) (?:night|day|morning|evening|week|month|hour|run|time)\b)`;

const USUAL = new RegExp(String.raw`(?<![\wäöü])${BEFORE}${RANGE}|${ALWAYS}${RANGE}|${RANGE}(?=${EVERY})`, 'i');
/** Beside a time within it, a plan says that this time is all right; beside a longer one, it says nothing of the usual time. */
const PLANNED = new RegExp(
  String.raw`\b(?:budget|threshold|target|goal|objective|SLO|SLA|contract|planned|allowed|allowance|Schwelle|Zielwert|Vorgabe|seuil|objectif|umbral|objetivo)(?: (?:is|of|time|says|here|for this|von|ist|de|es)){0,2}[ :=<≤]{1,3}${AMOUNT}`,
  'i',
);
/** `60 s of 300 s budget`. */
const PART_OF_PLAN = new RegExp(
  String.raw`\b(?:of|out of|von|sur|de) (?:(?:the|its|a|an|our) )?${AMOUNT} (?:time )?(?:budget|threshold|target|allowance|allowed|planned)\b`,
  'i',
);
/** `took 2469 ms (usual: 45)`: the unit is that of the time before it. */
const WITHOUT_UNIT = new RegExp(String.raw`\b${BEFORE}(\d{1,6}(?:\.\d{1,6})?)(?=[),;\]]|\s{0,3}$)`, 'i');
const ANY = new RegExp(AMOUNT, 'gi');
/** `in 45 min (April 44, March 47)`: the unit is that of the time before them. Two months at least. */
const MONTHS_WITHOUT_UNIT = new RegExp(
  String.raw`${AMOUNT} \(((?:[A-Z][a-z]{2,9}:? \d{1,5}(?:\.\d{1,3})?(?:, | and |\))){2,12})`,
);
const MONTH = /^(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)/;

/** `previous months 14, 15, 16 min`: the times of several earlier runs, with one unit behind the last. */
const EARLIER =
  /\b(?:previous|last|earlier|prior|past|letzte|vorige|précédents?|anteriores) (?:(?:\d{1,2}|two|three|four|five) )?(?:months?|nights?|weeks?|days?|runs?|quarters?|years?|times?)[ :=]{1,3}(\d{1,6}(?:\.\d{1,6})?(?:(?:,| and| \/) ?\d{1,6}(?:\.\d{1,6})?){1,11}) ?(ms|s|secs?|seconds?|m|min|minutes?|h|hours?)\b/i;
/** `April: 47 s, March: 45 s`: each earlier run by its month, its day or its year; two at least. */
const EACH_EARLIER = new RegExp(
  String.raw`\b(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?|(?:Mon|Tue(?:s)?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?|Q[1-4]|week \d{1,2}|20\d\d)[:=]? ${AMOUNT}`,
  'g',
);

const LONGEST_READ = 2_000;
/** A range has two amounts and a unit. */
const GROUPS = 3;

/** Undefined where the line names no usual time, or nothing to compare with it. */
export function usualTime(line: string): UsualTime | undefined {
  const text = plainDurations(line.slice(0, LONGEST_READ));
  const found = USUAL.exec(text);
  if (found === null) return withoutUnit(text) ?? ofEarlierRuns(text) ?? ofMonths(text) ?? planned(text);
  const groups = found.slice(1);
  const first = Math.floor(groups.findLastIndex((group) => group !== undefined) / GROUPS) * GROUPS;
  const [low, high, unit = ''] = groups.slice(first, first + GROUPS);
  const highUs = inUs(high, unit);
  const lowUs = low === undefined ? highUs : inUs(low, unit);
  const rest = `${text.slice(0, found.index)} ${text.slice(found.index + found[0].length)}`;
  const tookUs = timesIn(rest);
  return tookUs.length === 0 || !(highUs > 0) ? undefined : { tookUs, lowUs, highUs };
}

function withoutUnit(text: string): UsualTime | undefined {
  const found = WITHOUT_UNIT.exec(text);
  const [, amount, unit = ''] = [...text.slice(0, found?.index ?? 0).matchAll(ANY)].at(-1) ?? [];
  const usualUs = inUs(found?.[1], unit);
  return usualUs > 0 ? { tookUs: [inUs(amount, unit)], lowUs: usualUs, highUs: usualUs } : undefined;
}

/** Undefined where the line lists no times of several earlier runs. */
function ofEarlierRuns(text: string): UsualTime | undefined {
  const [list = '', amounts = '', unit = ''] = EARLIER.exec(text) ?? [];
  const earlier =
    list === ''
      ? Array.from(text.matchAll(EACH_EARLIER), ([, amount, of = '']) => inUs(amount, of))
      : (amounts.match(/\d[\d.]*/g) ?? []).map((amount) => inUs(amount, unit));
  if (earlier.length < 2) return undefined;
  const rest = list === '' ? text.replaceAll(EACH_EARLIER, '') : text.replace(list, '');
  const tookUs = timesIn(rest);
  return tookUs.length === 0 ? undefined : { tookUs, lowUs: Math.min(...earlier), highUs: Math.max(...earlier) };
}

/** Undefined where no months with bare numbers stand behind a time. */
function ofMonths(text: string): UsualTime | undefined {
  const [, took, unit = '', list = ''] = MONTHS_WITHOUT_UNIT.exec(text) ?? [];
  const months = Array.from(list.matchAll(/([A-Z][a-z]{2,9}):? (\d[\d.]*)/g));
  if (months.length < 2 || !months.every(([, name = '']) => MONTH.test(name))) return undefined;
  const us = months.map(([, , amount]) => inUs(amount, unit));
  return { tookUs: [inUs(took, unit)], lowUs: Math.min(...us), highUs: Math.max(...us) };
}

/** Undefined where the line names no plan, or a time beyond it. */
function planned(text: string): UsualTime | undefined {
  const found = PART_OF_PLAN.exec(text) ?? PLANNED.exec(text);
  if (found === null) return undefined;
  const highUs = inUs(found[1], found[2] ?? '');
  const rest = `${text.slice(0, found.index)} ${text.slice(found.index + found[0].length)}`;
  const tookUs = timesIn(rest);
  return tookUs.length > 0 && Math.max(...tookUs) <= highUs ? { tookUs, lowUs: 0, highUs } : undefined;
}

/** In microseconds, in their order. */
function timesIn(text: string): readonly number[] {
  return [...text.matchAll(ANY)].map(([, amount, unit = '']) => inUs(amount, unit));
}

function inUs(amount: string | undefined, unit: string): number {
  const us = /^m(?:in|$)/i.test(unit) ? 60_000_000 : /^h/i.test(unit) ? 3_600_000_000 : (usPerUnit(unit) ?? 0);
  return Math.round(Number(amount) * us);
}
