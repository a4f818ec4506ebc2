/** Texts with words of people, for an answer. */
import { quoted } from '#present/documents/quoted-lines.ts';

/** The lines of a text that contains words of people, each marked as quoted. */
export function quotedText(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(quoted);
}
