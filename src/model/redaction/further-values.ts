/**
 * The next secret of a sentence that has stated one: “the old password was x and the new one is y”, “x or y”, “jo's
 * password is x, al's is y”. Only words about the secret and its place may stand between, so that the name of a host in
 * the same sentence stays.
 */
import { isPassword, type Named } from '#model/redaction/names.ts';
import { looksChosen } from '#model/redaction/sentences.ts';
import { spokenNext } from '#model/redaction/spoken.ts';
import { matchAt } from '#model/redaction/sticky.ts';
import type { Range } from '#model/redaction/values.ts';

const VALUE = String.raw`["'\x60(“„«]{0,2}([^\s"'\x60,;()“”„«»]{4,100})`;

const SUCCESSOR = new RegExp(
  String.raw`["'\x60]?,? (?:(?:was |is |has been |got )?(?:replaced|superseded|changed|swapped|exchanged) (?:by|with|to|for)|instead of|rather than|and (?:is |was )?(?:now|then|before)|but|->|→|=>|to|(?:new|now|old|was|previously|formerly|before|after)(?: (?:one|value|password))?(?: is| was)?):? ${VALUE}`,
  'iy',
);

const LINK = String.raw`["'\x60”“»]{0,2}(?:[,;]|[,;]? (?:and|or|und|oder|et|ou|y|o|e|en|of|och|eller|i|lub|и|или|&)(?= )| ?\/)`;
const WORD = String.raw`[\p{L}\d_.-]{1,30}`;
const PREPOSITION = 'for|on|in|at|of|für|auf|bei|pour|sur|para|en|per|su|voor|op|dla|na|для|на';
const PLACE = `(?:${PREPOSITION}) (?:the |der |die |den |la |el |le |il )?${WORD}`;
const DETERMINER =
  "the|my|our|your|his|her|its|their|die|das|der|mein|unser|le|la|l['’]|el|il|mon|notre|mi|nuestra|de|het|a|o";
const WHICH =
  'new|old|other|second|third|first|current|previous|former|backup|temporary|root|admin|db|prod|staging|test|neue|alte|andere|zweite|nouveau|ancien|autre|nueva|vieja|antigua|otra|nuova|vecchia|nova|antiga|outra|nieuwe|oude|andere|nowe|stare|новый|старый';
const NOUN =
  'ones?|others?|value|password|passwd|passcode|passphrase|pwd|pw|pass|passwort|kennwort|mot de passe|contraseña|clave|senha|wachtwoord|hasło|пароль';
const VERB =
  '(?:is|was|are|were|will be|ist|war|lautet|est|était|es|era|è|é|jest|było|to|uses|has|gets|got|it is|it was|auf|à|a|na|на)(?: (?:now|still|jetzt|nun|maintenant|ahora|ora|agora|nu|teraz))?';

/** “and the new one is x”, “, al's is x”, “and on prod it's x”, “, redis uses x” */
const ANOTHER = new RegExp(
  `${LINK} (?:(?:(?:${DETERMINER}) )?(?:(?:${WHICH}) ){0,2}(?:(?:${NOUN})(?: ${PLACE})?|(?<=(?:${WHICH}) ))|${WORD}['’]s(?: (?:${NOUN}))?|${PLACE}(?:,? it(?:['’]s)?)?|${WORD}(?= (?:uses|has|gets|got) ))(?: ?(?:${VERB})(?= |:)|(?=:)|(?<=['’]s))(?::| =| ->)? ${VALUE}`,
  'iuy',
);

/** “passwords: x, y and z”, “password is x or y” */
const LISTED = new RegExp(`${LINK} ?${VALUE}(?=["'\\x60)”»]{0,2}(?:[.,;!?)]?(?:\\s|$)))`, 'iuy');

/** “x (old), y (new)” */
const WHICH_IN_BRACKETS = new RegExp(
  `["'\\x60]? \\((?:${WHICH}|alt|neu|vor|danach|before|after|now)\\)(?:,| ?\\/|,? (?:and|or|then|und|oder|et|ou|y|o|e|en|of))? ${VALUE}`,
  'iuy',
);

