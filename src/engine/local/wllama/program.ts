/** Fetches llama.cpp's WebAssembly, so that a failure has a name: wllama waits for ever when its worker cannot load it. */
import wasmUrl from '@wllama/wllama/esm/wasm/wllama.wasm?url';
import compatWasmUrl from '@wllama/wllama-compat/wasm/wllama.wasm?url';
import { Fault } from '../../../kernel/fault';
import type { Request } from '../../../kernel/network';

export interface Program {
  /** A `blob:` URL of the WebAssembly; revoke it when the worker has started. */
  readonly wasmUrl: string;
  /** The worker's code, where this browser needs the compat build (Safari, old browsers). */
  readonly compatCode: string | undefined;
  /** Where its files came from. */
  readonly files: readonly string[];
}

/** Faults: `host_policy`, `worker_load`, `cancelled`, and those of a request. */
export async function fetchProgram(request: Request, signal: AbortSignal): Promise<Program> {
  if (!mayCompile()) throw new Fault('host_policy');
  const read = async (url: string) => {
    const response = await request(url, { signal });
    if (!response.ok) throw new Fault('worker_load', `${response.status} for ${url}`);
    return response.blob();
  };
  const isCompat = needsCompat();
  const url = isCompat ? compatWasmUrl : wasmUrl;
  const [wasm, compatCode] = await Promise.all([read(url), isCompat ? readCompatCode() : undefined]);
  if (!(await isWebAssembly(wasm))) throw new Fault('worker_load', `no WebAssembly at ${url}`);
  return {
    wasmUrl: URL.createObjectURL(new Blob([wasm], { type: 'application/wasm' })),
    compatCode,
    files: [url],
  };
}

/** As text: wllama builds its worker from it. */
async function readCompatCode(): Promise<string> {
  const module = await import('@wllama/wllama-compat/wasm/wllama.js?raw');
  return module.default;
}

/** The main build needs JSPI and 64-bit memory; on Firefox, which has no JSPI, wllama runs it without. */
function needsCompat(): boolean {
  if (/Firefox\//.test(navigator.userAgent)) return false;
  if (!('Suspending' in WebAssembly)) return true;
  try {
    // TypeScript's types do not know 64-bit memory yet.
    new WebAssembly.Memory({ address: 'i64', initial: 1n } as unknown as WebAssembly.MemoryDescriptor);
    return false;
  } catch {
    return true;
  }
}

/** A page's policy may forbid it; in the worker that would end in a wait without end. */
function mayCompile(): boolean {
  try {
    return new WebAssembly.Module(EMPTY_MODULE) instanceof WebAssembly.Module;
  } catch {
    return false;
  }
}

/** The magic number and version 1. */
const EMPTY_MODULE = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

/** Every WebAssembly module begins with these four bytes (WebAssembly core specification, 5.5.16). */
async function isWebAssembly(file: Blob): Promise<boolean> {
  return (await file.slice(0, 4).text()) === '\0asm';
}
