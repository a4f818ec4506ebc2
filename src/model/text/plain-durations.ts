/** Durations of several parts, as systems write them, become one number: `10m52s`, `1h02m`, `00:10:40`, `PT10M40S`, `2 min 5 s`. */
const PARTS =
  /\b(?:PT)?(?:(?<h>\d{1,4}) ?(?:h|hrs?|hours?)[ ,]?(?<hm>\d{1,2}) ?(?:m|min|mins|minutes?)(?:[ ,]?(?<hs>\d{1,2}(?:\.\d{1,9})?) ?(?:s|secs?|seconds?))?|(?<m>\d{1,5}) ?(?:m|min|mins|minutes?)(?:[ ,]| and )?(?<ms>\d{1,2}(?:\.\d{1,9})?) ?(?:s|secs?|seconds?))\b/gi;
/** Not a time of day: that stands after a date or has a zone. */
const CLOCK = /(?<![\d:.T-]|\d )(\d{1,2}):([0-5]\d):([0-5]\d(?:\.\d{1,9})?)(?![\d:Z+-])/g;
/** `PT45S` and `1h` are one part already, in a form of their own. */
const ISO = /\bPT(\d{1,6}(?:\.\d{1,9})?)([SMH])\b/g;
const SHORT_MINUTES = /\b(\d{1,5}) ?(?:m|mins)\b(?! ?[²³/])/g;
const WORDS =
  /\b(one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|sixty|ninety) (seconds?|minutes?|hours?)\b/gi;
const NUMBERS: Readonly<Record<string, number>> = {
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  twelve: 12,
  fifteen: 15,
  twenty: 20,
  thirty: 30,
  sixty: 60,
  ninety: 90,
};
/** `4,1 s` as people write it on the continent. Three digits after a comma are thousands. */
const COMMA = /(?<![\d.,])(\d{1,5}),(\d{1,2}) ?(?=(?:ms|s|sek|sec|min|h)\b|se[kcg][a-z]{1,8}\b|minut)/gi;
const FOREIGN = [
  [/(\d) ?(?:Sek\b\.?|Sekunden?\b|secondes?\b|segundos?\b)/gi, '$1 s'],
  [/(\d) ?(?:Minuten?|minutos?)\b/gi, '$1 min'],
  [/(\d) ?(?:Std\b\.?|Stunden?\b|heures?\b|horas?\b)/gi, '$1 h'],
] as const;
const ISO_UNITS: Readonly<Record<string, string>> = { S: 's', M: 'min', H: 'h' };
const [MINUTE, HOUR] = [60, 3600];

/** The text, with each duration as one number and one unit: `10m52s` becomes `652 s`. */
export function plainDurations(text: string): string {
  return FOREIGN.reduce((said, [from, to]) => said.replace(from, to), text)
    .replace(COMMA, '$1.$2 ')
    .replace(PARTS, (...found) => {
      const { h, hm, hs, m, ms } = found.at(-1) as Readonly<Record<string, string | undefined>>;
      return `${HOUR * Number(h ?? 0) + MINUTE * Number(hm ?? m ?? 0) + Number(hs ?? ms ?? 0)} s`;
    })
    .replace(CLOCK, (_, h, m, s) => `${HOUR * Number(h) + MINUTE * Number(m) + Number(s)} s`)
    .replace(ISO, (_, amount, unit) => `${amount} ${ISO_UNITS[unit]}`)
    .replace(SHORT_MINUTES, '$1 min')
    .replace(WORDS, (_, amount, unit) => `${NUMBERS[String(amount).toLowerCase()]} ${unit}`);
}
