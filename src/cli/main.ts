/**
 * The command line: its verbs and their options. Each verb's work is in a file of its own, which is loaded when the verb
 * is called, so that nobody waits for what another verb needs.
 */
import { readFileSync } from 'node:fs';
import { Argument, Command, CommanderError, Option } from 'commander';
import type { TryOptions } from '#cli/alert.ts';
import type { AnalyzeOptions } from '#cli/analyze.ts';
import type { ShowOptions, VerifyOptions } from '#cli/audit.ts';
import type { Call, OutputOptions } from '#cli/call.ts';
import { FORMS, type Form, SHELLS, type Shell } from '#cli/call.ts';
import type { DiffOptions } from '#cli/diff.ts';
import { examplesOf } from '#cli/examples.ts';
import { exitCodeOf, tellFailure } from '#cli/failure.ts';
import type { ForgetOptions } from '#cli/forget.ts';
import type { DiagnosisOptions } from '#cli/forms.ts';
import type { HttpOptions } from '#cli/http.ts';
import type { IncidentsOptions } from '#cli/incidents.ts';
import type { InvestigateOptions } from '#cli/investigate.ts';
import type { JsonOptions } from '#cli/json.ts';
import type { McpOptions } from '#cli/mcp.ts';
import type { MigrateOptions } from '#cli/migrate.ts';
import type { PostmortemOptions } from '#cli/postmortem.ts';
import type { LintOptions } from '#cli/postmortem-lint.ts';
import type { RestoreOptions } from '#cli/postmortem-versions.ts';
import type { ReleaseOptions } from '#cli/release.ts';
import type { HoldOptions } from '#cli/retention.ts';
import type { ReviewOptions } from '#cli/review.ts';
import type { ServicesOptions } from '#cli/services.ts';
import type { TimeOptions } from '#cli/time.ts';
import type { CreateTokenOptions } from '#cli/token.ts';
import { UsageError } from '#core/errors.ts';
import { TRACE_FORMATS } from '#model/trace/build/body.ts';
import { PAPER_SIZES } from '#present/documents/paper-size.ts';

type Environment = Call['env'];

/** Of what is no report there is neither a page nor a picture. */
const PLAIN: readonly Form[] = ['text', 'json'];

