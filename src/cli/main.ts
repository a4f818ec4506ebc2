/**
 * The command line: its verbs and their options. Each verb's work is in a file of its own, which is loaded when the verb
 * is called, so that nobody waits for what another verb needs.
 */
import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import type { AnalyzeOptions } from '#cli/analyze.ts';
import type { Call, OutputOptions } from '#cli/call.ts';
import { FORMS, type Form } from '#cli/call.ts';
import type { DiffOptions } from '#cli/diff.ts';
import { exitCodeOf, tellFailure } from '#cli/failure.ts';
import type { DiagnosisOptions } from '#cli/forms.ts';
import type { HttpOptions } from '#cli/http.ts';
import type { InvestigateOptions } from '#cli/investigate.ts';
import type { JsonOptions } from '#cli/json.ts';
import type { TimeOptions } from '#cli/time.ts';
import { UsageError } from '#core/errors.ts';

type Environment = Call['env'];

/** Of what is no report there is neither a page nor a picture. */
const PLAIN: readonly Form[] = ['text', 'json'];

const FULL = 'write the critical path and its attribution to the JSON in full, not only the largest entries';

/** Returns the exit code. */
export async function run(args: readonly string[], env: Environment): Promise<number> {
  endQuietlyWithTheReader();
  try {
    return await runVerb(args, env);
  } catch (error) {
    await tellFailure(error, env);
    return exitCodeOf(error);
  }
}

