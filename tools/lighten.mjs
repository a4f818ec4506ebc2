/**
 * Run by `npm ci`: deletes what packages bring and nothing here reads, 200 MB. It also runs on a Node that is too old for
 * the programs.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const UNREAD = [
  // Headers are for addons that are compiled here.
  /^node\/node_modules\/[^/]+\/include$/,
  // Java and native programs do what its JavaScript does, which the tests use.
  /^recheck-(?:jar|linux|macos|windows)[^/]*$/,
  // SQLite comes compiled, for each system. `linuxmusl` is Alpine.
  /^better-sqlite3\/(?:deps|src)$/,
  new RegExp(`^better-sqlite3/prebuilds/(?!${process.platform}(?:musl)?-${process.arch}\\.)`),
  // Types of each object of Kubernetes: src/adapters/kubernetes/client-node.d.ts has what is used.
  /^@kubernetes\/client-node\/dist\/.*\.d\.ts$/,
  // For debuggers.
  /\.[cm]?[jt]s\.map$/,
];

const packages = fileURLToPath(new URL('../node_modules/', import.meta.url));
const paths = existsSync(packages) ? readdirSync(packages, { recursive: true }) : [];
for (const path of paths.filter((one) => UNREAD.some((unread) => unread.test(one.replaceAll(sep, '/')))))
  rmSync(join(packages, path), { recursive: true, force: true });
