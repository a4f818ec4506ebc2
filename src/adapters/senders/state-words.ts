/**
 * The words that senders use for the state of an alert, in the languages of their users. A status field holds one of
 * them, an event's name holds one at its end, a title at its beginning or at its end.
 */
import type { AlertState } from '#model/incident/alert.ts';

export type SaidState = Readonly<{
  state: AlertState;
  /** It names a step in the life of an alert. Without, it is a grade (`critical`, `red`) or a condition (`down`). */
  isStep: boolean;
}>;

type Vocabulary = Readonly<Record<AlertState, string>>;

/** Words of a step, in small letters. Words of a language without spaces stand in `PARTS`. */
const STEPS: Vocabulary = {
  triggered: `firing fired fire refire triggered trigger triggering alerting alarm alert alerted problem open opened.
    opening new created create activated activate active started start starting reopened reopen retriggered detected.
    breached breach violated violation raised raise begin began unacknowledged unack unacked unresolved investigating.
    identified monitoring incident occurred escalating inalarm spike spiking spiked.
    ausgelöst alarmiert geöffnet offen neu erstellt aufgetreten begonnen déclenché déclenchée ouvert ouverte nouveau créé.
    attivo attiva activo activa ativo ativa.
    activado activada disparado disparada abierto abierta nuevo creado iniciado ativado ativada aberto aberta novo criado.
    attivato attivata scattato aperto aperta nuovo creato geactiveerd geopend nieuw gestart.
    wyzwolony otwarty nowy utörst utlöst öppen tetiklendi açıldı сработал сработало сработала открыт открыто открыта.
    новый новая создан создана активен активна спрацював відкрито`,
  acknowledged: `acknowledged acknowledge acknowledgement acknowledgment acked ack accepted accept claimed claim taken.
    bestätigt quittiert übernommen angenommen acquitté acquittée reconnu reconnue confirmé reconocido reconocida.
    confirmado confirmada reconhecido reconhecida riconosciuto riconosciuta confermato bevestigd erkend potwierdzony.
    potwierdzono bekräftad kvitterad onaylandı подтверждено подтверждён подтвержден подтверждена принято принят.
    підтверджено`,
  resolved: `resolved resolve resolution autoresolved recovered recover recovery recovering closed close closing cleared.
    clear ended end finished restored restore fixed solved remediated deactivated deactivate inactive dismissed.
    completed complete cancelled canceled stopped finish.
    behoben entstört gelöst geschlossen beendet wiederhergestellt erledigt entwarnung résolu résolue rétabli rétablie fermé fermée.
    terminé terminée clos clôturé resuelto resuelta recuperado recuperada cerrado cerrada restablecido finalizado.
    resolvido resolvida normalizado normalizada fechado fechada restaurado encerrado risolto risolta ripristinato.
    ripristinata chiuso chiusa rientrato opgelost hersteld gesloten verholpen rozwiązany rozwiązano zamknięty.
    zamknięto löst återställd stängd çözüldü kapatıldı решено решена решён решен восстановлено восстановлен.
    восстановлена закрыт закрыто закрыта устранено вирішено відновлено закрито`,
};

/** Words of a condition or a grade. */
const CONDITIONS: Vocabulary = {
  triggered: `down failing failed failure fail error errored critical crit major minor warning warn degraded unhealthy crashing.
    nodata timeout offline unreachable unavailable outage emergency fatal bad red yellow amber orange late missing missed.
    anomaly anomalous exceeded crashed trouble impaired unstable stale overdue unknown high severe disaster danger blocked disruption.
    fehlgeschlagen abgestürzt gescheitert échoué échouée falló falhou fallito mislukt errored aborted.
    indisponível indisponible niedostępny niedostępna.
    störung ausfall fehler kritisch warnung gestört rot panne critique erreur alerte avertissement rouge.
    problème caído caída fallo fallido crítico crítica alerta alarma problema rojo falha erro vermelho guasto errore.
    critico critica avviso allarme rosso storing fout kritiek waarschuwing rood awaria błąd krytyczny ostrzeżenie.
    kritisk fel varning kritik hata uyarı критический критично критическая ошибка авария проблема предупреждение.
    недоступен недоступна недоступно недоступний`,
  acknowledged: '',
  resolved: `ok okay up normal healthy passing passed pass online available green operational success successful.
    succeeded good reachable grün verfügbar vert verde disponible disponível groen beschikbaar норма нормально доступен доступна.
    доступно работает`,
};

