/**
 * The parts of the deep run: their commands, what they need, and how a row shows their output.
 *
 * A part is red if a command fails or if its output holds a `fault`. The first fault is the reason in its row.
 */
import { randomInt } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { postgresFolder } from '../../test/backends/servers.ts';
import { isProgram, type Run } from './run-commands.ts';

export type Part = Readonly<{
  name: string;
  /** One after the other; the first that fails ends the part. */
  runs: () => readonly Run[];
  /** What this machine lacks. */
  missing?: () => Promise<string | undefined>;
  fault?: RegExp;
  figure: (output: string) => string;
}>;

const PROPERTY_RUNS = 10_000;
/** `test/support/property-runs.ts` takes up to nine digits. */
const SEED = String(randomInt(1, 1_000_000_000));

/** A line that Vitest prints for a failed test, and its line of counts. */
const FAILED_TEST = /^ *FAIL +(.+)$/m;
const TEST_COUNTS = /^ *Tests +(.+)$/m;

/** A line of the storm about what it found. */
const STORM_FAULT = /^storm: ((?:LOST|DOUBLED|STRANGE|FAILED).*)$/m;

/** The build of the backends ends with 2 where neither Go nor Docker is there. */
const NOTHING_TO_BUILD_WITH = 2;
/** What tries the API comes from the registries of Python and npm. */
const NOT_INSTALLED = 2;
/** Module proxies and mirrors stumble; what one try built, the next one finds. */
const BUILD_TRIES = 3;

export const PARTS: readonly Part[] = [
  {
    name: 'properties',
    runs: () => [
      {
        // More runs need more time than a test of the gate has. The limit of the part ends what hangs.
        command: [
          'npx',
          'vitest',
          'run',
          '--project=unit',
          '--project=properties',
          '--testTimeout=0',
          // Ten thousand runs hold up to a gigabyte in each worker.
          '--maxWorkers=2',
          ...propertyFiles(),
        ],
        env: { FAST_CHECK_RUNS: `${PROPERTY_RUNS}`, FAST_CHECK_SEED: SEED, DEEP_TESTS: '1' },
      },
    ],
    fault: FAILED_TEST,
    figure: (output) => joined(`seed ${SEED}`, `${PROPERTY_RUNS} runs`, first(TEST_COUNTS, output)),
  },
  {
    name: 'tests',
    runs: () => [npm('test:deep')],
    fault: FAILED_TEST,
    figure: (output) => first(TEST_COUNTS, output),
  },
  {
    // What a fast machine shows to no test: the bot has answered, and Slack has not posted yet.
    name: 'slow-slack',
    runs: () => [
      { command: ['npx', 'vitest', 'run', '--project=processes', 'test/e2e'], env: { SLACK_DELAY_MS: '250' } },
    ],
    fault: FAILED_TEST,
    figure: (output) => first(TEST_COUNTS, output),
  },
  {
    name: 'patterns',
    runs: () => [npm('patterns:check')],
    fault: /^(.+, but kept: (?!nothing).+)$/m,
    figure: lastLine,
  },
  {
    name: 'backends',
    runs: () => [
      { command: ['test/backends/build.sh'], tries: BUILD_TRIES, missingCode: NOTHING_TO_BUILD_WITH },
      npm('test:backends'),
    ],
    fault: /^ {2}FAIL {2}(.+)$/m,
    figure: (output) => first(/^(\d+ passed, \d+ failed)$/m, output),
  },
  {
    name: 'postgres',
    runs: () => [{ ...npm('test:postgres'), env: { REQUIRE_POSTGRES: '1' } }],
    missing: postgresMissing,
    fault: FAILED_TEST,
    figure: (output) => first(TEST_COUNTS, output),
  },
  {
    name: 'storm',
    runs: () => [npm('test:storm')],
    fault: STORM_FAULT,
    figure: stormFigure,
  },
  {
    name: 'storm-postgres',
    runs: () => [npm('test:storm', '--replicas', '2')],
    missing: postgresMissing,
    fault: STORM_FAULT,
    figure: stormFigure,
  },
  {
    // A whole incident for each write of it, which fails once.
    name: 'every-write',
    runs: () => [
      {
        command: ['npx', 'vitest', 'run', '--project=processes', 'test/e2e/failing-writes.test.ts'],
        env: { EVERY_WRITE: '1', DEEP_TESTS: '1' },
      },
    ],
    fault: FAILED_TEST,
    figure: (output) => first(TEST_COUNTS, output),
  },
  {
    name: 'bench',
    runs: () => [npm('bench')],
    // A row whose budget is not met.
    fault: /^\| (.+?)[ |]*\| no +\|$/m,
    figure: (output) => `${[...output.matchAll(/\| (?:yes|aim) +\|$/gm)].length} budgets met`,
  },
  {
    name: 'accuracy',
    runs: () => [
      npm('accuracy'),
      npm('bench:accuracy'),
      {
        command: [
          'npx',
          'vitest',
          'run',
          ...['--project=properties', '--project=speed', '--maxWorkers=2'],
          ...['test/workflows/real-cases.property.test.ts', 'test/conformance-logs.property.test.ts'],
          'test/analyse/growth.speed.test.ts',
        ],
        env: { EVERY_CASE: '1', DEEP_TESTS: '1' },
      },
    ],
    fault: FAILED_TEST,
    figure: (output) =>
      joined(
        `verdict right ${first(/^\| verdict right[^|]*\| *\d+ *\| *([\d.]+)/m, output)}`,
        first(/^sure, as given\n(\d+ cases, Brier [\d.]+)/m, output) || 'no recorded cases: ../shared/cases is missing',
      ),
  },
  {
    name: 'strangers',
    runs: strangersRuns,
    missing: pythonMissing,
    figure: strangersScores,
  },
  {
    // The rounds of windows alone take more than a part may.
    name: 'strangers-windows',
    runs: () => [npm('pack'), ...roundsOf('windows-?'), ...roundsOf('windows-10')],
    missing: pythonMissing,
    figure: strangersScores,
  },
  {
    name: 'strangers-late-windows',
    runs: () => [npm('pack'), ...roundsOf('windows-{1[1-9],2?}')],
    missing: pythonMissing,
    figure: strangersScores,
  },
  {
    name: 'planted',
    runs: () => [{ command: ['node', 'tools/planted-faults.ts'] }],
    fault: /^NOT FOUND: (.+)$/m,
    figure: (output) => first(/^(\d+ of \d+ planted faults found)$/m, output),
  },
  {
    name: 'api',
    runs: () => [{ command: ['node', 'tools/try-api.ts'], missingCode: NOT_INSTALLED }],
    missing: pythonMissing,
    // A failed check, and an error that no operation expects.
    fault: /^(- .*\b[A-Z]{2}\d{3}\b.*|BUG: .+)$/m,
    figure: (output) => first(/^(\d+ requests of Schemathesis .+)$/m, output),
  },
  {
    name: 'api-client',
    runs: () => [{ command: ['node', 'tools/try-api-client.ts'], missingCode: NOT_INSTALLED }],
    fault: /^WRONG: (.+)$/m,
    figure: lastLine,
  },
  {
    name: 'mcp',
    runs: () => [{ command: ['node', 'tools/try-mcp.ts'], missingCode: NOT_INSTALLED }],
    fault: /^WRONG: (.+)$/m,
    figure: lastLine,
  },
];

