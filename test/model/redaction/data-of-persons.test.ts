/** Numbers and names of persons, and numbers of cards, behind their labels. What must vanish stands between ⟦ and ⟧. */
import { describe, expect, test } from 'vitest';
import { redact, redactNamed } from '#model/redaction/redaction.ts';

const TEXTS: Readonly<Record<string, readonly string[]>> = {
  'a number right behind the name that its issuer gives it': [
    'EMŠO ⟦1505990500012⟧ zavrnjen, JMBG: ⟦1505990500012⟧',
    'PPS number ⟦1234567TW⟧ failed validation, "ppsn":"⟦1234567T⟧"',
    'NRIC ⟦S1234567D⟧ rejected, FIN: ⟦G1234567X⟧, MyKad no. ⟦900515-14-5678⟧',
    'CUIL ⟦20-30123456-9⟧ legajo 4418, cuit=⟦20301234569⟧, DNI ⟦30.123.456⟧',
    'personas kods ⟦150590-12345⟧ noraidīts; asmens kodas ⟦39005151234⟧; isikukood: ⟦39005151234⟧',
    'kennitala: ⟦150590-1239⟧ beiðni 5510, kt. ⟦150590-1239⟧',
    'РНОКПП ⟦3112012349⟧ відділення Львів-3; ИИН ⟦900515301239⟧; ПИНФЛ ⟦31505901234567⟧; ЈМБГ ⟦1505990500012⟧',
    'HKID ⟦A123456(7)⟧, Emirates ID ⟦784-1990-1234567-1⟧, iqama ⟦2123456789⟧, CNIC ⟦35202-1234567-1⟧',
    'TAJ ⟦123 456 789⟧, személyi szám: ⟦1-900515-1234⟧, adóazonosító jel ⟦8123456789⟧',
    'cédula de ciudadanía No. ⟦1.023.456.789⟧, cedula: ⟦1712345678⟧',
    'RFC ⟦GODE561231GR8⟧, RG: ⟦12.345.678-9⟧, PIS ⟦120.12345.67-8⟧, NIK ⟦3174011505900001⟧, CCCD ⟦001090012345⟧',
    'Medicare number ⟦2123 45670 1⟧, IRD number ⟦49-091-850⟧, TIN: ⟦123-456-789⟧, BVN=⟦22212345678⟧',
    'numéro national: ⟦90.05.15-123.91⟧, nr dowodu osobistego: x, dowód osobisty ⟦ABC 123456⟧, NUSS ⟦28/12345678/40⟧',
    '"national_id": "⟦AB-123456789⟧", national id number ⟦900515-1234⟧',
    'الرقم القومي ⟦29005151234567⟧',
  ],
  'a number that its check digits prove, some words behind its name': [
    'EMŠO stranke v obrazcu B ⟦1505990500019⟧, ne 1505990500018',
    'CUIL informado por el banco ⟦20301234563⟧, y no 20301234564',
    'personas kods no reģistra izraksta ⟦150590-12340⟧, ne 150590-12341',
    'kennitalan sem barst í gær ⟦150590-1240⟧, ekki 150590-1241',
    'РНОКПП платника з файла ⟦3112012348⟧, а не 3112012347',
    'NISS du client dans le flux ⟦90051512391⟧ et pas 90051512392',
    'ИИН клиента из заявки ⟦900515301234⟧, а не 900515301235',
    'AFM of the customer in the form ⟦123456783⟧, not 123456784',
    'AHV-Nummer im Antrag des Kunden ⟦756.1234.5678.97⟧, nicht 756.1234.5678.98',
    'NIR du patient lu dans la carte ⟦190057512345622⟧',
  ],
  'a number that no issuer gives stays': [
    'rfc 9110 section 5, TIN 5, PPS 1200, dni 12 rows, NIC eth0, IIN lookup 123456 took 20 ms, pis 3',
    'nik=12 cui=4 fin=done kt. 5, CCCD 12, matricule 88112, national id format changed',
    'order 1505990500012, trace 20301234569, offset 3112012349',
  ],
  'a name of a person behind its label': [
    'cardholder_name="⟦Marija Oblak⟧" brand=visa',
    '{"customer_name":"⟦Tomaž Kralj⟧","status":"awaiting_pickup"}',
    'first_name=⟦Anja⟧ last_name=⟦Vidmar⟧ plan=letni',
    'Patient name: ⟦Rok Hočevar⟧; study MR-4410',
    '<CardholderName>⟦MARIJA OBLAK⟧</CardholderName><ns:LastName>⟦Vidmar⟧</ns:LastName>',
    '{"customerFirstName":"⟦Anja⟧","surname":"⟦O’Neill⟧","payeeName":"⟦OBLAK, MARIJA⟧"}',
    '{"name": "first_name", "value": "⟦Anja⟧"}',
    'card_holder_name=⟦ANA+KOS⟧&exp=12, employee_name: "⟦Dr. Ana Kos⟧", lastName: ⟦McDonald⟧',
    'Name on card: ⟦Jan van der Berg⟧, exp 12/27',
    'POST /orders first_name=⟦Ana⟧&last_name=⟦Ho%C4%8Devar⟧&plan=2',
    'Imię i nazwisko: ⟦Jan Kowalski⟧, Nachname: ⟦Müller⟧, apellidos = ⟦García López⟧',
    String.raw`body="{\"full_name\":\"⟦Anja Vidmar⟧\",\"id\":4}"`,
  ],
  'a label without a name of a person stays': [
    'first_name: Required, last_name: Must not be blank, First name: Last name:',
    'customer_name=acme-corp "customer_name":"Acme Widgets GmbH" contact_name="Platform Team"',
    'SELECT first_name, last_name FROM users WHERE last_name = $1 ORDER BY last_name DESC',
    'ERROR: column "last_name" of relation "users" does not exist',
    'firstName: String, lastName: Optional[str], first_name = models.CharField(max_length=30)',
    'firstName: Joi.string().required(), lastName: Scalars[\'String\'], last_name: ["This field is required."]',
    '"full_name":"acme/app" display_name=Checkout guest name: Windows Server 2019 patient: true',
    'z.object({ firstName: PersonName, lastName: NonEmptyString }) last_name: "User"',
    'table customer_name, index customer_name_idx, GET /fields/last_name 404',
  ],
  'a card of any issuer behind its name': [
    '<CardNumber>⟦6304000000000000000⟧</CardNumber><Result>DECLINED</Result>',
    '{"pan":"⟦5018000000007⟧"} maestro ⟦676770000000000005⟧ card no. ⟦5018 0000 0009⟧',
    'card_id=501800000009 order 501800000009, card number 501800000008, cards: 501800000009000',
  ],
};

describe('data of persons', () => {
  test.each(Object.entries(TEXTS))('%s', (_, texts) => {
    const marked = (text: string) => redact(text.replaceAll(/[⟦⟧]/g, '')).replaceAll(/\[redacted:[a-z-]+\]/g, '⟦⟧');
    expect(texts.map(marked)).toEqual(texts.map((text) => text.replaceAll(/⟦[^⟧]*⟧/g, '⟦⟧')));
  });

  test('the name of a member says what its value is', () => {
    expect(redactNamed('customer_name', 'Tomaž Kralj')).toBe('[redacted:person-name]');
    expect(redactNamed('name', 'Tomaž Kralj')).toBe('Tomaž Kralj');
    expect(redactNamed('ppsn', '1234567TW')).toBe('[redacted:national-id]');
  });
});
