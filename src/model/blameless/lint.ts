/**
 * Reads any postmortem in Markdown as a blameless facilitator would: what blames people, what is known only afterwards,
 * what is too vague to be checked. After PagerDuty's postmortem guide, Google's SRE book, Atlassian's incident handbook
 * and Etsy's debriefing guide.
 */
import { chinese } from '#model/blameless/chinese.ts';
import { english } from '#model/blameless/english.ts';
import { french } from '#model/blameless/french.ts';
import { german } from '#model/blameless/german.ts';
import { japanese } from '#model/blameless/japanese.ts';
import { KNOWN, type Language } from '#model/blameless/language.ts';
import type { Passage, Section } from '#model/blameless/passage.ts';
import { personAsCauseIn } from '#model/blameless/person-as-cause.ts';
import { portuguese } from '#model/blameless/portuguese.ts';
import { scornIn } from '#model/blameless/scorn.ts';
import { spanish } from '#model/blameless/spanish.ts';
import { firstIn, inSmallLetters, type WordedPattern, wordedPattern } from '#model/blameless/worded-pattern.ts';
import { type People, peopleAsRoles } from '#model/incident/people-as-roles.ts';

/** About words. */
export type Rule = 'blame' | 'hindsight' | 'vague' | 'single-cause' | 'left-over' | 'secret' | 'name';

/** About a document as a whole. */
export type StructureRule =
  | 'section'
  | 'empty'
  | 'timeline'
  | 'milestone'
  | 'source'
  | 'first-person'
  | 'impact'
  | 'duration'
  | 'detection'
  | 'factors'
  | 'trigger'
  | 'citation'
  | 'times'
  | 'state'
  | 'review'
  | 'outage'
  | 'acronym'
  | 'action-item'
  | 'action-types';

export type LintFinding<Of extends Rule | StructureRule = Rule | StructureRule> = Readonly<{
  rule: Of;
  /** A postmortem with it must not be published. */
  blocks: boolean;
  /** From 1. */
  line: number;
  /** The words that it is about. People are roles in it. */
  text: string;
  /** What to write instead. */
  advice: string;
}>;

/** What stands in sentences whose secrets have been taken out. `names`: see `lintPostmortem`. */
export function lintPassages(
  passages: readonly Passage[],
  names: readonly string[] = [],
): readonly LintFinding<Rule>[] {
  const withRoles = peopleAsRoles(peopleOf([...names, ...respondersIn(passages)]));
  return passages.flatMap((passage) => findingsIn(passage, withRoles));
}

function findingsIn(passage: Passage, withRoles: (text: string) => string): readonly LintFinding<Rule>[] {
  const { section, line, text } = passage;
  const finding = (rule: Rule, words: string, advice: string): LintFinding<Rule> => ({
    rule,
    blocks: BLOCKS.has(rule),
    line,
    text: shortened(words),
    advice,
  });
  if (NOT_READ.has(section)) return [];
  const all = withRoles(withoutProgramWords(text));
  const roles = withoutInnocent(all);
  const own = roles.replace(QUOTED, '…');
  const blame = blameIn(roles.replaceAll(REPEATED, 'again'));
  const vague = vagueIn(passage, all.replace(QUOTED, '…'));
  const found = [
    blame === undefined ? undefined : finding('blame', blame.words, blame.advice),
    said('hindsight', firstIn(own, HINDSIGHT), HINDSIGHT_ADVICE),
    vague === undefined ? undefined : finding('vague', vague.words, vague.advice),
    said('single-cause', firstIn(own, SINGLE_CAUSE) ?? firstUndenied(own, IDIOMS_OF_ONE_CAUSE), SINGLE_CAUSE_ADVICE),
    said('left-over', LEFT_OVER.exec(text)?.[0], LEFT_OVER_ADVICE),
    blame === undefined && !NAMES_STAND.has(section) && withRoles(text) !== text
      ? finding('name', text, NAME_ADVICE)
      : undefined,
  ];
  return found.filter((one) => one !== undefined);

  function said(rule: Rule, words: string | undefined, advice: string): LintFinding<Rule> | undefined {
    return words === undefined ? undefined : finding(rule, words, advice);
  }
}

/** What a list of single words between a person and a deed does not have. */
const REPEATED = /(?<!\p{L})(?:once more|yet again|one more time)(?!\p{L})/giu;