/** Chinese, Japanese and Korean write without spaces: parts of a text. The first that fits decides. */
const PARTS: readonly (readonly [parts: RegExp, said: SaidState])[] = [
  [/未恢复|未解决|未解決|未復旧|未确认|未確認|미해결/, { state: 'triggered', isStep: true }],
  [
    /已确认|已確認|確認済|対応中|已受理|已认领|处理中|處理中|확인됨|확인 ?완료/,
    { state: 'acknowledged', isStep: true },
  ],
  [
    /恢复|恢復|解决|解決|復旧|回復|正常|关闭|關閉|已清除|消除|収束|クローズ|해결|복구|정상|해제|종료/,
    { state: 'resolved', isStep: true },
  ],
  [
    /触发|觸發|告警|报警|報警|警报|警報|警告|异常|異常|発生|障害|故障|エラー|アラート|失败|失敗|실패|発報|危険|严重|緊急|紧急|미확인|발생|경고|장애|위험|오류/,
    { state: 'triggered', isStep: true },
  ],
];

/** Several words together, which would say another thing alone. Between spaces, in small letters. */
const PHRASES: readonly (readonly [phrase: string, state: AlertState])[] = [
  ['no longer acknowledged', 'triggered'],
  ['un acknowledged', 'triggered'],
  ['re opened', 'triggered'],
  ['re triggered', 'triggered'],
  ['not ok', 'triggered'],
  ['not resolved', 'triggered'],
  ['not acknowledged', 'triggered'],
  ['not recovered', 'triggered'],
  ['not healthy', 'triggered'],
  ['above normal', 'triggered'],
  ['below normal', 'triggered'],
  ['than normal', 'triggered'],
  ['not normal', 'triggered'],
  ['not available', 'triggered'],
  ['not ready', 'triggered'],
  ['not completed', 'triggered'],
  ['not complete', 'triggered'],
  ['not started', 'triggered'],
  ['not run', 'triggered'],
  ['not responding', 'triggered'],
  ['not running', 'triggered'],
  ['not meeting its', 'triggered'],
  ['does not exist', 'triggered'],
  ['no data', 'triggered'],
  ['in alarm', 'triggered'],
  ['nicht verfügbar', 'triggered'],
  ['nicht erreichbar', 'triggered'],
  ['nicht bestätigt', 'triggered'],
  ['hors service', 'triggered'],
  ['non résolu', 'triggered'],
  ['fuera de servicio', 'triggered'],
  ['sin resolver', 'triggered'],
  ['fora do ar', 'triggered'],
  ['не доступен', 'triggered'],
  ['no longer', 'resolved'],
  ['back up', 'resolved'],
  ['back online', 'resolved'],
  ['back to', 'resolved'],
  ['is back', 'resolved'],
  ['all clear', 'resolved'],
  ['wieder ok', 'resolved'],
  ['wieder erreichbar', 'resolved'],
  ['wieder verfügbar', 'resolved'],
  // After the end of an incident comes its analysis.
  ['postmortem', 'resolved'],
  ['post mortem', 'resolved'],
  ['retrospective', 'resolved'],
  // An incident under way begins; a status alone that says so is somebody's work on it.
  ['incident en cours', 'triggered'],
  ['panne en cours', 'triggered'],
  ['alerte en cours', 'triggered'],
  ['incidente en curso', 'triggered'],
  ['alerta en curso', 'triggered'],
  ['incidente em andamento', 'triggered'],
  ['incidente in corso', 'triggered'],
  ['allarme in corso', 'triggered'],
  ['retour à la normale', 'resolved'],
  ['retour a la normale', 'resolved'],
  ['fin d alerte', 'resolved'],
  ['fin de l alerte', 'resolved'],
  ['fin de l incident', 'resolved'],
  ['vuelta a la normalidad', 'resolved'],
  ['fin de la alerta', 'resolved'],
  ['fin del incidente', 'resolved'],
  ['volta ao normal', 'resolved'],
  ['voltou ao normal', 'resolved'],
  ['fim do incidente', 'resolved'],
  ['ritorno alla normalità', 'resolved'],
  ['wieder normal', 'resolved'],
  ['wieder im normalbereich', 'resolved'],
  ['in progress', 'acknowledged'],
  ['in bearbeitung', 'acknowledged'],
  ['en cours', 'acknowledged'],
  ['pris en charge', 'acknowledged'],
  ['prise en charge', 'acknowledged'],
  ['en curso', 'acknowledged'],
  ['in behandeling', 'acknowledged'],
  ['в работе', 'acknowledged'],
];

