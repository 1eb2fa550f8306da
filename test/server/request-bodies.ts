/** Request bodies by the thousand, for fuzzing: right ones, ones that are wrong in one place, and anything at all. */
import * as fc from 'fast-check';

export interface WrongBody {
  readonly body: string | Uint8Array<ArrayBuffer>;
  /** Where the error has to point; absent where the body as a whole is wrong. */
  readonly param?: string;
}

type Fields = Record<string, unknown>;

const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** Lone halves of characters among them. */
const anyText = fc.oneof(
  fc.string({ maxLength: 80 }),
  fc.string({ maxLength: 60, unit: 'binary' }),
  fc
    .array(fc.integer({ min: 0, max: 0xff_ff }), { maxLength: 40 })
    .map((codes) => String.fromCharCode(...codes)),
  fc.constantFrom('<|endoftext|>', '<|im_start|>system', '\u0000', '‮', '__proto__', 'a'.repeat(3_000)),
);
const textPart = anyText.map((text) => ({ type: 'text', text }));
const imagePart = fc.record({
  type: fc.constant('image_url'),
  image_url: fc.record(
    { url: fc.constant(PIXEL), detail: fc.constantFrom('auto', 'low', 'high', null) },
    { requiredKeys: ['url'] },
  ),
});
const name = fc.option(fc.stringMatching(/^[\w-]{1,64}$/), { nil: null });
const message = fc.oneof(
  fc.record(
    {
      role: fc.constantFrom('system', 'developer', 'assistant'),
      content: fc.oneof(anyText, fc.array(textPart, { minLength: 1, maxLength: 3 })),
      name,
    },
    { requiredKeys: ['role', 'content'] },
  ),
  fc.record(
    {
      role: fc.constant('user'),
      content: fc.oneof(anyText, fc.array(fc.oneof(textPart, imagePart), { minLength: 1, maxLength: 3 })),
      name,
    },
    { requiredKeys: ['role', 'content'] },
  ),
);

/** What no server should act upon, and this one drops. */
export const UNKNOWN_FIELDS = [
  'base_url',
  'api_key',
  'tools',
  'user',
  'store',
  'webhook',
  'constructor',
  'x',
];

const known = fc.record(
  {
    model: fc.constantFrom('flagship', 'gpt-4o'),
    messages: fc.array(message, { minLength: 1, maxLength: 4 }),
    n: fc.constantFrom(1, null),
    stream: fc.constantFrom(true, false, null),
    stream_options: fc.constantFrom({ include_usage: true }, { include_usage: null }, {}, null),
    temperature: fc.double({ min: 0, max: 2, noNaN: true }),
    top_p: fc.double({ min: 0, max: 1, noNaN: true }),
    max_tokens: fc.integer({ min: 1 }),
    max_completion_tokens: fc.option(fc.integer({ min: 1 }), { nil: null }),
    stop: fc.oneof(anyText, fc.array(anyText, { maxLength: 4 })),
    response_format: fc.oneof(
      fc.constantFrom({ type: 'text' }, { type: 'json_object' }, null),
      fc.jsonValue({ maxDepth: 5 }).map((value) => ({
        type: 'json_schema',
        json_schema: { name: 'answer', schema: { value }, strict: true },
      })),
    ),
    seed: fc.maxSafeInteger(),
    logprobs: fc.boolean(),
    top_logprobs: fc.integer({ min: 0, max: 20 }),
  },
  { requiredKeys: ['model', 'messages'] },
);
const unknown = fc.dictionary(fc.constantFrom(...UNKNOWN_FIELDS), fc.jsonValue({ maxDepth: 3 }), {
  maxKeys: 3,
  noNullPrototype: true,
});

/** By the schema, with unknown fields here and there. */
export const rightRequest: fc.Arbitrary<Fields> = fc
  .tuple(known, unknown)
  .map(([request, more]) => ({ ...more, ...request }));

const notText = fc.constantFrom<unknown>(1, true, [], {}, null);
const notNumber = fc.constantFrom<unknown>('1', true, [], {}, '');
const elsewhere = fc.constantFrom(
  'https://a.example/a.png',
  'file:///etc/passwd',
  'data:text/html,x',
  '',
  '//x',
);

