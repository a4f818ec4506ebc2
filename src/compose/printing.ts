/** Prints a page as PDF, if there is a program for it. */
import { printPdf } from '#adapters/chromium/print.ts';
import { onPaper, type PaperSize } from '#present/documents/paper-size.ts';

export function printed(
  html: string,
  { env, paper }: Readonly<{ env: Readonly<Record<string, string | undefined>>; paper: PaperSize }>,
): Promise<Uint8Array> {
  return printPdf(onPaper(html, paper), env.PATH ?? '');
}
