/** A review of incidents as Markdown and as one self-contained HTML page, each redacted as a whole. */
import { redact } from '#model/redaction/redaction.ts';
import { htmlPage } from '#present/documents/html-page.ts';
import { drawnTwice, PICTURE_STYLE } from '#present/documents/html-picture.ts';
import { escapeMarkdown } from '#present/documents/markdown.ts';
import { hasReliability, reliabilitySvg } from '#present/pictures/reliability-svg.ts';
import { escapeXml } from '#present/svg/xml-text.ts';
import { type ReviewSection, reviewHead, reviewSections, type ShownReview } from '#present/words/incident-review.ts';
import { GROUP_NOTE, statsLines, statsSections } from '#present/words/incident-stats.ts';

const TITLE = 'Review of incidents';

export function reviewMarkdown(shown: ShownReview): string {
  const sections = [...reviewSections(shown), ...timeSections(shown)].map(({ title, items, note }) => {
    const lines = items.flatMap(({ label, text, below }) => [
      `- **${escapeMarkdown(label)}**: ${escapeMarkdown(text)}`,
      ...below.map((line) => `  - ${escapeMarkdown(line)}`),
    ]);
    return [`## ${title}`, lines.join('\n'), escapeMarkdown(note)].filter((part) => part !== '').join('\n\n');
  });
  return redact(`${[`# ${TITLE}`, `${escapeMarkdown(reviewHead(shown))}.`, ...sections].join('\n\n')}\n`);
}

const STYLE = `
h2 { font-size: 1.2rem; margin: 2em 0 0.3em; padding-top: 0.6em; border-top: 1px solid var(--line); }
ul { margin: 0.3em 0; padding-left: 1.2em; }
li { margin: 0.5em 0; }
li li { margin: 0.2em 0; color: var(--quiet); font-size: 0.95rem; }
.note { color: var(--quiet); }
${PICTURE_STYLE}`;

export function reviewHtml(shown: ShownReview): string {
  const sections = reviewSections(shown);
  const picture = hasReliability(shown.review) ? drawnTwice((paper) => reliabilitySvg(shown, paper)) : '';
  const drawn = [
    ...sections.map((section, at) => sectionHtml(section, at === sections.length - 1 ? picture : '')),
    ...timeSections(shown).map((section) => sectionHtml(section, '')),
  ];
  const main = [`<p>${escapeXml(reviewHead(shown))}.</p>`, ...drawn].join('\n');
  return redact(htmlPage({ title: TITLE, style: STYLE, main }));
}

/** How long they took: all together, then by severity, service and month. None without an incident. */
function timeSections({ review: { stats }, period, service }: ShownReview): readonly ReviewSection[] {
  const all = statsLines({ stats, period, service });
  if (all.length === 0) return [];
  const items = all.map(({ label, time, within, note }) => ({ label, text: `${time}${within} (${note})`, below: [] }));
  const groups = statsSections(stats).map((section) => ({
    title: `Times ${section.title}`,
    items: section.groups.map(({ name, text }) => ({ label: name, text, below: [] })),
    note: GROUP_NOTE,
  }));
  return [{ title: 'Times', items, note: 'Each time is the median.' }, ...groups];
}

function sectionHtml({ title, items, note }: ReviewSection, picture: string): string {
  const list = items.map(({ label, text, below }) => {
    const inner = below.map((line) => `<li>${escapeXml(line)}</li>`).join('');
    const more = inner === '' ? '' : `<ul>${inner}</ul>`;
    return `<li><strong>${escapeXml(label)}</strong>: ${escapeXml(text)}${more}</li>`;
  });
  const listed = list.length === 0 ? '' : `<ul>${list.join('')}</ul>`;
  const noted = note === '' ? '' : `<p class="note">${escapeXml(note)}</p>`;
  return `<section><h2>${title}</h2>${picture}${listed}${noted}</section>`;
}
