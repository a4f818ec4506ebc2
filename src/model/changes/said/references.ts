/**
 * A name that a change takes away, where the failure says that somebody still refers to it: a model, a template, a macro, a
 * step, a resource.
 *
 *   rename from models/stg_weighings.sql       depends on a node named 'stg_weighings' which was not found
 *   rename to models/stg_tickets.sql           ◄── the change gives the file another name
 */
import type { Touched } from '#model/changes/said/values.ts';

/**
 * What compilers and renderers miss, in lower case: dbt, Jinja and Django (TemplateNotFound, TemplateDoesNotExist), Rails, Helm
 * and Go templates, Terraform, GraphQL, Airflow, bundlers, javac, Dataform, protoc, Ansible.
 * https://docs.getdbt.com/guides/debug-errors, https://docs.djangoproject.com/en/5.2/ref/templates/api/
 * https://developer.hashicorp.com/terraform/language/expressions/references
 */
const MISSED: readonly RegExp[] = [
  /\b(?:node|model|source|macro|seed|snapshot|template|partial|layout|view|component|symbol|type|module|file|task|dag|job|step|stage|role|resource|block|block definition|filter|tag|snippet|fragment|action|include|variable)s?(?: named| called| with (?:the )?(?:name|id))?:? ["'`“‘<]([\w./:-]{3,120})["'`”’>] ?(?:which |that )?(?:has |have |is |was |were |are |does |do |could |can )?(?:not (?:been )?(?:found|exist|defined|declared|resolved|registered)|not be (?:found|resolved|located)|undefined|undeclared|unknown)/g,
  /\b(?:unknown|undefined|undeclared|unresolved|missing|no such|no) (?:\w{2,16} )?(?:node|model|source|macro|template|partial|layout|view|component|symbol|type|task|dag|job|step|stage|role|resource|block|fragment|action|snippet|filter|tag):? ["'`“‘<]?([\w./:-]{3,120})/g,
  /\b(?:templatenotfound|templatedoesnotexist|templateassertionerror|missingtemplate|ejs: could not find the include file):? ["'`“‘]?([\w./:-]{3,120})/g,
  /\b(?:can['’]t|cannot|could not|unable to) (?:resolve|find|locate) (?:symbol |template |partial |view |file |layout |component )?["'`“‘]([\w./:@-]{3,120})["'`”’]/g,
  /\bundeclared (?:resource|module|input variable|local value)\b.{0,200}?["'`“‘]([\w.:-]{3,120})["'`”’] has not been declared/gs,
];

/** Git's words for a file that is no longer there under its name. */
const FILE_GONE =
  /^(?:rename(?: from)?|renamed:?|deleted:?|delete mode \d{6}|removed:?)\s{1,4}(\S{1,300})|^--- a\/(\S{1,300})\r?\n\+\+\+ \/dev\/null/gm;
const FILE_NOW = /^(?:rename to|\+\+\+ b\/)\s{0,4}(\S{1,300})/gm;

/** The name that is gone, and that the failure misses; else empty. */
export function referenceGone({ added, removed, context, all }: Touched, failure: string): string {
  const missed = new Set(MISSED.flatMap((says) => Array.from(failure.matchAll(says), ([, name = '']) => name)));
  if (missed.size === 0) return '';
  const now = filesIn(all, FILE_NOW);
  const gone = filesIn(all, FILE_GONE).filter((name) => !now.includes(name));
  const kept = `${added}\n${context}`.toLowerCase();
  for (const name of missed) {
    const last = stemOf(name);
    if (last.length < SHORTEST_NAME) continue;
    if (gone.includes(last)) return `it takes the file of ${last} away, which the failure misses`;
    if (isIn(removed.toLowerCase(), last) && !isIn(kept, last))
      return `it no longer has ${last}, which the failure misses`;
  }
  return '';
}

/** A shorter name is a word of many other lines. */
const SHORTEST_NAME = 4;

function filesIn(text: string, says: RegExp): readonly string[] {
  return Array.from(text.matchAll(says), ([, one, other]) => stemOf((one ?? other ?? '').toLowerCase()));
}

/** `models/staging/stg_weighings.sql` and `model.olives.stg_weighings` hold the same name, and `_row.html.erb` is `row`. */
function stemOf(path: string): string {
  const file = path.split('/').at(-1) ?? '';
  const name = file.replace(
    /(?:\.(?:sql|ya?ml|json|html?|erb|haml|slim|j2|jinja2?|tpl|tmpl|hbs|ejs|twig|blade|php|py|rb|[jt]sx?|vue|svelte|go|proto|tf|graphql|gql|csv|liquid|sqlx|java|kt|cs|cshtml|razor)){1,3}$/,
    '',
  );
  return (name.split(/[.:]/).at(-1) ?? '').replace(/^_/, '');
}

function isIn(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1))
    if (!/\w/.test(text[at - 1] ?? ' ') && !/\w/.test(text[at + name.length] ?? ' ')) return true;
  return false;
}
