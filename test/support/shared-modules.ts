/** The test files of one worker share loaded modules: what a file sets in them must not reach the next one. */
import { afterAll } from 'vitest';
import { DEFAULT_REDACTION, useRedaction } from '#model/redaction/redaction.ts';

afterAll(() => useRedaction(DEFAULT_REDACTION));
