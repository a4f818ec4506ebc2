/**
 * Numbers of persons that their check digits prove, near the name of such a number: “NIF do cliente: 231624255”,
 * `PID:1:528 451 6060^^^NHS`. What stands between may be anything; signs and spaces may divide the groups. The next country is
 * one row of `NUMBERS`. Right behind its name, `national-ids.ts` needs no check digit.
 */
import { luhn } from '#model/redaction/numbers.ts';
import { matchAt } from '#model/redaction/sticky.ts';

type Row = Readonly<{
  digits: number;
  names: string;
  name: RegExp;
  isRight: (digits: readonly number[]) => boolean;
}>;

/** digital.go.jp */
const MY_NUMBER = 'マイナンバー|個人番号';

/** In a script that no other word of the text has, right before the number: `национальный паспорт 45 …` needs no check digit. */
const RIGHT_BEHIND: readonly (readonly [digits: number, name: RegExp, names: string])[] = [
  behind(12, MY_NUMBER),
  behind(10, 'паспорт(?:а|у|ом|е)?(?: (?:рф|гражданина|серия и номер|серии|серия|№|номер)){0,3}'), // мвд.рф: series and number
  behind(12, 'инн'), // nalog.gov.ru
  behind(11, 'снилс'), // sfr.gov.ru
  behind(9, 'лична карта|лк'), // mvr.bg
  behind(10, 'егн'), // grao.bg
  behind(13, '주민(?:등록)?번호'), // mois.go.kr
  behind(18, '身份证(?:号码?)?|身份證(?:號碼?)?'), // mps.gov.cn
  behind(10, 'рнокпп|іпн|ідентифікаційний (?:код|номер)'), // tax.gov.ua
  behind(12, 'иин|жсн'), // egov.kz
  behind(14, 'пинфл|жшшир'), // my.gov.uz
  behind(13, 'јмбг|ембг|матични број|матичен број'), // mup.gov.rs, mvr.gov.mk
  behind(9, 'αφμ|α\\.φ\\.μ\\.'), // aade.gr
  behind(11, 'პირადი ნომერი'), // sda.gov.ge
  behind(14, 'الرقم القومي'), // moi.gov.eg
  behind(10, 'رقم الهوية|الهوية الوطنية|رقم الإقامة|کد ملی|شماره ملی'), // absher.sa, sabteahval.ir
];

function behind(digits: number, names: string): readonly [number, RegExp, string] {
  return [digits, new RegExp(String.raw`(?<!\p{L})(?:${names})(?: ?[:：=№は是]| -)? ?$`, 'iu'), names];
}

