/** The number of values in JSON, counted before anything is parsed. */

/** The largest call has ten healthy traces. The first message of an MCP client has some tens of values. */
const MOST_VALUES = 1_000;

/**
 * Whether the JSON has no more brackets, colons and commas than any call needs. A body of a million members would stop the
 * process for ten seconds: while it is parsed, while its names are compared. A text with a whole trace is one value.
 */
export function hasFewValues(json: Uint8Array): boolean {
  let values = 0;
  let isText = false;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (isText && byte === BACKSLASH) at += 1;
    else if (byte === QUOTE) isText = !isText;
    else if (!isText && (byte === COMMA || byte === COLON || byte === BRACKET || byte === BRACE)) values += 1;
    if (values > MOST_VALUES) return false;
  }
  return true;
}

const [QUOTE, BACKSLASH, COMMA, COLON, BRACKET, BRACE] = [...Buffer.from('"\\,:[{')];
