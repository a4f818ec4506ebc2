/** A diagnosis as one self-contained HTML page: with the picture, without a script. It opens from an email. */
import type { Analysis, WindowAnalysis } from '#model/finding/analysis.ts';
import { htmlPage } from '#present/documents/html-page.ts';
import { FISHBONE_TITLE, methodSections } from '#present/documents/method-sections.ts';
import type { LineBelow, Section } from '#present/documents/section.ts';
import { sectionsOf, storySections } from '#present/documents/sections.ts';
import { reportedMethods } from '#present/json/reported-methods.ts';
import { fishboneSvg } from '#present/pictures/fishbone-svg.ts';
import { requestLanesSvg } from '#present/pictures/request-lanes-svg.ts';
import { windowSvg } from '#present/pictures/window-svg.ts';
import { escapeXml } from '#present/svg/xml-text.ts';
import { waterfallSvg } from '#present/waterfall/svg.ts';
import { summaryOf } from '#present/words/summary.ts';

export const STYLE = `
:root { color-scheme: light; }
body { margin: 0 auto; padding: 16px; max-width: 760px; font: 17px/1.5 Inter, system-ui, sans-serif; color: #1a1a1a; background: #fff; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.3; }
h2 { font-size: 1.05rem; margin: 1.6em 0 0.3em; }
ul, ol { margin: 0; padding-left: 1.4em; }
.quiet { color: #565656; font-size: 0.9rem; }
svg { display: block; width: 100%; height: auto; margin: 1em 0; border: 1px solid #dcdcdc; border-radius: 6px; }
a { color: #0b57a4; }
`;

export function htmlOf(analysis: Analysis): string {
  const summary = summaryOf(analysis);
  const methods = reportedMethods(analysis);
  const sections = sectionsOf(summary, methodSections(methods), storySections(analysis)).map(
    (one) => section(one) + (one.title === FISHBONE_TITLE ? fishboneSvg(methods.fishbone) : ''),
  );
  const where =
    analysis.trace === undefined
      ? ''
      : ` · trace ${linked(summary.traceId, summary.traceUrl)}${summary.idFrom === '' ? '' : ` (${summary.idFrom})`}`;
  return htmlPage({
    title: summary.verdict,
    style: STYLE,
    main: `${summary.otherId === '' ? '' : `<p>${escapeXml(summary.otherId)}</p>`}${summary.standing === '' ? '' : `<p><strong>${escapeXml(summary.standing)}</strong></p>`}
<p class="quiet">${escapeXml(`${summary.subject} · ${summary.began}`)}${where}</p>
${analysis.trace === undefined ? windowPicture(analysis) : waterfallSvg(analysis, { headline: false })}
${sections.join('\n')}`,
  });
}

function windowPicture(analysis: WindowAnalysis): string {
  const { request, seen } = analysis;
  if (seen !== undefined) return windowSvg(analysis, { headline: false });
  return request === undefined ? '' : requestLanesSvg(request.timeline, undefined);
}

export function section({ title, lines, ordered }: Section): string {
  const list = ordered ? 'ol' : 'ul';
  const items = lines
    .map(({ text, url, below = [] }) => `<li>${linked(text, url)}${below.length === 0 ? '' : belowIt(below)}</li>`)
    .join('');
  return `<section><h2>${escapeXml(title)}</h2><${list}>${items}</${list}></section>`;
}

function belowIt(lines: readonly LineBelow[]): string {
  const items = lines.map(
    ({ text, url, code }) =>
      `<li>${linked(text, url)}${code === undefined ? '' : ` <code>${escapeXml(code)}</code>`}</li>`,
  );
  return `<ul>${items.join('')}</ul>`;
}

function linked(text: string, url: string): string {
  const words = escapeXml(text);
  return url === '' ? words : `<a href="${escapeXml(url)}" rel="noreferrer">${words}</a>`;
}
