/** Code that takes for granted what may be missing: an element of a list, a value. Each fails with words of its own. */
import { type Effect, effect, moreIn, type Sides } from '#model/changes/effect.ts';

/**
 * One element, by its place: `zones[0]`, `parts[i + 1]`, `name[2:4]`; Java and Kotlin, .NET, Rust, Elixir, Scala, Swift, C++.
 */
const TAKES_ELEMENT =
  /[\w)\]]\[(?:-?\d{1,3}|\w{1,40}\s?[-+]\s?\w{1,40}|len\([\w.]{1,60}\)\s?-\s?\d|\w{0,40}:\w{1,40})\]|\.(?:get|at|charAt|elementAt)\(\s?(?:\d{1,3}|size\(\)\s?-\s?1)\s?\)|\.(?:getFirst|getLast|removeFirst|removeLast|First|Last|Single|ElementAt)\(|\.iterator\(\)\.next\(\)|\.(?:first|last|next|nth|pop)\([^()\n]{0,40}\)\.(?:unwrap|expect)\(|\.(?:first|last)!|\b(?:hd|List\.first!|Enum\.fetch!)\(|\.head\b/g;
/** A value that may be none: Rust, Kotlin, Swift, TypeScript, Java. */
const TAKES_VALUE = /\.(?:unwrap|expect)\(|!!(?=[.\s)])|\b(?:as|try)!|[\w)\]]!\.\w|\.orElseThrow\(/g;
/** What gives another value where there is none. */
const OR_ELSE =
  /\bor_?else\b|\.orElse(?:Get)?\(|OrDefault\b|OrNull\b|\bunwrap_or\w{0,12}\(|\?\.|\?\?|\bfirst\(\)\.map\b|\bget\(\d{1,3}\)\.(?:map|copied|cloned)\b|\bdig\(|\btry\(:/g;

/** Texts and comments take nothing. */
const NO_CODE =
  /"(?:[^"\\\n]|\\.){0,500}"|'(?:[^'\\\n]|\\.){0,500}'|`[^`\n]{0,500}`|(?:^|\s)(?:\/\/|#|--)[^\n]{0,500}|^\*[^\n]{0,500}/gm;

export function uncheckedEffects(sides: Sides): Effect[] {
  const [added, removed] = [sides.added, sides.removed].map((text) => text.replaceAll(NO_CODE, ' ')) as [
    string,
    string,
  ];
  const isLessSafe = moreIn(removed, added, OR_ELSE).length > 0;
  const [element = ''] = moreIn(added, removed, TAKES_ELEMENT);
  const [value = ''] = moreIn(added, removed, TAKES_VALUE);
  return [
    ...effect('unchecked-index', takes(element)),
    ...effect('unchecked-index', reachesFurther(sides) ? 'its loop goes one element further' : ''),
    ...effect('unchecked-value', takes(value)),
    ...effect('unchecked-value', isLessSafe ? 'it no longer has another value where there is none' : ''),
  ];
}

/** Where a loop ends: Rust, Swift, Kotlin, Ruby; C and its relatives; Pascal, Python. */
const BOUND = /\.\.(?:=|<|\.)?|\buntil\b|\bto\b|[<>]=?|\brange\(/;
const OF_LOOPS = /\b(?:for|while|loop|each|range|step|times|upto)\b|\[[^\]\n]{0,60}\.\./;
/** The same loop, with the element at its end. */
const FURTHER: readonly (readonly [RegExp, string])[] = [
  [/\.\.(?![=<.])/, '..='],
  [/\.\.</, '...'],
  [/\.\.</, '..'],
  [/\.\.\.(?!\.)/, '..'],
  [/\buntil\b/, '..'],
  [/\buntil\b/, 'to'],
  [/<(?!=)/, '<='],
  [/ - 1\b/, ''],
  [/\brange\(([^()\n]{1,60})\)/, 'range($1+1)'],
];

/** A loop that left the last place out takes it in, and is the same otherwise. */
function reachesFurther({ added, removed }: Sides): boolean {
  const loops = (text: string) => text.split('\n').filter((line) => OF_LOOPS.test(line) && BOUND.test(line));
  const now = new Set(loops(added).map(withoutSpaces));
  return loops(removed).some((line) =>
    FURTHER.some(([end, further]) => end.test(line) && now.has(withoutSpaces(line.replace(end, further)))),
  );
}

function withoutSpaces(line: string): string {
  return line.replaceAll(/\s+/g, '');
}

function takes(what: string): string {
  return what === '' ? '' : 'it takes an element or a value without a check that it exists';
}
