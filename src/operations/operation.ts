/**
 * An operation: its arguments, the shape of its answer, and the work. All of them only read. The MCP server offers each as
 * a tool, the REST API as a route.
 */
import { z } from 'zod';
import type { Scope } from '#model/access/scopes.ts';
import { CURSOR, DEFAULT_CHARS, FEWEST_CHARS, MOST_CHARS, type WholeAnswer } from '#operations/answer.ts';
import type { Parts } from '#operations/parts.ts';

/** In the REST API, below its version. `{incident}` in the path is the argument with this name. */
export type Route = Readonly<{
  method: 'GET' | 'POST';
  path: `/${string}`;
  /** Arguments that the API does not take. @default none */
  without?: readonly string[];
}>;

export type OperationCall = Readonly<{ parts: Parts; signal: AbortSignal }>;

export type Operation = Readonly<{
  name: string;
  title: string;
  /** For a model or a person: what it is for, and when to take another one. */
  description: string;
  /** Whether it asks systems outside, such as Jaeger, and not only the store. */
  asksSystems: boolean;
  route: Route;
  /** What a token needs for it. */
  scope: Scope;
  input: z.ZodObject;
  output: z.ZodObject;
  /** The lists of its answer, in the order of the output. */
  lists: readonly string[];
  /** `given`: parsed by `input`. */
  answer(given: unknown, call: OperationCall): Promise<WholeAnswer>;
}>;

type OperationText = Pick<Operation, 'name' | 'title' | 'description' | 'asksSystems' | 'route' | 'scope'>;

/** Checks at compile time that the work takes what `input` describes. */
export function defineOperation<Input extends z.ZodRawShape>({
  input,
  facts,
  lists,
  answer,
  ...text
}: OperationText &
  Readonly<{
    input: Input;
    facts: z.ZodRawShape;
    lists: Readonly<Record<string, z.ZodType>>;
    answer(given: z.output<z.ZodObject<Input>>, call: OperationCall): Promise<WholeAnswer>;
  }>): Operation {
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
    .regex(CURSOR, 'is not one of this server: give nextCursor of the page before')
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

export const ServiceArgument = z
  .string('must be text')
  .min(1, 'must not be empty')
  .max(500, 'must have at most 500 characters')
  .describe('The name of a service. list_services names all.');

export const InstantArgument = z.string('must be text').max(100, 'must have at most 100 characters');

/** `INC-12` */
export const IncidentArgument = z
  .string('must be text')
  .max(20, 'must be a name such as INC-12')
  .regex(/^[Ii][Nn][Cc]-[1-9][0-9]{0,8}$/, 'must be a name such as INC-12')
  .describe('The name of an incident, such as INC-12. list_incidents names all.');
