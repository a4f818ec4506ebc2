/**
 * Pictures, films, archives and searches that take more work since the change, by the settings of libraries and the names
 * of their functions.
 *
 *   -  im.resize(size, Image.Resampling.BILINEAR)          four points make a new one
 *   +  im.resize(size, Image.Resampling.LANCZOS)           thirty-six do
 */
import { type Effect, effect, type Sides } from '#model/changes/effect.ts';

/** From cheap to costly: Pillow, ImageMagick, sharp, libvips, OpenCV. */
const CHEAP_FILTER =
  /\b(?:NEAREST|BOX|BILINEAR|INTER_(?:NEAREST|LINEAR|AREA)|nearest|bilinear|linear|fastShrink\w{0,8})\b/;
const COSTLY_FILTER = /\b(?:LANCZOS\d?|BICUBIC|INTER_(?:CUBIC|LANCZOS4)|lanczos\d?|bicubic|cubic|mitchell)\b/;
/** A picture that is drawn several times as large: `im.resize((w * 6, h * 6))`, `ctx.scale(4, 4)`. */
const ENLARGES =
  /\b(?:resize|scale|thumbnail|supersampl\w{1,4}|upscale\w{0,2}|rasteri[sz]e|render)\w{0,12}\(.{0,120}\*\s{0,2}(?:[3-9]|\d{2,3})\b/i;
/** Presets of x264, x265 and SVT-AV1, and compressors that try everything: Zopfli, Brotli 11, zstd --ultra, xz -9. */
const FAST_PRESET = /\bpreset["']?[\s:=,]{1,4}["']?(?:ultrafast|superfast|veryfast|faster|fast|medium)\b/i;
const SLOW_PRESET = /\bpreset["']?[\s:=,]{1,4}["']?(?:slow|slower|veryslow|placebo)\b/i;
const TRIES_ALL = /\bzopfli\w{0,8}\b|\bzstd\b.{0,40}--ultra\b|\bxz\b.{0,20}-9e?\b/i;

/** All orders or subsets of some things: their number grows faster than any power. Python, Scala, Guava, Ruby, Rust. */
const TRIES_ALL_ORDERS =
  /\b(?:permutations?|combinations?|power_?set|cartesian_?product|itertools\.product|brute_?force)\w{0,10}\s?\(/i;

/**
 * A document or a picture is drawn while somebody waits: WeasyPrint, ReportLab, pdfkit, wkhtmltopdf, Puppeteer, Playwright,
 * iText, QuestPDF, Prawn, Dompdf, Matplotlib, Graphviz.
 */
const DRAWS =
  /\b(?:render|generate|create|build|make|draw|write|export|to)_?(?:pdf|png|svg|chart|document|poster|calendar|image|thumbnail)\w{0,12}\s?\(|\b(?:weasyprint|reportlab|wkhtmltopdf|wicked_?pdf|puppeteer|playwright|itext\w{0,8}|questpdf|dompdf|prawn)\b|\.(?:pdf|screenshot|savefig|write_pdf|generate_?pdf)\s?\(|\bdpi\s?[=:]\s?\d{3,4}\b/i;

export function costlierMedia({ added, removed }: Sides): Effect[] {
  const isNow = (costly: RegExp) => costly.test(added) && !costly.test(removed);
  const isOtherFilter = CHEAP_FILTER.test(removed) && isNow(COSTLY_FILTER);
  const isSlower = FAST_PRESET.test(removed) && isNow(SLOW_PRESET);
  return [
    ...effect('costlier-work', isOtherFilter ? 'it resizes pictures by a costlier filter' : ''),
    ...effect('costlier-work', isNow(ENLARGES) ? 'it makes pictures several times as large' : ''),
    ...effect('costlier-work', isNow(DRAWS) ? 'it draws a document or a picture' : ''),
    ...effect('costlier-work', isNow(TRIES_ALL_ORDERS) ? 'it tries all orders or combinations' : ''),
    ...effect('costlier-work', isSlower || isNow(TRIES_ALL) ? 'it compresses by a slower method' : ''),
  ];
}
