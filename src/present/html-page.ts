import { escapeXml } from '#present/xml-text.ts';

/** A page that needs nothing else and runs nothing: it opens from a mail, and its policy forbids what got in all the same. */
export function htmlPage({ title, style, main }: Readonly<{ title: string; style: string; main: string }>): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeXml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeXml(title)}</h1>
${main}
</main>
</body>
</html>
`;
}
