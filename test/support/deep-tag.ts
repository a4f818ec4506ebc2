/**
 * The tag of a test that takes too long for the gate, which other tests guard in part. The steps of the gate skip it;
 * `npm run test:deep` runs it. A whole file has it by the line `// @module-tag deep`.
 */
export const DEEP_TAG = {
  name: 'deep',
  description: 'Takes too long for the gate: npm run test:deep runs it.',
  skip: process.env.DEEP_TESTS === undefined,
};
