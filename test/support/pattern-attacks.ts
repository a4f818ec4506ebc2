/**
 * Texts that make a regular expression go back and try again, made of its own parts: what it repeats, again and again,
 * behind what has to stand before it, with an end that does not fit.
 *
 *   /lock.*wait/   lock lock lock lock …        each `lock` looks through all that follows for a `wait`
 *   /,+$/          ,,,,,,,,,,,,,,,,,, …!        from each comma to the end, which is none
 */
import { type AST, RegExpParser } from '@eslint-community/regexpp';

/** An attack of about that many characters. */
export type Attack = (size: number) => string;

const parser = new RegExpParser({ ecmaVersion: 2025 });

/** What stands for a class of characters. */
const SAMPLES = [...'a0 .-_/:="\'{}[]()<>,;|#*@\n\t\\A%&?!~$+`^éx1z'];
/** What many patterns stumble over. */
const USUAL = [...'a0 .-_\n"'];
/** Nearly every pattern fails at one of them. */
const ENDS = ['', '\0', '\n\0', '!'] as const;
/** Samples that are taken of what is repeated. */
const PER_PART = 6;
/** Signs of a pattern of which each pair is tried. */
const PAIRED = 8;
/** What is repeated at most so often cannot take long. */
const FEW = 4;

type Part = Readonly<{ head: string; pump: string; second?: string; end: string }>;

export function attacksOn({ source, flags }: RegExp): readonly Attack[] {
  const mode = { unicode: flags.includes('u'), unicodeSets: flags.includes('v') };
  const pattern = parser.parsePattern(source, 0, source.length, mode);
  const samples = samplesWith(flags);
  const repeated = repeatedIn(pattern, samples);
  const signs = new Set([...USUAL, ...signsIn(pattern, samples)]);
  const parts: Part[] = [];
  for (const pump of signs) {
    for (const end of ENDS) parts.push({ head: '', pump, end });
    parts.push({ head: 'x', pump, end: '\0' });
  }
  for (const pump of pairsOf([...signs])) parts.push({ head: '', pump, end: '\0' });
  for (const [head, pump] of repeated) {
    for (const end of ENDS) {
      parts.push({ head, pump, end }, { head: '', pump: head + pump, end });
      parts.push({ head: '', pump: head, end }, { head: '', pump: head, second: pump, end });
    }
  }
  for (const whole of wholesOf(pattern, samples)) {
    for (const end of ENDS) parts.push({ head: '', pump: whole, end });
    for (const last of [' ', 'a', '0']) parts.push({ head: '', pump: whole.slice(0, -1) + last, end: '' });
    for (let length = 1; length < Math.min(whole.length, 12); length += 1)
      parts.push({ head: '', pump: whole.slice(0, length), end: '\0' });
  }
  const distinct = new Map(parts.map((part) => [JSON.stringify(part), part]));
  return [...distinct.values()].filter(({ pump }) => pump !== '').map(attackOf);
}

function attackOf({ head, pump, second = '', end }: Part): Attack {
  const filled = (text: string, size: number) => (text === '' ? '' : text.repeat(Math.ceil(size / text.length)));
  return (size) => head + filled(pump, second === '' ? size : size / 2) + filled(second, size / 2) + end;
}

type Samples = (single: AST.Node) => readonly string[];

/** Of a part that matches one character, some that it does match. */
function samplesWith(flags: string): Samples {
  const known = new Map<string, readonly string[]>();
  return (single) => {
    const found = known.get(single.raw);
    if (found !== undefined) return found;
    const is = new RegExp(`^(?:${single.raw})$`, flags.replace(/[gy]/g, ''));
    const named = single.type === 'CharacterClass' ? single.elements.flatMap(firstOf) : [];
    const fitting = [...new Set([...SAMPLES, ...named])].filter((text) => is.test(text));
    known.set(single.raw, fitting);
    return fitting;
  };
}

function firstOf(element: AST.CharacterClassElement): string[] {
  if (element.type === 'Character') return [String.fromCodePoint(element.value)];
  return element.type === 'CharacterClassRange' ? [String.fromCodePoint(element.min.value)] : [];
}

/** A text that the part matches, as short as it may be; `pick` chooses among alternatives and characters. */
function matched(part: AST.Node, samples: Samples, pick: number): string {
  switch (part.type) {
    case 'Pattern':
    case 'Group':
    case 'CapturingGroup':
      return matched(part.alternatives[pick % part.alternatives.length] as AST.Alternative, samples, pick);
    case 'Alternative':
      return part.elements.map((element) => matched(element, samples, pick)).join('');
    case 'Quantifier':
      return matched(part.element, samples, pick).repeat(part.min);
    case 'Character':
      return String.fromCodePoint(part.value);
    case 'CharacterClass':
    case 'CharacterSet': {
      const fitting = samples(part);
      return fitting[pick % fitting.length] ?? '';
    }
    default:
      return '';
  }
}

/** Every part of a pattern, with a text that may stand before it. */
function* partsOf(part: AST.Node, samples: Samples, head = ''): Iterable<readonly [part: AST.Node, head: string]> {
  yield [part, head];
  if (part.type === 'Quantifier') yield* partsOf(part.element, samples, head);
  if ('alternatives' in part) for (const alternative of part.alternatives) yield* partsOf(alternative, samples, head);
  if (part.type !== 'Alternative') return;
  let before = head;
  for (const element of part.elements) {
    yield* partsOf(element, samples, before);
    before += matched(element, samples, 0);
  }
}

/** What is repeated, with what stands before it. */
function repeatedIn(pattern: AST.Pattern, samples: Samples): readonly (readonly [head: string, pump: string])[] {
  const found: (readonly [string, string])[] = [];
  for (const [part, head] of partsOf(pattern, samples)) {
    if (part.type !== 'Quantifier' || part.max < FEW) continue;
    for (let pick = 0; pick < PER_PART; pick += 1) found.push([head, matched(part.element, samples, pick)]);
  }
  return found;
}

function signsIn(pattern: AST.Pattern, samples: Samples): readonly string[] {
  return [...partsOf(pattern, samples)].flatMap(([part]) => {
    if (part.type === 'Character') return [String.fromCodePoint(part.value)];
    return part.type === 'CharacterClass' || part.type === 'CharacterSet' ? samples(part).slice(0, FEW) : [];
  });
}

/** Of the signs that are no letters: what is quoted, escaped, bracketed. */
function pairsOf(signs: readonly string[]): readonly string[] {
  const some = signs.filter((sign) => !/\w/.test(sign)).slice(0, PAIRED);
  return some.flatMap((one) => [...some, 'a', '0'].filter((other) => other !== one).map((other) => one + other));
}

function wholesOf(pattern: AST.Pattern, samples: Samples): readonly string[] {
  return [0, 1, 2, 3].map((pick) => matched(pattern, samples, pick));
}