const FULL = 'write the full critical path and attribution to the JSON, not only the largest entries';

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
      'Reads the traces and logs of an incident, diagnoses the cause from the evidence, and keeps the record.',
    )
    .version(version())
    .enablePositionalOptions() // behind `postmortem lint`, an option is one of `lint`
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });

  verb(program, 'trace', 'diagnose a trace and its logs from the configured sources; without a trace, the logs alone')
    .argument('<id>', 'a trace id, a link or a log line that contains one, or an id from log lines')
    .option('--methods', 'add 5 Whys, fishbone, hypotheses and checklist to the text')
    .option('--full', FULL)
    .action(async (id: string, options: OutputOptions & DiagnosisOptions) => {
      const { trace } = await import('#cli/trace.ts');
      exitCode = await trace({ env, options }, id, options);
    });

  verb(program, 'analyze', 'diagnose traces in files')
    .argument('<file...>', `${TRACE_FORMATS}; - is standard input`)
    .option('--logs <file>', 'log lines of the same request: from Loki, OTLP or a collector, as JSON, logfmt or text')
    .option('--baseline <file>', 'healthy traces of the same request for comparison')
    .option('--changes <file>', 'changes before the requests, in the form of changes.json')
    .option('--spans', 'add every span with its corrected times to the JSON')
    .option('--methods', 'add 5 Whys, fishbone, hypotheses and checklist to the text')
    .option('--full', FULL)
    .action(async (files: string[], options: OutputOptions & AnalyzeOptions) => {
      const { analyze } = await import('#cli/analyze.ts');
      exitCode = await analyze({ env, options }, files, options);
    });

  verb(program, 'investigate', 'diagnose an alert, a service in a time window, or recorded cases')
    .option('--alert <file>', `a webhook body from ${await alertTitlesFor(args)}; - is standard input`)
    .option('--service <name>', 'a service; needs --from')
    .option('--from <instant>', 'the start of the time window, such as 2026-01-06T14:30:00Z or -2h')
    .option('--to <instant>', 'the end of the time window (default: now)')
    .option('--case <folder...>', 'folders with recorded evidence, instead of the configured sources')
    .option('--methods', 'add 5 Whys, fishbone, hypotheses and checklist to the text')
    .option('--full', FULL)
    .action(async (options: OutputOptions & InvestigateOptions) => {
      const { investigate } = await import('#cli/investigate.ts');
      exitCode = await investigate({ env, options }, options);
    });

  verb(program, 'release', 'judge the newest rollout of a service against the version before it', PLAIN)
    .argument('<service>', 'the service that was rolled out')
    .option('--from <instant>', 'the earliest time of the rollout (default: 6 hours before the end)')
    .option('--to <instant>', 'the end of the time that is compared (default: now)')
    .option('--case <folder>', 'a folder with recorded evidence, instead of the configured sources')
    .addHelpText('after', '\nThe exit code is 5 if the new version is worse, and 3 if there is no rollout.')
    .action(async (service: string, options: OutputOptions & ReleaseOptions) => {
      const { release } = await import('#cli/release.ts');
      exitCode = await release({ env, options }, service, options);
    });

  verb(program, 'compare', 'show the differences between a failing trace and healthy ones')
    .argument(
      '<trace...>',
      'healthy traces first, the failing one last: ids, files or cases; with only one, healthy ones are found automatically',
    )
    .action(async (named: string[], options: OutputOptions) => {
      const { compare } = await import('#cli/compare.ts');
      exitCode = await compare({ env, options }, named);
    });
  verb(program, 'verify', 'check whether a fix worked: the fault is gone, and nothing else is worse')
    .argument('<before>', 'a trace id, a file of traces, or a case')
    .argument('<after>', 'the same for the time after the fix')
    .action(async (before: string, after: string, options: OutputOptions) => {
      const { verify } = await import('#cli/compare.ts');
      exitCode = await verify({ env, options }, before, after);
    });

  const alerts = group(program, 'alert', 'the alerts that other systems send');
  verb(alerts, 'try', 'show what is read of an alert’s payload, and a mapping to start from', PLAIN)
    .argument('<file>', 'the JSON of a webhook or of a Slack message; - is standard input')
    .option('--vendor <name>', 'only the reader of this sender, such as datadog; it says why it does not fit')
    .option('--channel <id>', 'the channel of the message, for the rules that say which alerts are answered')
    .addHelpText('after', '\nThe exit code is 5 if no alert could be read.')
    .action(async (file: string, options: OutputOptions & TryOptions) => {
      const { tryAlertFile } = await import('#cli/alert.ts');
      exitCode = await tryAlertFile({ env, options }, file, options);
    });

  const cases = group(program, 'case', 'the recorded evidence of an incident');
  verb(
    cases,
    'export',
    'write the evidence of an incident into a folder, with checksums that prove it unchanged',
    PLAIN,
  )
    .argument('<incident>', 'its name, such as INC-12')
    .argument('<folder>', 'an empty or a new folder')
    .action(async (incident: string, folder: string, options: OutputOptions) => {
      const { exportCase } = await import('#cli/case.ts');
      exitCode = await exportCase({ env, options }, incident, folder);
    });
  verb(cases, 'verify', 'check that nobody changed a folder of evidence', PLAIN)
    .argument('<folder>', 'a case, or the exported cases of an incident')
    .option('--key <file>', 'the public key of the installation, which must have signed each seal')
    .action(async (folder: string, options: OutputOptions & { key?: string }) => {
      const { verify } = await import('#cli/case.ts');
      exitCode = await verify({ env, options }, folder, options.key);
    });

  verb(program, 'incidents', 'list all incidents, or show one', PLAIN)
    .argument('[incident]', 'only this incident, with its roles and times: INC-12')
    .option('--open', 'only the open ones, with their commanders')
    .option('--like <incident>', 'only similar earlier incidents, with their resolutions')
    .option('--stats <period>', 'how many there were and how long they took: 30d, 90d or month')
    .option('--service <name>', 'with --stats: only those whose alert or answer names this service')
    .action(async (named: string | undefined, options: OutputOptions & IncidentsOptions) => {
      const { incidents } = await import('#cli/incidents.ts');
      exitCode = await incidents({ env, options }, options, named);
    });

  const verbOfIncident = (name: 'timeline' | 'actions' | 'changes', summary: string) =>
    verb(program, name, summary, ['text', 'json', 'md'])
      .argument('<incident>', 'its name, such as INC-12')
      .action(async (incident: string, options: OutputOptions) => {
        const verbs = await import('#cli/timeline.ts');
        exitCode = await verbs[name]({ env, options }, incident);
      });
  verbOfIncident('timeline', 'show what happened in an incident, by phase');
  verbOfIncident('actions', 'list the action items of an incident, the open ones first');
  verbOfIncident('changes', 'list what changed before an incident and in it, newest first');

  verb(program, 'review', 'show which causes come back, what was noticed late, and how often verdicts were right', [
    'text',
    'json',
    'md',
    'html',
    'svg',
  ])
    .option('--since <period>', 'the incidents of this period: 30d, 90d or month (default: 90d)')
    .option('--service <name>', 'only those whose alert or answer names this service')
    .action(async (options: OutputOptions & ReviewOptions) => {
      const { review } = await import('#cli/review.ts');
      exitCode = await review({ env, options }, options);
    });

  verb(program, 'services', 'list the services, whose they are, and who says so', PLAIN)
    .argument('[name]', 'a service by any of its names: every fact, and where it stands')
    .option('--contradictions', 'only where the sources contradict each other')
    .action(async (name: string | undefined, options: OutputOptions & ServicesOptions) => {
      const { services } = await import('#cli/services.ts');
      exitCode = await services({ env, options }, name, options);
    });

  const drafted = verb(program, 'postmortem', 'draft the postmortem of an incident from the record', [
    'md',
    'html',
    'pdf',
    'json',
  ])
    .argument('<incident>', 'INC-12')
    .option('--at-version <number>', 'an older draft, from the record as it was then')
    .addOption(new Option('--paper <size>', 'the paper of a PDF').choices(PAPER_SIZES).default('a4'))
    .action(async (incident: string, options: OutputOptions & PostmortemOptions) => {
      const { postmortem } = await import('#cli/postmortem.ts');
      exitCode = await postmortem({ env, options }, incident, options);
    });
  verb(drafted, 'versions', 'list the drafts that people asked for in Slack', PLAIN)
    .argument('<incident>', 'INC-12')
    .action(async (incident: string, options: OutputOptions) => {
      const { versions } = await import('#cli/postmortem-versions.ts');
      exitCode = await versions({ env, options }, incident);
    });
  verb(drafted, 'diff', 'show which sentences are gone and new between two versions', PLAIN)
    .argument('<incident>', 'INC-12')
    .argument('<from>', 'the number of a version')
    .argument('<to>', 'the number of a later one')
    .action(async (incident: string, from: string, to: string, options: OutputOptions) => {
      const { difference } = await import('#cli/postmortem-versions.ts');
      exitCode = await difference({ env, options }, incident, [from, to]);
    });
  verb(drafted, 'restore', "let people's words say again what they said in a version", PLAIN)
    .argument('<incident>', 'INC-12')
    .argument('<version>', 'the number of a version')
    .option('--by <id>', 'the Slack id of the person who restores it (default: command line)')
    .action(async (incident: string, version: string, options: OutputOptions & RestoreOptions) => {
      const { restore } = await import('#cli/postmortem-versions.ts');
      exitCode = await restore({ env, options }, incident, version, options);
    });
  verb(drafted, 'export', 'send it to a place outside, or show where it was sent', PLAIN)
    .argument('<incident>', 'INC-12')
    .argument('[target]', 'such as github')
    .action(async (incident: string, target: string | undefined, options: OutputOptions) => {
      const { exportPostmortem } = await import('#cli/postmortem-export.ts');
      exitCode = await exportPostmortem({ env, options }, incident, target);
    });
  verb(drafted, 'take-in', 'take what people wrote in a place outside into the record, and send it again', PLAIN)
    .argument('<incident>', 'INC-12')
    .argument('<target>', 'such as github')
    .action(async (incident: string, target: string, options: OutputOptions) => {
      const { exportPostmortem } = await import('#cli/postmortem-export.ts');
      exitCode = await exportPostmortem({ env, options }, incident, target, { takesIn: true });
    });
  verb(drafted, 'lint', 'say what to rewrite in a postmortem: blame, hindsight, vague words', PLAIN)
    .argument('<file>', 'any postmortem in Markdown; - is standard input')
    .option('--names <name...>', 'people of the incident, besides those under Responders')
    .action(async (file: string, options: OutputOptions & LintOptions) => {
      const { lint } = await import('#cli/postmortem-lint.ts');
      exitCode = await lint({ env, options }, file, options);
    });

  const audit = group(program, 'audit', 'the audit log of actions on incidents and evidence');
  verb(audit, 'verify', 'verify the audit log and name the first altered entry', PLAIN)
    .option('--head <hash>', 'a head that was printed earlier: the log must still contain it')
    .option('--key <file>', 'the public key of the installation, kept elsewhere (default: signing.pub of the store)')
    .option('--anchors <file>', 'heads that were anchored elsewhere: the log must still contain them')
    .option('--timestamp-ca <file>', 'certificates (PEM) of the timestamp servers that you trust')
    .action(async (options: OutputOptions & VerifyOptions) => {
      const { verifyAudit } = await import('#cli/audit.ts');
      exitCode = await verifyAudit({ env, options }, options);
    });
  verb(audit, 'show', 'show the newest entries of the audit log', PLAIN)
    .option('--actor <id>', 'only those of this person or system')
    .option('--action <name>', 'only this action, or all that begin with it: evidence.')
    .option('--subject <name>', 'only this incident or answer: INC-12')
    .option('--since <instant>', 'such as 2026-01-06T14:30:00Z or -2d')
    .option('--until <instant>', 'the same')
    .option('--limit <count>', 'how many (default: 100)')
    .action(async (options: OutputOptions & ShowOptions) => {
      const { showAudit } = await import('#cli/audit.ts');
      exitCode = await showAudit({ env, options }, options);
    });
  verb(audit, 'rotate-key', 'replace the key that signs the audit log; the old key signs the new one', PLAIN).action(
    async (options: OutputOptions) => {
      const { rotateKey } = await import('#cli/audit.ts');
      exitCode = await rotateKey({ env, options });
    },
  );

  verb(program, 'demo', 'replay a recorded outage from alert to postmortem into the store', [
    'text',
    'json',
    'md',
  ]).action(async (options: OutputOptions) => {
    const { demo } = await import('#cli/demo.ts');
    exitCode = await demo({ env, options });
  });

  verb(program, 'detectors', 'list the detectors and their current thresholds', ['text', 'json', 'md']).action(
    async (options: OutputOptions) => {
      const { detectors } = await import('#cli/detectors.ts');
      exitCode = await detectors({ env, options });
    },
  );

  const redaction = group(program, 'redaction', 'redaction of texts before they are stored, shown or sent');
  verb(redaction, 'test', 'show a text after redaction, with the reasons', PLAIN)
    .argument('<text>', 'a text; - is standard input')
    .action(async (text: string, options: OutputOptions) => {
      const { testRedaction } = await import('#cli/redaction.ts');
      exitCode = await testRedaction({ env, options }, text);
    });

  verb(program, 'doctor', 'check every connection, with a fix for each failure', PLAIN).action(
    async (options: OutputOptions) => {
      const { doctor } = await import('#cli/doctor.ts');
      exitCode = await doctor({ env, options });
    },
  );

  verb(program, 'time', 'convert times between formats and zones, and show the durations between them', PLAIN)
    .argument('[text...]', 'times, durations, or a text that contains times; - is standard input; default: now')
    .option('--zone <name...>', 'zones to show: Europe/Berlin, CET, +02:00 (default: the zone of this machine)')
    .option('--from <name>', 'the zone of times without a zone (default: UTC)')
    .action(async (texts: string[], options: OutputOptions & TimeOptions) => {
      const { time } = await import('#cli/time.ts');
      exitCode = await time({ env, options }, texts, options);
    });

  verb(program, 'json', 'format, minify, sort or query JSON', PLAIN)
    .argument('[file]', 'JSON, or JSON lines; - is standard input', '-')
    .option('--query <path>', 'a JSONPath ($.error.context, $..[?@.status >= 500]) or a pointer (/error/context)')
    .option('--minify', 'on one line')
    .option('--sort', 'sort members by name')
    .option('--unfold', 'show JSON inside strings as JSON')
    .option('--raw', 'show credentials')
    .action(async (file: string, options: OutputOptions & JsonOptions) => {
      const { json } = await import('#cli/json.ts');
      exitCode = await json({ env, options }, file, options);
    });

  verb(program, 'diff', 'show the differences between two documents, requests or texts', PLAIN)
    .argument('<before>', 'a file with JSON, a request or text; - is standard input')
    .argument('<after>', 'the file to compare with')
    .option('--text', 'compare by lines, even JSON')
    .option('--raw', 'show credentials')
    .action(async (before: string, after: string, options: OutputOptions & DiffOptions) => {
      const { diff } = await import('#cli/diff.ts');
      exitCode = await diff({ env, options }, before, after, options);
    });

  verb(program, 'http', 'build a request, send it if the configuration allows it, and show the response', PLAIN)
    .argument('<request...>', 'an address, or a curl command in quotes; - is standard input')
    .option('-X, --request <method>', 'the method, as for curl')
    .option('-H, --header <header...>', 'a header, as for curl')
    .option('-d, --data <body>', 'the body, as for curl')
    .option('--curl', 'send nothing: print the request as a curl command')
    .option('--probe-circuit', 'determine the states of a circuit breaker with a few requests')
    .option('--trip <url>', 'the address that trips the breaker (default: the same address)')
    .option('--requests <count>', 'the number of requests to trip it, at most 20 (default: 10)')
    .option('--wait <seconds>', 'the time until it may be half-open, at most 120 (default: 30)')
    .option('--yes', 'do not ask for confirmation')
    .action(async (words: string[], options: OutputOptions & HttpOptions) => {
      const { http } = await import('#cli/http.ts');
      exitCode = await http({ env, options }, words, options);
    });

  verb(program, 'mcp', 'serve the diagnosis to language models, by the Model Context Protocol; read-only', ['json'])
    .option('--http', 'over HTTP instead of standard input and output')
    .option('--port <number>', 'the port for --http (default: 3100)')
    .option('--host <address>', 'the address for --http (default: 127.0.0.1); any other one needs MCP_TOKEN')
    .option('--case <folder...>', 'folders with recorded evidence that clients may read, too')
    .action(async (options: OutputOptions & McpOptions) => {
      const { mcp } = await import('#cli/mcp.ts');
      exitCode = await mcp({ env, options }, options);
    });

  const tokens = group(program, 'token', 'the tokens of the REST API');
  verb(tokens, 'create', 'make a token, and print it once', PLAIN)
    .argument('<name>', 'who will use it, such as status-page')
    .option('--scope <scope...>', 'what it may do: read, cases, diagnose')
    .option('--channel <id...>', 'private channels whose incidents it may see; it sees those of public ones anyway')
    .option('--days <count>', 'how long it is valid (default: 90)')
    .action(async (name: string, options: OutputOptions & CreateTokenOptions) => {
      const { create } = await import('#cli/token.ts');
      exitCode = await create({ env, options }, name, options);
    });
  verb(tokens, 'list', 'list all tokens: what each may do, and when it was used', PLAIN).action(
    async (options: OutputOptions) => {
      const { list } = await import('#cli/token.ts');
      exitCode = await list({ env, options });
    },
  );
  verb(tokens, 'revoke', 'end a token', PLAIN)
    .argument('<token>', 'its id or its name')
    .action(async (named: string, options: OutputOptions) => {
      const { revoke } = await import('#cli/token.ts');
      exitCode = await revoke({ env, options }, named);
    });

  verb(program, 'migrate', 'migrate the store to the current version', PLAIN)
    .option(
      '--from <kind>',
      'move the store of the data folder into the database in DATABASE_URL; the kind is `sqlite`',
    )
    .action(async (options: OutputOptions & MigrateOptions) => {
      const { migrate } = await import('#cli/migrate.ts');
      exitCode = await migrate({ env, options }, options);
    });

  verb(program, 'retention', 'delete the evidence that is past its time', PLAIN)
    .option('--dry-run', 'only count it')
    .action(async (options: OutputOptions & { dryRun?: boolean }) => {
      const { retention } = await import('#cli/retention.ts');
      exitCode = await retention({ env, options }, options.dryRun === true);
    });

  verb(
    program,
    'hold',
    'keep all evidence of an incident, whatever the retention says; without an incident: list',
    PLAIN,
  )
    .argument('[incident]', 'its name, such as INC-12')
    .option('--reason <text>', 'why')
    .option('--release', 'end the hold')
    .action(async (incident: string | undefined, options: OutputOptions & HoldOptions) => {
      const { hold } = await import('#cli/retention.ts');
      exitCode = await hold({ env, options }, incident, options);
    });

  verb(program, 'forget', 'delete what is stored of a person, a trace or an incident', PLAIN)
    .argument('<subject>', 'a Slack user id, a trace id, or an incident such as INC-12')
    .option('--dry-run', 'only count it, and list the messages in Slack that hold copies')
    .option('--yes', 'do not ask for confirmation')
    .action(async (subject: string, options: OutputOptions & ForgetOptions) => {
      const { forget } = await import('#cli/forget.ts');
      exitCode = await forget({ env, options }, subject, options);
    });

  verb(program, 'backup', 'copy the store into a file while the bot runs, and check the copy', PLAIN)
    .argument('<file>', 'a new file')
    .action(async (file: string, options: OutputOptions) => {
      const { backUp } = await import('#cli/backup.ts');
      exitCode = await backUp({ env, options }, file);
    });

  verb(program, 'restore', 'put a backup back as the store; the bot must not run', PLAIN)
    .argument('<file>', 'a file that `spanhound backup` wrote')
    .action(async (file: string, options: OutputOptions) => {
      const { restore } = await import('#cli/backup.ts');
      exitCode = await restore({ env, options }, file);
    });

  verb(program, 'completion', 'print a script that completes verbs and options in a shell', PLAIN)
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .action(async (shell: Shell, options: OutputOptions) => {
      const { completion } = await import('#cli/completion.ts');
      exitCode = await completion({ env, options }, shell, program);
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
  const path = program.parent === null ? name : `${program.name()} ${name}`;
  return program
    .command(name)
    .description(summary)
    .addHelpText('after', examplesOf(path))
    .option('--json', 'the same as --format json')
    .option('--config <file>', 'the configuration file')
    .addOption(new Option('--format <form>', 'the format of the result').choices(forms))
    .option('--out <file>', 'write the result to a file')
    .hook('preAction', async (_, called) => {
      const { out, ...options } = called.opts();
      if (out === undefined) return;
      const { refuseOwnInput } = await import('#cli/own-input.ts');
      refuseOwnInput(out, [...called.args, ...Object.values(options).flat()]);
    });
}

/** `-2h` is a time and no option. */
function asTime(arg: string): string {
  return /^-\d[\d.]*[a-zµ]/i.test(arg) ? `now${arg}` : arg;
}

function usageProblem({ code, message }: CommanderError, args: readonly string[]): string {
  if (code === 'commander.help')
    return args[0] === 'help' ? `there is no verb ${args.slice(1).join(' ')}` : `${args[0]} alone does nothing`;
  return message
    .replace(
      /^error: (?:command-argument value '([^']{0,200})' is invalid for argument '([^']{0,60})'\.)?/,
      (_all, value, name) => (value === undefined ? '' : `${value} is no ${name}.`),
    )
    .replaceAll('\n', ' ');
}

function usageAdvice(program: Command, args: readonly string[]): string {
  const called = program.commands.find((command) => command.name() === args[0]);
  if (called === undefined) return 'Run `spanhound --help` for the verbs.';
  const inner = called.commands.find((command) => command.name() === args[1]);
  if (inner) return `Usage: spanhound ${called.name()} ${inner.name()} ${inner.usage()}`;
  const ofGroup = called.commands.map((command) => `spanhound ${called.name()} ${command.name()} ${command.usage()}`);
  const isVerb = called.registeredArguments.length > 0 || ofGroup.length === 0;
  if (!isVerb) return `Usage: ${ofGroup.join(' or ')}`;
  const own = `Usage: spanhound ${called.name()} ${called.usage()}`;
  if (ofGroup.length === 0) return own;
  const others = called.commands.map((command) => command.name()).join(', ');
  return `${own}. Its other forms are ${others}: \`spanhound ${called.name()} --help\`.`;
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
