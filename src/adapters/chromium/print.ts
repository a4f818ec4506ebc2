/** Prints an HTML page as PDF with an installed Chromium. The page has no script, and gets no network. */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { SpanhoundError } from '#core/errors.ts';

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
/** A page takes about two seconds; a machine under load, many more. */
const PATIENCE_MS = 60_000;
/** A problem quotes so much of the end of Chromium's error output. */
const SAID_CHARS = 300;

const FLAGS = [
  '--headless',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND',
  '--no-pdf-header-footer',
];

class NoPdfError extends SpanhoundError {
  override readonly name = 'NoPdfError';
  readonly code = 'SH_NO_PDF';
  readonly advice = 'Print the page of --format html in a browser.';

  constructor(why: string) {
    super(`no PDF was made: ${why}`);
  }
}

/** `program`: the path of a Chromium. */
export async function printPdf(html: string, program: string): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'spanhound-pdf-'));
  try {
    const [page, pdf] = [join(folder, 'page.html'), join(folder, 'page.pdf')];
    await writeFile(page, html, { mode: 0o600 });
    const said = await run(program, [
      ...FLAGS,
      // Chromium refuses to start as root with its sandbox, such as in a container.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      `--user-data-dir=${join(folder, 'profile')}`,
      `--print-to-pdf=${pdf}`,
      pathToFileURL(page).href,
    ]);
    const printed = await readFile(pdf).catch(() => undefined);
    if (printed === undefined || printed.length === 0) throw new NoPdfError(`${program} wrote none. It said: ${said}`);
    return printed;
  } finally {
    // Its helpers may still write into the profile.
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The first Chromium in the folders of `path`. */
export function chromiumOn(path: string): string | undefined {
  const places = path.split(delimiter).filter((folder) => folder !== '');
  return PROGRAMS.flatMap((name) => places.map((folder) => join(folder, name))).find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Resolves with the end of its error output. A program that ended early may have written half a page. */
async function run(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: PATIENCE_MS,
    killSignal: 'SIGKILL',
  });
  let said = '';
  child.stderr.on('data', (piece) => {
    said = `${said}${piece}`.slice(-SAID_CHARS);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', ({ message }) => reject(new NoPdfError(`${program} did not start: ${message}`)));
    // Its helpers may hold its output open for longer.
    child.on('exit', resolve);
  });
  await setImmediate();
  child.stderr.destroy();
  const words = said.trim().replaceAll(/\s+/g, ' ');
  if (code === null)
    throw new NoPdfError(`${program} was ended, after ${PATIENCE_MS / 1_000} s or by somebody. It said: ${words}`);
  if (code !== 0) throw new NoPdfError(`${program} failed (exit ${code}). It said: ${words}`);
  return words;
}
