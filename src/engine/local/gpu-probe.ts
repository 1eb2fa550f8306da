/** Looks at the graphics processor that the browser offers, before anything is fetched for it. */
import type { Gpu } from '../../kernel/gpu';

/** What web-llm asks of a device, and what it makes do with (its `detectGPUDevice`, 0.2.86); more is never used. */
const MOST_BUFFER_BYTES = 1024 ** 3;
/** Imitations by name: Chromium's, Mesa's, Windows's. `isFallbackAdapter` is not told by all. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render/i;

export async function probeGpu({ gpu, userAgent }: Pick<Navigator, 'gpu' | 'userAgent'>): Promise<Gpu> {
  const adapter = await gpu?.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null);
  if (!adapter) return { kind: 'none' };
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
  if (isFallbackAdapter || SOFTWARE.test([vendor, architecture, device, description].join(' ')))
    return { kind: 'software' };
  const { maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
  return {
    kind: 'gpu',
    hasF16: adapter.features.has('shader-f16'),
    bufferBytes: Math.min(maxStorageBufferBindingSize, maxBufferSize, MOST_BUFFER_BYTES),
    isPhone: /Android|iPhone|iPad|Mobile/i.test(userAgent),
  };
}
