/** The id of the message that shows an incident's postmortem. */
export const POSTMORTEM_OF = (incidentId: string) => `${incidentId}/postmortem`;
/** The id of the message in its thread with the first questions. */
export const QUESTIONS_OF = (incidentId: string) => `${incidentId}/postmortem-questions`;
