/** The open work of a detector: texts that `npm run new:detector` left open, and an example that shows something else. */
import { readFileSync } from 'node:fs';
import { type Detector, folderOf } from '#detect/detector.ts';
import type { AnalysedExample } from './detector-example.ts';

/** `npm run new:detector` begins every open text and comment with it. */
const OPEN_TEXT = 'TODO';

/** The files that a detector has, by their paths in the repository. */
function filesOf(detector: Detector): readonly string[] {
  const { id } = detector;
  const folder = folderOf(detector);
  return [
    `src/detect/${folder}/${id}.ts`,
    `test/detect/${folder}/${id}.test.ts`,
    `runbooks/${id}.md`,
    `tools/detector-examples/${id}.ts`,
  ];
}

/** `src/detect/trace/thread-starvation.ts:12: TODO: why a responder should care`, a line each. */
export function openTexts(detector: Detector, root: string): string[] {
  return filesOf(detector).flatMap((path) =>
    openLines(readFileSync(`${root}${path}`, 'utf8')).map((at) => `${path}:${at}`),
  );
}

/** Up to the end of the text or comment. */
const OPEN = new RegExp(`${OPEN_TEXT}[^'"\`\n]*?(?=['"\`]|\\s*\\*/|$)`, 'm');

function openLines(text: string): string[] {
  return text.split('\n').flatMap((line, at) => {
    const [open] = OPEN.exec(line) ?? [];
    return open === undefined ? [] : [`${at + 1}: ${open}`];
  });
}

/** Why the example does not suit the page, as a sentence; empty where it does. A window's verdict may have the name of its fault. */
export function wrongExample(id: string, { report }: Pick<AnalysedExample, 'report'>): string {
  const [first] = report.findings;
  if (report.diagnosis?.kind === id || first?.detector === id) return '';
  const shown = report.diagnosis === null ? 'nothing wrong' : `${report.diagnosis.kind} as the verdict`;
  return `tools/detector-examples/${id}.ts shows ${shown}, and not ${id}`;
}