const UMLAUTS: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue' };

const KNOWN: ReadonlyMap<string, SaidState> = new Map(
  (
    [
      [CONDITIONS, false],
      [STEPS, true],
    ] as const
  ).flatMap(([words, isStep]) =>
    (['triggered', 'acknowledged', 'resolved'] as const).flatMap((state) =>
      words[state]
        .split(/[\s.]+/)
        .flatMap((word) => spellingsOf(word).map((spelt) => [spelt, { state, isStep }] as const)),
    ),
  ),
);

/** People leave out accents in the names of states: `caído` is `caido`, `gestört` is `gestoert`. */
function spellingsOf(word: string): readonly string[] {
  if (word === '') return [];
  const bare = word.normalize('NFD').replaceAll(/\p{M}/gu, '').normalize('NFC');
  const german = word.replaceAll(/[äöü]/g, (letter) => UMLAUTS[letter] ?? letter);
  return [...new Set([bare, german, word])];
}

/** Which of several words decides: an end and an acknowledgement name the beginning that they are about. */
const ORDER: readonly AlertState[] = ['acknowledged', 'resolved', 'triggered'];

/** Longer texts are no names of states. */
const LONGEST = 200;

/** The state that a status or the name of an event says; undefined where it says none. */
export function saidState(text: string): SaidState | undefined {
  const shown = text.slice(0, LONGEST).replaceAll(OF_STATUS, ' ');
  const after = shown.split(/->|=>|→|➜|>>/).at(-1) ?? '';
  return (after === shown ? undefined : wordsSay(after)) ?? wordsSay(shown);
}

/** `AlertStatus` names what was reported, and no state. */
const OF_STATUS = /(?<!\p{L})(?:alert|incident)[._ -]?(?:status|state)(?!\p{L})/giu;

/**
 * A group with alerts that fire and alerts that are over: `[FIRING:1, RESOLVED:2]`.
 * https://github.com/grafana/alerting/blob/main/templates/default_template.go
 */
const SOME_FIRE = /\bfiring:\s?[1-9]/i;

/** `[CRITICAL - 1] [RESOLVED - 2]`: the same with a grade in place of the word, each count in brackets of its own. */
const COUNTED = /\[(\p{L}{2,20})\s{0,2}[-–:×]\s{0,2}(\d{1,4})\]/gu;

function someBurn(title: string): boolean {
  const counts = [...title.matchAll(COUNTED)].filter(([, , count]) => Number(count) > 0);
  const states = counts.map(([, word = '']) => KNOWN.get(word.toLowerCase())?.state);
  return states.includes('resolved') && states.includes('triggered');
}

