/** `npm run pack` keeps so what V8 compiled while a verb ran: `node bin/compile-packed.mjs analyze <file>…` */
import { writeFileSync } from 'node:fs';
import { codeOf, packedProgram } from './packed.mjs';

const program = packedProgram();
process.exitCode = await program.run(process.argv.slice(2), process.env);
for (const [path, script] of program.scripts) writeFileSync(codeOf(path), script.createCachedData());
