import type { OutputOptions } from '#cli/output.ts';

/** How a verb was called. */
export type Call = Readonly<{
  env: Readonly<Record<string, string | undefined>>;
  options: OutputOptions;
}>;