function wordsSay(text: string): SaidState | undefined {
  if (SOME_FIRE.test(text)) return { state: 'triggered', isStep: true };
  const words = wordsOf(text);
  const spaced = ` ${words.join(' ')} `;
  const phrase = PHRASES.find(([one]) => spaced.includes(` ${one} `));
  if (phrase !== undefined) return { state: phrase[1], isStep: true };
  const found = words.flatMap((word) => KNOWN.get(word) ?? []);
  for (const state of ORDER) {
    const said = found.filter((one) => one.state === state);
    // A step beside a condition is what happened: `problem ok` does not occur, `down acknowledged` does.
    if (said.length > 0) return { state, isStep: said.some(({ isStep }) => isStep) };
  }
  return PARTS.find(([parts]) => parts.test(text))?.[1] ?? sawMark(text);
}

/** Words in small letters: `incident.autoResolved` has three. */
export function wordsOf(text: string): readonly string[] {
  const parted = text.normalize('NFC').replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2');
  return parted.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Marks that people see in front of a title, as characters and as Slack's names. */
const OVER_MARK =
  /[✅✔🟢💚🆗👍]|:(?:large_)?green_(?:circle|heart|square):|:white_check_mark:|:heavy_check_mark:|:ok(?:_hand)?:/u;
const TROUBLE_MARK =
  /[🔴🟠🟡🚨🔥❌⛔⚠🛑❗🆘💥📛💀]|:(?:large_)?(?:red|orange|yellow)_(?:circle|square):|:(?:rotating_light|fire|x|skull|no_entry|warning|octagonal_sign|bangbang|exclamation|sos|boom|alert|siren):/u;

/** The mark in front of a line: what burns, and what is over. */
export function markInFront(line: string): AlertState | undefined {
  return sawMark(line.trim().slice(0, 24))?.state;
}

function sawMark(text: string): SaidState | undefined {
  if (OVER_MARK.test(text)) return { state: 'resolved', isStep: false };
  return TROUBLE_MARK.test(text) ? { state: 'triggered', isStep: false } : undefined;
}

/** `[RESOLVED] name`, `Resolved: name`, `name is down`, `name (resolved)`: what stands around the name of a title. */
export function stateInTitle(title: string): SaidState | undefined {
  const shown = title.slice(0, 400).trim();
  if (someBurn(shown)) return { state: 'triggered', isStep: true };
  const spoken = shown.replaceAll(/:[a-z][a-z0-9_+-]{1,40}:/g, ' ').trim();
  const [sentence = ''] = spoken.replaceAll(/[*_`]{1,3}(?=[.!]\s)/g, '').split(/(?<=\p{L})[.!]\s(?=[\p{Lu}\d])/u, 1);
  const edges = [
    ...leadsOf(spoken),
    ...tailsOf(spoken),
    ...(sentence === spoken ? [] : tailsOf(sentence)),
    ...boldWords(spoken),
  ];
  const said = edges.flatMap((edge) => wordsSay(edge) ?? []);
  return (
    said.find(({ isStep }) => isStep) ??
    sentenceSays(shown) ??
    said[0] ??
    sawMark(shown.slice(0, 40)) ??
    anywhere(shown) ??
    hollowSays(spoken)
  );
}

/** Words of a title that only says that there is an alert: `New incident ongoing`, `Critical priority issue is activated`. */
const HOLLOW: ReadonlySet<string> = new Set([
  ...'alert alerts alarm incident issue problem notification description service host'.split(' '),
  ...'new ongoing active activated firing fired open opened started triggered detected'.split(' '),
  ...'resolved closed recovered acknowledged recovery'.split(' '),
  ...'a an the is has been critical high medium low warning priority severity'.split(' '),
]);

export function isHollow(title: string): boolean {
  const words = wordsOf(title.slice(0, 200));
  return words.length > 0 && words.length <= 6 && words.every((word) => HOLLOW.has(word));
}

/** The step that such a title says of an alert. */
function hollowSays(title: string): SaidState | undefined {
  const isOfAlert =
    /\b(?:alert|alarm|incident|issue|problem) (?:is |has been )?(?:ongoing|active|activated|firing|fired|open|opened|started|triggered|detected|resolved|closed|recovered|acknowledged)\b/i;
  return isOfAlert.test(title) && isHollow(title) ? wordsSay(title) : undefined;
}

/** What stands in brackets in front, or before the first mark that ends a word of state. */
function leadsOf(title: string): readonly string[] {
  const bare = title.replace(/^[^\p{L}\p{N}[(【]{1,20}/u, '');
  const bold = /^[^\p{L}\p{N}[(【*]{0,20}\*([^*\n]{1,40})\*(?=\s)/u.exec(title)?.[1] ?? '';
  const bracketed = [...bare.slice(0, 120).matchAll(/[[(【]([^\])】]{1,60})[\])】]/gu)].map(
    ([, inside = '']) => inside,
  );
  // A sentence in brackets is a detail, and so is what was.
  const marks = bracketed.filter((inside) => wordsOf(inside).length <= 5 && !/^was\s/i.test(inside));
  const plain = bare.replace(/^[[(【][^\])】]{1,60}[\])】]\s{0,3}/u, '');
  const lead = /^([^:|#\n–—]{1,40}?)\s?(?:[:|#–—]|\s-\s)/u.exec(plain)?.[1] ?? '';
  const done = DONE_BY.exec(bare)?.[1] ?? '';
  return [
    ...marks,
    ...[bold, done].filter((text) => wordsOf(text).length <= 3),
    ...(wordsOf(lead).length <= 4 ? [lead] : []),
  ];
}

/** `Closed by the monitor`, `Resolved automatically after 5 min`: the word in front says what happened. */
const DONE_BY = /^(acknowledged|resolved|closed|cleared|recovered) (?:by|automatically)(?!\p{L})/iu;

/** `*web-1 Disk* on web-1 *Down* (1 % free)`: a word alone in bold, with a capital letter; a sentence stresses others. */
function boldWords(title: string): readonly string[] {
  return [...title.matchAll(/\*(\p{Lu}\p{L}{1,20})\*/gu)].map(([, word = '']) => word);
}

/** `… changed status to *Unhealthy*. Reason: …` */
const TURNED =
  /\b(?:changed|switched|moved|went) (?:(?:its )?(?:status|state)(?: from \*?\p{L}{2,20}\*?)?|from \*?\p{L}{2,20}\*?) to \*?(\p{L}{2,20})/iu;

/** `` Task `nightly` failed at … ``: the word right behind a name with marks. */
const FAILED_BEHIND =
  /[*`"“”»]\s(?:has |have |hat |ist |a |est |è )?(failed|crashed|errored|aborted|recovered|fehlgeschlagen|abgestürzt|échoué|falló|falhou|fallito|mislukt)(?!\p{L})/iu;

/** `cart-export on web-1 failed (exit 2)`: what ran, and where. */
const FAILED_ON =
  /^[^\p{L}\p{N}]{0,20}[a-z][\w.]{0,60}[-_.]\w[\w.-]{0,60} on [\w.-]{2,100} (?:has )?(failed|crashed|errored|aborted)(?!\w)/u;

/** `*Shop* incident started`, `Shop alert acknowledged by Ann`: the step right behind the word for what it is. */
const STEP_BEHIND =
  /\s(?:incident|alert|problem|outage) (?:was |has been )?(\p{L}{4,14})(?: by \S[^\n]{0,60})?[.!]?$/iu;

/**
 * `Service ACKNOWLEDGEMENT notification`: the type of a notification of Checkmk, whose state stays the same below.
 * https://github.com/Checkmk/checkmk/blob/master/notifications/slack
 */
const NOTIFIED = /^(?:service|host) (problem|recovery|acknowledgement) notification$/i;

/** `Shop (shop.example) is *down* : 500`: the word right behind the verb, before what was measured. */
const DOWN_BEHIND = /\s(?:is|went) (?:now )?\*?(down|unreachable|unhealthy|offline)\*?\s?(?:[:(–—]|-\s|$)/iu;

/** `Shop (shop.example) went up - HTTP 200`: only behind an address, because a latency that went up is trouble. */
const UP_BEHIND = /[\w/]\)\s(?:is|went) (?:now )?\*?(up|online)\*?\s?(?:[:(–—]|-\s|$)/iu;

/** A short text behind the verb or the mark at the end. */
function tailsOf(title: string): readonly string[] {
  const end = title.slice(-80);
  const inside = /[[(]([^\])]{1,40})[\])]\s{0,3}$/u.exec(end)?.[1] ?? '';
  const behind =
    /\s(?:is|are|was|has|have|been|now|ist|wurde|est|été|es|está|sido|è|stato)\s([^.\n]{1,40})[.!]?$/iu.exec(
      end,
    )?.[1] ?? '';
  const turned = TURNED.exec(title)?.[1] ?? '';
  const marked = /(?::|\s[-–—|])\s?([^:|–—\])}]{1,30})$/u.exec(end)?.[1] ?? '';
  const failed = FAILED_BEHIND.exec(title)?.[1] ?? '';
  const down = DOWN_BEHIND.exec(title)?.[1] ?? '';
  const up = UP_BEHIND.exec(title)?.[1] ?? '';
  const failedOn = FAILED_ON.exec(title)?.[1] ?? '';
  const step = STEP_BEHIND.exec(title)?.[1] ?? '';
  const notified = NOTIFIED.exec(title)?.[1] ?? '';
  return [inside, behind, turned, marked, failed, failedOn, step, notified, down, up].filter(
    (text) => text !== '' && wordsOf(text).length <= 4,
  );
}

