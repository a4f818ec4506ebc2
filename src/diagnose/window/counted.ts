/** How often something was so, of how many. */
export type Counted = readonly [times: number, of: number];
