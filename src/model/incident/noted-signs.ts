/** What people noted about how it was noticed: others reported it, an alert came, or they saw it themselves. */
import { isImpactStart, type TimelineEntry } from '#model/incident/incident.ts';
import { isPersonId } from '#model/incident/person-id.ts';
import { type Facts, writtenUs } from '#model/incident/postmortem-facts.ts';
import { isSaid } from '#model/incident/postmortem-numbers.ts';
import { isHarm, isUnsure, saidSentences } from '#model/incident/said-sentences.ts';

/** `first`: the first words after the declaration, which may tell what was seen. */
export type Sign = Readonly<{ entry: TimelineEntry; how: 'reported' | 'alert' | 'seen' | 'first' }>;

/** The entry of a person that speaks first of how it was noticed, from before the cause or a mitigation was known. */
export function signIn({ entries, milestones }: Pick<Facts, 'entries' | 'milestones'>): Sign | undefined {
  const { identified, mitigated, declared, detected, impact } = milestones;
  const sinceUs = Math.min(detected?.atUs ?? 0, impact?.atUs ?? Number.POSITIVE_INFINITY);
  const untilUs = Math.min(identified?.atUs ?? Number.POSITIVE_INFINITY, mitigated?.atUs ?? Number.POSITIVE_INFINITY);
  const own = entries.filter((entry) => entry.from === undefined && isSaid(entry) && isWord(entry));
  // Somebody may tell of the minute before the detection, and not of a time before it began.
  const early = own.filter(
    (entry) => writtenUs(entry) >= (detected?.atUs ?? 0) && entry.atUs >= sinceUs && entry.atUs <= untilUs,
  );
  for (const entry of early) {
    const how = howSeen(entry.text);
    if (how !== undefined) return { entry, how };
  }
  const later = own.find((entry) => entry.atUs > untilUs && TOLD_LATER.test(entry.text) && !saysNoAlert(entry.text));
  if (later !== undefined) return { entry: later, how: 'alert' };
  const entry = early.find((one) => isFirstAfter(one, declared));
  return entry && { entry, how: 'first' };
}

/** Who declares it types next what they saw. */
function isFirstAfter({ atUs, source, text }: TimelineEntry, declared: TimelineEntry | undefined): boolean {
  if (declared === undefined || source !== declared.source || /\bstatus page\b/i.test(text)) return false;
  return atUs >= declared.atUs && atUs - declared.atUs <= SOON_US;
}

/** What the first sign says of a harm, where nobody counted it; undefined without such a sentence. */
export function harmSeen(
  facts: Pick<Facts, 'entries' | 'milestones'>,
): Readonly<{ entry: TimelineEntry; text: string }> | undefined {
  const entry = signIn(facts)?.entry;
  const text = entry && saidSentences(entry.text).find((one) => isHarm(one) && !isUnsure(one));
  return entry === undefined || text === undefined ? undefined : { entry, text };
}

/** Whether an alert came, as people noted, so that a further one would not help. */
export function didAlert(facts: Pick<Facts, 'entries' | 'milestones'>): boolean {
  return signIn(facts)?.how === 'alert';
}

/** Minutes in microseconds: so soon, a note is part of the declaration. */
const SOON_US = 3 * 60_000_000;

function isWord(entry: TimelineEntry): boolean {
  if (!isPersonId(entry.source) || isImpactStart(entry)) return false;
  return (entry.kind === 'note' && entry.value === '') || entry.kind === 'message';
}

function howSeen(text: string): Sign['how'] | undefined {
  const sentences = saidSentences(text).filter((one) => !isUnsure(one));
  const has = (pattern: RegExp) => sentences.some((one) => pattern.test(one));
  if (has(PAGED)) return 'alert';
  if (sentences.some((one) => REPORTED.test(one) && !OF_OURS.test(one))) return 'reported';
  const isAlert = (one: string) => ALERTED.test(one) && !QUIET.test(one) && !OF_PRODUCT.test(one);
  if (!NO_ALERT.test(text) && sentences.some(isAlert)) return 'alert';
  return has(SEEN) ? 'seen' : undefined;
}

/** The words with the time of the detection, where they tell how it was noticed: `alert on unconfirmed orders`; else ''. */
export function detectionSaid({ text }: Pick<TimelineEntry, 'text'>): string {
  const words = text.replace(/^Detected(?:: |$)/u, '');
  return howSeen(words) === undefined ? '' : words;
}

/** After the cause is known, people speak of alerts that they build. These fired. */
const TOLD_LATER =
  /\b(?:alerts?|alarms?|pager|monitor|probe) (?:did fire|fired|rang|went off|caught it|came (?:in|at|first))\b/iu;

/** Whether words say that no alert came. */
export function saysNoAlert(text: string): boolean {
  return NO_ALERT.test(text);
}

/** Whether words say that somebody reported it. */
export function isReport(text: string): boolean {
  return REPORTED.test(text);
}

