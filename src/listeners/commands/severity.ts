/**
 * Reads the severity at the beginning of a text, as people write it: `P1`, `p 1`, `[P1]`, `severity P1`, `SEV0`. An unknown
 * severity leads to a question. It never becomes a part of the title, where it would be lost.
 *
 * SEV1 is the worst in scales that count from 1 (PagerDuty: https://response.pagerduty.com/before/severity_levels/), and
 * the second worst in scales that count from 0 (where P0 is SEV0). Only 0 means the same in all scales.
 */
import { SEVERITIES, SEVERITY_MEANINGS, type Severity } from '#model/incident/incident.ts';
import { plainCharacters } from '#model/text/plain-characters.ts';
import { quotable } from '#present/slack/text.ts';

export type SaidSeverity = Readonly<{ severity: Severity; rest: string } | { problem: string }>;

/** Undefined where the text begins with a word of another kind: `Postgres is down`, `p99 has doubled`. */
export function severityBefore(text: string): SaidSeverity | undefined {
  const { plain, end } = plainCharacters(text.slice(0, LONGEST_SEVERITY));
  const before = DECORATION.exec(plain)?.[0] ?? '';
  const typed = plain.slice(before.length);
  const said = OURS.exec(typed)?.groups;
  if (said !== undefined) {
    const severity = SEVERITIES.find((one) => one === `P${said.level ?? said.zero}`);
    const behind = typed.slice(said.all?.length);
    if (severity === undefined) return { problem: noSeverity(said.all ?? '') };
    if (!ENDS.test(behind)) return { problem: noSeverity(typed.split(/\s/, 1).join('')) };
    const rest = text.slice(end(plain.length - behind.length)).replace(BETWEEN, '');
    const other = rest.replace(OR, '');
    const second = OURS.exec(other)?.[0] ?? OTHER_SCALES.exec(other)?.[0];
    return second === undefined ? { severity, rest } : { problem: noSeverity(`${severity} ${second}`) };
  }
  const level = LEVEL_IN_WORDS.exec(typed)?.[0];
  if (level !== undefined) return { problem: noSeverity(level) };
  const other = OTHER_SCALES.exec(typed)?.[0] ?? LEVEL_WORDS.exec(typed)?.[1];
  return other === undefined
    ? undefined
    : { problem: `${quotable(other)} means a different severity in each scale, so I do not guess. ${POSSIBLE}` };
}

/** The severity at the end of a title or behind `this is a`, where it would be lost too. */
export function severityBehind(title: string): string | undefined {
  const { plain } = plainCharacters(title.slice(-LONGEST_SEVERITY));
  const { plain: begin } = plainCharacters(title.slice(0, LONGEST_SEVERITY));
  const said = /\s[[(]?(p\d)[\])]?[.!]?$/i.exec(plain) ?? FILLERS.exec(begin);
  return said?.[1]?.toUpperCase();
}

const FILLERS =
  /^(?:(?:an?|the|this|is|it['’]?s?|as|new|another|incident|maybe|perhaps|probably|possibly|not|at|least|most)\s){1,5}(p\d)(?!\w)/i;

/** In characters, with what may stand before it. */
const LONGEST_SEVERITY = 80;
/** Marks, quotes, emoji and Slack's names of emoji before a severity. They are no part of a title that follows it. */
const DECORATION =
  /^(?:(?::[\w+-]{1,30}:|\p{Extended_Pictographic}\ufe0f?|["'“”„*_`#>•~≈–—-])\s?){1,4}(?=[[(【]?(?:[p\u0440\u03c1][\s._:#-]?\d|sev|prio))/iu;
/** The Cyrillic and the Greek letter look like P. */
const OURS =
  /^(?<all>[[(【]?(?:(?:(?:severity|sev|priority|prio)\s?[:=]?\s?)?[p\u0440\u03c1][\s._:#-]?(?<level>\d)|sev(?:erity)?[\s-]?(?<zero>0))(?!\w)[\])】"'“”*_`]?)/i;
const ENDS = /^(?:$|\s|[:,;.](?!\d)|[-–—](?!p?\d))/i;
/** Not the colon of an emoji: `P1 :fire: search is down`. */
const BETWEEN = /^[-–—:,;.]*\s*(?:[-–—:]+(?=\s)\s*)?/;
/** `P1 or P2 search is down` */
const OR = /^(?:or|and|to|oder|und|bis)\s+/i;
const LEVEL_IN_WORDS = /^p[\s-](?:zero|one|two|three|four|five)(?!\w)/i;
const OTHER_SCALES = /^[[(]?(?:sev(?:erity)?|prio(?:rity)?)[\s:=-]*(?:\d+|one|two|three|four|five)(?!\w)/i;
/** `critical` alone nearly always means a severity; `High latency` and `Minor upgrade` are titles. */
const LEVEL_WORDS =
  /^[[(]?(critical|crit|(?:highest|high|medium|low|lowest|major|minor|moderate|blocker|urgent|emergency)(?=[\])]?\s*(?:$|[:–—]|-\s|(?:severity|priority|prio|sev)(?!\w))))(?!\w)/i;

/** All severities with their meanings. */
const POSSIBLE = `Severities are ${SEVERITIES.map((severity) => `${severity} (${SEVERITY_MEANINGS[severity]})`).join(', ')}.`;

/** The answer where a severity is missing or unknown. */
export function noSeverity(said: string): string {
  return said === '' ? `Which severity? ${POSSIBLE}` : `There is no severity ${quotable(said)}. ${POSSIBLE}`;
}
