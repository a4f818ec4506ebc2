import type { Detector } from '#detect/detector.ts';
import { requestDetectors } from '#detect/request-registry.ts';
import { windowDetectors } from '#detect/window-registry.ts';

/** All detectors, sorted by id. Code that examines one request loads only `request-registry.ts`, because a person waits. */
export const detectors: readonly Detector[] = [...requestDetectors, ...windowDetectors].sort((a, b) =>
  a.id < b.id ? -1 : 1,
);
