/** Where the fonts of the pictures lie on this machine. */
import { fileURLToPath } from 'node:url';
import { FONT_FILES } from '#present/png.ts';

export function fontFiles(): string[] {
  return FONT_FILES.map((file) => fileURLToPath(import.meta.resolve(file)));
}
