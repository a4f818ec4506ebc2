/**
 * How often each property is tried. Few for whoever waits for `npm test`; `.ci/run` sets FAST_CHECK_RUNS to 10,000. A
 * property with a number of its own says beside it why.
 */
import fc from 'fast-check';

const RUNS = 500;

const asked = process.env.FAST_CHECK_RUNS;
if (asked !== undefined && !/^[1-9]\d*$/.test(asked)) {
  throw new Error(`FAST_CHECK_RUNS has to be a number of runs, and is “${asked}”`);
}
fc.configureGlobal({ numRuns: asked === undefined ? RUNS : Number(asked) });
