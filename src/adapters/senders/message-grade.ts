/** The grade of an alert in a message, where no field holds it: beside the title, in a line below it, or as an emoji. */
import type { Said } from '#adapters/message-text.ts';
import type { Field } from './payload-fields.ts';

/** A grade that stands alone as code, beside the title: `` `high` ``. */
export function markedGrade({ lines }: Said): string {
  const marked = lines
    .slice(0, 3)
    .map(({ text }) => /`(critical|high|medium|low|warning|error|info)`/i.exec(text.slice(0, 300)));
  return marked.flatMap((one) => one?.[1] ?? [])[0] ?? '';
}

/** `Alert firing - High - Pod is crashing`, `🔴 Firing | critical | Slow pages` */
export const GRADE_BETWEEN = /\s[-–—|•·]\s(critical|high|medium|low|major|minor|warning|error|info)\s[-–—|•·]\s/i;

/** `Budget of cart burns 14x (critical)`, `【重大】…`: a grade in brackets at the end, or in those of East Asia. */
export const GRADE_BESIDE =
  /\((critical|high|major|minor|warning|low|info)\)\s{0,3}$|【(重大|緊急|重要|警告|軽微|严重|紧急|危険|심각|긴급|경고)】/i;

/**
 * `[FIRING:2] :fire: SlowPages`: the grade as an emoji behind the state, in Monzo's template and the many copies of it.
 * https://gist.github.com/milesbxf/e2744fc90e9c41b47aa47925f8ff6512
 */
export function gradeOfEmoji(title: string): string {
  const [, name = '', sign = ''] =
    /^\s{0,3}\[FIRING(?::\d{1,6})?\]\s{0,3}(?::(fire|warning|information_source):|(🔥|⚠|ℹ))/u.exec(title) ?? [];
  return EMOJI_GRADES[name || sign] ?? '';
}

const EMOJI_GRADES: Readonly<Record<string, string>> = {
  fire: 'critical',
  '🔥': 'critical',
  warning: 'warning',
  '⚠': 'warning',
  information_source: 'info',
  ℹ: 'info',
};

/** The grade at the beginning of a line of a log, and behind the verb: `… is CRITICAL: 5 messages`. */
export const GRADE_OF_LINE =
  /^(CRITICAL|FATAL|ERROR|WARNING|WARN)\b|\bis (CRITICAL|WARNING)\b|^[\w.-]{1,200} is (critical|warning), /;

/** `New Critical: …`, `Critical Monitor Alert: …`, `Incident #4: CRITICAL web-1/queue`, `ALERTE critique — …`. */
export const GRADE_OF_ALERT =
  /(?:^|\s)New (critical|error|warning): |^[^\p{L}\p{N}]{0,20}(critical|warning): \p{L}|^(critical|warning|major|minor|high|medium|low) (?:monitor |priority ){0,2}(?:alert|alarm|incident|issue)\b|: (critical|warning) [\w.-]{1,100}\/[\w.-]{1,100}$|^[^\p{L}]{0,20}(?:alert[ea]|allarme|alarma) (critique|majeure|mineure|cr[ií]tic[ao])(?!\p{L})/iu;

/** `CRITICAL: name`, `web-1 is critical`, `Issue activated · High priority`: a grade in the lines below the title. */
export function gradeBelow({ lines }: Said): string {
  const below =
    /^[^\p{L}\p{N}]{0,20}(?:[a-z_]{1,40}: )?\*?(CRITICAL|WARNING): \S|^[\w.-]{1,200} is (critical|warning)(?:,.{0,300})?$|(?:^|[\s*])([Cc]ritical|[Hh]igh|[Mm]edium|[Ll]ow) priority\*?$/u;
  const found = lines.slice(1, 4).flatMap(({ text }) => below.exec(text.slice(0, 300))?.slice(1).find(Boolean) ?? []);
  return found[0] ?? '';
}

/** `Message: CRITICAL - timeout`: the output of a plugin begins with its grade. https://www.monitoring-plugins.org/doc/guidelines.html */
export function gradeInOutput(fields: readonly Field[]): string {
  const output = fields.find(({ name }) => /^(?:message|output|info|additionalinfo|serviceoutput)$/.test(name));
  return /^(CRITICAL|WARNING)\b/.exec(output?.value ?? '')?.[1] ?? '';
}
