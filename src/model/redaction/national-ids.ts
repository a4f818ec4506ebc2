/** Numbers of persons by the issuer's form, only beside the name that the issuer gives them. */
import { type Form, form } from '#model/redaction/form.ts';

/** What stands between the name and the number: "is", ":", "no.", a quote. */
const BETWEEN = String.raw`\\{0,15}["']?(?: (?:is|was|to|as|[Nn]o\.?|[Nn]umber|num|[Nn]r\.?|[Nn][º°]|n\.|č\.|№|nummer|broj|številka|numer|numero|número|numéro|numurs|szám|číslo|ist|lautet|est|es|é|è|er|är|to jest|changed to|updated to)){0,2}\s?[:=#]?\s?\\{0,15}["']?`;
const END = String.raw`(?![\w-])`;

export const NATIONAL_IDS: readonly Form[] = [
  // ssa.gov/employer/randomization.html: the number with its groups
  form(
    'ssn',
    ['ssn', 'SSN', 'social security n', 'Social Security N', 'Social security n'],
    String.raw`((?:ssn|SSN|[Ss]ocial [Ss]ecurity [Nn](?:umber|o\.?))["']?(?: [a-z'’.]{1,14}){0,6}?\s?[:=#]?\s?["'(]?)\d{3}-\d{2}-\d{4}(?![\d-])`,
  ),
  // agenziaentrate.gov.it, "Codice fiscale": six letters, the day of birth, the place, a check letter
  namedNumber(
    ['codice fiscale', 'Codice fiscale', 'Codice Fiscale', 'codice_fiscale', 'codiceFiscale', 'CODICE FISCALE'],
    '[Cc][Oo][Dd][Ii][Cc][Ee][ _]?[Ff][Ii][Ss][Cc][Aa][Ll][Ee]',
    '[A-Za-z]{6}[0-9]{2}[A-Za-z][0-9]{2}[A-Za-z][0-9]{3}[A-Za-z]',
  ),
  // etsi.org, EN 319 412-1, "Semantics identifiers": the type, the country, the number. x-road.global has the country before it.
  form('national-id', ['PNO'], `(PNO[A-Z]{2}-)[0-9A-Z][0-9A-Z-]{7,19}${END}`),
  form(
    'national-id',
    ['EE'],
    `((?<![A-Za-z0-9])EE[:/]?)[3-6][0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{4}${END}`,
  ),
  // registrocivil.cl, "RUN"; sii.cl, "RUT": the check digit may be K
  namedNumber(
    ['RUT', 'RUN', 'rut', 'Rut'],
    String.raw`(?:RU[TN]|[Rr]ut)(?: (?:del?|de la) [a-z]{2,16})?`,
    String.raw`\d{1,2}\.?\d{3}\.?\d{3}-[\dkK]`,
  ),
  // gov.br/receitafederal, "CPF"
  namedNumber(['cpf', 'CPF'], '(?:cpf|CPF)', String.raw`(?:\d{3}\.\d{3}\.\d{3}-\d{2}|\d{11})`),
  // interior.gob.es, "DNI", "NIE": eight digits or a letter and seven, and the check letter
  namedNumber(['dni', 'DNI', 'nie', 'NIE'], '(?:dni|DNI|nie|NIE)', String.raw`(?:\d{8}|[XYZxyz]-?\d{7})-?[A-Za-z]`),
  // The same a few words behind its name: eight digits and a letter are nothing else there
  form(
    'national-id',
    ['DNI', 'dni', 'NIE', 'nie', 'NIF', 'nif'],
    String.raw`((?:DNI|dni|NIE|nie|NIF|nif)(?: [^\s:=]{1,16}){1,6}?(?: (?:es|is|era|was)|:| =)? )(?:\d{8}|[XYZ]-?\d{7})-?[A-HJ-NP-TV-Z]${END}`,
  ),
  // nacha.org, "ACH"; swift.com: the number of an account at a bank, under its key
  form(
    'account-number',
    [
      'account_number',
      'accountNumber',
      'account-number',
      'bank_account',
      'bankAccount',
      'bank account',
      'Bank account',
      'routing_number',
      'routingNumber',
      'acct_number',
      'Kontonummer',
      'kontonummer',
      'iban_number',
    ],
    String.raw`((?<!(?:aws|AWS|cloud|customer|tenant|service|subscriber|billing|user|client)[-_. ]?)(?:(?:bank[_ -]?)?[aA]c(?:count|ct)[_-]?[nN]umber|[bB]ank[_ -]?[aA]ccount(?:[_ -]?(?:[nN](?:umber|o\.?)))?|routing_?[nN]umber|[kK]ontonummer|iban_number)\\{0,15}["']?(?: (?:is|ist|was|lautet))?\s?[:=]?\s?\\{0,15}["']?)\d{8,17}${END}`,
  ),
  // payuk.org.uk, "Sort codes": the six digits of the bank, and the number of the account
  form(
    'account-number',
    ['sort code ', 'Sort code ', 'Sort Code ', 'sort-code ', 'sort code: ', 'Sort code: ', 'sort_code'],
    String.raw`([sS]ort[ _-][cC]ode(?: is)?:? ?(?:\d\d[ -]?){3},?;? ?(?:and |with |\/ ?)?(?:the )?(?:[aA](?:ccount|cct|\/c|cc)\.?(?: (?:number|no\.?|is)){0,2}:? ?)?)\d{8}${END}`,
  ),
  // gov.uk/hmrc-internal-manuals/national-insurance-manual/nim39110
  namedNumber(
    ['nino', 'NINO', 'NI number', 'NI no', 'national insurance', 'National Insurance', 'National insurance'],
    '(?:nino|NINO|NI (?:[Nn]umber|[Nn]o\\.?)|[Nn]ational [Ii]nsurance(?: [Nn](?:umber|o\\.?))?)',
    String.raw`[A-Za-z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-Da-d]`,
  ),
  // Numbers of further countries, by their issuers' names: securite-sociale.fr (NIR), cpr.dk, skatteverket.se, gov.pl (PESEL),
  // rvig.nl (BSN), ahv-iv.ch, bzst.de (Steuer-ID), dvv.fi, skatteetaten.no, canada.ca (SIN), ato.gov.au (TFN), uidai.gov.in,
  // incometax.gov.in (PAN), gob.mx (CURP), nhs.uk, rijksregister.be, nvi.gov.tr
  namedNumber(
    ['NIR', 'nir', 'curité sociale', 'curité Sociale', 'numero_secu', 'cu ', 'cu:', 'Secu ', 'secu '],
    String.raw`(?:NIR|nir|curité [Ss]ociale|numero_secu|(?<=[sS]é)cu|[Ss]ecu)`,
    String.raw`[12] ?\d\d ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d\d|2[AB]) ?\d{3} ?\d{3}(?: ?(?:clé )?\d\d)?`,
  ),
  namedNumber(
    ['CPR', 'cpr'],
    String.raw`(?:CPR|cpr)(?:[- _]?(?:nummer|nr|number))?\.?`,
    String.raw`[0-3]\d[01]\d\d\d-?\d{4}`,
  ),
  namedNumber(
    ['personnummer', 'Personnummer', 'personnr', 'Personnr', 'samordningsnummer', 'personal identity number'],
    String.raw`(?:[Pp]ersonn(?:umme)?r|samordningsnummer|personal identity number)`,
    String.raw`(?:(?:19|20)?\d{6}[-+]?\d{4})`,
  ),
  namedNumber(['dselsnummer', 'fnr', 'fodselsnummer'], '(?:fo)?dselsnummer|fnr', String.raw`\d{6} ?\d{5}`),
  namedNumber(
    ['henkilötunnus', 'Henkilötunnus', 'henkilotunnus', 'Henkilotunnus', 'hetu', 'HETU'],
    '(?:[Hh]enkil[oö]tunnus|hetu|HETU)',
    String.raw`\d{6}[-+A-FU-Y]\d{3}[0-9A-Z]`,
  ),
  namedNumber(['PESEL', 'pesel', 'Pesel'], '(?:PESEL|pesel|Pesel)', String.raw`\d{11}`),
  namedNumber(
    ['BSN', 'bsn', 'burgerservicenummer', 'Burgerservicenummer'],
    '(?:BSN|bsn|[Bb]urgerservicenummer)(?:-nummer)?',
    String.raw`\d{3}[. ]?\d{3}[. ]?\d{3}|\d{4}[. ]?\d{2}[. ]?\d{3}`,
  ),
  namedNumber(
    ['AHV', 'AVS', 'OASI', 'ahv'],
    '(?:AHV|AVS|OASI|ahv)(?:[- ]?(?:Nummer|Nr|N13|nummer))?\\.?',
    String.raw`756\.?\d{4}\.?\d{4}\.?\d{2}`,
  ),
  namedNumber(
    [
      'Steuer-I',
      'Steuer-ID',
      'SteuerID',
      'steuer_id',
      'Steueridentifikationsnummer',
      'IdNr',
      'Sozialversicherungsnummer',
      'SV-Nummer',
      'Versicherungsnummer',
      'Rentenversicherungsnummer',
      'RVNR',
      'Renten-Nr',
    ],
    '(?:[Ss]teuer[-_]?I[Dd](?:entifikationsnummer|Nr|-Nr)?|Steueridentifikationsnummer|IdNr|(?:Sozial|Renten)?[Vv]ersicherungsnummer|SV-Nummer|steuer_id|RVNR|Renten-Nr)\\.?',
    String.raw`(?:\d{2} ?\d{3} ?\d{3} ?\d{3}|\d{2} ?\d{6} ?[A-Z] ?\d{2} ?\d|\d{4} ?\d{6})`,
  ),
  namedNumber(
    [
      'SIN',
      'social insurance number',
      'Social Insurance Number',
      'Social insurance number',
      'TFN',
      'tax file number',
      'Tax File Number',
      'NHS ',
      'nhs_number',
      'NHS number',
    ],
    '(?:SIN|[Ss]ocial [Ii]nsurance [Nn]umber|TFN|[Tt]ax [Ff]ile [Nn]umber|NHS(?: [Nn](?:o\\.?|umber))?|nhs_number)',
    String.raw`\d{3}[ -]?\d{3}[ -]?\d{3,4}`,
  ),
  namedNumber(
    ['aadhaar', 'Aadhaar', 'AADHAAR', 'aadhar', 'Aadhar'],
    '[Aa][Aa][Dd][Hh][Aa]{1,2}[Rr](?: (?:[Nn]o\\.?|[Nn]umber))?',
    String.raw`[2-9]\d{3}[ -]?\d{4}[ -]?\d{4}`,
  ),
  namedNumber(
    ['PAN', 'pan_number', 'PAN card'],
    '(?:PAN(?: (?:card|no\\.?|number))?|pan_number)',
    '[A-Z]{5}[0-9]{4}[A-Z]',
  ),
  namedNumber(['CURP', 'curp'], '(?:CURP|curp)', '[A-Z]{4}[0-9]{6}[HMX][A-Z]{5}[0-9A-Z][0-9]'),
  namedNumber(
    ['rijksregisternummer', 'Rijksregisternummer', 'INSZ', 'NISS', 'registre national'],
    '(?:[Rr]ijksregisternummer|INSZ|NISS|registre national)',
    String.raw`\d{2}\.?\d{2}\.?\d{2}-?\d{3}[.-]?\d{2}`,
  ),
  namedNumber(
    ['TC kimlik', 'T.C. kimlik', 'kimlik no', 'TCKN', 'tckn'],
    String.raw`(?:T\.?C\.? )?(?:[Kk]imlik(?: [Nn](?:o|umarası))?|TCKN|tckn)`,
    String.raw`[1-9]\d{10}`,
  ),
  namedNumber(
    ['rodné číslo', 'Rodné číslo', 'rodne_cislo'],
    '(?:[Rr]odné číslo|rodne_cislo)',
    String.raw`\d{6}\/?\d{3,4}`,
  ),
  namedNumber(
    ['CNP', 'OIB', 'EGN', 'JMBG', 'cnp', 'oib', 'egn', 'jmbg'],
    '(?:CNP|OIB|EGN|JMBG|cnp|oib|egn|jmbg)',
    String.raw`\d{10,13}`,
  ),
  namedNumber(
    ['NIF', 'nif', 'mero de contribuinte', 'RRN'],
    '(?:NIF|nif|mero de contribuinte|RRN)',
    String.raw`(?:\d{9}|\d{8}[A-Z]|\d{6}-?\d{7})`,
  ),
  namedNumber(
    [
      "driver's licen",
      'drivers licen',
      'driver licen',
      'Driver licen',
      "Driver's licen",
      'driving licen',
      'Driving licen',
      'driver_licen',
      'license_number',
    ],
    "[Dd]riv(?:er['’]?s?|ing)[ _][Ll]icen[cs]e(?:[ _](?:number|no\\.?))?",
    // gov.uk, "Driving licence number": five letters of the name stand before the date of birth
    '(?:(?=[A-Z]{0,3}\\d)[A-Z0-9]{6,20}|[A-Z9]{5}\\d{6}[A-Z9]{2}[A-Z\\d]{3})',
  ),
  namedNumber(
    ['EIN', 'tax id', 'Tax ID', 'Tax id', 'tax_id', 'ITIN'],
    '(?:EIN|[Tt]ax[ _][Ii][Dd]|ITIN)',
    String.raw`\d{2}-\d{7}|9\d{2}-\d{2}-\d{4}`,
  ),
  // icao.int, Doc 9303 part 4: at most nine signs; some systems add a check digit
  namedNumber(
    ['passport n', 'Passport n', 'Passport N', 'passport_n', 'passportN', 'passport: ', 'Passport: '],
    String.raw`[Pp]assport(?:[ _]?[Nn](?:o\b\.?|umber))?`,
    '(?=[A-Z]{0,10}[0-9])[A-Z0-9]{7,10}',
  ),
];

/** A number right behind its name. `name` and `number` are patterns. */
export function namedNumber(beginnings: readonly string[], name: string, number: string): Form {
  return form('national-id', beginnings, `((?:${name})${BETWEEN})(?:${number})${END}`);
}
