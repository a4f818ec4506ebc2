/** A change and a failure that name the same thing, and the twin that names another one. */
import { describe, expect, test } from 'vitest';
import { isSaidOfAnybody, saidEffects } from '#model/changes/said/effects.ts';
import { changed } from '#test/changes.ts';

const found = (diff: string, failure: string, more: Partial<Parameters<typeof changed>[1]> = {}) =>
  saidEffects(changed(-60, { diff, ...more }), failure.toLowerCase()).map(({ text }) => text);

describe('an origin that is no longer allowed', () => {
  const CHROME =
    "Access to XMLHttpRequest at 'https://seats.opera.test/rows' from origin 'https://box.opera.test' has been blocked by CORS policy";
  const GONE = '-allowed_origins: https://box.opera.test, https://opera.test\n+allowed_origins: https://opera.test';

  test.each([
    ['taken out of a list', GONE, CHROME],
    ['all before, and a list now', '-CORS_ORIGINS="*"\n+CORS_ORIGINS="https://opera.test"', CHROME],
    [
      'all of a domain before',
      "-origins: ['https://*.opera.test']\n+origins: ['https://desk.opera.test']",
      'Origin https://box.opera.test is not allowed by Access-Control-Allow-Origin.',
    ],
    ['as Spring says it', GONE, "Reject CORS: 'https://box.opera.test' origin is not allowed"],
  ])('%s', (_, diff, failure) => {
    expect(found(diff, failure)).toEqual(['it takes box.opera.test out of the allowed origins']);
  });

  test.each([
    ['another origin', GONE.replaceAll('box.', 'bar.'), CHROME],
    ['an origin whose name only ends like it', GONE.replaceAll('box.', 'music-box.'), CHROME],
    ['moved to another line', `${GONE}\n+  - https://box.opera.test`, CHROME],
    ['a list of something else', GONE.replaceAll('allowed_origins', 'mirrors'), CHROME],
    ['a failure of another kind', GONE, 'connection to box.opera.test refused, origin https://box.opera.test'],
  ])('not where it is %s', (_, diff, failure) => {
    expect(found(diff, failure)).toEqual([]);
  });
});

describe('a key that signs since then, or no longer', () => {
  const NEW = '-  "current_key": "sig-2031-04"\n+  "current_key": "sig-2031-05"';

  test.each([
    [
      'brings',
      NEW,
      'no matching key: kid sig-2031-05 is not in the set',
      'it brings the key sig-2031-05, which the failure names',
    ],
    [
      'takes away',
      NEW,
      'unknown signing key sig-2031-04',
      'it takes the key sig-2031-04 away, which the failure names',
    ],
  ])('it %s the key', (_, diff, failure, text) => {
    expect(found(diff, failure)).toEqual([text]);
  });

  test.each([
    ['another key', NEW, 'no matching key: kid sig-2030-11 is not in the set'],
    ['kept beside the new one', `${NEW}\n+  "previous_key": "sig-2031-04"`, 'unknown signing key sig-2031-04'],
    ['a date', NEW.replaceAll('sig-', '').replaceAll('-0', '-10-0'), 'kid is unknown since 2031-10-05'],
    ['no key', NEW.replaceAll('current_key', 'release'), 'no matching key: kid sig-2031-05 is not in the set'],
    ['named without a word of keys', NEW, 'build sig-2031-05 was slow'],
  ])('not where it is %s', (_, diff, failure) => {
    expect(found(diff, failure)).toEqual([]);
  });
});

