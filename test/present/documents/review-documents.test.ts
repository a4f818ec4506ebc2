/** The times on the page of a review: all together, and by severity, service and month. */
import { expect, test } from 'vitest';
import type { Incident } from '#model/incident/incident.ts';
import { incidentReview } from '#model/incident/incident-review.ts';
import { reviewHtml, reviewMarkdown } from '#present/documents/review-documents.ts';

const MINUTE_US = 60_000_000;
const DECLARED_US = Date.UTC(2026, 0, 31, 23, 50) * 1_000;

function ended(minutes: number, service: string, more: Partial<Incident> = {}) {
  const incident: Incident = {
    ...{ id: `i${minutes}`, workspaceId: 'T1', number: minutes, title: 'Logins fail', severity: 'P1' },
    ...{ status: 'resolved', channelId: 'C1', declaredBy: 'U1', declaredUs: DECLARED_US },
    ...{ detectedBy: 'employee', detection: '', roles: {}, resolvedUs: DECLARED_US + minutes * MINUTE_US },
    ...more,
  };
  return { incident, entries: [], actionItems: [], diagnoses: [], service };
}

const shownOf = (...reviewed: Parameters<typeof incidentReview>[0]) =>
  ({ review: incidentReview(reviewed), period: { days: 90 }, service: '' }) as const;

test('have the median, the time of 90 %, and of how many incidents', () => {
  const shown = shownOf(ended(10, 'users'), ended(30, 'users'), ended(20, '', { severity: 'P0' }));
  const markdown = reviewMarkdown(shown);
  expect(markdown).toMatch(/## Times\n\n.*\*\*Time to resolve\*\*: 20 min, 90 % within 30 min \\?\(3 of 3/s);
  expect(markdown).toMatch(/## Times by severity\n\n.*\*\*P0\*\*: 1 incident\\?\. Resolve 20 min \\?\(1\\?\)/s);
  expect(markdown).toMatch(
    /## Times by service\n\n.*\*\*users\*\*: 2 incidents\\?\. Resolve 20 min, 30 min \\?\(2\\?\)/s,
  );
  expect(markdown).toContain('**Service not known**');
  expect(markdown).not.toContain('Times by month');
  expect(reviewHtml(shown)).toContain('<h2>Times by service</h2>');
});

test('by month where there are several, the newest first', () => {
  const later = { declaredUs: DECLARED_US + 20 * MINUTE_US, resolvedUs: DECLARED_US + 25 * MINUTE_US };
  const html = reviewHtml(shownOf(ended(10, 'users'), ended(5, 'users', later)));
  expect(html).toMatch(/Times by month \(UTC\).*2026-02.*2026-01/s);
});

test('are left out without an incident', () => {
  expect(reviewMarkdown(shownOf())).not.toContain('Times');
});
