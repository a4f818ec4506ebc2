/** Messages of programs and databases about wrong data. */

export type Corruption =
  | 'checksum mismatch'
  | 'corrupt data'
  | 'unreadable data'
  | 'violated constraint'
  | 'stale data';

/** `once`: one line is enough. The other kinds occur in every system now and then. */
export type CorruptionForm = Readonly<{ kind: Corruption; once: boolean; form: RegExp }>;

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
  /checksum|csum|crc|hash|digest|mismatch|corrupt|damaged|magic|malformed|block|chunk|serial|marshal|decod|pick|protocol|json|proto|unexpected|invalid|constraint|duplicate|ORA-|null|nil|none|stale|outdated|expired|behind|cache|version|match/i;

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
  const found = FORMS.find(({ form }) => form.test(start));
  if (found?.kind === 'unreadable data' && OF_TOKENS.test(start)) return undefined;
  return found ?? (behind(start) === '' ? undefined : STALE);
}

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
