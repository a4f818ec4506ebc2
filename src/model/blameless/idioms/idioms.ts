/**
 * What people say in place of a plain fault word: idioms, mockery, politeness before a reproach, passive reproaches,
 * sanctions. Each value is alternatives of a regular expression, for text in small letters.
 */
export type Idioms = Readonly<{
  /** Blames, whoever is meant: `with all due respect to`, `heads must roll`. */
  blame: readonly string[];
  /** Blames where the sentence names people, in any order of the words: `asleep on the job`, `ausgesessen`. */
  ofPeople: readonly string[];
  /** Denies what stands behind it within a few words: `nobody`, `not`. */
  denials: string;
  hindsight: readonly string[];
  causes: readonly string[];
  /** See `Language`. */
  innocent: readonly string[];
  amounts: readonly string[];
  times: readonly string[];
  /** How a task begins that asks for an attitude. */
  attitudes: string;
  /** How a task begins that nobody can finish. */
  tasks: string;
  /** A wish without a measure, wherever it stands. */
  advice: readonly string[];
}>;
