/** `['heads? roll', '(?:a|b) c']` of `heads? roll|(?:a|b) c`: the alternatives outside of all groups. */
export function alternativesOf(source: string): readonly string[] {
  const alternatives: string[] = [];
  let [start, depth] = [0, 0];
  for (const { 0: part, index } of source.matchAll(/\\.|\[(?:\\.|[^[\]\\])*\]|[()|]/gs)) {
    if (part === '(') depth += 1;
    else if (part === ')') depth -= 1;
    else if (part === '|' && depth === 0) {
      alternatives.push(source.slice(start, index));
      start = index + 1;
    }
  }
  return [...alternatives, source.slice(start)];
}
