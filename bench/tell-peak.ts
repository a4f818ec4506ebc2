/** Loaded before the program of a measured process: at its end the peak goes to the fourth of its streams. */
import { writeSync } from 'node:fs';
import { peakMb } from './measure.ts';

process.on('exit', () => writeSync(3, String(peakMb())));
