/**
 * Runs `./spanhound`. Its environment holds what the test gives it, and the patience of a slow machine.
 *
 * The first call of a verb starts the real program, which must end by itself and write nothing of Node's own. A start
 * takes a third of a second of processor time, so further calls run the packed program in this process, one at a time,
 * each with its own streams. What a process decides still starts one each time: see `needsProcess`.
 */
import { spawn } from 'node:child_process';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { OF_EVERY_PROGRAM } from '#test/of-every-program.ts';
import { PATIENCE } from '#test/patience.ts';

const ROOT = new URL('../../', import.meta.url);

export const SPANHOUND = fileURLToPath(new URL('spanhound', ROOT));

export type Finished = Readonly<{ code: number | null; stdout: string; stderr: string; bytes: Buffer }>;

export type RunOptions = Readonly<{
  env?: Readonly<Record<string, string>>;
  stdin?: string | Uint8Array;
  cwd?: string;
}>;

type Program = Readonly<{
  run(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Promise<number>;
}>;

const HELP = '--help';

const verbsSoFar = new Set<string>();
let packed: Promise<Program | undefined> | undefined;
/** The last call in this process. */
let lastCall: Promise<unknown> = Promise.resolve();

export async function spanhound(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  // An analysis of files waits for nobody, and starts in half of the time where nothing is set.
  const env = args[0] === 'analyze' ? options.env : { ...PATIENCE, ...options.env };
  const given = { ...options, ...(env && { env }) };
  // One part prints the help of all verbs.
  const [verb = ''] = args.includes(HELP) ? [HELP] : args;
  const isFirst = !verbsSoFar.has(verb) && isStartedHere(verb);
  if (isFirst) verbsSoFar.add(verb);
  const program = isFirst || needsProcess(verb, given) ? undefined : await packedHere();
  if (program === undefined) return await runProgram(SPANHOUND, args, given);
  const call = lastCall.then(() => runHere(program, args, given));
  lastCall = call.catch(() => undefined);
  return await call;
}

/** `audit.test.ts` starts `audit`, and other files need not. The files of one worker share what is loaded. */
export const STARTED_IN_OWN_FILE: readonly string[] = (
  'analyze audit case compare completion diff doctor http incidents investigate ' +
  'json postmortem redaction release review services time timeline token trace'
).split(' ');

/** The first call in each worker starts any other verb. */
function isStartedHere(verb: string): boolean {
  return !STARTED_IN_OWN_FILE.includes(verb) || expect.getState().testPath?.endsWith(`/cli/${verb}.test.ts`) === true;
}

/** These start the bot, or keep other processes out of the store. */
const ALONE = ['demo', 'migrate', 'backup', 'restore', 'forget'];
/** Node reads these at its start. */
const OF_NODE = /^(TZ|NODE_.*|SPANHOUND_DEBUG|.*_PROXY)$/i;

function needsProcess(verb: string, { env = {}, cwd }: RunOptions): boolean {
  return cwd !== undefined || ALONE.includes(verb) || Object.keys(env).some((name) => OF_NODE.test(name));
}

/** Loaded once. Undefined where nothing was packed since a source changed. */
async function packedHere(): Promise<Program | undefined> {
  packed ??= import(new URL('bin/packed.mjs', ROOT).href).then(({ packedProgram }) => packedProgram());
  return await packed;
}

async function runHere(program: Program, args: readonly string[], { env = {}, stdin = '' }: RunOptions) {
  const [out, err] = [kept(), kept()];
  const restore = [
    replaced('stdin', Readable.from(stdin.length === 0 ? [] : [Buffer.from(stdin)])),
    replaced('stdout', out.stream),
    replaced('stderr', err.stream),
  ];
  try {
    const code = await program.run(args, { PATH: process.env.PATH, ...env });
    const bytes = out.bytes();
    return { code, bytes, stdout: bytes.toString(), stderr: err.bytes().toString() };
  } finally {
    for (const back of restore) back();
  }
}

function kept() {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  return { stream, bytes: () => Buffer.concat(chunks) };
}

/** Returns what puts the process's own stream back. */
function replaced(name: 'stdin' | 'stdout' | 'stderr', value: Readable | Writable): () => void {
  const own = Object.getOwnPropertyDescriptor(process, name);
  Object.defineProperty(process, name, { configurable: true, enumerable: true, value });
  return () => void (own && Object.defineProperty(process, name, own));
}

export async function runProgram(
  program: string,
  args: readonly string[],
  { env = {}, stdin = '', cwd = process.cwd() }: RunOptions = {},
): Promise<Finished> {
  const child = spawn(program, args, { cwd, env: { ...OF_EVERY_PROGRAM, ...env } });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk) => out.push(chunk));
  child.stderr.on('data', (chunk) => err.push(chunk));
  child.stdin.on('error', () => undefined); // it may end without having read
  child.stdin.end(stdin);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const bytes = Buffer.concat(out);
  return { code, bytes, stdout: bytes.toString(), stderr: Buffer.concat(err).toString() };
}
