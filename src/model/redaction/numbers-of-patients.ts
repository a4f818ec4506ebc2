/**
 * Numbers and dates that tell who somebody is, in texts of hospitals, insurers and offices: right behind their name, or in
 * their field of a message.
 */
import { type Form, form } from '#model/redaction/form.ts';
import { namedNumber } from '#model/redaction/national-ids.ts';

const QUOTE = String.raw`\\{0,15}["']`;
const BETWEEN = String.raw`(?:${QUOTE})?(?: (?:is|was|ist|est|es))?\s?[:=]?\s?(?:${QUOTE})?`;
/** A day in the orders in which people and programs write it. */
const DATE = String.raw`(?:(?:19|20)\d\d(?:-\d\d-\d\d|\/\d\d\/\d\d|\d{4})|\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d)(?![\w-]|\.\d)`;
const LETTERS = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');

export const NUMBERS_OF_PATIENTS: readonly Form[] = [
  // cms.gov, "Understanding the Medicare Beneficiary Identifier (MBI) Format": no S, L, O, I, B, Z
  namedNumber(
    ['MBI', 'mbi', 'Medicare B', 'medicare_b', 'Medicare n', 'Medicare I'],
    String.raw`(?:MBI\)?|mbi|[Mm]edicare[ _][Bb]eneficiary[ _][Ii]dentifier(?: \(MBI\))?|Medicare (?:number|ID))`,
    String.raw`[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y\d]\d-?[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y\d]\d-?[AC-HJKMNP-RT-Y]{2}\d\d`,
  ),
  // hl7.org, "Patient": the number of the record in a hospital
  namedNumber(
    ['MRN', 'mrn', 'medical record n', 'Medical record n', 'Medical Record N', 'medical_record_n', 'medicalRecordN'],
    '(?:MRN|mrn|[Mm]edical[ _]?[Rr]ecord[ _]?[Nn](?:umber|o))',
    String.raw`[A-Z]{0,4}-?\d{5,12}`,
  ),
  // bcbs.com, "Member ID": three letters for the plan, and digits
  namedNumber(
    [
      'member_id',
      'memberId',
      'member ID',
      'Member ID',
      'member id',
      'subscriber_id',
      'subscriberId',
      'policy_holder_id',
    ],
    '(?:[Mm]ember|subscriber|policy_holder)[ _]?[Ii][Dd]',
    String.raw`[A-Z]{3}\d{8,14}`,
  ),
  form(
    'birth-date',
    [
      ...[
        'dob',
        'DOB',
        'd.o.b',
        'D.O.B',
        'date of birth',
        'Date of birth',
        'Date of Birth',
        'date_of_birth',
        'dateOfBirth',
      ],
      ...['birth date', 'Birth date', 'birth_date', 'birthDate', 'birthdate', 'Birthdate', 'birthday', 'Birthday'],
      ...['geburtsdatum', 'Geburtsdatum', 'date de naissance', 'Date de naissance', 'fecha de nacimiento'],
      ...[
        'Fecha de nacimiento',
        'data di nascita',
        'Data di nascita',
        'data de nascimento',
        'geboortedatum',
        'Geboortedatum',
      ],
      ...['rojstva', 'datum rojstva', 'Datum rojstva'],
    ],
    String.raw`([\w.]{3,14}(?:[ _](?:of|de|di)?[ _]?[a-z_]{4,11})?(?<=dob|DOB|[oO]\.[bB]\.?|[bB]irth|[dD]ate|day|datum|naissance|nacimiento|nascita|nascimento|rojstva)${BETWEEN})${DATE}`,
  ),
  // hl7.org, "PID": the third field has the numbers of the patient
  form(
    'national-id',
    ['PID|', 'PID:'],
    String.raw`(PID\|\d{0,4}\|[^|\r\n\v]{0,60}\|)(?=[A-Z]{0,6}-?\d)[A-Z\d-]{5,24}(?=[\^|])`,
  ),
  // ris.gov.tw: a letter for the place of registration, a digit for the sex, seven digits, a check digit
  form(
    'national-id',
    LETTERS.flatMap((letter) => ['1', '2', '8', '9'].map((sex) => `${letter}${sex}`)),
    String.raw`(?<=身[分份][證证](?:統一編號|字號|字号|號碼|号码)?\s?[:：是為为=]?\s?["'「]?)[A-Z][1289]\d{8}(?![\w-])`,
  ),
];
