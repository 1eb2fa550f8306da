/** Reads the operator's config file, with everything that is wrong in it told in one line each. */
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { parseConfig, type Config } from '../kernel/config';
import { OperatorModelSchema, type OperatorModel } from './pairs/known-models';

export interface ReadConfig {
  /** What pages are told. */
  readonly config: Config;
  /** Of models that the server may ask; what is said here goes before what it knows itself. */
  readonly prices: readonly OperatorModel[];
}

export type ConfigReading = ({ ok: true } & ReadConfig) | { ok: false; problems: readonly string[] };

const ServerSchema = v.object({ prices: v.optional(v.array(OperatorModelSchema), []) });

/** Reads `path`. A file that is absent, and that nobody asked for by name, stands for the defaults. */
export async function readConfigFile(path: string, isNamed: boolean): Promise<ConfigReading> {
  const text = await textOf(path, isNamed);
  if (typeof text !== 'string') return text;
  const data = dataOf(path, text);
  if (!data.ok) return data;
  const checked = parseConfig(data.value);
  if (!checked.ok) return { ok: false, problems: checked.issues.map((issue) => `${path}: ${issue}`) };
  const own = v.safeParse(ServerSchema, data.value);
  if (own.success) return { ...checked, prices: own.output.prices };
  return {
    ok: false,
    problems: own.issues.map((issue) => `${path}: ${v.getDotPath(issue) ?? 'config'}: ${issue.message}`),
  };
}

async function textOf(path: string, isNamed: boolean): Promise<string | { ok: false; problems: string[] }> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT')
      return { ok: false, problems: [`CONFIG_FILE ${path} cannot be read: ${message}.`] };
    if (!isNamed) return '{}';
    return { ok: false, problems: [`CONFIG_FILE is "${path}"; there is no such file.`] };
  }
}

function dataOf(
  path: string,
  text: string,
): { ok: true; value: unknown } | { ok: false; problems: string[] } {
  try {
    // Editors on Windows put a byte order mark first, which JSON.parse refuses.
    return { ok: true, value: JSON.parse(text.replace(/^\uFEFF/, '')) };
  } catch (error) {
    // The parser quotes the file, line ends included.
    const reason = (error as Error).message.replaceAll(/\s+/g, ' ');
    return { ok: false, problems: [`${path} is not JSON: ${reason}.`] };
  }
}
