/**
 * A person as the cause, though their verb alone blames nobody: `checkout failed because Bob deployed it`, `Bob merged a
 * broken config`, `the outage was Dave's fault`. `Kim restarted the pod at 14:02` stays what it is: a deed.
 */
import { KNOWN } from '#model/blameless/language.ts';
import { firstIn, type WordedPattern, wordedPattern } from '#model/blameless/worded-pattern.ts';

const FAILED =
  '(?:fail(?:s|ed|ure)?|broke|broken|crash(?:es|ed)?|down|outage|incident|downtime|errors?|stopped|unavailable|unreachable|wrong|lost)';
const DID =
  '(?:deployed|pushed|merged|shipped|released|committed|changed|edited|deleted|dropped|removed|disabled|applied|approved|restarted|rebooted|ran|typed|rolled out|switched off|turned off|misplaced|renamed|truncated|wiped)';
const BAD =
  '(?:broken|bad|faulty|buggy|untested|unreviewed|wrong|invalid|incorrect|incomplete|defective|half-finished|unfinished|malformed)';

const AS_CAUSE: readonly WordedPattern[] = [
  wordedPattern(
    `\\b${FAILED} (?:[^\\s.;:!?]{1,30} ){0,8}?(?:because|since|as|due to|thanks to) ${KNOWN} (?:\\w{1,20} )?${DID}\\b`,
  ),
  wordedPattern(`${KNOWN} (?:\\w{1,20} )?${DID} (?:[\\w-]{1,20} ){0,3}${BAD}\\b`),
  wordedPattern(
    `\\b(?:was|is|were) (?:\\w{1,20} )?${KNOWN}['’]s? (?:own |sole )?(?:fault|mistake|blunder|error|doing)\\b`,
  ),
];

/** The words, or undefined. People are roles in `text`. */
export function personAsCauseIn(text: string): string | undefined {
  return firstIn(text, AS_CAUSE);
}
