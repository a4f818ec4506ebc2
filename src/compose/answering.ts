/** Creates the handlers that answer alerts and `/trace`. */
import type { Investigation } from '#compose/investigation.ts';
import type { AnswerParts } from '#workflows/answer-trace.ts';

export async function composeAnswering({
  investigation,
  ...answering
}: AnswerParts & Readonly<{ investigation: Investigation }>) {
  const [
    { ANSWER_ALERT, ANSWER_FORMS, ANSWER_TRACE, answerGivenUp, answerTrace },
    { diagnoseTrace },
    { answerAlert },
    { diagnoseAlert },
    { knownTroubles },
  ] = await Promise.all([
    import('#workflows/answer-trace.ts'),
    import('#workflows/diagnose-trace.ts'),
    import('#workflows/answer-alert.ts'),
    import('#workflows/diagnose-alert.ts'),
    import('#workflows/known-troubles.ts'),
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
        diagnose: (request, signal) => {
          const known = knownTroubles(store, request.workspaceId, (channelId) =>
            mayShowIn(request.channelId, channelId),
          );
          return diagnoseAlert(investigation, { ...diagnosing, ...request, known, signal });
        },
      }),
    },
    onDead: answerGivenUp,
  };
}