async function runVerb(args: readonly string[], env: Environment): Promise<number> {
  let exitCode = 0;
  const program = new Command('spanhound')
    .description(
      'Reads the traces and the logs of an incident, says what broke and why it thinks so, and keeps the record.',
    )
    .version(version())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });

  verb(
    program,
    'trace',
    'gather a trace and its logs from the configured sources and diagnose it; without a trace, its logs',
  )
    .argument('<id>', 'a trace id, a link or a log line that holds one, or an id that log lines hold')
    .option('--methods', 'with 5 Whys, fishbone, hypotheses and checklist behind the text')
    .option('--full', FULL)
    .action(async (id: string, options: OutputOptions & DiagnosisOptions) => {
      const { trace } = await import('#cli/trace.ts');
      exitCode = await trace({ env, options }, id, options);
    });

  verb(program, 'analyze', 'diagnose traces that lie in files')
    .argument('<file...>', 'Jaeger, OTLP, Tempo or Zipkin JSON, plain or gzipped; - is standard input')
    .option('--logs <file>', 'log lines of the same request: of Loki, OTLP or a collector, JSON, logfmt or text')
    .option('--baseline <file>', 'healthy traces of the same request, to compare with')
    .option('--spans', 'add every span with its corrected times to the JSON')
    .option('--methods', 'with 5 Whys, fishbone, hypotheses and checklist behind the text')
    .option('--full', FULL)
    .action(async (files: string[], options: OutputOptions & AnalyzeOptions) => {
      const { analyze } = await import('#cli/analyze.ts');
      exitCode = await analyze({ env, options }, files, options);
    });

  verb(program, 'investigate', 'diagnose an alert, a service at a time, or recorded cases')
    .option('--alert <file>', `an alert as ${await alertTitlesFor(args)} sends it; - is standard input`)
    .option('--service <name>', 'a service, with the time to look at')
    .option('--from <instant>', 'the beginning of that time, such as 2026-01-06T14:30:00Z or -2h')
    .option('--to <instant>', 'its end, such as now')
    .option('--case <folder...>', 'folders of recorded evidence, read instead of the configured sources')
    .option('--methods', 'with 5 Whys, fishbone, hypotheses and checklist behind the text')
    .option('--full', FULL)
    .action(async (options: OutputOptions & InvestigateOptions) => {
      const { investigate } = await import('#cli/investigate.ts');
      exitCode = await investigate({ env, options }, options);
    });

  verb(program, 'compare', 'say what differs between a failing trace and healthy ones')
    .argument(
      '<trace...>',
      'the healthy ones first, the failing one last: ids, files or cases; alone, healthy ones are searched',
    )
    .action(async (named: string[], options: OutputOptions) => {
      const { compare } = await import('#cli/compare.ts');
      exitCode = await compare({ env, options }, named);
    });
  verb(program, 'verify', 'check whether a fix worked: what was wrong is gone, and nothing else got worse')
    .argument('<before>', 'a trace id, a file of traces, or a case')
    .argument('<after>', 'the same of the time after the fix')
    .action(async (before: string, after: string, options: OutputOptions) => {
      const { verify } = await import('#cli/compare.ts');
      exitCode = await verify({ env, options }, before, after);
    });

  const cases = group(program, 'case', 'the recorded evidence of an incident');
  verb(cases, 'export', 'write the evidence of an incident into a folder, with what proves it unchanged', PLAIN)
    .argument('<incident>', 'its name, as in INC-12')
    .argument('<folder>', 'a folder that is empty or not there yet')
    .action(async (incident: string, folder: string, options: OutputOptions) => {
      const { exportCase } = await import('#cli/case.ts');
      exitCode = await exportCase({ env, options }, incident, folder);
    });
  verb(cases, 'verify', 'check that nothing in a folder of evidence was changed', PLAIN)
    .argument('<folder>', 'a case, or the cases of an incident as they were exported')
    .action(async (folder: string, options: OutputOptions) => {
      const { verify } = await import('#cli/case.ts');
      exitCode = await verify({ env, options }, folder);
    });

  verb(program, 'incidents', 'list the incidents that were declared', PLAIN)
    .option('--like <incident>', 'only earlier ones that are like this one, and what ended them')
    .action(async (options: OutputOptions & { like?: string }) => {
      const { incidents } = await import('#cli/incidents.ts');
      exitCode = await incidents({ env, options }, options);
    });

  verb(program, 'postmortem', 'draft the postmortem of an incident from the record', ['md', 'html', 'json'])
    .argument('<incident>', 'INC-12')
    .action(async (incident: string, options: OutputOptions) => {
      const { postmortem } = await import('#cli/postmortem.ts');
      exitCode = await postmortem({ env, options }, incident);
    });

  const audit = group(program, 'audit', 'the log of who did what to incidents and evidence');
  verb(audit, 'verify', 'check that nothing in the audit log was changed', PLAIN)
    .option('--head <hash>', 'a head that was printed earlier and kept elsewhere: the log must still hold it')
    .action(async (options: OutputOptions & { head?: string }) => {
      const { verifyAudit } = await import('#cli/audit.ts');
      exitCode = await verifyAudit({ env, options }, options.head);
    });

  verb(program, 'demo', 'play a recorded outage from alert to postmortem into the store', [
    'text',
    'json',
    'md',
  ]).action(async (options: OutputOptions) => {
    const { demo } = await import('#cli/demo.ts');
    exitCode = await demo({ env, options });
  });

  verb(program, 'detectors', 'print what is looked for, with the thresholds that are in force', [
    'text',
    'json',
    'md',
  ]).action(async (options: OutputOptions) => {
    const { detectors } = await import('#cli/detectors.ts');
    exitCode = await detectors({ env, options });
  });

  const redaction = group(program, 'redaction', 'what is taken out of every text before it is stored, shown or sent');
  verb(redaction, 'test', 'show what a text would become, and why', PLAIN)
    .argument('<text>', 'a text; - is standard input')
    .action(async (text: string, options: OutputOptions) => {
      const { testRedaction } = await import('#cli/redaction.ts');
      exitCode = await testRedaction({ env, options }, text);
    });

  verb(program, 'doctor', 'check every connection, with a remedy for each that fails', PLAIN).action(
    async (options: OutputOptions) => {
      const { doctor } = await import('#cli/doctor.ts');
      exitCode = await doctor({ env, options });
    },
  );

  verb(program, 'time', 'convert times between every form and zone, and tell what passed between them', PLAIN)
    .argument('[text...]', 'times, lengths of time, or a text that holds times; - is standard input; none is now')
    .option('--zone <name...>', 'zones to show: Europe/Berlin, CET, +02:00 (default: the zone of this machine)')
    .option('--from <name>', 'the zone of times that name none (default: UTC)')
    .action(async (texts: string[], options: OutputOptions & TimeOptions) => {
      const { time } = await import('#cli/time.ts');
      exitCode = await time({ env, options }, texts, options);
    });

  verb(program, 'json', 'format JSON, put it on one line, sort it, or ask for a part of it', PLAIN)
    .argument('[file]', 'JSON, or JSON lines; - is standard input', '-')
    .option('--query <path>', 'a JSONPath ($.error.context, $..[?@.status >= 500]) or a pointer (/error/context)')
    .option('--minify', 'on one line')
    .option('--sort', 'members in the order of their names')
    .option('--unfold', 'show JSON that stands in strings as JSON')
    .option('--raw', 'with credentials')
    .action(async (file: string, options: OutputOptions & JsonOptions) => {
      const { json } = await import('#cli/json.ts');
      exitCode = await json({ env, options }, file, options);
    });

  verb(program, 'diff', 'tell what differs between two documents, requests or texts', PLAIN)
    .argument('<before>', 'a file with JSON, a request or text; - is standard input')
    .argument('<after>', 'what to compare it with')
    .option('--text', 'compare lines, also of JSON')
    .option('--raw', 'with credentials')
    .action(async (before: string, after: string, options: OutputOptions & DiffOptions) => {
      const { diff } = await import('#cli/diff.ts');
      exitCode = await diff({ env, options }, before, after, options);
    });

  verb(program, 'http', 'build a request, send it where the configuration allows that, and show what comes', PLAIN)
    .argument('<request...>', 'an address, or a curl command in quotes; - is standard input')
    .option('-X, --request <method>', 'the method, as for curl')
    .option('-H, --header <header...>', 'a header, as for curl')
    .option('-d, --data <body>', 'the body, as for curl')
    .option('--curl', 'send nothing: print the request as a curl command')
    .option('--probe-circuit', 'find out the states of a circuit breaker, with a few quick requests')
    .option('--trip <url>', 'what to trip the breaker with (default: the same address)')
    .option('--requests <count>', 'how many requests to trip it with, at most 20 (default: 10)')
    .option('--wait <seconds>', 'how long until it may be half-open, at most 120 (default: 30)')
    .option('--yes', 'do not ask whether to go on')
    .action(async (words: string[], options: OutputOptions & HttpOptions) => {
      const { http } = await import('#cli/http.ts');
      exitCode = await http({ env, options }, words, options);
    });

  verb(program, 'migrate', 'bring the store up to date', PLAIN).action(async (options: OutputOptions) => {
    const { migrate } = await import('#cli/migrate.ts');
    exitCode = await migrate({ env, options });
  });

  if (args.length === 0) throw new UsageError('no verb given', program.helpInformation().trimEnd());
  try {
    await program.parseAsync(args[0] === 'time' ? args.map(asTime) : args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0; // help or version was asked for and has been printed
    throw new UsageError(usageProblem(error, args), usageAdvice(program, args));
  }
  return exitCode;
}