const WHO =
  'customers?|partners?|users?|clients?|guests?|patients?|drivers?|students?|teachers?|agents?|shops?|stores?|branch(?:es)?|schools?|practices?|merchants?|sellers?|support|sales|call cent(?:re|er)|hotline|desks?|floor|staff|somebody|someone|people|parents?|nurses?|doctors?|wards?|clinics?|hospitals?|journalists?|reporters?|readers?|viewers?|listeners?|players?|passengers?|residents?|neighbou?rs?|colleagues?|suppliers?|universit(?:y|ies)|authorit(?:y|ies)';
/** Who or what watches: no one who reports. `I`, `we` and `you` saw it themselves. */
const NO_REPORTER =
  'i|we|you|it|alerts?|alarms?|monitors?|monitoring|probes?|pager|dashboards?|graphs?|logs?|metrics?|checks?|status|update|db|database|job|cron|host|server|node|prometheus|grafana|that|this|which|what|vendor|provider|supplier|bank|ministry|registry|registrar|they|nobody|board';
const REPORTED = new RegExp(
  [
    // `cashier in suva saw 08:20`, `call centre says 08:50`, `fisher came in to tell us 07:15`
    `(?:^|[.,;:] )(?:an? |the |our |one |my |first |some )?(?!(?:${NO_REPORTER})(?!\\p{L}))\\p{L}[\\p{L}-]{2,20}(?: (?!(?:${NO_REPORTER})(?!\\p{L}))\\p{L}[\\p{L}-]{1,20}){0,3}? (?:saw|sees|seen|says|said|told|tells|asked|asks|noticed|spotted|found|came in|walked in|texted|shouted) (?:it |this |us |(?:\\p{L}{1,12} ){0,3})?(?:at |around |about )?(?:[01]?\\d|2[0-3])[:h][0-5]\\d`,
    '(?<!\\p{L})(?:un|une|le|la|des|les|nos|notre) \\p{L}{3,20}(?: \\p{L}{2,20}){0,2} (?:a|ont|nous a|nous ont) (?:appelé|téléphoné|écrit|prévenu|signalé|vu|dit)(?!\\p{L})',
    `\\b(?:tickets?|complaints?|complained|on the phone)\\b`,
    // `farmer rang from the valley`
    `(?:^|[.,;:] )(?:an? |the |our |one |my |first |some )?(?!(?:${NO_REPORTER})(?!\\p{L}))\\p{L}[\\p{L}-]{2,20}(?: \\p{L}{2,20})? (?:rang|phoned|called|wrote|texted|mailed) (?:us|from|about|because|to say)(?!\\p{L})`,
    // Strangers judge an app in public.
    '\\b(?:one|1)[- ]stars?(?!\\p{L})|\\b(?:store )?reviews? (?:say|says|complain|are|went|drop)(?!\\p{L})',
    `\\b(?:${WHO}) (?:\\p{L}{1,15} ){0,3}(?:called|calls|call|calling|rang|ring|phoned|wrote|writes?|reported|reports?|mailed|told us|tweeted|posted|complains?)(?!\\p{L})`,
    // `12 calls since 07:50`, `call came 16:11`
    '\\b\\d{1,5} (?:calls?|mails?|letters?|posts?|tweets?) (?:since|from|about|by|in)\\b|\\b(?:call|mail|letter|report|complaint)s? (?:came|come|reached us)\\b|\\btold us (?:at )?\\d',
    '\\b(?:called|wrote|reported|rang|phoned) (?:us|it|at \\d|\\d{1,2}:\\d{2})',
    // `support chat went mad 13:11`
    '\\b(?:chat|hotline|phones?|inbox|lines?|desk|support|call cent(?:re|er)) (?:(?:is|are|went|goes|has been) (?:mad|crazy|wild|nuts|hot|ringing|full|red|on fire)|exploded|melted|rang off)',
    // `Kunde (Liftbau) rief 07:31 an`
    '(?<!\\p{L})(?:rief(?:en)? (?:[^ .;]{1,20} ){0,3}an|ruft (?:[^ .;]{1,20} ){0,3}an|(?:Kund(?:e|in|en)|Nutzer|Benutzer|Filialen?) [^.;]{0,30}(?:schrieb|mailte|schreibt|meldete)\\p{L}{0,2})(?!\\p{L})',
    // `first call from the floor 05:36`
    '\\bfirst (?:call|mail|email|e-mail|ticket|complaint|report|post|message|tweet|one|chat|moan)s?\\b',
    '\\b(?:mails?|calls?|letters?|messages?) (?:\\p{L}{0,15}[@]? )?(?:\\d{1,2}:\\d{2} )?(?:to|from) ',
    '(?<!\\p{L})(?:Anrufe?|angerufen|gemeldet|meldet|melden|Beschwerden?|Meldung(?:en)? von)(?!\\p{L})',
    '(?<!\\p{L})(?:appell(?:e|ent|é)|appels?|premi(?:er|ère) (?:appel|mail|message)|signal(?:é|e|ent)|plaintes?)(?!\\p{L})',
    '(?<!\\p{L})(?:(?:ha|hanno|mi ha|ci ha) (?:chiamato|telefonato|scritto|segnalato)|segnalazion[ei]|reclam[oi]|lamentel[ae])(?!\\p{L})',
    '(?<!\\p{L})(?:llam(?:ó|an|aron|ada|adas)|quejas?|reportan?|reportó|avis(?:ó|aron) (?:un|el|la|los)|ligou|reclama\\p{L}{1,6})(?!\\p{L})',
    '電話|問い合わせ|問合せ|苦情|連絡があ|報告があ|来电|打电话|投诉|反馈|(?:客户|用户|门店)(?:报告|反映|说)',
  ].join('|'),
  'iu',
);
/** `page 04:01`, `pager since 02:34`, `監視が3:09に鳴った`: a call of a pager with its time. */
const PAGED =
  /(?<!\b(?:no|status|web|landing|front) )\b(?:page|pager|paged)(?: (?:at|since|came|rang|went off(?: at)?|seit|um|ab|depuis|à|desde|a las|às|dalle|alle))? (?:[01]?\d|2[0-3])[:h.][0-5]\d|(?:監視|モニタ(?:ー|リング)?|警報|アラーム|ポケベル)[^。、]{0,12}(?:鳴|発報|検知)/iu;
