/** Hostile texts stay texts in Confluence's storage format, and the links and tasks of a postmortem are there. */
import { describe, expect, test } from 'vitest';
import { storageOf } from '#adapters/confluence/storage-format.ts';
import type { TargetDocument } from '#model/incident/target-document.ts';
import { shown } from '#present/words/plain-text.ts';
import { HOSTILE } from '#test/hostile.ts';
import { DRAFT } from '#test/target-draft.ts';

test('has links, tasks, tables, pictures and the mark', () => {
  const storage = storageOf(DRAFT.document, DRAFT.mark);
  expect(storage).toContain('<a href="https://chat.example/4">T4</a>');
  expect(storage).toContain('<ac:task-body>What broke?</ac:task-body>');
  expect(storage).toContain('<ri:attachment ri:filename="INC-12-steps.png" />');
  expect(storage).toContain('<td><p><strong>note</strong><br /></p></td>');
  expect(storage).toContain(`spanhound-${DRAFT.mark}`);
});

const OWN =
  /<\/?(?:p|h[23]|blockquote|ul|li|strong|br|a|table|tbody|tr|th|td|ac:(?:structured-macro|parameter|image|task-list|task|task-status|task-body)|ri:attachment)(?: [\w:-]+="[^"<>]*")* ?\/?>/g;

describe('of a hostile text', () => {
  test.each(HOSTILE)('%j, only our own elements are there', (hostile) => {
    const text = shown(hostile);
    const document: TargetDocument = [
      { kind: 'heading', level: 2, text },
      { kind: 'notice', lines: [text] },
      {
        kind: 'list',
        items: [
          { runs: [{ text }], isTask: false },
          { runs: [{ text, isBold: true }], isTask: true },
        ],
      },
      { kind: 'table', head: ['a'], rows: [[[{ text, url: `https://chat.example/${encodeURIComponent(text)}` }]]] },
      { kind: 'picture', name: 'a.png', alt: text },
    ];
    const storage = storageOf(document, DRAFT.mark);
    expect(storage.replace(OWN, '')).not.toMatch(/[<>]|&(?!(?:amp|lt|gt|quot);)/);
    expect(storage.match(OWN)).toHaveLength(storageOf(harmless(document), DRAFT.mark).match(OWN)?.length ?? 0);
  });
});

function harmless(document: TargetDocument): TargetDocument {
  const plain = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, key === 'text' || key === 'alt' ? 'harmless' : plain(one)]),
    );
  };
  return plain(document) as TargetDocument;
}
