/**
 * The mapping of a sender that no system's folder reads: where in its bodies, or in its messages, the parts of an alert
 * stand. Paths and patterns run over texts of others, so each must stay fast on any text: see `pattern.ts`.
 */
import { z } from 'zod';
import { says } from '#config/fields.ts';
import { patternProblem } from '#model/redaction/pattern.ts';

/** Longer than anybody writes by hand. */
const LONGEST_PATH = 300;

/** A JSONPath, RFC 9535. Its functions `match` and `search` run patterns that the sender's body could slow down. */
function pathProblem(path: string): string | undefined {
  if (!path.startsWith('$')) return 'must be a JSONPath that begins with $';
  if (path.length > LONGEST_PATH) return `must have at most ${LONGEST_PATH} characters`;
  if (/\b(?:match|search)\s*\(/.test(path)) return 'must not use match or search: use pattern instead';
  return (path.match(/\.\./g)?.length ?? 0) > 1 ? 'must use .. only once' : undefined;
}

function checked(problem: (text: string) => string | undefined) {
  return z
    .string(says('must be text'))
    .min(1, 'must not be empty')
    .superRefine((text, context) => {
      const message = problem(text);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    });
}

const Path = () => checked(pathProblem);
const Pattern = () => checked(patternProblem);
/** A path, or a fixed text. */
const PathOrText = () => checked((text) => (text.startsWith('$') ? pathProblem(text) : undefined));
const Place = () => z.strictObject({ path: Path().optional(), pattern: Pattern().optional() });
const Part = () => z.union([PathOrText(), Place()], 'must be a path, a text, or a path and a pattern');
const Words = () =>
  z
    .array(z.string(says('must be text')).min(1), 'must be a list of words')
    .max(50)
    .prefault([]);

const State = z.union(
  [
    PathOrText(),
    z.strictObject({
      path: Path().optional(),
      pattern: Pattern().optional(),
      triggered: Words(),
      acknowledged: Words(),
      resolved: Words(),
    }),
  ],
  'must be a path, or a path with the words of each state',
);

const Name = () => z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'must be a name in small letters');

export const SenderMapping = z.strictObject({
  when: z.union([Part(), z.array(Part()).max(10)]).optional(),
  from: z.string(says('must be the name of an app')).min(1, 'must not be empty').max(200).optional(),
  title: Part(),
  service: Part().optional(),
  state: State.optional(),
  severity: Part().optional(),
  time: Part().optional(),
  key: Part().optional(),
  url: Part().optional(),
  trace: Part().optional(),
  links: z.record(z.string().max(100), Part()).prefault({}),
  labels: z.record(z.string().max(100), Part()).prefault({}),
});
export type SenderMapping = z.output<typeof SenderMapping>;

export const SenderMappings = () => z.record(Name(), SenderMapping);
