/**
 * `npm run new:detector <id>`: a detector is four files and its place in the registry.
 *
 *   src/detect/trace/<id>.ts   test/detect/trace/<id>.test.ts   runbooks/<id>.md   tools/detector-examples/<id>.ts
 *   + src/detect/request-registry.ts
 *
 * The files compile. The test and the page's example fail until the detector finds them. `npm run check` fails for each
 * line that begins with TODO, where somebody has to write or choose.
 */
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Writes the files below `root` and returns their paths; throws, and writes nothing, where the id is unsuitable. */
export function newDetector(root: string, id: string): string[] {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id)) {
    throw new Error(`“${id}” is no id: lower-case words joined by hyphens, as in lock-contention`);
  }
  const [firstWord = ''] = id.split('-');
  if (VERBS.includes(firstWord)) {
    throw new Error(
      `“${id}” says what the code does: name the state that is wrong, lock-contention and not detect-locks`,
    );
  }
  const files = new Map([
    [`src/detect/trace/${id}.ts`, detectorText(id)],
    [`test/detect/trace/${id}.test.ts`, testText(id)],
    [`runbooks/${id}.md`, runbookText(id)],
    [`tools/detector-examples/${id}.ts`, exampleText()],
  ]);
  const known = [...globSync(`src/detect/**/${id}.ts`, { cwd: root }), ...files.keys()];
  const taken = known.find((path) => existsSync(join(root, path)));
  if (taken !== undefined) throw new Error(`${taken} is there already: choose another id`);
  const registry = readFileSync(join(root, REGISTRY), 'utf8');
  for (const [path, text] of files) writeFileSync(join(root, path), text);
  writeFileSync(join(root, REGISTRY), registered(registry, id));
  return [...files.keys(), REGISTRY];
}

const REGISTRY = 'src/detect/request-registry.ts';

/** First words that make a name a task, a verdict or a wish instead of a state. */
const VERBS = (
  'analyse analyze avoid catch check compare detect ensure expose find get has have identify is look measure monitor ' +
  'no not prevent should show validate verify watch'
).split(' ');

/** Imports in order of their path, as Biome sorts them; the list in order of file, as its test wants it. */
function registered(registry: string, id: string): string {
  const imports = [...registry.matchAll(/^import .*$/gm)].map(([line]) => line);
  const listed = [...registry.matchAll(/^import \{ \w+ \} from '#detect\/\w+\/(.+\.ts)';$/gm)].map(
    ([, file = '']) => file,
  );
  const line = `import { ${camelCase(id)} } from '#detect/trace/${id}.ts';`;
  const pathOf = (statement: string) => statement.slice(statement.indexOf("'"));
  const sortedImports = [...imports, line].sort((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1));
  const entries = [...listed, `${id}.ts`].sort().map((file) => `  ${camelCase(file.replace(/\.ts$/, ''))},\n`);
  return registry
    .replace(/^import [\s\S]*^import .*$/m, sortedImports.join('\n'))
    .replace(/(readonly Detector\[\] = \[)[\s\S]*\];/, `$1\n${entries.join('')}];`);
}

