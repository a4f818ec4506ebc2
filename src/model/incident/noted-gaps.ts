/**
 * What people noted about why nobody saw it earlier: no alert, a check that looks at something else, a warning that
 * nobody reads.
 */
import { type TimelineEntry, wordsOfStatus } from '#model/incident/incident.ts';
import { isReport, saysNoAlert } from '#model/incident/noted-signs.ts';
import type { Facts } from '#model/incident/postmortem-facts.ts';
import { isSaid } from '#model/incident/postmortem-numbers.ts';
import { isUnsure } from '#model/incident/said-sentences.ts';

/** A gap in what watches the system, in the words of one sentence. */
function isGap(sentence: string): boolean {
  return !isUnsure(sentence) && ((saysNoAlert(sentence) && !isReport(sentence)) || GAP.test(sentence));
}

/** The notes of people that tell such a gap, oldest first. */
export function gapsNoted({ entries }: Pick<Facts, 'entries'>): readonly TimelineEntry[] {
  const own = entries.filter(
    ({ kind, value }) => ((kind === 'note' || kind === 'message') && value === '') || kind === 'status',
  );
  return own.filter((entry) => isSaid(entry) && sentencesWithGap(wordsOfStatus(entry)) !== '').slice(0, MOST_GAPS);
}

/** Those sentences, and where an alert was not heeded, the sentence that says so. */
export function sentencesWithGap(text: string): string {
  return text
    .split(/(?<=[.!?]) /u)
    .filter(isGap)
    .join(' ');
}

const MOST_GAPS = 3;

const WATCHES = '(?:probes?|monitors?|monitoring|(?:health ?)?checks?|alerts?|canar(?:y|ies)|synthetics?)';
const GAP = new RegExp(
  [
    // the panel of the registrar showed an old copy
    '\\b(?:panel|dashboard|console|status page|board)s? (?:[^ .;]{1,20} ){0,4}(?:show(?:s|ed)|said|says) (?:[^ .;]{1,20} ){0,2}(?:old|stale|outdated|ok|green|wrong)\\b',
    '(?<!\\p{L})(?:pannello|cruscotto) [^.;]{0,30}(?:mostra(?:va)?|dice(?:va)?) [^.;]{0,20}(?:vecchi[ao]|ok|verde)(?!\\p{L})',
    // the reason why nobody saw it
    "\\bwhy (?:nobody|no one|we did(?:n['’]?t| not)) (?:here )?(?:saw|see|noticed?|spotted) (?:it|this)\\b",
    '\\bnothing (?:paged|alerted|fired|rang)\\b',
    // our probe is green, everything is green
    `\\b${WATCHES} (?:is|was|are|were|stayed|stays) (?:all |still )?(?:green|silent|quiet|off|muted|200)\\b`,
    `\\b${WATCHES} (?:[^ .;]{1,20} ){0,3}(?:only|just) (?:looks?|looked|watch(?:es|ed)?|checks?|checked|tests?|pings?|sees?)\\b`,
    `\\b${WATCHES} (?:[^ .;]{1,20} ){0,3}(?:looks?|watch(?:es)?|checks?|tests?|pings?) (?:[^ .;]{1,20} ){0,2}only\\b`,
    '(?<!\\p{L})(?:check|probe|sonde|monitoring|Überwachung|Prüfung|chequeo|sonda)(?!\\p{L})[^.;]{0,30} (?:seulement|uniquement|nur|solo|sólo|só|apenas)(?!\\p{L})',
    // went out to a mailbox nobody reads
    '\\b(?:mailbox|inbox|channel|folder|list|address|board) (?:that |which )?(?:nobody|no one) (?:reads?|watch(?:es)?|looks? at|checks?|opens?)\\b',
    '\\b(?:warnings?|alerts?|alarms?|pages?) (?:[^ .;]{1,20} ){0,3}(?:ignored|muted|snoozed|silenced|overlooked)\\b',
    // the alert fired each time, and nobody declared
    '\\b(?:alert|alarm|pager|monitor) (?:fired|rang|came|went off) (?:each|every|both) time',
    // the alert is broken for 8 months, it queries a metric that was renamed
    '\\b(?:alerts?|alarms?|monitors?|probes?|checks?) (?:[^ .;]{1,20} ){0,3}(?:is|was|are|were|has been|have been) (?:broken|dead|disabled|misconfigured) (?:for|since)\\b',
    '監視(?:対象外|していな|なし)|没有监控',
  ].join('|'),
  'iu',
);
