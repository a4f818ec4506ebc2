/** How well redaction tells secrets from what only looks like one, measured; and that ordinary logs stay as they are. */
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { redact, redactions } from '#model/redaction/redaction.ts';
import { type CorpusText, nearMisses, secretTexts } from '#test/secret-corpus.ts';

/** Of everything that is taken out, how much is one; of the secrets, how many are taken out whole. */
test('precision and recall are at least 0.95', () => {
  const secrets = secretTexts();
  const misses = nearMisses();
  const taken = [...secrets, ...misses].flatMap((one) => redactions(one.text).map((range) => ({ one, range })));
  const wrong = taken.filter(({ one, range }) => !overlapsSecret(one, range));
  const kept = secrets.filter(({ text, secret }) => redact(text).includes(secret));
  const precision = 1 - wrong.length / taken.length;
  const recall = 1 - kept.length / secrets.length;
  process.stdout.write(
    [
      `precision ${precision.toFixed(3)} of ${taken.length}, recall ${recall.toFixed(3)} of ${secrets.length}`,
      ...wrong.map(({ one, range }) => `  taken: ${range.kind} in ${one.text}`),
      ...kept.map(({ what, text }) => `  kept: ${what} in ${text}`),
    ]
      .map((line) => `${line}\n`)
      .join(''),
  );
  expect(precision).toBeGreaterThanOrEqual(0.95);
  expect(recall).toBeGreaterThanOrEqual(0.95);
});

test('each kind of token is found wherever it stands', () => {
  const byKind = Map.groupBy(secretTexts(), ({ what }) => what);
  for (const [what, texts] of byKind) {
    if (texts.length === 1) continue;
    expect(
      texts.filter(({ text, secret }) => redact(text).includes(secret)).map(({ text }) => text),
      what,
    ).toEqual([]);
  }
});

test.each(nearMisses())('$text stays', ({ text }) => {
  expect(redact(text)).toBe(text);
});

describe('ordinary logs stay as they are', () => {
  test('those that were recorded of real systems', () => {
    const lines = recordedLines();
    expect(lines.length).toBeGreaterThan(300);
    expect(lines.filter((line) => redact(line) !== line)).toEqual([]);
  });
});

function overlapsSecret({ text, all }: CorpusText, range: Readonly<{ start: number; end: number }>): boolean {
  return all.some((secret) =>
    Array.from(text.matchAll(new RegExp(RegExp.escape(secret), 'g'))).some(
      ({ index }) => range.start < index + secret.length && index < range.end,
    ),
  );
}

/** Every text of the recorded answers and lines. */
function recordedLines(): string[] {
  const lines: string[] = [];
  const open: unknown[] = globSync('test/fixtures/{outage,wire/loki}/**/*.json*').flatMap((path) => parsed(path));
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value === 'string') lines.push(value);
    else if (typeof value === 'object' && value !== null)
      open.push(...Object.values(value).filter((one) => one !== null));
  }
  return lines;
}

function parsed(path: string): unknown[] {
  try {
    return [JSON.parse(readFileSync(path, 'utf8'))];
  } catch {
    return []; // an answer that was recorded because it is none
  }
}
