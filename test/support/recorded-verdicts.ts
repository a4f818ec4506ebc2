/** Recordings of HotROD, a system whose faults are known by how each was made. */
import { readFileSync } from 'node:fs';

const FOLDER = 'test/fixtures/wire/jaeger/hotrod';

/** What is known of each recording, by scenario; the exceptions by file. */
const KNOWN: Readonly<Record<string, readonly [kind: string, service: string] | undefined>> = {
  serial: ['slow-query', 'mysql'],
  mutex12: ['lock-contention', 'mysql'],
  'mutex12-12.json': ['slow-query', 'mysql'], // the first of the twelve found the lock free
  routepool1: ['n-plus-one-calls', 'frontend'], // a list of drivers, then the route of each, one after another
  'fixed-01.json': ['error-origin', 'redis-manual'], // Redis timed out more often than the driver retries
  errors: undefined, // refused with 400, as it should be
  'errors-02.json': ['error-origin', 'customer'], // an unknown customer, refused one service further down
};

export type Recorded = Readonly<{
  file: string;
  path: string;
  scenario: string;
  /** Undefined where nothing is wrong. */
  known: readonly [kind: string, service: string] | undefined;
}>;

const index = JSON.parse(readFileSync(`${FOLDER}/index.json`, 'utf8')) as readonly Pick<
  Recorded,
  'file' | 'scenario'
>[];

export const recorded: readonly Recorded[] = index.map(({ file, scenario }) => ({
  file,
  path: `${FOLDER}/${file}`,
  scenario,
  known: KNOWN[file] ?? KNOWN[scenario],
}));
