/** What people counted: how many were affected, which share failed, how late it was. */
import { memoize } from '#core/memoize.ts';
import {
  didHelp,
  isDetection,
  isImpactStart,
  isWhyCorrected,
  type TimelineEntry,
  wasTried,
  wordsOfStatus,
} from '#model/incident/incident.ts';
import { numbersCorrected, tellsAlone } from '#model/incident/noted/corrected-numbers.ts';
import { isChange, isCondition, isFalseAlarm } from '#model/incident/noted-changes.ts';
import {
  BACKLOG,
  FALLING,
  FRACTION,
  LOSS,
  OF_SYSTEM,
  ONE_OF,
  REMAINDER,
  SCOPE,
  SLOWER,
} from '#model/incident/noted-scope.ts';
import { isPersonId } from '#model/incident/person-id.ts';
import { type Facts, looksForFault, onlyBlames } from '#model/incident/postmortem-facts.ts';
import { rowsOf } from '#model/incident/postmortem-rows.ts';
import { HARMED, isGoodNews, isHarm, isUnsure, saidSentences, withLimits } from '#model/incident/said-sentences.ts';

/** Entries in which people count those affected, oldest first; the last ones. A later count of the same replaces it. */
export function numbersIn({ entries }: Pick<Facts, 'entries'>): readonly TimelineEntry[] {
  const told = withoutUpdates(withoutRecounts(toldOnce(entries), entries));
  const machines = machinesIn(told);
  if (machines !== undefined) return [machines];
  const counts = countsIn(told, entries);
  const newest = new Set(counts.map(({ entry }) => entry));
  const isReplaced = (entry: TimelineEntry) => numberIn(entry, COUNTS) !== '' && !newest.has(entry);
  const share = sharesBefore({ entries }, told);
  const recounted = recountedIn(entries);
  const isBack = isBackAgain(entries);
  const isTold = (entry: TimelineEntry) =>
    (isAboutHarm(entry) || recounted.has(entry)) && !isReplaced(entry) && !isBack(entry);
  return entries.filter((entry) => (told.includes(entry) && isTold(entry)) || share === entry).slice(-MOST_NUMBERS);
}

const MOST_NUMBERS = 5;

/** The entries whose number people took the trouble to set right, by a later note or in the note itself. */
const recountedIn = memoize((entries: readonly TimelineEntry[]): ReadonlySet<TimelineEntry> => {
  const changed = entries.filter((one) => one.changedUs !== undefined && numberIn(one, [ANY_COUNT]) !== '');
  const pairs = numbersCorrected(entries).map((one) => (tellsAlone(one) ? one.entry : one.of));
  return new Set([...changed, ...pairs.filter((one) => numberIn(one, [...ALL, ANY_COUNT]) !== '')]);
});

/** Of two notes about one number, the one that people can read alone: the draft puts the right number into it. */
function withoutRecounts(told: readonly TimelineEntry[], entries: readonly TimelineEntry[]): readonly TimelineEntry[] {
  const needless = new Set(numbersCorrected(entries).map((one) => (tellsAlone(one) ? one.of : one.entry)));
  // A sum of money beside it is a count of its own.
  return told.filter((entry) => !needless.has(entry) || numberIn(entry, [MONEY]) !== '');
}

/** The first share that an act brought down, where people give no other; undefined without one. */
function sharesBefore({ entries }: Pick<Facts, 'entries'>, told: readonly TimelineEntry[]): TimelineEntry | undefined {
  if (told.some((entry) => numberIn(entry, [SHARE]) !== '')) return undefined;
  return entries.find((entry) => didHelp(entry) && isSaid(entry) && numberIn(entry, [FALLING]) !== '');
}

/** A share with a status says what is left, as the numbers with what people did do. */
function isAboutHarm(entry: TimelineEntry): boolean {
  return numberIn(entry, entry.kind === 'status' ? [...COUNTS, NOBODY] : ALL) !== '';
}

