/**
 * What the title of a change says that it does, where no diff is shown: `Right-size database pools: main 40 to 4`.
 * A title is no proof: an effect counts only together with the symptom that it leads to.
 */
import type { Change } from '#model/changes/change.ts';
import { type Limit, quantitiesIn } from '#model/changes/changed-limits.ts';
import { type Effect, type EffectKind, effect, WEAK } from '#model/changes/effect.ts';
import { SETTING_WORDS, TITLE_WORDS, type TitleWords, UNDONE_WORDS } from '#model/changes/title-words.ts';
import { codeWords } from '#model/text/code-words.ts';

type Titled = Pick<Change, 'kind' | 'text'> & Partial<Pick<Change, 'files'>>;

/** `40 to 4`, `1Gi -> 256Mi`, `2 s to 3 s`; not the range `5-10` and not the fields of a crontab. */
const UNIT = String.raw`\s?([kmg]i?b?|ms|m?secs?|seconds?|s|mins?|minutes?|m|hours?|h|days?|d|%)?\b`;
const NUMBER = String.raw`(?<![\w.*/])(\d[\d_]{0,11}(?:\.\d{1,6})?)`;
const FROM_TO = new RegExp(String.raw`${NUMBER}${UNIT}\s{0,3}(?:->|→|=>|\bto\b)\s{0,3}${NUMBER}${UNIT}(?![.*/-])`, 'i');

/** `1gb (6gb before)`, `65536 (was 5242880)`, `8 instead of 100`: what is now comes first. */
const NOW_WAS = new RegExp(
  String.raw`${NUMBER}${UNIT}[\s,;(]{1,3}(?:(?:was|were|previously|formerly|instead of|before:)\s${NUMBER}${UNIT}|${NUMBER}${UNIT}\s(?:before|previously|until now)\b)`,
  'i',
);

/** The limit that the title says it changes. Instances that are scaled are read elsewhere. */
export function titleLimits({ kind, text }: Titled): readonly Limit[] {
  const [before, unit, after, afterUnit] = sidesIn(text);
  // A number without a unit in the title of a flag is the share of users who have it.
  if (before === '' || kind === 'scale' || (kind === 'flag' && (unit === '' || unit === '%'))) return [];
  const shown = (number: string, own: string) => quantitiesIn(`${topicOf(text)} ${number}${own}`).at(-1);
  // `5 to 15 minutes`: one unit stands for both. `cpu 2 to 300m`: two cores, and thousandths of one.
  const isOfCores = /^cpu$/i.test(topicOf(text));
  const [from, to] = [
    shown(before, unit || (isOfCores ? '' : afterUnit)),
    shown(after, afterUnit || (isOfCores ? '' : unit)),
  ];
  if (from === undefined || to === undefined || from === to) return [];
  const [was, is] = UNDOES.test(text) ? [to, from] : [from, to];
  return [{ before: was, after: is, words: codeWords(text), text }];
}

function sidesIn(text: string): readonly [before: string, unit: string, after: string, afterUnit: string] {
  const [, before = '', unit = '', after = '', afterUnit = ''] = FROM_TO.exec(text) ?? [];
  if (before !== '') return [before, unit, after, afterUnit];
  const [, now = '', nowUnit = '', was, wasUnit, other = '', otherUnit = ''] = NOW_WAS.exec(text) ?? [];
  return [was ?? other, (was === undefined ? otherUnit : wasUnit) ?? '', now, nowUnit];
}

/** What decides how a unit is read: `400m` of a CPU is no time. */
function topicOf(text: string): string {
  return /\b(?:cpu|memory|mem|heap)\b/i.exec(text)?.[0] ?? '';
}

/** `Revert "Cache rates for 60 s"`, `Undo the new index` */
const UNDOES = /^\W{0,3}(?:revert|undo|back(?:s|ed|ing)? ?out|take back)\w{0,3}\b[:\s]*/i;
/** `Accept tokens of the second issuer too`: what worked still works. */
const RELAXES = /\b(?:accept|allow|permit|support)\w{0,3}\b.{0,80}\b(?:too|also|as well|more)\b/i;

/** The title says that there is more room, or that more is let in. */
export function isRelaxed({ text }: Pick<Change, 'text'>): boolean {
  return RELAXES.test(text) || RAISES.test(text);
}

/** The setting becomes larger: more room is rarely the cause. */
const RAISES =
  /\b(?:rais|increas|bump|(?<!\bno )more|long|larg|big|high|doubl|tripl|extend|relax|loosen|add|grow)\w{0,4}\b|\bscal\w{1,3} up\b/i;
