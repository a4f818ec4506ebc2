/**
 * Reads the severity at the beginning of a text, as people write it: `P1`, `p 1`, `[P1]`, `severity P1`, `SEV0`. An unknown
 * severity leads to a question. It never becomes a part of the title, where it would be lost.
 *
 * SEV1 is the worst in scales that count from 1 (PagerDuty: https://response.pagerduty.com/before/severity_levels/), and
 * the second worst in scales that count from 0 (where P0 is SEV0). Only 0 means the same in all scales.
 */
import { SEVERITIES, SEVERITY_MEANINGS, type Severity } from '#model/incident/incident.ts';
import { quotable } from '#present/slack/text.ts';

export type SaidSeverity = Readonly<{ severity: Severity; rest: string } | { problem: string }>;

/** Undefined where the text begins with a word of another kind: `Postgres is down`, `p99 has doubled`. */
export function severityBefore(text: string): SaidSeverity | undefined {
  const said = OURS.exec(text)?.groups;
  if (said !== undefined) {
    const severity = SEVERITIES.find((one) => one === `P${said.level ?? said.zero}`);
    const behind = text.slice(said.all?.length);
    if (severity === undefined) return { problem: noSeverity(said.all ?? '') };
    if (!ENDS.test(behind)) return { problem: noSeverity(text.split(/\s/, 1).join('')) };
    return { severity, rest: behind.replace(BETWEEN, '') };
  }
  const other = OTHER_SCALES.exec(text)?.[0] ?? LEVEL_WORDS.exec(text)?.[1];
  return other === undefined
    ? undefined
    : { problem: `${quotable(other)} means a different severity in each scale, so I do not guess. ${POSSIBLE}` };
}

/** The severity at the end of a title, where it would be lost too. */
export function severityBehind(title: string): string | undefined {
  return /\s[[(]?(p\d)[\])]?[.!]?$/i.exec(title)?.[1]?.toUpperCase();
}

const OURS =
  /^(?<all>[[(]?(?:(?:(?:severity|sev|priority|prio)\s?[:=]?\s?)?p[\s-]?(?<level>\d)|sev(?:erity)?[\s-]?(?<zero>0))(?!\w)[\])]?)/i;
const ENDS = /^(?:$|\s|[:,;.](?!\d)|[-–—](?!p?\d))/i;
/** Not the colon of an emoji: `P1 :fire: search is down`. */
const BETWEEN = /^[-–—:,;.]*\s*(?:[-–—:]+(?=\s)\s*)?/;
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
