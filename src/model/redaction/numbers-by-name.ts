/**
 * Names of columns, members and parameters that hold the number of a person: `ssn`, `national_insurance_number`. The value
 * stands in a table, a statement or a document apart from its name, so its form alone is no proof. The next name is a word of
 * the list. In a sentence, `national-ids.ts` knows the form of each number.
 */

/** Without joiners. Names that are words of some language, such as `nie` and `sin`, are missing. */
const NAMES = [
  'ssn ssnumber socialsecuritynumber socialsecurityno socialsecuritynum socialsecurity itin nino nationalinsurancenumber nationalinsuranceno', // ssa.gov, gov.uk
  'nhsnumber nhsno nationalid nationalidnumber nationalidno personalid personalidnumber personalidentitynumber personalcode identitynumber identitycardnumber', // digital.nhs.uk
  'taxid taxidnumber taxidentificationnumber taxpayerid taxfilenumber tfn socialinsurancenumber', // irs.gov, ato.gov.au, canada.ca
  'passportnumber passportno passportnum driverlicensenumber driverslicensenumber drivinglicencenumber driverlicense driverslicense driverslicenseno', // icao.int
  'personnummer personnr fodselsnummer fødselsnummer cprnummer cprnumber cprnr henkilotunnus henkilötunnus hetu kennitala isikukood asmenskodas personaskods', // skatteverket.se
  'bsn burgerservicenummer rijksregisternummer insz niss nir numerosecu numerosecuritesociale', // rvig.nl, ibz.rrn.fgov.be
  'steuerid steueridnr steueridentifikationsnummer sozialversicherungsnummer rentenversicherungsnummer svnummer svnr kvnr krankenversichertennummer versichertennummer versichertenid ahvnummer ahvnumber', // bzst.de
  'pesel rodnecislo cnp oib jmbg emso egn tajszam tckn tckimlikno kimlikno snils снилс инн', // gov.pl
  'codicefiscale dni dninumber curp cpf cpfnumber cuil cuit rutnumber runnumber', // agenziaentrate.gov.it
  'aadhaar aadhaarnumber aadhaarno pannumber mynumber idcardnumber idcardno hkid nric nricfin', // uidai.gov.in
  'medicarenumber medicareid medicarebeneficiaryidentifier mbi medicalrecordnumber healthcardnumber ihi nhi nhinumber patientidentifier', // cms.gov
]
  .join(' ')
  .split(' ');

export const NAMES_OF_NUMBERS: ReadonlySet<string> = new Set(NAMES);

/**
 * Addresses and OIDs by which FHIR (hl7.org/fhir/identifier-registry.html, simplifier.net) says whose number an identifier is,
 * where their end is no such name: Germany, France, the USA, Australia, passports; OIDs of the USA, Finland, Norway, Denmark,
 * Sweden, France, the United Kingdom, the Netherlands, Switzerland.
 */
const SYSTEM =
  /^(?=https?:|urn:oid:).{7,150}(?:[/:](?:kvid-10|ins-ni[ra]|us-medicare|us-mbi|passport-[A-Za-z]{2,3}|ihi\/1\.0)|:(?:2\.16\.840\.1\.113883\.(?:4\.1|2\.1\.4\.1|2\.4\.6\.3)|1\.2\.246\.21|2\.16\.578\.1\.12\.4\.1\.4\.1|1\.2\.208\.176\.1\.2|1\.2\.752\.129\.2\.1\.3\.1|1\.2\.250\.1\.213\.1\.4\.(?:[89]|1[01])|2\.16\.756\.5\.32))$/;

/** Whether the system of an identifier numbers persons. */
export function isSystemOfPersons(system: string): boolean {
  return SYSTEM.test(system);
}

/** At least five digits; letters, and single signs between the groups. A mask and a word are none. */
export const NUMBER_OF_PERSON = /^(?=(?:\D{0,8}\d){5})[A-Za-z\d](?:[A-Za-z\d]|[ ./-](?=[A-Za-z\d])){4,23}$/;