type Vague = Readonly<{ words: string; advice: string }>;

function vagueIn({ section, block, isFirst }: Passage, text: string): Vague | undefined {
  if (section === 'actions') return isFirst ? vagueTask(text, block) : undefined;
  if (!COUNTED.has(section)) return vagueAdvice(text, block);
  const isDated = section === 'timeline' && DATED_ROW.test(block);
  return (isDated ? undefined : vagueTime(text, block)) ?? vagueAmount(text);
}

function vagueAdvice(text: string, block: string): Vague | undefined {
  const words = MEASURED.test(block) ? undefined : firstIn(text, ADVICE);
  return words === undefined ? undefined : { words, advice: TASK_ADVICE };
}

function vagueTask(text: string, block: string): Vague | undefined {
  const task = taskIn(text);
  const words = attitudeIn(task) ?? (MEASURED.test(block) ? undefined : firstIn(task, TASKS));
  return words === undefined ? vagueAdvice(task, block) : { words, advice: TASK_ADVICE };
}

function attitudeIn(task: string): string | undefined {
  return firstIn(task, ATTITUDES) ?? firstIn(task, DEMANDS);
}

/** A clock time in the same row says when, but not on which day. */
function vagueTime(text: string, block: string): Vague | undefined {
  const words = firstIn(text, DAYS) ?? (CLOCK.test(block) ? undefined : firstIn(text, TIMES));
  return words === undefined ? undefined : { words, advice: TIME_ADVICE };
}

function vagueAmount(text: string): Vague | undefined {
  const words = firstIn(text, AMOUNTS);
  const isCounted = /\p{Nd}/u.test(text.replaceAll(DAY_OR_TIME, ''));
  return words === undefined || isCounted ? undefined : { words, advice: AMOUNT_ADVICE };
}

/** Why this cannot be an action item; undefined where it can. Only what asks for an attitude is refused. */
export function taskProblem(text: string): string | undefined {
  const words = attitudeIn(taskIn(text));
  return words === undefined ? undefined : `Nobody can finish or check “${shortened(words)}”. ${TASK_ADVICE}`;
}

/** Whether the text looks for somebody at fault. People are roles in it: `a responder`. */
export function isBlaming(text: string): boolean {
  return blameIn(withoutInnocent(text)) !== undefined;
}

function blameIn(text: string): Readonly<{ words: string; advice: string }> | undefined {
  const person = firstIn(text, FAULTS) ?? firstIn(text, DEMANDS) ?? personAsCauseIn(text) ?? scornIn(text);
  if (person !== undefined) return { words: person, advice: PERSON_ADVICE };
  const words = firstIn(text, BLAME) ?? firstUndenied(text, IDIOMS_OF_BLAME) ?? besidePeople(text);
  if (words === undefined) return undefined;
  return { words, advice: ASKS_WHY.test(words) ? WHY_ADVICE : BLAME_ADVICE };
}

/** The words that blame people only where the sentence names some: they stand in any order. */
function besidePeople(text: string): string | undefined {
  const small = inSmallLetters(text);
  return firstUndenied(
    text,
    BESIDE_PEOPLE.filter(({ people }) => people.test(small)),
  );
}

const SPACED: readonly Language[] = [english, german, french, spanish, portuguese];
const UNSPACED: readonly Language[] = [japanese, chinese];

const BEGINS = '(?<![\\p{L}\\p{N}_])';
const ENDS = '(?![\\p{L}\\p{N}_])';
const WHO =
  '(?:(?:we|the team|everyone|everybody|engineers|all) (?:will|should|must|need to|have to|to) |to |please )?';

const FAULTS = [
  ...SPACED.flatMap(({ people, between = '', faults }) =>
    faults.map((words) =>
      wordedPattern(
        `${BEGINS}(?:${people}|${KNOWN})(?!['’]s?${ENDS})(?:[ ,]{1,2}(?:${between})){0,6}?(?:[ ,]{1,2}(?:and|und|et|y|e))?[ ,]{1,2}(?:${words})${ENDS}`,
      ),
    ),
  ),
  ...UNSPACED.flatMap(({ people, faults }) =>
    faults.map((words) => wordedPattern(`(?:${people}|${KNOWN})[^。！？\\n]{0,24}?(?:${words})`)),
  ),
];

