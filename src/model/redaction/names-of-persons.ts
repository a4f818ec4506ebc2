/**
 * Names of persons, only behind a label that says so: `cardholder_name="Marija Oblak"`, `first_name=Anja`, “Patient name: Rok
 * Hočevar”, `<LastName>Vidmar</LastName>`. A label alone (a column, a field of a form) has no value, and a value that is
 * no name of a person (`customer_name=acme-corp`, “first name: Required”) stays. The next label is a word in a list here.
 */
import { type Form, form } from '#model/redaction/form.ts';
import { QUOTE } from '#model/redaction/pattern-parts.ts';

/** A sign, the end of a tag, “is”, or the member that holds the value: `"name": "first_name", "value": "Anja"`. */
const BETWEEN = String.raw`(?:(?:${QUOTE})?(?:\]?\s?(?:=>|:=|[:=])\s?| (?:is|ist|est|es|är|er|je|to) |>)|${QUOTE},?\s{1,4}(?:${QUOTE})?value(?:${QUOTE})?\s?[:=]\s?)(?:${QUOTE}|[“„«] ?)?`;

/** Letters of Latin, Greek and Cyrillic. Patterns of forms know no classes of Unicode. */
const UPPER = 'A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮİĴĶĹĻĽĿŁŃŅŇŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽȘȚΆΈ-ΏΑ-ΫЀ-Я';
const LETTER = String.raw`A-Za-zÀ-ÖØ-öø-ɏΆ-ώЀ-ӿ`;

/** What forms and programs say about such a field, and types: none of these is a name. */
const STATES = [
  'Required Missing Must Invalid Cannot Can Is Are Should Field Please Too Not Null None Nil N True False String Text Varchar Char Unknown',
  'Empty Optional Value This The Name Column Undefined Any Expected Error Enter Your First Last Full Given Family Test Redacted Masked',
  'Hidden No Yes May Default Unique Index Max Min Length Only At Was Has Does Do Use See Same Sort Order Asc Desc As In Like And Or From',
  'Format Contains Already Duplicate Wrong Bad Used Validation Failed Updated Changed Added Removed Deleted Created Set Found Mismatch',
  'User Users Customer Admin Guest Person Mandatory Nullable Blank Pflichtfeld Fehlt Obligatoire Obligatorio Obligatoria Obrigatório Requerido Requis Erforderlich Ungültig',
  'Verplicht Wymagane Obvezno Povinné Zorunlu Påkrævet Obligatorisk Pakollinen',
]
  .join(' ')
  .split(' ')
  .flatMap((word) => [word, word.toUpperCase()])
  .join('|');
/** Customers are companies, too, and their names help. Machines and programs have guests and contacts. */
const OF_COMPANY =
  'GmbH|AG|KG|SE|Inc|Ltd|LLC|LLP|Corp|Corporation|Company|Co|Group|Holdings?|Bank|Services?|Systems?|Solutions?|Software|Technolog(?:y|ies)|Tech|Labs?|Foods?|Stores?|Shop|Media|Energy|Insurance|Logistics|Partners|Industries|International|Global|University|Hospital|Clinic|Airlines?|Hotels?|Foundation|Team|Support|Account|Customer|Client|User|Tenant|Demo|Example|SA|SAS|SARL|SL|SpA|Srl|BV|NV|Oy|Oyj|AB|AS|ASA|ApS|Kft|Zrt|Amazon|AWS|Google|Microsoft|Azure|Oracle|Apache|API|Identit(?:y|ies)|Servers?|Windows|Linux|Ubuntu|Driver|Platform|Engine|Manager|Node|Cluster|Database|Desk|Operations|Department|Office|Oncall|Engineering';
const NO_STATE = `(?!(?:${STATES})(?![${LETTER}'’-]))`;
const NO_COMPANY = String.raw`(?![^"'<>;,=:|\r\n\v]{0,60}(?<![${LETTER}])(?:${OF_COMPANY})(?![${LETTER}'’-]))`;
/** `PersonName` is a type; `McDonald` and `DeVito` are names. */
const NO_TYPE = '(?!(?!Ma?c|De|Di|Du|La|Le|Lo|Van|Von|Fitz|Al|El|O)[A-Z][a-z]{1,20}[A-Z])';
/** A capital, then letters; also all in capitals, as on a card. No word before a sign: it is the next label, a type or a call. */
const WORD = String.raw`${NO_TYPE}[${UPPER}](?:\.(?= )|(?:[${LETTER}-]|['’](?=[${LETTER}])|%[C-Dc-d][\dA-Fa-f]%[89ABab][\dA-Fa-f]){0,29})(?![${LETTER}\d_/@]|%(?!20)|\s?[=:([]|\.[${LETTER}])`;
/** In the body of a form `+` or `%20` is the space. */
const SPACE = '(?: |[+]|%20)';
const NEXT_WORD = String.raw`${SPACE}(?:(?:van|von|de|der|den|del|da|dos|di|la|le|al|bin|ibn|el|ter|af|av|zu)${SPACE}){0,2}${WORD}`;
const ENDS = String.raw`(?=\\{0,15}["'”»]|[\s,;.!?)\]}<&|]|$)`;
const ONE = `${NO_STATE}${WORD}(?:${NEXT_WORD}){0,3}${ENDS}`;
/** Also “OBLAK, MARIJA” in quotes and tags. */
const SEVERAL = `(?:(?:Dr|Mr|Mrs|Ms|Prof|Herr|Frau|Sr|Sra|Mme)[.]? ){0,2}${NO_STATE}${NO_COMPANY}${WORD}(?:(?:${NEXT_WORD}){1,4}${ENDS}|(?<=["'>][^"'<>]{1,40}), ${WORD}(?=\\\\{0,15}["'<]))`;