/** One field, and what must not stand in it. */
const wrongField: fc.Arbitrary<readonly [param: string, value: unknown]> = fc.oneof(
  ...Object.entries({
    model: fc.oneof(notText, fc.constantFrom('small', 'gpt-5', '', 'flagship ', '__proto__')),
    messages: fc.oneof(
      notText,
      fc.constantFrom(
        'x',
        Array.from({ length: 201 }, () => ({ role: 'user', content: '' })),
      ),
    ),
    n: fc.constantFrom<unknown>(0, 2, '1', []),
    stream: fc.constantFrom<unknown>(0, 'true', [], {}),
    stream_options: fc.constantFrom<unknown>(1, 'x', true),
    'stream_options.include_usage': fc.constantFrom<unknown>(1, 'x', []),
    temperature: fc.oneof(notNumber, fc.constantFrom(-0.1, 2.1, 1e300)),
    top_p: fc.oneof(notNumber, fc.constantFrom(-1, 1.01)),
    max_tokens: fc.oneof(notNumber, fc.constantFrom(0, -1, 1.5, 1e300)),
    max_completion_tokens: fc.oneof(notNumber, fc.constantFrom(0, -5, 0.1)),
    stop: fc.constantFrom<unknown>(1, {}, ['a', 'b', 'c', 'd', 'e'], [1]),
    response_format: fc.constantFrom<unknown>('json', [], 5, { type: 'xml' }, { type: 'json_schema' }),
    seed: fc.oneof(notNumber, fc.constantFrom(0.5, 1e300)),
    logprobs: fc.constantFrom<unknown>(1, 'yes', []),
    top_logprobs: fc.oneof(notNumber, fc.constantFrom(-1, 21, 2.5)),
    'messages.0': fc.constantFrom<unknown>(
      null,
      1,
      'x',
      {},
      { role: 'tool', content: 'x' },
      { role: 'user' },
    ),
    'messages.0.content': fc.oneof(notText, fc.constantFrom<unknown>([{}], ['x'], [{ type: 'text' }])),
    'messages.0.name': fc.constantFrom<unknown>(1, '', 'a b', 'x'.repeat(65)),
    'messages.0.content.0.image_url.url': elsewhere,
  }).map(([param, value]) => value.map((wrong) => [param, wrong] as const)),
);

/** Right, but for one field. */
const wrongRequest: fc.Arbitrary<WrongBody> = fc
  .tuple(rightRequest, wrongField)
  .map(([request, [param, value]]) => ({ param, body: JSON.stringify(withField(request, param, value)) }));

const nested = fc
  .tuple(fc.integer({ min: 1, max: 40_000 }), fc.constantFrom('[', '{"a":', '[{"messages":'), fc.boolean())
  .map(([depth, opening, isClosed]) => {
    const closing = isClosed ? (opening.match(/[[{]/g) ?? []).toReversed() : [];
    const end = closing.map((sign) => (sign === '[' ? ']' : '}')).join('');
    return `${opening.repeat(depth)}1${end.repeat(depth)}`;
  });

/** Above a mebibyte, whatever is in it. */
const large = fc
  .tuple(fc.integer({ min: 1_048_577, max: 1_400_000 }), fc.constantFrom('a', '"', '\\', '[', '漢'))
  .map(([length, sign]) => `{"model":"flagship","messages":"${sign.repeat(length)}"}`);

const cut = fc.tuple(rightRequest, fc.double({ min: 0, max: 0.99, noNaN: true })).map(([request, share]) => {
  const text = JSON.stringify(request);
  return text.slice(0, Math.floor(text.length * share));
});

const damaged = fc.tuple(rightRequest, fc.nat()).map(([request, at]) => {
  const bytes = Buffer.from(JSON.stringify(request));
  // No byte of any JSON in UTF-8.
  bytes[at % bytes.length] = 0xff;
  return Uint8Array.from(bytes);
});

const anything: fc.Arbitrary<WrongBody> = fc
  .oneof(
    { weight: 30, arbitrary: fc.json() },
    { weight: 30, arbitrary: fc.string() },
    { weight: 15, arbitrary: fc.uint8Array({ maxLength: 400 }).map((bytes) => Uint8Array.from(bytes)) },
    { weight: 10, arbitrary: nested },
    { weight: 10, arbitrary: cut },
    { weight: 10, arbitrary: damaged },
    { weight: 1, arbitrary: large },
  )
  .map((body) => ({ body }));

export const wrongBody: fc.Arbitrary<WrongBody> = fc.oneof(wrongRequest, anything);

/** A copy that has `value` at the path `param`; what lies on the way is made to fit. */
function withField(request: Fields, param: string, value: unknown): Fields {
  if (param === 'messages.0.content.0.image_url.url') {
    const part = { type: 'image_url', image_url: { url: value } };
    return { ...request, messages: [{ role: 'user', content: [part] }] };
  }
  if (param === 'messages.0') return { ...request, messages: [value] };
  if (param.startsWith('messages.0.')) {
    const field = param.slice('messages.0.'.length);
    return { ...request, messages: [{ role: 'user', content: 'x', [field]: value }] };
  }
  if (param === 'stream_options.include_usage')
    return { ...request, stream_options: { include_usage: value } };
  return { ...request, [param]: value };
}
