/** The times that a body or a message names, in the forms of senders, mails and people. */
import { instantUs } from '#adapters/alert-fields.ts';
import type { Field } from './payload-fields.ts';
import { fieldsLike } from './pick-field.ts';

/** Names of fields for the time when the alert began; then for when it was created; then for when it was sent. */
const STARTS: readonly RegExp[] = [
  /^(?:(?:alert|incident|event|problem|outage|issue|alarm|downtime|anomaly|violation|state)?(?:start(?:ed|s|ing)?(?:at|time|date|datetime|timestamp|on)?(?:utc)?|trigger(?:ed)?(?:at|time|date|datetime|on)(?:utc)?|fired?(?:at|time|date|datetime)|open(?:ed)?(?:at|time|date|on)|begin(?:at|s|time)?|began(?:at)?|firstseen(?:at)?|first(?:detected|occur\w*|fired|triggered)(?:at|time)?|detected(?:at|on|time)?|occur(?:red|ence|rence)?(?:at|on|time)?|activeat|activatedat|activesince|since|(?:went)?down(?:since|at)|impactstart\w*|startedon|datestart(?:zoned)?)|(?:firing|alerting|failing|active|open|unhealthy)since|seit|beginn|startzeit|beginnzeit|depuis|debut|début|heuredudébut|heurededébut|desde|comienzo|horadeinicio|dal|sinds|inicio|início|inizio|начало|触发时间|告警时间|发生时间|開始時刻|発生時刻|発生日時|발생시간|시작시간)$/u,
  /^(?:(?:alert|incident|event|problem|issue|alarm)?creat(?:ed?|ion)(?:at|on|time|date|datetime|timestamp)?|report(?:ed)?(?:at|on|time)|raisedat|raised)$/,
  /^(?:(?:alert|incident|event|problem|issue|alarm|outage|check|cron|statechange|trigger|notification|current|result|status|source)?(?:timestamp|datetime|time(?:iso|unixformat|unix|utc)?|date|epoch|ts|at|when|unixtime|utctime|timestampms|timems|timestamputc|timeutc)|(?:long|short)datetime|lastchange|laststatechange|statechanged(?:at|on|time|timestamp|utctime)|statechangetime|firstreceived|receivedat|zeitpunkt|zeit|datum|heure|fecha|hora|data|ora|tijd|дата|время|时间|日時|時刻|시간)$/u,
];
/** Objects whose times are others than those of the alert. */
export const NOT_ITS_TIME =
  /^(?:previous\w*|old\w*|user|users|author|actor|assignees?|notes?|comments?|policy|rule|monitor|check|team|owner|service|project|organization|responders?)$/;

/** When the alert began, in microseconds; undefined where no field names it. */
export function startOf(fields: readonly Field[]): number | undefined {
  return startAmong(fields, STARTS);
}

/** What has an own time of creation beside that of its event. */
const SUBJECT = /^(?:incident|problem|outage|issue|alarm|alert)$/;

function startAmong(fields: readonly Field[], named: readonly RegExp[]): number | undefined {
  for (const names of named) {
    const found = fieldsLike(fields, {
      names,
      notIn: NOT_ITS_TIME,
      fits: ({ value }) => momentIn(value) !== undefined,
    });
    const own = names === STARTS[1] ? found.find(({ holders }) => SUBJECT.test(holders.at(-1) ?? '')) : undefined;
    const [first] = own === undefined ? found : [own];
    if (first !== undefined) return momentIn(first.value);
  }
  return undefined;
}

/** An older time is that of another alert, or of a rule. */
const LONGEST_US = 30 * 86_400_000_000;

type Saying = Readonly<{
  fields: readonly Field[];
  title: string;
  /** The lines below the title, as Slack got them. */
  below: readonly string[];
  postedUs: number;
  isOver: boolean;
}>;

/**
 * When the alert of a message began. Only times with a zone count: an app writes the others in the zone of its host.
 * Undefined where the message names none before itself.
 */
export function startSaid({ fields, title, below, postedUs, isOver }: Saying): number | undefined {
  const zoned = fields.filter(({ name, value }) => name.endsWith('utc') || ZONED.test(value.trim()));
  const behind = isOver ? '' : (MOMENT_BEHIND.exec(title.slice(0, 400))?.[1] ?? '');
  // At an end, a time of no other name is that of the end.
  const atUs =
    (isOver ? startAmong(zoned, STARTS.slice(0, 1)) : startOf(zoned)) ??
    momentIn(behind) ??
    startBelow(below, postedUs);
  return atUs === undefined || atUs > postedUs || atUs < postedUs - LONGEST_US ? undefined : atUs;
}

/** `Started at Jan 6, 2026 10:00 UTC`, `Triggered <!date^1767693600^…>`: a line that begins with the word for the start. */
const STARTED =
  /^[^\p{L}\p{N}<]{0,20}(?:(?:first |last )?(?:started|triggered|fired|opened|began)|since|seit|depuis|desde|dal|sinds)(?: at| on)?:? (\S.{0,60})/iu;

