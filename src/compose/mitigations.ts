/** Opens the team's automation, if one is configured. */
import type { AnySettings } from '#adapters/system.ts';
import { openOffered } from '#compose/systems.ts';
import type { Log } from '#core/log.ts';
import type { MitigationDesk } from '#model/incident/mitigation.ts';

export async function openMitigationDesk(
  settings: AnySettings | undefined,
  log: Log,
): Promise<MitigationDesk | undefined> {
  const problem = 'the automation for mitigations could not be opened';
  const [desk] = await openOffered(settings, { of: ({ mitigations }) => mitigations, log, problem });
  return desk;
}
