/** Recordings of a real system whose faults are known: what the curve says of traces that nobody drew. */
import { readFileSync } from 'node:fs';
import { recorded } from '#test/recorded-verdicts.ts';
import { diagnosedBytes } from './diagnose.ts';
import type { ToldVerdict } from './scores.ts';

export async function recordedVerdicts(): Promise<ToldVerdict[]> {
  const told: ToldVerdict[] = [];
  for (const { path, known } of recorded) {
    const { diagnosis } = await diagnosedBytes(readFileSync(path));
    if (diagnosis === null || known === undefined) continue;
    told.push({ verdict: diagnosis, isRight: diagnosis.kind === known[0] && diagnosis.service === known[1] });
  }
  return told;
}
