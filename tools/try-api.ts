/**
 * Lets Schemathesis try the REST API: it makes requests from the OpenAPI document, right and wrong ones, and checks each
 * answer against it. It is a Python program, installed into a folder of its own. Ends with 2 if that fails.
 */
import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withServedApi } from './deep/served-api.ts';

const run = promisify(execFile);

const VERSION = '4.32.5';
const NOT_INSTALLED = 2;
/** Requests of one route and one kind. A run takes about a minute. */
const EXAMPLES = '100';
const MOST_OUTPUT = 50_000_000;

/** 422 is the documented answer to arguments of the right form that say nothing: a trace that is none. */
const CONFIG = `[checks]
positive_data_acceptance.expected-statuses = ["2xx", 401, 403, 404, 409, 422, 429]
`;

process.exitCode = await withServedApi(async ({ url, token, folder, bugs }) => {
  const bin = join(folder, 'python', 'bin');
  try {
    await run('python3', ['-m', 'venv', join(folder, 'python')]);
    await run(join(bin, 'pip'), ['install', '--quiet', `schemathesis==${VERSION}`]);
  } catch (error) {
    console.log(`Schemathesis cannot be installed: ${lastLineOf(error)}`);
    return NOT_INSTALLED;
  }
  const config = join(folder, 'schemathesis.toml');
  writeFileSync(config, CONFIG);
  const seed = `${randomInt(1, 1_000_000_000)}`;
  const given = ['--url', url, '--header', `Authorization: Bearer ${token}`, '--no-color'];
  const amount = ['--max-examples', EXAMPLES, '--seed', seed, '--generation-database', 'none', '--warnings', 'off'];
  const args = ['--config-file', config, 'run', `${url}/openapi.json`, ...given, ...amount];
  const { stdout, failed } = await run(join(bin, 'schemathesis'), args, { cwd: folder, maxBuffer: MOST_OUTPUT }).then(
    (done) => ({ stdout: done.stdout, failed: false }),
    (error: { stdout?: string }) => ({ stdout: error.stdout ?? '', failed: true }),
  );
  console.log(stdout);
  for (const bug of bugs) console.log('BUG:', bug);
  const cases = Number(/(\d+) generated/.exec(stdout)?.[1] ?? 0);
  const failures = Number(/(\d+) unique failures?/.exec(stdout)?.[1] ?? 0);
  console.log(`${cases} requests of Schemathesis ${VERSION}, ${failures} failures, seed ${seed}`);
  return failed || bugs.length > 0 || cases === 0 ? 1 : 0;
});

function lastLineOf(error: unknown): string {
  const { stderr = '', message = '' } = error as { stderr?: string; message?: string };
  return (stderr.trim() || message).split('\n').at(-1) ?? '';
}
