/**
 * Faults of every kind that the gate exists for, each with the step and the test file that must find it. A fault is an
 * exact replacement in one source file, so that it fails aloud where the source has changed.
 */

/** A step of the gate as package.json names it. */
export type Step = 'check' | 'test' | 'test:processes' | 'test:properties' | 'test:speed' | 'test:browser';

export type Fault = Readonly<{
  step: Step;
  what: string;
  file: string;
  /** Stands in the file exactly once. */
  from: string;
  to: string;
  /** The test file that must fail; for `check` a part of the message. */
  foundBy: string;
}>;

export const FAULTS: readonly Fault[] = [
  {
    step: 'check',
    what: 'a type error',
    file: 'src/model/text/count-text.ts',
    from: 'export function countText(count: number): string {',
    to: 'export function countText(count: number): boolean {',
    foundBy: 'TS2322',
  },
  {
    step: 'check',
    what: 'a detector that imports the store',
    file: 'src/detect/trace/n-plus-one-queries.ts',
    from: "import { inWords } from '#model/text/in-words.ts';\n",
    to: "import { inWords } from '#model/text/in-words.ts';\nimport '#record/store.ts';\n",
    foundBy: 'noRestrictedImports',
  },
  {
    step: 'test',
    what: 'a regular expression that takes the square of a text',
    file: 'src/model/text/in-words.ts',
    from: String.raw`text.replace(/(?<![\s:;,])[\s:;,]+$/, '')`,
    to: String.raw`text.replace(/[\s:;,]+$/, '')`,
    foundBy: 'test/patterns.isolated.test.ts',
  },
  {
    step: 'test',
    what: 'a detector that stays silent',
    file: 'src/detect/trace/n-plus-one-queries.ts',
    from: 'return loops.map((loop) => {',
    to: 'return loops.slice(0, 0).map((loop) => {',
    foundBy: 'test/detect/trace/n-plus-one-queries.test.ts',
  },
  {
    step: 'test',
    what: 'a lease that never ends',
    file: 'src/record/table-jobs.ts',
    from: 'alone: 1, lease: token, lease_until_us: tx.nowUs + leaseUs })',
    to: 'alone: 1, lease: token, lease_until_us: tx.nowUs * 2 })',
    foundBy: 'test/record/sqlite.test.ts',
  },
  {
    step: 'test:processes',
    what: 'a message that is posted twice',
    file: 'src/record/outbox-runner.ts',
    from: 'await markSent(row, target, found.ts);\n        return false;',
    to: 'await markSent(row, target, found.ts);\n        return true;',
    foundBy: 'test/e2e/killed.test.ts',
  },
  {
    step: 'test:properties',
    what: 'a reader that throws on a damaged body',
    file: 'src/decode/recognise.ts',
    from: '} catch (error) {\n    return { error };',
    to: '} catch (error) {\n    throw error;',
    foundBy: 'test/analyse/damaged-bodies.property.test.ts',
  },
  {
    step: 'test:properties',
    what: 'a text that is cut before its secrets are redacted',
    file: 'src/model/text/cut-text.ts',
    from: 'if (text.length <= window) return redact(text);',
    to: 'if (text.length <= window) return text;',
    foundBy: 'test/redacted-exits.property.test.ts',
  },
  {
    step: 'test:speed',
    what: 'a loop over all others for each one',
    file: 'src/model/redaction/scan.ts',
    from: 'scan.found.push({ kind, start: from, end });',
    // Every fourth is enough to see the square, and ends within seconds.
    to: 'for (let at = 0; at < scan.found.length; at += 4) if (scan.found[at]?.start === end) return end;\n  scan.found.push({ kind, start: from, end });',
    foundBy: 'test/model/redaction/redaction.speed.test.ts',
  },
  {
    step: 'test:browser',
    what: 'a page that makes a link of a script',
    file: 'src/web/playground/client/text.js',
    from: "['http:', 'https:', 'mailto:'].includes(new URL(url).protocol)",
    to: "['http:', 'https:', 'mailto:', 'javascript:'].includes(new URL(url).protocol)",
    foundBy: 'test/browser/blocks.test.ts',
  },
];

export function withFault(source: string, { file, from, to, what }: Fault): string {
  const places = source.split(from).length - 1;
  if (places !== 1) throw new Error(`${what}: ${file} has ${places} places for it, and needs one`);
  return source.replace(from, () => to);
}
