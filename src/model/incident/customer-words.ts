/**
 * Words that customers must not read on a status page. Ids, addresses and secrets are never right there. Names of
 * services and of people, and words that the team listed, may be ordinary words too (`cart`): a person confirms them.
 */
import { redact } from '#model/redaction/redaction.ts';

export type InternalWords = Readonly<{
  /** Services, teams, the team's own list: found in any case. */
  names: readonly string[];
  /** Names of people: their parts are found as they are written, because `may` is no person and `May` may be one. */
  people: readonly string[];
}>;

export type FoundWords = Readonly<{
  /** Never for customers. */
  refused: readonly string[];
  /** A person has to confirm them. */
  doubtful: readonly string[];
}>;

/** A list of words for a message must stay readable. */
const MOST_FOUND = 10;

const NEVER: readonly RegExp[] = [
  /<[@#!][^<>\s]{1,100}>/g,
  /(?<![\p{L}\p{N}_-])INC-?\d{1,9}(?![\p{L}\p{N}_-])/giu,
  // Ids of Slack: people, channels, groups, workspaces.
  /(?<![\p{L}\p{N}_-])[UWCGSTB](?=[A-Z]{0,20}\d)[A-Z0-9]{7,20}(?![\p{L}\p{N}_-])/gu,
  /(?<![\p{L}\p{N}_-])[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}(?![\p{L}\p{N}_-])/giu,
  // Trace ids, hashes of commits and images.
  /(?<![\p{L}\p{N}_-])(?=[a-f]{0,64}\d)(?=\d{0,64}[a-f])[\da-f]{7,64}(?![\p{L}\p{N}_-])/giu,
  /[^\s@<>]{1,64}@[^\s@<>]{1,100}\.[a-z]{2,20}/giu,
  /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/g,
  // Hosts that nobody outside can reach, and names inside a cluster.
  /(?<![\p{L}\p{N}_.-])[a-z\d](?:[a-z\d.-]{0,100}[a-z\d])?\.(?:internal|local|corp|lan|svc|cluster)(?![\p{L}\p{N}_-])/giu,
  /(?<![\p{L}\p{N}_.-])localhost(?![\p{L}\p{N}_.-])/giu,
];

/** Words of the record that mean nothing to customers. */
const OURS = /(?<![\p{L}\p{N}_-])(?:P[0-3]|SEV-?[0-4])(?![\p{L}\p{N}_-])/giu;

export function internalWordsIn(text: string, { names, people }: InternalWords): FoundWords {
  const refused = NEVER.flatMap((pattern) => text.match(pattern) ?? []);
  if (refused.length === 0 && redact(text) !== text) refused.push('what looks like a secret or personal data');
  const lower = text.toLowerCase();
  const doubtful = [
    ...(text.match(OURS) ?? []),
    ...names.filter((name) => name.length > 1 && hasWord(lower, name.toLowerCase())),
    ...people.flatMap((name) => [name, ...name.split(/\s+/)]).filter((name) => name.length > 2 && hasWord(text, name)),
  ];
  return { refused: distinct(refused), doubtful: distinct(doubtful).filter((word) => !refused.includes(word)) };
}

/** Whether a whole word is in the text: in `cartography`, `cart` is not meant. */
function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    const [before = '', after = ''] = [text.slice(0, at).at(-1), text.at(at + word.length)];
    if (!PART_OF_WORD.test(before) && !PART_OF_WORD.test(after)) return true;
  }
  return false;
}

const PART_OF_WORD = /[\p{L}\p{N}_]/u;

function distinct(words: readonly string[]): readonly string[] {
  return [...new Set(words)].slice(0, MOST_FOUND);
}
