/** Lints any postmortem in Markdown. */
import { type LintFinding, lintPassages } from '#model/blameless/lint.ts';
import { structureFindings } from '#model/blameless/structure/structure.ts';
import { redactions } from '#model/redaction/redaction.ts';
import { linesIn, passagesOf } from '#workflows/markdown-passages.ts';

/** `names`: the people of the incident, as they may be written. The section of responders names more. */
export function lintPostmortem(markdown: string, names: readonly string[] = []): readonly LintFinding[] {
  const { text, secrets } = withoutSecrets(markdown);
  const { passages, sections } = passagesOf(text);
  return [...secrets, ...lintPassages(passages, names), ...structureFindings(sections)].sort((a, b) => a.line - b.line);
}

/** Each line keeps its number. */
function withoutSecrets(markdown: string): Readonly<{ text: string; secrets: readonly LintFinding[] }> {
  let text = '';
  let from = 0;
  let line = 1;
  const secrets = redactions(markdown).map(({ start, end, mark }): LintFinding => {
    const before = markdown.slice(from, start);
    text += `${before}${mark}${markdown.slice(start, end).replaceAll(/[^\n]/g, '')}`;
    from = end;
    line += linesIn(before);
    const at = line;
    line += linesIn(markdown.slice(start, end));
    return { rule: 'secret', blocks: true, line: at, text: mark, advice: SECRET_ADVICE };
  });
  return { text: text + markdown.slice(from), secrets };
}

const SECRET_ADVICE = 'Take it out of the document. If it was a credential, replace it.';
