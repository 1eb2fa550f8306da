/** What an operator may decide for a page: the models on offer, and where their files come from. */
import * as v from 'valibot';
import { PRIVACY_CHOICES } from './departure';
import { TASKS } from './task';

const UrlSchema = v.pipe(
  v.string(),
  v.minLength(1),
  v.check((url) => URL.canParse(url, 'page:/'), 'no URL'),
);
const Sha256Schema = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits'));

const WEBLLM_ENTRIES = {
  /** The model library that fits the page's version of web-llm. */
  lib: v.optional(UrlSchema),
  /** Other addresses of the library. */
  libMirrors: v.optional(v.array(UrlSchema)),
  /** Other addresses of the same file or folder, asked in turn where the first fails. */
  mirrors: v.optional(v.array(UrlSchema)),
  /** The largest tensor: what a shader must be able to see at once. */
  bufferBytes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  /** Of the graphics processor, with the whole context in use. */
  memoryBytes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
};

const ModelSchema = v.object({
  id: v.pipe(v.string(), v.regex(/^[\w.-]{1,80}$/, 'letters, digits, “.”, “_” and “-” only')),
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(60)),
  /** `wllama`: a GGUF file on the processor. `webllm`: a folder as MLC publishes it, on the graphics processor. */
  engine: v.picklist(['wllama', 'webllm']),
  /** Of the GGUF file, or of the folder and then with a `/` at its end; relative to the page. */
  url: UrlSchema,
  sizeBytes: v.pipe(v.number(), v.integer(), v.minValue(1)),
  ...WEBLLM_ENTRIES,
  /** The form for a device without 16-bit arithmetic. */
  f32: v.optional(
    v.object({
      url: UrlSchema,
      sizeBytes: v.pipe(v.number(), v.integer(), v.minValue(1)),
      ...WEBLLM_ENTRIES,
    }),
  ),
  /** A model for the graphics processor that thinks aloud unless it is told not to. */
  canThink: v.optional(v.boolean()),
  /** Whether it runs only where shaders know 16-bit numbers. */
  needsF16: v.optional(v.boolean()),
  sha256: v.optional(Sha256Schema),
  /** Of each 8 MiB of the file: then a damaged part is known at once, and alone fetched again. */
  chunkSha256: v.optional(v.array(Sha256Schema)),
  contextTokens: v.pipe(v.number(), v.integer(), v.minValue(256)),
  /** What suits the model; 0 is greedy. Where absent, the engine's own. */
  temperature: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(2))),
  /** The id of a hidden token with which the model begins an answer that hands the question over. */
  handOverToken: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
  /** Background work it was trained for; a system message of that name asks for it. */
  tasks: v.optional(v.array(v.picklist(TASKS))),
  licence: v.string(),
  /** A page where a person can read about the model. */
  source: v.optional(v.string()),
  /** One sentence on what it is good for. */
  about: v.optional(v.string()),
});

export const ConfigSchema = v.object({
  models: v.optional(
    v.pipe(
      v.array(ModelSchema),
      v.check(
        (models) => new Set(models.map(({ id }) => id)).size === models.length,
        'two models have the same id',
      ),
    ),
    [],
  ),
  /** Whether pages tell their server how many answers were made where: two numbers, and nothing else. */
  reportAnswers: v.optional(v.boolean()),
  /** Places that have what another has: of an address that begins with `of`, the rest is there too. For our models as for the site's own. */
  mirrors: v.optional(v.array(v.object({ of: UrlSchema, url: UrlSchema }))),
  /**
   * The model that a browser may bring itself. `offer`, as without: it answers for who chose it. `prefer`: also for who chose none, where it is
   * there without a download. `off`: never.
   */
  builtInModel: v.optional(v.picklist(['offer', 'prefer', 'off'])),
  /** The loosest that a visitor may choose: `never` lets nothing leave, `ask` shows it first, `when_needed` need not. */
  privacy: v.optional(v.picklist(PRIVACY_CHOICES)),
});

/** A model that the page can run: what it is, how large, where its file is. */
export type ModelCard = Omit<v.InferOutput<typeof ModelSchema>, 'engine'> & {
  /** `builtin`: the browser's own, which no config names; it has no files and no size that we know. */
  readonly engine: 'wllama' | 'webllm' | 'builtin';
};
export type Config = v.InferOutput<typeof ConfigSchema>;
export type Mirror = NonNullable<Config['mirrors']>[number];

/** Checks a config file's content; each issue comes as `models.0.url: what is wrong`. */
export function parseConfig(
  data: unknown,
): { ok: true; config: Config } | { ok: false; issues: readonly string[] } {
  const result = v.safeParse(ConfigSchema, data);
  if (result.success) return { ok: true, config: result.output };
  return {
    ok: false,
    issues: result.issues.map((issue) => `${v.getDotPath(issue) ?? 'config'}: ${issue.message}`),
  };
}
