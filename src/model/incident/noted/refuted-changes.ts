/**
 * The changes that people suspected and that were not the trigger: a later note denies it, undoing it did not help, or it
 * came after the impact had begun.
 */
import { HOUR_US, MINUTE_US } from '#core/time-units.ts';
import { type TimelineEntry, wasTried } from '#model/incident/incident.ts';
import { deniedIn } from '#model/incident/noted-changes.ts';
import { madeWorse } from '#model/incident/noted-ends.ts';
import { zoneMinutes } from '#model/incident/noted-spells.ts';
import type { Facts } from '#model/incident/postmortem-facts.ts';

type Noted = Pick<Facts, 'entries' | 'milestones' | 'clocks'>;

/** Whether people found out that what the entry names was not the trigger. */
export function isRefuted(facts: Noted, entry: TimelineEntry): boolean {
  return isDisproved(facts, entry) || cameAfterwards(facts, entry);
}

/** The same without a look at the time of day: what people saw later may still tell the cause. */
export function isDisproved(facts: Pick<Facts, 'entries'>, entry: TimelineEntry): boolean {
  return isDenied(facts, entry) || wasUndoneInVain(facts, entry);
}

/** Whether a later note says that it was not what the entry suspects: `its the sale`, then `so not the sale`. */
export function isDenied({ entries }: Pick<Facts, 'entries'>, { atUs, text }: TimelineEntry): boolean {
  const suspected = text.toLowerCase();
  const later = entries.filter((one) => one.atUs > atUs && (one.kind === 'note' || one.kind === 'message'));
  return later.some((one) => deniedIn(one.text).some((thing) => names(suspected, thing)));
}

/** `cameras` also where one of them stands there. */
function names(text: string, thing: string): boolean {
  const stem = thing.length > 4 ? thing.replace(/s$/u, '') : thing;
  return new RegExp(`(?<!\\p{L})${stem}s?(?!\\p{L})`, 'u').test(text);
}

function wasUndoneInVain({ entries }: Pick<Facts, 'entries'>, { atUs, text }: TimelineEntry): boolean {
  return entries.some(
    (one) =>
      wasTried(one) &&
      one.atUs >= atUs &&
      one.atUs - atUs <= UNDONE_US &&
      UNDONE.test(one.text) &&
      !COULD_NOT.test(one.text) &&
      !madeWorse(one.text) &&
      (sharesThing(one.text, text) || (ROLLED_BACK.test(one.text) && RELEASED.test(text))),
  );
}

/** Later, people undo something else. */
const UNDONE_US = 3 * HOUR_US;
const ROLLED_BACK = /\broll(?:ed|ing)? ?-?back\b|\brevert(?:ed|s)?\b|\bbacked out\b|zurückgerollt|回滚|ロールバック/iu;
const UNDONE =
  /\broll(?:ed|ing)? ?-?back\b|\brevert(?:ed|s)?\b|\bbacked out\b|\bund(?:id|one)\b|\b(?:back|restored) (?:to|on|in)\b|\b(?:put|set|switched|turned|changed|moved) back\b|\bold \p{L}{2,20}(?: \p{L}{2,20})? (?:back|again|restored|in)\b|(?<!\p{L})(?:zurück(?:gerollt|gesetzt|gestellt|genommen)?|rückgängig|remise?s?|ancien(?:ne)?|annulée?|revertid[oa]|restaurad[oa]|vuelta atrás|desfeit[oa]|ripristinat[oa]|annullat[oa])(?!\p{L})|戻し|回滚|还原|ロールバック/iu;
const RELEASED =
  /\b(?:releas(?:e|ed|es)|deploy(?:ed|s|ment)?|version|build|roll-?out|rolled out|updates?d?|upgraded?|merged?|patch(?:ed)?|went (?:out|live)|shipped|pushed)\b|(?<!\p{L})(?:ausgerollt|eingespielt|Update|livraison|livrée?|déployée?|despliegue|desplegad[oa]|implantad[oa]|rilasci\p{L}{1,4})(?!\p{L})|リリース|デプロイ|发布|上线|部署/iu;
/** An undoing that did not take place shows nothing. */
const COULD_NOT =
  /\b(?:fails?|failed|refused|denied|could ?n['’o]t|cannot|can['’]?t|stopped it|locked|died|not found|aborted|timed out|impossible)\b|(?<!\p{L})(?:fehlgeschlagen|échoué|falló|falhou|fallito)(?!\p{L})|失敗|失败/iu;