describe('a field in another form', () => {
  const GSON = 'JsonSyntaxException: Expected a long but was STRING at line 1 column 40 path $.berths[2].draftCm';
  const GO = 'json: cannot unmarshal string into Go struct field Berth.draftCm of type int64';
  const NEW = '-  out.put("draftCm", draft.toCm())\n+  out.put("draftCm", draft.label())';

  test.each([
    ['a path', NEW, GSON],
    ['a field of a struct', NEW, GO],
    [
      'a chain of references',
      NEW,
      'Cannot deserialize value of type `long` (through reference chain: Berth["draftCm"])',
    ],
    ['a rule', '-draftCm: number;\n+draftCm: string;', 'data: "draftCm" must be a number: invalid value'],
    [
      'a schema',
      '-{"name": "draftCm", "type": "long"}\n+{"name": "draftCm", "type": "string"}',
      'schema: field draftCm differs',
    ],
    ['a property of C#', '-public int DraftCm { get; set; }\n+public string DraftCm { get; set; }', GSON],
    ['a field of Go', '-\tDraftCm int `json:"draftCm"`\n+\tDraftCm string `json:"draftCm"`', GSON],
    ['a property', '-  reply.draftCm = berth.cm\n+  reply.draftCm = String(berth.cm)', GSON],
    ['a setter', '-  b.setDraftCm(cm);\n+  b.setDraftCm(text(cm));', GO.replace('Berth.draftCm', 'Berth.setDraftCm')],
  ])('as %s names it', (_, diff, failure) => {
    expect(found(diff, failure)[0]).toMatch(/^it changes the form of “(?:set)?draftCm”/i);
  });

  test('in the other style of names', () => {
    const [text] = found('-  int64 draft_cm = 3;\n+  string draft_cm = 3;', GSON);
    expect(text).toBe('it changes the form of “draft_cm”, which the failure names');
  });

  test('counts in a service that the request does not show, unless many services have such a field', () => {
    const of = (field: string) =>
      isSaidOfAnybody(
        changed(-60, { diff: NEW.replaceAll('draftCm', field) }),
        GSON.replace('draftCm', field).toLowerCase(),
      );
    expect(of('draftCm')).toBe(true);
    expect(of('userId')).toBe(false);
  });

  test('that is missing now', () => {
    const diff = '-  reply["draftCm"] = berth.cm\n+  reply["pier"] = berth.pier';
    expect(found(diff, 'missing required field draftCm')).toEqual([
      'it no longer writes “draftCm”, which the failure names',
    ]);
    expect(found(diff, 'cannot parse field draftCm')).toEqual([]);
  });

  test.each([
    ['another field', NEW.replaceAll('draftCm', 'beamCm'), GSON],
    ['a line of a log', '-  log.info("draftCm", cm)\n+  log.info("draftCm", text(cm))', GSON],
    ['only read', '-  x = in.getInt("draftCm")\n+  x = in.getLong("draftCm")', GSON],
    ['read from a row', '-  x = row["draftCm"] + 1\n+  x = row["draftCm"] + 2', GSON],
    ['written as before', '-  put("draftCm", cm)\n+  put("draftCm", cm);', GSON],
    ['a word of many records', NEW.replaceAll('draftCm', 'price'), GSON.replace('draftCm', 'price')],
    ['named by a failure of another kind', NEW, 'timeout while sending field draftCm'],
  ])('not where it is %s', (_, diff, failure) => {
    expect(found(diff, failure)).toEqual([]);
  });
});

describe('a path that no route leads to', () => {
  const NO_ROUTE = '"GET /tides/today HTTP/1.1" 404 NR route_not_found - "-" 0 0 0 - "-" "-" "-" "harbour:9000"';
  const GONE = '-  - uri: { prefix: /tides }\n+  - uri: { exact: /tides/v3 }';

  test.each([
    ['exactly another path now', GONE],
    ['under another path now', '-    path: /\n+    path: /v3'],
    ['under no path now', '-  - uri: { prefix: /tides }\n'],
  ])('%s', (_, diff) => {
    expect(found(diff, NO_ROUTE, { service: 'harbour' })).toEqual(['it no longer routes /tides/today']);
  });

  test.each([
    ['the routes of another host', GONE, NO_ROUTE, 'lighthouse'],
    ['another path', GONE.replaceAll('tides', 'winds'), NO_ROUTE, 'harbour'],
    ['routed by a line that stays', `${GONE}\n   - uri: { prefix: / }`, NO_ROUTE, 'harbour'],
    ['an answer of the upstream', GONE, NO_ROUTE.replace('NR route_not_found', '- via_upstream'), 'harbour'],
  ])('not where it is %s', (_, diff, failure, service) => {
    expect(found(diff, failure, { service })).toEqual([]);
  });
});

