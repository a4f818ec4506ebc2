/**
 * A harmless line in which a service says why something takes its time, or what it gave instead of what failed. In 141
 * requests of `requests-35` to `requests-48` that are faulty or open, and where no span explains the time or the failure,
 * no line says so: services tell of trouble in warnings, or only that they are done.
 */
import { usPerLongUnit } from '#model/trace/wait-amounts.ts';

/** Then the line tells of what is in the way, and no plan. */
const TROUBLE =
  /\b(?:time[sd]?[ -]?outs?|deadline|retr(?:y|ies|ied|ying)|attempts?|back(?:ing)?[ -]?off|locks?|locked|mutex|semaphore|pools?|connections?|threads?|backlog|slow(?:er|est|ly|s|ed)?|GC|garbage|fail(?:s|ed|ing|ure|ures)?|errors?|lost|unavailable|unreachable|stuck|stall(?:s|ed|ing)?|block(?:s|ed|ing)|starv(?:ed|es|ing|ation)|exhausted|overload(?:ed|s|ing)?|refused|denied|missing|missed|late|later|overdue|not|never|exceed(?:s|ed|ing)?|unable|busy|contention|conflict(?:s|ed|ing)?|paused|suspended|got|but|oom|memory|hang(?:s|ing)?|hung)\b/i;

/** `nothing missing`, `closed slowly`, `call timeout is 30000`: the words occur, and all is well. */
const NO_TROUBLE =
  /\b(?:time ?out|deadline|retry limit)s? ?(?:is|set to|=) ?\d{1,9}\b|\b(?:nothing|none|no(?:body)?|without|0) (?:is |was |are |were |of them )?(?:lost|missing|missed|late|failed|dropped|errors?|loss)\b|\bnever (?:two|three|both|several|more than (?:one|two|\d{1,3}))(?: \w{1,20})? (?:at once|at a time|at the same time|together|side by side|in parallel)\b|\b(?:slowly|slow (?:speed|mode|motion|pace|ramp))\b/gi;
const ON_PURPOSE =
  /\b(?:on purpose|by (?:design|policy|rule|rules|law|contract|agreement|procedure|regulation)|so that|rules? of (?:the|our|its)|to spare|one at a time|once (?:a|an|per|each|every)|until|up to|at most|expected|estimated (?:wait|time|duration)|requires?|required|needs?|needed|agreed|allow(?:s|ed)|contract|policy|budget|promis(?:e|es|ed)|warm(?:s|ed|ing|er)?[ -]?up|warm(?:s|ing|er))\b/i;
const AS_MEANT =
  /\bas (?:\w{1,20} as )?(?:always|usual|ever|promised|required|requested|asked|agreed|specified|configured|planned|designed|intended|chosen|every)\b/i;
/** `scheduled pause`, `politeness delay`, `geplante Pause`, `long poll ended`: somebody set the pause itself. */
const SET_PAUSE =
  /\b(?:polite(?:ness)?|anti-[a-z]{3,20}|scheduled|programmed|deliberate|intended|planned|mandatory|agreed|crawl) (?:delay|pause|wait|interval|break)\b|\blong[- ]poll (?:ended|returned|is over|expired)\b|\bcool-?(?:off|down) (?:before|between|after|period)\b|\b(?:geplante|vereinbarte|vorgesehene|eingestellte) (?:Pause|Wartezeit)\b|\b(?:pause|attente) (?:prévue|programmée|convenue|volontaire)(?![\wé])|\b(?:pausa|espera) (?:programada|prevista|acordada|voluntaria)\b/i;
