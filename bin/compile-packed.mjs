/** `npm run pack` keeps so what V8 compiled while a verb ran: `node bin/compile-packed.mjs analyze <file>…` */
import { writeFileSync } from 'node:fs';
import { COMPILED, packedProgram } from './packed.mjs';

const program = packedProgram();
process.exitCode = await program.run(process.argv.slice(2), process.env);
writeFileSync(COMPILED, program.script.createCachedData());
