/** The sources as the Home tab shows them. */
import type { Investigation } from '#compose/investigation.ts';
import { settingsFor } from '#compose/systems.ts';

export async function composeHome({ traceSources, logSources }: Investigation) {
  const asCode = (variable: string) => `\`${variable}\``;
  const [traces, logs] = await Promise.all([settingsFor('traces', asCode), settingsFor('logs', asCode)]);
  return {
    traces: traceSources.map(({ name, title = name }) => title),
    logs: logSources.map(({ name, title = name }) => title),
    settings: { traces, logs },
  };
}