/** An attitude that is asked of somebody: `developers must be more careful`. */
const DEMANDS = SPACED.map(({ people, attitudes }) =>
  wordedPattern(`${BEGINS}(?:${people}|${KNOWN})(?: [^\\s.;:!?]{1,30}){0,5}? (?:${attitudes})${ENDS}`),
);

const ALL = [...SPACED, ...UNSPACED];
const BLAME = anywhere(({ blame }) => blame);
const IDIOMS_OF_BLAME = undenied(({ blame }) => blame);
const BESIDE_PEOPLE = undenied(({ ofPeople }) => ofPeople).map((idioms, at) => ({
  ...idioms,
  people: peopleIn(ALL[at]),
}));
const HINDSIGHT = [...anywhere(({ hindsight }) => hindsight), ...anywhere(({ idioms }) => idioms.hindsight)];
const SINGLE_CAUSE = anywhere(({ causes }) => [causes]);
const ANY_DENIAL = denialPattern(SPACED.map(({ idioms: { denials } }) => denials).join('|'));
const IDIOMS_OF_ONE_CAUSE = undenied(({ causes }) => causes).map((one, at) =>
  at < SPACED.length ? { ...one, denials: ANY_DENIAL } : one,
);
const INNOCENT = anywhere(({ innocent, idioms: { innocent: more } }) => [...innocent, ...more]);
const ADVICE = [...anywhere(({ advice }) => advice), ...anywhere(({ idioms }) => idioms.advice)];
const AMOUNTS = [...anywhere(({ amounts }) => amounts), ...anywhere(({ idioms }) => idioms.amounts)];
const DAYS = anywhere(({ days }) => [days]);
const TIMES = [...anywhere(({ times }) => times), ...anywhere(({ idioms }) => idioms.times)];
const ATTITUDES = atBegin(({ attitudes, efforts }) => (efforts === undefined ? attitudes : `${attitudes}|${efforts}`));
const TASKS = [
  ...atBegin(({ tasks }) => tasks),
  ...ALL.flatMap((language) =>
    [language.idioms.attitudes, language.idioms.tasks].map((words) => beginning(language, words)),
  ),
];

type WordsOf = (idioms: Language['idioms']) => readonly string[];

function within(language: Language, words: string): WordedPattern {
  return wordedPattern(UNSPACED.includes(language) ? words : `${BEGINS}(?:${words})${ENDS}`);
}

/** Only where a task begins so. */
function beginning(language: Language, words: string): WordedPattern {
  return wordedPattern(UNSPACED.includes(language) ? `^(?:${words})` : `^${WHO}(?:${words})${ENDS}`);
}

/** `denials`: undefined where the language puts them behind. */
type Undenied = Readonly<{ words: readonly WordedPattern[]; denials: WordedPattern | undefined }>;

/** By language. */
function undenied(wordsOf: WordsOf): readonly Undenied[] {
  return ALL.map((language) => ({
    words: wordsOf(language.idioms).map((words) => within(language, words)),
    denials: denialsIn(language),
  }));
}

function denialsIn({ idioms: { denials } }: Language): WordedPattern | undefined {
  if (denials === '') return undefined;
  return /[a-z]/.test(denials) ? denialPattern(denials) : wordedPattern(`${denials}[^。，：；]{0,10}$`);
}

function denialPattern(denials: string): WordedPattern {
  return wordedPattern(`${BEGINS}(?:${denials})(?: [^\\s.;:!?]{1,30}){0,5} $`);
}

function peopleIn(language: Language | undefined): WordedPattern {
  const people = `(?:${language?.people ?? ''}|${KNOWN})`;
  return language !== undefined && UNSPACED.includes(language)
    ? wordedPattern(people)
    : wordedPattern(`${BEGINS}${people}${ENDS}`);
}

/** In characters: a denial stands near. */
const DENIED_WITHIN = 120;

/** Unless a denial stands a few words before: `nobody dropped the ball`. */
function firstUndenied(text: string, all: readonly Undenied[]): string | undefined {
  const small = inSmallLetters(text);
  for (const { words, denials } of all) {
    for (const pattern of words) {
      const found = pattern.exec(small);
      if (found === null || denials?.test(small.slice(Math.max(0, found.index - DENIED_WITHIN), found.index))) continue;
      return text.slice(found.index, found.index + found[0].length);
    }
  }
  return undefined;
}