/** As always, or for a person, in German, French and Spanish. */
const ABROAD =
  /\bwie (?:immer|üblich|gewohnt|jede[nrs]?)(?![\wäöü])|\bcomme (?:toujours|d[’']habitude|chaque)\b|\bcomo (?:siempre|de costumbre|cada)\b|\b(?:wartet|warten|wartete|gewartet) auf (?:den |die |das |eine?n? )?(?:Kund|Nutzer|Benutzer|Fahr(?:er|gast)|Bestätigung|Unterschrift|Freigabe|Eingabe|Tür|Gast|Patient|Bediener)|\b(?:attend|attente|attendu)\b[^.;\n]{0,15}\b(?:client|utilisat|chauffeur|confirmation|signature|validation|saisie|porte|opérat)|\b(?:espera|esperando|esperó)\b[^.;\n]{0,15}\b(?:client|usuari|conductor|confirmación|firma|aprobación|puerta|operador)/i;
/**
 * `as the maker prescribes`, `so lange wie im Rezept vorgesehen`, `comme le prévoit la notice`, `según lo acordado`: a
 * document or a person set the time.
 */
const AS_SOMEBODY_SAYS =
  /\bas (?:the|its|their|our|a|an) [^,.;\n]{1,60}? (?:says?|prescribes?|demands?|requires?|orders?|wants?|asks?|specif(?:y|ies)|recommends?|foresees?|dictates?|states?|sets?|chose|chosen)\b|\b(?:wie|so lange)\b[^,.;\n]{0,40}\b(?:vorschreibt|vorgeschrieben|verlangt|vorsieht|vorgesehen|gewollt|geplant|vereinbart|gew[üu]nscht|bestellt)\b|\bcomme\b[^,.;\n]{0,40}(?:prescrit|prévoit|prévue?|exige|convenue?|voulue?|demandée?)(?![\wé])|\b(?:como|según)\b[^,.;\n]{0,40}\b(?:prescribe|previst[oa]|acordad[oa]|planead[oa]|pedid[oa]|indicad?[oa]?|manda|exige)\b/i;
/** A check of the people who run the service: nobody waits for it. */
const OF_CHECK =
  /\b(?:smoke|canary|synthetic|load|acceptance|end-to-end|e2e) (?:test|check|probe|monitor)s?\b|\bdry[ -]run\b|\brehearsal\b|\b(?:Probe|Test)lauf\b|\b(?:essai|test) (?:à blanc|de charge|de fumée)\b|\bprueba de (?:humo|carga)\b/i;
/** `until the surgeon ends the session`, `chosen by the pupil`, `the user asked for it`, `closed by the client`. */
const OF_PERSON =
  /\b(?:by|while|when|until|for) the (?:\w{1,20} )?(?:users?|clients?|customers?|callers?|operators?|visitors?|players?|people|person|staff|team|desk)\b|\b(?:user|client|customer|caller|operator|visitor|player) (?:asked|asks|requested|requests|chose|wants|closed|left|cancelled|canceled|aborted|disconnected|(?:is|was) (?:still )?(?:typing|reading|choosing|signing|deciding|thinking)|took (?:his|her|their) time)\b/i;
/** A machine, a person or an hour is waited for. An answer or a turn is somebody else’s slowness. */
const WAITS_FOR =
  /\b(?:wait(?:s|ed|ing)?|held|hold(?:s|ing)?|kept|keeps|queued|countdown|observ(?:es|ing)|collect(?:s|ing)) (?:\d\S{0,8} (?:ms|s|sec|min|h) )?(?:in|for|of|at|by|room)\b(?! (?:a |an |the |its )?(?:repl|respon|answer|result|call-?back|server|service|database|db\b|queue|worker|slot|turn|upstream|capacity|partner|quorum|leader|replica|node|broker|ack))/i;
/** `resumed after its timer of 30 s`, `message was set invisible for 60 s`, `delivery scheduled for 09:00`: somebody set the time. */
const SET_TIMER =
  /\b(?:after|by|on|when) (?:its|the|a|their) (?:own )?timer\b|\btimer (?:of|was|set to) \d|\b(?:set|made|kept|hidden) (?:as )?(?:invisible|hidden|delayed) for \d|\b(?:message|delivery|job|task|work|run|mail)s? (?:was |were |is )?(?:scheduled|deferred|postponed) (?:for|until|to|by) \d|\b(?:cooling[- ]off|reflection|cancellation) (?:time|period|window)\b|\btime to (?:cancel|undo|withdraw|change)\b/i;

/** `export of the year streamed, limited to 2 Mbit/s`: somebody keeps a transfer slow, so that others have the line. */
const SET_RATE =
  /\b(?:export|import|stream|upload|download|transfer|transmi|backup|copy|copied|sync|replica|dump|restor|sent\b)[^;\n]{0,120}\b(?:limited|throttled|capped|paced|held) (?:to|at) \d{1,9}(?:\.\d{1,3})? ?(?:[kKMG]i?)?(?:bits?|b|B|bytes?|rows|pages|records|mails|messages|files|lines|documents|items)(?: ?\/ ?| per | a )(?:s|sec|second|min|minute|h|hour)\b/i;
/** `taken at 06:00 when the shift begins`, `(pause 21:00-06:00)`, `closed 20:00-08:00`: people set the hours of the work. */
const SET_HOURS =
  /\b(?:pause|break|rest|closed|quiet (?:hours|time)|(?:opening|office|working|business|service|trading|delivery) (?:hours|times?)|night(?:ly)? (?:pause|rest|stop|break)|no (?:delivery|processing|sending|mail) (?:between|from)|Nachtruhe|Ruhezeit|Pause|geschlossen|fermé|pausa|cerrado|chiuso):? ?(?:from |is |von |de )?\d{1,2}[:.]\d{2}(?: ?h| Uhr)? ?(?:-|–|to|until|bis|à|a) ?\d{1,2}[:.]\d{2}\b|\b(?:at|from) \d{1,2}[:.]\d{2}(?: ?[ap]m)?,? (?:when|as|once) (?:the |a |its |our )?(?:\w{1,20} )?(?:shift|day|office|shop|market|desk|counter|work|business|trading|staff|crew) (?:begins?|starts?|opens?|arrives?|comes?)\b/i;

/** The opposite in German, French and Spanish. */
const TROUBLE_ABROAD =
  /\b(?:nicht|kein(?:e[nrms]?)?|länger|langsamer?|Fehler|verspätet|pas|lente?|plus long(?:ue)?|retard|no (?:como|según|se)|más (?:lento|lenta|tarde|largo)|fallo|demora)\b|\b(?:zu spät|erreur)|échec|échoué/i;

/** Long lines are dumps. */
const LONGEST_READ = 2_000;

const REASONS = [
  ON_PURPOSE,
  AS_MEANT,
  AS_SOMEBODY_SAYS,
  OF_PERSON,
  OF_CHECK,
  WAITS_FOR,
  SET_TIMER,
  SET_PAUSE,
  SET_RATE,
  SET_HOURS,
  ABROAD,
];

/** The line gives a reason for the time: a plan, a limit, a person, a machine. */
export function givesReason(message: string): boolean {
  const text = message.slice(0, LONGEST_READ).replaceAll(NO_TROUBLE, ' ');
  if (TROUBLE.test(text) || TROUBLE_ABROAD.test(text)) return false;
  return REASONS.some((words) => words.test(text));
}

const DURATION = /\b(\d{1,6}(?:\.\d{1,3})?) ?(ms|milliseconds?|s|secs?|seconds?|min|minutes?)\b/gi;
/** Of something that can be counted or weighed: `44 pages`, `1.4 MB`, `920 m`. */
const COUNTED =
  /\b\d{1,12}(?:\.\d{1,3})? ?(?:(?!ms\b|secs\b|seconds\b|minutes\b)[a-z]{1,20}s|[kMGT]i?B|m|km|g|kg|t|l|fps)\b/;
/** What a service writes about each request. */
const OF_ACCESS = /\b(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|HTTP|grpc|rpc|request|status|sent \d{3})\b/i;
const LEAST = 0.8;
const MOST = 1.25;

/** `launch of 36.4 s, rope 920 m`, `chromium printed 44 pages in 5.7 s`: so much work, in about that time. */
export function tellsWorkOf(message: string, us: number): boolean {
  const text = message.slice(0, LONGEST_READ);
  if (TROUBLE.test(text) || OF_ACCESS.test(text)) return false;
  const times = Array.from(text.matchAll(DURATION), ([, amount, unit = '']) => Number(amount) * usPerLongUnit(unit));
  const isAbout = (each: number) => each >= LEAST * us && each <= MOST * us;
  const isListed = times.length > 2 && isAbout(times.reduce((sum, each) => sum + each, 0));
  return isListed || (times.some(isAbout) && COUNTED.test(text));
}

const KEPT_FOR =
  /\b(?:kept|cached|stored|valid|fresh) (?:again )?for \d{1,7} ?(?:ms|s|secs?|seconds?|min|minutes?|h|hours?|d|days?)\b/i;
const FILLED_ANEW =
  /\b(?:re-?(?:built|filled|read|loaded)|read anew|filled (?:again|anew))\b.{0,60}\b(?:after|once|since|when|every|each|daily|hourly|nightly|weekly)\b|\bfirst (?:visit\w{0,2}|request|reader|caller?|one) (?:after|since|of the)\b/i;

/** `tariffs reread after the daily import, cached for 24 h`: the service fills its cache by plan, for everybody who comes next. */
export function tellsRefill(message: string): boolean {
  const text = message.slice(0, LONGEST_READ);
  return KEPT_FOR.test(text) && FILLED_ANEW.test(text) && !TROUBLE.test(text);
}

const EXPORT = /\b(?:export(?:s|ed|ing)?|dump(?:s|ed)?|backup|audit|archiv(?:e|es|ed|ing)|migrat(?:es|ed|ing|ion))\b/i;
const MANY = /\b(\d{5,12}) [a-z]{3,20}s\b/i;

/** `yearly audit export of all 2811002 bills`: how many were to be read; 0 where the line tells of no export. */
export function exportedIn(message: string): number {
  const text = message.slice(0, LONGEST_READ);
  return EXPORT.test(text) && !TROUBLE.test(text) ? Number(MANY.exec(text)?.[1] ?? 0) : 0;
}

const INSTEAD =
  /\binstead\b|\bstale\b|\b[a-z]{3,20} from (?:the |a )?(?:[a-z]{1,20} )?(?:cache|copy|snapshot|database|replica|store)\b|\b(?:cached|last known|local|stored|saved|previous) (?:copy|values?|picture|answer|version|results?|list|page|prices?|data|good)\b|\bstattdessen\b|\baus dem (?:Cache|Zwischenspeicher)\b|\bStandardwerte?\b|\bErsatzwerte?\b|\bà la place\b|\bvaleurs? par défaut\b|\b(?:depuis le|du) cache\b|\ben su lugar\b|\bvalor(?:es)? por defecto\b|\b(?:de la|desde la) caché|\bfall(?:s|ing|en)? ?back\b|\bleft out\b|\boptional\b|\bas (?:designed|configured|expected|intended|planned)\b|\bby design\b|\bon purpose\b/i;
/** People get less than they asked for. */
const LESS =
  /\b(?:empty|none|nothing|without|unavailable|dropped|dropping|ignor(?:ed|es|ing)|discard(?:ed|s|ing)|skipp(?:ed|ing)|lost|not|never|missing|fail(?:s|ed|ing|ures?)?|echo(?:es|ed|ing)?|assum(?:es|ed|ing)|zeros?|0|placeholder|blank|dummy|un(?:sorted|translated|checked|verified|filtered)|leer\w{0,2}|nichts|ohne|fehl\w{1,5}|verloren|kein\w{0,2}|vides?|rien|sans|perdue?s?|manqu\w{1,5}|vací[oa]s?|nada|sin|perdid[oa]s?|falta\w{0,3})\b/i;
/** What failed, before what was given in its place: `prices unavailable, …`, `stock answered 503, …`. */
const WHAT_FAILED =
  /^[^,;:.\n]{1,60} (?:(?:is|was|are|were) )?(?:unavailable|not available|unreachable|not reachable|nicht (?:erreichbar|verfügbar)|(?:in|non )disponibles?|no disponibles?|answer(?:s|ed) (?:with )?5\d\d)[,;:]/i;

/** The line says what was given instead of what failed, and that nobody got less. */
export function givesSubstitute(message: string): boolean {
  const text = message.slice(0, LONGEST_READ);
  return INSTEAD.test(text) && !LESS.test(text.replace(WHAT_FAILED, ' '));
}

/** Somebody asked for the same before, by a token or a key of his: RFC 9110, 9.2.2; the IETF's draft on idempotency keys. */
const ASKED_BEFORE =
  /\b(?:duplicate|already|idempot\w{1,8}|repeated|replay\w{0,4}|seen before|second time|double[- ]?(?:click|submit|post)|sent twice|same (?:token|key|request|form))\b/i;
const GIVES_FIRST =
  /\b(?:return(?:s|ed|ing)?|giv(?:es?|en|ing)|gave|answer(?:s|ed|ing)?(?: with)?|repl(?:y|ies|ied)(?: with)?|replay(?:s|ed|ing)?|send(?:s|ing)?|found|us(?:es|ed|ing)) (?:(?:the|its|that|this|our|back) ){0,2}(?:(?:same|existing|earlier|first|original|stored|previous|known|old) )?[a-z]{2,20}\b/i;
const NOT_GIVEN =
  /\b(?:not|never|no|without|lost|dropp\w{2,3}|discard\w{0,3}|ignor\w{1,3}|fail\w{0,5}|errors?|conflict\w{0,4}|refus\w{1,3}|reject\w{0,3}|unexpected\w{0,2}|sequence|\w{1,60}_pkey)\b/i;

/** The line says that this was asked for before, and that the answer of then was given again. */
export function givesFirstAnswer(message: string): boolean {
  const text = message.slice(0, LONGEST_READ);
  return ASKED_BEFORE.test(text) && GIVES_FIRST.test(text) && !NOT_GIVEN.test(text);
}

/** One of several does the work, and the others wait for it or find it done. */
const ONE_OF_THEM =
  /\b(?:only|just|exactly|at most) one\b|\bone (?:at a time|after (?:the |an)?other)\b|\bonly once\b|\bsingle[- ](?:runner|instance|leader|writer|flight)\b|\b(?:by|for|behind) (?:the|an) ?other (?:runner|instance|worker|node|replica|process|pod|run|job)\b/i;
const TROUBLE_WITH_LOCK =
  /\b(?:time[sd]?[ -]?outs?|deadlock\w{0,3}|retr(?:y|ies|ied|ying)|stuck|stale|orphan\w{0,3}|leak\w{0,3}|still|slow\w{0,3}|too long|longer|fail\w{0,5}|errors?|contention|hang\w{0,3}|hung|not|never|lost|crash\w{0,3}|dead|blocked|unexpected\w{0,2})\b/i;

/** The line says that a lock lets one at a time do the work, and tells of no trouble with it. */
export function givesTurn(message: string): boolean {
  const text = message.slice(0, LONGEST_READ);
  return ONE_OF_THEM.test(text) && !TROUBLE_WITH_LOCK.test(text);
}

/** `lot 80 numbered at attempt 2`, `24 horses at try 2`, `stored on the second try`, `retry succeeded`. */
const AT_LATER_ATTEMPT =
  /\b(?:at|on|in|with|by|after) (?:the |its |our )?(?:(?:try|attempt|retry) (?:no\. ?|#)?[2-9]|(?:second|third|fourth|fifth|next|2nd|3rd|4th|5th) (?:try|attempt|retry|time)|(?:one|two|three|\d) (?:retry|retries|more tries|more attempts))\b|\b(?:second|third|next|2nd|3rd|last) (?:try|attempt|retry)\b[^.;\n]{0,30}\b(?:ok|worked|succeeded|fine|went through|stored|answered|done)\b|\bretr(?:y|ied)\b[^.;\n]{0,20}\b(?:ok|worked|succeeded|went through|done)\b/i;
const STILL_FAILS =
  /\b(?:fail(?:s|ed|ing|ure|ures)?|errors?|giv(?:es?|ing|en) up|gave up|abort(?:s|ed|ing)?|exhausted|unavailable|rejected|refused|not|never|in vain|again in|retrying)\b/i;

/** `session 12 closed (attempt 2)`, `stored [try 3]`: done, and at which attempt. */
const DONE_AT =
  /\b(?!(?:re)?(?:started|tried|attempted|scheduled|queued|delayed|requested|called)\b)(?:[a-z]{2,20}ed|sent|done|written|paid|ok|told|sold|put|built|made) [([](?:try|attempt|retry) (?:no\. ?|#)?[2-9](?: of \d{1,2})?[)\]]/i;

/** The line says that a later attempt did the work. */
export function saysLaterAttempt(message: string): boolean {
  const text = message.slice(0, LONGEST_READ);
  return (AT_LATER_ATTEMPT.test(text) || DONE_AT.test(text)) && !STILL_FAILS.test(text);
}

/** `retry: Retry in 10s`, `attempt 1 of 5`, `will try again`: the warning itself tells of the attempts to come. */
const MORE_TO_COME =
  /\bretry(?:ing)? (?:in|after|at)\b|\b(?:attempt|try|retry) (?:no\. ?|#)?\d ?(?:of|\/) ?\d{1,2}\b|\b(?:will|going to) (?:be )?(?:retr(?:y|ied)|try again|repeat(?:ed)?)\b|\bretrying\b/i;
const NO_MORE =
  /\b(?:gave up|giv(?:es?|ing) up|exhausted|no more|last (?:attempt|try)|max(?:imum)? retries|exceeded)\b/i;

/** The warning says that the work will be tried again. */
export function saysTriedAgain(message: string): boolean {
  const text = message.slice(0, LONGEST_READ);
  return MORE_TO_COME.test(text) && !NO_MORE.test(text);
}

const SUCCEEDED = /\b(?:succeeded|success(?:ful(?:ly)?)?)\b/i;

/** After warnings that announce an attempt, the line says that the work succeeded. */
export function saysSuccess(message: string): boolean {
  const text = message.slice(0, LONGEST_READ);
  return SUCCEEDED.test(text) && !STILL_FAILS.test(text);
}

/**
 * A person, or the bank of one, refused: a card, a message, an offer. No service is at fault, and the other side says so in
 * its answer.
 */
const REFUSED_BY_PERSON =
  /\b(?:cards?|payments?|transactions?|charges?|debits?)\b[^.;\n]{0,40}\b(?:declined|refused|expired|rejected)\b|\b(?:declined|expired|refused|rejected) (?:by (?:the )?(?:issuer|bank|customer|user|recipient|guest|card ?holder)|cards?)\b|\binsufficient funds\b|\bunsubscribed\b|\bopt(?:ed)?[ -]?out\b|\b(?:texted|replied|sent) STOP\b|\bdo not (?:disturb|contact|call)\b|\b(?:Karte|Zahlung|Lastschrift)\b[^.;\n]{0,40}\b(?:abgelehnt|abgelaufen|verweigert|nicht gedeckt)\b|\b(?:abgemeldet|abbestellt)\b|\b(?:carte|paiement)\b[^.;\n]{0,40}(?:refusée?|expirée?|déclinée?)(?![\wé])|\bprovision insuffisante\b|\bdésabonnée?|\b(?:tarjeta|pago)\b[^.;\n]{0,40}\b(?:rechazad[oa]|caducad[oa]|vencid[oa]|denegad[oa])\b|\bfondos insuficientes\b|\bdad[oa] de baja\b/i;
/** Then the service, its account or its data is at fault, or it is more than one person. */
const NOT_OF_PERSON =
  /\b(?:all|every|each|most|many|our|api[ -]?keys?|tokens?|credentials?|certificates?|merchant|terminal|config\w{0,9}|malformed|schema|invalid (?:parameter|request|amount|currency)|unexpected\w{0,2}|time[d]?[ -]?outs?|unavailable|unreachable|crash\w{0,3}|bugs?|exceptions?|suspended|quota|again and again|rate)\b/i;

/** The line says that a customer or a bank refused, and blames nothing else. */
export function saysPersonRefused(message: string): boolean {
  const text = message.slice(0, LONGEST_READ).replaceAll('_', ' ');
  return REFUSED_BY_PERSON.test(text) && !NOT_OF_PERSON.test(text);
}
