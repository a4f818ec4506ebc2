/** A picture's file and its content: an SVG, or the words of a page. */
export type Picture = Readonly<{ path: string; shows: string; png(): Promise<Uint8Array> }>;
