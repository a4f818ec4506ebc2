import { expect, test } from 'vitest';
import { costlierMedia } from '#model/changes/costlier-media.ts';

test.each([
  ['thumb = im.resize(size, Image.BILINEAR)', 'thumb = im.resize(size, Image.LANCZOS)'],
  ["sharp(file).resize(w, h, { kernel: 'nearest' })", "sharp(file).resize(w, h, { kernel: 'lanczos3' })"],
  ['im.resize((w, h))', 'im.resize((w * 4, h * 4))'],
  ['-preset veryfast -crf 23', '-preset veryslow -crf 23'],
  ['gzip(body)', 'zopfli.compress(body)'],
  ['card["days"] = days(tree)', 'card["days"] = b64(render_pdf(tree, dpi=600))'],
  ['return page(order)', 'return HTML(page(order)).write_pdf()'],
  ['return stops.nearest(at)', 'return min(itertools.permutations(stops), key=length)'],
])('%s becomes %s', (removed, added) => {
  expect(costlierMedia({ removed, added }).map(({ kind }) => kind)).toEqual(['costlier-work']);
  expect(costlierMedia({ removed: added, added: removed })).toEqual([]);
});

test.each(['scale = 4', 'resize(w, h)', 'preset: fast'])('not by %s', (added) => {
  expect(costlierMedia({ removed: 'resize(h, w)', added })).toEqual([]);
});
