/** All operations, in the order in which clients list them. */

import { compareOperation } from '#operations/all/compare.ts';
import { diagnoseTraceOperation } from '#operations/all/diagnose-trace.ts';
import { findSimilarOperation } from '#operations/all/find-similar.ts';
import { investigateOperation } from '#operations/all/investigate.ts';
import { judgeReleaseOperation } from '#operations/all/judge-release.ts';
import { listIncidentsOperation } from '#operations/all/list-incidents.ts';
import { listServicesOperation } from '#operations/all/list-services.ts';
import { readCaseOperation } from '#operations/all/read-case.ts';
import { readIncidentOperation } from '#operations/all/read-incident.ts';
import { readTimelineOperation } from '#operations/all/read-timeline.ts';
import type { Operation } from '#operations/operation.ts';

export const operations: readonly Operation[] = [
  diagnoseTraceOperation,
  investigateOperation,
  compareOperation,
  judgeReleaseOperation,
  findSimilarOperation,
  readCaseOperation,
  readIncidentOperation,
  readTimelineOperation,
  listIncidentsOperation,
  listServicesOperation,
];
