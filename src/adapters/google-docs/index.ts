import { defineSystem, type SettingsOf } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const googleDocs = defineSystem({
  id: 'google-docs',
  title: 'Google Docs',
  docs: 'exports.md',
  checked: 'documented',
  settings,
  postmortemTarget: {
    set: 'GOOGLE_DOCS_KEY and GOOGLE_DOCS_FOLDER',
    async open(all) {
      const folder = folderIn(all);
      if (folder === undefined) return undefined;
      const { googleDocuments } = await import('./documents.ts');
      return googleDocuments(folder);
    },
    async check(all, signal) {
      const { key, folder } = all.googleDocs;
      if (key === undefined && folder === undefined) return undefined;
      const options = folderIn(all);
      if (options === undefined) {
        const missing = key === undefined ? 'GOOGLE_DOCS_KEY' : 'GOOGLE_DOCS_FOLDER';
        return { ok: false, detail: `${missing} is missing, so no postmortem is sent`, remedy: `Set ${missing}.` };
      }
      const { checkGoogleDocs } = await import('./documents.ts');
      return await checkGoogleDocs(options, signal);
    },
  },
});

/** Undefined unless both are set. */
function folderIn({ googleDocs: { url, key, folder } }: SettingsOf<typeof settings>) {
  return key === undefined || folder === undefined ? undefined : { url, key, folder };
}
