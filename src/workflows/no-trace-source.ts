/** The error of a question that only a source of traces could answer, where none is configured. */
import { ConfigError } from '#core/errors.ts';
import type { DiagnoseTraceParts } from '#workflows/diagnose-trace.ts';

/** `lack` is the first half of the sentence: `no source of traces is configured`. */
export async function noTraceSource(
  { settingsFor }: Pick<DiagnoseTraceParts, 'settingsFor'>,
  lack: string,
): Promise<ConfigError> {
  const settings = (await settingsFor?.('traces')) ?? 'the setting';
  return new ConfigError(`${lack}: set ${settings} to the address of one`);
}