const SINCE = '(?: (?:until|till|since|before|bis|seit|hasta|até|fino a) [\\w-]{1,15}(?: [\\w-]{1,15})?)?';
const MANY_WORDS = `(?:[\\p{L}\\d'’_-]{1,20} ){1,5}?`;
/** Letters of both cases and a digit, and no sign that divides the name of a host, a file or a ticket. */
const STRONG = String.raw`["'\x60(“„«]{0,2}((?=[^\s]{0,60}[A-Z])(?=[^\s]{0,60}[a-z])(?=[^\s]{0,60}\d)[A-Za-z\d!#$%^&*+?~]{8,60})(?=["'\x60)”»]{0,2}[.,;!?)]?(?:\s|$))`;

/** “, postgres one is x”, “until yesterday, now it is x”, “and hers is x”: other words, and a value that is no word. */
const OTHERWISE = new RegExp(`${SINCE}${LINK} (${MANY_WORDS})${STRONG}`, 'uy');
const CONNECTS =
  /(?:^| )(?:is|was|ones?|now|it|hers|his|mine|yours|theirs|ist|war|es|era|est|é|è|jest|for|für|on|auf|pour|para|per|voor|dla|для|новый|neue|nouveau|nueva) /i;
/** What else a sentence names by letters and digits. */
const OF_OTHER_THINGS =
  /(?:^| )(?:ask|ping|see|by|from|user|username|login|account|owner|host|pod|node|server|build|branch|commit|release|version|ticket|issue|order|request|trace|span|id|name|bucket|table|topic|queue|job|file|status|state|class|error|code|type|mode) /i;

/** “…: x and y are the passwords” has no name before them; more than these are no sentence. */
const MOST_VALUES = 12;

/** `end`: where the first secret ends. */
export function furtherValues(text: string, named: Named, end: number): readonly Range[] {
  const found: Range[] = [];
  let at = end;
  for (let next = after(text, named, at); next !== undefined && found.length < MOST_VALUES; ) {
    found.push(next);
    at = next.end;
    next = after(text, named, at);
  }
  return found;
}

function after(text: string, named: Named, end: number): Range | undefined {
  const another = chosenIn(end, matchAt(ANOTHER, text, end));
  // A token's sentence goes on with other things more often.
  if (another !== undefined || !(isPassword(named.rule) || isPlural(named.rule.word))) return another;
  return (
    chosenIn(end, matchAt(WHICH_IN_BRACKETS, text, end)) ??
    chosenIn(end, matchAt(SUCCESSOR, text, end)) ??
    listed(text, named, end) ??
    otherwise(text, end) ??
    spokenNext(text, end)
  );
}

function chosenIn(end: number, said: RegExpExecArray | undefined): Range | undefined {
  const value = said?.[1] ?? '';
  const word = value.replace(/(?<![.!?:…])[.!?:…]+$/, '');
  if (said === undefined || word === '' || !looksChosen(word)) return undefined;
  const start = end + said[0].length - value.length;
  return { start, end: start + word.length };
}

function otherwise(text: string, end: number): Range | undefined {
  const said = matchAt(OTHERWISE, text, end);
  const [whole = '', words = '', value = ''] = said ?? [];
  if (value === '' || !CONNECTS.test(words) || OF_OTHER_THINGS.test(words)) return undefined;
  const start = end + whole.length - value.length;
  return { start, end: start + value.length };
}

function listed(text: string, { rule }: Named, end: number): Range | undefined {
  const said = matchAt(LISTED, text, end);
  const value = chosenIn(end, said);
  if (said === undefined || value === undefined) return undefined;
  const word = text.slice(value.start, value.end);
  if (!/[A-Za-z]/.test(word) || !/\d/.test(word) || OF_HOST.test(word)) return undefined;
  return isPlural(rule.word) || /^\S{0,3}(?: or| oder| ou| o| of| eller| lub| или| ?\/)/.test(said[0])
    ? value
    : undefined;
}

function isPlural(word: string): boolean {
  return /(?:words|wds|phrases|codes|secrets|tokens|keys|credentials|ñas|senhas|hasła)$/.test(word);
}

/** `db-1`, `checkout-7d9f8b6c5-x2x4z`, `eu-west-1`, `jo@shop` */
const OF_HOST = /^[a-z]+(?:[-_.][a-z\d]+)*[-_.]\d{1,4}$|^[a-z]+-[\da-f]{7,10}-\w{5}$|@|:\/\//;
