/**
 * Questions to a language model that one caller asks one right after another, although none shows that it goes on from
 * the answer before: each essay of a class, each page of a document.
 *
 *   [ POST /grade/class                          ]
 *     [ chat ][ chat ][ chat ][ chat ][ chat ]
 *
 * Turns of a conversation or of an agent are none: they share a conversation, ask for tools, or grow by the last answer.
 */
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { view } from '#model/trace/view.ts';
import { spansWith } from '#model/trace/views/span-signs.ts';

/** Sentry's least number of calls for an N+1. Chains of prompts (outline, draft, check, rewrite) are shorter. */
const LEAST_QUESTIONS = 5;
/** Sentry's least number of calls in a row. */
const LEAST_NAMED = 3;
/** The prompt that a question was made from: OpenTelemetry, Langfuse, OpenInference, Traceloop, LangSmith, MLflow. */
const PROMPT_NAME = /(?:^|[._])prompt(?:_?template)?[._](?:name|key|id)$/i;
/** A step of a chain has its name from what it does with the answer before. */
const STEP =
  /outline|draft|plan|check|review|critic|critique|judge|rewrite|refine|improve|revise|edit|polish|correct|fix|final|merge|combine|summar|extract|classif|route|rout(?:er|ing)|translat|answer|step|stage|\d/i;
/** A longer pause is a step of its own: a tool, or a decision. A share of the question before it. */
const LONGEST_PAUSE = 0.1;
const MOST_LEVELS = 50;

/** Calls of the task that OpenTelemetry names so; an agent's span holds such calls and more. */
const ASKS = /^(?:chat|text_completion|generate_content)\b/i;

export const questionsInARow = view((trace): ReadonlySet<SpanIndex> => {
  const asked = spansWith(trace, { operation: (name) => ASKS.test(name) }).filter(
    (span) => !trace.failed(span) && trace.text(span, 'gen_ai.operation.name') !== '',
  );
  const rows = Map.groupBy(asked, (span) => `${trace.parent(span) ?? ''}\n${trace.operation(span)}`);
  return new Set([...rows.values()].filter((row) => isRowOfQuestions(trace, row)).flat());
});

function isRowOfQuestions(trace: Trace, row: readonly SpanIndex[]): boolean {
  const caller = trace.parent(row[0] ?? trace.root);
  if (
    caller === undefined ||
    row.length < (haveOwnPrompts(trace, row) || haveOwnElements(trace, caller, row) ? LEAST_NAMED : LEAST_QUESTIONS) ||
    isOfAgent(trace, caller)
  )
    return false;
  const follows = (span: SpanIndex, at: number) => {
    const before = row[at - 1];
    const pauseUs = before === undefined ? 0 : trace.startUs(span) - trace.endUs(before);
    return before === undefined || (pauseUs >= 0 && pauseUs <= LONGEST_PAUSE * trace.durationOfUs(before));
  };
  return row.every(follows) && !row.some((span) => isTurn(trace, span)) && !doesGrow(trace, row);
}

/** Each has a prompt of its own, and none is a step of a chain: the same text in three tones, for three readers. */
function haveOwnPrompts(trace: Trace, row: readonly SpanIndex[]): boolean {
  const names = row.map((span) => {
    const known = Object.entries(trace.attributesFor(span, PROMPT_NAME)).find(([name]) => PROMPT_NAME.test(name));
    return String(known?.[1] ?? '');
  });
  return new Set(names).size === row.length && !names.some((name) => name === '' || STEP.test(name));
}

/**
 * Each question is about another element of a set that the caller counted before: `dishes` = 4 on the caller, `dish` on each.
 * Rounds and steps are no elements, because each goes on from the one before.
 */
function haveOwnElements(trace: Trace, caller: SpanIndex, row: readonly SpanIndex[]): boolean {
  const own = row.map((span) => trace.attributesFor(span, ELEMENT));
  const counted = Object.entries(trace.attributesFor(caller, ELEMENT));
  return counted.some(([set, count]) => {
    if (Number(count) !== row.length || !ELEMENT.test(set) || STEP.test(set) || IN_TURN.test(set)) return false;
    const element = Object.keys(own[0] ?? {}).find((name) => PLURALS.some((plural) => plural(name) === set));
    const values = element === undefined ? [] : own.map((attributes) => String(attributes[element] ?? ''));
    return element !== undefined && !values.includes('') && new Set(values).size === row.length;
  });
}

/** A name that the code gave: `dish`, `app.dish`. Conventions count tokens, messages and attempts. */
const ELEMENT = /^(?!(?:gen_ai|llm|http|rpc|db|messaging|server|url|net|code|thread)[._])[a-z][\w.]{0,60}$/i;
const IN_TURN = /turn|round|iteration|attempt|retr(?:y|ies)|tr(?:y|ies)\b|loop|level|depth|message|token|tool/i;
const PLURALS: readonly ((name: string) => string)[] = [
  (name) => `${name}s`,
  (name) => `${name}es`,
  (name) => name.replace(/y$/, 'ies'),
];

function isOfAgent(trace: Trace, caller: SpanIndex): boolean {
  let above: SpanIndex | undefined = caller;
  for (let level = 0; level < MOST_LEVELS && above !== undefined; level += 1, above = trace.parent(above))
    if (trace.hasAttribute(above, /^gen_ai\.agent\./) || trace.text(above, 'gen_ai.operation.name') === 'invoke_agent')
      return true;
  return false;
}

const OF_CONVERSATION = /^(?:gen_ai\.(?:conversation|thread)\.id|session\.id)$/;

function isTurn(trace: Trace, span: SpanIndex): boolean {
  if (trace.hasAttribute(span, OF_CONVERSATION)) return true;
  return /\btool|\bfunction/i.test(trace.text(span, 'gen_ai.response.finish_reasons'));
}

/** Each question has more tokens than the one before: it holds that answer. */
function doesGrow(trace: Trace, row: readonly SpanIndex[]): boolean {
  const tokens = row.map((span) => trace.number(span, 'gen_ai.usage.input_tokens'));
  return tokens.every((many, at) => many !== undefined && (at === 0 || many > (tokens[at - 1] ?? many)));
}
