/** Cards whose fields and title together say that something happened, though no word of the title is one of state. */
import { stateOfColour } from './general-state.ts';
import type { Field } from './payload-fields.ts';
import { saidState } from './state-words.ts';

/**
 * What a security tool saw on a resource, with a grade and a state: `Crypto-mining process detected on VM`. A weakness
 * that nobody uses is a task.
 * https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-types-active.html
 */
export function isFinding(title: string, fields: readonly Field[]): boolean {
  return resourceOfFinding(title, fields) !== '';
}

/** The resource on which it was seen; empty where the card is another one. */
export function resourceOfFinding(title: string, fields: readonly Field[]): string {
  const value = (names: RegExp) => fields.find(({ name }) => names.test(name))?.value ?? '';
  const isSeen = EVENT_SEEN.test(title) && !WEAKNESS.test(title);
  const isGraded = value(/^severity$/) !== '' && saidState(value(/^(?:status|state)$/)) !== undefined;
  return isSeen && isGraded ? value(RESOURCE) : '';
}

const RESOURCE = /^(?:affected)?(?:resource|asset|host|hostname|instance|entity|workload|container)(?:name)?$/;

const EVENT_SEEN =
  /\b(?:detected|observed|intrusion|malware|ransomware|crypto[ -]?min(?:ing|er)|brute[ -]?force|exfiltration|reverse shell|compromised|lateral movement|privilege escalation)\b/i;

const WEAKNESS =
  /\b(?:vulnerabilit(?:y|ies)|CVE-\d|misconfigur\w{1,8}|outdated|end of life|public(?:ly)? (?:exposed|accessible|readable)|compliance|policy)\b/i;

/**
 * `Threshold alert for app cart-search` in a red or a green card: the kind of the alert, and what it is about.
 * https://sematext.com/docs/alerts/alert-events/
 */
export function isAlertFor(title: string, fields: readonly Field[]): boolean {
  const isColoured = fields.some(({ name, value }) => name === 'color' && stateOfColour(value) !== undefined);
  return isColoured && ALERT_FOR.test(title);
}

const ALERT_FOR =
  /^[^\p{L}\p{N}]{0,20}(?:threshold|anomaly|heartbeat|health|metric|log|uptime) alert (?:for|on) (?:the )?(?:app|application|service|host|server|monitor|container|database|cluster)\b/iu;