const NUMBERS: readonly Row[] = [
  row(10, 'nhs', (d) => checkBy(d, [10, 9, 8, 7, 6, 5, 4, 3, 2])), // digital.nhs.uk
  row(12, 'a?adha+r|आधार|uidai|ekyc', verhoeff), // uidai.gov.in
  row(12, `${MY_NUMBER}|my[ _-]?number`, myNumber),
  row(9, 'nif|nipc|contribuinte|n[uú]mero fiscal', (d) =>
    checkBy(d, [9, 8, 7, 6, 5, 4, 3, 2], (check) => (check > 9 ? 0 : check)),
  ), // portaldasfinancas.gov.pt
  row(9, 'sin|nas|social insurance|assurance sociale', byLuhn), // canada.ca
  row(9, 'tfn|tax file', (d) => sum(d, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0), // ato.gov.au
  row(9, 'bsn|burgerservice\\w*|sofi\\w*', (d) => sum(d, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0), // rvig.nl
  row(9, 'teudat zehut|(?:תעודת|מספר|מס[׳\']?) זהות|ת[."״]?ז', byLuhn), // gov.il
  row(11, 'pesel', (d) => sum(d, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0), // gov.pl
  row(11, 'cpf', cpf), // gov.br
  row(11, 'isikukood\\p{L}{0,4}|asmens kod\\p{L}{1,4}|henkil[oö]kood', baltic), // sm.ee, regitra.lt
  row(11, 'снилс|snils', (d) => (sum(d, [9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101) % 100 === (d[9] ?? 0) * 10 + (d[10] ?? 0)), // sfr.gov.ru
  row(11, 'αμκα|amka', byLuhn), // amka.gr
  row(11, 'f[oø]dselsnummer|personnummer|fnr', norwegian), // skatteetaten.no
  row(11, '(?:steuer|tax)[-_ ]?i\\w*|idnr|oib', iso7064), // bzst.de, porezna-uprava.hr
  row(11, 'tckn|tc kimlik|kimlik', turkish), // nvi.gov.tr
  row(12, 'инн|inn', innOfPerson), // nalog.gov.ru
  row(10, 'егн|egn', (d) => (sum(d, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10 === d[9]), // grao.bg
  row(10, 'personnummer|personnr|samordningsnummer', byLuhn), // skatteverket.se
  row(12, 'personnummer|personnr|samordningsnummer', (d) => byLuhn(d.slice(2))),
  row(13, 'cnp', (d) => (sum(d, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11) % 10 === d[12]), // depabd.mai.gov.ro
  row(13, 'sa id|(?:id|identity) (?:number|no)|rsa id', (d) => byLuhn(d) && isDate(d)), // dha.gov.za
  row(13, '주민(?:등록)?번호|rrn', isDate), // mois.go.kr
  row(13, 'เลข(?:ประจำตัว|บัตร)ประชาชน|บัตรประชาชน|thai id', (d) =>
    checkBy(d, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2], (check) => check % 10),
  ), // dopa.go.th
  row(18, '身份证(?:号码?)?|身份證(?:號碼?)?|id[_ ]?card', chinese), // mps.gov.cn, GB 11643
  row(13, 'em[sš]o|jmbg|јмбг|ембг|matični broj|матични број', (d) =>
    checkBy(d, [7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2], (check) => (check > 9 ? 0 : check)),
  ), // gov.si
  row(11, 'cui[lt]', (d) => checkBy(d, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2])), // anses.gob.ar
  row(11, 'personas kod\\p{L}{1,2}', latvian), // pmlp.gov.lv
  row(11, 'rijksregister\\p{L}{0,8}|insz|niss|num[eé]ro national', belgian), // ibz.rrn.fgov.be
  row(10, 'kennital?\\p{L}{0,4}|kennitölu\\p{L}{0,2}', (d) => checkBy(d, [3, 2, 7, 6, 5, 4, 3, 2])), // skra.is
  row(10, 'рнокпп|іпн|rnokpp', (d) => (sum(d, [-1, 5, 7, 9, 4, 6, 10, 5, 7]) % 11) % 10 === d[9]), // tax.gov.ua
  row(10, 'کد ملی|شماره ملی', iranian), // sabteahval.ir
  row(12, 'иин|жсн|iin', kazakh), // egov.kz
  row(9, 'αφμ|afm', greekTax), // aade.gr
  row(9, 'taj(?:[- ]szám\\p{L}{0,4})?', (d) => sum(d, [3, 7, 3, 7, 3, 7, 3, 7]) % 10 === d[8]), // neak.gov.hu
  row(
    13,
    'ahv(?:[- ]?(?:nr|nummer))?|avs|oasi',
    (d) => d[0] === 7 && sum(d, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0,
  ), // zas.admin.ch
  row(
    15,
    'nir|s[eé]curit[eé] sociale|num[eé]ro de s[eé]cu',
    (d) => 97 - (numberOf(d.slice(0, 13)) % 97) === numberOf(d.slice(13)),
  ), // securite-sociale.fr
  row(13, 'idnp', (d) => sum(d, [7, 3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1]) % 10 === d[12]), // asp.gov.md
  row(12, 'civil id|الرقم المدني', (d) => checkBy(d, [2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])), // paci.gov.kw
  row(10, 'c[eé]dula', (d) => (d[0] ?? 9) <= 3 && byLuhn(d)), // registrocivil.gob.ec
  row(11, 'c[eé]dula', byLuhn), // jce.gob.do
  row(10, 'rodn\\p{L}{1,3} [čc][ií]sl\\p{L}{1,3}', (d) => numberOf(d) > 0 && numberOf(d) % 11 === 0), // mvcr.cz, minv.sk
  row(13, 'matricule|num[eé]ro d.identification nationale?', (d) => isDate(d.slice(2)) && byLuhn(d.slice(0, 12))), // guichet.lu
  row(11, 'qid|qatar id', (d) => d[0] === 2 || d[0] === 3), // moi.gov.qa: the century stands before
];

function row(digits: number, names: string, isRight: Row['isRight']): Row {
  return { digits, names, name: new RegExp(String.raw`(?<![\p{L}])(?:${names})(?![\p{L}])`, 'iu'), isRight };
}

/** Few searches for all names instead of one at each number: most texts have none, and a table has many numbers. */
const ANY_NAME: readonly RegExp[] = [
  anyOf(['паспорт\\p{L}{0,3}', ...NUMBERS.slice(0, NUMBERS.length / 2).map(({ names }) => names)]),
  anyOf(NUMBERS.slice(NUMBERS.length / 2).map(({ names }) => names)),
  anyOf(RIGHT_BEHIND.map(([, , names]) => names)),
];

function anyOf(names: readonly string[]): RegExp {
  const each = new Set(names.map((name) => name.replaceAll(/ (?![^[]*\])/g, '[ _]')));
  return new RegExp(String.raw`(?<!\p{L})(?:(?:${MY_NUMBER})は|(?:${[...each].join('|')})(?!\p{L}))`, 'giu');
}

/** Where names of such numbers begin in a text, in order. */
export function namesOfPersons(text: string): readonly number[] {
  const found = ANY_NAME.flatMap((name) => Array.from(text.matchAll(name), ({ index }) => index));
  return found.sort((a, b) => a - b);
}

/** Whether a name stands near enough to a number at `at`; `names` in order. */
export function isNearName(names: readonly number[], at: number): boolean {
  let low = 0;
  for (let high = names.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((names[middle] ?? 0) < at - NAME_CHARS) low = middle + 1;
    else high = middle;
  }
  return (names[low] ?? Number.POSITIVE_INFINITY) <= at + CHARS_TO_BEHIND;
}

const BY_DIGITS: ReadonlyMap<number, readonly Row[]> = Map.groupBy(NUMBERS, ({ digits }) => digits);

/** For a run of digits, hyphens and capitals: long enough, or the first of several groups; most numbers are neither. */
export function mayBePersonal(text: string, start: number, end: number): boolean {
  const size = end - start;
  if (size >= FEWEST)
    return size <= LONGEST && isDigit(text, start) && (isDigit(text, end - 1) || text[end - 1] === 'X');
  const isDivided = size === 3 || ((size === 2 || size === 4) && text[end] === ' ');
  return (
    isDivided &&
    isDigit(text, end + 1) &&
    isDigit(text, end + 2) &&
    isDigit(text, start) &&
    /[ ./]/.test(text[end] ?? '')
  );
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}

/** The end of the number of a person that begins here; 0 where none begins. One sign may stand between two digits. */
export function personalEnd(text: string, at: number): number {
  const digits: number[] = [];
  for (let end = at; digits.length <= MOST; end += 1) {
    const code = text.charCodeAt(end);
    if (isDigit(text, end)) digits.push(code - 0x30);
    else if (code === LETTER_X && digits.length === MOST - 1) digits.push(10);
    else if (isNumber(text, at, end, digits)) return end;
    else if (!DIVIDING.has(code) || !isDigit(text, end + 1)) return 0;
  }
  return 0;
}

const LETTER_X = 0x58;
const DIVIDING: ReadonlySet<number> = new Set(Array.from(' -./', (sign) => sign.charCodeAt(0)));

function isNumber(text: string, start: number, end: number, digits: readonly number[]): boolean {
  if (/\w/.test(text[end] ?? '')) return false;
  const before = text.slice(Math.max(0, start - NAME_CHARS), start);
  if (RIGHT_BEHIND.some(([count, name]) => count === digits.length && name.test(before))) return true;
  const rows = BY_DIGITS.get(digits.length) ?? [];
  return rows.some(({ name, isRight }) => isRight(digits) && isNamed(text, start, end, name));
}

/** Whether a value of that name is such a number, and nothing else. */
export function isPersonal(name: string, value: string): boolean {
  const start = name.length + 2;
  return (
    name.length < NAME_CHARS &&
    value.length <= 2 * MOST &&
    personalEnd(`${name}: ${value}`, start) === start + value.length
  );
}

/** Before the number, or right behind it as in HL7 and in brackets. */
function isNamed(text: string, start: number, end: number, name: RegExp): boolean {
  const before =
    text
      .slice(Math.max(0, start - NAME_CHARS), start)
      .split(/[\r\n\v]/)
      .at(-1) ?? '';
  if (name.test(before.replaceAll('_', ' '))) return true;
  const [, behind = ''] = matchAt(BEHIND, text, end) ?? [];
  return name.test(behind);
}

const NAME_CHARS = 44;
/** A number with its signs, and what divides it from the name behind it. */
const CHARS_TO_BEHIND = 44;
const BEHIND = /(?:\^{2,4}| \()(\p{L}{2,20})/uy;
/** The length of a run in characters. Its hyphens count. */
const FEWEST = 9;
const LONGEST = 24;
const MOST = 18;

function sum(digits: readonly number[], weights: readonly number[]): number {
  return weights.reduce((total, weight, at) => total + weight * (digits[at] ?? 0), 0);
}

/** The check digit is what the weighted sum lacks to a multiple of 11; `fold` makes one digit of 10 and 11. */
function checkBy(digits: readonly number[], weights: readonly number[], fold = (check: number) => check % 11): boolean {
  return digits[weights.length] === fold(11 - (sum(digits, weights) % 11));
}

function byLuhn(digits: readonly number[]): boolean {
  return digits.some((digit) => digit > 0) && luhn(digits.join('')) === 0;
}

/** Two digits each of a year, a month and a day. */
function isDate([, , tens = 0, month = 0, ten = 0, day = 0]: readonly number[]): boolean {
  const months = tens * 10 + month;
  const days = ten * 10 + day;
  return months >= 1 && months <= 12 && days >= 1 && days <= 31;
}

function verhoeff(digits: readonly number[]): boolean {
  if ((digits[0] ?? 0) < 2) return false;
  let check = 0;
  for (const [at, digit] of [...digits].reverse().entries()) {
    let permuted = digit;
    for (let times = at % 8; times > 0; times -= 1) permuted = PERMUTED[permuted] ?? 0;
    check = dihedral(check, permuted);
  }
  return check === 0;
}

const PERMUTED = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4] as const;

/** The product in the dihedral group of a pentagon, whose elements are 0 to 9. */
function dihedral(left: number, right: number): number {
  if (left < 5) return right < 5 ? (left + right) % 5 : 5 + ((left + right - 5) % 5);
  return right < 5 ? 5 + ((left - 5 - right + 5) % 5) : (left - right + 5) % 5;
}

function myNumber(digits: readonly number[]): boolean {
  const rest = sum(digits, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  return digits[11] === (rest <= 1 ? 0 : 11 - rest);
}

function cpf(digits: readonly number[]): boolean {
  const first = ((sum(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10) % 11) % 10;
  const second = ((sum(digits, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10) % 11) % 10;
  return new Set(digits).size > 1 && digits[9] === first && digits[10] === second;
}

function baltic(digits: readonly number[]): boolean {
  const first = sum(digits, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
  const second = (sum(digits, [3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11) % 10;
  return digits[10] === (first < 10 ? first : second);
}

function norwegian(digits: readonly number[]): boolean {
  return (
    sum(digits, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 === 0 && sum(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0
  );
}

/** ISO 7064, MOD 11,10 */
function iso7064(digits: readonly number[]): boolean {
  let product = 10;
  for (const digit of digits.slice(0, -1)) product = (((digit + product) % 10 || 10) * 2) % 11;
  return (11 - product) % 10 === digits.at(-1);
}

function turkish(digits: readonly number[]): boolean {
  const tenth = sum(digits, [7, -1, 7, -1, 7, -1, 7, -1, 7]);
  const eleventh = sum(digits, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]) % 10;
  return digits[0] !== 0 && digits[9] === ((tenth % 10) + 10) % 10 && digits[10] === eleventh;
}

function innOfPerson(digits: readonly number[]): boolean {
  return (
    digits[10] === (sum(digits, [7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10 &&
    digits[11] === (sum(digits, [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10
  );
}

/** Numbers since 2017 begin with 32 and have no check digit. */
function latvian(digits: readonly number[]): boolean {
  return (
    (digits[0] === 3 && digits[1] === 2) ||
    digits[10] === ((1101 - sum(digits, [1, 6, 3, 7, 9, 10, 5, 8, 4, 2])) % 11) % 10
  );
}

/** Two check digits; from the year 2000 on a 2 stands before the others. */
function belgian(digits: readonly number[]): boolean {
  const first = numberOf(digits.slice(0, 9));
  const check = numberOf(digits.slice(9));
  return check === 97 - (first % 97) || check === 97 - ((2_000_000_000 + first) % 97);
}

function iranian(digits: readonly number[]): boolean {
  const rest = sum(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
  return new Set(digits).size > 1 && digits[9] === (rest < 2 ? rest : 11 - rest);
}

function kazakh(digits: readonly number[]): boolean {
  const first = sum(digits, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) % 11;
  const second = sum(digits, [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]) % 11;
  return isDate(digits) && digits[11] === (first < 10 ? first : second);
}

function greekTax(digits: readonly number[]): boolean {
  const first = sum(digits, [256, 128, 64, 32, 16, 8, 4, 2]);
  return first > 0 && digits[8] === (first % 11) % 10;
}

function numberOf(digits: readonly number[]): number {
  return Number(digits.join(''));
}

/** The last one may be X, which counts as ten. */
function chinese(digits: readonly number[]): boolean {
  return sum(digits, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1]) % 11 === 1 && isDate(digits.slice(8));
}
