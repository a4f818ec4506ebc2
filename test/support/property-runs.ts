/**
 * How often each property is tried, and with which inputs. The seed is fixed: the same commit gets the same answer.
 *
 *   FAST_CHECK_RUNS=10000    tries more inputs
 *   FAST_CHECK_SEED=7        tries other inputs
 *
 * A property with a number of its own says beside it why.
 */
import fc from 'fast-check';

fc.configureGlobal({ numRuns: whole('FAST_CHECK_RUNS', 100), seed: whole('FAST_CHECK_SEED', 1) });

function whole(name: string, otherwise: number): number {
  const asked = process.env[name];
  if (asked === undefined) return otherwise;
  if (!/^[1-9]\d{0,8}$/.test(asked)) throw new Error(`${name} has to be a whole number above 0, and is “${asked}”`);
  return Number(asked);
}
