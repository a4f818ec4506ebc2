/** The differences between a failing trace and healthy ones. */
import { z } from 'zod';
import { UsageError } from '#core/errors.ts';
import { readTraceId } from '#model/trace/trace-id.ts';
import type { Item, WholeAnswer } from '#operations/answer.ts';
import { defineOperation } from '#operations/operation.ts';
import type { SentTexts } from '#operations/parts.ts';
import { isTraceText, SideArgument } from '#operations/sent-texts.ts';
import { quotedReport } from '#present/documents/quoted-lines.ts';
import type { PresentedComparison } from '#present/present-comparison.ts';
import type { SideSource } from '#workflows/traces/compare.ts';

/** As many healthy traces show the variation; each asks the sources several times. */
const MOST_HEALTHY = 10;

const Change = z.looseObject({ service: z.string(), operation: z.string(), certainty: z.string() });

export const compareOperation = defineOperation({
  name: 'compare',
  title: 'Compare traces',
  description:
    'Shows the differences between a failing or slow trace and healthy ones of the same request: calls that are new or missing, times, attributes, responses, log lines. Without `healthy`, it finds healthy traces itself.',
  asksSystems: true,
  route: { method: 'POST', path: '/compare' },
  scope: 'diagnose',
  input: {
    failing: SideArgument,
    healthy: z
      .array(SideArgument, 'must be a list of traces')
      .max(MOST_HEALTHY, `must have at most ${MOST_HEALTHY} traces`)
      .default([])
      .describe('Healthy traces to compare with. Default: found in the sources.'),
  },
  facts: {
    headline: z.string().describe('The difference that matters most, in one sentence.'),
    standing: z.string(),
    certainty: z.string(),
    kind: z.string(),
    healthyTraces: z.int(),
    failingTraces: z.int(),
  },
  lists: {
    structure: Change,
    durations: Change,
    attributes: Change,
    responses: Change,
    logs: z.looseObject({ change: z.string(), template: z.string(), service: z.string() }),
    gaps: z.looseObject({ source: z.string(), problem: z.string(), consequence: z.string() }),
  },
  async answer({ failing, healthy }, { parts, signal }) {
    const texts = new Map<string, string>();
    const sides = {
      failing: [sourceOf(failing, 'the failing trace', texts)],
      healthy: healthy.map((one, at) => sourceOf(one, `healthy trace ${at + 1}`, texts)),
    };
    return answerOf(await parts.compare({ ...sides, texts, signal }));
  },
});

function sourceOf(given: string, name: string, texts: Map<string, string> & SentTexts): SideSource {
  if (isTraceText(given)) {
    texts.set(name, given);
    return { kind: 'file', path: name };
  }
  const reference = readTraceId(given);
  if (reference?.kind === 'trace') return { kind: 'trace', traceId: reference.id };
  throw new UsageError(
    `${name} is neither a trace id nor the JSON of a trace`,
    'Give its id of 16 or 32 digits, or its JSON.',
  );
}

function answerOf({ report, markdown = '' }: PresentedComparison): WholeAnswer {
  const { headline, standing, lines, background } = quotedReport(markdown);
  const { conclusion, healthy, failing } = report;
  const items: readonly Item[] = (
    ['structure', 'durations', 'attributes', 'responses', 'logs', 'gaps'] as const
  ).flatMap((list) => (report[list] ?? []).map((item) => ({ list, item })));
  return {
    head: [headline, standing].filter((line) => line !== ''),
    lines,
    background,
    facts: {
      headline,
      standing: conclusion.standing,
      certainty: conclusion.certainty,
      kind: conclusion.kind,
      healthyTraces: healthy.traces.length,
      failingTraces: failing.traces.length,
    },
    items,
  };
}
