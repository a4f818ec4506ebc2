/**
 * The mark that replaces a redacted value: `[redacted:email]`, or `[redacted:email:k7x2qa]` where values have names.
 */
export const MARK_START = '[redacted:';

/** Its group is the kind. */
export const MARK_PATTERN: string = String.raw`\[redacted:([a-z0-9-]{1,60})(?::[a-z0-9]{1,20})?\]`;
