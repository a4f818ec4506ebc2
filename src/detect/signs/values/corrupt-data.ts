/** Messages of programs and databases about wrong data. */
import { numbersEnded } from '#model/sql/ended-numbers.ts';

export type Corruption =
  | 'checksum mismatch'
  | 'wrong value'
  | 'corrupt data'
  | 'unreadable data'
  | 'violated constraint'
  | 'lost messages'
  | 'stale data';

/** `once`: one line is enough. The other kinds occur in every system now and then. */
export type CorruptionForm = Readonly<{ kind: Corruption; once: boolean; form: RegExp }>;

/** Something that is known to be wrong went on: `stored all the same`, `sent anyway`. */
const WENT_ON =
  /\b(?:stored|saved|written|wrote|accepted|kept|sent|printed|published|imported|used|booked|charged|paid|shipped|posted|applied|passed on|delivered|cached|indexed)\b[^.;\n]{0,30}\b(?:all the same|anyway|nevertheless|nonetheless|regardless|even so|unchecked|in spite of)\b/i;
/** A value that cannot be. */
const IMPOSSIBLE =
  /\b(?:implausible|impossible|nonsensical|absurd|negative|not plausible|out of range|off by (?:one|a factor|\d)|NaN|wrong (?:unit|sign|scale|currency|time ?zone|encoding|tenant|locale|factor))\b/i;
const QUANTITY =
  /\b(?:values?|readings?|prices?|amounts?|totals?|sums?|weights?|balances?|quantit(?:y|ies)|temperatures?|ages?|dates?|scores?|rates?|stocks?|durations?|distances?|doses?|invoices?|bookings?|labels?|records?|rows?)\b/i;
/** Read in another way than it was written: a decimal comma, grams, local time, Latin-1. */
const MISREAD =
  /\b(?:read|parsed|interpreted|taken|treated|decoded|understood|stored|handled|rounded|converted) (?:with|as|in|using) [^;\n]{0,60}\b(?:instead of|rather than|not (?:as|in)|although|but (?:is|was|are|were))\b|\b(?:comma|point|dot|period)\b[^\n]{0,30}\b(?:thousands?|decimal) separator\b|\b(?:read|parsed|taken|treated|interpreted) as (?:grams|kilos?|kilograms|pounds|cents|euros|dollars|metres|meters|feet|inches|miles|litres|gallons|celsius|fahrenheit|seconds|milliseconds|UTC|local time|latin-?1|utf-?8|thousands)\b|\bmojibake\b|\bdouble[- ]encoded\b|\b(?:hours?|days?|months?|cents?) off\b|\b(?:\d{2,6}|ten|a hundred|a thousand|hundred|thousand) times too (?:high|low|large|small|much|many)\b/i;
