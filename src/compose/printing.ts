/** Makes a PDF of a postmortem: with Chromium where there is one, else with a library that has fonts of its own. */
import { chromiumOn, printPdf } from '#adapters/chromium/print.ts';
import { incidentName } from '#model/incident/incident.ts';
import { onPaper, type PaperSize } from '#present/documents/paper-size.ts';
import { postmortemHtml } from '#present/documents/postmortem-html.ts';
import { postmortemParts } from '#present/documents/postmortem-parts.ts';
import { type ShownPostmortem, titleOf } from '#present/documents/postmortem-text.ts';
import { postmortemPictures } from '#present/pictures/postmortem-pictures.ts';

export async function printed(
  shown: ShownPostmortem,
  { env, paper }: Readonly<{ env: Readonly<Record<string, string | undefined>>; paper: PaperSize }>,
): Promise<Uint8Array> {
  const chromium = chromiumOn(env.PATH ?? '');
  if (chromium !== undefined) return await printPdf(onPaper(postmortemHtml(shown), paper), chromium);
  const [{ drawPng }, { writePdf }] = await Promise.all([
    import('#analyse/draw-png.ts'),
    import('#adapters/pdfkit/write.ts'),
  ]);
  const { postmortem } = shown;
  const files = postmortemPictures(postmortem).map(({ id, alt, svg }) => ({ id, alt, svg, name: `${id}.png` }));
  const pictures = new Map<string, Uint8Array>();
  for (const { name, svg } of files) pictures.set(name, await drawPng(svg));
  const document = postmortemParts(shown, new Map(files.map(({ id, alt, name }) => [id, { alt, name }])));
  const name = incidentName(postmortem.incident);
  return await writePdf(document, { title: titleOf(shown), name, paper, atUs: postmortem.asOfUs, pictures });
}
