import { expect, test } from 'vitest';
import { diffLines } from '#model/changes/diff-lines.ts';
import { relatedRows } from '#model/changes/related-rows.ts';

const found = (diff: string) => relatedRows(diffLines(diff)).map(({ text }) => text);

test.each([
  [' json.boats @harbour.boats do |b|\n   json.name b.name\n+  json.crew b.sailors.map(&:name)\n end', 'b.sailors'],
  [' <% @boats.each do |boat| %>\n+  <%= boat.sailors.count %>', 'boat.sailors'],
  [' for boat in boats:\n     row = [boat.name]\n+    row.append(boat.sailors.count())', 'boat.sailors'],
  [' {% for boat in boats %}\n+  {% for one in boat.sailors.all %}', 'boat.sailors'],
  [" foreach ($boats as $boat) {\n+    $row[] = $boat->sailors->pluck('name');", 'boat.sailors'],
  [' foreach (var boat in boats)\n {\n+    row.Crew = boat.Sailors.Count();', 'boat.Sailors'],
])('%j', (diff, relation) => {
  expect(found(diff)).toEqual([`it reads ${relation} for each item of a loop`]);
});

test.each([
  ' for boat in boats:\n     row = [boat.name]\n+total = boat.sailors.count()',
  ' for boat in boats:\n+    row.append(harbour.boats.count())',
  ' for boat in boats:\n+    row.append(boat.name.title())',
  ' for (const boat of boats) {\n+  row.crew = boat.sailors.map((one) => one.name)',
])('not %j', (diff) => {
  expect(found(diff)).toEqual([]);
});