function npm(script: string, ...options: readonly string[]): Run {
  return { command: ['npm', 'run', script, ...(options.length > 0 ? ['--', ...options] : [])] };
}

async function postgresMissing(): Promise<string | undefined> {
  return await postgresFolder().then(
    () => undefined,
    (error: Error) => error.message,
  );
}

function stormFigure(output: string): string {
  return first(/^storm: (.*, seed \d+)$/m, output);
}

const HAS_PROPERTY = /\bfc\.assert\(/;
const CONTRACT = /from '#test\/([\w-]+\.ts)'/g;

/** The tests that hold a property, or use a file of test/support that holds one. More runs only repeat the others. */
export function propertyFiles(): readonly string[] {
  const shared = new Set(
    globSync('test/support/*.ts')
      .filter(holdsProperty)
      .map((path) => basename(path)),
  );
  return globSync('test/**/*.test.ts', { exclude: ['test/**/*.postgres.test.ts'] })
    .filter(
      (file) => holdsProperty(file) || [...read(file).matchAll(CONTRACT)].some(([, name = '']) => shared.has(name)),
    )
    .sort();
}

function holdsProperty(file: string): boolean {
  return HAS_PROPERTY.test(read(file));
}

function read(file: string): string {
  return readFileSync(file, 'utf8');
}

const ROUNDS = 'bench/strangers';

/** Some rounds are kept as the Python programs that draw them. */
async function pythonMissing(): Promise<string | undefined> {
  return isProgram('python3') ? undefined : 'python3 is missing';
}

function strangersRuns(): readonly Run[] {
  const asked = globSync(`${ROUNDS}/{typed,asked}-*.json`).sort();
  return [
    // Each case starts the command line; packed, it starts in half of the time.
    npm('pack'),
    ...asked.map((file) => ({ command: ['node', file.replace(/-\d+\.json$/, '.ts'), file] }) as const),
    { command: ['node', `${ROUNDS}/redaction.ts`] },
    { command: ['node', `${ROUNDS}/alerts.ts`] },
    ...roundsOf('{requests,kubernetes}-*'),
  ];
}

function roundsOf(names: string): readonly Run[] {
  const rounds = globSync(`${ROUNDS}/${names}.tar.gz`).map((file) => basename(file, '.tar.gz'));
  return rounds.sort().map((round) => ({ command: ['node', `${ROUNDS}/verdicts.ts`, round] }) as const);
}

/** A line of output for each round or for each kind of its cases. */
const SCORES: readonly (readonly [name: string, line: RegExp])[] = [
  ['requests', /^requests-\d+: (\d+) of (\d+) right/gm],
  ['windows', /^windows-\d+: (\d+) of (\d+) right/gm],
  ['Kubernetes', /^kubernetes-\d+: (\d+) of (\d+) right/gm],
  ['alerts', /^alerts-\d+\.json\.gz: (\d+) of (\d+) right/gm],
  ['typed', /^(\d+) of (\d+) as meant/gm],
  ['asked', /^(?:service|trace|examples|problem): (\d+) of (\d+)$/gm],
  ['secrets left', /: leaks (\d+) of (\d+)/gm],
];

function strangersScores(output: string): string {
  return joined(
    ...SCORES.map(([name, line]) => {
      const rounds = [...output.matchAll(line)];
      const sum = (group: number) => rounds.reduce((total, found) => total + Number(found[group]), 0);
      return rounds.length === 0 ? '' : `${name} ${sum(1)} of ${sum(2)}`;
    }),
  );
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(', ');
}

function first(pattern: RegExp, output: string): string {
  return pattern.exec(output)?.[1]?.trim() ?? '';
}

export function lastLine(output: string): string {
  return output.trimEnd().split('\n').at(-1)?.trim() ?? '';
}
