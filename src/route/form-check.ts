/** Whether a draft that was to be JSON is JSON, and of the schema that the question names; pure. */
import { Validator, type Schema } from '@cfworker/json-schema';

const WANTS_JSON =
  /\b(?:return|respond|reply|answer|output|give|write|print|format(?:ted)?|as|in|only|valid|strict)\b[^.\n]{0,40}\bjson\b/i;
/** Talk about JSON: the answer is prose or code. */
const ABOUT_JSON =
  /\b(?:what|why|how|explain|parse|difference|convert|library|function|code|python|script|file)\b/i;

/** What is wrong with the form of a whole draft, in a few words; undefined where nothing is, or no form was asked for. */
export function formFaultIn(question: string, text: string): string | undefined {
  const schema = schemaIn(question);
  if (!schema && (!WANTS_JSON.test(question) || ABOUT_JSON.test(question))) return undefined;
  const value = jsonIn(text);
  if (value === undefined) return 'no JSON';
  if (!schema) return undefined;
  try {
    const { valid, errors } = new Validator(schema, '2020-12', true).validate(value);
    return valid ? undefined : (errors.at(-1)?.error ?? 'not of the schema');
  } catch {
    // A schema that nobody can read asks for nothing.
    return undefined;
  }
}

/** The JSON Schema that a question brings along. */
function schemaIn(question: string): Schema | undefined {
  const value = jsonIn(question);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const isSchema =
    '$schema' in value || ('properties' in value && typeof value.properties === 'object') || isTyped(value);
  return isSchema ? (value as Schema) : undefined;
}

function isTyped(value: object): boolean {
  return 'type' in value && 'items' in value && value.type === 'array';
}

/** The JSON object or list in a text: fenced, or between its outermost brackets. */
function jsonIn(text: string): unknown {
  const fenced = /```(?:json)?\s*([{[][^]*?)```/i.exec(text)?.[1];
  const start = text.search(/[{[]/);
  const end = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']'));
  const written = fenced ?? (start >= 0 && end > start ? text.slice(start, end + 1) : undefined);
  if (written === undefined) return undefined;
  try {
    return JSON.parse(written) as unknown;
  } catch {
    return undefined;
  }
}