/** Files of settings: their names say what they set. */
const SETTINGS_FILE = /\.(?:ya?ml|json|tf|tfvars|hcl|toml|ini|conf|cfg|env|properties|cnf|xml)$/i;
const MIGRATION_FILE = /(?:^|\/)(?:migrat\w{1,5}|alembic|flyway|liquibase|changelog)\//i;

/** Rails, Laravel, Django, Express, Vue. */
const ROUTES_FILE = /(?:^|\/)(?:routes?|urls|router)\.\w{1,5}$/i;

/** Types of commits that change nothing that runs (conventionalcommits.org, Angular's convention): `ci: cache key` */
const NOT_RUN = /^\s{0,3}(?:ci|docs?|tests?|style)(?:\([^()\n]{1,60}\))?!?:/i;

/** What the words of a title mean, and the names of its files where they are settings or migrations. */
export function titleEffects(change: Titled): Effect[] {
  const { text } = change;
  if (NOT_RUN.test(text)) return [];
  if (UNDOES.test(text)) return meant(UNDONE_WORDS, text.replace(UNDOES, ''));
  const [paths, title] = [spaced(namesOfFiles(change)), spaced(text)];
  // `weights replicas 3 -> 4`: the name of the service is no word.
  const read = change.kind === 'scale' ? text.replace(/^\S{1,80}(?=\s+replicas?\b)/i, '') : text;
  const ofTitle = [...meant(TITLE_WORDS, read), ...smallerMachine(...sidesOf(text))];
  const isUndirected = titleLimits(change).length === 0 && !RAISES.test(text);
  const ofSetting = isUndirected && isOfSettings(change) ? meant(SETTING_WORDS, `${title}\n${paths}`) : [];
  const ofFiles = meant(TITLE_WORDS, paths).map((one) => ({ ...one, strength: WEAK }));
  const isOff = IS_OFF.test(text);
  const isOfRoutes = (change.files ?? []).some((path) => ROUTES_FILE.test(path));
  const ofRoutes = effect('route-gone', isOfRoutes ? 'it changes routes' : '', WEAK);
  const all = [...ofTitle, ...ofFiles, ...ofSetting, ...ofRoutes, ...raised(change)];
  return onceOfEach(all.filter(({ kind }) => !isOff || !HAS_TO_BE_ON.has(kind)));
}

