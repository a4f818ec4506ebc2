/** Creates the handlers that answer alerts and `/trace`. */
import type { Investigation } from '#compose/investigation.ts';
import type { AnswerParts } from '#workflows/traces/answer-trace.ts';

export async function composeAnswering({
  investigation,
  firstVerdictMs,
  ...answering
}: AnswerParts & Readonly<{ investigation: Investigation; firstVerdictMs: number }>) {
  const [
    { ANSWER_ALERT, ANSWER_FORMS, ANSWER_TRACE, answerGivenUp, answerTrace },
    { diagnoseTrace },
    { answerAlert },
    { diagnoseAlert },
    { knownTroubles },
    { knownServices, otherNamesFor },
  ] = await Promise.all([
    import('#workflows/traces/answer-trace.ts'),
    import('#workflows/traces/diagnose-trace.ts'),
    import('#workflows/alerts/answer-alert.ts'),
    import('#workflows/alerts/diagnose-alert.ts'),
    import('#workflows/evidence/known-troubles.ts'),
    import('#workflows/services/known-services.ts'),
  ]);
  const { store, mayShowIn } = answering;
  const diagnosing = { forms: ANSWER_FORMS, deadlineMs: investigation.deadlineMs };
  return {
    handlers: {
      [ANSWER_TRACE]: answerTrace({
        ...answering,
        diagnose: (reference, signal) => diagnoseTrace(investigation, { ...diagnosing, reference, signal }),
      }),
      [ANSWER_ALERT]: answerAlert({
        ...answering,
        async *diagnose(request, signal) {
          const mayShow = (channelId: string) => mayShowIn(request.channelId, channelId);
          const known = knownTroubles(store, request.workspaceId, mayShow);
          const services = await knownServices(store, { workspaceId: request.workspaceId, mayShow });
          const alert = { ...request.alert, otherNames: otherNamesFor(services, request.alert) };
          yield* diagnoseAlert(investigation, { ...diagnosing, firstVerdictMs, ...request, alert, known, signal });
        },
      }),
    },
    onDead: answerGivenUp,
  };
}
