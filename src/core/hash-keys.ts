/**
 * New in each process, for hashes of what strangers send: who could foretell where a text goes could send texts that all
 * go to one place. Nothing that a person sees may depend on them. No secret is made of them, so that V8’s own random numbers
 * do, which are seeded by the system: to load `node:crypto` would cost a command line ten milliseconds.
 */
export const HASH_KEYS = Int32Array.from({ length: 1_024 }, () => Math.random() * 2 ** 32);