/** Whose alerts are read. Loaded only for the help that names them: the list comes with all settings. */
async function alertTitlesFor(args: readonly string[]): Promise<string> {
  const isAsked = args.includes('investigate') && args.some((arg) => ['--help', '-h', 'help'].includes(arg));
  if (!isAsked) return '…';
  const { alertTitles } = await import('#compose/systems.ts');
  return await alertTitles();
}

/** A verb that is nothing but the first word of others: `audit verify`. */
function group(program: Command, name: string, summary: string): Command {
  return program.command(name).description(summary);
}

function verb(program: Command, name: string, summary: string, forms: readonly Form[] = FORMS): Command {
  return program
    .command(name)
    .description(summary)
    .option('--json', 'the same as --format json')
    .option('--config <file>', 'the configuration file')
    .addOption(new Option('--format <form>', 'how the result looks').choices(forms))
    .option('--out <file>', 'write the result to a file');
}

/** `-2h` is a time and no option. */
function asTime(arg: string): string {
  return /^-\d[\d.]*[a-zµ]/i.test(arg) ? `now${arg}` : arg;
}

function usageProblem({ code, message }: CommanderError, args: readonly string[]): string {
  if (code === 'commander.help') return `${args[0]} alone does nothing`;
  return message.replace(/^error: /, '').replaceAll('\n', ' ');
}

function usageAdvice(program: Command, args: readonly string[]): string {
  const called = program.commands.find((command) => command.name() === args[0]);
  if (called === undefined) return 'Run `spanhound --help` for the verbs.';
  const inner = called.commands.find((command) => command.name() === args[1]);
  if (inner) return `Usage: spanhound ${called.name()} ${inner.name()} ${inner.usage()}`;
  const ofGroup = called.commands.map((command) => `spanhound ${called.name()} ${command.name()} ${command.usage()}`);
  return `Usage: ${ofGroup.length > 0 ? ofGroup.join(' or ') : `spanhound ${called.name()} ${called.usage()}`}`;
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
