/**
 * The environment of each program that a test starts: where other programs are, and what Node compiled for those before
 * it. Node keeps compiled code by content: without it a program does the same, in more processor time. Outside of the
 * gate there is none.
 */
const { PATH = '', NODE_COMPILE_CACHE } = process.env;

export const OF_EVERY_PROGRAM: Readonly<Record<string, string>> = {
  PATH,
  ...(NODE_COMPILE_CACHE !== undefined && { NODE_COMPILE_CACHE }),
};
