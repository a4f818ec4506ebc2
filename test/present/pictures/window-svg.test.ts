import { describe, expect, test } from 'vitest';
import { once } from '#core/memoize.ts';
import { shopAnswer } from '#test/shop-answer.ts';

const slowStock = once(() => shopAnswer({ stockUs: 220_000 }));

describe('the picture of a window', () => {
  test('shows every request over time, when it began, and the way to the cause', async () => {
    const { svg = '', report } = await slowStock();
    expect(svg.match(/<circle cx="[\d.]+" cy="[\d.]+" r="2.4"/g)?.length).toBeGreaterThan(200);
    expect(svg).toContain(`>began ${report.onset?.at.slice(11, 19)}<`);
    expect(svg).toMatch(/>checkout<.*>stock<.*>cause</s);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  test('marks failed requests with a cross, and gives the highest failing share', async () => {
    const { svg = '' } = await shopAnswer({ stockUs: 30_000, stockFails: true });
    expect(svg).toContain('>failed, up to 100 %<');
    expect(svg).toContain('>failed<');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  test('of a healthy window marks no beginning and no cause', async () => {
    const { svg = '', text } = await shopAnswer(undefined);
    expect(svg).not.toMatch(/>began |>cause</);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    expect(text).toContain('nothing changed since');
  });

  test('fits into a message', async () => {
    const { png } = await shopAnswer({ stockUs: 220_000, stockFails: true });
    expect(png?.length).toBeLessThan(200_000);
  });
});

describe('the answer to an alert, judged as a window', () => {
  test('has in Slack the problem, the picture, the reasons, the counter-evidence, the action and the most important gap', async () => {
    const { slack } = await slowStock();
    const said = JSON.stringify(slack?.blocks);
    const places = ['stock', 'Why', 'Wrong if', 'Do now', 'Not seen'];
    const found = places.map((words) => said.indexOf(words));
    expect(found).toEqual(found.toSorted((a, b) => a - b));
    expect(Math.min(...found)).toBeGreaterThanOrEqual(0);
    expect(slack?.picture?.alt).toMatch(/It began at .* Path to the cause: checkout → stock, the cause/);
    expect(said).not.toContain('trace_compare');
    expect(JSON.stringify(slack?.thread)).toMatch(/Began at .*the cause.*Requests to open/);
  });

  test('says the same on the page, in text and in Markdown', async () => {
    const { html = '', text = '', markdown = '' } = await slowStock();
    for (const form of [html, text, markdown]) {
      expect(form).toContain('When it began');
      expect(form).toContain('before it began');
      expect(form).toContain('Path to the cause');
      expect(form).toContain('Requests to open');
    }
    expect(html).toContain('aria-labelledby="window-title');
    for (const form of [text, markdown])
      expect(form).toMatch(/median {2}[▁ ]+[█▇▆]+ {2}up to 2\d\d ms\n.*▲ began 14:23:\d\d UTC\n/);
  });
});