describe('a module that is missing', () => {
  test.each([
    [
      'Python',
      '-import csv\n+import polars as pl',
      "ModuleNotFoundError: No module named 'polars'",
      'it imports polars',
    ],
    ['Node.js', "+const pin = require('pino-tide');", "Error: Cannot find module 'pino-tide'", 'it imports pino-tide'],
    ['Ruby', "+require 'tide/chart'", 'LoadError: cannot load such file -- tide/chart', 'it imports tide/chart'],
    [
      'Java',
      '+import org.tides.Chart;',
      'java.lang.NoClassDefFoundError: org/tides/Chart',
      'it imports org/tides/chart',
    ],
    ['a list of packages', '@@ requirements.txt @@\n-polars==1.2\n', "No module named 'polars'", 'it takes polars out'],
    ['a package of another name', '@@ Pipfile @@\n-pyyaml = "*"\n', "No module named 'yaml'", 'it takes yaml out'],
    ['a layer', '-  layers: [polars-arm]\n+  layers: []', "No module named 'polars'", 'it takes polars out'],
  ])('%s', (_, diff, failure, text) => {
    expect(found(diff, failure)[0]).toContain(text);
  });

  test.each([
    ['another module', '+import polars', "No module named 'pandas'"],
    ['a longer name', '+import polars_ext', "No module named 'polars'"],
    ['imported before', '-import polars\n+import polars as pl', "No module named 'polars'"],
    ['no longer imported', '-import polars', "No module named 'polars'"],
    ['of another package', '@@ Pipfile @@\n-pyyaml-include = "*"\n+pyyaml = "*"', "No module named 'yaml'"],
    ['only named', '+# polars is next\n+name = "polars"', "No module named 'polars'"],
  ])('not where it is %s', (_, diff, failure) => {
    expect(found(diff, failure)).toEqual([]);
  });

  test('counts only where it is of the service that fails', () => {
    expect(isSaidOfAnybody(changed(-60, { diff: '+import polars' }), "no module named 'polars'")).toBe(false);
  });
});

describe('what brought the modules is gone', () => {
  const MISSED = "ImportError: No module named 'tidecharts'";

  test.each([
    ['a layer of a function', '-Layers: [!Ref ChartLayer]\n+Layers: []'],
    ['a layer by its address', '-  - arn:aws:lambda:eu-north-1:1:layer:charts:4'],
    ['an installer', '-RUN pip install --no-cache-dir -r more.txt'],
    ['a search path', '-ENV PYTHONPATH=/opt/extra'],
  ])('%s', (_, diff) => {
    expect(found(diff, MISSED)).toEqual(['it removes what installed packages, and tidecharts is missing']);
  });

  test.each([
    ['another version of the layer', '-Layers: [!Ref ChartLayerV1]\n+Layers: [!Ref ChartLayerV2]', MISSED],
    ['another installer', '-RUN pip install -r all.txt\n+RUN uv sync', MISSED],
    ['a failure of another kind', '-Layers: [!Ref ChartLayer]\n+Layers: []', 'KeyError: tidecharts'],
    ['a layer of a drawing', '-layers: []\n+depth: 3', MISSED],
  ])('not with %s', (_, diff, failure) => {
    expect(found(diff, failure)).toEqual([]);
  });
});

describe('a branch for all other values that is gone', () => {
  const SCALA = '-case _ => usual(stay)\n+case Room.Loft => loft(stay)';

  test.each([
    ['Scala', SCALA, 'scala.MatchError: Cabin (of class inn.Room$Cabin$)'],
    ['Kotlin', '-    else -> usual(stay)\n+    Room.LOFT -> loft(stay)', 'kotlin.NoWhenBranchMatchedException'],
    [
      'C#',
      '-    _ => Usual(stay),\n+    Room.Loft => Loft(stay),',
      'System.Runtime.CompilerServices.SwitchExpressionException',
    ],
    [
      'Elixir',
      '-      _ -> usual(stay)\n+      :loft -> loft(stay)',
      '** (CaseClauseError) no case clause matching: :cabin',
    ],
    [
      'PHP',
      '-    default => usual($stay),\n+    Room::Loft => loft($stay),',
      'UnhandledMatchError: Unhandled match case',
    ],
  ])('%s', (_, diff, failure) => {
    expect(found(diff, failure)).toEqual([
      'it removes the branch for all other values, and the failure says that no branch fits',
    ]);
  });

  test.each([
    ['kept in other words', '-case _ => usual(stay)\n+case _ => cheap(stay)', 'scala.MatchError: Cabin'],
    ['gone, and the failure is another', SCALA, 'java.lang.ArithmeticException: / by zero'],
    ['never there', '-case Room.Loft => a\n+case Room.Loft => b', 'scala.MatchError: Cabin'],
  ])('not where it is %s', (_, diff, failure) => {
    expect(found(diff, failure)).toEqual([]);
  });
});

