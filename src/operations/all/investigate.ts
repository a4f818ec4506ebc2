/** What is wrong with a service in a time window, or behind an alert. */
import { UsageError } from '#core/errors.ts';
import { defineOperation, InstantArgument, ServiceArgument } from '#operations/operation.ts';
import { REPORT_FACTS, REPORT_LISTS, reportAnswer } from '#operations/report-answer.ts';
import { SentAlert } from '#operations/sent-texts.ts';
import { windowAsked } from '#workflows/window/investigate-window.ts';

const USAGE = 'Give service with from and to, such as -30m and now; or alert, the JSON of an alert.';

export const investigateOperation = defineOperation({
  name: 'investigate',
  title: 'Investigate an alert or a time window',
  description:
    'Says what is wrong with a service in a time window, or behind an alert. It compares the requests of that time with healthy ones, and reads log lines, metrics, pods and changes. Give `service`, `from` and `to`, or `alert`. For one request, take diagnose_trace.',
  asksSystems: true,
  route: { method: 'POST', path: '/investigate' },
  scope: 'diagnose',
  input: {
    service: ServiceArgument.optional(),
    from: InstantArgument.optional().describe('The start of the time window: 2026-01-06T14:30:00Z, -2h, "20 min ago".'),
    to: InstantArgument.optional().describe('The end of the time window: an instant as for from, or now.'),
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
