/** What a chat request may say: OpenAI's fields that cost nothing extra, everything unknown dropped. */
import * as v from 'valibot';
import { invalid, type CompletionError } from './completion-error';

/** OpenAI takes no more, and it bounds what is forwarded. */
const MAX_MESSAGES = 200;
const MAX_PARTS = 100;
const MAX_STOPS = 4;
/** Nothing is fetched for anybody: a picture comes with the request. */
const DATA_IMAGE = /^data:image\/(png|jpeg|webp|gif);base64,[\w+/-]+={0,2}$/i;
const NOT_DATA = 'image_url_not_data';

const TextPartSchema = v.object({ type: v.literal('text'), text: v.string() });
const ImagePartSchema = v.object({
  type: v.literal('image_url'),
  image_url: v.object({
    url: v.pipe(
      v.string(),
      v.check((url) => DATA_IMAGE.test(url), NOT_DATA),
    ),
    detail: optional(v.picklist(['auto', 'low', 'high'])),
  }),
});

const name = optional(v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/, 'a name of letters, digits, _ and -')));
const text = textOr(partsOf(TextPartSchema));

const MessageSchema = v.variant('role', [
  v.object({ role: v.picklist(['system', 'developer', 'assistant']), content: text, name }),
  v.object({
    role: v.literal('user'),
    content: textOr(partsOf(v.variant('type', [TextPartSchema, ImagePartSchema]))),
    name,
  }),
]);

const ResponseFormatSchema = v.variant('type', [
  v.object({ type: v.picklist(['text', 'json_object']) }),
  v.object({
    type: v.literal('json_schema'),
    json_schema: v.object({
      name: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/, 'a name of letters, digits, _ and -')),
      description: optional(v.string()),
      schema: optional(v.record(v.string(), v.unknown())),
      strict: optional(v.boolean()),
    }),
  }),
]);

const ChatRequestSchema = v.object({
  model: v.string(),
  messages: v.pipe(
    v.array(MessageSchema),
    v.minLength(1, 'at least one message'),
    v.maxLength(MAX_MESSAGES, `at most ${MAX_MESSAGES} messages`),
  ),
  n: optional(v.literal(1)),
  stream: optional(v.boolean()),
  stream_options: optional(v.object({ include_usage: optional(v.boolean()) })),
  temperature: optional(within(0, 2)),
  top_p: optional(within(0, 1)),
  max_tokens: optional(wholeFrom(1)),
  max_completion_tokens: optional(wholeFrom(1)),
  stop: optional(textOr(v.pipe(v.array(v.string()), v.maxLength(MAX_STOPS, `at most ${MAX_STOPS} strings`)))),
  response_format: optional(ResponseFormatSchema),
  seed: optional(v.pipe(v.number(), v.safeInteger('a whole number'))),
  logprobs: optional(v.boolean()),
  top_logprobs: optional(v.pipe(wholeFrom(0), v.maxValue(20, 'at most 20'))),
});

export type ChatRequest = v.InferOutput<typeof ChatRequestSchema>;

/** Throws `CompletionError` with the path of the first wrong field; never with what was in it. */
export function checkRequest(body: unknown): ChatRequest {
  const result = v.safeParse(ChatRequestSchema, body, { abortEarly: true });
  if (result.success) return result.output;
  throw errorOf(result.issues[0]);
}

type Issue = v.BaseIssue<unknown>;

function errorOf(issue: Issue): CompletionError {
  const param = v.getDotPath(issue) ?? undefined;
  if (issue.message === NOT_DATA) {
    return invalid(
      NOT_DATA,
      'Pictures are taken only as data: URLs (PNG, JPEG, WebP or GIF, base64).',
      param,
    );
  }
  if (issue.received === 'undefined')
    return invalid('missing_field', `${param ?? 'The body'} is missing.`, param);
  // valibot's own messages repeat what was received: perhaps the visitor's words. `expected` is the schema's.
  const wanted = issue.kind === 'schema' ? (issue.expected ?? 'something else') : issue.message;
  return invalid('invalid_value', `${param ?? 'The body'} is wrong: expected ${wanted}.`, param);
}

/** OpenAI's clients send `null` for what is not set. */
function optional<const Schema extends v.GenericSchema>(schema: Schema) {
  return v.pipe(
    v.nullish(schema),
    v.transform((value) => value ?? undefined),
  );
}

/** By hand and not `v.union`, which would tell no path below itself. */
function textOr<Output>(other: v.GenericSchema<unknown, Output>): v.GenericSchema<unknown, string | Output> {
  return v.lazy((input): v.GenericSchema<unknown, string | Output> => {
    return typeof input === 'string' ? v.string() : other;
  });
}

function partsOf<const Part extends v.GenericSchema>(part: Part) {
  return v.pipe(
    v.array(part),
    v.minLength(1, 'at least one part'),
    v.maxLength(MAX_PARTS, `at most ${MAX_PARTS} parts`),
  );
}

function within(least: number, most: number) {
  return v.pipe(
    v.number(),
    v.minValue(least, `${least} to ${most}`),
    v.maxValue(most, `${least} to ${most}`),
  );
}

function wholeFrom(least: number) {
  return v.pipe(
    v.number(),
    v.safeInteger('a whole number'),
    v.minValue(least, `a whole number from ${least}`),
  );
}
