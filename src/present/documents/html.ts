/** A diagnosis as one self-contained HTML page: with the picture, without a script. It opens from an email. */
import type { Analysis, WindowAnalysis } from '#model/finding/analysis.ts';
import { htmlPage } from '#present/documents/html-page.ts';
import { drawnTwice, PICTURE_STYLE } from '#present/documents/html-picture.ts';
import { FISHBONE_TITLE, methodSections } from '#present/documents/method-sections.ts';
import type { LineBelow, Section } from '#present/documents/section.ts';
import { detailSections, firstSections, isList, labelOf, storySections } from '#present/documents/sections.ts';
import { reportedMethods } from '#present/json/reported-methods.ts';
import { fishboneSvg } from '#present/pictures/fishbone-svg.ts';
import { requestLanesSvg } from '#present/pictures/request-lanes-svg.ts';
import { windowSvg } from '#present/pictures/window-svg.ts';
import type { Paper } from '#present/svg/paper.ts';
import { escapeXml } from '#present/svg/xml-text.ts';
import { waterfallSvg } from '#present/waterfall/svg.ts';
import { secondLine } from '#present/words/first-message.ts';
import { summaryOf } from '#present/words/summary.ts';

export const STYLE = `
h2 { font-size: 1.05rem; font-weight: 500; margin: 1.6em 0 0.3em; }
p { margin: 0.5em 0; }
.label { margin-bottom: 0.2em; }
hr { border: 0; border-top: 1px solid var(--line); margin: 2em 0 0; }
figure { margin: 1em 0; }
code { font-size: 0.94em; }
ul, ol { margin: 0; padding-left: 1.4em; }
.quiet { color: var(--quiet); font-size: 0.9rem; }
${PICTURE_STYLE}`;

export function htmlOf(analysis: Analysis): string {
  const summary = summaryOf(analysis);
  const { first } = summary;
  const methods = reportedMethods(analysis);
  const detail = detailSections(summary, methodSections(methods), storySections(analysis)).map(
    (one) =>
      section(one) + (one.title === FISHBONE_TITLE ? drawnTwice((paper) => fishboneSvg(methods.fishbone, paper)) : ''),
  );
  const picture = drawnTwice((paper) =>
    analysis.trace === undefined
      ? windowPicture(analysis, first.pictureTitle, paper)
      : waterfallSvg(analysis, { title: false, paper }),
  );
  return htmlPage({
    title: first.headline,
    style: STYLE,
    main: `<p>${escapeXml(first.status === undefined ? first.lookedAt : secondLine(first))}</p>
${first.otherId === '' ? '' : `<p>${escapeXml(first.otherId)}</p>`}
${picture === '' ? '' : `<figure><figcaption class="quiet">${escapeXml(first.pictureTitle)}</figcaption>${picture}</figure>`}
${firstSections(summary).map(labelled).join('\n')}
<hr>
${detail.join('\n')}`,
  });
}

/** A part of the first message: a label beside its line, or above its list. */
function labelled(section: Section): string {
  const label = `<em>${escapeXml(labelOf(section))}</em>`;
  const lines = section.lines.map(({ text, url }) => linked(text, url));
  if (!isList(section)) return `<p>${label} ${lines.join('. ')}</p>`;
  return `<p class="label">${label}</p><ul>${lines.map((line) => `<li>${line}</li>`).join('')}</ul>`;
}

function windowPicture(analysis: WindowAnalysis, pictureTitle: string, paper: Paper): string {
  const { request, seen } = analysis;
  if (seen !== undefined) return windowSvg(analysis, { title: false, paper });
  return request === undefined ? '' : requestLanesSvg(request.timeline, pictureTitle, { title: false, paper });
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
