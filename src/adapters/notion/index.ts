import { defineSystem, type SettingsOf } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const notion = defineSystem({
  id: 'notion',
  title: 'Notion',
  docs: 'exports.md',
  checked: 'documented',
  settings,
  postmortemTarget: {
    set: 'NOTION_TOKEN and NOTION_PAGE',
    async open(all) {
      const parent = parentIn(all);
      if (parent === undefined) return undefined;
      const { notionPages } = await import('./pages.ts');
      return notionPages(parent);
    },
    async check(all, signal) {
      const { token, page } = all.notion;
      if (token === undefined && page === undefined) return undefined;
      const parent = parentIn(all);
      if (parent === undefined) {
        const missing = token === undefined ? 'NOTION_TOKEN' : 'NOTION_PAGE';
        return { ok: false, detail: `${missing} is missing, so no postmortem is sent`, remedy: `Set ${missing}.` };
      }
      const { checkNotion } = await import('./pages.ts');
      return await checkNotion(parent, signal);
    },
  },
});

/** Undefined unless both are set. */
function parentIn({ notion: { url, token, page: parent } }: SettingsOf<typeof settings>) {
  return token === undefined || parent === undefined ? undefined : { url, token, parent };
}
