/** A tool: its arguments, the shape of its answer, and the work. All tools only read. */
import { z } from 'zod';
import { DEFAULT_CHARS, FEWEST_CHARS, MOST_CHARS, type WholeAnswer } from '#mcp/answer.ts';
import type { Parts } from '#mcp/parts.ts';

export type ToolCall = Readonly<{ parts: Parts; signal: AbortSignal }>;

export type Tool = Readonly<{
  name: string;
  title: string;
  /** For the model: what it is for, and when to take another one. */
  description: string;
  /** Whether it asks systems outside, such as Jaeger, and not only the store. */
  asksSystems: boolean;
  input: z.ZodObject;
  output: z.ZodObject;
  /** The lists of its answer, in the order of the output. */
  lists: readonly string[];
  /** `given`: parsed by `input`. */
  answer(given: unknown, call: ToolCall): Promise<WholeAnswer>;
}>;

type ToolText = Pick<Tool, 'name' | 'title' | 'description' | 'asksSystems'>;

/** Checks at compile time that the work takes what `input` describes. */
export function defineTool<Input extends z.ZodRawShape>({
  input,
  facts,
  lists,
  answer,
  ...text
}: ToolText &
  Readonly<{
    input: Input;
    facts: z.ZodRawShape;
    lists: Readonly<Record<string, z.ZodType>>;
    answer(given: z.output<z.ZodObject<Input>>, call: ToolCall): Promise<WholeAnswer>;
  }>): Tool {
  const names = Object.keys(lists);
  const counts = Object.fromEntries(['lines', ...names].map((name) => [name, z.int().nonnegative()]));
  const items = Object.fromEntries(Object.entries(lists).map(([name, item]) => [name, z.array(item)]));
  return {
    ...text,
    input: z.strictObject({ ...input, ...PAGING }),
    output: z.looseObject({ ...facts, ...items, ...PAGE, leftOut: z.strictObject(counts).describe(LEFT_OUT) }),
    lists: names,
    answer: (given, call) => answer(given as z.output<z.ZodObject<Input>>, call),
  };
}

const PAGING = {
  maxCharacters: z
    .int('must be a whole number')
    .min(FEWEST_CHARS, `must be at least ${FEWEST_CHARS}`)
    .max(MOST_CHARS, `must be at most ${MOST_CHARS}`)
    .default(DEFAULT_CHARS)
    .describe('The longest answer: characters of text and structured content together.'),
  cursor: z
    .string('must be text')
    .max(100, 'must have at most 100 characters')
    .optional()
    .describe('nextCursor of the page before, with the same arguments, for what that page left out.'),
};

export type Paging = z.output<z.ZodObject<typeof PAGING>>;

const LEFT_OUT = 'How many lines of the text and entries of each list follow on later pages.';

const PAGE = {
  notice: z.string().describe('How to read quoted texts.'),
  digest: z.string().describe('SHA-256 of the whole answer: the same evidence gives the same digest.'),
  nextCursor: z.string().optional().describe('For the next page; missing on the last one.'),
};

/** `INC-12` */
export const IncidentArgument = z
  .string('must be text')
  .max(20, 'must be a name such as INC-12')
  .describe('The name of an incident, such as INC-12. list_incidents names all.');
