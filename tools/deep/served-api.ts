/** The REST API with incidents, on a free port, for the programs of others that try it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openApi } from '#test/api-at-work.ts';

/** They send more than a person in a minute; the limit itself has its own tests. */
const env = { API_REQUESTS_PER_MINUTE: '100000' };

export type ServedApi = Readonly<{
  /** With the path of the API. */
  url: string;
  /** One with every scope. */
  token: string;
  /** An empty folder, gone at the end. */
  folder: string;
  /** Errors that no operation expects. */
  bugs: readonly unknown[];
}>;

export async function withServedApi<T>(work: (api: ServedApi) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'spanhound-tried-'));
  const api = await openApi({ env });
  try {
    await api.declared();
    const { token } = await api.made(['read', 'cases', 'diagnose']);
    return await work({ url: api.url, token, folder, bugs: api.bugs });
  } finally {
    await api.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
