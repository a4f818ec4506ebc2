/** Numbers of people's money and machines: cards, bank accounts, addresses. Each has a checksum or a form to verify. */
import { endAt, matchAt } from '#model/redaction/sticky.ts';

/** For a run of digits: alone, or the first of four or more groups; cards begin with 2 to 6. */
export function mayBeCard(text: string, start: number, end: number): boolean {
  const first = text.charCodeAt(start);
  const size = end - start;
  return first >= 0x32 && first <= 0x36 && (size >= 14 || (size === 4 && text.charCodeAt(end) === 0x20));
}

/** The same for a card of any issuer, behind its name. */
export function mayBeNamedCard(text: string, start: number, end: number): boolean {
  const size = end - start;
  return size >= FEWEST_OF_CARD || (size === 4 && /[ -]\d/.test(text.slice(end, end + 2)));
}

/** ISO/IEC 7813, track 2 of a card's stripe: `4539…D2711…`. */
export function isTrack(text: string, start: number, end: number): boolean {
  return end - start <= LONGEST_TRACK && /^\d{14,16}D\d{7,30}$/.test(text.slice(start, end));
}

const LONGEST_TRACK = 47;

/**
 * ISO/IEC 7813, track 1 of a card's stripe, behind its first sign: `B4539…^NAME/GIVEN^2711…`. 0 where none begins.
 */
export function stripeEnd(text: string, at: number): number {
  return matchAt(STRIPE, text, at) === undefined ? 0 : STRIPE.lastIndex;
}

const STRIPE = /B\d{12,19}\^[^^\r\n\v]{2,26}\^\d{4,40}\??/y;

/**
 * The end of the card number that begins here; 0 where none begins. Its digits stand alone, or in the groups of a card.
 */
export function cardEnd(text: string, at: number): number {
  const end = digitsEnd(text, at);
  return end > 0 && isTime(text, at) ? 0 : end;
}

/** Ids and instants under their names may have any digits. */
function isTime(text: string, start: number): boolean {
  return /(?:trace|span|parent|request|correlation|time|stamp|offset|seq|epoch|nano|micro|milli|ts|ns|us|ms)\w{0,8}\\?["']?\s?[:= ]\s?\\?["']?$/i.test(
    text.slice(Math.max(0, start - 32), start),
  );
}

function digitsEnd(text: string, at: number): number {
  for (const pattern of CARD_FORMS) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) continue;
    const end = at + match[0].length;
    const isFraction = text[end] === '.' && isDigit(text.charCodeAt(end + 1));
    if (!isFraction && isCard(match[0].replace(/\D/g, ''))) return endAt(REST_OF_TRACK, text, end);
  }
  return 0;
}

/** The expiry and what the issuer adds. */
const REST_OF_TRACK = /=\d{7,30}/y;

const CARD_FORMS: readonly RegExp[] = [
  /\d{14,16}(?![\w-])/y,
  // ISO/IEC 7813, track 2: the expiry follows behind a divider.
  /\d{14,16}(?=[D=]\d{7,30}(?![A-Za-z-]))/y,
  /\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?(?![\w-])/y,
  /\d{4}([ -])\d{6}\1\d{4,5}(?![\w-])/y,
];

/**
 * Issuers of cards with the lengths of their numbers (ISO/IEC 7812; the issuers' ranges): most numbers in logs match
 * none.
 */
const ISSUERS =
  /^(?:4\d{15}|4\d{18}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|6(?:011|4[4-9]\d|5\d\d)\d{12}|62\d{14}|35(?:2[89]|[3-8]\d)\d{12}|220[0-4]\d{12}|6(?:0[678]|521)\d{12,13}|508[5-9]\d{12}|5067\d{12})$/;

function isCard(digits: string): boolean {
  return ISSUERS.test(digits) && isChecked(digits);
}

function isChecked(digits: string): boolean {
  return !/^(\d)\1+$/.test(digits) && luhn(digits) === 0;
}

/**
 * The end of a card number of any issuer behind its name: Maestro and cards of a bank or a shop have 12 to 19 digits (ISO/IEC
 * 7812-1). 0 where none begins, or where the name says something else.
 */
export function namedCardEnd(text: string, at: number): number {
  const [signs = ''] = matchAt(GROUPED, text, at) ?? [];
  const digits = signs.replace(/\D/g, '');
  if (digits.length < FEWEST_OF_CARD || digits.length > MOST_OF_CARD || !isChecked(digits)) return 0;
  return CARD_NAME.test(text.slice(Math.max(0, at - CARD_NAME_CHARS), at)) ? at + signs.length : 0;
}

