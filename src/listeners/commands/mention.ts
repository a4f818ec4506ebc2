/** A person as Slack writes a mention: `<@U0123ABCD|kim>`. */

const MENTION = '<@([UW][A-Z0-9]+)(?:\\|[^<>]*)?>';

/** A word that is a mention and nothing else; its group is the id. */
export const MENTION_ALONE = new RegExp(`^${MENTION}$`);
/** Anywhere in a text, where a word begins. */
export const MENTION_IN_TEXT = new RegExp(`(?:^|\\s)${MENTION}`);
