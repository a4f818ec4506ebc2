/**
 * Words that look for somebody to blame. A postmortem repeats none of them in its analysis: a reader of "forgot" does
 * not ask what made the mistake possible, and people who fear blame report less the next time.
 */

/** `who` is how people are named in the text: `a responder`, `the incident commander`. */
export function isBlaming(text: string, who: readonly string[]): boolean {
  if (FAULT_WORDS.test(text) || HUMAN_ERROR.test(text)) return true;
  const lower = text.toLowerCase();
  return who.some((person) => {
    for (let at = lower.indexOf(person); at !== -1; at = lower.indexOf(person, at + 1)) {
      if (FAULT_BEHIND.test(lower.slice(at + person.length))) return true;
    }
    return false;
  });
}

/** "Fault tolerance", "fault injection" and a page fault blame nobody. */
const FAULT_WORDS =
  /\b(?:careless(?:ly|ness)?|negligen(?:t|ce)|incompetent|lazy|sloppy|stupid|dumb|reckless(?:ly)?|at fault|to blame|culprit|guilty|blunder(?:ed)?|(?:his|her|their|whose) fault)\b/i;

const HUMAN_ERROR = /\b(?:human|operator|user|manual) error\b/i;

/** Up to three words after the person. "The pod failed to start" has no person before it. */
const FAULT_BEHIND =
  /^\s+(?:\w+\s+){0,3}?(?:caused|broke|forgot|failed to|neglected|ignored|missed|misconfigured|mistyped|misread|messed up|screwed up|should(?:n't| not)? have|did(?:n't| not) (?:check|notice|test|bother))\b/;