/** The last count of machines that went off, where people count nothing else; undefined without one. */
function machinesIn(told: readonly TimelineEntry[]): TimelineEntry | undefined {
  if (told.some((entry) => numberIn(entry) !== '')) return undefined;
  return told.findLast((entry) => entry.kind !== 'status' && numberIn(entry, [MACHINES]) !== '');
}

/** What people said, without what they did, and without what one source repeats, as a bot that counts does. */
function toldOnce(entries: readonly TimelineEntry[]): readonly TimelineEntry[] {
  const alone = rowsOf(entries).flatMap((row) => (row.length === 1 ? [row[0]] : []));
  const endUs = entries.findLast(isEnd)?.atUs ?? Number.POSITIVE_INFINITY;
  const isAside = ({ kind, atUs, text }: TimelineEntry) => kind === 'message' && atUs > endUs && !isHarm(text);
  return alone.filter(
    (entry) => isSaid(entry) && entry.from === undefined && !wasTried(entry) && !didHelp(entry) && !isAside(entry),
  );
}

/** An update for customers repeats what people counted. */
function withoutUpdates(told: readonly TimelineEntry[]): readonly TimelineEntry[] {
  const own = told.filter(({ kind }) => kind !== 'update');
  return own.some((entry) => numberIn(entry, [...COUNTS, SHARE]) !== '') ? own : told;
}

/** `96 min... no, ` before another number. */
const TAKEN_BACK =
  /^.{0,80}\d.{0,40}(?:\.{2,3}|…|,|[-–—]) ?(?:(?:no|nope|nein|non|não|sorry|wait|correction)[,:]|I mean|make that) (?=.{0,40}\d)/iu;

/** The sentences that count requests or people, give a share that fails, or say how late it is; '' without one. */
export function numberIn(entry: TimelineEntry, wanted: readonly RegExp[] = ALL): string {
  return numbersSaid(entry, wanted).join(' ');
}

/** The same, and where people set a number of the entry right, the sentence that counts anything. */
export function numberNoted(entries: readonly TimelineEntry[], entry: TimelineEntry): string {
  const said = numbersSaid(entry, recountedIn(entries).has(entry) ? [...ALL, ANY_COUNT] : ALL);
  const sentences = saidSentences(reasonOf(entry)).map((text) => text.replace(TAKEN_BACK, ''));
  const whole = sentences.join(' ');
  // Beside a status, or with another kind of news, the other sentences have a place of their own.
  const isOther = (one: string) =>
    isUnsure(one) || isChange(one) || ((isGoodNews(one) || ON_AGAIN.test(one)) && !isHarm(one));
  const corrects = numbersCorrected(entries).some((one) => one.entry === entry);
  const isNote = entry.kind !== 'status' && !didHelp(entry) && !looksForFault(entry);
  const isShort = whole.length <= WHOLE_CHARS && isNote && !corrects && !sentences.some(isOther);
  if (said.length > 0 && isShort) return whole;
  return withLimits(sentences, (one) => said.includes(one));
}

/** A note of two or three short sentences reads better whole: what the number counts may stand in the one before. */
const WHOLE_CHARS = 160;
const ON_AGAIN = /(?<!\p{L})(?:again|wieder|de nouveau|de nuevo|otra vez|de novo|di nuovo)[.!]{0,3}$/iu;

/** The sentences that count machines; '' without one. */
export function machinesSaid(entry: TimelineEntry): string {
  return numberIn(entry, [MACHINES]);
}

function numbersSaid(entry: TimelineEntry, wanted: readonly RegExp[]): readonly string[] {
  return sureSentences(entry).filter((text) =>
    wanted.some((pattern) =>
      pattern.test(text.replaceAll(OF_RESOURCES, '').replaceAll(NO_COUNT, pattern === SLOWER ? '$&' : '')),
    ),
  );
}

