#!/usr/bin/env node
import './own-imports.mjs';
import { enableCompileCache } from 'node:module';

enableCompileCache(); // in the system's temporary folder: with it a verb starts 100 ms sooner
const { run } = await import('../src/cli/main.ts');
process.exitCode = await run(process.argv.slice(2), process.env);
