/**
 * Secrets in a list of arguments, which show only beside their neighbours: `["curl", "--user", "jo:x"]`, and behind a
 * program's name in the member before: `"entrypoint": "mysql", "args": ["-px"]`.
 */
import { redactions } from '#model/redaction/redaction.ts';

/** The kinds of what was redacted in an argument, and the argument without it. */
export type CleanArgument = Readonly<{ text: string; kinds: readonly string[] }>;

/** By argument; undefined where nothing shows. `program` is '' where nobody names it. */
export function cleanArguments(program: string, args: readonly string[]): readonly (CleanArgument | undefined)[] {
  const words = [program, ...args];
  const found = redactions(words.join(' '));
  let start = 0;
  const clean = words.map((word) => {
    const from = start;
    start += word.length + 1;
    const inside = found.filter((one) => one.start >= from && one.end <= from + word.length);
    if (inside.length === 0) return undefined;
    let at = 0;
    const kept = inside.map((one) => {
      const before = word.slice(at, one.start - from);
      at = one.end - from;
      return before + one.mark;
    });
    return { text: kept.join('') + word.slice(at), kinds: inside.map(({ kind }) => kind) };
  });
  return clean.slice(1);
}
