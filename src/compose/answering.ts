/** Creates the handlers that answer alerts and `/trace`. */
import type { Investigation } from '#compose/investigation.ts';
import type { AnswerParts } from '#workflows/answer-trace.ts';

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
    import('#workflows/answer-trace.ts'),
    import('#workflows/diagnose-trace.ts'),
    import('#workflows/answer-alert.ts'),
    import('#workflows/diagnose-alert.ts'),
    import('#workflows/known-troubles.ts'),
    import('#workflows/known-services.ts'),
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
