/** Tells `eventually` when each test ends. */
import { afterEach, beforeEach } from 'vitest';
import { setTestEnd } from '#test/eventually.ts';

beforeEach(({ task }) => setTestEnd(Date.now() + task.timeout));
afterEach(() => setTestEnd(undefined));