/** What people write of a service in sentences of their languages, where no rule has its name. */
const SENTENCES: readonly (readonly [form: RegExp, state: AlertState])[] = [
  [
    /(?<!\p{L})(?:(?:läuft|funktioniert|geht|antwortet|liefert) wieder|(?:ist |sind )?wieder (?:erreichbar|verfügbar|online)|(?:est )?(?:à|de) nouveau (?:joignable|disponible|accessible)|(?:vuelve|volvió) a estar (?:accesible|disponible|operativ[oa])|voltou a (?:responder|estar acessível|ficar disponível)|(?:è )?di nuovo (?:raggiungibile|disponibile)|(?:is )?weer (?:bereikbaar|beschikbaar)|se ha (?:recuperado|restablecido)|(?:est |sont )?repass[ée]e?s? sous (?:le seuil|\d)|(?:ist |liegt |sind )?wieder unter (?:dem |der )?(?:Schwell(?:en)?wert|Schwelle|Grenzwert|\d)|(?:vuelve|volvió) a estar por debajo|voltou a ficar abaixo|(?:kommt|kommen) wieder(?= \(|[.!]?$)|(?:vuelve|volvió) a (?:funcionar|responder)|(?:responde|funciona) de nuevo|(?:fonctionne|répond) (?:à|de) nouveau|est rétablie?|voltou (?:ao normal|a funcionar)|è tornat[oa]|werkt weer|снова (?:работает|доступ\p{L}{1,6})|działa ponownie)(?!\p{L})/iu,
    'resolved',
  ],
  [
    /(?<!\p{L})(?:ist ausgefallen|(?:ist |sind )?nicht (?:mehr )?(?:erreichbar|verfügbar)|(?:est )?(?:injoignable|inaccessible)|no (?:es |está )?accesible|(?:è )?(?:non raggiungibile|irraggiungibile)|(?:is )?(?:onbereikbaar|niet (?:meer )?bereikbaar)|liefert (?:\p{L}{1,20} ){0,3}(?:\d{1,5} \p{L}{1,20} )?keine|(?:antwortet|reagiert) (?:seit (?:\p{L}{1,6} )?\S{1,12} \p{L}{2,12} )?nicht(?: mehr)?|ne répond (?:plus|pas)|est (?:en panne|hors service)|no responde|está caíd[oa]|fora do ar|não responde|non risponde|reageert niet|dépasse(?:nt)? (?:le seuil|\d)|über(?:schreitet|steigt|schritten) (?:den |die )?(?:Schwell(?:en)?wert|Schwelle|Grenzwert|\d)|super(?:a|an|ó) (?:el umbral|el límite|la soglia|\d)|ultrapass(?:a|am|ou) (?:o limite|o limiar|\d)|не (?:отвечает|работает)|nie (?:działa|odpowiada))(?!\p{L})/iu,
    'triggered',
  ],
];

function sentenceSays(title: string): SaidState | undefined {
  const said = SENTENCES.find(([form]) => form.test(title));
  return said && { state: said[1], isStep: true };
}

/** Whether a sentence says so of a thing, as nobody names a rule. */
export function isSentenceOfState(title: string): boolean {
  const shown = title.slice(0, 400);
  // An amount above something may be that of sales.
  return sentenceSays(shown) !== undefined && !OF_AMOUNT.test(shown);
}

const OF_AMOUNT = /(?<!\p{L})(?:dépasse|überschreitet|übersteigt|überschritten|super|ultrapass|repass|kommt wieder)/iu;

/** What stands before the sentence of a state. */
function beforeSentence(title: string): string {
  const at = SENTENCES.map(([form]) => title.search(form)).find((index) => index > 0);
  return at === undefined ? title : title.slice(0, at);
}

/** Words that no rule has in its name. */
function anywhere(title: string): SaidState | undefined {
  if (/\b(?:un-?acknowledged|re-?triggered|re-?opened)\b/i.test(title)) return { state: 'triggered', isStep: true };
  if (/\backnowledged\b/i.test(title)) return { state: 'acknowledged', isStep: true };
  // The default texts of Kibana's rules: why, and whether the rule is active or has recovered.
  if (/\b(?:is active with|is firing because of) the following conditions\b/i.test(title) || ACTIVE_RULE.test(title))
    return { state: 'triggered', isStep: true };
  if (/\b(?:resolved|recovered|back to normal|back online|back up|no longer)\b/i.test(title))
    return { state: 'resolved', isStep: true };
  if (/\bhas been triggered\b/i.test(title)) return { state: 'triggered', isStep: true };
  if (FAILED_SOMEWHERE.test(title)) return { state: 'triggered', isStep: false };
  return PARTS.find(([parts]) => parts.test(title))?.[1];
}

/**
 * `Alert *Log errors* is active on group *cart*`, `Rule slow pages is active`: Kibana's word for an alert that fires.
 * https://www.elastic.co/docs/explore-analyze/alerts-cases/alerts/rule-action-variables
 */
const ACTIVE_RULE = /(?<!\p{L})(?:alert|rule) \S.{0,200} is (?:now |still )?active(?!\p{L})/iu;

/** `cart-export auf web-1 fehlgeschlagen (Code 2)`, `cart-export a échoué sur web-1`: the verb of a script's own text. */
const FAILED_SOMEWHERE =
  /(?<!\p{L})(?:(?:fehlgeschlagen|gescheitert|abgestürzt|abgebrochen|ausgefallen)|a échoué|échec d[eu]|échec|(?:ha )?fall(?:ó|ado)|fallo (?:en|de)|falhou|falha (?:em|de|ao|no|na)|(?:è )?fallit[oa]|mislukt|nie powiod\p{L}{1,6}|не удал\p{L}{1,6}|заверш\p{L}{1,8} с ошибкой|сбой)(?!\p{L})/iu;

/**
 * What a Japanese sentence is about: its names and the words without inflection, but for those of state, of duration and of
 * number. What stands behind the first sentence tells people what to do.
 */
function thingIn(title: string): string {
  const [sentence = ''] = title
    .slice(0, 400)
    .replaceAll(/[[(（【][^\])）】]{1,60}[\])）】]/gu, ' ')
    .split(/[。！\n]/u, 1);
  const words = sentence.match(/[A-Za-z][\w.-]{0,60}|[\p{Script=Han}\p{Script=Katakana}ー]{2,20}/gu) ?? [];
  const kept = words.filter((word) => !PARTS.some(([parts]) => parts.test(word)) && !OF_CHANGE.test(word));
  return kept.flatMap((word) => wordsOf(word)).join(' ');
}