describe('a secret for the host that refuses it', () => {
  const ROTATED = '-harborPilot.keyId: one\n+harborPilot.keyId: two';
  const text = 'rotate the key of harbor-pilot';

  test.each([
    ['by its host', 'The call post from berths to api.harbor-pilot.example failed with 401 Unauthorized'],
    ['by its name', 'harbor-pilot answered 403 {"error":"who are you"}'],
  ])('named %s', (_, failure) => {
    expect(found(ROTATED, failure, { text })).toEqual(['it replaces a secret for harbor-pilot, which refuses it']);
  });

  test('with the id of the key in the refusal', () => {
    const ids = '-harborPilot.keyId: hp_3\n+harborPilot.keyId: hp_4';
    expect(found(ids, 'refused: unknown key id hp_4', { text })).toEqual([
      'it brings the key hp_4, which the failure names',
    ]);
    expect(found(ids, 'refused: unknown key id hp_9', { text })).toEqual([]);
  });

  test.each([
    ['another host refuses', ROTATED, 'api.tug-boats.example answered 401', text],
    ['it answers with another status', ROTATED, 'api.harbor-pilot.example answered 500', text],
    [
      'no secret is replaced',
      '-harborPilot.timeout: 3s\n+harborPilot.timeout: 2s',
      'harbor-pilot answered 401',
      'new wait',
    ],
  ])('not where %s', (_, diff, failure, said) => {
    expect(found(diff, failure, { text: said })).toEqual([]);
  });
});

describe('a type of a message that moved', () => {
  const PHP = 'Message class "App\\Loans\\Remind" not found during decoding.';
  const MOVED = '--- a/Loans/Remind.php\n+++ b/Mail/Remind.php\n-namespace App\\Loans;\n+namespace App\\Mail;';

  test.each([
    ['to another namespace of PHP', MOVED, PHP],
    [
      'to another package of Java',
      '-package org.library.loans;\n+package org.library.mail;\n class Remind {}',
      "InvalidTypeIdException: Could not resolve type id 'org.library.loans.Remind' as a subtype",
    ],
    [
      'to another namespace of .NET',
      '-namespace Library.Loans;\n+namespace Library.Mail;\n public record Remind(int Id);',
      "Could not load type 'Library.Loans.Remind' from assembly 'Library'",
    ],
    [
      'to another name in Python',
      '-class Remind:\n+class Reminder:',
      "Can't get attribute 'Remind' on <module 'loans'>",
    ],
    [
      'to another name in Ruby',
      '-class Remind\n+class LoanReminder',
      'NameError: uninitialized constant Loans::Remind',
    ],
  ])('%s', (_, diff, failure) => {
    expect(found(diff, failure)).toEqual(['it moves or renames remind, which the failure misses']);
  });

  test.each([
    ['another type', MOVED, PHP.replace('Remind', 'Recall')],
    ['another namespace', MOVED.replace('App\\Loans', 'App\\Fines'), PHP],
    ['a type that stays', '-class Remind:\n+class Remind(Base):', "Can't get attribute 'Remind' on <module 'loans'>"],
  ])('not where it is %s', (_, diff, failure) => {
    expect(found(diff, failure)).toEqual([]);
  });
});

