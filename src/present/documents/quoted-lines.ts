/**
 * A report's Markdown as plain lines for a language model. Lines that hold texts of the evidence begin with `> `: a trace,
 * a log line or a note may contain words that read like an instruction.
 *
 *   # headline            headline
 *   status                status
 *   ```picture```         Why
 *   *Why*          ──►    > - Logged: “…”
 *   - Logged: “…”         > picture
 *   ## Looked for         > ## Evidence
 *   ## Evidence           background: > ## Looked for
 */
export type QuotedReport = Readonly<{
  /** One sentence. */
  headline: string;
  /** How sure, and how many requests; empty where the report does not say it. */
  standing: string;
  /** The rest, in order of importance. */
  lines: readonly string[];
  /** Sections for those who ask further: how it was examined, and the methods. */
  background: readonly string[];
}>;

/** They explain how the answer was found, not what is wrong. Methods are named as in `method-sections.ts`. */
const BACKGROUND: ReadonlySet<string> = new Set([
  'Looked for',
  'Queries',
  '5 Whys',
  'Fishbone',
  'Hypotheses',
  'Checklist',
]);

export function quotedReport(markdown: string): QuotedReport {
  const { text, picture } = withoutPicture(markdown.split('\n'));
  const [headline = '', standing = '', ...rest] = text.map(plain).filter((line) => line !== '');
  const [first = [], ...sections] = inSections(rest);
  const isBackground = ([title = '']: readonly string[]) => BACKGROUND.has(title.slice(TITLE_MARK.length));
  return {
    headline: headline.replace(/^# /, ''),
    standing,
    lines: [
      ...first.map((line) => (line.includes('“') || line.startsWith('- ') ? quoted(line) : line)),
      ...picture.map(quoted),
      ...sections
        .filter((section) => !isBackground(section))
        .flat()
        .map(quoted),
    ],
    background: sections.filter(isBackground).flat().map(quoted),
  };
}

/** First the lines without a title; then each section, which begins with its title. */
function inSections(lines: readonly string[]): readonly (readonly string[])[] {
  const sections: string[][] = [[]];
  for (const line of lines) {
    if (line.startsWith(TITLE_MARK)) sections.push([]);
    sections.at(-1)?.push(line);
  }
  return sections;
}

const TITLE_MARK = '## ';

/** Each line on its own, so that no text can end the quote. */
export function quoted(line: string): string {
  return `> ${line}`;
}

/** The title of the section to which a line belongs; undefined in a line that is no title. */
export function titleIn(line: string): string | undefined {
  return /^> ## (.+)$/.exec(line)?.[1];
}

/** The picture drawn with letters, with its title and without its fence. Only the first fence is one. */
function withoutPicture(lines: readonly string[]): Readonly<{ text: readonly string[]; picture: readonly string[] }> {
  const fence = lines.findIndex((line) => /^`{3,}text$/.test(line));
  const end = fence < 0 ? -1 : lines.indexOf(lines[fence]?.slice(0, -'text'.length) ?? '', fence + 1);
  if (end < 0) return { text: lines, picture: [] };
  // A blank line stands between the title and the picture. A comparison has a list there.
  const title = lines[fence - 2] ?? '';
  const from = /^[\w/]/.test(title) ? fence - 2 : fence;
  const picture = [...(from < fence ? [plain(title)] : []), ...lines.slice(fence + 1, end)];
  return { text: lines.toSpliced(from, end - from + 1), picture };
}

/** Without the marks that only a renderer of Markdown needs. */
function plain(line: string): string {
  return line
    .replace(/^\*\*(.*)\*\*$/, '$1')
    .replace(/^\*([A-Z][\w ]*:?)\*(?=\s|$)/, '$1')
    .replace(/\\([\\`*_{}[\]<>#|~$!&.)+=-])/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&amp;', '&')
    .trimEnd();
}
