/** The picture as PNG, with the fonts that come with us. */

import { crc32, deflateSync } from 'node:zlib';

export async function drawPng(svg: string): Promise<Uint8Array> {
  // The renderer asks Node's report which C library runs. Of each connection that is open, the report would look up the
  // peer's name in the DNS, and all would wait for the answers.
  Object.assign(process.report, { excludeNetwork: true }); // not yet in @types/node
  const [{ fontFiles }, { renderPng }] = await Promise.all([import('#analyse/fonts.ts'), import('#present/png.ts')]);
  return await renderPng(svg, fontFiles(svg), { crc32, deflateSync });
}
