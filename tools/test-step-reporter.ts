/** Writes down how a run of Vitest went, beside the default reporter: see `test-step.ts`. */
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { SerializedError } from 'vitest';
import type { Reporter, TestModule } from 'vitest/node';
import { RUN_FILE, type TestRun } from './test-run.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** What a machine may lack for these tests: `Chromium`. They are skipped without it. */
    needs?: string;
  }
}

// biome-ignore lint/style/noDefaultExport: Vitest loads a reporter by its default export, and makes one of it.
export default class TestStepReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[], reason: TestRun['reason']): void {
    const file = process.env[RUN_FILE];
    if (file === undefined) return;
    const inState = (state: string) => modules.filter((module) => module.state() === state).map(pathOf);
    const run: TestRun = {
      reason,
      passed: inState('passed'),
      failed: inState('failed'),
      errors: errors.length,
      // What `--bail` cuts off counts as skipped, too.
      skipped: reason === 'interrupted' ? [] : modules.flatMap(skipsOf),
    };
    writeFileSync(file, JSON.stringify(run));
  }
}

function skipsOf(module: TestModule): TestRun['skipped'] {
  const skips = [...module.children.allTests('skipped')].map((test) => {
    const result = test.result();
    const needs = test.meta().needs;
    const missing = needs === undefined ? '' : `${needs}: it is missing`;
    return { file: pathOf(module), why: (result.state === 'skipped' && result.note) || missing };
  });
  // A hook that fails prevents its tests without a reason: they count as failed.
  return skips.filter(({ why }) => why !== '' || module.state() !== 'failed');
}

function pathOf(module: TestModule): string {
  return relative(process.cwd(), module.moduleId);
}
