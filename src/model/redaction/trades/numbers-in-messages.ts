/**
 * Numbers of persons and passwords in messages between offices and companies: identifiers of eIDAS, interchanges of EDI, a
 * parameter of an interface. What stands before a value stays, as in `placed.ts`.
 */
import { type Form, form, secret } from '#model/redaction/form.ts';

const END = String.raw`(?![\w-])`;
/** Countries whose identifiers ETSI's semantics and eIDAS name. */
const COUNTRY =
  '(?:A[LT]|B[AEG]|C[HYZ]|D[EK]|E[ELS]|F[IR]|G[BR]|H[RU]|I[EST]|L[ITUV]|M[DEKT]|N[LO]|P[LT]|R[OS]|S[EIK]|TR|U[AK])';
/** sm.ee, "Isikukood": the century and the sex, the day of birth, a counter, a check digit. */
const ISIKUKOOD = '[1-8][0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{4}';

/** icao.int, Doc 9303, part 4: the number, the country, the birth, the sex, the expiry, what a country adds, check digits. */
const SECOND_LINE_OF_PASSPORT = '[A-Z0-9<]{9}[0-9][A-Z<]{3}[0-9]{6}[0-9][MFX<][0-9]{6}[0-9][A-Z0-9<]{14}[0-9<][0-9]';

export const NUMBERS_IN_MESSAGES: readonly Form[] = [
  // icao.int, Doc 9303: the line that a reader of passports reads, behind what says so
  form(
    'passport',
    ['MRZ', 'mrz', 'Mrz', 'passport', 'Passport', 'PASSPORT', 'line 2', 'line2', 'travel document', 'P<'],
    String.raw`([A-Za-z<][^\r\n\v]{1,80}?(?:[\s:="']|\r?[\n\v]))${SECOND_LINE_OF_PASSPORT}(?![A-Z0-9<])`,
  ),
  // banxico.org.mx, "CLABE": the bank, the place, the account, a check digit
  form(
    'account',
    ['CLABE', 'Clabe', 'clabe'],
    String.raw`((?:CLABE|[Cc]labe)(?:[ _-](?:interbancaria|number|destino|origen|beneficiario))?["']?\s{0,3}[:=#]?\s{0,3}["']?)[0-9]{3} ?[0-9]{3} ?[0-9]{11} ?[0-9](?![\w-])`,
  ),
  // etsi.org, EN 319 412-1, "Natural person semantics identifier"; agid.gov.it, "SPID": the type, the country, the number
  form(
    'national-id',
    ['TIN', 'PAS', 'IDC', 'TAX'],
    `((?:TIN|PAS|IDC|TAX)${COUNTRY}-)(?=(?:[A-Z]{0,6}[0-9]){5})[0-9A-Z]{6,20}${END}`,
  ),
  // ec.europa.eu, "eIDAS SAML Attribute Profile": who issued it, who receives it, the number
  form(
    'national-id',
    ['PersonIdentifier', 'personIdentifier', 'person_identifier', 'eidas'],
    String.raw`((?:[pP]ersonIdentifier|person_identifier|eidas)["']?[^\r\n\v/]{0,120}?(?<![A-Z/])${COUNTRY}\/${COUNTRY}\/)(?!\[)[\w=+.-]{6,256}`,
  ),
  // The same number behind its name as a parameter or a step of a path
  form(
    'national-id',
    ['isikukood', 'Isikukood', 'IsikuKood', 'personalCode', 'personal_code', 'personal-code', 'personcode', 'ik', 'IK'],
    `((?:[iI]sikukood[a-z]{0,3}|IsikuKood|personal[-_]?[cC]ode|personcode|ik|IK)(?:=|%3D|\\/|%2F|/eq/))${ISIKUKOOD}${END}`,
  ),
  form('national-id', ['GHA-'], `(?:GHA-)[0-9]{9}-[0-9]${END}`),
  // x12.org, "ISA Interchange Control Header": the password, and what the sender adds to prove who it is
  secret(
    ['ISA'],
    String.raw`ISA([*|^~+])\d\d\2[^*|^~+\r\n\v]{0,10}\2\d\d\2`,
    String.raw`(?![ [])[^*|^~+\r\n\v]{2,10}?(?= {0,9}\2[A-Z\d]{2}\2)`,
  ),
  secret(['ISA'], String.raw`ISA([*|^~+])0[1-6]\2`, String.raw`(?![ [])[^*|^~+\r\n\v]{2,10}?(?= {0,9}\2\d\d\2)`),
  // unece.org, "UN/EDIFACT UNB segment": the recipient's reference or password is the sixth element
  secret(['UNB+'], String.raw`UNB\+(?:[^+'\r\n\v]{1,80}\+){5}`, String.raw`(?!\[)[^+:'\r\n\v]{2,14}(?=[:+'])`),
];
