/** Where the fonts of the pictures lie on this machine. */
import { createRequire } from 'node:module';
import { FONT_FILES } from '#present/png.ts';

export function fontFiles(): string[] {
  const { resolve } = createRequire(import.meta.url);
  return FONT_FILES.map((file) => resolve(file));
}