/** A pattern for each, so that a word more is read again in a second by who proves that no pattern is slow. */
function anywhere(wordsOf: (language: Language) => readonly string[]): readonly WordedPattern[] {
  return ALL.flatMap((language) => wordsOf(language).map((words) => within(language, words)));
}

function atBegin(wordsOf: (language: Language) => string): readonly WordedPattern[] {
  return ALL.map((language) => beginning(language, wordsOf(language)));
}

const ASKS_WHY = /^(?:¿ ?)?(?:why|what|warum|wieso|weshalb|pourquoi|por qu[eé]|なぜ|どうして|为)/iu;
const LEFT_OVER =
  /(?<!\b(?:[Tt]he|[Tt]hat|[Oo]ld) )\b(?:TODO|TBD|XXX|FIXME|lorem ipsum)\b|(?<![\p{L}\p{N}?!%€$)])\?\?|<[A-Z][A-Z _]{3,40}>|\{\{[^{}\n]{1,80}\}\}/u;
/** A time of the day, or a day of the calendar. */
const CLOCK =
  /\p{Nd}{1,2}[:.hH]\p{Nd}{2}|\p{Nd}{1,2} ?(?:Uhr|h|am|pm|時|点|시)(?!\p{L})|\p{Nd}{1,2}[時点]|\p{Nd}{4}-\p{Nd}{2}-\p{Nd}{2}/u;
