/** Words for one cause: what is wrong, what to do, and what would disprove it. */
export type CauseWords = Readonly<{ is: string; remedy: string; check: string }>;
