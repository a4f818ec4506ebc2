import { randomFillSync } from 'node:crypto';

/**
 * New in each process, for hashes of what strangers send: who could foretell where a text goes could send texts that all
 * go to one place. Nothing that a person sees may depend on them.
 */
export const HASH_KEYS = randomFillSync(new Int32Array(1_024));
