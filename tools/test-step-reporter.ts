/** Writes down how a run of Vitest went, beside the default reporter: see `test-step.ts`. */
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { SerializedError } from 'vitest';
import type { Reporter, TestModule } from 'vitest/node';
import { RUN_FILE, type TestRun } from './test-run.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** What a machine may lack for these tests: `Chromium`. They are skipped without it. */
    needs?: string;
  }
}

/** A message may hold what a whole page says. */
const LONGEST_MESSAGE = 300;

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
      failures: modules.flatMap(failuresOf),
      errors: errors.map(firstLine),
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
    if (test.tags.includes('deep')) return { file: pathOf(module), why: 'deep: npm run test:deep runs them' };
    return { file: pathOf(module), why: (result.state === 'skipped' && result.note) || missing };
  });
  // A hook that fails prevents its tests without a reason: they count as failed.
  return skips.filter(({ why }) => why !== '' || module.state() !== 'failed');
}

function failuresOf(module: TestModule): readonly string[] {
  const tests = [...module.children.allTests('failed')].map((test) => ({
    title: ` > ${test.fullName}`,
    error: test.result().errors?.[0],
  }));
  const hooks = [module, ...module.children.allSuites()].flatMap((suite) => suite.errors());
  return [...tests, ...hooks.map((error) => ({ title: '', error }))].map(
    ({ title, error }) => `${pathOf(module)}${title}: ${error ? firstLine(error) : 'it gives no reason'}`,
  );
}

function firstLine({ message }: SerializedError): string {
  return stripVTControlCharacters(message).split('\n', 1)[0]?.slice(0, LONGEST_MESSAGE) ?? '';
}

function pathOf(module: TestModule): string {
  return relative(process.cwd(), module.moduleId);
}
