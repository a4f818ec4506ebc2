/**
 * Reads runbooks in Markdown from this machine: `checkout.md` is that of the service `checkout`, and its task list has the
 * steps. They are read when somebody looks, so that a correction counts at once.
 */
import { open, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { sha256 } from '#core/sha256.ts';
import type { ReadRunbookSteps, RunbookCommand, RunbookStep, RunbookSteps } from '#model/incident/runbook.ts';

const LARGEST_BYTES = 200_000;
const MOST_FILES = 5_000;
const MOST_STEPS = 40;
const MOST_COMMANDS = 3;
const TEXT_CHARS = 300;
const COMMAND_CHARS = 500;
const LINE_CHARS = 2_000;
const ID_CHARS = 12;

/** `paths`: folders and files. Names from outside never become a part of a path: they are compared with what is there. */
export function runbookFiles(paths: readonly string[]): ReadRunbookSteps {
  return async (names) => {
    const wanted = new Set(names.map((name) => `${name.toLowerCase()}.md`));
    for (const path of paths) {
      const files = await filesOf(path);
      const file = files.find((one) => wanted.has(basename(one).toLowerCase()));
      const text = file === undefined ? undefined : await textOf(file);
      if (text !== undefined) return runbookSteps(text);
    }
    return undefined;
  };
}

/** Kubernetes mounts the files of a ConfigMap as links. */
async function filesOf(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return [path];
  const files = entries.filter((entry) => entry.isFile() || entry.isSymbolicLink()).map(({ name }) => name);
  return files
    .sort()
    .slice(0, MOST_FILES)
    .map((name) => join(path, name));
}

/** Undefined where it is no file, or too large. */
async function textOf(path: string): Promise<string | undefined> {
  try {
    if (!(await stat(path)).isFile()) return undefined;
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(LARGEST_BYTES + 1), 0, LARGEST_BYTES + 1, 0);
      return bytesRead > LARGEST_BYTES ? undefined : buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

const TASK = /^ {0,12}(?:[-*+]|\d{1,3}[.)]) {1,4}\[[ xX]\] {1,4}(\S.*)$/;
const FENCE = /^ {0,16}(`{3,10}|~{3,10}) {0,3}([\w-]{0,20})/;

type OpenStep = { text: string; commands: RunbookCommand[] };

/** The items `- [ ] …` of a Markdown file, with the code blocks below them. A tick in the file means nothing here. */
export function runbookSteps(markdown: string): RunbookSteps {
  const steps: OpenStep[] = [];
  let below: OpenStep | undefined;
  let block: { fence: string; language: string; lines: string[] } | undefined;
  for (const raw of markdown.split('\n')) {
    const line = raw.slice(0, LINE_CHARS).trimEnd().replaceAll('\t', '    ');
    const [, fence, language = ''] = FENCE.exec(line) ?? [];
    if (block !== undefined) {
      if (fence === undefined || language !== '' || !fence.startsWith(block.fence)) block.lines.push(line);
      else {
        below?.commands.push(commandOf(block));
        block = undefined;
      }
      continue;
    }
    const task = TASK.exec(line)?.[1];
    if (fence !== undefined) block = { fence, language, lines: [] };
    else if (task !== undefined) {
      below = { text: task, commands: [] };
      steps.push(below);
    } else if (line !== '' && !line.startsWith('  ')) below = undefined;
    else if (below !== undefined && line !== '' && below.commands.length === 0) below.text += ` ${line.trim()}`;
  }
  return { steps: withIds(steps.slice(0, MOST_STEPS)), more: Math.max(0, steps.length - MOST_STEPS) };
}

/** Without the indentation that all lines share. */
function commandOf({ language, lines }: Readonly<{ language: string; lines: readonly string[] }>): RunbookCommand {
  const indents = lines.filter((line) => line !== '').map((line) => line.length - line.trimStart().length);
  const indent = Math.min(...indents, LINE_CHARS);
  const text = lines.map((line) => line.slice(indent)).join('\n');
  return { text: text.trim().slice(0, COMMAND_CHARS), language };
}

/** The second of two steps with one text has another id. */
function withIds(steps: readonly OpenStep[]): readonly RunbookStep[] {
  const seen = new Map<string, number>();
  return steps.map(({ text, commands }) => {
    const said = text.slice(0, TEXT_CHARS);
    const count = (seen.get(said) ?? 0) + 1;
    seen.set(said, count);
    const id = `run-${sha256(`${count} ${said}`).slice(0, ID_CHARS)}`;
    return { id, text: said, commands: commands.filter(({ text }) => text !== '').slice(0, MOST_COMMANDS) };
  });
}