/** A row that begins with its day and time, perhaps behind its mark: `yesterday` is known beside it. */
const DATED_ROW =
  /^[^\p{L}\p{N}]{0,5}(?:\[?T\d{1,4}\b[^|]{0,200}\|\s*)?\p{Nd}{4}-\p{Nd}{2}-\p{Nd}{2} \p{Nd}{2}:\p{Nd}{2}/u;
/** What tells when it is done: a number, or a condition. */
const MEASURED =
  /\p{Nd} ?(?:%|‰|ms|s|min|minutes?|seconds?|h|hours?|days?|MB|GB|TB|KB|MiB|GiB|req|rps|qps|connections?|retries|attempts|requests?|errors?|rows?|nodes?|alerts?|hosts?|clusters?|services?|tables?|people|runbooks?|Prozent|Sekunden?|Minuten?|Stunden?|Tagen?|Versuchen?|Anfragen|Verbindungen|Zeilen|secondes?|minutes?|heures?|jours?|essais?|tentatives?|requêtes|connexions|lignes|segundos?|minutos?|horas?|días?|intentos|conexiones|peticiones|filas|dias?|tentativas|conexões|requisições|linhas)(?!\p{L})|\p{Nd} ?(?:秒|分|時間|小时|天|毫秒|件|次|回|倍|个|台|条|行|名|人|万|以上|以下|以内)|\bp\d{2}\b|\b(?:above|below|exceeds?|at least|at most|über|unter|mindestens|höchstens|au moins|au plus|al menos|como máximo|pelo menos|no máximo) \p{Nd}|\p{Nd}(?: ?\p{L}{1,12})? (?:to|auf|à|a|para) \p{Nd}|\p{Nd} ?(?:から|到)|\bdone when\b/iu;
const COUNTED: ReadonlySet<Section> = new Set(['summary', 'impact', 'detection', 'timeline']);
const NOT_READ: ReadonlySet<Section> = new Set(['responders', 'lint']);
const NAMES_STAND: ReadonlySet<Section> = new Set(['responders', 'timeline', 'actions']);
const BLOCKS: ReadonlySet<Rule> = new Set(['blame', 'left-over', 'secret']);

/**
 * Without what a program said, where a sentence quotes it: `the log says “user error: …”`. Without the names of what is
 * measured or set: `the human error rate of the OCR model`, `the careless-retry flag`.
 */
function withoutProgramWords(text: string): string {
  const named = text.replaceAll(MEASURED_ERRORS, '…').replaceAll(NAMED_BY_ATTITUDE, '…');
  const isQuoted = [PROGRAM_SAID, SCREEN_SAID, CUSTOMER_SAID, MEASURE_NAMED].some((said) => said.test(named));
  return isQuoted ? named.replace(QUOTED, '…') : named;
}

/** Without what denies blame, and what tells no wish. */
function withoutInnocent(text: string): string {
  return INNOCENT.reduce(without, text);
}

function without(text: string, pattern: WordedPattern): string {
  let [rest, small] = [text, inSmallLetters(text)];
  for (let found = pattern.exec(small); found !== null; found = pattern.exec(small)) {
    const end = found.index + found[0].length;
    rest = `${rest.slice(0, found.index)}…${rest.slice(end)}`;
    small = `${small.slice(0, found.index)}…${small.slice(end)}`;
  }
  return rest;
}

const MEASURED_ERRORS =
  /(?<!\p{L})(?:(?:human|user|operator|manual)[ -]errors?(?=['"”»]? (?:rates?|ratios?|counts?|counters?|metrics?|codes?|messages?|logs?|classes|categor(?:y|ies)|events?|panels?|dashboards?|types?|states?|handlers?|budgets?)(?!\p{L})| \p{Nd}{2,5}(?!\p{L})| ?\([45]xx)|(?:taux|tasa|taxa|porcentaje|percentual|índice) d(?:e |u |['’])(?:erreurs?|errores?|erros?|fallos?) (?:humain(?:es?)?|humanos?|(?:de |d['’])?(?:usuario|usuário|utilisateur|operador)s?)|(?:errores|erros|erreurs) (?:de |d['’])(?:usuario|usuário|utilisateur)s?(?= ?\([45]xx)|(?:Rate|Quote|Anteil) (?:der )?(?:menschlich(?:e|er) Fehler|Bedienfehler|Anwenderfehler))|(?:人的ミス|人为失误|人为错误)(?=率|件数|次数)/giu;
const NAMED_BY_ATTITUDE = /(?<![\p{L}-])(?:careless|sloppy|reckless|stupid|negligent)-\p{L}[\p{L}-]{0,40}/giu;

const PROGRAM_SAID =
  /\b(?:log(?:s|ged)?|messages?|output|printed|prints|returned|returns|responded|says|said|stack ?trace|alert text|banner)\b|(?:meldung|protokoll|ausgabe|journal|trace|affiche|renvoi|registro|mensaje|mensagem|devuelve|devolvió|imprim(?:e|ió|iu)|retorna|retornou)|ログ|メッセージ|エラー|出力|日志|报错|输出|提示/iu;
const SCREEN_SAID =
  /(?<!\p{L})(?:screens?|displays?|displayed|terminals?|kiosks?|Bildschirm(?:e|en|s)?|Anzeigen?|écrans?|bornes?|terminaux|pantallas?|telas?|ecrãs?|terminal(?:es)?|terminais)(?!\p{L})|画面|端末|表示|屏幕|界面|显示|弹窗/iu;
const CUSTOMER_SAID =
  /(?<!\p{L})(?:customers?|users?|clients?|merchants?|shoppers?|tickets?|subscribers?|callers?|complaints?|tweets?|tweeted|posts?|forum|reddit|twitter|journalists?|newspapers?|press|Kund(?:e|en|in|innen)|Nutzer(?:n|in|innen|s)?|Anwender(?:n|in|innen)?|Händler(?:n|s)?|Beschwerden?|Presse|Zeitung|client(?:e|es)?|utilisat(?:eur|rice)s?|abonnée?s?|réclamations?|plaintes?|presse|clientes?|usuari[oa]s?|quejas?|reclamaci(?:ón|ones)|prensa|usuári[oa]s?|utilizador(?:es)?|reclamaç(?:ão|ões)|imprensa|lojistas?)(?!\p{L})|顧客|お客|利用者|ユーザー|加盟店|クレーム|ツイート|投稿|問い合わせ|客户|用户|顾客|商户|投诉|微博|网友|媒体/iu;
/** What has a name with such words: `the panel “human errors”`. */
const MEASURE_NAMED =
  /(?<!\p{L})(?:metrics?|gauges?|counters?|dashboards?|panels?|charts?|graphs?|labels?|columns?|fields?|tags?|flags?|indicators?|categor(?:y|ies)|detectors?|Metrik(?:en)?|Kennzahl(?:en)?|Zähler|Spalten?|Felder?|Diagramm|Kachel|Kategorie|métriques?|indicateurs?|tableau|panneau|colonne|champ|étiquette|catégorie|métricas?|indicador(?:es)?|panel(?:es)?|columna|campo|etiqueta|categoría|gráfic[oa]|pain(?:el|éis)|coluna|categoria)(?!\p{L})|指標|メトリクス|パネル|グラフ|ラベル|項目|カウンタ|ダッシュボード|分類|指标|指数|面板|仪表盘|图表|标签|字段|计数器|类别/iu;
const QUOTED =
  /“[^“”\n]{1,200}”|"[^"\n]{1,200}"|„[^„“”\n]{1,200}[“”]|«[^«»\n]{1,200}»|»[^«»\n]{1,200}«|›[^‹›\n]{1,200}‹|‹[^‹›\n]{1,200}›|‚[^‚‘\n]{1,200}‘|‘[^‘\n]{8,200}’(?!\p{L})|「[^「」\n]{1,200}」|『[^『』\n]{1,200}』|(?<!\p{L})'[^'\n]{8,200}'(?!\p{L})/gu;

const DAY_OR_TIME = /\p{Nd}{1,2}[:.hH]\p{Nd}{2}|\p{Nd}{4}-\p{Nd}{2}-\p{Nd}{2}/gu;

/** Without who does it: `Kim: `, `@kim – `, `(platform team) `. */
function taskIn(text: string): string {
  return text
    .replace(
      /^(?:\([^()\n]{1,40}\)\s*|[^\s:：–—·][^:：–—·\n]{0,70}(?::\s+|：\s*)|[^\s:：–—·][^:：–—·\n]{0,30}[–—·]\s+)/u,
      '',
    )
    .replace(/^·\s*/, '');
}

function shortened(words: string): string {
  const text = words.replaceAll(/\s+/g, ' ').trim();
  return text.length <= MOST_CHARS ? text : `${text.slice(0, MOST_CHARS - 1)}…`;
}
const MOST_CHARS = 120;

/** Also with the genitive that German writes without a mark. */
function peopleOf(names: readonly string[]): People {
  return { roles: {}, names: new Map(names.map((name, at) => [`person ${at}`, writtenForms(name)])) };
}

function writtenForms(name: string): readonly string[] {
  const [family] = FOUR_SIGNS.exec(name) ?? [];
  return [name, `${name}s`, ...(family === undefined ? [] : [family])];
}

/** The family name of a Japanese name, which has no space within. */
const FOUR_SIGNS = /^\p{Script=Han}{2}(?=\p{Script=Han}{2}$)/u;

const NAME = /^\p{Lu}[\p{L}'’-]{1,30}(?: \p{Lu}[\p{L}'’.-]{0,30}){0,2}$/u;
const NO_NAME =
  /commander|lead|engineer|scribe|responder|manager|on-?call|team|liaison|role|name|person|support|database|platform|owner/i;

function respondersIn(passages: readonly Passage[]): readonly string[] {
  return passages
    .filter(({ section }) => section === 'responders')
    .flatMap(({ text }) => text.split(/[·:,;()–—\n]|\s-\s|\sand\s/))
    .map((part) => part.trim())
    .filter((part) => NAME.test(part) && !NO_NAME.test(part));
}

const PERSON_ADVICE =
  'Say what made it possible, and not who did it: “The upgrade does not check that the node is drained” in place of “somebody forgot to drain the node”.';
const BLAME_ADVICE =
  'Say what people saw at that time, and what let the mistake through: “The form accepted a region that does not exist” in place of “human error”.';
const WHY_ADVICE =
  'Ask how or what: “What did the health check show at 14:05 UTC?” in place of “Why did you restart it?”';
const HINDSIGHT_ADVICE =
  'Say what happened, and put the wish into the action items: “No alert watched the disk” in place of “we should have seen the full disk”.';
const AMOUNT_ADVICE =
  'Give the number, its share and its time: “412 of 9,870 requests (4.2 %) from 14:02 to 14:31 UTC”.';
const TIME_ADVICE = 'Give the day, the time and the zone: “2026-01-06 14:02 UTC”.';
const TASK_ADVICE =
  'Say what will be there, and how one sees that it is done: “An alert pages when p99 of checkout is above 2 s for 5 min”.';
const SINGLE_CAUSE_ADVICE =
  'Name the trigger and the contributing factors: an incident needs several, and none is enough alone.';
const LEFT_OVER_ADVICE = 'Fill it in, or say that it is not known.';
const NAME_ADVICE =
  'Name the role: “the on-call engineer”. Names stand under Responders, in the timeline and at action items.';
