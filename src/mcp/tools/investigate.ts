/** What is wrong with a service in a time window, or behind an alert. */
import { z } from 'zod';
import { UsageError } from '#core/errors.ts';
import { REPORT_FACTS, REPORT_LISTS, reportAnswer } from '#mcp/report-answer.ts';
import { SentAlert } from '#mcp/sent-texts.ts';
import { defineTool } from '#mcp/tool.ts';
import { windowAsked } from '#workflows/investigate-window.ts';

const USAGE = 'Give service with from and to, such as -30m and now; or alert, the JSON of an alert.';
const Instant = z.string('must be text').max(100, 'must have at most 100 characters');

export const investigateTool = defineTool({
  name: 'investigate',
  title: 'Investigate an alert or a time window',
  description:
    'Says what is wrong with a service in a time window, or behind an alert. It compares the requests of that time with healthy ones, and reads log lines, metrics, pods and changes. Give `service`, `from` and `to`, or `alert`. For one request, take diagnose_trace.',
  asksSystems: true,
  input: {
    service: z
      .string('must be text')
      .min(1, 'must not be empty')
      .max(500, 'must have at most 500 characters')
      .optional()
      .describe('The name of a service. list_services names all.'),
    from: Instant.optional().describe('The start of the time window: 2026-01-06T14:30:00Z, -2h, "20 min ago".'),
    to: Instant.optional().describe('The end of the time window: an instant as for from, or now.'),
    alert: SentAlert.optional(),
  },
  facts: REPORT_FACTS,
  lists: REPORT_LISTS,
  async answer({ service, from, to, alert }, { parts, signal }) {
    if ((service === undefined) === (alert === undefined)) throw new UsageError('give either service or alert', USAGE);
    if (alert !== undefined) {
      if ((from ?? to) !== undefined) throw new UsageError('from and to belong to service', USAGE);
      return reportAnswer(await parts.investigate({ alert: await parts.readAlert(alert), signal }));
    }
    const names = ['from', 'to'] as const;
    const asked = windowAsked({ service: service ?? '', from, to }, { names, usage: USAGE, nowUs: parts.nowUs() });
    return reportAnswer(await parts.investigate({ ...asked, signal }));
  },
});