/** Words of how much, how long and which way, in Japanese. */
const OF_CHANGE =
  /^(?:(?:約)?(?:分|秒|時|日)?間?|分間|秒間|時間|現在|連続|継続|以上|以下|超過|上昇|低下|増加|減少|停止|再開|検知|検出|確認|自動|通常|閾値|しきい値)$/u;

/** What is measured or allowed, behind the value that it explains: `(SLO 1 s)`, `(limit 1,000 ms)`, `(was 4.2 s)`. */
const OF_MEASURE =
  /\((?:slo|limit|threshold|target|max|min|was|baseline|normal|expected|average|avg|now|over|under|above|below|grenze|grenzwert|schwelle|schwellenwert|seuil|umbral|límite|limite|soglia)[ :=<>≥≤][^()\n]{1,60}\)/giu;

/** Words of state around a name, which the same alert has differently at its end. */
export function withoutState(title: string): string {
  if (/\p{Script=Hiragana}/u.test(title.slice(0, 400))) return thingIn(title) || namesIn(title.slice(0, 400));
  const kept = beforeSentence(title.slice(0, 400).replaceAll(OF_MEASURE, ' '))
    // Netdata's words for a warning, and Site24x7's for a check that is slow or half down.
    .replace(/\b(?:needs attention|in trouble)\b/i, ' ')
    .replaceAll(/[[(【][^\])】]{1,60}[\])】]/gu, (inside) => (wordsSay(inside) === undefined ? inside : ' '))
    .replace(/^[^:|#\n–—]{1,40}?\s?(?:[:|#–—]|\s-\s)/u, (lead) =>
      wordsOf(lead).length <= 4 && wordsSay(lead) !== undefined ? ' ' : lead,
    );
  // `Slow pages has recovered:` ends with the colon: the name stands before it.
  return namesIn(kept) || namesIn(title.slice(0, 400));
}

