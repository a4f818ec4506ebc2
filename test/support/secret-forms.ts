/**
 * Every way in which a secret stands beside its name, as programs and people write it: names × separators × quotes ×
 * nesting × encodings. What else stands there (`ok`, `REGION`) is no secret.
 */

export type SecretForm = Readonly<{ what: string; text: string; secret: string }>;

/** By how their words are joined. */
const SECRET_NAMES = [
  'password',
  'db_password',
  'DB_PASSWORD',
  'dbPassword',
  'spring.datasource.password',
  'passwd',
  'passphrase',
  'client_secret',
  'aws_secret_access_key',
  'X-Api-Key',
  'apiKey',
  'private-key',
] as const;

/** What a name is written into, and the value: `name` as it is. */
type Write = (name: string, value: string) => string;

/** Any value, of several words, too. */
const QUOTED: Readonly<Record<string, Write>> = {
  JSON: (name, value) => `{"n":1,"${name}":"${value}","ok":true}`,
  'JSON, spaced': (name, value) => `{ "n" : 1, "${name}" : "${value}" , "ok" : true }`,
  'JSON, a list': (name, value) => `{"${name}":["${value}","${value}2"],"ok":true}`,
  'JSON, pretty list': (name, value) => `{\n  "${name}": [\n    "${value}",\n    "${value}2"\n  ],\n  "ok": true\n}`,
  'JSON, nested': (name, value) => `{"${name}":{"primary":"${value}"},"ok":true}`,
  'JSON, name and value': (name, value) => `[{"name":"${name}","value":"${value}"},{"name":"REGION","value":"eu"}]`,
  'JSON, value and name': (name, value) => `[{"value":"${value}","name":"${name}"},{"value":"eu","name":"REGION"}]`,
  'JSON, key, type and value': (name, value) => `{"key":"${name}","type":"string","value":"${value}"}`,
  OTLP: (name, value) => `{"key":"${name}","value":{"stringValue":"${value}"}}`,
  Python: (name, value) => `{'n': 1, '${name}': '${value}', 'ok': True}`,
  'Python 2': (name, value) => `{u'n': 1, u'${name}': u'${value}', u'ok': True}`,
  'Python, bytes': (name, value) => `{b'${name}': b'${value}'}`,
  'Python, pairs': (name, value) => `[('n', 1), ('${name}', '${value}')]`,
  'Python, environment': (name, value) => `os.environ['${name}'] = '${value}'`,
  Ruby: (name, value) => `{"n"=>1, "${name}"=>"${value}", "ok"=>true}`,
  'Ruby, spaced': (name, value) => `{"n" => 1, "${name}" => "${value}"}`,
  'Ruby, symbol': (name, value) => `:n => 1, :${name} => '${value}'`,
  PHP: (name, value) => `array('n' => 1, '${name}' => '${value}',)`,
  'PHP, var_dump': (name, value) => `["${name}"]=>\n  string(${value.length}) "${value}"`,
  'Rust, Debug': (name, value) => `Config { n: 1, ${name}: Some("${value}"), ok: true }`,
  Go: (name, value) => `${name} := "${value}"`,
  SQL: (name, value) => `UPDATE users SET n = 1, ${name} = '${value}' WHERE id = 7`,
  'SQL, function': (name, value) => `UPDATE users SET ${name} = md5('${value}') WHERE id = 7`,
  TOML: (name, value) => `n = 1\n${name} = "${value}"\nok = true`,
  'TOML, three quotes': (name, value) => `${name} = """${value}"""\nok = true`,
  logfmt: (name, value) => `n=1 ${name}="${value}" ok=true`,
  'logfmt, tabs': (name, value) => `n=1\t${name}\t=\t"${value}"\tok=true`,
  YAML: (name, value) => `n: 1\n${name}: "${value}"\nok: true`,
  'YAML, a list': (name, value) => `n: 1\n${name}:\n  - "${value}"\n  - '${value}2'\nok: true`,
  XML: (name, value) => `<n>1</n><${name}>${value}</${name}><ok>true</ok>`,
  'XML, attributes': (name, value) => `<db n="1" ${name}="${value}" ok="true"/>`,
  'XML, namespace': (name, value) => `<w:${name} Type="Text">${value}</w:${name}>`,
  'XML, CDATA': (name, value) => `<${name}><![CDATA[${value}]]></${name}>`,
  '.NET': (name, value) => `<add key="${name}" value="${value}" />`,
  Spring: (name, value) => `<property name="${name}" value="${value}"/>`,
  'Spring, child': (name, value) => `<property name="${name}"><value>${value}</value></property>`,
  'Java properties': (name, value) => `<entry key="${name}">${value}</entry>`,
  Hadoop: (name, value) => `<property><name>${name}</name>\n<value>${value}</value></property>`,
  plist: (name, value) => `<key>${name}</key>\n<string>${value}</string>`,
  HTML: (name, value) => `<input name="${name}" type="text" value="${value}">`,
  CSV: (name, value) => `1,"{""${name}"":""${value}""}",true`,
  shell: (name, value) => `export ${name}='${value}'`,
  PowerShell: (name, value) => `$env:${name} = "${value}"`,
  option: (name, value) => `tool --${name} "${value}" --force`,
  Markdown: (name, value) => `**${name}:** "${value}"`,
  'form, part': (name, value) =>
    `Content-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n--boundary\r\nContent-Disposition: form-data; name="n"`,
};

