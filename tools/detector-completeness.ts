/** The open work of a detector: texts that `npm run new:detector` left open, and an example that does not suit its page. */
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

type Shown = Omit<AnalysedExample, 'verdict' | 'report'> & Readonly<{ report: ReportOfExample }>;
type ReportOfExample = Readonly<{
  diagnosis: Readonly<{ kind: string }> | null;
  findings: readonly Readonly<{ detector: string }>[];
  checked: Readonly<{ broken: readonly unknown[] }>;
}>;

/** Why the example does not suit its page, a sentence each. */
export function exampleFaults({ id, needs }: Pick<Detector, 'id' | 'needs'>, example: Shown): string[] {
  const ofTrace = needs.includes('trace');
  const faults = [
    answerFault(id, example.report, ofTrace),
    example.report.checked.broken.length > 0 ? 'breaks a detector' : '',
    /^[A-Z][^\n]+\.$/.test(example.shows) ? '' : 'describes itself in something else than a sentence',
    ...(ofTrace ? pictureFaults(example) : excerptFaults(example)),
  ];
  return faults.filter((fault) => fault !== '').map((fault) => `tools/detector-examples/${id}.ts ${fault}`);
}

/** A window's verdict may have the name of its fault. */
function answerFault(id: string, { diagnosis, findings: [first] }: ReportOfExample, ofTrace: boolean): string {
  if (diagnosis?.kind === id || (!ofTrace && first?.detector === id)) return '';
  const shown = diagnosis === null ? 'nothing wrong' : `${diagnosis.kind} as the verdict`;
  return `shows ${shown}, and not ${id}`;
}

/** A page loads it at once. */
const MOST_CHARS_OF_PICTURE = 40_000;
/** About a screen. */
const MOST_CHARS_OF_EXCERPT = 4_000;
const FEWEST_LINES_OF_EXCERPT = 3;

const MARK = />(?:cause|suspect)</;

function pictureFaults({ svg = '', beside }: Shown): string[] {
  const chars = Math.max(svg.length, beside?.svg.length ?? 0);
  return [
    MARK.test(svg) ? '' : 'has a picture that marks no cause',
    MARK.test(beside?.svg ?? '') ? 'has a healthy picture that marks a cause' : '',
    chars < MOST_CHARS_OF_PICTURE ? '' : `has a picture of ${chars} characters, of ${MOST_CHARS_OF_PICTURE}`,
  ];
}

function excerptFaults({ excerpt = '' }: Shown): string[] {
  const lines = excerpt.split('\n').length;
  return [
    lines >= FEWEST_LINES_OF_EXCERPT ? '' : `has an excerpt of ${lines} lines, at least ${FEWEST_LINES_OF_EXCERPT}`,
    excerpt.length < MOST_CHARS_OF_EXCERPT
      ? ''
      : `has an excerpt of ${excerpt.length} characters, of ${MOST_CHARS_OF_EXCERPT}`,
  ];
}
