/** The base of the analysis's ratios: bytes in memory to a string to values, and nothing done with them. */
import { readFileSync } from 'node:fs';
import { peakMb } from './measure.ts';

const bytes = readFileSync(process.argv[2] ?? '');
const begun = performance.now();
JSON.parse(bytes.toString());
console.log(JSON.stringify({ ms: performance.now() - begun, peakMb: peakMb() }));
