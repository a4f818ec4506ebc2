import { type TechniquePair, testTechniques } from '#test/technique-pairs.ts';

const PAIRS: readonly TechniquePair[] = [
  [
    '-weights/net-80.pt\n+weights/net-160.pt',
    'error(s) in loading state_dict for net: size mismatch for fc1.weight: copying a param with shape torch.size([160, 198])',
    'cuda out of memory',
  ],
  [
    'MODEL_VERSION=7',
    'onnxruntime: got invalid dimensions for input: features for the following indices',
    'no such file or directory: model.onnx',
  ],
  [
    'features: [age, weight, height]',
    'valueerror: x has 3 features, but randomforestclassifier is expecting 2 features as input',
    'valueerror: input contains nan',
  ],
  ['"model_uri": "models:/risk/12"', 'xgboost.core: feature_names mismatch', 'mlflow: connection refused'],
  ['llm: mixer-7b.gguf', "error loading model: unknown model architecture: 'mixer'", 'failed to allocate buffer'],
  [
    "export const dynamic = 'error'",
    "dynamic server usage: route /box couldn't be rendered statically because it used `cookies`",
    'fetch failed',
  ],
  [
    "export const runtime = 'edge'",
    'a node.js api is used (process.nexttick) which is not supported in the edge runtime',
    'connect timeout',
  ],
  ["'use client'", 'referenceerror: window is not defined', 'referenceerror: cart is not defined'],
  [
    '-namespace: 3\n+namespace: 5',
    'badnodeidunknown: the node id refers to a node that does not exist in the server address space',
    'badsessionclosed',
  ],
  ['holding registers from 40001', 'modbus exception code: 2 (illegal data address)', 'modbus: connection reset'],
  [
    'FROM scratch\nFROM gcr.io/distroless/static-debian12',
    'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    'x509: certificate has expired or is not yet valid',
  ],
  [
    'FROM node:22-alpine\nFROM node:22-bookworm',
    'error loading shared library ld-linux-x86-64.so.2: no such file or directory (needed by sharp.node)',
    'connect econnrefused',
  ],
  ['base_image: ubi9-micro', 'exec: "sh": executable file not found in $path', 'exit status 1'],
  ['RUN apt-get install -y curl tzdata', 'unknown time zone europe/berlin', 'time out of range'],
  ['TOKEN_SALT=vault:kv/users', 'phoenix.token.verify: {:error, :invalid}', 'phoenix.socket.invalidmessage'],
  [
    'SECRET_KEY_BASE from the vault',
    'activesupport::messageencryptor::invalidmessage',
    'actioncontroller::parametermissing',
  ],
  ['APP_KEY=base64:x', 'illuminate\\encryption: decryptexception: the mac is invalid.', 'the given data was invalid.'],
  [
    'services.AddDataProtection().SetApplicationName("b")',
    'the key {7c1} was not found in the key ring',
    'the antiforgery cookie is missing',
  ],
  [
    'models/staging/stg_lamps.sql',
    "000904 (42000): sql compilation error: invalid identifier 'lamp_kind'",
    '000604: sql execution canceled',
  ],
  [
    'rename lamp_kind to kind in staging.sql',
    'unrecognized name: lamp_kind at [14:9]',
    'access denied: bigquery: permission denied',
  ],
];

testTechniques('a change and a failure share what is loaded, shown or read', PAIRS);
