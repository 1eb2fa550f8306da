/** What page and server say to each other beyond OpenAI's own format: prices, what is on offer, sessions. */
import * as v from 'valibot';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const day = v.pipe(v.string(), v.isoDate());

export const PriceSchema = v.object({
  model: v.pipe(v.string(), v.minLength(1)),
  inputNanoUsd: count,
  /** For prompt tokens that the vendor had in its cache. */
  cachedInputNanoUsd: count,
  outputNanoUsd: count,
  /** The day the price was looked up, `YYYY-MM-DD`. */
  asOf: day,
  /** The day the vendor stops serving the model, where one is known. */
  shutdown: v.optional(day),
});

/**
 * A model's price. Money is counted in whole nano-dollars (10⁻⁹ USD), so that sums are exact:
 * 2.50 USD per million tokens are 2,500 nano-dollars a token.
 */
export type Price = v.InferOutput<typeof PriceSchema>;

/** Of the model that answered, in a completion's header: another one than was asked for, where that one is gone. */
export const PRICE_HEADER = 'x-smallfirst-price';

/** What the header says; undefined where it says nothing that can be read. */
export function priceIn(headers: Headers): Price | undefined {
  try {
    const result = v.safeParse(PriceSchema, JSON.parse(headers.get(PRICE_HEADER) ?? ''));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}

/** `escalation` in `GET /api/config`: what the server offers, or `false` where it holds no key. */
const EscalationSchema = v.union([
  v.literal(false),
  v.object({
    flagship: PriceSchema,
    /** A middle rung, where the operator has one. */
    small: v.optional(PriceSchema),
    /** The most tokens of an answer; a request for more is cut to it. */
    maxTokens: count,
    /** What leaves the vendor's API within 60 days, and what answers from then on. */
    retiring: v.optional(
      v.array(v.object({ model: v.string(), shutdown: day, successor: v.optional(v.string()) })),
    ),
    /** Whether `POST /api/later` takes questions that may be answered within a day, at half the price. */
    later: v.optional(v.boolean()),
  }),
]);
export type Escalation = v.InferOutput<typeof EscalationSchema>;

/** What `data`, the answer of `GET /api/config`, says of it; `false` where it says nothing that can be read. */
export function escalationOf(data: unknown): Escalation {
  const result = v.safeParse(v.object({ escalation: EscalationSchema }), data);
  return result.success && result.output.escalation;
}

/** What `POST /api/session` gives: the token for `Authorization: Bearer`, and when it ends, in Unix seconds. */
const SessionSchema = v.object({ token: v.string(), expires_at: v.number() });

/**
 * What it gives instead, with status 428 and the code `proof_of_work_required`, while its site is under load: find a `nonce` (a string)
 * so that SHA-256 of `challenge:nonce` begins with `difficulty` zero bits, and post `{challenge, nonce}`.
 */
const ChallengeSchema = v.object({ challenge: v.string(), difficulty: count });

export function sessionOf(data: unknown): v.InferOutput<typeof SessionSchema> | undefined {
  const result = v.safeParse(SessionSchema, data);
  return result.success ? result.output : undefined;
}

export function challengeOf(data: unknown): v.InferOutput<typeof ChallengeSchema> | undefined {
  const result = v.safeParse(ChallengeSchema, data);
  return result.success ? result.output : undefined;
}