/** Several sections count from the same entries. */
const sureSentences = memoize((entry: TimelineEntry): readonly string[] =>
  saidSentences(reasonOf(entry))
    .map((text) => text.replace(TAKEN_BACK, ''))
    .filter((text) => COUNTING.test(text) && !isNoCount(text)),
);

/** `3 march`, `2,700 requests a second`: a day, and a load, which counts nobody. */
const NO_COUNT = new RegExp(
  [
    '(?<![\\d.,])\\d{1,2}\\.? (?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)(?!\\p{L})',
    '(?<![\\d.,])\\d[\\d.,]{0,12} ?k? (?:\\p{L}{2,20} )?\\p{L}{2,20}(?: (?:a|an|per|each|every|pro|par|por|al)|/) ?(?:s|sec|second|min|minute|h|hour|day|Sekunde|seconde|segundo|secondo)(?!\\p{L})',
  ].join('|'),
  'giu',
);

const COUNTING =
  /\p{N}|%|\b(?:no|zero|half|third|quarters?|thirds|most|all|every|each|everyone|everybody|everywhere)\b/iu;

/** A guess, good news, the cause, or what somebody did to the system: `we enrolled 60 tablets yesterday`. */
function isNoCount(text: string): boolean {
  if (isUnsure(text) || INTENDED.test(text) || NO_IMPACT.test(text)) return true;
  if (isCondition(text) && !isHarm(text) && !LATE.test(text) && !SLOWER.test(text)) return true;
  return (!isHarm(text) && isGoodNews(text)) || (isChange(text) && !DELETED.test(text));
}

/** It only looks so, or what was done about it has an effect of its own. */
const NO_IMPACT =
  /^(?:and |so |i |we )?(?:have )?(?:looked at|checked|tested|tried|measured|sampled|compared|read through) \d|\b(?:as|than) (?:usual|always|normal)\b|, (?:which is )?(?:normal|as usual|as always|as expected)\b|(?:^|[,;] )i (?:have|got|see) \d|\blooks? like\b|\bseems?\b|^side[- ]effects?\b|(?<!\p{L})(?:sieht aus wie|scheint|Nebenwirkung|on dirait|effet secondaire|parece|efecto secundario|efeito colateral|sembra|effetto collaterale)(?!\p{L})|副作用|みたい|看起来|\b(?:members?|nodes?|replicas?|peers?|brokers?|voters?|controllers?) (?:\d{1,3}|\p{L}) (?:sees?|shows?|knows?|thinks?|says?|lists?|reports?) /iu;