describe('two numbers that have to be equal', () => {
  const NEW = '-  return Grid(rows=2048)\n+  return Grid(rows=4096)';
  const SAID = 'shape mismatch: the index was built with 2048, got 4096';

  test.each([
    ['in code', NEW, SAID],
    ['in a comment', '-engine: rose-2  # 2048\n+engine: tulip-1  # 4096', SAID],
  ])('%s', (_, diff, failure) => {
    expect(found(diff, failure)).toEqual(['it replaces 2048 with 4096, and the failure names both']);
  });

  test.each([
    ['only one of them', NEW, 'shape mismatch: the index was built with 1024, got 4096'],
    ['both, and the old one stays', `${NEW}\n+  old = 2048`, SAID],
    ['both, and does not say that they differ', NEW, 'wrote 2048 rows of 4096'],
  ])('not where the failure names %s', (_, diff, failure) => {
    expect(found(diff, failure)).toEqual([]);
  });
});

describe('values that it writes in another form', () => {
  const UNIT = '-    "depth": f"{d:.0f}",\n+    "depth": f"{d:.0f} cm",';
  const COMMA = '-  row["stake"] = cents\n+  row["stake"] = f"{cents/100:.2f}".replace(".", ",")';

  test.each([
    ['a unit', UNIT, "could not convert string to float: '118 cm'", 'it writes values with “cm”'],
    [
      'a unit by itself',
      '-w: kg.toString(),\n+w: kg + "kg",',
      'NumberFormatException: For input string: "12kg"',
      'it writes values with “kg”',
    ],
    ['a decimal comma', COMMA, 'Bad int64 value: 2,50', 'it writes numbers with a comma'],
    [
      'a locale',
      '-String.format(x)\n+String.format(Locale.GERMANY, x)',
      'invalid input syntax for type numeric: "2,50"',
      'it writes numbers with a comma',
    ],
  ])('%s', (_, diff, failure, text) => {
    expect(found(diff, failure)).toEqual([`${text}, which the failure cannot read`]);
  });

  test.each([
    ['another unit', UNIT, "could not convert string to float: '118 mm'"],
    ['a unit that was there before', '-a = "{} cm"\n+a = "{:.1f} cm"', "could not convert string to float: '118 cm'"],
    ['a word that only ends so', '-a = "x"\n+a = "tacm"', "could not convert string to float: '118 cm'"],
    ['a failure of another kind', UNIT, "timed out after '118 cm'"],
    ['a number without a comma', COMMA, 'Bad int64 value: abc'],
    ['a comma between thousands of other words', '-a = b\n+a = c', 'Bad int64 value: 2,50'],
  ])('not where it is %s', (_, diff, failure) => {
    expect(found(diff, failure)).toEqual([]);
  });

  test('a number that is a text now, as System.Text.Json says it', () => {
    const failure = 'The JSON value could not be converted to System.Int32. Path: $.fmsCode | LineNumber: 0';
    const diff = '-    public int FmsCode { get; init; }\n+    public string FmsCode { get; init; }';
    expect(found(diff, failure)).toEqual(['it changes the form of “FmsCode”, which the failure names']);
    expect(found(diff.replaceAll('FmsCode', 'UnitCode'), failure)).toEqual([]);
  });
});

describe('a layer or an image that no longer brings a module', () => {
  const FAILURE = "Error: Cannot find module 'dayjs'";

  test.each([
    '-  - arn:aws:lambda:eu-west-1:118:layer:common:13\n+  - arn:aws:lambda:eu-west-1:118:layer:common:14',
    '-FROM registry.example/common:13\n+FROM registry.example/common:14',
  ])('%s', (diff) => {
    expect(found(diff, FAILURE)).toEqual([expect.stringMatching(/^it replaces .*common:13, and dayjs is missing$/)]);
  });

  test('not where it stays, is another one, or nothing is missing', () => {
    const moved =
      '-  - arn:aws:lambda:eu-west-1:118:layer:common:13\n+  - arn:aws:lambda:eu-central-1:118:layer:common:13';
    expect(found(moved, FAILURE)).toEqual([]);
    expect(found('-FROM base:13\n+FROM base:14', 'connection refused')).toEqual([]);
  });
});

describe('a name without marks that it takes away', () => {
  const RENAMED = '-  name: brewstate\n+  name: brew-state';

  test('is what the failure misses', () => {
    expect(found(RENAMED, 'state store brewstate is not found')).toEqual([
      'it takes “brewstate” away, which the failure misses',
    ]);
  });

  test('not where the failure misses another one, or the name stays', () => {
    expect(found(RENAMED, 'state store orders is not found')).toEqual([]);
    expect(found(`${RENAMED}\n+  alias: brewstate`, 'state store brewstate is not found')).toEqual([]);
  });
});