const FEWEST_OF_CARD = 12;
const MOST_OF_CARD = 19;
const GROUPED = /\d{12,19}(?![\w-]|\.\d)|\d{4}([ -])\d{4}\1\d{4}(?:\1\d{1,4}){0,2}(?![\w-]|\.\d)/y;
const CARD_NAME =
  /(?:(?<![A-Za-z])(?:credit|debit|payment|bank|gift|maestro|girocard)?[-_ ]?card(?:[-_ ]?(?:number|num|no|nr|pan))?|(?<![A-Za-z])(?:c?pan|cc[-_ ]?(?:number|num|no)|maestro|girocard)|kartennummer|kreditkarte\w{0,10}|num[eé]ro de (?:la )?(?:carte|tarjeta)|n[uú]mero do cart[aã]o|numero (?:della )?carta|kaartnummer|numer karty|kort(?:nummer|nr)|številka kartice|broj kartice|číslo karty|номер карты|номер картки|kart (?:numaras[ıi]|no)|s[oố] th[eẻ]|nomor kartu|no\.? kartu|k[aá]rtyasz[aá]m|num[aă]r(?:ul)? (?:de )?card(?:ului)?|kaardi ?(?:number|nr)|kor(?:tin|tti) ?numero|kortel[eė]s numeris|kartes numurs|αριθμός κάρτας|номер на карта(?:та)?|број картице|מספר (?:ה?כרטיס)(?: אשראי)?|رقم (?:ال)?بطاقة(?: الائتمان)?|شماره کارت|कार्ड (?:नंबर|संख्या)|কার্ড নম্বর|หมายเลขบัตร(?:เครดิต)?|(?:银联|信用|银行|銀聯|信用|銀行|借记|储蓄)?卡(?:号码?|號碼?|片?号)|(?:银行|銀行|信用|银联|借记|储蓄)卡|(?:クレジット)?カード(?:番号)?|(?:신용|체크)? ?카드 ?번호)\.?(?:\\{0,15}["'])?(?: (?:is|was|ist|est|es|è|é|er|to|je|on))?\s?(?:[:=#>：是は为為]|이?[은는]|הוא|هو)?\s?(?:\\{0,15}["'])?$/i;
const CARD_NAME_CHARS = 48;

/** The Luhn sum (ISO/IEC 7812-1, annex B); 0 where the check digit is correct. */
export function luhn(digits: string): number {
  let sum = 0;
  for (let back = 0; back < digits.length; back += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - back) - 0x30;
    const value = back % 2 === 1 ? digit * 2 : digit;
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10;
}

/**
 * The length of the account numbers of each country (ISO 13616, SWIFT's registry), four characters each: to make a map of
 * them would take longer than most command lines search.
 */
const IBAN_LENGTHS =
  'AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18FR27GB22GE22' +
  'GI23GL18GR27GT28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30' +
  'NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30';

/** The length of account numbers of the country with this code; 0 for an unknown code. */
function ibanLength(land: string): number {
  const at = /^[A-Z]{2}$/.test(land) ? IBAN_LENGTHS.indexOf(land) : -1;
  return at < 0 ? 0 : Number(IBAN_LENGTHS.slice(at + 2, at + 4));
}

/** For a run that begins here: two letters and two digits. */
export function mayBeIban(text: string, at: number): boolean {
  const isLetters = isUpper(text.charCodeAt(at)) && isUpper(text.charCodeAt(at + 1));
  return isLetters && isDigit(text.charCodeAt(at + 2)) && isDigit(text.charCodeAt(at + 3));
}

function isUpper(code: number): boolean {
  return code >= 0x41 && code <= 0x5a;
}

/** The end of the IBAN that begins here; 0 where none begins. Single spaces may divide its groups. */
export function ibanEnd(text: string, at: number): number {
  return (
    checkedIbanEnd(text, at) ||
    (NAMED_IBAN.test(text.slice(Math.max(0, at - NAME_CHARS), at)) ? endOfForm(text, at) : 0)
  );
}

/** Behind its name, another length counts too, if the check digits are right. */
const NAMED_IBAN = /iban[^\w\r\n]{0,6}$/i;
const NAME_CHARS = 12;
const IBAN_FORM = /[A-Z]{2}\d\d[A-Z0-9]{11,30}(?![\w-])/y;

function endOfForm(text: string, at: number): number {
  IBAN_FORM.lastIndex = at;
  const [signs = ''] = IBAN_FORM.exec(text) ?? [];
  return signs !== '' && mod97(signs) === 1 ? at + signs.length : 0;
}

function checkedIbanEnd(text: string, at: number): number {
  const length = ibanLength(text.slice(at, at + 2));
  if (length === 0) return 0;
  let signs = '';
  let end = at;
  for (; signs.length < length; end += 1) {
    const sign = text[end] ?? '';
    if (sign === ' ' && signs.length % 4 === 0 && signs !== '') continue;
    if (!/[A-Z0-9]/.test(sign)) return 0;
    signs += sign;
  }
  return !/[\w-]/.test(text[end] ?? '') && /^..\d\d/.test(signs) && mod97(signs) === 1 ? end : 0;
}

/**
 * ISO 7064: the first four characters move to the end, letters count as 10 to 35. 1 where the check digits are correct.
 */
function mod97(signs: string): number {
  let rest = 0;
  for (const sign of signs.slice(4) + signs.slice(0, 4)) {
    const value = Number.parseInt(sign, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest;
}

/**
 * The end of the IP address that begins here; 0 where none begins, or where it is a loopback address (127.0.0.1, ::1).
 */
export function addressEnd(text: string, at: number): number {
  for (const pattern of [IPV4, IPV6]) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null && !OWN_MACHINE.test(match[0])) return at + match[0].length;
  }
  return 0;
}

const OCTET = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const IPV4 = new RegExp(`${OCTET}(?:\\.${OCTET}){3}(?![\\w-]|\\.\\d)`, 'y');
/** Eight groups, or fewer with `::` once among them. At least two colons, so that no time of day is one. */
const IPV6 =
  /(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){7}|(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}|(?:[0-9a-f]{1,4}:){1,7}:)(?![\w:])/iy;
const OWN_MACHINE = /^(?:127\.|0\.0\.0\.0$)/;

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
