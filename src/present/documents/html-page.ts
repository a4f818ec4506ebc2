import { escapeXml } from '#present/svg/xml-text.ts';

/** For every page: light or dark as the reader's system is set, and dark text on white in print. */
const STYLE = `
:root { color-scheme: light dark; --ink: #1a1a1a; --ground: #fff; --quiet: #565656; --line: #dcdcdc; --link: #0b57a4; --notice: #fff6d6; --notice-edge: #a87800; --ask: #6b3d00; --target: #e3efff; }
@media screen and (prefers-color-scheme: dark) { :root { --ink: #ececec; --ground: #161616; --quiet: #a8a8a8; --line: #3a3a3a; --link: #8ab8f0; --notice: #332a10; --notice-edge: #d9a520; --ask: #f0c078; --target: #1d3350; } }
@media print { :root { color-scheme: light; } }
body { margin: 0 auto; padding: 16px; max-width: 760px; font: 17px/1.5 Inter, system-ui, sans-serif; color: var(--ink); background: var(--ground); overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.3; margin: 0 0 0.3em; }
a { color: var(--link); }
`;

/** A self-contained page without scripts. It opens from an email, and its content policy blocks injected content. */
export function htmlPage({ title, style, main }: Readonly<{ title: string; style: string; main: string }>): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeXml(title.replaceAll('`', ''))}</title>
<style>${STYLE}${style}</style>
</head>
<body>
<main>
<h1>${withCode(title)}</h1>
${main}
</main>
</body>
</html>
`;
}

/** Names between backticks become code. */
function withCode(text: string): string {
  return text
    .split('`')
    .map((part, at) => (at % 2 === 0 ? escapeXml(part) : `<code>${escapeXml(part)}</code>`))
    .join('');
}
