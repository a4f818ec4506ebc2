/** The id of the message that shows an incident's postmortem. */
export const POSTMORTEM_OF = (incidentId: string) => `${incidentId}/postmortem`;