/** We rang others, a third party that we asked, or a mail that a system sent: nobody reported it. */
const OF_OURS =
  /^(?:we|i|have|had|with) .{0,40}\bon the phone\b|\b(?:vendor|provider|supplier|bank|carrier|operator|manufacturer)s?(?: \p{L}{1,15})? (?:is |are )?on the phone\b|^(?:an? )?(?:mail|message|notice|letter)s? from (?:the |our )?(?:\p{L}{1,20} ){0,2}(?:provider|vendor|system|monitor(?:ing)?|supplier|registrar|scanner)(?!\p{L})|に電話(?:し(?!て(?:き|くれ))|を?かけ(?!て(?:き|くれ)))/iu;
/** Alarms that come late, twice or not at all are what the service sends. */
const OF_PRODUCT =
  /\b(?:alarms?|alerts?|warnings?)(?: (?!fired|rang|went)[\p{L}\d]{1,20}){0,8} (?:late|delayed|twice|lost|missing)(?!\p{L})/iu;
/** None that did not come, and no page of a site. */
const ALERTED =
  /(?<!\b(?:no|not one|not our|only|without an?|never an?) )(?:\b(?:alert(?:s|ed)?|alarms?|pager|probe|monitor)\b(?! (?:did|has|had|was|is) (?:not|n|never|off|silent))(?! (?:did|was|is)n)|\b(?:page (?:came|went|fired)|(?<!nobody (?:here )?)(?:got|was|were) paged|(?<!nothing |nobody )paged (?:me|us|at \d|\d{1,2}:\d{2}))\b|\balerts? on .{1,60} (?:fired|rang|came|went off)\b|(?<!\p{L}|nessun )(?:Alarm|alerte|alarma|alerta|allarme)(?!\p{L}) (?!fehlt|manqu)|アラート(?!な)|(?<!没有|没|无)(?:告警|报警))/iu;
const NO_ALERT =
  /\b(?:no|not one|not our|without an?|never an?) (?:alert|alarm|alerting|monitoring|page)(?:s|ing)?\b|\b(?:alert|alarm|monitor)(?:s|ing)? (?:did(?:n['’]?t| not)|was(?:n['’]?t| not)|never)|(?<!\p{L})(?:keine? (?:einzige[rs]? )?Alarme?|aucune alerte|sin alertas?|ninguna alerta|nenhum alerta|nessun(?:a|o)? (?:allarme|avviso|segnale|notifica))(?!\p{L})|\bnobody (?:here )?(?:was|got) paged\b|アラートな|没有?(?:告警|报警)|无(?:告警|报警)/iu;
const QUIET =
  /\b(?:alerts?|alarms?|pager|probes?|monitors?) (?:is|are|was|were|stayed|stays) (?:all |still )?(?:green|blind|silent|quiet|off|muted|fine)\b/iu;
const SEEN =
  /\b(?:I|we) (?:just )?(?:saw|see|noticed|found|spotted|tried)\b|\b(?:saw|see|noticed|spotted) (?:it|that|this)\b|\bcame in\b|\bon my (?:own )?(?:phone|screen|laptop)\b|(?<!\p{L})(?:gesehen|bemerkt|aufgefallen|(?:ai|avons|on a) vu|vi que|vimos|notamos)(?!\p{L})|^(?:an? )?(?:mail|message|notice)s? from |気づい|見つけ|发现|看到/iu;
