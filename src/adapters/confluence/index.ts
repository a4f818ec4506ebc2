import { defineSystem, type SettingsOf } from '#adapters/system.ts';
import { settings } from './settings.ts';

const SET = 'CONFLUENCE_URL, CONFLUENCE_USER, CONFLUENCE_TOKEN and CONFLUENCE_SPACE';

export const confluence = defineSystem({
  id: 'confluence',
  title: 'Confluence',
  docs: 'exports.md',
  checked: 'documented',
  settings,
  postmortemTarget: {
    set: SET,
    async open(all) {
      const space = spaceIn(all);
      if (space === undefined) return undefined;
      const { confluencePages } = await import('./pages.ts');
      return confluencePages(space);
    },
    async check(all, signal) {
      const { url, user, token, space: key } = all.confluence;
      const given = {
        CONFLUENCE_URL: url,
        CONFLUENCE_USER: user,
        CONFLUENCE_TOKEN: token,
        CONFLUENCE_SPACE: key,
      };
      const missing = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [name] : []));
      if (missing.length === Object.keys(given).length) return undefined;
      const space = spaceIn(all);
      if (space === undefined) {
        const names = missing.join(', ');
        return { ok: false, detail: `${names} missing, so no postmortem is sent`, remedy: `Set ${names}.` };
      }
      const { checkConfluence } = await import('./pages.ts');
      return await checkConfluence(space, signal);
    },
  },
});

/** Undefined unless all are set. */
function spaceIn({ confluence: { url, user, token, space, parent } }: SettingsOf<typeof settings>) {
  return url === undefined || user === undefined || token === undefined || space === undefined
    ? undefined
    : { url, user, token, space, parent };
}
