/** An issue that is created, and one that is closed, as every tracker gets them. */
import type { IssueChange, IssueDraft } from '#model/incident/issue-tracker.ts';

export const MARK = '0123456789abcdef0123456789abcdef';

export function issueDraft(place: string): IssueDraft {
  return {
    place,
    title: 'Add an index',
    lines: [],
    markdown: '- **Due:** 2026-12-01',
    mark: MARK,
    due: '2026-12-01',
    isUncertain: false,
    sinceUs: Date.parse('2026-01-06T14:30:00Z') * 1_000,
  };
}

export function issueChange(place: string, remoteId: string): IssueChange {
  return {
    place,
    remoteId,
    state: 'done',
    comment: { lines: [], markdown: 'done' },
    mark: MARK,
    isUncertain: false,
  };
}
