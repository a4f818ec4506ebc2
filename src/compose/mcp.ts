/** Composes the MCP server over the configured sources, the store, and the cases that the operator offers. */
import { composeCaseDisk } from '#compose/cases.ts';
import { composeInvestigation } from '#compose/investigation.ts';
import { operationParts, type Wiring } from '#compose/operations.ts';
import { composeStoreToRead } from '#compose/store.ts';
import type { Config } from '#config/schema.ts';
import { UsageError } from '#core/errors.ts';
import type { McpServers } from '#mcp/server.ts';
import { SHOW_ALL } from '#workflows/rights/may-show.ts';

export type ComposedMcp = Readonly<{ servers: McpServers; stop(): Promise<void> }>;

export type McpOptions = Readonly<{
  /** Paths of folders with recorded cases, for `read_case`, and as a source of traces and logs. */
  offered: readonly string[];
  version: string;
  onBug(error: unknown): void;
}>;

/** For the audit log: whoever may call the server. */
const ACTOR = 'mcp';

export async function composeMcp(config: Config, { offered, version, onBug }: McpOptions): Promise<ComposedMcp> {
  const [{ mcpServers }, { caseFolders }, disk] = await Promise.all([
    import('#mcp/server.ts'),
    import('#workflows/cases/case-folders.ts'),
    composeCaseDisk(config),
  ]);
  const folders = await caseFolders(disk, offered);
  const byName = new Map(await Promise.all(folders.map(async (path) => [(await disk.open(path)).name, path] as const)));
  const investigation = await composeInvestigation(config, {
    threads: true,
    systems: config,
    samples: folders.length === 0 ? undefined : folders,
  });
  const parts = operationParts(config, {
    investigation,
    withStore: lentStore(config),
    // The operator of the command line can read the store itself.
    mayShow: SHOW_ALL,
    actor: ACTOR,
    async replayCase(name) {
      const path = byName.get(name);
      if (path === undefined) throw notOffered(name, [...byName.keys()]);
      const { readCaseFolder } = await import('#workflows/cases/read-case.ts');
      return await readCaseFolder({ ...investigation, disk }, path);
    },
  });
  return { servers: mcpServers({ parts, version, onBug }), stop: investigation.stop };
}

/** Opened for each call, as each command does: a bot may migrate or restore the store meanwhile. */
function lentStore(config: Config): Wiring['withStore'] {
  return async (work) => {
    const store = await composeStoreToRead(config);
    return await work(store).finally(() => store?.close());
  };
}

const MOST_NAMED = 20;

function notOffered(name: string, offered: readonly string[]): UsageError {
  const problem = `no case ${name} is offered`;
  if (offered.length === 0) {
    return new UsageError(problem, 'The operator can offer folders: spanhound mcp --case <folder…>.');
  }
  const more = offered.length > MOST_NAMED ? ` and ${offered.length - MOST_NAMED} more` : '';
  return new UsageError(problem, `Offered: ${offered.slice(0, MOST_NAMED).join(', ')}${more}.`);
}