/** The rest of the line or of the part is the value. */
const SPACED: Readonly<Record<string, Write>> = {
  'YAML, plain': (name, value) => `n: 1\n${name}: ${value}\nok: true`,
  'YAML, literal block': (name, value) => `n: 1\n${name}: |\n  ${value}\nok: true`,
  'YAML, folded block': (name, value) => `n: 1\n${name}: >-\n  ${value}\n  ${value}\nok: true`,
  'YAML, deeper block': (name, value) => `a:\n  - ${name}: |+\n      ${value}\n    ok: true`,
  'YAML, bare list': (name, value) => `n: 1\n${name}:\n- ${value}\n- ${value}2\nok: true`,
  'YAML, name and value': (name, value) => `- name: ${name}\n  value: ${value}\n- name: REGION\n  value: eu`,
  'YAML, value and name': (name, value) => `- value: ${value}\n  name: ${name}\n- value: eu\n  name: REGION`,
  'YAML in JSON': (name, value) => `{"data":"n: 1\\n${name}: |\\n  ${value}\\nok: true\\n"}`,
  properties: (name, value) => `n=1\n${name}=${value}\nok=true`,
  'properties, spaced': (name, value) => `n       = 1\n${name}   = ${value}\nok      = true`,
  'flow mapping': (name, value) => `{n: 1, ${name}: ${value}, ok: true}`,
  'connection string': (name, value) => `Server=db;${name}=${value};Database=shop`,
  'here document': (name, value) => `${name}=<<EOF\n${value}\nEOF\nok=true`,
};

/** Up to white space. */
const BARE: Readonly<Record<string, Write>> = {
  equals: (name, value) => `n=1 ${name}=${value} ok=true`,
  'equals, spaced': (name, value) => `n = 1, ${name} = ${value}, ok = true`,
  'equals, tabs': (name, value) => `n\t=\t1\t${name}\t=\t${value}\tok\t=\ttrue`,
  colon: (name, value) => `n:1 ${name}:${value} ok:true`,
  'colon, spaced': (name, value) => `n: 1, ${name}: ${value}, ok: true`,
  arrow: (name, value) => `[n] => 1\n[${name}] => ${value}\n[ok] => true`,
  query: (name, value) => `GET /login?n=1&${name}=${value}&ok=true`,
  form: (name, value) => `n=1&user[${name}]=${value}&ok=true`,
  columns: (name, value) => `    n:                 1\n    ${name}:          ${value}\n    ok:                true`,
  'Java, toString': (name, value) => `Config(n=1, ${name}=${value}, ok=true)`,
  'Java, list': (name, value) => `{n=[1], ${name}=[${value}], ok=[true]}`,
  'Go, struct': (name, value) => `{N:1 ${name}:${value} Ok:true}`,
  'Go, variable': (name, value) => `{Name:${name} Value:${value} ValueFrom:nil}`,
  option: (name, value) => `tool --${name} ${value} --force`,
  'option, equals': (name, value) => `tool --${name}=${value} --force`,
  'system property': (name, value) => `java -D${name}=${value} -jar app.jar`,
};

/** How a text comes into another. */
const CARRIED: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  'in JSON': (text) => JSON.stringify({ at: 'x', body: text, code: 7 }),
  'in JSON in JSON': (text) => JSON.stringify({ at: 'x', body: JSON.stringify({ inner: text }), code: 7 }),
  'HTML entities': (text) => text.replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
  'JSON as .NET writes it': (text) =>
    JSON.stringify({ body: text }).replaceAll('\\"', '\\u0022').replaceAll('<', '\\u003C').replaceAll("'", '\\u0027'),
  nginx: (text) => text.replaceAll('\\', '\\x5C').replaceAll('"', '\\x22'),
};

const WORDS = ['Xq7vR2mK', 'zwolf-Boxkampfer', '90210481215'];
const PHRASES = ['correct horse battery staple', 'Blue Whale 77'];
/** An AWS secret key as it is documented: 40 signs of base64. */
const SLASHED = ['wJalrXUtnFEMI', 'K7MDENG', 'bPxRfiCYzzMADEUPKEY1'].join('/');

export function secretForms(): SecretForm[] {
  const all = [
    ...formsOf(QUOTED, [...WORDS, ...PHRASES, SLASHED]),
    ...formsOf(SPACED, [...WORDS, ...PHRASES, SLASHED]),
    ...formsOf(BARE, [...WORDS, SLASHED]),
  ];
  return all.flatMap(({ what, text, secret }) =>
    Object.entries(CARRIED).map(([how, carry]) => ({
      what: `${what}, ${how}`,
      text: carry(text),
      secret,
    })),
  );
}

function formsOf(forms: Readonly<Record<string, Write>>, values: readonly string[]) {
  return Object.entries(forms).flatMap(([what, write]) =>
    SECRET_NAMES.flatMap((name) => values.map((secret) => ({ what, text: write(name, secret), secret }))),
  );
}
