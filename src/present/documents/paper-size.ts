/** The paper of a page that a program prints. A reader who prints it in a browser chooses their own. */

/** As CSS names them. */
export const PAPER_SIZES = ['a4', 'letter'] as const;
export type PaperSize = (typeof PAPER_SIZES)[number];

/** The margins are the paper's, so the page needs none of its own. */
export function onPaper(html: string, paper: PaperSize): string {
  const style = `@page { size: ${paper}; margin: 15mm; } body { padding: 0; max-width: none; }`;
  return html.replace('</head>', `<style>${style}</style>\n</head>`);
}