function startBelow(below: readonly string[], postedUs: number): number | undefined {
  for (const line of below) {
    const said = (STARTED.exec(line.slice(0, 300))?.[1] ?? '').trim();
    const slackUs = momentIn(/^<!date\^(\d{10})\^/.exec(said)?.[1] ?? '');
    if (slackUs !== undefined) return slackUs;
    const shown = said.replace(/(?<=\d)(?=[ap]m\b)/i, ' ').replace(/\b[ap]m\b/, (half) => half.toUpperCase());
    const dated = /\b\d{4}\b/.test(shown)
      ? shown
      : shown.replace(/^(\p{L}{3,9} \d{1,2})\b,?/u, `$1, ${yearOf(postedUs)}`);
    const zoned = /^.{6,60}?\d(?::\d\d)?(?: ?[AP]M)?(?:Z| [A-Z]{3,4}| ?[+-]\d\d:?\d\d)(?![\w:])/.exec(dated)?.[0] ?? '';
    const atUs = ZONED.test(zoned) ? momentIn(zoned) : undefined;
    if (atUs !== undefined) return atUs;
  }
  return undefined;
}

function yearOf(us: number): number {
  return new Date(us / 1_000).getUTCFullYear();
}

const ZONED =
  /\d(?:Z| ?[+-]\d{2}:?\d{2}(?: [A-Z]{3,4})?| (?:[A-Z]{3,4}|[AP]M [A-Z]{3,4}|[A-Z]{3,4} \d{4})| ?[AP]M [A-Z]{3,4})$/;

/** `FAILED at 2026-01-06T10:00:00Z`, `down since 2026-01-06 10:00 UTC` */
const MOMENT_BEHIND =
  /\b(?:at|since|on|seit|depuis|desde|dal|sinds) (\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?: ?(?:Z|UTC)|[+-]\d\d:\d\d))/;

/** The forms of `instantUs`, and those of mails and of people: `Tue, 06 Jan 2026 10:00:00 +0000`, `Jan 6, 2026 10:00 AM UTC`. */
export function momentIn(text: string): number | undefined {
  // Go writes the offset and the zone: `2026-01-06 10:00:00 +0000 UTC`. `date` writes the zone before the year.
  const shown = text
    .slice(0, 80)
    .trim()
    .replace(/(?<=[+-]\d{4}) [A-Z]{3,4}$/, '')
    .replace(/(?<=:\d\d) ([A-Z]{3,4}) (\d{4})$/, ' $2 $1')
    .replace(/(?<=\d)(?=[AP]M\b)/, ' ');
  const known = instantUs(shown);
  if (known !== undefined) return known;
  const basic = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(shown);
  if (basic !== null) return instantUs(`${basic[1]}-${basic[2]}-${basic[3]}T${basic[4]}:${basic[5]}:${basic[6]}Z`);
  const slashed = /^(\d{4})[/.](\d\d)[/.](\d\d)[ T](\d\d:\d\d(?::\d\d)?)(.{0,12})$/.exec(shown);
  if (slashed !== null)
    return instantUs(`${slashed[1]}-${slashed[2]}-${slashed[3]} ${slashed[4]}${zoneOf(slashed[5] ?? '')}`);
  const named = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?) ?([A-Z]{2,5})$/.exec(shown);
  if (named !== null) return instantUs(`${named[1]}${zoneOf(named[2] ?? '')}`);
  if (!/[A-Za-z]{3}/.test(shown) || !/\d{4}/.test(shown) || !/\d{1,2}:\d\d/.test(shown)) return undefined;
  const isZoned = /(?:\b(?:UTC|GMT|Z|[ECMP][SD]T)|[+-]\d\d:?\d\d)\)?$/.test(shown);
  const zone = / ([A-Z]{3,4})$/.exec(shown)?.[1] ?? '';
  if (ZONES[zone] !== undefined && !isZoned) return momentIn(`${shown.slice(0, -zone.length)}${ZONES[zone]}`);
  const spoken = shown.replaceAll(/(\d)(?:st|nd|rd|th)\b|\bat\b/g, '$1').replace(/\([^)]{1,20}\)$/, '');
  const ms = Date.parse(isZoned ? spoken : `${spoken} UTC`);
  return Number.isNaN(ms) ? undefined : instantUs(ms);
}

/** Offsets of zones that senders write by name, in hours. */
const ZONES: Readonly<Record<string, string>> = {
  UTC: '+00:00',
  GMT: '+00:00',
  Z: '+00:00',
  CET: '+01:00',
  CEST: '+02:00',
  BST: '+01:00',
  EST: '-05:00',
  EDT: '-04:00',
  CST: '-06:00',
  CDT: '-05:00',
  MST: '-07:00',
  MDT: '-06:00',
  PST: '-08:00',
  PDT: '-07:00',
  JST: '+09:00',
  IST: '+05:30',
  MSK: '+03:00',
  AEST: '+10:00',
  AEDT: '+11:00',
};

function zoneOf(text: string): string {
  const zone = text.trim();
  return /^[+-]\d\d:?\d\d$/.test(zone) ? zone : (ZONES[zone.toUpperCase()] ?? '');
}
