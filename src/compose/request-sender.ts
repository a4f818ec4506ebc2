/** Composes the sender of HTTP requests. */
import type { Config } from '#config/schema.ts';
import type { SendRequest } from '#utilities/http-request.ts';

/** Sends people's requests to the hosts that the configuration allows. */
export async function composeRequestSender({ http }: Pick<Config, 'http'>): Promise<SendRequest> {
  const { requestSender } = await import('#adapters/request/client.ts');
  return requestSender(http);
}

const NOBODY: Config['http'] = { allow: [], methods: [], networks: [] };

/** Loaded with the first request, because few bots ever send one. */
export function whenAsked(http = NOBODY): SendRequest {
  return async (request, signal) => (await composeRequestSender({ http }))(request, signal);
}
