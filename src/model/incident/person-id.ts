/** A person's id in Slack, not a word in capitals: one of the characters after the first is a digit. */
export const PERSON_ID = /\b[UW](?=[A-Z]*\d)[A-Z0-9]{4,20}\b/g;

/** Whether the text is one such id and nothing else. */
export function isPersonId(text: string): boolean {
  return text !== '' && text.replace(PERSON_ID, '') === '';
}
