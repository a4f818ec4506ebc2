/** Why one request failed or was slow. */
import { z } from 'zod';
import type { AnalysedTrace } from '#analyse/session.ts';
import { UnreadableInputError, UsageError } from '#core/errors.ts';
import { counted } from '#model/text/count-text.ts';
import type { WholeAnswer } from '#operations/answer.ts';
import { defineOperation } from '#operations/operation.ts';
import { REPORT_FACTS, REPORT_LISTS, reportAnswer } from '#operations/report-answer.ts';
import { IdArgument, referenceOf, SentLogs, SentTrace } from '#operations/sent-texts.ts';
import { compareRows } from '#present/documents/trace-table.ts';

export const diagnoseTraceOperation = defineOperation({
  name: 'diagnose_trace',
  title: 'Diagnose a trace',
  description:
    'Says why one request failed or was slow, from its trace and its log lines: the cause, the service at fault, the evidence, what would prove it wrong. Give `id` to ask the configured sources, or `trace` with the JSON of a trace. For an alert or a service in a time window, take investigate.',
  asksSystems: true,
  route: { method: 'POST', path: '/diagnose' },
  scope: 'diagnose',
  input: {
    id: IdArgument.optional(),
    trace: SentTrace.optional(),
    logs: SentLogs.optional(),
  },
  facts: REPORT_FACTS,
  lists: {
    ...REPORT_LISTS,
    otherTraces: z.looseObject({ traceId: z.string(), headline: z.string(), status: z.string() }),
  },
  async answer({ id, trace, logs }, { parts, signal }) {
    if ((id === undefined) === (trace === undefined)) {
      throw new UsageError(
        'give either id or trace',
        'id is asked of the configured sources, trace is the JSON itself.',
      );
    }
    if (id !== undefined && logs !== undefined) {
      throw new UsageError('logs belong to trace', 'With id, the configured sources are asked for log lines.');
    }
    if (id !== undefined) return reportAnswer(await parts.diagnose({ reference: referenceOf(id), signal }));
    const texts = new Map([['the trace', trace ?? ''], ...(logs === undefined ? [] : [['the logs', logs] as const])]);
    const analysed = await parts.analyse({
      texts,
      trace: 'the trace',
      ...(logs !== undefined && { logs: 'the logs' }),
    });
    return answerOfSeveral(analysed);
  },
});

/** The worst in full, the others with their first line. */
function answerOfSeveral(analysed: readonly AnalysedTrace[]): WholeAnswer {
  const rows = analysed.flatMap((one) => (one.row === undefined ? [] : [{ one, row: one.row }]));
  const [worst, ...others] = rows.toSorted((a, b) => compareRows(a.row, b.row));
  if (worst === undefined) throw new UnreadableInputError('the trace holds no spans', 'Give the JSON of a trace.');
  if (others.length === 0) return reportAnswer(worst.one);
  return reportAnswer(worst.one, {
    about: [`The text holds ${counted(rows.length, 'trace')}. This is the worst, ${worst.row.traceId}.`],
    items: others.map(({ row: { traceId, headline, status = 'nothing wrong' } }) => ({
      list: 'otherTraces',
      item: { traceId, headline, status: status.toLowerCase() },
    })),
  });
}
