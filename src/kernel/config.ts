/** What an operator may decide for a page: the models on offer, and where their files come from. */
import * as v from 'valibot';
import { PRIVACY_CHOICES } from './departure';
import { PriceSchema } from './wire';

const ModelSchema = v.object({
  id: v.pipe(v.string(), v.regex(/^[\w.-]{1,80}$/, 'letters, digits, “.”, “_” and “-” only')),
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(60)),
  engine: v.picklist(['wllama']),
  /** Of the GGUF file; relative to the page. */
  url: v.pipe(
    v.string(),
    v.minLength(1),
    v.check((url) => URL.canParse(url, 'page:/'), 'no URL'),
  ),
  sizeBytes: v.pipe(v.number(), v.integer(), v.minValue(1)),
  sha256: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits'))),
  contextTokens: v.pipe(v.number(), v.integer(), v.minValue(256)),
  /** What suits the model; 0 is greedy. Where absent, the engine's own. */
  temperature: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(2))),
  /** The id of a hidden token with which the model begins an answer that hands the question over. */
  handOverToken: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
  /** Background work it was trained for; a system message of that name asks for it. */
  tasks: v.optional(v.array(v.picklist(['title']))),
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
  /** Of models that the server may ask; they go before those it knows itself. */
  prices: v.optional(v.array(PriceSchema)),
  /** The loosest that a visitor may choose: `never` lets nothing leave, `ask` shows it first, `when_needed` need not. */
  privacy: v.optional(v.picklist(PRIVACY_CHOICES)),
});

/** A model that the page can run: what it is, how large, where its file is. */
export type ModelCard = v.InferOutput<typeof ModelSchema>;
export type Config = v.InferOutput<typeof ConfigSchema>;

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