/** Whether two texts share a longer word, which is no word of time or of changing. */
export function sharesThing(one: string, other: string): boolean {
  const words = new Set(thingsIn(one));
  return thingsIn(other).some((word) => words.has(word));
}

/** How many such words both have. */
export function sharedThings(one: string, other: string): number {
  const words = new Set(thingsIn(one));
  return new Set(thingsIn(other).filter((word) => words.has(word))).size;
}

function thingsIn(text: string): readonly string[] {
  const words = text.toLowerCase().match(/\p{L}[\p{L}\p{N}_-]{3,30}/gu) ?? [];
  return words.filter((word) => !COMMON.test(word)).map((word) => word.replace(/s$/u, ''));
}

const COMMON =
  /^(?:that|this|with|from|were|have|been|they|them|then|than|when|what|which|there|still|since|after|before|about|into|only|same|change[ds]?|says|said|seen|look|looks|looked|show|shows|does|line|lines|again|back|rolled?|rolling|rollback|reverted|restored|morning|night|today|yesterday|monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|june|july|august|september|october|november|december|hier|heute|gestern|toujours|error|errors)$/u;

/** Whether the time of day in the words is later than the start of the impact, as far as people's clock is known. */
function cameAfterwards({ entries, milestones, clocks: known }: Noted, entry: TimelineEntry): boolean {
  const { impact } = milestones;
  const clocks = [...entry.text.matchAll(CLOCK)];
  if (impact === undefined || clocks.length === 0 || OTHER_DAY.test(entry.text)) return false;
  const ahead = known?.get(entry.id) ?? zoneMinutes(entries, [impact, milestones.detected]) ?? minutesAhead(entries);
  if (ahead === undefined) return false;
  const instants = clocks.map(([clock]) => instantOf(clock, ahead, entry.atUs));
  return instants.every((atUs) => atUs > impact.atUs + MINUTE_US);
}

const CLOCK = /(?<![\d:.,])(?:[01]?\d|2[0-3])[:h][0-5]\d(?![\d:])/gu;
const OTHER_DAY =
  /\b(?:yesterday|ago|last|(?:mon|tues|wednes|thurs|fri|satur|sun)day|\d{1,2}\.? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\p{L}*)\b|(?<!\p{L})(?:gestern|hier|ayer|ontem|ieri)(?!\p{L})|昨/iu;
const DAY_MIN = 24 * 60;
/** Zones differ in quarters of an hour. */
const ZONE_STEP_MIN = 15;
/** People write the time of a minute ago. */
const WRITTEN_WITHIN_MIN = 7;

function minutesOf(clock: string): number {
  const [hours = '', minutes = ''] = clock.split(/[:h]/iu);
  return Number(hours) * 60 + Number(minutes);
}

/**
 * The minutes that people's clocks are ahead of UTC, as most of the notes show that begin with the time of what they tell.
 * Undefined where fewer than two agree.
 */
export function minutesAhead(entries: readonly Pick<TimelineEntry, 'text' | 'notedUs' | 'kind'>[]): number | undefined {
  const votes = new Map<number, number>();
  for (const { text, notedUs, kind } of entries) {
    const clock = kind === 'note' || kind === 'message' ? text.match(CLOCK)?.[0] : undefined;
    if (clock === undefined) continue;
    const written = Math.floor(notedUs / MINUTE_US) % DAY_MIN;
    const apart = ((((minutesOf(clock) - written) % DAY_MIN) + DAY_MIN + DAY_MIN / 2) % DAY_MIN) - DAY_MIN / 2;
    const ahead = Math.ceil(apart / ZONE_STEP_MIN) * ZONE_STEP_MIN;
    if (ahead - apart <= WRITTEN_WITHIN_MIN) votes.set(ahead, (votes.get(ahead) ?? 0) + 1);
  }
  const [first, second] = [...votes].toSorted((a, b) => b[1] - a[1]);
  if (first === undefined || first[1] < 2 || first[1] === second?.[1]) return undefined;
  return first[0];
}

/** The last such time of day before the note. */
function instantOf(clock: string, ahead: number, untilUs: number): number {
  const until = Math.floor(untilUs / MINUTE_US);
  const back = (((until - minutesOf(clock) + ahead) % DAY_MIN) + DAY_MIN) % DAY_MIN;
  return (until - back) * MINUTE_US;
}
