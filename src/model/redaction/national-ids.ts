/** Numbers of persons by the issuer's form, only beside the name that the issuer gives them. */
import { type Form, form } from '#model/redaction/form.ts';

/** What stands between the name and the number: "is", ":", "no.", a quote. */
const BETWEEN = String.raw`\\{0,15}["']?(?: (?:is|no\.?|number|nr\.?|nº))?\s?[:=#]?\s?\\{0,15}["']?`;
const END = String.raw`(?![\w-])`;

export const NATIONAL_IDS: readonly Form[] = [
  // ssa.gov/employer/randomization.html: the number with its groups
  form(
    'ssn',
    ['ssn', 'SSN', 'social security n', 'Social Security N', 'Social security n'],
    String.raw`((?:ssn|SSN|[Ss]ocial [Ss]ecurity [Nn](?:umber|o\.?))["']?(?: is| no\.?)?\s?[:=#]?\s?["']?)\d{3}-\d{2}-\d{4}(?![\d-])`,
  ),
  // agenziaentrate.gov.it, "Codice fiscale": six letters, the day of birth, the place, a check letter
  named(
    ['codice fiscale', 'Codice fiscale', 'Codice Fiscale', 'codice_fiscale', 'codiceFiscale', 'CODICE FISCALE'],
    '[Cc][Oo][Dd][Ii][Cc][Ee][ _]?[Ff][Ii][Ss][Cc][Aa][Ll][Ee]',
    '[A-Za-z]{6}[0-9]{2}[A-Za-z][0-9]{2}[A-Za-z][0-9]{3}[A-Za-z]',
  ),
  // gov.br/receitafederal, "CPF"
  named(['cpf', 'CPF'], '(?:cpf|CPF)', String.raw`(?:\d{3}\.\d{3}\.\d{3}-\d{2}|\d{11})`),
  // interior.gob.es, "DNI", "NIE": eight digits or a letter and seven, and the check letter
  named(['dni', 'DNI', 'nie', 'NIE'], '(?:dni|DNI|nie|NIE)', String.raw`(?:\d{8}|[XYZxyz]-?\d{7})-?[A-Za-z]`),
  // gov.uk/hmrc-internal-manuals/national-insurance-manual/nim39110
  named(
    ['nino', 'NINO', 'national insurance number', 'National Insurance number', 'National Insurance Number'],
    '(?:nino|NINO|[Nn]ational [Ii]nsurance [Nn]umber)',
    String.raw`[A-Za-z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-Da-d]`,
  ),
  // icao.int, Doc 9303 part 4: at most nine signs; some systems add a check digit
  named(
    ['passport n', 'Passport n', 'Passport N', 'passport_n', 'passportN', 'passport: ', 'Passport: '],
    String.raw`[Pp]assport(?:[ _]?[Nn](?:o\b\.?|umber))?`,
    '(?=[A-Z]{0,10}[0-9])[A-Z0-9]{7,10}',
  ),
];

function named(beginnings: readonly string[], name: string, number: string): Form {
  return form('national-id', beginnings, `(${name}${BETWEEN})${number}${END}`);
}
