/**
 * Numbers and dates that tell who somebody is, in texts of hospitals, insurers and offices: right behind their name, or in
 * their field of a message.
 */
import { type Form, form } from '#model/redaction/form.ts';
import { namedNumber } from '#model/redaction/national-ids.ts';
import { QUOTE } from '#model/redaction/pattern-parts.ts';

const BETWEEN = String.raw`(?:${QUOTE})?(?: (?:is|was|ist|est|es))?\s?[:=]?\s?(?:${QUOTE})?`;
/** A day in the orders in which people and programs write it. */
const DATE = String.raw`(?:(?:19|20)\d\d(?:-\d\d-\d\d|\/\d\d\/\d\d|\d{4})|\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d)(?![\w-]|\.\d)`;
/** The address of a system whose end says that it numbers persons: hl7.org/fhir/identifier-registry.html, simplifier.net. */
const SYSTEM_OF_PERSONS = String.raw`(?:https?|urn)(?::|%3A)[^\s|"'&<>]{3,120}?(?:us-ssn|us-medicare|us-mbi|nhs-number|kvid-10|kvnr|personnummer|bsn|cpr|passport-[A-Z]{2,3}|ins-nir|mrn|oid:(?:2\.16\.840\.1\.113883\.4\.1|1\.2\.246\.21|1\.2\.208\.176\.1\.2))`;
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
  // gkv-spitzenverband.de, "Krankenversichertennummer": a letter, eight digits, a check digit; the fund's number may follow
  namedNumber(
    [
      ...[
        'KVNR',
        'Kvnr',
        'kvnr',
        'KV-N',
        'KVID',
        'kvid',
        'Versichertenn',
        'versichertenn',
        'Versicherten-',
        'versicherten_',
      ],
      ...['VersichertenI', 'versichertenI', 'Krankenversichertenn', 'Krankenversicherungsn', 'krankenversichertenn'],
      'krankenversicherungsn',
    ],
    String.raw`(?:(?:KVNR|[Kk]vnr|KV-N(?:umme)?r|KVID|kvid)(?:-10)?|(?:[Kk]rankenv|[Vv])ersicher(?:ten|ungs)[-_]?(?:[Nn](?:umme)?r|[Ii][Dd]))\.?`,
    String.raw`[A-Z]\d{9}(?:\d{10}){0,2}`,
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
  // hl7.org/fhir/search.html#token: the system, a bar, the number; hl7.org/fhir/xml.html
  form(
    'national-id',
    ['identifier=', 'identifier%3D', 'identifier:'],
    String.raw`(identifier(?:=|%3D|:[a-zA-Z-]{2,20}=)${SYSTEM_OF_PERSONS}(?:\||%7C))[A-Za-z\d][A-Za-z\d-]{4,23}(?=[&\s"'\\)]|$)`,
  ),
  form(
    'national-id',
    ['system value='],
    String.raw`(system value=${QUOTE}${SYSTEM_OF_PERSONS}${QUOTE} ?\/>\s{0,40}<value value=${QUOTE})[A-Za-z\d][A-Za-z\d ./-]{4,23}(?=${QUOTE})`,
  ),
  // ris.gov.tw: a letter for the place of registration, a digit for the sex, seven digits, a check digit
  form(
    'national-id',
    LETTERS.flatMap((letter) => ['1', '2', '8', '9'].map((sex) => `${letter}${sex}`)),
    String.raw`(?<=身[分份][證证](?:統一編號|字號|字号|號碼|号码)?\s?[:：是為为=]?\s?["'「]?)[A-Z][1289]\d{8}(?![\w-])`,
  ),
];
