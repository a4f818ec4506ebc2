/** The buttons "Compare with healthy" and "Verify fix", and the check of action items. */
import type { Investigation } from '#compose/investigation.ts';
import type { Log } from '#core/log.ts';
import type { Store } from '#record/store.ts';
import type { AnswerParts } from '#workflows/traces/answer-trace.ts';
import type { CompareSides } from '#workflows/traces/compare.ts';

/**
 * Creates the handlers of the buttons "Compare with healthy" and "Verify fix". They store no evidence: the diagnosis
 * has its own.
 */
export async function composeComparing({
  store,
  log,
  gathering,
  mayShowIn,
  kick,
}: Readonly<{ store: Store; log: Log; gathering: Investigation; kick(): void }> & Pick<AnswerParts, 'mayShowIn'>) {
  const [
    { comparisonAsker, comparisonGivenUp, verificationAsker, compareWithHealthy, verifyFix, COMPARE_WITH_HEALTHY },
    { VERIFY_FIX },
    { CHECK_ITEM, checkGivenUp, itemChecker },
    { compareSides },
    { probeAsker },
    { tableJobs },
  ] = await Promise.all([
    import('#workflows/traces/answer-comparison.ts'),
    import('#workflows/traces/queue-verification.ts'),
    import('#workflows/action-items/check-item.ts'),
    import('#workflows/traces/compare.ts'),
    import('#workflows/action-items/ask-probe.ts'),
    import('#record/table-jobs.ts'),
  ]);
  const asking = { store, jobs: tableJobs, kick };
  const { deadlineMs } = gathering;
  const answering = {
    store,
    log,
    mayShowIn,
    kick,
    compare: (sides: CompareSides) => compareSides(gathering, { ...sides, deadlineMs }),
  };
  return {
    handlers: {
      [COMPARE_WITH_HEALTHY]: compareWithHealthy(answering),
      [VERIFY_FIX]: verifyFix(answering),
      [CHECK_ITEM]: itemChecker({ ...answering, askProbe: probeAsker(gathering), jobs: tableJobs }),
    },
    asking: { askForComparison: comparisonAsker(asking), askForVerification: verificationAsker(asking) },
    onDead: async (...given: Parameters<typeof comparisonGivenUp>) => {
      await comparisonGivenUp(...given);
      await checkGivenUp(...given);
    },
  };
}