/** Parts of a name. They stand for nothing else. A space is where words meet: `first_name`, `firstName`, `First name`. */
const PARTS = [
  'first name,last name,given name,family name,middle name,maiden name,surname,forename,birth name',
  'vorname,nachname,familienname,geburtsname,nom de famille,prenom,prénom,apellido,apellidos,cognome,sobrenome',
  'voornaam,achternaam,nazwisko,etunimi,sukunimi,priimek,prezime,příjmení,förnamn,efternamn,etternavn,efternavn,fornavn,soyadı',
];
/** Whose name it is. Names of accounts and users are logins, and names of owners are names of teams. */
const PERSONS = [
  'cardholder,card holder,cardmember,account holder,policyholder,policy holder,customer,buyer,shopper,patient,passenger,guest',
  'traveller,traveler,employee,applicant,insured,beneficiary,payer,payee,recipient,debtor,creditor,borrower,student,contact',
  'emergency contact,donor,billing,spouse,guardian,doctor,physician,visitor,signer,signatory,holder',
];
/** Labels of a whole name without the word “name”, and in other languages. */
const WHOLE = [
  'full name,complete name,name on card,name on the card,cardholder,card holder,account holder,policy holder,patient,passenger',
  'karteninhaber,kontoinhaber,kundenname,vor- und nachname,nom complet,nom du client,nom du titulaire,nombre completo',
  'nombre del cliente,nombre del titular,nome completo,nome do cliente,nome do titular,nome cliente,nome e cognome,intestatario',
  'imię i nazwisko,ime in priimek,ime i prezime,jméno a příjmení,ad soyad,volledige naam,fullt navn',
];

export const NAMES_OF_PERSONS: readonly Form[] = [
  ...each(PARTS).map((label) => named(label, ONE)),
  ...each(PERSONS).map((person) => named(`${person} name`, SEVERAL)),
  ...each(WHOLE).map((label) => named(label, SEVERAL)),
  // `customerFirstName`: joined, the part begins no word.
  labelled(
    each(PERSONS).flatMap((person) => ['First', 'Last'].flatMap((part) => joined(person, part))),
    `(?:${each(PERSONS).map(patternOf).join('|')})(?:First|Last)[Nn]ame`,
    ONE,
  ),
];

function each(lists: readonly string[]): string[] {
  return lists.flatMap((list) => list.split(','));
}

function named(label: string, value: string): Form {
  return labelled(beginningsOf(label), patternOf(label), value);
}

function labelled(beginnings: readonly string[], label: string, value: string): Form {
  return form('person-name', [...new Set(beginnings)], `(${label}(?![A-Za-z_-])${BETWEEN})${value}`);
}

/**
 * The first word of a label and the first letter of the next one, in the ways to write them: the first word alone names other
 * things, too.
 */
function beginningsOf(label: string): string[] {
  const [head = '', next = ''] = label.split(/(?<=[^ -])[ -]+/);
  const letter = next.charAt(0);
  const large = letter.toUpperCase();
  if (letter === '') return [head, capital(head), head.toUpperCase()];
  const lower = ['', ' ', '_', '-', '.'].flatMap((sign) =>
    [head + sign, capital(head) + sign].map((one) => one + letter),
  );
  const upper = ['', ' ', '_', '-'].flatMap((sign) => [head + sign, capital(head) + sign, head.toUpperCase() + sign]);
  return [...lower, ...upper.map((one) => one + large)];
}

function joined(person: string, part: string): string[] {
  const [head = '', next = ''] = person.split(' ');
  const end = next === '' ? part.charAt(0) : capital(next).charAt(0);
  return [head + end, capital(head) + end];
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function patternOf(label: string): string {
  return label
    .split(' ')
    .map((word) => `(?:[${word.charAt(0)}${word.charAt(0).toUpperCase()}]${word.slice(1)}|${word.toUpperCase()})`)
    .join('[ _.-]?');
}
