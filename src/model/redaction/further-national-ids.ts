/**
 * Numbers of persons of further countries, right behind the name that the issuer gives them: `EMŠO 0609968505879`, `"ppsn":
 * "4354548VA"`. The next country is one row here.
 */
import type { Form } from '#model/redaction/form.ts';
import { namedNumber } from '#model/redaction/national-ids.ts';

const NUMBER_WORD = String.raw`(?:[ _-]?(?:[Nn](?:umber|o\b\.?|r\b\.?)))?`;

export const FURTHER_NATIONAL_IDS: readonly Form[] = [
  // gov.si and the other countries of the same number: seven digits of the birth, a region, a serial number, a check digit
  namedNumber(
    ['EMŠO', 'EMSO', 'Emšo', 'emšo', 'emso', 'JMBG', 'jmbg', 'matični broj', 'Matični broj'],
    '(?:EM[ŠS]O|[Ee]mšo|emso|JMBG|jmbg|[Mm]atični broj)',
    String.raw`\d{7} ?\d{6}`,
  ),
  // gov.ie, "PPS number"
  namedNumber(['PPSN', 'ppsn', 'PPS', 'pps'], `(?:PPSN?|ppsn?)${NUMBER_WORD}`, String.raw`\d{7} ?[A-W][A-IW]?`),
  // ica.gov.sg, NRIC and FIN; jpn.gov.my, MyKad
  namedNumber(
    ['NRIC', 'nric', 'FIN', 'fin', 'MyKad', 'mykad'],
    String.raw`(?:(?:NRIC|nric)(?:\/FIN)?|FIN|fin|MyKad|mykad)${NUMBER_WORD}`,
    String.raw`(?:[STFGMstfgm]\d{7}[A-Za-z]|\d{6}-\d{2}-\d{4})`,
  ),
  // jpn.gov.my: the Malay name of the same card
  namedNumber(
    ['KP:', 'KP ', 'K/P', 'KP.', 'kad pengenalan', 'Kad pengenalan', 'Kad Pengenalan'],
    String.raw`(?:K\/?P(?: (?:[Bb]aru|[Ll]ama))?|[Kk]ad [Pp]engenalan)(?:[ _-]?[Nn]o\b\.?)?`,
    String.raw`\d{6}-\d{2}-\d{4}`,
  ),
  // anses.gob.ar, CUIL and CUIT; argentina.gob.ar and reniec.gob.pe, DNI without a letter
  namedNumber(['CUIL', 'CUIT', 'Cuil', 'Cuit', 'cuil', 'cuit'], '(?:CUI[LT]|[Cc]ui[lt])', String.raw`\d{2}-?\d{8}-?\d`),
  namedNumber(['DNI', 'dni'], '(?:DNI|dni)', String.raw`(?:\d{1,2}\.\d{3}\.\d{3}|\d{7,8})`),
  // pmlp.gov.lv, registrucentras.lt, politsei.ee, skra.is
  namedNumber(
    ['personas kod', 'Personas kod', 'personas_kod'],
    '[Pp]ersonas[ _][Kk]od(?:s|a|am|u|ā)',
    String.raw`\d{6}-?\d{5}`,
  ),
  namedNumber(['asmens kod', 'Asmens kod', 'asmens_kod'], '[Aa]smens[ _][Kk]od(?:as|o|u|ą)', String.raw`[1-6]\d{10}`),
  namedNumber(['isikukood', 'Isikukood'], '[Ii]sikukood(?:i|iga)?', String.raw`[1-8]\d{10}`),
  namedNumber(['kennitala', 'Kennitala', 'kennit', 'Kennit'], '[Kk]ennit(?:ala|ölu|ölur)n?', String.raw`\d{6}-?\d{4}`),
  namedNumber(['kt. ', 'kt: '], String.raw`kt\.?`, String.raw`\d{6}-\d{4}`),
  // tax.gov.ua; egov.kz, IIN; my.gov.uz, PINFL; asp.gov.md, IDNP
  namedNumber(['RNOKPP', 'rnokpp', 'IPN', 'ipn'], '(?:RNOKPP|rnokpp|IPN|ipn)', String.raw`\d{10}`),
  namedNumber(['IIN', 'iin'], '(?:IIN|iin)', String.raw`\d{12}`),
  namedNumber(['PINFL', 'pinfl'], '(?:PINFL|pinfl)', String.raw`\d{14}`),
  namedNumber(['IDNP', 'idnp'], '(?:IDNP|idnp)', String.raw`\d{13}`),
  namedNumber(['IC ', 'IC:', 'ic='], `(?:IC|ic)${NUMBER_WORD}`, String.raw`\d{6}-\d{2}-\d{4}`),
  namedNumber(['C.I.', 'CI ', 'CI:'], String.raw`C\.?I\.?`, String.raw`\d\.\d{3}\.\d{3}-\d`),
  // eci.gov.in
  namedNumber(['Voter I', 'voter i', 'voter_i'], '[Vv]oter[ _][Ii][Dd]', String.raw`[A-Z]{3}\d{7}`),
  namedNumber(['personal number', 'Personal number'], '[Pp]ersonal number', String.raw`(?:19|20)?\d{6}[-+]\d{4}`),
  // gov.hk, HKID
  namedNumber(['HKID', 'hkid'], `(?:HKID|hkid)${NUMBER_WORD}`, String.raw`[A-Z]{1,2}\d{6}(?:\([\dA]\)|[\dA])`),
  // nyilvantarto.hu: the number of the insurance, of the tax, of the person
  namedNumber(['TAJ'], '(?:TAJ(?:[- ]szám)?)', String.raw`\d{3}[ -]?\d{3}[ -]?\d{3}`),
  namedNumber(['adóazonosító', 'Adóazonosító'], '[Aa]dóazonosító(?: jel)?', String.raw`8\d{9}`),
  namedNumber(['személyi', 'Személyi'], '[Ss]zemélyi (?:szám|azonosító)', String.raw`[1-8]-?\d{6}-?\d{4}`),
  // aade.gr, AFM; amka.gr
  namedNumber(['AFM', 'afm'], '(?:AFM|afm)', String.raw`\d{9}`),
  namedNumber(['AMKA', 'amka'], '(?:AMKA|amka)', String.raw`\d{11}`),
  // gov.pl, "Dowód osobisty"; autenticacao.gov.pt, "Cartão de Cidadão"; seg-social.es, NUSS
  namedNumber(['dow', 'Dow'], '[Dd]ow(?:ód|odu)(?: osobist(?:y|ego))?', String.raw`[A-Z]{3} ?\d{6}`),
  namedNumber(['cart', 'Cart'], '[Cc]art(?:ão|ao) (?:de|do) [Cc]idad(?:ão|ao)', String.raw`\d{8}[ -]?\d ?[A-Z\d]{2}\d`),
  namedNumber(
    ['NUSS', 'nuss', 'seguridad social', 'Seguridad Social'],
    '(?:NUSS|nuss|[Ss]eguridad [Ss]ocial)',
    String.raw`\d{2}[\/ -]?\d{8}[\/ -]?\d{2}`,
  ),
  // registraduria.gov.co and the neighbours: “cédula”
  namedNumber(
    ['cedula', 'Cedula', 'dula'],
    String.raw`(?:[Cc]edula|(?<=[Cc]é)dula)(?: de (?:ciudadan[ií]a|identidad|extranjer[ií]a))?`,
    String.raw`(?:[VE]-?)?(?:\d{1,3}(?:\.\d{3}){2,3}(?:-\d)?|\d{3}-\d{7}-\d|\d{6,10}(?:-\d)?)`,
  ),
  // sat.gob.mx, RFC of a person; imss.gob.mx; renap.gob.gt
  namedNumber(['RFC', 'rfc'], '(?:RFC|rfc)', String.raw`[A-ZÑ&]{4}\d{6}[A-Z\d]{3}`),
  namedNumber(['NSS', 'nss'], '(?:NSS|nss)', String.raw`\d{11}`),
  namedNumber(['CUI ', 'CUI:', 'DPI ', 'DPI:', 'dpi='], '(?:CUI|DPI|dpi)', String.raw`\d{4} ?\d{5} ?\d{4}`),
  // gov.br: RG, PIS, CNH
  namedNumber(['RG ', 'RG:', 'RG='], 'RG', String.raw`\d{1,2}\.\d{3}\.\d{3}-[\dXx]`),
  namedNumber(
    ['PIS', 'pis', 'PASEP', 'NIS '],
    String.raw`(?:PIS(?:\/PASEP)?|pis|PASEP|NIS)`,
    String.raw`\d{3}\.?\d{5}\.?\d{2}-?\d`,
  ),
  namedNumber(['CNH', 'cnh'], '(?:CNH|cnh)', String.raw`\d{11}`),
  // ird.govt.nz; servicesaustralia.gov.au and cms.gov, "Medicare"; ontario.ca, OHIP
  namedNumber(['IRD', 'ird_'], `(?:IRD|ird_number)${NUMBER_WORD}`, String.raw`\d{2,3}[- ]?\d{3}[- ]?\d{3}`),
  namedNumber(
    ['Medicare', 'medicare', 'MBI', 'mbi'],
    `(?:[Mm]edicare|MBI|mbi)(?:[ _](?:card|[Nn]umber|no\\.?|id|ID)){0,2}`,
    String.raw`(?:\d{4} ?\d{5} ?\d(?:[\/ -]\d)?|[1-9][A-Z][A-Z\d]\d-?[A-Z][A-Z\d]\d-?[A-Z]{2}\d{2})`,
  ),
  namedNumber(['OHIP', 'ohip'], '(?:OHIP|ohip)', String.raw`\d{4}[- ]?\d{3}[- ]?\d{3}(?:[- ]?[A-Z]{2})?`),
  // bir.gov.ph, TIN; sss.gov.ph; philhealth.gov.ph
  namedNumber(['TIN', 'tin='], '(?:TIN|tin)', String.raw`\d{3}-\d{3}-\d{3}(?:-\d{3,5})?`),
  namedNumber(['SSS', 'PhilHealth'], `(?:SSS|PhilHealth)${NUMBER_WORD}`, String.raw`\d{2}-\d{7}-\d|\d{2}-\d{9}-\d`),
  // dukcapil.kemendagri.go.id, NIK of the KTP; pajak.go.id, NPWP
  namedNumber(['NIK', 'nik', 'KTP', 'ktp'], '(?:NIK|nik|KTP|ktp)', String.raw`\d{16}`),
  namedNumber(['NPWP', 'npwp'], '(?:NPWP|npwp)', String.raw`\d{2}\.?\d{3}\.?\d{3}\.?\d-?\d{3}\.?\d{3}`),
  // bocongan.gov.vn; nadra.gov.pk; drp.gov.lk; nimc.gov.ng
  namedNumber(['CCCD', 'CMND', 'cccd', 'cmnd'], '(?:CCCD|CMND|cccd|cmnd)', String.raw`\d{12}|\d{9}`),
  namedNumber(
    ['CNIC', 'cnic', 'NICOP', 'nicop'],
    `(?:CNIC|cnic|NICOP|nicop)${NUMBER_WORD}`,
    String.raw`\d{5}-?\d{7}-?\d`,
  ),
  namedNumber(['NIC ', 'NIC:', 'NIC=', 'nic='], '(?:NIC|nic)', String.raw`\d{9}[VXvx]`),
  namedNumber(['BVN', 'bvn', 'NIN', 'nin'], '(?:BVN|bvn|NIN|nin)', String.raw`\d{11}`),
  // icp.gov.ae; absher.sa; kra.go.ke
  namedNumber(['Emirates I', 'emirates_i', 'emiratesI'], '[Ee]mirates[ _]?[Ii][Dd]', String.raw`784-?\d{4}-?\d{7}-?\d`),
  namedNumber(['iqama', 'Iqama'], `[Ii]qama${NUMBER_WORD}`, String.raw`2\d{9}`),
  namedNumber(['KRA'], 'KRA(?: PIN)?', String.raw`[AP]\d{9}[A-Z]`),
  // deadiversion.usdoj.gov, gov.uk/find-utr-number
  namedNumber(['DEA ', 'DEA:', 'dea_number'], `(?:DEA|dea_number)${NUMBER_WORD}`, String.raw`[A-Z][A-Z9]\d{7}`),
  namedNumber(['UTR ', 'UTR:', 'utr='], `(?:UTR|utr)${NUMBER_WORD}`, String.raw`\d{10}`),
  // sozialversicherung.at; guichet.lu; ibz.be; impots.gouv.fr
  namedNumber(['SVNR', 'SV-N', 'svnr'], String.raw`(?:SVNR|SV-N[Rr]\.?|svnr)`, String.raw`\d{4} ?\d{6}`),
  namedNumber(['matricule', 'Matricule'], '[Mm]atricule(?: nationale?)?', String.raw`(?:19|20)\d{11}`),
  namedNumber(
    ['NRN', 'ro national', 'Rijksregisternr', 'rijksregisternr'],
    String.raw`(?:NRN|(?<=num[eé])ro national|[Rr]ijksregisternr\.?)`,
    String.raw`\d{2}\.?\d{2}\.?\d{2}-?\d{3}[.-]?\d{2}`,
  ),
  namedNumber(['ro fiscal'], '(?<=num[eé])ro fiscal', String.raw`[0-3]\d ?\d{2} ?\d{3} ?\d{3} ?\d{3}`),
  // personalausweisportal.de: nine digits and capitals, without vowels, and a check digit
  namedNumber(
    ['Personalausweis', 'Reisepass', 'Ausweisn', 'Ausweis-', 'Passnummer', 'Passnr', 'personalausweis'],
    '(?:[Pp]ersonalausweis|Reisepass|Ausweis|Pass)-?(?:nummer|[Nn]r\\.?)?',
    '(?=[A-Z]{0,9}[0-9])[A-Z0-9]{9,10}',
  ),
  // Words for such a number in general
  namedNumber(
    [
      ...['national id', 'National id', 'National ID', 'national ID', 'national_id', 'nationalId', 'NATIONAL_ID'],
      ...['national insurance n', 'identity card', 'Identity card', 'Identity Card', 'identity_card', 'identityCard'],
      ...['citizen id', 'citizen ID', 'citizen_id', 'citizenId', 'Citizen ID'],
    ],
    `(?:[Nn]ational[ _]?[Ii][Dd](?:entity|entification)?|NATIONAL_ID|[Ii]dentity[ _]?[Cc]ard|[Cc]itizen[ _]?[Ii][Dd])${NUMBER_WORD}`,
    String.raw`[A-Z]{0,3}-?\d(?:[ .-]?\d){5,17}(?:-?[A-Z]{1,2})?`,
  ),
];