function namesIn(text: string): string {
  const words = wordsOf(text.replaceAll(LASTING, ' '))
    .filter((word) => !KNOWN.has(word) && !VERBS.has(word) && !/^\d/.test(word))
    .map(withoutStatePart);
  return words.filter((word) => word !== '').join(' ');
}

/** How long, which an end leaves out: `seit 5 Minuten`, `for 10 minutes`, `depuis 10 min`. */
const LASTING =
  /(?<!\p{L})(?:for|since|in the last|seit|depuis|desde(?: hace)?|durante|há|da|sinds) \d[\d.,:]{0,8} ?(?:s|secs?|seconds?|sekunden|secondes?|segundos?|m|min|mins|minut\p{L}{1,3}|h|hrs?|hours?|stunden?|heures?|horas?|ore|uur)(?!\p{L})/giu;

/** `CPU使用率恢复`: the part that says the state, in a word of a language without spaces. */
function withoutStatePart(word: string): string {
  if (!/\p{Script=Han}/u.test(word)) return word;
  return PARTS.reduce((rest, [parts]) => rest.replace(parts, ''), word);
}

const VERBS: ReadonlySet<string> = new Set([
  ...'is are was were has have been be now not no longer back again the a an to after for since'.split(' '),
  ...'nicht ist wurde wieder antwortet responding answers went goes just est été es está'.split(' '),
]);
