/** The options of `npm start`. */
import { parseArgs } from 'node:util';
import { UsageError } from '#core/errors.ts';

export const START_USAGE = `Usage: npm start -- [--config <file>]

Starts the bot, or the playground if Slack is not configured.

Options:
  --config <file>  the configuration file (default: SPANHOUND_CONFIG)
  -h, --help       display help for command
`;

/** Throws UsageError for any other option. */
export function startOptions(args: readonly string[]): Readonly<{ config?: string | undefined; help?: boolean }> {
  try {
    const options = { config: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const [problem = ''] = error.message.split('. ');
    throw new UsageError(problem, 'Run `npm start -- --help` for the options.');
  }
}
