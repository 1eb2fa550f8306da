/** Takes the texts of some files out of a zip, with fflate; the zip flows through, the rest of it is never held. */
import { Unzip, UnzipInflate, type UnzipFile } from 'fflate';
import { Fault } from '../kernel/fault';

/** In the order of their names. Faults: `import_format` where the zip is damaged, `import_too_large` above `maxBytes` in all. */
export async function unzipTexts(zip: Blob, name: RegExp, maxBytes: number): Promise<string[]> {
  const texts = new Map<string, () => string>();
  let bytes = 0;
  let failure: unknown;
  const take = (file: UnzipFile) => {
    const decoder = new TextDecoder();
    const pieces: string[] = [];
    let isWhole = false;
    file.ondata = (error, data, isFinal) => {
      failure ??= error ?? undefined;
      if (error) return;
      bytes += data.length;
      // Counted as it comes: what the zip says of sizes may be anything.
      if (bytes > maxBytes)
        failure ??= new Fault('import_too_large', `above ${Math.round(maxBytes / 1e6)} MB`);
      pieces.push(decoder.decode(data, { stream: !isFinal }));
      isWhole = isFinal;
    };
    texts.set(file.name, () => {
      if (!isWhole) throw new Fault('import_format', `${file.name} breaks off`);
      return pieces.join('');
    });
    file.start();
  };
  const unzip = new Unzip((file) => {
    if (name.test(file.name)) take(file);
  });
  unzip.register(UnzipInflate);
  try {
    for await (const part of zip.stream()) {
      unzip.push(part);
      if (failure) break;
    }
    if (!failure) unzip.push(new Uint8Array(0), true);
  } catch (error) {
    failure ??= error;
  }
  if (failure instanceof Fault) throw failure;
  if (failure) throw new Fault('import_format', 'the zip is damaged', { cause: failure });
  return [...texts].sort(([a], [b]) => a.localeCompare(b, 'en')).map(([, text]) => text());
}
