/** Prints a page as PDF, if there is a program for it. */
import { printPdf } from '#adapters/chromium/print.ts';

export function printed(html: string, env: Readonly<Record<string, string | undefined>>): Promise<Uint8Array> {
  return printPdf(html, env.PATH ?? '');
}
