/**
 * `test/unsteady.json`: test files that sometimes fail although nothing is wrong, each with its cause and what will mend
 * it. `.ci/run` runs such a file once more, alone. The list is short, so that a file leaves it before another one comes.
 */
import { z } from 'zod';

export const UNSTEADY = 'test/unsteady.json';

const MOST = 3;

/**
 * Where a failure may be a lost message, a lost record or a shown secret, it is never chance: storing, sending, leases,
 * kills, permissions, redaction.
 */
const NEVER = [
  /^test\/(?:record|chaos)\//,
  /store|database|postgres|sqlite|migration|retention|writes|keep-case/,
  /outbox|inbox|sender|delivery/,
  /lease|taken-work|replica|killed|main\.process/,
  /permission|operators|access|secret|proved|audit|signature|sign-|verify/,
  /redact|forget|injection/,
];

const Entries = z
  .array(
    z.strictObject({
      file: z.string().regex(/^test\/[\w./-]+\.test\.ts$/, 'has to be a path such as test/e2e/x.test.ts'),
      cause: z.string().min(20, 'has to say in a sentence why it fails'),
      mend: z.string().min(20, 'has to say in a sentence what will mend it'),
    }),
  )
  .max(MOST, `holds more than ${MOST}: mend one first`)
  .superRefine((entries, context) => {
    for (const [i, { file }] of entries.entries()) {
      const problem = isNeverChance(file)
        ? 'guards what must never fail: its failure is no chance'
        : entries.findIndex((other) => other.file === file) < i && 'stands there twice';
      if (problem) context.addIssue({ code: 'custom', path: [i, 'file'], message: problem });
    }
  });

export function isNeverChance(file: string): boolean {
  return NEVER.some((pattern) => pattern.test(file));
}

/** The files on the list. Throws where the list breaks its rules. */
export function unsteadyFiles(text: string): readonly string[] {
  const { data, error } = Entries.safeParse(JSON.parse(text));
  if (error) throw new Error(`${UNSTEADY} is wrong:\n${z.prettifyError(error)}`);
  return data.map(({ file }) => file);
}
