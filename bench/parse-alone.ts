/** The base of the analysis's ratio: what it takes to parse the same bytes and do nothing with them. */
import { readFileSync } from 'node:fs';
import { tell } from './measure.ts';

const begun = performance.now();
JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
tell(begun);
