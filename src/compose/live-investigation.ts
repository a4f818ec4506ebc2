/** Composes an investigation of the configured systems for one command. */
import { composeInvestigation, type Investigation } from '#compose/investigation.ts';
import { composeStoreToRead } from '#compose/store.ts';
import type { Config } from '#config/schema.ts';

/** Also asks the store, if there is one, for the reported changes. `stop` closes the store, too. */
export async function composeLiveInvestigation(config: Config): Promise<Investigation> {
  const [investigation, store] = await Promise.all([
    composeInvestigation(config, { systems: config }),
    composeStoreToRead(config),
  ]);
  if (store === undefined) return investigation;
  const { storedChanges } = await import('#workflows/evidence/note-changes.ts');
  return {
    ...investigation,
    changeSources: [storedChanges(store), ...investigation.changeSources],
    async stop() {
      await Promise.all([investigation.stop(), store.close()]);
    },
  };
}