/** Sums that should be equal, and things that should exist once. */
const DISAGREES =
  /\b(?:reconciliation|sums?|totals?|balances?|ledgers?|inventor(?:y|ies)|counts?)\b[^\n]{0,60}\b(?:differs?|disagrees?|do(?:es)? not (?:match|agree|add up)|don't add up|out of balance|off by)\b|\b(?:numbers?|invoices?|orders?|payments?|charges?|tickets?|seats?|ids?|serials?|vouchers?|refunds?)\b[^\n]{0,40}\b(?:issued|charged|booked|paid|sold|assigned|used|refunded|counted) (?:twice|two times|double)\b|\b(?:double[- ]|doubly )(?:charged|booked|counted|billed|sold)\b/i;

/** Whether a line says that a wrong value was taken for right. */
function saysWrongValue(text: string): boolean {
  if (REFUSED.test(text) && !WENT_ON.test(text)) return false;
  if (MISREAD.test(text) || DISAGREES.test(text)) return true;
  return (
    (WENT_ON.test(text) || /\b(?:written|stored|saved|kept|sent|printed|booked)\b/i.test(text)) &&
    IMPOSSIBLE.test(text) &&
    QUANTITY.test(text)
  );
}

/** Whoever refuses or mends a wrong value keeps the data right. */
const REFUSED =
  /\b(?:reject(?:ed|s|ing)?|refus(?:ed|es|ing)|ignor(?:ed|es|ing)|skipp(?:ed|ing)|discard(?:ed|s|ing)?|dropp(?:ed|ing)|correct(?:ed|s|ing)|fixed|clamp(?:ed|s)|quarantined?|declin(?:ed|es)|abort(?:ed|s|ing)?|rolled back|not (?:stored|saved|written|sent|accepted)|invalid request|bad request|validation|expected|as ordered|on purpose|by design)\b/i;

const FORMS: readonly CorruptionForm[] = [
  {
    kind: 'checksum mismatch',
    once: true,
    form: /\b(?:checksum|csum|crc(?:32c?|64)?|hash|digest|signature of the (?:file|block|page)|md5|sha-?\d{1,3}|etag)s?\b.{0,40}\b(?:mismatch(?:es|ed)?|does ?n[o'’]t match|do not match|incorrect|differs?|verification failed|validation failed|failed)\b|\b(?:mismatch(?:ed|ing)?|incorrect|invalid|bad|wrong) (?:\w+ )?(?:checksum|crc(?:32c?)?)\b|\bChecksumException\b|\bCorruptRecordException\b|\bpage verification failed\b/i,
  },
  {
    kind: 'corrupt data',
    once: true,
    form: /\binvalid page in block\b|\b(?:database|index|table|page|block|segment|file|wal|journal|data|record|message|snapshot|heap|b-?tree)\b.{0,40}\b(?:is|was|are|seems?|appears? to be|has been) (?:damaged|corrupt(?:ed)?)\b|\bcorrupt(?:ed|ion)? (?:\w+ )?(?:index|page|block|data|record|segment|file|wal|message|sstable|snapshot|header)\b|\bcorruption (?:detected|found)\b|\b(?:bad|wrong) magic (?:number|byte)\b|\bdatabase disk image is malformed\b|\bcould not read block \d+|\bread only \d+ of \d+ bytes\b|\bunexpected chunk number \d+|\bsilent data corruption\b/i,
  },
  {
    kind: 'unreadable data',
    once: false,
    form: /\b(?:failed|unable|could not|cannot|error|can't)\b.{0,30}\b(?:deserial[iy][sz](?:e|ing|ation)?|un-?marshal(?:l?ing)?|decode|decoding|unpack|unpickle)\b|\bdeseriali[sz]ation (?:failed|error|exception)\b|\b(?:Serialization|Deserialization|InvalidProtocolBuffer|JsonParse|JsonMapping|JsonProcessing|UnpicklingError|InvalidDatumException|MalformedJson|AvroRuntime|SerializerNotFound)\w*Exception\b|\bUnknown magic byte\b|\bproto: (?:cannot parse|illegal wireType|wrong wireType)\b|\binvalid character '.{1,4}' (?:looking for|after)\b|\bunexpected end of JSON input\b|\bunexpected (?:EOF|end of (?:file|stream|input))\b|\binvalid (?:byte sequence|UTF-8)\b/i,
  },
  {
    kind: 'violated constraint',
    once: false,
    form: /\bviolates (?:unique|foreign key|not-null|check|exclusion) constraint\b|\bDuplicate entry '.{0,200}' for key\b|\bORA-0(?:0001|1400|2290|2291|2292)\b|\bcannot be null\b|\bUNIQUE constraint failed\b|\bNOT NULL constraint failed\b|\bIntegrityConstraintViolation|\bDataIntegrityViolation|\bForeign key constraint fails\b|\bE11000 duplicate key\b|\bcannot insert (?:the value )?NULL\b|\bunexpected(?:ly)? (?:null|nil|None|undefined)\b|\bnull value in (?:column|field)\b/i,
  },
  {
    kind: 'stale data',
    once: false,
    form: /\b(?:stale|outdated|out-of-date|expired) (?:data|cache|entry|value|read|record|response|result|copy|replica|version)s?\b|\b(?:serving|served|returned|read|using) (?:a )?stale\b|\b(?:cache|replica|copy|index) (?:is|was|lags?) .{0,30}\bbehind\b/i,
  },
];

const WORTH_READING =
  /checksum|csum|crc|hash|digest|mismatch|corrupt|damaged|magic|malformed|block|chunk|serial|marshal|decod|pick|protocol|json|proto|unexpected|invalid|constraint|duplicate|ORA-|null|nil|none|stale|outdated|expired|behind|cache|version|match|anyway|same|nevertheless|regardless|unchecked|instead|rather|although|separator|read as|parsed as|taken as|treated as|mojibake|encoded|\boff\b|times too|differs?|disagree|twice|double|negative|implausible|impossible|out of|wrong/i;

/** Messages that nothing is wrong: `checksum mismatch: 0`, `no corruption found`, the start of a check. */
const NOTHING_WRONG =
  /\b(?:no|0|zero|without|not) (?:\w+ )?(?:checksum|corrupt\w*|mismatch\w*|stale|duplicate)\b|\b(?:mismatch(?:es)?|corrupt\w*|errors?)["']?\s*[:=]\s*["']?(?:0\b|none|false)|\b(?:verifying|checking|scrub(?:bing)?|will verify|enabled?|disabled?)\b.{0,40}\b(?:checksum|corruption)|\bif not exists\b|\bif-(?:none-)?match\b|\b(?:answer(?:ed|ing)|return(?:ed|ing)|status|http)\W{1,3}412\b|\bprecondition failed\b|\bon conflict\b|\bstale-while-revalidate\b|\bevict(?:ed|ing)? (?:\d+ )?(?:stale|expired)\b|\b(?:removed?|removing|deleted?|deleting|purged?|clean(?:ed|ing)? ?(?:up)?|dropp(?:ed|ing)|expir(?:ed|ing)) (?:\d+ )?(?:stale|expired|outdated)\b/i;

const LONGEST_READ = 4_000;

/** A token that is refused is no data: its key is unknown, or it expired. */
const OF_TOKENS = /\b(?:jwts?|jws|jwks|json web tokens?|bearer token|id_token|access_token)\b/i;

/** What a line says is wrong with the data; undefined where it says nothing of this. */
export function corruptionIn(line: string): CorruptionForm | undefined {
  const start = line.slice(0, LONGEST_READ);
  if (!WORTH_READING.test(start) || NOTHING_WRONG.test(start)) return undefined;
  const found = FORMS.find(({ form }) => form.test(start)) ?? (saysWrongValue(start) ? WRONG_VALUE : undefined);
  if (found?.kind === 'unreadable data' && OF_TOKENS.test(start)) return undefined;
  // The row is right, and no number is left for it.
  if (found?.kind === 'violated constraint' && numbersEnded(start) !== undefined) return undefined;
  return found ?? (behind(start) === '' ? undefined : STALE);
}

export const WRONG_VALUE: CorruptionForm = { kind: 'wrong value', once: true, form: /(?:)/ };
const STALE: CorruptionForm = { kind: 'stale data', once: false, form: /(?:)/ };

const PAIR = /"?([A-Za-z][\w.]{1,60})"?\s*[:=]\s*"?v?(\d{1,15})(?:\.\d+)?\b/g;
const HELD = /^(?:.*[._])?(?:cached?|replica|local|served|read)[._]?(?:version|revision|generation|seq(?:uence)?)$/i;
const STORED =
  /^(?:.*[._])?(?:store|stored|db|database|primary|source|current|latest|expected|origin|master)[._]?(?:version|revision|generation|seq(?:uence)?)$/i;
const AGE = /^(?:.*[._])?(?:cache[._]?)?age(?:[._]?(?:s|sec|seconds|ms))?$/i;
const MOST = /^(?:.*[._])?(?:max[._]?age|ttl|max[._]?staleness)(?:[._]?(?:s|sec|seconds|ms))?$/i;

/** `cache_version=41 store_version=57` → `version 41 where 57 is stored`; empty where nothing is stale. */
export function behind(line: string): string {
  if (!/version|revision|generation|seq|age|ttl/i.test(line)) return '';
  const pairs = [...line.slice(0, LONGEST_READ).matchAll(PAIR)].map(
    ([, name = '', value]) => [name, Number(value)] as const,
  );
  const valueBy = (form: RegExp) => pairs.find(([name]) => form.test(name))?.[1];
  const [held, stored, age, most] = [HELD, STORED, AGE, MOST].map(valueBy);
  if (held !== undefined && stored !== undefined && held < stored) return `version ${held} where ${stored} is stored`;
  if (age !== undefined && most !== undefined && most > 0 && age > most && /cache/i.test(line))
    return `${age} old where ${most} is allowed`;
  return '';
}

/** The names of the fields of a line that are null, and of those with a value. */
export function fieldsIn(line: string): Readonly<{ empty: readonly string[]; filled: readonly string[] }> {
  const empty: string[] = [];
  const filled: string[] = [];
  if (line.startsWith('{'))
    for (const [, name = '', value = ''] of line.slice(0, LONGEST_READ).matchAll(JSON_FIELD))
      (value === 'null' ? empty : filled).push(name);
  else
    for (const [, name = '', value = ''] of line.slice(0, LONGEST_READ).matchAll(TEXT_FIELD))
      (NOTHING.test(value) ? empty : filled).push(name);
  return { empty, filled };
}

const JSON_FIELD = /"([\w.-]{1,60})"\s*:\s*(null|[^\s,}])/g;
const TEXT_FIELD = /(?<![\w.-])([A-Za-z][\w.-]{1,60})=("?[^\s,;"]{1,60})/g;
const NOTHING = /^"?(?:null|nil|<nil>|none|undefined|NaN)"?$/i;
/** Fields that are normally null. */
export const OFTEN_EMPTY =
  /err(?:or)?s?$|exception|cause|reason|stack|trace|span|parent|warning|deleted|finished|ended|completed|next|prev|cursor|comment|note|referr?er|optional/i;
