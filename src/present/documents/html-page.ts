import { escapeXml } from '#present/svg/xml-text.ts';

/** A self-contained page without scripts. It opens from an email, and its content policy blocks injected content. */
export function htmlPage({ title, style, main }: Readonly<{ title: string; style: string; main: string }>): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeXml(title.replaceAll('`', ''))}</title>
<style>${style}</style>
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
