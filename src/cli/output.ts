/** Where a command writes its result, and in which form. Results go to stdout or a file, everything else to stderr. */

import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import { type Call, FORMS, type Form, type OutputOptions, type UsualForm } from '#cli/call.ts';
import { printable } from '#cli/printable.ts';
import { UnreadableInputError, UsageError } from '#core/errors.ts';
import { writeTrouble } from '#core/file-trouble.ts';

export type Output<F extends Form = UsualForm> = Readonly<{
  form: F;
  /** The text layout: as wide as the terminal, in colour only on a terminal. */
  text: Readonly<{ width: number; colour: boolean }>;
  /** Resolves when the data was accepted: a slow reader is waited for. */
  write(content: Content): Promise<void>;
}>;

/** Text may come in pieces that are generated on demand. */
export type Content = string | Uint8Array | Iterable<string>;

/** Wide enough for a waterfall, narrow enough for a ticket. */
const WIDTH_OFF_TERMINAL = 100;

const FORM_OF_ENDING: Readonly<Record<string, Form>> = {
  '.txt': 'text',
  '.log': 'text',
  '.json': 'json',
  '.jsonl': 'json',
  '.md': 'md',
  '.markdown': 'md',
  '.html': 'html',
  '.htm': 'html',
  '.png': 'png',
  '.pdf': 'pdf',
  '.svg': 'svg',
};

/** The first possible form is the default. */
export function openOutput(call: Call): Output;
export function openOutput<F extends Form>(call: Call, possible: readonly F[]): Output<F>;
export function openOutput({ env, options }: Call, possible: readonly Form[] = FORMS): Output<Form> {
  const { out } = options;
  const form = chosenForm(options, possible);
  if (!possible.includes(form)) {
    throw new UsageError(`there is no ${form} form of this`, `Choose one of: ${possible.join(', ')}.`);
  }
  const onTerminal = out === undefined && process.stdout.isTTY === true;
  if ((form === 'png' || form === 'pdf') && onTerminal) {
    throw new UsageError(
      `a terminal cannot show a ${form === 'png' ? 'picture' : 'PDF'}`,
      `Name a file for it: --out answer.${form}`,
    );
  }
  const colour = onTerminal && !env.NO_COLOR;
  return {
    form,
    text: { width: (onTerminal ? process.stdout.columns : undefined) ?? WIDTH_OFF_TERMINAL, colour },
    write: inPieces(out === undefined ? toStdout : toFile(out), (text) => printable(text, form, colour)),
  };
}

/** The file's ending selects the form if no option does. */
function chosenForm({ json, format, out }: OutputOptions, possible: readonly Form[]): Form {
  if (json && format !== undefined && format !== 'json') {
    throw new UsageError(`--json and --format ${format} contradict each other`, 'Leave one of them out.');
  }
  const usual = possible[0] ?? 'text';
  return format ?? (json ? 'json' : out === undefined ? usual : formOfFile(out, usual, possible));
}

/** Rejects unknown endings: text in a file named .docx would surprise its reader. */
function formOfFile(out: string, usual: Form, possible: readonly Form[]): Form {
  const ending = extname(out).toLowerCase();
  const form = ending === '' ? usual : FORM_OF_ENDING[ending];
  if (form === undefined) {
    const endings = Object.entries(FORM_OF_ENDING).flatMap(([one, of]) => (possible.includes(of) ? [one] : []));
    throw new UsageError(
      `${ending} is not a supported ending`,
      `Name a file that ends in ${endings.join(', ')}, or use --format, which overrides the ending.`,
    );
  }
  return form;
}

/** In characters. Smaller pieces are joined, because a write costs more than producing them. */
const LEAST_PIECE = 16_384;

type Write = (content: string | Uint8Array) => Promise<void>;

function inPieces(write: Write, clean: (text: string) => string): Output['write'] {
  return async (content) => {
    if (content instanceof Uint8Array) return await write(content);
    if (typeof content === 'string') return await write(clean(content));
    let piece = '';
    for (const part of content) {
      piece += part;
      if (piece.length < LEAST_PIECE) continue;
      await write(clean(piece));
      piece = '';
    }
    if (piece !== '') await write(clean(piece));
  };
}

function toStdout(content: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(content, (error) => (error ? reject(error) : resolve()));
  });
}

/** The file is opened only when there is data: a failed run keeps the last good file. */
function toFile(path: string): Write {
  let flags = 'w';
  return async (content) => {
    try {
      const file = await open(path, flags);
      await file.writeFile(content).finally(() => file.close());
      flags = 'a';
    } catch (error) {
      throw new UnreadableInputError(
        `cannot write ${path}: ${writeTrouble(error)}`,
        'Check that the folder is there and may be written to.',
      );
    }
  };
}
