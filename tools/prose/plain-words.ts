/** The textlint rule of docs/writing.md: constructions that make a reader start a sentence twice. */
import type { TextlintRuleModule } from '@textlint/kernel';
import passiveVoice from 'passive-voice';

type Pattern = Readonly<{ name: string; pattern: RegExp; instead: string }>;

/** The first word of a sentence: after an end mark, after the opening of bold text, or at the start of the text. */
const START = '(?<=^|[.!?:] |[.!?]\\*\\* |^\\*\\*|\\n)';

/** A table may have exact numbers. */
const TOO_MANY_DIGITS = 'too many digits';

const PATTERNS: readonly Pattern[] = [
  {
    name: 'opening “Of …”',
    pattern: RegExp(`${START}Of (?!course)`, 'g'),
    instead: 'begin with the subject',
  },
  {
    name: '“told”',
    pattern: /\btold\b|\btells? of\b/gi,
    instead: 'say who reports, shows or names it',
  },
  { name: '“whom”', pattern: /\bwhom\b/gi, instead: 'name the person or the service' },
  {
    name: '“what … has”',
    pattern: /\bwhat (?:it|they|[a-z]+) (?:has|have|had) (?!to\b)/gi,
    instead: 'use a noun',
  },
  {
    name: '“for” in the sense of “because”',
    pattern: /, for (?:it|they|no|there|that|nothing|nobody|what|these|those)\b/g,
    instead: 'write “because”',
  },
  {
    name: 'old-fashioned word',
    pattern: /\b(?:all the same|thereof|whereby|wherein|thereby|hereby|whosoever|lest|save (?:where|that|for))\b/gi,
    instead: 'use an everyday word',
  },
  {
    name: 'inverted sentence',
    pattern: RegExp(
      `${START}(?:(?:Nor|Neither|Not|Only then|Never|So|Such) (?:is|are|was|does|do|did|has|have|can|may)\\b|` +
        '(?:Into|Beside|Behind|Below|Beneath|Above|Under|Among) (?:it|them|this|that|these|which) (?:go|goes|is|are|stands?|comes?|lies?)\\b|' +
        '(?:Asked|Read|Kept|Stored|Counted|Judged|Red|Left|Measured|Compared|Drawn|Shown|Needed|Found|Meant) (?:is|are|was|were|now)\\b)',
      'g',
    ),
    instead: 'put the subject first',
  },
  {
    name: TOO_MANY_DIGITS,
    pattern: /(?<![\d.,])(?!99\.9)(?:\d{2,}\.\d+|\d\.\d{2,})[ {2}]?(?:s|ms|µs|%|min)(?![\w/])/g,
    instead: 'two significant digits are enough',
  },
];

/** Code counts as one word. */
const MAX_WORDS = 32;

/** Words that open a subordinate clause. */
const SUBORDINATORS = /\b(?:that|which|who|whose|where|when|while|because|unless|until|although|though|whether|if)\b/gi;

/** Two may belong to two halves of a sentence; with three, a clause stands inside another one. */
const MAX_SUBORDINATORS = 2;

/** A second passive in a sentence hides who does what; one is often right. */
const MAX_PASSIVES = 1;

type Complaint = Readonly<{ message: string; index: number }>;

/** Checks paragraphs, table cells and headings; text in code font, link targets and comments do not count. */
export function plainWords(detectorIds: readonly string[]): TextlintRuleModule {
  const ids = RegExp(`(?<![\\w/-])(?:${detectorIds.filter(isNoWord).join('|')})(?![\\w/-]|\\.\\w)`, 'g');
  const patterns = [...PATTERNS, { name: 'id of a detector', pattern: ids, instead: 'write its title' }];
  const patternsOfCells = patterns.filter(({ name }) => name !== TOO_MANY_DIGITS);
  return ({ Syntax, RuleError, getSource, report, locator }) => {
    const check = (node: Parameters<typeof report>[0]) => {
      const text = withoutCode(getSource(node as Parameters<typeof getSource>[0]));
      // A table may list detectors by their ids.
      if (detectorIds.includes(text.replaceAll('|', '').trim())) return;
      const sentences = sentencesOf(text);
      for (const { message, index } of [
        ...matches(text, node.type === Syntax.TableCell ? patternsOfCells : patterns),
        ...long(sentences),
        ...nested(sentences),
        ...passive(sentences),
      ])
        report(node, new RuleError(message, { padding: locator.at(index) }));
    };
    return { [Syntax.Paragraph]: check, [Syntax.TableCell]: check, [Syntax.Header]: check };
  };
}

/** `fan-out` is an ordinary word, too. */
function isNoWord(id: string): boolean {
  return id.includes('-') && id !== 'fan-out';
}

function matches(text: string, patterns: readonly Pattern[]): Complaint[] {
  return patterns.flatMap(({ name, pattern, instead }) =>
    [...text.matchAll(pattern)].map(({ 0: found, index }) => ({
      message: `${name} (“${found.trim()}”): ${instead}`,
      index,
    })),
  );
}

function long(sentences: readonly Sentence[]): Complaint[] {
  return sentences.flatMap(({ sentence, index }) => {
    const words = sentence.match(/[\w’'-]+/g)?.length ?? 0;
    return words > MAX_WORDS ? [{ message: `${words} words: split the sentence`, index }] : [];
  });
}

function nested(sentences: readonly Sentence[]): Complaint[] {
  return sentences.flatMap(({ sentence, index }) => {
    const clauses = sentence.match(SUBORDINATORS)?.length ?? 0;
    return clauses > MAX_SUBORDINATORS
      ? [{ message: `${clauses} subordinate clauses: split the sentence`, index }]
      : [];
  });
}

function passive(sentences: readonly Sentence[]): Complaint[] {
  return sentences.flatMap(({ sentence, index }) => {
    const passives = passiveVoice(sentence);
    if (passives.length > MAX_PASSIVES) return [{ message: `${passives.length} passives: say who does it`, index }];
    const named = passives.some(({ index, offset }) =>
      /^ by (?!itself|themselves)/.test(sentence.slice(index + offset)),
    );
    return named ? [{ message: 'passive with “by”: begin with who does it', index }] : [];
  });
}

type Sentence = Readonly<{ sentence: string; index: number }>;

/** Up to an end mark with a space behind it; a semicolon ends a sentence too. */
function sentencesOf(text: string): readonly Sentence[] {
  return [...text.matchAll(/(?<=^|\s)\S(?:[^.!?;]|[.!?;](?!\s|$))*/g)].map(({ 0: sentence, index }) => ({
    sentence,
    index,
  }));
}

/** Blanked, so that places stay. */
function withoutCode(text: string): string {
  return text.replace(/`[^`]*`|\]\([^)]*\)|<[^>]*>|<!--.*?-->/g, (code) => '_'.repeat(code.length));
}
