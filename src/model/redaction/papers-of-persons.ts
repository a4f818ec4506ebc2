/**
 * Numbers of passports and of identity cards, right behind the name of the paper in its language. The next country is one
 * row. The forms of the numbers: consilium.europa.eu, "PRADO", and icao.int, Doc 9303.
 */
import type { Form } from '#model/redaction/form.ts';
import { namedNumber } from '#model/redaction/national-ids.ts';

/** “number” between the paper and its number. */
const NUMBER_WORD =
  '(?:[ _-]?(?:n[uú]mero|num[eé]ro|numer|nummer|numeris|numurs|num\\.?|n[º°o]\\.?|n\\.|nr\\.?|č\\.|číslo|br\\.?|broj|seria|série|série et n°|αριθμός|№|номер))?';
/** A digit among nine signs at most; Belgium and Portugal have twelve. */
const OF_PAPER = '(?=[A-Z]{0,8}[0-9])[A-Z0-9]{7,12}';

export const PAPERS_OF_PERSONS: readonly Form[] = [
  paper(
    ['passeport', 'Passeport', 'pasaporte', 'Pasaporte', 'passaporto', 'Passaporto', 'passaporte', 'Passaporte'],
    '[Pp]as(?:seport|aporte|saporto|saporte)',
  ),
  paper(
    [
      'paspoort',
      'Paspoort',
      'paszport',
      'Paszport',
      'pasu č',
      'tlevél',
      'putovnic',
      'Putovnic',
      'pașaport',
      'Pașaport',
    ],
    '(?:[Pp]aspoort|[Pp]aszport(?:u)?|pasu|(?<=[Úú])tlevél(?:szám)?|[Pp]utovnic[ae]|[Pp]așaport(?:ul)?)',
  ),
  paper(
    [
      'passnummer',
      'Passnummer',
      'passnr',
      'passets nummer',
      'passinumero',
      'passi number',
      'pasaport no',
      'Pasaport no',
    ],
    '(?:[Pp]assnummer|passnr\\.?|passets nummer|passinumero|passi number|[Pp]asaport)',
  ),
  paper(
    ["carte d'identité", "Carte d'identité", "carte nationale d'identité", "Carte nationale d'identité", 'CNI '],
    "(?:[Cc]arte (?:nationale )?d'identité|CNI)",
  ),
  paper(
    ["carta d'identità", "Carta d'identità", 'CIE n', 'CIE: '],
    "(?:[Cc]arta d'identità(?: elettronica)?|CIE)",
    '[A-Z]{2} ?\\d{5}(?:[A-Z]{2}|\\d{2})',
  ),
  paper(
    ['dowód osobisty', 'Dowód osobisty', 'dowodu osobistego', 'nr dowodu'],
    '(?:[Dd]owód osobisty|(?:nr )?dowodu(?: osobistego)?)',
    '[A-Z]{3} ?\\d{6}',
  ),
  paper(
    ['občanský průkaz', 'Občanský průkaz', 'občanského průkazu', 'občiansky preukaz', 'číslo OP'],
    '(?:[Oo]bčansk(?:ý|ého) průkazu?|[Oo]bčiansky preukaz|číslo OP)',
    '(?:[A-Z]{2} ?\\d{6}|\\d{9})',
  ),
  paper(
    [
      'osobna iskaznica',
      'Osobna iskaznica',
      'osobne iskaznice',
      'lična karta',
      'lične karte',
      'osebna izkaznica',
      'osebne izkaznice',
    ],
    '(?:[Oo]sobn[ae] iskaznic[ae]|ličn[ae] kart[ae]|[Oo]sebn[ae] izkaznic[ae])',
    '(?:\\d{9}|[A-Z]{2}\\d{7}|\\d{3}[A-Z]{2}\\d{4})',
  ),
  paper(
    ['cartão de cidadão', 'Cartão de cidadão', 'Cartão de Cidadão', 'cartao de cidadao'],
    '[Cc]art[ãa]o de [Cc]idad[ãa]o',
    '\\d{8} ?\\d ?[A-Z\\d]{2}\\d',
  ),
  paper(
    ['identiteitskaart', 'Identiteitskaart', 'ID-kaart', 'personkort', 'henkilökortti', 'ID-kaardi', 'isikutunnistus'],
    '(?:[Ii]dentiteitskaart|ID-kaart|personkort|henkilökort(?:ti|in)|ID-kaardi|isikutunnistus[a-z]{0,4})',
  ),
  paper(
    ['személyi igazolvány', 'Személyi igazolvány', 'szemig'],
    '(?:[Ss]zemélyi igazolvány(?:szám)?|szemig)',
    '\\d{6} ?[A-Z]{2}',
  ),
  paper(
    ['buletin', 'Buletin', 'carte de identitate', 'Carte de identitate', 'CI seria'],
    '(?:[Bb]uletin|[Cc]arte de identitate|CI)(?: seria)?',
    '[A-Z]{2}(?: nr\\.?| numărul)? ?\\d{6}',
  ),
];

function paper(beginnings: readonly string[], name: string, number = OF_PAPER): Form {
  return namedNumber(beginnings, `(?:${name})${NUMBER_WORD}`, number);
}
