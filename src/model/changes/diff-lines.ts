/** The lines of a unified diff, without their comments. */

export type Mark = '+' | '-' | ' ' | 'place' | 'file';
export type DiffLine = Readonly<{ mark: Mark; text: string; indent: number }>;

/** The lines without their comments. */
export function diffLines(diff: string): DiffLine[] {
  return diff.split('\n').flatMap((line): DiffLine[] => {
    const file = /^(?:\+\+\+ b\/|--- a\/)(\S{1,300})/.exec(line)?.[1];
    if (file !== undefined) return [{ mark: 'file', text: file, indent: 0 }];
    if (/^(?:\+\+\+ |--- |diff |index |similarity |rename |new file|deleted file|\\ No newline)/.test(line)) return [];
    if (line.startsWith('@@')) return [{ mark: 'place', text: line, indent: 0 }];
    const mark = line.startsWith('+') ? '+' : line.startsWith('-') ? '-' : ' ';
    const code = withoutComment(line.slice(line.startsWith(mark) ? 1 : 0).slice(0, LONGEST_LINE));
    return [{ mark, text: code.trim(), indent: code.length - code.trimStart().length }];
  });
}

/** Longer ones are generated. */
const LONGEST_LINE = 2_000;

function withoutComment(line: string): string {
  if (
    /^\s*(?:\/\/|#(?!!?\[|(?:define|undef|ifn?def|pragma)\b|include\s{0,3}[<"]|\w+\s*[({:])|--\s|\/\*|\*\s|\*\/|<!--)/.test(
      line,
    )
  )
    return '';
  return line
    .replace(/(?<=^|[\s;,(){}])\/\/.*$/s, '')
    .replace(/\s#\s.*$/s, '')
    .replace(/\s--\s.*$/s, '');
}

export function textOfMark(lines: readonly DiffLine[], mark: Mark): string {
  return lines
    .filter((line) => line.mark === mark && line.text !== '')
    .map(({ text }) => text)
    .join('\n');
}
