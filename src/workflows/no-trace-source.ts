/** The error of a question that only a source of traces could answer, where none is configured. */
import { ConfigError } from '#core/errors.ts';

export type SaysSettings = Readonly<{
  /** What to set to have a source of traces: `JAEGER_URL or TEMPO_URL`. @default not named */
  settingsFor?: ((evidence: 'traces') => Promise<string>) | undefined;
}>;

/** `lack` is the first half of the sentence: `no source of traces is configured`. */
export async function noTraceSource({ settingsFor }: SaysSettings, lack: string): Promise<ConfigError> {
  const settings = (await settingsFor?.('traces')) ?? 'the setting';
  return new ConfigError(`${lack}: set ${settings} to the address of one`);
}
