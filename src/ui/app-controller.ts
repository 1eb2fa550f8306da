/** Updates an element whenever the app's state is another. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { App } from '../kernel/app-state';

export class AppController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #app: () => App | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor(host: ReactiveControllerHost, app: () => App | undefined) {
    this.#host = host;
    this.#app = app;
    host.addController(this);
  }

  hostConnected(): void {
    this.#unsubscribe = this.#app()?.subscribe(() => this.#host.requestUpdate());
  }

  hostDisconnected(): void {
    this.#unsubscribe?.();
  }
}
