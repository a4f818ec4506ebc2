/** How the newest rollout of a service does against the version before it. */
import { z } from 'zod';
import { UsageError } from '#core/errors.ts';
import { defineOperation, InstantArgument, ServiceArgument } from '#operations/operation.ts';
import { quotedText } from '#operations/quoted-text.ts';
import { typedInstant } from '#workflows/times/typed-instant.ts';

const Side = z.looseObject({ value: z.number() }).nullable();

export const judgeReleaseOperation = defineOperation({
  name: 'judge_release',
  title: 'Judge a release',
  description:
    'Says whether the newest rollout of a service is worse than the version before it: its answers, latency, errors, restarts and memory. Without `from` and `to`, it looks for a rollout in the last six hours.',
  asksSystems: true,
  route: { method: 'POST', path: '/release' },
  scope: 'diagnose',
  input: {
    service: ServiceArgument,
    from: InstantArgument.optional().describe('The earliest time of the rollout: 2026-01-06T14:30:00Z, -6h.'),
    to: InstantArgument.optional().describe('The end of the time that is compared. Default: now.'),
  },
  facts: {
    headline: z.string(),
    verdict: z.enum(['worse', 'nothing wrong', 'too early', 'no rollout']),
    service: z.string(),
    version: z.string(),
    versionBefore: z.string(),
    rollout: z.looseObject({ at: z.string(), until: z.string() }).nullable(),
    change: z.looseObject({ id: z.string(), kind: z.string(), text: z.string(), url: z.string() }).nullable(),
  },
  lists: {
    rows: z.looseObject({
      measure: z.string(),
      unit: z.string(),
      by: z.string(),
      before: Side,
      after: Side,
      judged: z.string(),
      since: z.string().nullable(),
    }),
    gaps: z.looseObject({ source: z.string(), problem: z.string(), consequence: z.string() }),
  },
  async answer({ service, from, to }, { parts, signal }) {
    const nowUs = parts.nowUs();
    const fromUs = from === undefined ? undefined : typedInstant('from', from, nowUs);
    const toUs = to === undefined ? undefined : typedInstant('to', to, nowUs);
    if (fromUs !== undefined && fromUs >= (toUs ?? nowUs)) {
      throw new UsageError('from is not before to', 'Give from and to such as -6h and now, or neither.');
    }
    const { report, headline, text } = await parts.judgeRelease({ service, fromUs, toUs, signal });
    const { verdict, version, versionBefore, rollout, change, rows, gaps } = report;
    return {
      head: [headline],
      lines: quotedText(text.split('\n').slice(1).join('\n')),
      facts: { headline, verdict, service: report.service, version, versionBefore, rollout, change },
      items: [...rows.map((item) => ({ list: 'rows', item })), ...gaps.map((item) => ({ list: 'gaps', item }))],
    };
  },
});
