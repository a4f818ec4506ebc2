/**
 * The command line: its verbs and their options. Each verb's work is in a file of its own, which is loaded when the verb
 * is called, so that nobody waits for what another verb needs.
 */
import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import type { Call } from '#cli/call.ts';
import { exitCodeOf, tellFailure } from '#cli/failure.ts';
import { FORMS, type OutputOptions } from '#cli/output.ts';
import { UsageError } from '#core/errors.ts';

type Environment = Call['env'];

/** Returns the exit code. */
export async function run(args: readonly string[], env: Environment): Promise<number> {
  endQuietlyWithTheReader();
  try {
    return await runVerb(args, env);
  } catch (error) {
    tellFailure(error, env);
    return exitCodeOf(error);
  }
}

async function runVerb(args: readonly string[], env: Environment): Promise<number> {
  let exitCode = 0;
  const program = new Command('spanhound')
    .description('Reads the trace and the logs of an incident and says what broke and why it thinks so.')
    .version(version())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });

  verb(program, 'trace', 'gather a trace and its logs from the configured sources and diagnose it')
    .argument('<id>', 'a trace id, or a link or a log line that holds one')
    .action(async (id: string, options: OutputOptions) => {
      const { trace } = await import('#cli/trace.ts');
      exitCode = await trace({ env, options }, id);
    });

  verb(program, 'analyze', 'diagnose traces that lie in files')
    .argument('<file...>', 'Jaeger JSON or OTLP JSON, plain or gzipped; - is standard input')
    .option('--logs <file>', 'log lines of the same request, as JSON lines')
    .option('--spans', 'add every span with its corrected times to the JSON')
    .action(async (files: string[], options: OutputOptions & { logs?: string; spans?: true }) => {
      const { analyze } = await import('#cli/analyze.ts');
      exitCode = await analyze({ env, options }, files, options);
    });

  verb(program, 'detectors', 'print what is looked for, with the thresholds that are in force').action(
    async (options: OutputOptions) => {
      const { detectors } = await import('#cli/detectors.ts');
      exitCode = await detectors({ env, options });
    },
  );

  verb(program, 'doctor', 'check every connection, with a remedy for each that fails').action(
    async (options: OutputOptions) => {
      const { doctor } = await import('#cli/doctor.ts');
      exitCode = await doctor({ env, options });
    },
  );

  verb(program, 'migrate', 'bring the store up to date').action(async (options: OutputOptions) => {
    const { migrate } = await import('#cli/migrate.ts');
    exitCode = await migrate({ env, options });
  });

  if (args.length === 0) throw new UsageError('no verb given', program.helpInformation().trimEnd());
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0; // help or version was asked for and has been printed
    throw new UsageError(error.message.replace(/^error: /, '').replaceAll('\n', ' '), usageAdvice(program, args));
  }
  return exitCode;
}

function verb(program: Command, name: string, summary: string): Command {
  return program
    .command(name)
    .description(summary)
    .option('--json', 'the same as --format json')
    .option('--config <file>', 'the configuration file')
    .addOption(new Option('--format <form>', 'how the result looks').choices(FORMS))
    .option('--out <file>', 'write the result to a file');
}

function usageAdvice(program: Command, args: readonly string[]): string {
  const called = program.commands.find((command) => command.name() === args[0]);
  return called ? `Usage: spanhound ${called.name()} ${called.usage()}` : 'Run `spanhound --help` for the verbs.';
}

function version(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return `${version}`;
}

/** `spanhound … | head`: who reads no further has what they wanted. */
function endQuietlyWithTheReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
}
