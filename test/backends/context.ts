import type { Happening } from '#test/otlp.ts';
import type { Jaeger, Loki } from './servers.ts';

/** Runs one check, counts it, and goes on whatever happens in it. */
export type Check = (name: string, body: () => Promise<void>) => Promise<void>;

/** What a check needs that starts its own servers. */
export type Alone = Readonly<{
  /** For logs and data of this run. */
  folder: string;
  check: Check;
  /** Whether a check of this name is to run: what takes long to set up is not set up for nobody. */
  isWanted(name: string): boolean;
}>;

/** What the other checks share. */
export type Context = Alone &
  Readonly<{
    jaeger: Jaeger;
    loki: Loki;
    /** The scenarios as they were sent. */
    happened: readonly Happening[];
  }>;
