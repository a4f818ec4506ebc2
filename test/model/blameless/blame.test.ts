import { describe, expect, test } from 'vitest';
import { isBlaming } from '#model/blameless/lint.ts';

describe('isBlaming', () => {
  test.each([
    'a responder forgot to drain the node',
    'The incident commander did not check the plan',
    'a responder has again ignored the page',
    'It was human error during the push',
    'a careless change',
    'the network team is to blame',
  ])('finds that %j looks for somebody at fault', (text) => {
    expect(isBlaming(text)).toBe(true);
  });

  test.each([
    'a responder rolled back payments to v41',
    'The pod failed to start: the image pull took 94 s',
    'Raised the fault tolerance of the client to 3 retries',
    'Page faults rose to 900 a second',
    'the deploy at 14:02 caused the pool to drain',
    'a responder restarted checkout; the script behind it has no limit and broke the canary',
    'another responder saw what broke',
  ])('leaves %j alone', (text) => {
    expect(isBlaming(text)).toBe(false);
  });
});