/** What somebody is going to do to the system: `plan: fill the column, 94k rows`. */
const INTENDED =
  /^(?:the |new |my |our )?plan\b|\b(?:going to|gonna|let['’]?s|want to|next step)\b|(?<!\p{L})(?:Plan:|wir wollen|on va|vamos a|le plan|el plan|o plano)(?!\p{L})|予定|つもり|てから|(?:ない|いる|た)か(?:どうか)?確認/iu;

const DELETED = /\b(?:deleted|dropped|lost|removed|overwr[io]t\p{L}{1,4}|charged)\b/iu;
/** `disk io at 100 %`: no share of what people asked for. */
const OF_RESOURCES =
  /\b(?:disks?|cpu|memory|mem|heap|ram|io|iops|usage|storage|hit rate)\b[^.,;\n\d]{0,30}\d{1,3}(?:[.,]\d)? ?%/giu;

/**
 * The entries that say best whom it affected: that nobody was, else the two counts that say most and the largest
 * share, oldest first; else a delay or a loss. With a status or with what people did, a share is their effect.
 */
export function affectedIn(facts: Pick<Facts, 'entries' | 'milestones'>): readonly TimelineEntry[] {
  const all = withoutAlarms(withoutUpdates(withoutRecounts(toldOnce(facts.entries), facts.entries)), facts.entries);
  const recounted = recountedIn(facts.entries);
  const isBack = isBackAgain(facts.entries);
  const of = (wanted: readonly RegExp[]) => all.filter((entry) => numberIn(entry, wanted) !== '');
  const nobody = of([NOBODY]).at(-1);
  if (nobody !== undefined) return [nobody];
  const { resolved } = facts.milestones;
  const weightOf = (count: Count) => weight(count, resolved) + (recounted.has(count.entry) ? RECOUNTED : 0);
  const counts = countsIn(
    all.filter(
      (entry) => (!isRemainder(entry) || (recounted.has(entry) && !LEFT_OVER.test(entry.text))) && !isBack(entry),
    ),
    facts.entries,
  ).toSorted((a, b) => weightOf(b) - weightOf(a) || b.at - a.at);
  const weighty = (counts[0] && weightOf(counts[0])) ?? 0;
  const telling = onceEach(counts).filter((count) => weighty < HARM || weightOf(count) > 0);
  const best = [...new Set(telling.map(({ entry }) => entry))].slice(0, MOST_AFFECTED);
  const shares = of([SHARE]).filter((entry) => entry.kind !== 'status' && !isBack(entry));
  const share = shares.toSorted((a, b) => percentIn(b) - percentIn(a))[0] ?? sharesBefore(facts, all);
  const slower = of([SLOWER]).slice(0, MOST_AFFECTED - Math.min(best.length, 1));
  const told = [...best, ...slower, ...(share === undefined ? [] : [share])];
  const machines = machinesIn(all);
  const chosen = told.length > 0 ? told : machines === undefined ? of([LATE, LOSS]).slice(-1) : [machines];
  return facts.entries.filter((entry) => chosen.includes(entry));
}

/** `visits at 85 % of normal`, `misses 1 of 15`: once something helped, it says how much is back. */
function isBackAgain(entries: readonly TimelineEntry[]): (entry: TimelineEntry) => boolean {
  const easedUs = Math.min(...entries.filter(didHelp).map(({ atUs }) => atUs));
  const isPart = (entry: TimelineEntry) =>
    numberIn(entry, [ONE_OF]) !== '' && numberIn(entry, [...COUNTS.filter((one) => one !== ONE_OF), SHARE]) === '';
  return (entry) => entry.atUs > easedUs && (OF_NORMAL.test(entry.text) || isPart(entry));
}

const OF_NORMAL = /% of (?:the )?(?:normal|usual|before|average)/iu;

/** What an alarm counted tells nothing of those affected where people noted that it was a false one. */
function withoutAlarms(told: readonly TimelineEntry[], entries: readonly TimelineEntry[]): readonly TimelineEntry[] {
  if (!entries.some((entry) => isSaid(entry) && isFalseAlarm(entry.text))) return told;
  const others = told.filter((entry) => !ALARM.test(entry.text));
  return others.some((entry) => numberIn(entry) !== '') ? others : told;
}

const ALARM =
  /\b(?:alarms?|alerts?|alerted|paged|pager)\b|(?<!\p{L})(?:Alarm|alerte|alarma|alerta|allarme)(?!\p{L})|アラート|告警|报警/iu;

/** Whether people said that nobody was affected. */
export function isNobodyAffected({ entries }: Pick<Facts, 'entries'>): boolean {
  return toldOnce(entries).some((entry) => numberIn(entry, [NOBODY]) !== '');
}

/** Those who wait are harmed; these are the rest. */
const LEFT_OVER =
  /\b(?:left|remain(?:s|ing)?|still)\b|(?<!\p{L})(?:übrig|noch|restent|encore|quedan|todavía|restam|ainda|restano|ancora)(?!\p{L})|残|还剩/iu;

/** Whether each of its counts is of what was left. */
function isRemainder(entry: TimelineEntry): boolean {
  const counted = numbersSaid(entry, COUNTS);
  return counted.length > 0 && counted.every((text) => REMAINDER.test(text));
}

/** Whether it counts nothing but time: a delay, or what was lost of it. */
export function isOnlyTime(entries: readonly TimelineEntry[], entry: TimelineEntry): boolean {
  return !recountedIn(entries).has(entry) && numberIn(entry, [...COUNTS, NOBODY, SHARE]) === '';
}

const MOST_AFFECTED = 2;

/** Whether the number stands beside what happened to those whom it counts, or is a share that fails. */
export function countsHarm(entry: TimelineEntry): boolean {
  return numbersSaid(entry, ALL).some(isHarm);
}

/** Where people count only what works again, that says how many there are: `all 188 scanners online`. */
export function restoredIn({
  entries,
}: Pick<Facts, 'entries'>): Readonly<{ entry: TimelineEntry; text: string }> | undefined {
  const entry = toldOnce(entries).findLast((one) => restoredSaid(one) !== '');
  return entry && { entry, text: restoredSaid(entry) };
}

const RESTORED =
  /(?<!\p{L})(?:all|alle|tou(?:te)?s les|tod[oa]s l[oa]s|todos os|全) ?[1-9]\d{0,2}(?:[,. ]?\d{3}){0,2} ?\p{L}{2,30}/iu;

function restoredSaid(entry: TimelineEntry): string {
  return saidSentences(reasonOf(entry))
    .filter((one) => RESTORED.test(one) && isGoodNews(one) && !isUnsure(one) && !isHarm(one))
    .join(' ');
}

type Count = Readonly<{
  entry: TimelineEntry;
  at: number;
  unit: string;
  number: string;
  text: string;
  /** Its words, or those of the count that it replaces, tell of a harm. */
  isHarmful: boolean;
}>;

/** Without those whose number stands in a better one: `124 are gone`, `124 photos`. */
function onceEach(counts: readonly Count[]): readonly Count[] {
  return counts.filter(
    ({ number }, index) => number === '' || counts.findIndex((other) => other.number === number) === index,
  );
}

/** The last count of each unit, as `46 shops, no, 52 shops` corrects the first one. */
function countsIn(entries: readonly TimelineEntry[], all: readonly TimelineEntry[]): readonly Count[] {
  const byUnit = new Map<string, Count>();
  const recounted = recountedIn(all);
  for (const [at, entry] of entries.entries()) {
    for (const { key, ...count } of countsOf(entry, at, recounted.has(entry) ? [...COUNTS, ANY_COUNT] : COUNTS)) {
      const before = byUnit.get(key);
      const isSettled = before !== undefined && recounted.has(before.entry) && !recounted.has(entry);
      if (isSettled || isBetter(before, count)) continue;
      byUnit.set(key, { ...count, isHarmful: count.isHarmful || before?.isHarmful === true });
    }
  }
  return [...byUnit.values()];
}

function countsOf(entry: TimelineEntry, at: number, patterns: readonly RegExp[]) {
  return numbersSaid(entry, patterns).flatMap((text) =>
    patterns.flatMap((pattern): readonly (Count & { key: string })[] => {
      const count = countOf(text, pattern);
      return count === undefined ? [] : [{ ...count, entry, at, text, isHarmful: isHarm(text) }];
    }),
  );
}

/** A count with the end is made on purpose; `cloned 3 repos` says more than a later `one of the 3 repos`. */
function isBetter(before: Count | undefined, later: Pick<Count, 'number' | 'text'>): boolean {
  if (before === undefined) return false;
  return isEnd(before.entry) || (before.number === later.number && before.isHarmful && !isHarm(later.text));
}

/** `key`: counts of the same replace each other. */
function countOf(said: string, pattern: RegExp): (Pick<Count, 'unit' | 'number'> & { key: string }) | undefined {
  const text = said.replaceAll(NO_COUNT, '');
  const found = pattern.exec(text);
  const unit = found?.groups?.unit?.toLowerCase().replace(/s$/, '');
  if (unit === undefined) return undefined;
  const number = /\d[\d.,]*/u.exec(found?.[0] ?? '')?.[0] ?? '';
  // A counter for anything does not say of what.
  const of = /[件個]/u.test(unit) ? (EAST_ASIAN_HARMED.exec(text)?.[0] ?? '') : '';
  return { unit, number, key: `${unit}${of}` };
}

function isEnd(entry: TimelineEntry | undefined): boolean {
  return entry?.kind === 'status' && entry.value === 'resolved';
}

/** The count with the end is made on purpose; harm counts more than a number alone, and people more than things. */
function weight({ entry, isHarmful, unit }: Count, resolved: TimelineEntry | undefined): number {
  const isPeople = PEOPLE.has(unit) || OF_ALL.test(unit) || /^(?:1|one) /u.test(unit);
  return (entry === resolved ? 4 : 0) + (isHarmful ? HARM : 0) + (isPeople ? 1 : 0);
}

/** Nobody counts anew what matters to nobody. */
const RECOUNTED = 3;
/** A number without a harm or people adds nothing beside one that counts a harm. */
const HARM = 2;

function percentIn(entry: TimelineEntry): number {
  return Number(/(\d{1,3}(?:[.,]\d)?) ?%/.exec(numberIn(entry, [SHARE]))?.[1]?.replace(',', '.') ?? 0);
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

/** What people said themselves, without milestones, roles and action items, unless every sentence of it blames. */
export function isSaid(entry: TimelineEntry): boolean {
  if (!isPersonId(entry.source) || isImpactStart(entry) || isDetection(entry) || isWhyCorrected(entry)) return false;
  return entry.kind !== 'action' && entry.kind !== 'role' && entry.kind !== 'alert' && !onlyBlames(entry);
}

/** Everyone is people. */
const OF_ALL = /^for |everywhere/u;

const NUMBER =
  '(?<![\\p{L}\\p{N}.,/:-])[1-9]\\d{0,2}(?:[,. ]?\\d{3}){0,3}(?:[.,]\\d)?(?: million| thousand| Millionen| Tausend| millones| mil)?(?: ?(?:k|M|mio|mln))?';
/** Also no part of an identifier: `lock_code` is no lock. */
const NO_MORE = '(?![\\p{L}\\p{N}_])';

/** Whom it affected, and where they are. */
const PEOPLE = new Set(
  [
    'staff crew colleague user customer client tenant employee people person partner shop merchant guest patient passenger driver student teacher pupil',
    'agent viewer listener reader player member subscriber rider commuter visitor caller household resident citizen school universitie',
    'citie city site store branche parent child children kid familie nurse doctor fan farmer courier journalist practice clinic hospital hotel warehouse companie team seller buyer donor tenant',
    'mitarbeiter mitarbeiterin mitarbeiterinnen kund kunde kunden kundin nutzer benutzer filialen filiale patienten schüler',
    'cliente clienti utente utenti negozio negozi paziente pazienti usuario tienda sucursale usuário loja utilisateur magasin élève 人 名 社 店舗 校 位',
  ]
    .join(' ')
    .split(' '),
);
const COUNTED = [
  'users? customers? clients? tenants? employees? people persons? partners? shops? merchants? guests? patients? passengers? drivers? students?',
  'teachers? pupils? agents? viewers? listeners? readers? players? members? subscribers? riders? commuters? visitors? callers? households? residents? citizens?',
  'parents? children kids families nurses? doctors? fans? farmers? couriers? journalists? views? transfers?',
  'schools? universities? cities sites? stores? branches practices? clinics? hospitals? hotels? warehouses? companies teams? sellers? buyers? donors?',
  'staff crews? colleagues accounts? requests? calls? orders? checkouts? payments? purchases? bookings? reservations? appointments? invoices? e?-?mails? messages? events? webhooks? logins?',
  'sign-?ins sessions? uploads? parcels? packages? shipments? deliveries pallets? readings? charges refunds? transactions? downloads? searches jobs? files? records? rows? objects?',
  'photos? images? videos? documents? pages? listings? repos? repositories submissions? exams? results? prescriptions? claims? votes? tickets? complaints? chats? reviews?',
  'devices? phones? terminals? scanners? printers? tablets? kiosks? atms? sensors? meters? machines? cameras? locks? trucks? vehicles? vans? buses trains? flights? ships? bikes? rides? trips?',
  'meals? seats? rooms? lots? units? batches kilometers? licen[cs]es? tokens? secrets? passwords? cards?',
  'Mitarbeiter(?:innen)? Kund(?:en|innen) Nutzer Benutzer Filialen Patienten Schüler Anfragen Bestellungen Aufträge Zahlungen Rechnungen Geräte Pakete Anrufe betroffen',
  'ordini clienti utenti negozi pagamenti chiamate fatture prenotazioni pazienti biglietti messaggi richieste',
  'Alarme Notrufe Meldungen Nachrichten Mails Konten Termine Buchungen Lieferungen Sendungen Standorte Maschinen Terminals Fälle',
  'clientes? usuarios? tiendas? sucursales pedidos? pagos? facturas? llamadas? usuários? lojas? pagamentos? utilisateurs? magasins? élèves? commandes? paiements? requêtes? demandes? devis factures? appels?',
]
  .join(' ')
  .replaceAll(' ', '|');
/** What happened to those whom a number without a noun counts. */
const HIT =
  'late|lost|affected|refunded|dropped|sent again|failed|declined|rejected|deleted|missing|(?:are |were |is )?gone';

/** `2,140 failed calls`; not a delay (`85 minutes late`), nor `40 on orders`. */
const BETWEEN =
  '(?!(?:min(?:ute)?s?|h(?:ours?)?|s|sec(?:ond)?s?|days?|weeks?|ms|on|in|of|to|at|from|since|per|for|by|than|cannot|can|could|do|does|did|will|must|need|needs|take|takes|has|have|had|is|are|was|were|with|and|or|x) )\\p{L}{1,20} ';
const OF = `(?:of (?:the |our |all )?${NUMBER} )?`;
const COUNT = new RegExp(`${NUMBER} ${OF}(?:${BETWEEN}){0,2}(?<unit>${COUNTED}|${HIT})${NO_MORE}`, 'iu');
const PLAIN_COUNT = new RegExp(`${NUMBER} ${OF}(?:${COUNTED})${NO_MORE}`, 'iu');
/** `41 of 120 looms stand still`, whatever the things are. */
const HARMED_COUNT = new RegExp(
  `${NUMBER} ${OF}(?:${BETWEEN})?(?!(?:${OF_SYSTEM}|are|were|was|still|all|have|had)(?!\\p{L}))(?<unit>\\p{L}{3,20}) (?:are |were |is |was |still |all )?(?:${HARMED})(?!\\p{L})`,
  'iu',
);
/** `187 servers off`: they run the system, and stand for those who are harmed where nobody counts those. */
const MACHINES = new RegExp(
  `${NUMBER} ${OF}(?:${BETWEEN})?(?:servers?|nodes?|hosts?|machines?|racks?|instances?|controllers?|routers?|switches|databases?) (?:are |were |is |was |still |all |went )?(?:off|${HARMED})(?!\\p{L})`,
  'iu',
);
/** A number with what it counts, whatever the things are; not what runs the system, and no measure. */
const ANY_COUNT = new RegExp(
  `${NUMBER} ${OF}(?:${BETWEEN})?(?!(?:${OF_SYSTEM}|days?|weeks?|months?|years?|bytes|entries|items|sites|steps|hits|percent)(?!\\p{L}))(?<unit>\\p{L}[\\p{L}-]{2,25}s)${NO_MORE}|${NUMBER} (?<unit>\\p{L}{3,25}en)${NO_MORE}`,
  'iu',
);
/** `11 t of feed not given` */
const MEASURE = new RegExp(
  `${NUMBER} ?(?<unit>t|tons?|tonnes?|Tonnen|kg|l|lit(?:er|re)s?|m3|m³|MWh|kWh)(?: of \\p{L}{2,20})? (?:are |were |is |was |still |all )?(?:${HARMED})(?!\\p{L})`,
  'iu',
);
const MONEY = new RegExp(
  `(?<unit>[€$£¥]|(?<!\\p{L})(?:EUR|USD|GBP|CHF)) ?${NUMBER}|${NUMBER} ?(?<unit>[€$£¥円]|(?:euros?|dollars?|pounds|francs|EUR|USD|GBP|CHF)${NO_MORE})`,
  'iu',
);
/** A counter for anything counts those affected only beside a harm: `メッセージが1件` counts nobody. */
const EAST_ASIAN_HARMED = /滞留|影響|失敗|届|返金|欠品|停止|エラー|遅延|電話|苦情|問い合わせ|二重|消/u;
const EAST_ASIAN_HARM =
  /^(?=.{0,200}(?:滞留|影響|失敗|届|返金|欠品|停止|エラー|遅延|電話|苦情|問い合わせ|二重|消)).{0,200}?(?<![\d,])[1-9]\d{0,2}(?:,?\d{3}){0,3} ?(?<unit>件|個)/u;
const EAST_ASIAN_PLAIN = /[1-9]\d{0,2}(?:,?\d{3}){0,3} ?(?<unit>人|名|社|店舗|台|校|通|枚|便|件数|笔|位|个用户)/u;
/** Also a counter for anything. */
const EAST_ASIAN_COUNT = new RegExp(`${EAST_ASIAN_PLAIN.source}|[1-9]\\d{0,2}(?:,?\\d{3}){0,3} ?(?:件|個)`, 'u');
const COUNTS = [
  COUNT,
  HARMED_COUNT,
  BACKLOG,
  MEASURE,
  MONEY,
  EAST_ASIAN_PLAIN,
  EAST_ASIAN_HARM,
  SCOPE,
  FRACTION,
  ONE_OF,
];
const NOBODY = /\b(?:no|zero) (?:customers?|users?|clients?)(?: \p{L}{1,20}){0,2} affected\b/iu;
const PERCENT = '(?!0(?:[.,]\\d)? ?%)\\d{1,3}(?:[.,]\\d)? ?%';
const FAILS =
  '(?:fail|error|late|refus|reject|declin|dropp|cancel|miss|lost|loss|packet loss|down|affected|slow|stuck|broken|wrong|empty|unreachable|5\\d\\ds?\\b|échou|refusé|perdu|fehl|falsch|falla|rechaz)';
const SHARE = new RegExp(
  [
    `(?<![\\p{N}.,])${PERCENT}[^.;\\n]{0,40}(?<!\\p{L})${FAILS}`,
    `\\b(?:fail|error|loss)\\w{0,6} (?:\\p{L}{1,20} ){0,3}${PERCENT}`,
    `\\b(?:5(?:\\d\\d|xx)s?|errors?|failures?|rejects?|declines?|misses|timeouts?|loss) (?:for|on|in|at|up to|over|max|peak(?:ed)?(?: at)?) ${PERCENT}`,
    `\\bdown (?:by )?${PERCENT}`,
    '(?<![\\p{N}>%] ?)[-−–]\\d{1,3}(?:[.,]\\d)? ?%',
  ].join('|'),
  'iu',
);
const LATE = /\b\d{1,4} ?(?:min|minutes?|h|hours?) (?:late|behind)\b|\blate by [^.;\n]{0,20}\d/iu;
const ALL = [...COUNTS, NOBODY, SHARE, LATE, LOSS, SLOWER];
