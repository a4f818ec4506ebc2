/** What somebody reads after they installed the app in a workspace. */
import { htmlPage } from '#present/documents/html-page.ts';
import { escapeXml } from '#present/svg/xml-text.ts';
import { shown } from '#present/words/plain-text.ts';

export function installedHtml(workspace: string): string {
  const where = escapeXml(shown(workspace));
  const next = 'In Slack, type <code>/invite @spanhound</code> in the channel where alerts are posted.';
  return htmlPage({
    title: 'Spanhound is installed',
    style: '',
    main: `<p>The workspace is ${where}. ${next} You can close this page.</p>`,
  });
}

export function notInstalledHtml(problem: string): string {
  return htmlPage({
    title: 'Spanhound was not installed',
    style: '',
    main: `<p>${escapeXml(shown(problem))}</p>`,
  });
}
