/** Words around passwords in sentences of people, by language. The next language is one line of `LANGUAGES`. */

/** By meaning: what stands before a value, what stands between two values, what stands between a value and the name. */
type Words = Readonly<{ is: string; or: string; as: string; change: string; which: string }>;

const LANGUAGES: readonly Words[] = [
  row(
    "is was are were it's it’s that's still now either try both",
    'or and then',
    'as',
    'from to',
    'old new current previous',
  ), // English
  row('ist war lautet jetzt entweder probier mal', 'oder und', 'als', 'von auf zu', 'alt neu alte neue neues altes'), // German
  row("est était c'est soit essaie", 'ou et', 'comme', 'de à en', 'ancien nouveau nouvel ancienne nouvelle'), // French
  row('es era con prueba', 'o y', 'como', 'de a por', 'antigua nueva vieja'), // Spanish
  row('é era tenta', 'ou e', 'como', 'de para', 'antiga nova atual'), // Portuguese
  row('è era sia prova', 'o e che', 'come', 'da a in', 'vecchia nuova'), // Italian
  row('is was nu probeer', 'of en', 'als', 'van naar', 'oude nieuwe oud nieuw'), // Dutch
  row('to jest było spróbuj', 'lub albo i', 'jako', 'z na', 'stare nowe nowy stary'), // Polish
  row('är var prova antingen', 'eller och', 'som', 'från till', 'gamla nya nytt gammalt'), // Swedish
  row('er var prøv enten', 'eller og', 'som', 'fra til', 'gammel ny gamle nye nyt nytt gammelt'), // Danish, Norwegian
  row('on oli joko kokeile', 'tai ja', 'salasanana', 'vanha uusi', 'vanha uusi'), // Finnish
  row('on oli proovi kas', 'või ja', 'paroolina', 'vana uus', 'vana uus'), // Estonian
  row('je bylo byl zkus buď', 'nebo a', 'jako', 'z na', 'staré nové'), // Czech
  row('je bolo skús buď', 'alebo a', 'ako', 'z na', 'staré nové'), // Slovak
  row('az volt most próbáld', 'vagy és', 'mint', 'régi új', 'régi új'), // Hungarian
  row('este era acum încearcă fie', 'sau și', 'ca drept', 'din în', 'veche nouă'), // Romanian
  row('это был теперь попробуй либо', 'или и', 'как', 'с на', 'старый новый новое старое'), // Russian
  row('це був тепер спробуй або', 'або чи та і', 'як', 'з на', 'старий новий'), // Ukrainian
  row('е беше сега опитай', 'или и', 'като', 'от на', 'стара нова'), // Bulgarian
  row('είναι ήταν τώρα δοκίμασε', 'ή και', 'ως σαν', 'από σε', 'παλιός νέος'), // Greek
  row('şu şimdi dene', 'veya ya da ve', 'olarak', 'eski yeni', 'eski yeni'), // Turkish
  row('היא הוא היה עכשיו נסה', 'או וגם', 'בתור', 'מ ל', 'הישנה החדשה'), // Hebrew
  row('هي هو كان الآن جرب', 'أو و', 'كـ', 'من إلى', 'القديمة الجديدة'), // Arabic
  row('है था अब', 'या और', 'के', 'से', 'पुराना नया'), // Hindi
  row('là thử', 'hoặc hay và', 'làm', 'từ sang thành', 'cũ mới'), // Vietnamese
  row('คือ เป็น ลอง', 'หรือ และ', 'เป็น', 'จาก เป็น', 'เก่า ใหม่'), // Thai
  row('adalah ialah coba', 'atau dan', 'sebagai', 'dari ke menjadi', 'lama baru'), // Indonesian, Malay
];

function row(is: string, or: string, as: string, change: string, which: string): Words {
  return { is, or, as, change, which };
}

function wordsOf(...meanings: readonly (keyof Words)[]): ReadonlySet<string> {
  return new Set(LANGUAGES.flatMap((words) => meanings.flatMap((meaning) => words[meaning].split(' '))));
}

/** A value may follow. */
export const INTRODUCING: ReadonlySet<string> = wordsOf('is', 'or', 'change', 'which');
/** “new”, “old”, “current” */
export const WHICH: ReadonlySet<string> = wordsOf('which');
/** “x as the password” */
export const LINKING: ReadonlySet<string> = wordsOf('as');

/** The same without the words that stand before hosts and people in English. */
export const STATING: ReadonlySet<string> = new Set(
  [...wordsOf('is', 'or', 'which')].filter((word) => !/^(?:on|of|to|a|e|i|o|y|en|et|de|and|by|as|from)$/.test(word)),
);
