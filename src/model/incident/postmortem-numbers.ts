/** What people counted: how many were affected, which share failed, how late it was. */
import { sentencesIn } from '#model/blameless/sentences.ts';
import {
  didHelp,
  isDetection,
  isImpactStart,
  type TimelineEntry,
  wasTried,
  wordsOfStatus,
} from '#model/incident/incident.ts';
import { isPersonId } from '#model/incident/person-id.ts';
import { type Facts, looksForFault } from '#model/incident/postmortem-facts.ts';

/** Entries in which people count those affected, oldest first; the last ones. */
export function numbersIn({ entries }: Pick<Facts, 'entries'>): readonly TimelineEntry[] {
  return entries.filter((entry) => isSaid(entry) && numberIn(entry) !== '').slice(-MOST_NUMBERS);
}

const MOST_NUMBERS = 5;

/** `96 min... no, ` before another number. */
const TAKEN_BACK =
  /^.{0,80}\d.{0,40}(?:\.{2,3}|…|,|[-–—]) ?(?:(?:no|nope|nein|non|não|sorry|wait|correction)[,:]|I mean|make that) (?=.{0,40}\d)/iu;

/** The sentences that count requests or people, give a share that fails, or say how late it is; '' without one. */
export function numberIn(entry: TimelineEntry, wanted: readonly RegExp[] = ALL): string {
  const sentences = sentencesIn(reasonOf(entry)).map(({ text }) => text.replace(TAKEN_BACK, ''));
  return sentences.filter((text) => wanted.some((pattern) => pattern.test(text))).join(' ');
}

/**
 * The entry that says best whom it affected: that nobody was, else the count with the end, else the last count. Of the
 * shares, the largest; with a status or with what people did, a share is their effect.
 */
export function affectedIn(facts: Pick<Facts, 'entries' | 'milestones'>): TimelineEntry | undefined {
  const all = facts.entries.filter((entry) => isSaid(entry) && !wasTried(entry) && !didHelp(entry));
  const of = (wanted: readonly RegExp[]) => all.filter((entry) => numberIn(entry, wanted) !== '');
  const counted = of(COUNTS);
  return (
    of([NOBODY]).at(-1) ??
    counted.find((entry) => entry === facts.milestones.resolved) ??
    counted.at(-1) ??
    of([SHARE])
      .filter(({ kind }) => kind !== 'status')
      .toSorted((a, b) => percentIn(b) - percentIn(a))[0] ??
    of([LATE]).at(-1)
  );
}

function percentIn(entry: TimelineEntry): number {
  return Number(/(\d{1,3}(?:[.,]\d)?) ?%/.exec(numberIn(entry, [SHARE]))?.[1]?.replace(',', '.') ?? 0);
}

/** Whether somebody counted requests or people. A share or a delay counts none. */
export function isCounted(facts: Pick<Facts, 'entries'>): boolean {
  return facts.entries.some((entry) => isSaid(entry) && numberIn(entry, COUNTS) !== '');
}

/** `212件`, `410 Mitarbeiter`: the number and what it counts, with no word between them; '' without one. */
export function countedIn(entry: TimelineEntry): string {
  const words = reasonOf(entry);
  return (PLAIN_COUNT.exec(words) ?? EAST_ASIAN_COUNT.exec(words))?.[0] ?? '';
}

/** Without `identified → fixed: `, `P2 → P0: `. */
export function reasonOf(entry: Pick<TimelineEntry, 'kind' | 'text'>): string {
  return entry.kind === 'severity' ? entry.text.replace(/^P\d → P\d(?:: |$)/, '') : wordsOfStatus(entry);
}

/** What people said themselves, without milestones, roles and action items, and without words that blame. */
export function isSaid(entry: TimelineEntry): boolean {
  if (!isPersonId(entry.source) || isImpactStart(entry) || isDetection(entry)) return false;
  return entry.kind !== 'action' && entry.kind !== 'role' && entry.kind !== 'alert' && !looksForFault(entry);
}

const NUMBER =
  '(?<![\\p{L}\\p{N}.,/-])[1-9]\\d{0,2}(?:[,. ]?\\d{3}){0,3}(?:[.,]\\d)?(?: million| thousand| Millionen| Tausend)?';
const COUNTED = [
  'users? customers? clients? tenants? employees? people partners? shops? merchants? accounts? requests? calls? orders?',
  'checkouts? payments? bookings? invoices? mails? emails? messages? events? webhooks? logins? sign-?ins sessions?',
  'uploads? parcels? readings? charges refunds? transactions? downloads? searches jobs? files? records? rows?',
  'Mitarbeiter(?:innen)? Kund(?:en|innen) Nutzer Benutzer Anfragen Bestellungen Aufträge Zahlungen Rechnungen betroffen',
  'clientes usuarios pedidos pagos clientes usuários pagamentos utilisateurs commandes paiements requêtes demandes',
]
  .join(' ')
  .replaceAll(' ', '|');
/** What happened to those whom a number without a noun counts. */
const HIT = 'late|lost|affected|refunded|dropped|sent again';

/** `2,140 failed calls`; not a delay (`85 minutes late`), nor `40 on orders`. */
const BETWEEN =
  '(?!(?:min(?:ute)?s?|h(?:ours?)?|s|sec(?:ond)?s?|days?|on|in|of|to|at|from|since|per|for|by|than) )\\p{L}{1,20} ';
const COUNT = new RegExp(`${NUMBER} (?:${BETWEEN}){0,2}(?:${COUNTED}|${HIT})(?!\\p{L})`, 'iu');
const PLAIN_COUNT = new RegExp(`${NUMBER} (?:${COUNTED})(?!\\p{L})`, 'iu');
const EAST_ASIAN_COUNT = /[1-9]\d{0,2}(?:,?\d{3}){0,3} ?(?:件|人|名|社|個|件数|笔|位|个用户)/u;
const COUNTS = [COUNT, EAST_ASIAN_COUNT];
const NOBODY = /\b(?:no|zero) (?:customers?|users?|clients?)(?: \p{L}{1,20}){0,2} affected\b/iu;
const SHARE =
  /\b(?!0(?:[.,]0)? ?%)\d{1,3}(?:[.,]\d)? ?%[^.;\n]{0,40}\b(?:fail|error|late|refused|dropped|lost|affected|slow|5\d\ds?\b)|\b(?:fail|error)\w{0,6} (?:\p{L}{1,20} ){0,3}(?!0(?:[.,]0)? ?%)\d{1,3}(?:[.,]\d)? ?%/iu;
const LATE = /\b\d{1,4} ?(?:min|minutes?|h|hours?) (?:late|behind)\b|\blate by [^.;\n]{0,20}\d/iu;
const ALL = [...COUNTS, NOBODY, SHARE, LATE];
