/** In a worker: web-llm as it comes, with its own cache, loads a model, timed. */
import { MLCEngine, type AppConfig } from '@mlc-ai/web-llm';
import type { ModelUnderTest } from '../webgpu/engine-steps';

self.addEventListener('message', ({ data }: MessageEvent<ModelUnderTest>) => {
  void (async () => {
    const { url, libUrl, contextTokens } = data;
    const appConfig: AppConfig = {
      cacheBackend: 'cache',
      model_list: [
        {
          model: url,
          model_id: 'own',
          model_lib: libUrl,
          overrides: { context_window_size: contextTokens },
        },
      ],
    };
    const engine = new MLCEngine({ appConfig, logLevel: 'WARN' });
    const startedAt = performance.now();
    await engine.reload('own');
    self.postMessage(performance.now() - startedAt);
  })().catch((error: unknown) => self.postMessage(String(error)));
});
