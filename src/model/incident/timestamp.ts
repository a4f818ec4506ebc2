/** A timestamp of RFC 3161 proves that a text existed at a time: a server that others trust signs its checksum and the time. */

export type CheckedStamp = Readonly<{
  /** By the clock of the server. */
  atUs: number;
  /** The server, as its certificate names it. */
  by: string;
  /** Why it proves nothing; empty if it is valid. */
  problem: string;
}>;

/** Asks a server for a stamp. Returns the token in base64. */
export type StampText = (text: string, signal: AbortSignal) => Promise<string>;

export type CheckStamp = (token: string, stamped: string) => Promise<CheckedStamp>;
