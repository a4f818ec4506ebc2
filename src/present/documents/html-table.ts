/**
 * The tables of pages. A column of single words is as wide as its longest word: only prose, paths and checksums may break
 * anywhere. On a phone, a row becomes a block, and each cell has its own heading.
 */
export const TABLE_STYLE = `
table { border-collapse: collapse; width: 100%; margin: 0.6em 0; font-size: 0.95rem; }
th, td { text-align: left; vertical-align: top; padding: 6px 8px; border-bottom: 1px solid var(--line); }
th { font-size: 0.85rem; color: var(--quiet); overflow-wrap: normal; }
td.mark, .date { white-space: nowrap; }
td.words { overflow-wrap: break-word; max-width: 9em; }
:target { background: var(--target); }
@media (max-width: 600px) {
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody, tr, td { display: block; }
  tr { padding: 6px 0; border-bottom: 1px solid var(--line); }
  td { border: 0; padding: 1px 0; }
  td.words { max-width: none; }
  td:empty { display: none; }
  td[data-head]::before { content: attr(data-head) ": "; color: var(--quiet); font-size: 0.85rem; }
}`;

/** `id`: '' for a row that no link leads to. `cells`: HTML. */
type HtmlRow = Readonly<{ id: string; cells: readonly string[] }>;

/** Empty without rows. */
export function htmlTable(head: readonly string[], rows: readonly HtmlRow[]): string {
  if (rows.length === 0) return '';
  const heads = head.map((text) => `<th scope="col">${text}</th>`).join('');
  const body = rows.map(({ id, cells }) => {
    const tds = cells.map((cell, at) => {
      const name = head[at] ?? '';
      return `<td${classOf(name)}${name === '' ? '' : ` data-head="${name}"`}>${cell}</td>`;
    });
    return `<tr${id === '' ? '' : ` id="${id}"`}>${tds.join('')}</tr>`;
  });
  return `<table><thead><tr>${heads}</tr></thead><tbody>${body.join('')}</tbody></table>`;
}

const WORDS = [
  ...['Metric', 'Time', 'When (UTC)', 'Since last', 'Source', 'Diagnosed', 'Was this right?', 'Owner', 'Due'],
];

function classOf(head: string): string {
  if (head === '' || head === 'In' || head === 'When') return ' class="mark"';
  return WORDS.includes(head) ? ' class="words"' : '';
}
