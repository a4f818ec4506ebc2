/** The share of an error budget that the incident used, with its arithmetic. */
import { MINUTE_US } from '#core/time-units.ts';
import type { Statement } from '#model/incident/postmortem.ts';
import { type Facts, marks } from '#model/incident/postmortem-facts.ts';
import { minutesAfter, minutesText, shareText } from '#model/incident/postmortem-words.ts';

const MINUTES_OF_DAY = 24 * 60;

/**
 * None where the alert tells no objective, the impact has no end, or nobody counted requests since its start. The share of
 * failures at its beginning stands for the whole time, and the sentence says so.
 */
export function budgetUsed(facts: Facts): readonly Statement[] {
  const { objective, start, milestones } = facts;
  const end = [
    { entry: milestones.mitigated, name: 'the mitigation' },
    { entry: milestones.fixed, name: 'the fix' },
    { entry: milestones.resolved, name: 'the confirmed end' },
  ].find(({ entry }) => entry !== undefined);
  if (objective === undefined || start === undefined || end?.entry === undefined) return [];
  const counts = countedSince(facts, start.entry.atUs);
  const minutes = minutesAfter(end.entry.atUs, start.entry.atUs);
  if (counts === undefined || minutes <= 0) return [];
  const { requests, failed, mark } = counts;
  const budget = Number(((1 - objective.target) * objective.days * MINUTES_OF_DAY).toPrecision(8));
  const share = shareText(failed, requests);
  const used = shareText((failed / requests) * minutes, budget);
  const target = `${Number((100 * objective.target).toPrecision(8))} % over ${objective.days} days`;
  return [
    {
      words: [
        `The alert's objective is ${target}: its budget is ${minutesText(budget)} in which every request fails.`,
        ` This incident used about ${used} of it: ${share} of the requests failed (${failed} of ${requests}),`,
        ` for ${minutesText(minutes)} from ${start.name} to ${end.name}, and ${failed} ÷ ${requests} × ${minutesText(minutes)} ÷ ${minutesText(budget)} is ${used}.`,
        ' It counts as if this share and the traffic had stayed the same.',
      ],
      cites: [...marks(facts, entryOf(facts, objective.entryId), start.entry, end.entry), mark],
    },
  ];
}

function entryOf({ entries }: Facts, entryId: string): Facts['entries'][number] | undefined {
  return entries.find(({ id }) => id === entryId);
}

type Counts = Readonly<{ requests: number; failed: number; mark: string }>;

/** Fewer requests show no share. */
const FEWEST = 10;

/** Of the leading diagnosis, else of the first that counted. Requests from before the start have another share. */
function countedSince({ evidence, lead }: Facts, startUs: number): Counts | undefined {
  const { mark = '', affected } =
    [lead, ...evidence].find((one) => one?.affected !== undefined && one.affected.failed > 0) ?? {};
  if (affected === undefined) return undefined;
  if (affected.fromUs >= startUs - MINUTE_US) {
    const { requests, failed } = affected;
    return requests < FEWEST ? undefined : { requests, failed, mark };
  }
  let [requests, failed] = [0, 0];
  for (const { isHealthy, fromUs, toUs, slots } of affected.overTime ?? []) {
    for (const [at, slot] of slots.entries()) {
      if (isHealthy || fromUs + (at / slots.length) * (toUs - fromUs) < startUs) continue;
      [requests, failed] = [requests + slot.requests, failed + slot.failed];
    }
  }
  return requests < FEWEST || failed === 0 ? undefined : { requests, failed, mark };
}
