/** Reads the vendor's `GET /models`: what is served, and what each vendor says there of its end. */
import { request } from 'undici';
import * as v from 'valibot';
import { endpointOf } from './endpoints';

/** `shutdown`: a day, `null` where the vendor says that there is none, undefined where it says nothing. */
export interface ListedModel {
  readonly shutdown: string | null | undefined;
  readonly successor: string | undefined;
}

export interface ReadModelsOptions {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly key: string;
  readonly signal: AbortSignal;
}

/** A list of 500 models is some 200 kB. */
const MAX_BYTES = 4_194_304;

const day = v.pipe(
  v.string(),
  v.transform((text) => text.slice(0, 10)),
  v.isoDate(),
);
const told = v.fallback(v.optional(v.nullable(day)), undefined);
const ModelsSchema = v.object({
  data: v.array(
    v.object({
      id: v.string(),
      /** OpenAI's: https://developers.openai.com/api/docs/deprecations (2026-11-26). */
      shutdown_date: told,
      /** Mistral's: https://docs.mistral.ai/api/#tag/models. */
      deprecation: told,
      deprecation_replacement_model: v.fallback(v.nullish(v.string()), undefined),
    }),
  ),
});

/** Rejects with an error that says no more than what kind of failure it was: a vendor's words may repeat the key. */
export async function readModels(options: ReadModelsOptions): Promise<ReadonlyMap<string, ListedModel>> {
  const { baseUrl, key, signal } = options;
  const { listHeaders, listQuery = '', idPrefix = '' } = endpointOf(baseUrl);
  const response = await request(`${baseUrl}/models${listQuery}`, {
    headers: { authorization: `Bearer ${key}`, accept: 'application/json', ...listHeaders?.(key) },
    signal,
  });
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const part of response.body as AsyncIterable<Uint8Array>) {
    sizeBytes += part.length;
    if (sizeBytes > MAX_BYTES) throw new Error('the list is too large');
    parts.push(part);
  }
  if (response.statusCode !== 200) throw new Error(`the vendor answered with ${response.statusCode}`);
  const list = v.safeParse(ModelsSchema, jsonIn(Buffer.concat(parts).toString()));
  if (!list.success || list.output.data.length === 0) throw new Error('what came is no list of models');
  return new Map(
    list.output.data.map(({ id, shutdown_date, deprecation, deprecation_replacement_model: next }) => [
      id.startsWith(idPrefix) ? id.slice(idPrefix.length) : id,
      { shutdown: shutdown_date === undefined ? deprecation : shutdown_date, successor: next ?? undefined },
    ]),
  );
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
