/**
 * What the words of people say between the milestones: what helped, how long people were harmed, which entry stands
 * next to a status without words, which entries have numbers, and which speak of an alert or a customer.
 */
import { sentencesIn } from '#model/blameless/sentences.ts';
import { didHelp, isDetection, isImpactStart, type TimelineEntry, wordsOfStatus } from '#model/incident/incident.ts';
import { isPersonId } from '#model/incident/person-id.ts';
import { type Facts, looksForFault } from '#model/incident/postmortem-facts.ts';
import { MINUTE_US, minutesAfter } from '#model/incident/postmortem-words.ts';

/** From the start or a reopening until people were no more harmed. Minutes. */
export type Harm = Readonly<{ from: TimelineEntry; until: TimelineEntry; minutes: number }>;

/** One for each time that the incident was open; without those whose end is not known. */
export function harmsOf({ entries, milestones: { declared }, start }: Facts): readonly Harm[] {
  const steps = entries.filter((entry) => entry.kind === 'status' && entry !== declared);
  const reopenings = steps.filter(({ value }, at) => value !== 'resolved' && steps[at - 1]?.value === 'resolved');
  const begins = [start?.entry, ...reopenings];
  return begins.flatMap((from, at): readonly Harm[] => {
    const [first, last] = [at === 0 ? 0 : steps.indexOf(reopenings[at - 1] as TimelineEntry), begins[at + 1]];
    const phase = steps.slice(first, last === undefined ? undefined : steps.indexOf(last));
    const until = easedIn(phase);
    const minutes = from && until && minutesAfter(until.atUs, from.atUs);
    return from === undefined || until === undefined || minutes === undefined || minutes < 0
      ? []
      : [{ from, until, minutes }];
  });
}

/** A later mitigation says that the earlier one was not enough. */
export function easedIn(phase: readonly TimelineEntry[]): TimelineEntry | undefined {
  return phase.findLast(({ value }) => value === 'mitigated') ?? phase.find(({ value }) => value === 'fixed');
}

/** What people did and what helped, wholly or in part, oldest first. */
export function deedsOf({ entries }: Pick<Facts, 'entries'>): readonly TimelineEntry[] {
  return entries.filter(didHelp);
}

/** So near to a status without words, an entry is about the same. */
const NEAR_US = 5 * MINUTE_US;

/** The words of a person that stand nearest to the time of the entry; of two, the later one. */
export function nextTo({ entries }: Pick<Facts, 'entries'>, entry: TimelineEntry): TimelineEntry | undefined {
  const apartUs = ({ atUs }: TimelineEntry) => Math.abs(atUs - entry.atUs);
  return entries
    .filter((one) => isOwnWords(one) && apartUs(one) <= NEAR_US && !looksForFault(one))
    .toSorted((a, b) => apartUs(a) - apartUs(b) || b.atUs - a.atUs)[0];
}

/** Notes and messages of people in their own words, without milestones. */
function isOwnWords(entry: TimelineEntry): boolean {
  const isNote = entry.kind === 'note' && entry.value === '';
  return (isNote || entry.kind === 'message') && entry.text !== '' && isPersonId(entry.source);
}

/** Entries in which people count those affected, oldest first; the last ones. */
export function numbersIn({ entries }: Pick<Facts, 'entries'>): readonly TimelineEntry[] {
  return entries.filter((entry) => isSaid(entry) && numberIn(entry) !== '').slice(-MOST_NUMBERS);
}

const MOST_NUMBERS = 5;

/** The sentences that count requests or people, or give a share that fails; '' without one. */
export function numberIn(entry: TimelineEntry, wanted: readonly RegExp[] = [COUNTED, SHARE]): string {
  const sentences = sentencesIn(reasonOf(entry)).map(({ text }) => text);
  return sentences.filter((text) => wanted.some((pattern) => pattern.test(text))).join(' ');
}

/** A share alone may be the last one, and not the worst. */
export function countIn(entry: TimelineEntry): string {
  return numberIn(entry, [COUNTED]);
}

/** Without `identified → fixed: `, `P2 → P0: `. */
export function reasonOf(entry: Pick<TimelineEntry, 'kind' | 'text'>): string {
  return entry.kind === 'severity' ? entry.text.replace(/^P\d → P\d(?:: |$)/, '') : wordsOfStatus(entry);
}

const COUNTED =
  /\b[1-9]\d{0,2}(?:[,. ]?\d{3}){0,3} (?:\p{L}{1,20} ){0,2}(?:users?|customers?|clients?|tenants?|employees?|people|partners?|shops?|merchants?|requests?|calls?|orders?|checkouts?|payments?|bookings?|invoices?|mails?|emails?|messages?|events?|webhooks?|logins?|sign-?ins|sessions?|uploads?|parcels?|tickets?|readings?|charges|refunds?|transactions?)(?!\p{L})/iu;
const SHARE =
  /\b(?!0(?:[.,]0)? ?%)\d{1,3}(?:[.,]\d)? ?%[^.;\n]{0,40}\b(?:fail|error|late|refused|dropped|lost|affected|slow)|\b(?:fail|error)\w{0,6} (?:\p{L}{1,20} ){0,3}(?!0(?:[.,]0)? ?%)\d{1,3}(?:[.,]\d)? ?%/iu;

/** Entries of people that speak of how it was noticed, oldest first; the first two. */
export function noticedIn({ entries }: Pick<Facts, 'entries'>): readonly TimelineEntry[] {
  return entries.filter((entry) => isSaid(entry) && NOTICED.test(entry.text)).slice(0, 2);
}

const NOTICED =
  /\b(?:alert|alarm|pager|page|probe|ticket|customers? (?:called|wrote|reported|on the phone)|(?:called|wrote|reported) (?:us|it|at|\d))\b/i;

function isSaid(entry: TimelineEntry): boolean {
  if (!isPersonId(entry.source) || isImpactStart(entry) || isDetection(entry)) return false;
  return entry.kind !== 'action' && entry.kind !== 'role' && entry.kind !== 'alert' && !looksForFault(entry);
}
