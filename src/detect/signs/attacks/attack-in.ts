/** What kind of attack a line tells of, in the request that it repeats or in the words of a guard. */
import { type HostileInput, hostileInput } from '#detect/signs/attacks/hostile-input.ts';
import { decoded, type SqlAttack, sqlAttack } from '#detect/signs/attacks/sql-attacks.ts';
import { HARMLESS_LEVELS } from '#model/logs/log-level.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';

export type Attack = SqlAttack | HostileInput;

/** Undefined where it tells of none. SQL counts at any level, other input only where somebody warns of it. */
export function attackIn(line: LogLine): Attack | undefined {
  const message = logMessage(line);
  const found = sqlAttack(line.line) ?? sqlAttack(message);
  return found ?? (HARMLESS_LEVELS.has(line.level) ? undefined : hostileInput(decoded(message)));
}
