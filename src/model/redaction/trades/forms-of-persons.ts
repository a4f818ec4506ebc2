/**
 * Numbers of persons that only their field of a message marks: HL7 v2 and X12 of hospitals and insurers, DICOM of images, and
 * the account beside the routing number of an American bank.
 */
import { type Form, form } from '#model/redaction/form.ts';

/** Longer fields are texts, and no name or number. */
const FIELD = String.raw`[^|\r\n\v]{0,80}\|`;
/** A number of a person has a digit among its letters. */
const ID = String.raw`(?=[A-Z-]{0,12}\d)[A-Z\d-]{5,24}`;

/** hl7.org, "PID": 2, 3 and 4 are numbers of the patient, 18 the account, 19 the social security number, 20 the licence. */
const NUMBERED_FIELDS = [2, 3, 4, 18, 19, 20];
const ELEMENT = String.raw`[^*~\r\n\v]{0,60}\*`;
const ACCOUNT = String.raw`(?:[aA]ccount|ACCOUNT|[aA]cct)(?: (?:number|no\.?|NUMBER|#))?`;
const ROUTING = String.raw`(?:[rR]outing|ROUTING|ABA|RTN)(?: transit)?(?: (?:number|no\.?|NUMBER|#))?`;

export const FORMS_OF_PERSONS: readonly Form[] = [
  ...NUMBERED_FIELDS.map((field) =>
    form('national-id', ['PID|'], String.raw`(PID\|(?:${FIELD}){${field - 1}})${ID}(?=[\^|~\s]|$)`),
  ),
  // x12.org, 270 to 278, 834 and 837: NM1 names a person, its ninth element is the number of the insured
  form(
    'national-id',
    ['NM1*'],
    String.raw`(NM1\*(?:IL|QC|74|72|03)\*[12]\*(?:${ELEMENT}){5}(?:MI|II|SY|ZZ|34|MR|MC|HN)\*)[A-Z\d-]{5,40}(?=[~*\s]|$)`,
  ),
  // REF: SY is the social security number, 0F and 1W the number of the insured, EA the medical record
  form('national-id', ['REF*'], String.raw`(REF\*(?:SY|0F|1W|EA)\*)${ID}(?=[~*\s]|$)`),
  form('birth-date', ['DMG*'], String.raw`(DMG\*D8\*)(?:19|20)\d{6}(?=[~*\s]|$)`),
  // dicom.nema.org, PS3.6, "Patient": the number, other numbers, the name, the day of birth; as dcmdump and pydicom print them
  form(
    'national-id',
    ['0010,'],
    String.raw`(?<=\()(0010, ?(?:0020|1000|1001)\)(?: Patient ID| Other Patient IDs)? {1,30}LO:? (?:\[|'))[^\]'\r\n\v[]{2,64}(?=[\]'])`,
  ),
  form(
    'person-name',
    ['0010,'],
    String.raw`(?<=\()(0010, ?(?:0010|1001|1060)\)(?: Patient's Name)? {1,30}PN:? (?:\[|'))(?!redacted)[^\]'\r\n\v[]{2,64}(?=[\]'])`,
  ),
  form(
    'birth-date',
    ['0010,'],
    String.raw`(?<=\()(0010, ?0030\)(?: Patient's Birth Date)? {1,30}DA:? (?:\[|'))\d{8}(?=[\]'])`,
  ),
  // nacha.org, "ACH Operations Bulletin": the number of the bank is public, the account behind or before it is not
  form(
    'account-number',
    ['routing ', 'Routing ', 'ROUTING ', 'ABA ', 'RTN ', 'routing: ', 'Routing: ', 'ABA: '],
    String.raw`(${ROUTING}:? \d{9},?;? (?:and )?(?:[/|] )?${ACCOUNT}:? )\d{4,17}(?![\w.-]\d)`,
  ),
  form(
    'account-number',
    ['account ', 'Account ', 'ACCOUNT ', 'acct ', 'Acct ', 'account: ', 'acct: '],
    String.raw`(${ACCOUNT}:? )\d{4,17}(?=,?;? (?:and )?(?:[/|] )?${ROUTING}:? \d{9}(?!\d))`,
  ),
];