describe('a key that nobody writes any more', () => {
  const GONE = '-    "harbour": {"berth": b.berth}\n+    "harbour": {"quay": b.berth}';

  test.each([
    ['Python', "KeyError: 'berth'"],
    ['PHP', 'Undefined array key "berth"'],
    ['Elixir', '** (KeyError) key :berth not found in: %{quay: 4}'],
    ['.NET', "The given key 'berth' was not present in the dictionary."],
    ['JavaScript', "Cannot read properties of undefined (reading 'berth')"],
    ['Avro', 'Found tug.Call, expecting tug.Call, missing required field berth'],
  ])('as %s misses it', (_, failure) => {
    expect(found(GONE, failure)).toEqual(['it no longer writes “berth”, which the failure misses']);
    expect(isSaidOfAnybody(changed(-60, { diff: GONE, service: 'tugs' }), failure.toLowerCase())).toBe(true);
  });

  test.each([
    ['that another line still writes', `${GONE}\n+    "berth": b.berth`, "KeyError: 'berth'"],
    ['another key', GONE, "KeyError: 'draught'"],
    ['a key of nearly all records', GONE.replaceAll('berth', 'value'), "KeyError: 'value'"],
    ['a value of the failure', GONE, 'no tug is free at berth 7'],
  ])('not %s', (_, diff, failure) => {
    expect(found(diff, failure)).toEqual([]);
  });
});

describe('a value that it brings', () => {
  const BROUGHT = '-40129;11.5\n+40 129;11.5';

  test('counts where a parser quotes it', () => {
    expect(found(BROUGHT, 'java.lang.NumberFormatException: For input string: "40 129"')).toEqual([
      'it brings “40 129”, which the failure cannot read',
    ]);
  });

  test.each([
    ['was there before', `${BROUGHT}\n 40 129;12`, 'NumberFormatException: For input string: "40 129"'],
    ['is another', BROUGHT, 'NumberFormatException: For input string: "40,129"'],
    ['nobody fails to read', BROUGHT, 'no tug "40 129" is free'],
  ])('not one that %s', (_, diff, failure) => {
    expect(found(diff, failure)).toEqual([]);
  });
});

test('an access key that was regenerated is a secret that the host refuses', () => {
  const diff = '@@ storage/tides @@\n-key1: (old)\n+key1: (new)';
  const failure = 'The call Upload from tugs to tides.blob.core.windows.net failed with 403 Forbidden';
  expect(found(diff, failure, { text: 'Access key of the account regenerated' })).toEqual([
    'it replaces a secret for tides, which refuses it',
  ]);
  expect(found(diff, failure.replace('tides', 'winds'), { text: 'Access key regenerated' })).toEqual([]);
});

