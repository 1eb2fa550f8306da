/** Reads the operator's config file, with everything that is wrong in it told in one line each. */
import { readFile } from 'node:fs/promises';
import { parseConfig, type Config } from '../kernel/config';

export type ConfigReading = { ok: true; config: Config } | { ok: false; problems: readonly string[] };

/** Reads `path`. A file that is absent, and that nobody asked for by name, stands for the defaults. */
export async function readConfigFile(path: string, isNamed: boolean): Promise<ConfigReading> {
  const text = await textOf(path, isNamed);
  if (typeof text !== 'string') return text;
  const data = dataOf(path, text);
  if (!data.ok) return data;
  const checked = parseConfig(data.value);
  if (checked.ok) return checked;
  return { ok: false, problems: checked.issues.map((issue) => `${path}: ${issue}`) };
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