/** `load shedding, switched off`: the code arrives before its switch, as with feature toggles (martinfowler.com). */
const IS_OFF =
  /\b(?:switched|turned|toggled) off(?=\s{0,3}(?:$|[,;.()[]))|\b(?:off|disabled|inactive) (?:by default|for now|at first)\b|[,(:–—-]\s?(?:still |not |for now )?(?:off|disabled|inactive|dormant|unused|not (?:yet )?(?:on|active|enabled))\s?\)?(?=\s{0,3}(?:$|\(#?\d|\[))|\bbehind an? (?:feature )?(?:flag|toggle|switch)\b/i;
/** They do nothing while they are off. */
const HAS_TO_BE_ON: ReadonlySet<EffectKind> = new Set([
  'refuses-more',
  'stricter-breaker',
  'stricter-input',
  'lower-limit',
  'more-retries',
  'new-lock',
  'new-wait',
]);

/** What follows is a description. */
const LONGEST_TITLE = 500;

function meant(table: readonly TitleWords[], text: string): Effect[] {
  const read = text.slice(0, LONGEST_TITLE);
  return table.flatMap(({ kind, said, words, strength }) => effect(kind, words.test(read) ? said : '', strength));
}

/** The strongest of each kind. */
function onceOfEach(all: readonly Effect[]): Effect[] {
  const best = new Map<Effect['kind'], Effect>();
  for (const one of all) if ((best.get(one.kind)?.strength ?? 0) < one.strength) best.set(one.kind, one);
  return [...best.values()];
}

/** A larger pool and a longer time-out use up what lies behind them. */
function raised(change: Titled): Effect[] {
  const { text } = change;
  if (!RAISES.test(text) || !isOfSettings(change) || titleLimits(change).length > 0) return [];
  return [
    ...effect('larger-pool', /\bpools?\b|\bconnections?\b/i.test(text) ? 'it makes a pool larger' : '', WEAK),
    ...effect('longer-timeout', /\btime-?outs?\b/i.test(text) ? 'it waits longer' : '', WEAK),
  ];
}

function isOfSettings({ kind, files = [] }: Titled): boolean {
  return kind === 'config' || (files.length > 0 && files.every((path) => SETTINGS_FILE.test(path)));
}

/** Names of files of code say where it is, and not what it does. */
function namesOfFiles({ files = [] }: Titled): string {
  return files.filter((path) => SETTINGS_FILE.test(path) || MIGRATION_FILE.test(path)).join('\n');
}

/** `k8s/networkPolicies/default-deny.yaml` → `k8s network Policies default deny yaml` */
function spaced(text: string): string {
  return text.replaceAll(/[/_.-]+/g, ' ').replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ');
}

/** `m5.2xlarge → m5.large`: what was before, and what is now. */
function sidesOf(text: string): [string, string] {
  const [before = '', after = ''] = text.split(/\s(?:to|->|→|=>)\s/);
  return [before, after];
}

/** Sizes of virtual machines and databases at AWS: `m5.2xlarge`, `db.r6g.large`, `cache.t3.micro`. */
const MACHINE = /\b(?:\w{2,10}\.)?[a-z]{1,4}\d\w{0,5}\.(nano|micro|small|medium|large|\d{0,2}xlarge)\b/i;
const SIZES = ['nano', 'micro', 'small', 'medium', 'large', 'xlarge'];

/**
 * Machines with their number of processors: Google Cloud (`n2-standard-16`, `db-custom-8-30720`), Azure (`Standard_D8s_v5`,
 * `GP_Gen5_8`, `GP_Standard_D4ds_v4`).
 */
const CORES =
  /\b((?:db-)?(?:[a-z]\d[a-z]{0,2}-)?(?:standard|highmem|highcpu|custom|perf-optimized-N)-)(\d{1,3})\b|\b((?:[A-Z]{2}_)?Standard_[A-Z]{1,3}|(?:GP|BC|HS|MO)_(?:S_)?Gen\d_)(\d{1,3})(?![\d.])/;

/**
 * Tiers of managed databases and caches: Azure's `Basic`, `S3` and `P1`, MongoDB Atlas' `M30`, Azure Cache's `C2`, Heroku's
 * `standard-4`. Among the tiers of one letter or word, the lower number is the smaller machine.
 */
const TIER =
  /\b(?:sku|tier|plan|edition|service[_ ]?objective|(?:instance|compute|cluster)[_ ]?(?:class|size|type)|sku_?name|instance_?size_?name)\w{0,8}["']?\s{0,3}[:=]?\s{0,3}["']?((?:(?:free|basic|standard|premium|essential|private|shield|pro)-?|[A-Z]{1,2})\d{0,3})\b/i;
/** From small to large, each with its largest: https://learn.microsoft.com/azure/azure-sql/database/resource-limits-dtu-single-databases */
const FAMILIES: readonly RegExp[] = [/^(?:free|basic|essential|[bf])/i, /^(?:standard|s)/i, /^(?:premium|p)/i];

function smallerTier(removed: string, added: string): string {
  const [before, after] = [removed, added].map((text) => TIER.exec(text)?.[1]);
  if (before === undefined || after === undefined || before === after) return '';
  const [was, is] = [splitTier(before), splitTier(after)];
  const isSmaller =
    was.name === is.name ? is.number < was.number : is.family >= 0 && was.family >= 0 && is.family < was.family;
  return isSmaller ? `it runs on the tier ${after} instead of ${before}` : '';
}

function splitTier(tier: string): Readonly<{ name: string; number: number; family: number }> {
  const [, name = '', number = '0'] = /^([a-z]{1,12})-?(\d{0,3})$/i.exec(tier) ?? [];
  return { name: name.toLowerCase(), number: Number(number), family: FAMILIES.findIndex((of) => of.test(name)) };
}

/** The first machine of one text is larger than that of the other. */
export function smallerMachine(removed: string, added: string): Effect[] {
  const [was, now] = [coresIn(removed), coresIn(added)];
  const hasFewer = was !== undefined && now !== undefined && was.of === now.of && now.cores < was.cores;
  if (hasFewer) return smaller(`it runs on ${now.cores} processors instead of ${was.cores}`);
  const [before = '', after = ''] = [removed, added].map((text) => MACHINE.exec(text)?.[1] ?? '');
  const isSmaller = before !== '' && after !== '' && sizeOf(after) < sizeOf(before);
  return smaller(isSmaller ? `it runs on ${after} instead of ${before}` : smallerTier(removed, added));
}

function smaller(said: string): Effect[] {
  return [...effect('less-cpu', said), ...effect('less-memory', said)];
}

/** `of`: the kind of machine. Another kind with fewer processors may be as fast. */
function coresIn(text: string): Readonly<{ of: string; cores: number }> | undefined {
  const [found, google, ofGoogle, azure = '', ofAzure] = CORES.exec(text) ?? [];
  return found === undefined ? undefined : { of: google ?? azure, cores: Number(ofGoogle ?? ofAzure) };
}

/** `2xlarge` is above `xlarge`. */
function sizeOf(name: string): number {
  const times = Number.parseInt(name, 10);
  return Number.isNaN(times) ? SIZES.indexOf(name.toLowerCase()) : SIZES.length + times;
}

/**
 * Titles of changes that nothing reads while it runs: documents, comments, wording, tests, build servers, names inside of
 * one file. Where no line is shown, such a title is all that is known, and it may be wrong.
 */
const QUIET =
  /\b(?:readme|changelog|docs?|documentation|docstrings?|java ?docs?|doc comments?|unused|dead code|(?:internal|local|private) (?:variables?|const\w{0,5}|methods?)|renam\w{1,3} (?:const\w{0,5}|variables?)|no (?:logic|behaviou?r change)|build info|comments?|typos?|wording|reword|footer|copy|translations?|swagger|openapi|json-?ld|examples?|screenshots?|storybook|\w{0,6}lint\w{0,3}|clippy|prettier|formatt?ing|type hints?|typings?|types? of|unit tests?|tests?|specs?|fixtures?|factories|mocks?|snapshots?|ci|codeowners|editorconfig|colou?rs?|icons?|breadcrumbs?|dashboards?|grafana|panels?|alerts?|tool-?tips?|banners?|avatars?|themes?|dark mode|logos?|badges?|help widgets?|onboarding)\b/i;
/** What people see of a page: its looks, not what it does. */
const LOOKS =
  /\b(?:emojis?|fonts?|bold|italics?|buttons?|placeholders?|hints?|auto-?focus|a11y|accessibility|aria|alt texts?|css|styles|favicons?|layouts?|spacing|animations?|confetti|captions?|headings?|headlines?|progress bars?|check-?box(?:es)?|drop-?downs?|thumbnail borders?|legends?|umlauts?|typographic|title case|upper-?case|hero images?|illustrations?|zoom buttons?|loading spinners?|robots\.txt)\b/i;
/** Who watches the services, other environments, and labels for the bill. */
const BESIDE =
  /\b(?:staging|sandbox|dev(?:elopment)? (?:cluster|environment)|test users?|build agents?|pager-?duty|opsgenie|on-?call|rota|urgency|cost[- ]?cent(?:er|re)|prometheus annotations?|scrape (?:ports?|intervals?|configs?)|service ?monitors?|log lines?|^log(?:s|ging)? (?:the )?\w{2,20}$|metrics? tags?|health endpoint|build info|makefile|coverage)\b/i;

/** `bucket policy press-docs`, `team=docs`: the name of a thing is no work. */
const NAME_OF_THING =
  /(?<=\b(?:buckets?|topics?|queues?|tables?|index|indices|polic(?:y|ies)|roles?|streams?|collections?|databases?|namespaces?|quotas?)\s(?:of (?:the )?)?)\w{1,40}(?:[-.]\w{1,40}){1,6}|(?<=\w=)[\w-]{1,40}/gi;

/** The name of a host is none either: `docs.acme.com` */
const HOST =
  /\b(?:[a-z\d][a-z\d-]{0,60}\.){1,6}(?:com|net|org|io|eu|ai|app|dev|cloud|internal|local|svc|example|invalid)\b/gi;

/** `LOG_LEVEL=info (was debug)`; more lines may be more work. */
const FEWER_LINES = /\blog[._ -]?level\W{1,3}(?:to )?(?:info|warn(?:ing)?|error)\b/i;

/** Whether the title names only such work. */
export function isQuietTitle({ text }: Pick<Change, 'text'>): boolean {
  // `on for everybody (was: 1 % in staging)`: where it was before.
  const said = text
    .replaceAll(/\(was\b[^)]{0,100}\)/gi, '')
    .replaceAll(NAME_OF_THING, ' ')
    .replaceAll(HOST, ' ')
    .replaceAll(/[_-]/g, ' ');
  return FEWER_LINES.test(text) || [QUIET, LOOKS, BESIDE].some((words) => words.test(said));
}
