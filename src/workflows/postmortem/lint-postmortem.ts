/** Lints any postmortem in Markdown. */
import { firstNamesIn } from '#model/blameless/first-names.ts';
import { type LintFinding, lintPassages } from '#model/blameless/lint.ts';
import { structureFindings } from '#model/blameless/structure/structure.ts';
import { SEVERITIES, type Severity } from '#model/incident/incident.ts';
import { builtInTitle, type PostmortemTemplate, templateFor } from '#model/incident/postmortem-template.ts';
import { redactions } from '#model/redaction/redaction.ts';
import { linesIn, passagesOf } from '#workflows/postmortem/markdown-passages.ts';

/**
 * `names`: the people of the incident, as they may be written. The section of responders names more, and common first names
 * are known. `templates`: those of the team; the severity in the head of the document says which one is meant.
 */
export function lintPostmortem(
  markdown: string,
  names: readonly string[] = [],
  templates: readonly PostmortemTemplate[] = [],
): readonly LintFinding[] {
  const { text, secrets } = withoutSecrets(markdown);
  const template = templateFor(templates, severityIn(text));
  const { passages, sections } = passagesOf(text, builtInTitle(template));
  const structure = structureFindings(sections, template);
  return [...secrets, ...lintPassages(passages, [...names, ...firstNamesIn(text)]), ...structure].sort(
    (a, b) => a.line - b.line,
  );
}

/** Above the first section. */
function severityIn(markdown: string): Severity | undefined {
  const [head = ''] = markdown.split(/^## /m, 1);
  const [written] = /\bP\d\b/.exec(head) ?? [];
  return SEVERITIES.find((severity) => severity === written);
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