function camelCase(id: string): string {
  return id.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

function titleOf(id: string): string {
  return (id.slice(0, 1).toUpperCase() + id.slice(1)).replaceAll('-', ' ');
}

function detectorText(id: string): string {
  return `/**
 * TODO: what goes wrong, in one sentence; then a drawing of the spans, with the service to change and the proof.
 *
 *   [ GET /orders                     ]  order-service   ← the service to change
 *     [ load orders                 ]    order-service   ← the proof
 */
import { defineDetector } from '#detect/detector.ts';
import type { Sighting } from '#model/finding/finding.ts';
import { durationText } from '#model/text/duration.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathUs } from '#model/trace/views/critical-path.ts';

export const ${camelCase(id)} = defineDetector({
  id: '${id}',
  title: '${titleOf(id)}',
  why: 'TODO: what it costs people while nobody sees it.',
  runbook: 'runbooks/${id}.md',
  clear: 'TODO: what its silence proves, as the end of “ruled out: …”',
  silent: ['TODO: what it cannot see, in one sentence.', 'TODO: what it leaves alone on purpose, and why.'],
  role: 'mechanism', // TODO: or failure, or description; what each means stands in src/model/finding/detector-traits.ts
  field: 'code', // TODO: its category of the fishbone, one of CAUSE_FIELDS
  coverage: 'spans', // TODO: the subject of its finding, one of Coverage
  nextWhys: {
    unsaid: {
      ask: 'TODO: the next why, where the evidence ends?',
      lookAt: 'TODO: what would show the answer.',
    },
  },
  checkQueries: [], // TODO: what a person runs to see whether it is the cause, each one of CheckKind
  namesCause: 'never', // TODO: or always, or a function of the finding: whether the evidence names the cause in words
  needs: ['trace'],
  thresholds: {
    minPathMs: {
      default: 100,
      min: 1,
      unit: 'ms',
      means: 'TODO: what is measured, such as the time that it holds of the critical path',
      why: 'TODO: why this default, with a source.',
    },
  },

  detect({ trace }, { minPathMs }) {
    const sightings: Sighting[] = [];
    for (let span = 0; span < trace.spanCount; span += 1) {
      const heldUs = pathUs(trace, [span]);
      if (heldUs < minPathMs * 1000 || !showsIt(trace, span)) continue;

      sightings.push({
        service: trace.service(span),
        operation: trace.operation(span),
        spans: [span],
        wastedUs: heldUs,
        facts: { heldUs },
      });
    }
    return sightings;
  },

  say: ({ service, operation, heldUs }) => ({
    title: \`\${service}: \${operation} loses \${durationText(Number(heldUs))}, TODO: and why\`,
    explanation: 'TODO: how the spans show it.',
    remedy: 'TODO: what to change, and where.',
    check: 'TODO: what somebody would see if this were wrong.',
  }),
});

/** TODO: how these spans differ from all others. */
function showsIt(trace: Trace, span: SpanIndex): boolean {
  return trace.attributes(span)['${id}'] === true;
}
`;
}

function testText(id: string): string {
  return `import { ${camelCase(id)} } from '#detect/trace/${id}.ts';
import { drawn, testDetector } from '#test/detector-test.ts';
import { server, span } from '#test/trace.ts';

testDetector(${camelCase(id)}, {
  clear: {
    'TODO: the nearest miss, the same spans just below the threshold': drawn(
      server('order-service', 'GET /orders', { ms: 200 }, [span('order-service', 'load orders', { at: 10, ms: 99 })]),
    ),
  },
  found: {
    'TODO: draw the incident that this would have caught': {
      ...drawn(
        server('order-service', 'GET /orders', { ms: 900 }, [
          span('order-service', 'load orders', { at: 50, ms: 800 }),
        ]),
      ),
      sightings: [{ service: 'order-service', spans: ['0.0'], wastedMs: 800 }],
    },
  },
});
`;
}

function exampleText(): string {
  return `import { server, span } from '#test/trace.ts';
import type { DetectorExample } from '../detector-example.ts';

export const example: DetectorExample = {
  shows: 'TODO: what is to be seen in the picture of its page.',
  roots: [
    server('order-service', 'GET /orders', { ms: 900 }, [span('order-service', 'load orders', { at: 50, ms: 800 })]),
  ],
};
`;
}

function runbookText(id: string): string {
  return `# ${titleOf(id)}
TODO: what it means for the people who wait, in one sentence.

\`\`\`sh
export TRACE=… JAEGER_URL=…   # trace id and address, as in the message
\`\`\`

## Confirm it
TODO: the command that shows it without Spanhound, and what its output means:
\`\`\`sh
curl -s "$JAEGER_URL/api/traces/$TRACE" | jq -r '.data[0].spans[].operationName'
\`\`\`

## Stop the bleeding
TODO: what helps within minutes, and how to take it back.

## Get help
TODO: who else is needed, when, and what to hand over to them.

## Fix it
TODO: what makes it go away for good.

## When this is wrong
TODO: what looks the same and is something else.
`;
}

if (import.meta.main) {
  try {
    const written = newDetector(fileURLToPath(new URL('..', import.meta.url)), process.argv[2] ?? '');
    console.log(written.map((path) => `written: ${path}`).join('\n'));
    console.log(
      'Next: draw the example in its test and make it green. `npm run check` names what else is to be written.',
    );
  } catch (error) {
    console.error(`${(error as Error).message}\nUsage: npm run new:detector <id>`);
    process.exitCode = 2;
  }
}
