/** Renders the picture as PNG, with the bundled fonts. */
import { crc32, deflateSync } from 'node:zlib';

export async function drawPng(svg: string): Promise<Uint8Array> {
  // The renderer asks Node's report for the C library. The report would resolve the peer name of each open connection
  // in the DNS and delay everything until the answers arrive.
  Object.assign(process.report, { excludeNetwork: true }); // not yet in @types/node
  const [{ fontFiles }, { renderPng }] = await Promise.all([
    import('#analyse/fonts.ts'),
    import('#present/svg/png.ts'),
  ]);
  const { gc } = globalThis;
  const png = await renderPng(svg, fontFiles(svg), { crc32, deflateSync }, gc && (() => giveBack(gc)));
  // The renderer holds its own pixels, 20 MB or more, until V8 collects small objects that only this takes.
  gc?.();
  return png;
}

/** The copy of a band's pixels is new and short-lived. */
async function giveBack(gc: NonNullable<typeof globalThis.gc>): Promise<void> {
  await gc({ type: 'minor', execution: 'sync' });
  // What is collected is freed in the next turn of the loop.
  await new Promise((resolve) => setImmediate(resolve));
}
