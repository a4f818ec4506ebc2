/** Answers of language models, which take as long as their text. */
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathUs } from '#model/trace/views/critical-path.ts';
import { questionsInARow } from '#model/trace/views/model-questions.ts';
import { LEAST_WAIT_US, longSpans, MOST_OF_TIME } from '#model/trace/views/request-spans.ts';

/** Slower models make the wait a fault again: interactive models answer with 20 and more tokens a second. */
const LEAST_TOKENS_A_SECOND = 10;

/** Most of the time is that of language models, and they are quick. */
export function isModelAnswer(trace: Trace): boolean {
  const spans: SpanIndex[] = [];
  let isSlow = false;
  for (const span of longSpans(trace, LEAST_WAIT_US)) {
    if (!trace.hasAttribute(span, MODEL_ATTRIBUTE)) continue;
    if (readsQuickly(trace, span)) {
      spans.push(span);
      continue;
    }
    const tokens = trace.number(span, 'gen_ai.usage.output_tokens') ?? tokensWithin(trace, span);
    if (tokens === undefined) continue;
    if (tokens / (trace.durationOfUs(span) / 1e6) >= LEAST_TOKENS_A_SECOND) spans.push(span);
    else isSlow = true;
  }
  if (isSlow || spans.length === 0 || isLoop(trace, spans)) return false;
  return pathUs(trace, spans) >= MOST_OF_TIME * trace.durationOfUs(trace.root);
}

/** An agent asks its model again after each tool. Frameworks stop it after 10 (OpenAI Agents) to 25 steps (LangGraph). */
const MOST_STEPS = 25;

/**
 * One caller asks the model more often than an agent may, one after another, and nothing else happens between. Fewer
 * questions count where none shows that it goes on from another.
 */
function isLoop(trace: Trace, spans: readonly SpanIndex[]): boolean {
  const questions = questionsInARow(trace);
  if (spans.every((span) => questions.has(span))) return true;
  if (spans.length <= MOST_STEPS) return false;
  const [first = trace.root] = spans;
  const caller = trace.parent(first);
  const areOfOne = spans.every(
    (span) => trace.parent(span) === caller && trace.operation(span) === trace.operation(first),
  );
  return areOfOne && caller !== undefined && trace.childCount(caller) < 2 * spans.length;
}

/** One text for an embedding has up to 8,191 tokens (OpenAI), and people keep their attention for ten seconds (Nielsen). */
const LEAST_READ_A_SECOND = 800;
/** Quicker calls are short, and many of them are a loop (Nielsen: the flow of thought). */
const LEAST_READING_US = 1_000_000;
/** Calls that read texts and write none. */
const READS = /^(?:embeddings?|rerank|EMBEDDING|RERANKER)$/;

function readsQuickly(trace: Trace, span: SpanIndex): boolean {
  if (trace.failed(span) || trace.durationOfUs(span) < LEAST_READING_US) return false;
  if (!TASK.some((name) => READS.test(trace.text(span, name)))) return false;
  const tokens = trace.number(span, 'gen_ai.usage.input_tokens') ?? 0;
  return tokens / (trace.durationOfUs(span) / 1e6) >= LEAST_READ_A_SECOND;
}

/** A paragraph, which a call without a count is taken to have: 100 tokens, which the slowest model writes in ten seconds. */
const UNCOUNTED_TOKENS = 100;
/** The calls that write a text; an agent's span holds such calls and more. OpenTelemetry, OpenLLMetry, OpenInference, Bedrock. */
const WRITES =
  /^(?:chat|(?:text_)?completion|generate_content|LLM|InvokeModel|Converse)(?:Stream|WithResponseStream)?$/;
const TASK = ['gen_ai.operation.name', 'llm.request.type', 'openinference.span.kind', 'rpc.method'];
const MODEL_ATTRIBUTE = /^(?:gen_ai|llm|openinference|aws\.bedrock)\./;

function tokensWithin(trace: Trace, span: SpanIndex): number | undefined {
  if (trace.failed(span) || !TASK.some((name) => WRITES.test(trace.text(span, name)))) return undefined;
  return UNCOUNTED_TOKENS;
}
