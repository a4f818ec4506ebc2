/**
 * What the words of people say between the milestones: what helped, how long people were harmed, which entry stands
 * next to a status without words, and which speaks of an alert or a customer.
 */
import { didHelp, type TimelineEntry } from '#model/incident/incident.ts';
import { isPersonId } from '#model/incident/person-id.ts';
import { type Facts, looksForFault } from '#model/incident/postmortem-facts.ts';
import { isSaid } from '#model/incident/postmortem-numbers.ts';
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

/** The entry of a person that speaks first of how it was noticed, from before the cause or a mitigation was known. */
export function noticedIn({ entries, milestones }: Pick<Facts, 'entries' | 'milestones'>): readonly TimelineEntry[] {
  const { identified, mitigated } = milestones;
  const untilUs = Math.min(identified?.atUs ?? Number.POSITIVE_INFINITY, mitigated?.atUs ?? Number.POSITIVE_INFINITY);
  const isAbout = (entry: TimelineEntry) => wasReported(entry) || ALERTED.test(entry.text);
  return entries.filter((entry) => entry.atUs <= untilUs && isSaid(entry) && isAbout(entry)).slice(0, 1);
}

/** Whether its words speak of people who reported it, and not of an alert alone. */
export function wasReported({ text }: TimelineEntry): boolean {
  return REPORTED.test(text);
}

const REPORTED =
  /\b(?:tickets?|(?:customers?|partners?|users?) (?:called|wrote|reported|on the phone)|(?:called|wrote|reported) (?:us|it|at \d|\d{1,2}:\d{2})|Anrufe?)\b/i;
/** None that did not come, and no page of a site. */
const ALERTED =
  /(?<!\b(?:no|not one|only|without an?|status) )\b(?:alert|alarm|pager|page|probe)\b(?! (?:did|has|had) (?:not|n))/i;
