/** Conflicts that are answers, and the nearest failures that are not. */
import { expect, test } from 'vitest';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import type { NewFailure } from '#diagnose/window/new-failures.ts';
import { areConflictsTold } from '#diagnose/window/told-conflicts.ts';
import type { WindowSigns } from '#diagnose/window/window-signs.ts';

const CONFLICT: NewFailure = {
  ...{ service: 'shows', operation: 'Seats/Hold', said: '', status: 'RPC status ABORTED', late: '' },
  ...{ before: [0, 299], now: [11, 387], isUnanswered: false, excess: 11, nats: 4, chance: 0 },
};
const SIGNS: WindowSigns = {
  ...{ node: undefined, resolver: undefined, headroom: [], filled: new Set(), addedShare: 0, switches: [] },
  ...{ slowness: { suspects: [], addedUs: 0 }, failures: [CONFLICT], cuts: [], lost: [], moved: [] },
  ...{ locks: new Map(), pauses: new Map(), requests: 387, failing: { before: [0, 299], now: [0, 387] } },
};
const FIRST = {
  ...{ service: 'shows', kind: 'error-return', operation: '', detector: 'error-rate', kinds: 1 },
  ...{ isAskedFor: false, mayBeFewerAsked: false, chance: 0, score: 0.9 },
};

function areTold(signs: Partial<WindowSigns>, failure: Partial<NewFailure> = {}): boolean {
  const failures = [{ ...CONFLICT, ...failure }];
  return areConflictsTold(FIRST, { ...SIGNS, failures, ...signs }, knownDetectors(detectors));
}

test.each(['RPC status ABORTED', 'RPC status ALREADY_EXISTS', '409 Conflict', '412 Precondition Failed'])(
  '%s is an answer while no more requests fail',
  (status) => {
    expect(areTold({}, { status })).toBe(true);
  },
);

test.each(['RPC status UNAVAILABLE', '429 Too Many Requests', '500 Internal Server Error', ''])(
  'the status “%s” is none',
  (status) => {
    expect(areTold({}, { status })).toBe(false);
  },
);

test('a conflict is none where requests fail or take longer, and where most calls meet one', () => {
  expect(areTold({ failing: { before: [0, 299], now: [40, 387] } })).toBe(false);
  expect(areTold({ addedShare: 0.4 })).toBe(false);
  expect(areTold({}, { now: [300, 387] })).toBe(false);
});
