/** Bodies of the type `application/x-www-form-urlencoded`, which senders post unless they are told to send JSON. */

/** Names of fields are words: a text with `=` in it is no form. */
const FORM = /^[\w.%+-]{1,200}=[^&\s]*(?:&[\w.%+-]{1,200}=[^&\s]*)+$/;

/** One field with JSON in it, as Slack's old webhooks have it and what posts like them. https://www.papertrail.com/help/web-hooks/ */
const WRAPPED = /^payload=(?:%7B|\{)[^&\s]*$/i;

/** The fields by name; undefined where the text has another form. https://url.spec.whatwg.org/#urlencoded-parsing */
export function formIn(text: string): Readonly<Record<string, string>> | undefined {
  const trimmed = text.trim();
  return FORM.test(trimmed) || WRAPPED.test(trimmed) ? Object.fromEntries(new URLSearchParams(trimmed)) : undefined;
}
