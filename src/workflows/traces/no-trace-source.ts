/** The error for a question that needs a trace source, if none is configured. */
import { ConfigError } from '#core/errors.ts';

export type SaysSystems = Readonly<{
  /** The settings of a trace source: `JAEGER_URL or TEMPO_URL`. @default not named */
  settingsFor?: ((evidence: 'traces') => Promise<string>) | undefined;
}>;

/** `lack` is the first half of the sentence: `no trace source is configured`. */
export async function noTraceSource({ settingsFor }: SaysSystems, lack: string): Promise<ConfigError> {
  const settings = (await settingsFor?.('traces')) ?? 'the setting';
  return new ConfigError(`${lack}: set ${settings}`);
}