describe('a route that it takes away', () => {
  const SPRING =
    '-    @GetMapping("/v1/rows/{row}")\n-    Row v1(@PathVariable String row) { … }\n     @GetMapping("/v2/rows/{row}")';

  test.each([
    ['Spring', SPRING, 'GET /v1/rows/7 answered 404'],
    ['Express', "-router.put('/v1/rows/:row', put)", 'PUT /v1/rows/7 answered 404'],
    ['Flask, below a prefix', "-@bp.route('/rows/<row>')\n+@bp.route('/lines/<row>')", 'GET /v1/rows/7 answered 404'],
    ['ASP.NET Core', '-app.MapDelete("/v1/rows/{row}", Remove);', 'DELETE /v1/rows/7 answered 405'],
  ])('%s', (_, diff, failure) => {
    expect(found(diff, failure)).toEqual([expect.stringMatching(/^it removes the route \/.*rows\//)]);
    expect(isSaidOfAnybody(changed(-60, { diff }), failure.toLowerCase())).toBe(true);
  });

  test.each([
    ['another path', SPRING, 'GET /v2/rows/7 answered 404'],
    ['one that is only moved', `${SPRING}\n+    @GetMapping("/v1/rows/{id}")`, 'GET /v1/rows/7 answered 404'],
    [
      'a record that nobody has, below a route that stays',
      SPRING.replace('-    @', '     @'),
      'GET /v1/rows/7 answered 404',
    ],
    ['a path in a text', '-  log("/v1/rows/7 was asked")', 'GET /v1/rows/7 answered 404'],
    ['an answer of another kind', SPRING, 'GET /v1/rows/7 answered 500'],
  ])('not where it is %s', (_, diff, failure) => {
    expect(found(diff, failure)).toEqual([]);
  });
});

describe('a list with a part for each of many', () => {
  const EACH = '-    should = [match(word)]\n+    should = [match(one) for one in others.of(word)]';

  test.each([
    ['a comprehension', EACH, 'failed to create query: maxClauseCount is set to 1024'],
    ['a map', '-  where: { id }\n+  where: { id: { in: rows.map((row) => row.id) } }', 'too many SQL variables'],
    [
      'a stream',
      '+  .setParameterList("ids", rows.stream().map(Row::id).toList())',
      'ORA-01795: maximum number of expressions in a list is 1000',
    ],
  ])('%s', (_, diff, failure) => {
    expect(found(diff, failure)).toEqual([expect.stringMatching(/^it adds a part for each of many/)]);
  });

  test.each([
    ['a failure of another kind', EACH, 'failed to create query: field [rows] is unknown'],
    ['a list that was one before', `${EACH.replace('[match(word)]', '[match(w) for w in words]')}`, 'too many clauses'],
  ])('not where it is %s', (_, diff, failure) => {
    expect(found(diff, failure)).toEqual([]);
  });
});

describe('a plan that was made before a table was altered', () => {
  const ADDED = '+ALTER TABLE seats.row ADD COLUMN heated boolean DEFAULT false;';
  const ALTERED = ['it alters the table row, and statements that were prepared before no longer fit'];

  test.each([
    ['PostgreSQL', ADDED, 'ERROR: cached plan must not change result type'],
    ['asyncpg', ADDED, 'cached statement plan is invalid due to a database schema or configuration change'],
    ['MySQL, with the statement', ADDED, 'select id from row where id = ?: Prepared statement needs to be re-prepared'],
    ['TiDB', '+add_column :row, :heated, :boolean', 'Error 8028: Information schema is changed during the execution'],
    ['Alembic', "+op.add_column('row', sa.Column('heated', sa.Boolean()))", 'cached plan must not change result type'],
    ['Django', "+migrations.AddField(model_name='row', name='heated')", 'cached plan must not change result type'],
  ])('%s', (_, diff, failure) => {
    expect(found(diff, failure)).toEqual(ALTERED);
  });

  test.each([
    ['the statement is of another table', ADDED, 'select id from visit: cached plan must not change result type'],
    ['it alters no table', '+CREATE INDEX CONCURRENTLY row_id ON row (id);', 'cached plan must not change result type'],
    ['another failure', ADDED, 'canceling statement due to statement timeout'],
  ])('not where %s', (_, diff, failure) => {
    expect(found(diff, failure)).toEqual([]);
  });
});

describe('an address where nobody answers', () => {
  const REFUSED = 'The call GET from edge to 10.9.2.41 failed with 502 Bad Gateway';
  const KEPT = '-  pool: a\n+  pool: b\n   endpoints: [10.9.2.41]';

  test.each([
    ['kept for what moves', KEPT, REFUSED, 'it moves what had the address 10.9.2.41'],
    [
      'brought',
      '-  server 10.9.2.40:80;\n+  server 10.9.2.41:80;',
      'dial tcp 10.9.2.41:80: connect: no route to host',
      'it brings the address 10.9.2.41, where nobody answers',
    ],
    [
      'taken away',
      '-  addresses: [10.9.2.41]\n+  addresses: [10.9.2.44]',
      'connect ECONNREFUSED 10.9.2.41:8080',
      'it takes 10.9.2.41 away, where nobody answers now',
    ],
  ])('%s', (_, diff, failure, text) => {
    expect(found(diff, failure, { text: 'press moved to other nodes', files: ['press.yaml'] })).toEqual([text]);
  });

  test.each([
    ['another address', KEPT, REFUSED.replace('2.41', '2.42')],
    ['a longer address', KEPT, REFUSED.replace('2.41', '2.411')],
    ['an address that answers', KEPT, 'GET from edge to 10.9.2.41 failed with 404 Not Found'],
    ['an address of what stays', '-  colour: red\n+  colour: blue\n   endpoints: [10.9.2.41]', REFUSED],
  ])('not %s', (_, diff, failure) => {
    expect(found(diff, failure)).toEqual([]);
  });
});

test('one word is a field where the change makes another type of it, and the reader got one', () => {
  const diff = '-beds = room.beds\n+beds = room.beds.toString()';
  const typed = 'Cannot deserialize value of type `int` from String "2" (path: $.beds)';
  expect(found(diff, typed)).toEqual(['it changes the form of “beds”, which the failure names']);
  expect(found(diff, typed.replace('beds', 'guests'))).toEqual([]);
  expect(found(diff, 'invalid value at path $.beds: at most 9')).toEqual([]);
  expect(found('-beds = room.beds\n+beds = room.bedsOrZero', typed)).toEqual([]);
});

test('the failure has the old and the new text of a line', () => {
  const diff = '-#define BOAT "river_7"\n+#define BOAT "river 7"';
  expect(found(diff, 'no such boat "river 7" (known: river_7, river_8)')).toEqual([
    'it writes “river 7” in place of “river_7”, and the failure names both',
  ]);
  expect(found(diff, 'no such boat "river 7"')).toEqual([]);
});

test('vectors of two lengths after another model for them', () => {
  const diff = '-EMBEDDING=minilm-l6\n+EMBEDDING=e5-large';
  const failure = 'vector dimension 1024 does not match the dimension of the index 384';
  expect(found(diff, failure)).toEqual(['it changes how vectors are made, and the failure has two lengths']);
  expect(found('-COLOR=red\n+COLOR=blue', failure)).toEqual([]);
});

test('a history that does not fit the changed steps of its workflow', () => {
  const failure = 'NonDeterminismException: history event 9 does not match the command';
  expect(found('-  await workflow.sleep("1d");\n+  // at once', failure)).toEqual([
    'it changes the steps of a workflow that has runs under way',
  ]);
  expect(found('-  color = "red"\n+  color = "blue"', failure)).toEqual([]);
});

describe('a value that no branch takes', () => {
  const failure =
    '** (FunctionClauseError) no function clause matching in Fare.Class.price/1: Fare.Class.price(:sleeper)';
  const SAID = ['it brings “sleeper”, for which the failure has no branch'];

  test.each([
    ['a flag switches it on', '-sleeper_class: off\n+sleeper_class: on', failure],
    ['new code writes it', '+classes << :sleeper', failure],
    ['as Scala says it', '+case object Sleeper extends Fare', 'scala.MatchError: Sleeper (of class fares.Sleeper$)'],
    ['as PHP says it', "+'fare' => 'sleeper',", "UnhandledMatchError: Unhandled match case 'sleeper'"],
  ])('%s', (_, diff, text) => {
    expect(found(diff, text)).toEqual(SAID);
  });

  test.each([
    ['another value is new', '-sleeper_class: off\n+deck_class: on', failure],
    ['it was there before', '-sleeper_class: 4\n+sleeper_class: 5', failure],
    ['it is switched off', '-sleeper_class: on\n+sleeper_class: off', failure],
    ['the failure is another one', '+classes << :sleeper', 'KeyError: key :sleeper not found'],
  ])('not where %s', (_, diff, text) => {
    expect(found(diff, text)).not.toEqual(SAID);
  });
});

test('an issuer of tokens counts for all who check them, and another service only for its callers', () => {
  const failure = 'signed jwt rejected: another algorithm expected, or no matching key(s) found';
  const isOfAnybody = (diff: string) => isSaidOfAnybody(changed(-60, { diff }), failure);
  expect(isOfAnybody('-"defaultSignatureAlgorithm": "RS256"\n+"defaultSignatureAlgorithm": "ES256"')).toBe(true);
  expect(isOfAnybody('-checksum.alg = RS256\n+checksum.alg = ES256')).toBe(false);
});
