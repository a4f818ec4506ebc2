/**
 * Notifications that look like alerts although nothing broke by itself: trials of a sender, planned downtimes that begin or
 * end, experiments, and money that was spent.
 */

/** What senders write when somebody presses Test. A word beside it keeps `smoke test alert: …` and a test environment out. */
const TRIALS: readonly RegExp[] = [
  /^[^\p{L}\p{N}[]{0,20}(?:\[p[1-5]\]\s{0,3})?\[test\]/iu,
  // Grafana's own test rule in a title of its default template; its legacy test says it in the message.
  /^\[(?:firing|resolved):\d{1,3}\]\s{1,3}TestAlert\b.{0,200}\bGrafana\b/iu,
  /\bsomeone is testing the alert notification\b/i,
  /(?:^|[\]:>|–—-])[^\p{L}\p{N}]{0,10}(?:a |an )?test[ -]?(?:notification|alert|message|incident|event|page|problem|alarm)\b(?! (?:source|group|rule|runner|suite))/iu,
  /\bnotification test\b/i,
  /\bthis is (?:only |just )?an? (?:\w{1,20} )?test(?: (?:notification|alert|message|page|incident|event|alarm))?(?= of | from | for | to | sent |\s?[.!,:;(–—-]|\s*$)/im,
];

/** Why a test is not examined. The same words for all senders. */
export const TRIAL_WHY = 'a test notification of the sender: nothing is broken';

/**
 * The rule that Grafana's "Test" button of a contact point sends, whatever the contact point is.
 * https://github.com/grafana/grafana/blob/main/pkg/services/ngalert/notifier/receivers.go
 */
export function isTrialRule({ alertname = '', instance = '' }: Readonly<Record<string, string>>): boolean {
  return alertname === 'TestAlert' && instance === 'Grafana';
}

/** Nagios, Icinga and Checkmk write their types as one word, and what a person writes about a check as custom; Datadog says who muted what. */
const PLANNED: readonly RegExp[] = [
  /\bdowntime ?(?:starts?|started|ends?|ended|removed|cancell?ed|scheduled)\b(?! (?:at|on) https?:)/i,
  /\b(?:scheduled|planned) (?:downtime|maintenance)\b.{0,120}\b(?:starts?|started|begins|began|ends?|ended|is over|cancell?ed)\b/i,
  // A message of a person about a check: icinga.com/docs/icinga-2/latest/doc/03-monitoring-basics/#notification-types
  /^[^\p{L}\p{N}[]{0,20}(?:\[CUSTOM\]|CUSTOM ?[-–:]) \S/u,
  /\b(?:un)?muted (?:the )?(?:monitor|alert|alarm|host|service|check|rule|notifications)\b/i,
];

/**
 * What somebody breaks on purpose. Gremlin's kinds of attacks: https://www.gremlin.com/docs/fault-injection-experiments
 */
const EXPERIMENTS: readonly RegExp[] = [
  /^[^\p{L}\p{N}]{0,20}(?:attack|scenario|experiment) (?:started|running|finished|completed|halted|stopped)\W{0,6}(?:latency|blackhole|packet loss|dns|certificate expiry|cpu|memory|disk|io|gpu|process (?:killer|exhaustion)|shutdown|time travel)\b/iu,
  /\b(?:chaos|fault[- ]injection) (?:experiment|test|run|attack|scenario)\b.{0,120}\b(?:started|begins|began|running|finished|completed|ended|halted|aborted|stopped)\b/i,
];

/**
 * A run of load that went well: `Test run pay-peak finished: all 6 thresholds passed`.
 * https://grafana.com/docs/grafana-cloud/testing/k6/
 */
const LOAD_TESTS: readonly RegExp[] = [
  /\b(?:load|stress|soak|spike|performance|k6) test (?:run )?[^\n]{0,80}?\b(?:started|finished|completed|passed|succeeded)\b/i,
  /\btest run [^\n]{0,80}?\b(?:started|finished|completed|passed|succeeded)\b/i,
];

/** `Game day: …`, `[DRILL] …`, `Übung: …`: an exercise of people. */
const DRILL =
  /^[^\p{L}\p{N}]{0,20}(?:\[(?:drill|exercise|game ?day|übung|exercice|simulacro)\]|(?:(?:fire |incident )?drill|game ?day|exercise|übung|exercice|simulacro|exercício)\s{0,2}[:–—|-]\s)/iu;

/** The flags of incidents that people declare as an exercise: Grafana's `isDrill`. */
export const DRILL_FLAG = /^(?:is)?(?:drill|exercise|gameday|simulation|simulated)$/;

export const EXPERIMENT_WHY = 'an experiment that somebody runs on purpose';

const PLANNED_WHY = 'a planned downtime or a mute: no alert begins or ends';

/**
 * AWS Budgets and those of other clouds say how much of an amount is spent. The budget of errors has no currency.
 * https://docs.aws.amazon.com/cost-management/latest/userguide/sns-alert-chime.html
 */
const MONEY: readonly RegExp[] = [
  /^[^\p{L}\p{N}]{0,20}(?:AWS Budgets?|AWS Cost (?:Management|Anomaly Detection))\b/u,
  /^[^\p{L}\p{N}]{0,20}(?:[\w-]{1,30} ){0,2}costs? (?:anomaly|anomalies|budget|forecast|overrun|spike)\b/iu,
  /(?<![\w-])(?:spend(?:ing)?|costs?|cloud bill)(?![\w-]).{0,120}(?<!\b(?:error|slo|latency) )\b(?:forecast(?:ed)?|budget)(?![\w-])/i,
  /(?<![\w-])(?<!\b(?:error|slo|latency) )budget(?![\w-]).{0,120}\b(?:exceed(?:s|ed)|above|over|forecast(?:ed)?|reached|threshold)\b.{0,80}(?:[$€£¥]|\b(?:USD|EUR|GBP)) ?\d/i,
];

const MONEY_WHY = 'a notice about costs: nothing is broken';

const EMOJI_IN_FRONT = /^(?:\s{0,3}:[a-z0-9_+-]{1,40}:){1,4}/;

/** Why a notification with this title, or with these first lines, is no trouble; undefined where it may be one. */
export function noTroubleIn(...texts: readonly string[]): string | undefined {
  // An emoji in front has letters in its name.
  const shown = texts.map((text) => text.slice(0, 300).replace(EMOJI_IN_FRONT, ''));
  if (shown.some((text) => TRIALS.some((trial) => trial.test(text)))) return TRIAL_WHY;
  if (shown.some((text) => PLANNED.some((planned) => planned.test(text)))) return PLANNED_WHY;
  if (shown.some((text) => DRILL.test(text))) return EXPERIMENT_WHY;
  if (shown.some((text) => [...EXPERIMENTS, ...LOAD_TESTS].some((run) => run.test(text)))) return EXPERIMENT_WHY;
  return shown.some((text) => MONEY.some((money) => money.test(text))) ? MONEY_WHY : undefined;
}
