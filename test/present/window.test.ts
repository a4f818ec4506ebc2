import { describe, expect, test } from 'vitest';
import { every, said, together, windowPresented } from '#test/window.ts';

const LINES = together(
  every(20, 0, 60, (at, n) => said(at, 'shop', 'info', `order ${n} taken`)),
  [said(30, 'shop', 'error', 'accept4: too many open files <script> @channel')],
);

const FORMS = { text: { width: 100, colour: false }, markdown: true, html: true, slack: true, svg: true, png: true };

describe('a report of log lines alone', () => {
  test('names the lines, the problem and its evidence in every form', async () => {
    const { text = '', markdown = '', html = '', slack, report } = await windowPresented(LINES, { forms: FORMS });
    expect(report.subject).toMatchObject({ kind: 'window', traceId: '' });
    expect(report.trace).toBeNull();
    for (const form of [text, markdown, html]) {
      expect(form).toContain('shop: too many open files');
      expect(form).toContain('21 log lines');
      expect(form).not.toMatch(/\btrace \n|undefined|NaN/);
    }
    expect(html).not.toContain('<script>');
    expect(slack?.picture).toBeUndefined();
    expect(JSON.stringify(slack?.blocks)).toContain('has too many files open');
  });

  test('draws no picture of a trace that is not there', async () => {
    const { svg, png } = await windowPresented(LINES, { forms: FORMS });
    expect({ svg, png }).toEqual({ svg: undefined, png: undefined });
  });

  test('without a problem says so, and lists the examined problems', async () => {
    const healthy = LINES.filter(({ level }) => level === 'info');
    const { text, report } = await windowPresented(healthy, { forms: FORMS });
    expect(report.diagnosis).toBeNull();
    expect(text).toContain('Nothing wrong found in 20 log lines');
    expect(text).toContain('Resource exhausted');
  });
});
