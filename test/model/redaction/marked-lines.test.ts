/**
 * Lines of `test/fixtures/redaction`, one file a class: what must vanish stands between ⟦ and ⟧, and a line without these signs
 * stays as it is. `\n` is a line break.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';

const FOLDER = new URL('../../fixtures/redaction/', import.meta.url);
const MARK = /\[redacted:[\w-]+\]/g;

describe.each(readdirSync(FOLDER))('%s', (file) => {
  const lines = readFileSync(new URL(file, FOLDER), 'utf8').trimEnd().split('\n');

  test.each(lines)('%s', (line) => {
    const marked = line.replaceAll('\\n', '\n');
    const text = marked.replaceAll(/[⟦⟧]/g, '');
    expect(redact(text).replaceAll(MARK, '⟦⟧')).toBe(marked.replaceAll(/⟦[^⟧]*⟧/g, '⟦⟧'));
  });
});
