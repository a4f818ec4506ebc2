/** A secret is found beside its name however both are written; what else stands there stays; and hostile texts are read once. */
import { describe, expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';
import { computingMs } from '#test/computing-time.ts';
import { secretTexts } from '#test/secret-corpus.ts';
import { secretForms } from '#test/secret-forms.ts';

test.each([...Map.groupBy(secretForms(), ({ what }) => what)])('%s', (_, forms) => {
  const wrong = forms.filter(({ text, secret }) => {
    const clean = redact(text);
    return clean.includes(secret) || clean === text || !keepsOther(text, clean) || (isJson(text) && !isJson(clean));
  });
  expect(wrong.map(({ text }) => [text, redact(text)])).toEqual([]);
});

function keepsOther(text: string, clean: string): boolean {
  return ['ok', 'Ok', 'REGION', 'eu'].every((other) => !text.includes(other) || clean.includes(other));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** In UTF-16 units, and what it may take whatever the machine does beside. */
const HOSTILE = 40_000;
const SUSPECT_MS = 60;

describe('a hostile text is read once, made', () => {
  const byWhat = Map.groupBy([...secretTexts(), ...secretForms()], ({ what }) => what);
  const all = [...byWhat.values()].flatMap(([first]) => first?.text ?? []);

  test.each([
    ['of one character', Array.from({ length: 256 }, (_, code) => String.fromCharCode(code))],
    ['of the corpus', all],
    ['of what begins a secret and ends none', all.flatMap((text) => [4, 9, 17, 30].map((end) => text.slice(0, end)))],
    ['of names with their signs', all.flatMap((text) => text.match(/[\w.%-]{1,20}\W{1,4}/g) ?? [])],
  ])('%s', (_, pieces) => expect([...new Set(pieces)].filter(isReadAgain)).toEqual([]));
});

/** Whether a text of this piece that is four times as long takes much more than four times as long. */
function isReadAgain(piece: string): boolean {
  if (msOf(piece, HOSTILE, 1) < SUSPECT_MS) return false;
  const short = msOf(piece, HOSTILE, 3);
  return short >= SUSPECT_MS && msOf(piece, 4 * HOSTILE, 2) > 6 * short;
}

/** The shortest of some rounds: the first one compiles. */
function msOf(piece: string, length: number, rounds: number): number {
  const text = piece.repeat(Math.ceil(length / piece.length));
  return Math.min(...Array.from({ length: rounds }, () => computingMs(() => redact(text))));
}
