/** A person's id in Slack and no word in capitals: one of the characters behind the first is a digit. */
export const PERSON_ID = /\b[UW](?=[A-Z]*\d)[A-Z0-9]{4,20}\b/g;
