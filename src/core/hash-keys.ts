/**
 * Random keys per process, for hashes of untrusted text. A sender who could predict the hash could send texts that all
 * collide. Nothing that a person sees may depend on them. They are not secrets, so V8’s own random numbers are enough;
 * the system seeds those. Loading `node:crypto` would cost a command line 10 ms.
 */
export const HASH_KEYS = Int32Array.from({ length: 1_024 }, () => Math.random() * 2 ** 32);
