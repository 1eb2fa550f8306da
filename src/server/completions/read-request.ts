/** Reads a chat request's body, bounded in bytes and depth, and checks it. */
import type { Context } from 'hono';
import { CompletionError, invalid } from './completion-error';
import { checkRequest, type ChatRequest } from './request-schema';

export interface ReadRequest {
  readonly request: ChatRequest;
  /** As it came: what an `Idempotency-Key` stands for. */
  readonly bytes: Uint8Array;
}

const MAX_BODY_BYTES = 1_048_576;
/** A JSON schema for structured output nests some three levels for each of its own five (OpenAI's limit). */
const MAX_JSON_DEPTH = 64;

/** Throws `CompletionError` for whatever is wrong with it. */
export async function readRequest(c: Context): Promise<ReadRequest> {
  const bytes = await readBody(c);
  return { request: checkRequest(parse(bytes)), bytes };
}

async function readBody(c: Context): Promise<Uint8Array> {
  const length = c.req.header('content-length');
  if (Number(length) > MAX_BODY_BYTES) throw tooLarge();
  try {
    // Node holds a request to the length that it announces; this is the fast way.
    if (length !== undefined && c.req.header('transfer-encoding') === undefined) {
      const bytes = new Uint8Array(await c.req.raw.arrayBuffer());
      if (bytes.length > MAX_BODY_BYTES) throw tooLarge();
      return bytes;
    }
    return await readParts(c.req.raw.body);
  } catch (error) {
    if (error instanceof CompletionError) throw error;
    throw invalid('body_incomplete', 'The body broke off before its end.');
  }
}

async function readParts(body: ReadableStream<Uint8Array> | null): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  // Leaving the loop cancels the stream.
  for await (const part of body ?? []) {
    sizeBytes += part.length;
    if (sizeBytes > MAX_BODY_BYTES) throw tooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function parse(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalid('invalid_json', 'The body is not UTF-8.');
  }
  if (isDeeper(text, MAX_JSON_DEPTH)) {
    throw invalid('json_too_deep', `The body nests deeper than ${MAX_JSON_DEPTH} levels.`);
  }
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text.
    throw invalid('invalid_json', 'The body is not JSON.');
  }
}

/** Before parsing: whatever walks the parsed value later, in `JSON.stringify` for one, may recurse. */
function isDeeper(text: string, most: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
    } else if (code === OPEN_BRACKET || code === OPEN_BRACE) {
      if (++depth > most) return true;
    } else if (code === CLOSE_BRACKET || code === CLOSE_BRACE) {
      depth--;
    }
  }
  return false;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Where the closing quote is: the next one with an even number of backslashes before it. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charCodeAt(before) === BACKSLASH) before--;
    if ((end - before) % 2 === 1) return end;
  }
  return text.length;
}

function tooLarge(): CompletionError {
  return new CompletionError({
    status: 413,
    code: 'body_too_large',
    message: `The body is larger than ${MAX_BODY_BYTES} bytes.`,
  });
}
