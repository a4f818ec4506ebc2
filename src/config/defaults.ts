/**
 * What holds where nobody configured anything. Plain data, apart from the schema, so that `analyze` on a file knows its
 * settings without loading zod.
 */
import { DEFAULT_REDACTION } from '#model/redaction/redaction.ts';

export const DEFAULTS = {
  dataFolder: 'data',
  port: 3000,
  logLevel: 'info',
  gather: {
    /** Long enough for a trace of 100,000 spans (Jaeger takes 4 s) and its logs, short enough for a person who waits. */
    deadlineSeconds: 20,
    /** Below the deadline, so that a source that hangs leaves time to ask the others. */
    sourceTimeoutSeconds: 15,
    /** About 300,000 spans as Jaeger writes them. */
    maxBytes: 256_000_000,
  },
  analysis: {
    /**
     * The largest answer that is read (256 MB, 300,000 spans) needs about 6 s for its longest step on one processor;
     * where the bot has a tenth of one, a minute.
     */
    deadlineSeconds: 60,
  },
  incidents: {
    /** Where everybody is hit, a quarter of an hour without a word is long; where hardly anybody is, nobody waits. */
    reminderMinutes: { P0: 15, P1: 30, P2: 60, P3: 0 },
  },
  http: {
    /** Methods that change nothing. Whom to ask is for the configuration to say: without it, nobody. */
    methods: ['GET', 'HEAD'],
  },
  clockSkew: {
    /** What starts an hour outside its caller is more likely other work than a wrong clock. */
    maxSeconds: 3600,
  },
  redaction: DEFAULT_REDACTION,
} as const;
