/** How often something happened, out of how many. */
export type Counted = readonly [times: number, of: number];
